//! A Merkle tree over a list, as in RFC 9162: one hash for the whole list, and a short proof that an entry belongs to it.
//!
//! ```text
//! root of nothing   = SHA-256 of no bytes
//! leaf              = SHA-256(0x00 ‖ entry)
//! node              = SHA-256(0x01 ‖ left ‖ right)     left holds the largest power of two below the number of entries
//! ```

use sha2::{Digest, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// The leaf of an entry.
#[must_use]
pub fn leaf(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash of the whole list.
#[must_use]
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The hashes by which the root is counted from the leaf at `index`, from the leaf upwards; none when there is no such leaf.
#[must_use]
pub fn path(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let at = split(leaves.len());
    let (left, right) = leaves.split_at(at);
    let (mut path, sibling) =
        if index < at { (path(left, index)?, root(right)) } else { (path(right, index - at)?, root(left)) };
    path.push(sibling);
    Some(path)
}

/// The root that a leaf and its path give, for a list of `size` entries; none when they cannot belong to one.
#[must_use]
pub fn root_of_path(leaf: &Hash, index: usize, size: usize, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    if size == 1 {
        return path.is_empty().then_some(*leaf);
    }
    let (sibling, rest) = path.split_last()?;
    let at = split(size);
    if index < at {
        Some(node(&root_of_path(leaf, index, at, rest)?, sibling))
    } else {
        Some(node(sibling, &root_of_path(leaf, index - at, size - at, rest)?))
    }
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The largest power of two below `size`, which is two or more.
const fn split(size: usize) -> usize {
    1 << (usize::BITS - 1 - (size - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::event_chain::hex;

    fn leaves(count: u8) -> Vec<Hash> {
        (0..count).map(|number| leaf(&[number])).collect()
    }

    #[test]
    fn the_roots_of_nothing_and_of_one_and_two_entries_are_those_of_the_standard() {
        assert_eq!(hex(&root(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex(&leaf(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        let two = [leaf(&[0]), leaf(&[1])];
        let by_hand: Hash = Sha256::digest([&[1][..], &two[0], &two[1]].concat()).into();
        assert_eq!(root(&two), by_hand);
    }

    #[test]
    fn every_entry_of_lists_of_all_lengths_is_proven_by_its_path_and_no_other_entry_is() {
        for size in 1..40_u8 {
            let leaves = leaves(size);
            let root = root(&leaves);
            for (index, leaf) in leaves.iter().enumerate() {
                let path = path(&leaves, index).unwrap();
                assert_eq!(root_of_path(leaf, index, leaves.len(), &path), Some(root), "{index} of {size}");
                let wrong = super::leaf(b"another");
                assert_ne!(root_of_path(&wrong, index, leaves.len(), &path), Some(root));
                let elsewhere = (index + 1) % leaves.len();
                if elsewhere != index {
                    assert_ne!(root_of_path(leaf, elsewhere, leaves.len(), &path), Some(root));
                }
                let longer = [path.clone(), vec![wrong]].concat();
                assert_ne!(root_of_path(leaf, index, leaves.len(), &longer), Some(root));
            }
            assert_eq!(path(&leaves, leaves.len()), None);
            assert_eq!(root_of_path(&leaves[0], leaves.len(), leaves.len(), &[]), None);
        }
    }
}
