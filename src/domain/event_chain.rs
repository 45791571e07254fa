//! The hash chain over a request's events: it shows when an event was changed, removed, moved or slipped in later.
//!
//! Each event's hash covers the hash before it, so nothing in the past can be touched without every later hash changing:
//!
//! ```text
//! hash[0] = SHA-256(text("otinish.event-chain.v1") ‖ text(request id))                    the genesis
//! hash[n] = SHA-256(hash[n-1] ‖ header(n) ‖ SHA-256(ciphertext of event n))               the last part only if there is one
//! header  = text("otinish.event.v1") ‖ text(request id) ‖ int(seq) ‖ int(microseconds since 1970-01-01T00:00:00Z)
//!           ‖ text(kind) ‖ text(actor kind) ‖ (0x00, or 0x01 ‖ text(actor id)) ‖ text(data)
//! text(x) = the number of bytes of x as 8 bytes, big-endian ‖ x in UTF-8
//! int(x)  = 8 bytes, big-endian, two's complement
//! ```
//!
//! The ciphertext enters by its SHA-256 only. Where that digest is kept, a chain still verifies after the ciphertext is gone,
//! and [`without_ciphertext`] names the events for which that is so.
//!
//! Whoever can write to the database can also count a whole chain anew. Against that the chain is compared with a
//! [`Head`] that is kept elsewhere: the request's row, and the signed checkpoints.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

const GENESIS_DOMAIN: &str = "otinish.event-chain.v1";
const HEADER_DOMAIN: &str = "otinish.event.v1";

/// The `seq` of the first event of a request.
pub const FIRST_SEQ: i64 = 1;

/// The open part of an event: all but what is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventHeader {
    /// The request whose history this is.
    pub request_id: String,
    /// The place in that history, counted from [`FIRST_SEQ`] without gaps.
    pub seq: i64,
    /// When it happened. Microseconds count, what lies below them does not: not every database keeps it.
    pub at: DateTime<Utc>,
    /// What happened.
    pub kind: String,
    /// In what capacity somebody acted.
    pub actor_kind: String,
    /// Who acted, where that is known.
    pub actor_id: Option<String>,
    /// Details as JSON, without personal data. The text counts byte for byte, so keep it as text, not as a JSON column.
    pub data: String,
}

/// One event as it was read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The open part.
    pub header: EventHeader,
    /// The sealed part, while it exists.
    pub ciphertext: Option<Vec<u8>>,
    /// The stored SHA-256 of the sealed part, which outlives it.
    pub ciphertext_digest: Option<Vec<u8>>,
    /// The stored hash of the event.
    pub hash: Vec<u8>,
}

/// The end of a chain, as somebody outside the chain remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The `seq` of the last event.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
}

/// How a chain is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// The event, its ciphertext or its hash is not what was written; also an event that took the number of another.
    Changed,
    /// The event is missing.
    Removed,
    /// The event stands in another place, also one that was given the number of that place.
    Reordered,
    /// The event was not there when the head was remembered, or its number occurs twice.
    Added,
    /// The event belongs to another request.
    Foreign,
}

impl Damage {
    /// The name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Reordered => "reordered",
            Self::Added => "added",
            Self::Foreign => "foreign",
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The first place at which a chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("event {seq} was {damage}")]
pub struct ChainBreak {
    /// The `seq` that was expected there.
    pub seq: i64,
    /// What is wrong.
    pub damage: Damage,
}

/// What stands before a request's first event.
#[must_use]
pub fn genesis(request_id: &str) -> [u8; 32] {
    let mut bytes = Vec::new();
    push_text(&mut bytes, GENESIS_DOMAIN);
    push_text(&mut bytes, request_id);
    Sha256::digest(&bytes).into()
}

/// The digest by which a ciphertext enters its event's hash. Keep it beside the ciphertext.
#[must_use]
pub fn digest(ciphertext: &[u8]) -> [u8; 32] {
    Sha256::digest(ciphertext).into()
}

/// A hash as it is written for people and in text columns.
#[must_use]
pub fn hex(hash: &[u8]) -> String {
    use fmt::Write;
    hash.iter().fold(String::with_capacity(hash.len() * 2), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The hash of an event that follows `previous` (the hash before it, or [`genesis`]) and carries `ciphertext`.
#[must_use]
pub fn hash(previous: &[u8], header: &EventHeader, ciphertext: Option<&[u8]>) -> [u8; 32] {
    hash_with_digest(previous, header, ciphertext.map(digest))
}

/// As [`hash`], from the digest of a ciphertext that may be gone.
#[must_use]
pub fn hash_with_digest(previous: &[u8], header: &EventHeader, digest: Option<[u8; 32]>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(canonical(header));
    // Without a ciphertext nothing follows: the header tells by itself where it ends, so the two cases never meet.
    if let Some(digest) = digest {
        hasher.update(digest);
    }
    hasher.finalize().into()
}

/// Checks all events of `request_id`, in the order of their `seq`, against each other and, if given, against the remembered `head`.
///
/// Without a head a chain whose end was cut off looks whole, and so does an empty one.
///
/// # Errors
/// The first place that does not hold.
pub fn verify(request_id: &str, chain: &[Link], head: Option<&Head>) -> Result<(), ChainBreak> {
    let known: BTreeSet<i64> = chain.iter().map(|link| link.header.seq).collect();
    let mut previous = genesis(request_id);
    let mut expected = FIRST_SEQ;
    for link in chain {
        let broken = |damage| ChainBreak { seq: expected, damage };
        if link.header.request_id != request_id {
            return Err(broken(Damage::Foreign));
        }
        if link.header.seq != expected {
            return Err(broken(misplaced(link.header.seq, expected, &known)));
        }
        let digest = trusted_digest(link).map_err(broken)?;
        let hash = hash_with_digest(&previous, &link.header, digest);
        if link.hash != hash {
            let swapped = chain.iter().any(|other| other != link && stood_here(other, &previous, expected, &link.hash));
            return Err(broken(if swapped { Damage::Reordered } else { Damage::Changed }));
        }
        if head.is_some_and(|head| head.seq == expected && head.hash != hash) {
            return Err(broken(Damage::Changed));
        }
        previous = hash;
        expected = expected.saturating_add(1);
    }
    head.map_or(Ok(()), |head| compare_length(expected, head))
}

/// The `seq` of each event whose ciphertext is gone though it once had one. The chain cannot tell whether that was meant:
/// compare with the record of destruction.
#[must_use]
pub fn without_ciphertext(chain: &[Link]) -> Vec<i64> {
    let gone = |link: &&Link| link.ciphertext.is_none() && link.ciphertext_digest.is_some();
    chain.iter().filter(gone).map(|link| link.header.seq).collect()
}

fn compare_length(next: i64, head: &Head) -> Result<(), ChainBreak> {
    let first_unknown = head.seq.saturating_add(1);
    match next.cmp(&first_unknown) {
        std::cmp::Ordering::Less => Err(ChainBreak { seq: next, damage: Damage::Removed }),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(ChainBreak { seq: first_unknown, damage: Damage::Added }),
    }
}

/// Whether `other` is the event that was written at `seq`, after `previous`: with its hash, or with the one that stayed in place.
fn stood_here(other: &Link, previous: &[u8], seq: i64, left_behind: &[u8]) -> bool {
    let Ok(digest) = trusted_digest(other) else { return false };
    let hash = hash_with_digest(previous, &EventHeader { seq, ..other.header.clone() }, digest);
    other.hash == hash || left_behind == hash
}

fn misplaced(found: i64, expected: i64, known: &BTreeSet<i64>) -> Damage {
    if (FIRST_SEQ..expected).contains(&found) {
        Damage::Added
    } else if known.contains(&expected) {
        Damage::Reordered
    } else {
        Damage::Removed
    }
}

/// The digest to count with, if the event has one.
///
/// # Errors
/// When the stored one contradicts the ciphertext or is no SHA-256 at all.
fn trusted_digest(link: &Link) -> Result<Option<[u8; 32]>, Damage> {
    let stored = link.ciphertext_digest.as_deref().map(<[u8; 32]>::try_from).transpose();
    let stored = stored.map_err(|_| Damage::Changed)?;
    match (link.ciphertext.as_deref().map(digest), stored) {
        (Some(counted), Some(stored)) if counted != stored => Err(Damage::Changed),
        (counted, stored) => Ok(counted.or(stored)),
    }
}

fn canonical(header: &EventHeader) -> Vec<u8> {
    let mut bytes = Vec::new();
    push_text(&mut bytes, HEADER_DOMAIN);
    push_text(&mut bytes, &header.request_id);
    bytes.extend_from_slice(&header.seq.to_be_bytes());
    bytes.extend_from_slice(&header.at.timestamp_micros().to_be_bytes());
    push_text(&mut bytes, &header.kind);
    push_text(&mut bytes, &header.actor_kind);
    match &header.actor_id {
        None => bytes.push(0),
        Some(actor_id) => {
            bytes.push(1);
            push_text(&mut bytes, actor_id);
        }
    }
    push_text(&mut bytes, &header.data);
    bytes
}

pub(super) fn push_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests;
