//! Identifiers that sort by the time at which they were made.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use uuid::{Builder, Uuid};

/// The last id of each of the latest milliseconds; more than one only where clocks are moved.
static LAST: Mutex<BTreeMap<u64, u128>> = Mutex::new(BTreeMap::new());
/// So many milliseconds are remembered.
const REMEMBERED: usize = 4_096;

/// A new id (UUID version 7). Two made in the same millisecond by one process still sort in the order of their making.
#[must_use]
pub fn new_id(now: DateTime<Utc>) -> String {
    let mut random = [0_u8; 10];
    if getrandom::fill(&mut random).is_err() {
        // Ids need to be distinct, not secret: without randomness the clock and the counter below still see to that.
        tracing::error!("the operating system gave no randomness for an id");
    }
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    let fresh = Builder::from_unix_timestamp_millis(millis, &random).into_uuid().as_u128();
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    // Within one millisecond count on from the last id; the version and variant bits stand far above the step.
    let id = match last.get(&millis) {
        Some(before) if fresh <= *before => before.wrapping_add(1 + u128::from(random[0])),
        _ => fresh,
    };
    last.insert(millis, id);
    if last.len() > REMEMBERED {
        last.pop_first();
    }
    Uuid::from_u128(id).to_string()
}

/// Whether a text has the form of an id; anything else is in no table.
#[must_use]
pub fn is_id(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_of_one_moment_are_distinct_and_sort_in_the_order_of_their_making() {
        let now = "2026-11-22T10:00:00Z".parse().unwrap();
        let ids: Vec<String> = (0..2_000).map(|_| new_id(now)).collect();
        let sorted: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(sorted.len(), ids.len());
        assert!(sorted.into_iter().eq(ids.iter()));
    }
}
