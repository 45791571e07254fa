//! Instants that callers name: microseconds count, what lies below them does not, since not every database keeps it.

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Deserializer};

/// Digits of a second that are kept.
const DIGITS: u16 = 6;

/// Reads an instant.
///
/// # Errors
/// Those of the format.
pub fn required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DateTime<Utc>, D::Error> {
    DateTime::deserialize(deserializer).map(|at: DateTime<Utc>| at.trunc_subsecs(DIGITS))
}

/// Reads an instant that may be left out.
///
/// # Errors
/// Those of the format.
pub fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    Option::deserialize(deserializer).map(|at: Option<DateTime<Utc>>| at.map(|at| at.trunc_subsecs(DIGITS)))
}
