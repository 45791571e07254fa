//! Checkpoints: signed statements of what the histories of all requests and the audit trail were at a moment.
//!
//! A checkpoint lists what came or changed since the one before: for each request the hashes of its whole history so far, and each
//! new line of the audit trail. The list enters by the root of its Merkle tree, the checkpoint before by its hash:
//!
//! ```text
//! checkpoint = text("otinish.checkpoint.v1") ‖ int(number) ‖ int(microseconds since 1970-01-01T00:00:00Z)
//!              ‖ hash of the checkpoint before (32 zero bytes for the first) ‖ int(number of entries) ‖ root ‖ text(key id)
//! hash       = SHA-256(checkpoint)
//! signature  = Ed25519 over checkpoint
//! entry      = text("otinish.checkpoint-entry.v1") ‖ text(kind) ‖ text(id) ‖ text(label) ‖ int(seq) ‖ hash
//!   request:   label is the reference, seq that of its last event, hash = SHA-256(text("otinish.history.v1") ‖ text(request id)
//!              ‖ int(number of events) ‖ their hashes)
//!   audit:     label is the action, seq is 0, hash = SHA-256(text("otinish.audit-line.v1") ‖ text(id) ‖ int(microseconds)
//!              ‖ text(action) ‖ text(actor kind) ‖ opt(actor id) ‖ opt(operator id) ‖ opt(request id) ‖ opt(reason)
//!              ‖ text(data) ‖ opt(about id))
//! text(x)    = the number of bytes of x as 8 bytes, big-endian ‖ x in UTF-8
//! int(x)     = 8 bytes, big-endian, two's complement
//! opt(x)     = 0x00 when there is none, else 0x01 ‖ text(x)
//! ```

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::event_chain::push_text;
use super::merkle::{self, Hash};

crate::vocabulary! {
    /// What an entry of a checkpoint is about.
    EntryKind {
        /// The history of a request up to an event.
        Request = "request",
        /// A line of the audit trail.
        Audit = "audit",
    }
}

/// One line of a checkpoint's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is about.
    pub kind: EntryKind,
    /// The id of the request or of the line.
    pub id: String,
    /// The reference of the request, or the action of the line: by it people are told what is missing.
    pub label: String,
    /// The last event; 0 for a line.
    pub seq: i64,
    /// [`history`] or [`AuditLine::hash`].
    pub hash: Vec<u8>,
}

impl Entry {
    /// The bytes that enter the tree.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        push_text(&mut bytes, "otinish.checkpoint-entry.v1");
        push_text(&mut bytes, self.kind.as_str());
        push_text(&mut bytes, &self.id);
        push_text(&mut bytes, &self.label);
        bytes.extend_from_slice(&self.seq.to_be_bytes());
        bytes.extend_from_slice(&self.hash);
        bytes
    }
}

/// The leaves of a list.
#[must_use]
pub fn leaves(entries: &[Entry]) -> Vec<Hash> {
    entries.iter().map(|entry| merkle::leaf(&entry.bytes())).collect()
}

/// The root over a list.
#[must_use]
pub fn root(entries: &[Entry]) -> Hash {
    merkle::root(&leaves(entries))
}

/// One hash for the history of a request: it covers the hash of every event so far, so each of them can be shown without the others.
pub fn history<'h>(request_id: &str, hashes: impl ExactSizeIterator<Item = &'h [u8]>) -> Hash {
    let mut bytes = Vec::new();
    push_text(&mut bytes, "otinish.history.v1");
    push_text(&mut bytes, request_id);
    bytes.extend_from_slice(&(hashes.len() as u64).to_be_bytes());
    for hash in hashes {
        bytes.extend_from_slice(hash);
    }
    Sha256::digest(&bytes).into()
}

/// A line of the audit trail as it is hashed.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct AuditLine<'l> {
    pub id: &'l str,
    pub at: DateTime<Utc>,
    pub action: &'l str,
    pub actor_kind: &'l str,
    pub actor_id: Option<&'l str>,
    pub operator_id: Option<&'l str>,
    pub request_id: Option<&'l str>,
    pub reason: Option<&'l str>,
    pub data: &'l str,
    pub about_id: Option<&'l str>,
}

impl AuditLine<'_> {
    /// Its hash, which covers every column.
    #[must_use]
    pub fn hash(&self) -> Hash {
        let mut bytes = Vec::new();
        push_text(&mut bytes, "otinish.audit-line.v1");
        push_text(&mut bytes, self.id);
        bytes.extend_from_slice(&self.at.timestamp_micros().to_be_bytes());
        push_text(&mut bytes, self.action);
        push_text(&mut bytes, self.actor_kind);
        for part in [self.actor_id, self.operator_id, self.request_id, self.reason] {
            push_optional(&mut bytes, part);
        }
        push_text(&mut bytes, self.data);
        push_optional(&mut bytes, self.about_id);
        Sha256::digest(&bytes).into()
    }
}

/// A checkpoint without its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Counted from 1 without gaps.
    pub number: i64,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// The hash of the one before; zeros for the first.
    pub previous: Hash,
    /// How many entries its list has.
    pub size: i64,
    /// The root of its list.
    pub root: Hash,
    /// The key that signed it.
    pub key_id: String,
}

impl Checkpoint {
    /// What is signed.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        push_text(&mut bytes, "otinish.checkpoint.v1");
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.extend_from_slice(&self.at.timestamp_micros().to_be_bytes());
        bytes.extend_from_slice(&self.previous);
        bytes.extend_from_slice(&self.size.to_be_bytes());
        bytes.extend_from_slice(&self.root);
        push_text(&mut bytes, &self.key_id);
        bytes
    }

    /// By this the next one names it.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.bytes()).into()
    }
}

fn push_optional(bytes: &mut Vec<u8>, text: Option<&str>) {
    match text {
        None => bytes.push(0),
        Some(text) => {
            bytes.push(1);
            push_text(bytes, text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> AuditLine<'static> {
        AuditLine {
            id: "1",
            at: DateTime::UNIX_EPOCH,
            action: "open_request",
            actor_kind: "staff",
            actor_id: Some("2"),
            operator_id: Some("demo"),
            request_id: Some("3"),
            reason: None,
            data: "{}",
            about_id: None,
        }
    }

    #[test]
    fn every_column_of_a_line_changes_its_hash_and_none_can_be_taken_for_its_neighbour() {
        let line = line();
        let mut others = vec![
            AuditLine { id: "9", ..line },
            AuditLine { at: DateTime::from_timestamp_micros(1).unwrap(), ..line },
            AuditLine { action: "x", ..line },
            AuditLine { actor_kind: "x", ..line },
            AuditLine { actor_id: None, ..line },
            AuditLine { operator_id: None, request_id: Some("demo"), ..line },
            AuditLine { request_id: None, reason: Some("3"), ..line },
            AuditLine { reason: Some(""), ..line },
            AuditLine { data: "{} ", ..line },
            AuditLine { about_id: Some("3"), ..line },
        ];
        others.push(line);
        let hashes: std::collections::BTreeSet<Hash> = others.iter().map(AuditLine::hash).collect();
        assert_eq!(hashes.len(), others.len());
    }

    #[test]
    fn every_field_of_an_entry_and_of_a_checkpoint_changes_its_bytes() {
        let entry = Entry { kind: EntryKind::Request, id: "1".into(), label: "A".into(), seq: 2, hash: vec![7; 32] };
        let others = [
            Entry { kind: EntryKind::Audit, ..entry.clone() },
            Entry { id: "2".into(), ..entry.clone() },
            Entry { label: "B".into(), ..entry.clone() },
            Entry { seq: 3, ..entry.clone() },
            Entry { hash: vec![8; 32], ..entry.clone() },
        ];
        assert!(others.iter().all(|other| root(std::slice::from_ref(other)) != root(std::slice::from_ref(&entry))));
        let checkpoint = Checkpoint {
            number: 1,
            at: DateTime::UNIX_EPOCH,
            previous: [0; 32],
            size: 1,
            root: [1; 32],
            key_id: "audit-1".into(),
        };
        let others = [
            Checkpoint { number: 2, ..checkpoint.clone() },
            Checkpoint { at: DateTime::from_timestamp_micros(1).unwrap(), ..checkpoint.clone() },
            Checkpoint { previous: [1; 32], ..checkpoint.clone() },
            Checkpoint { size: 2, ..checkpoint.clone() },
            Checkpoint { root: [2; 32], ..checkpoint.clone() },
            Checkpoint { key_id: "audit-2".into(), ..checkpoint.clone() },
        ];
        assert!(others.iter().all(|other| other.hash() != checkpoint.hash()));
    }

    #[test]
    fn the_history_counts_its_events() {
        let hashes = [[1_u8; 32], [2; 32]];
        let all = history("r", hashes.iter().map(<[u8; 32]>::as_slice));
        assert_ne!(all, history("r", hashes[..1].iter().map(<[u8; 32]>::as_slice)));
        assert_ne!(all, history("s", hashes.iter().map(<[u8; 32]>::as_slice)));
    }
}
