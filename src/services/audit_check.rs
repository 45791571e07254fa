//! Looks for damage: whether histories, audit trail and checkpoints are still what was written and signed.
//!
//! Nothing is changed. Requests are read in parts, so a database of any size can be checked while the service runs. Sealed parts and
//! keys that were destroyed after their term are no damage: their digests stay in the chain.

mod checkpoints;
mod requests;

use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::storage::{AnyConnection, StorageError};

crate::vocabulary! {
    /// What happened to something that was written.
    Damage {
        /// It is not what was written.
        Changed = "changed",
        /// It is missing.
        Removed = "removed",
        /// It stands in another place.
        Reordered = "reordered",
        /// It was slipped in.
        Added = "added",
        /// It belongs elsewhere.
        Foreign = "foreign",
        /// The end of a history is missing.
        Truncated = "truncated",
        /// A history was counted anew: it holds in itself, but is not what a checkpoint saw.
        Rewritten = "rewritten",
        /// A sealed part is missing though its request was not destroyed.
        Emptied = "emptied",
        /// A checkpoint is not what was signed.
        Forged = "forged",
    }
}

/// One damage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What happened.
    pub damage: Damage,
    /// To what: `request`, `audit_line` or `checkpoint`.
    pub subject: &'static str,
    /// The reference of the request, the id of the line, or the number of the checkpoint.
    pub name: String,
    /// The first event that is concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<i64>,
    /// The same in words.
    pub text: String,
}

/// What was checked and found.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Report {
    /// Requests that were read.
    pub requests: usize,
    /// Their events.
    pub events: usize,
    /// Lines of the audit trail that checkpoints list.
    pub audit_lines: usize,
    /// Checkpoints.
    pub checkpoints: usize,
    /// When the newest one was made.
    pub last_checkpoint_at: Option<DateTime<Utc>>,
    /// How much damage there is.
    pub damages: usize,
    /// The first of it.
    pub findings: Vec<Finding>,
    /// What is no damage but should be looked at.
    pub notes: Vec<String>,
}

/// So many findings are kept; all are counted.
const KEPT: usize = 1_000;
/// A checkpoint is due every day.
pub const STALE_AFTER_HOURS: i64 = 48;

impl Report {
    fn found(&mut self, damage: Damage, subject: &'static str, name: &str, event: Option<i64>, text: String) {
        self.damages += 1;
        if self.findings.len() < KEPT {
            self.findings.push(Finding { damage, subject, name: name.to_owned(), event, text });
        }
    }
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The database did not answer.
    #[error("{0}")]
    Storage(#[from] StorageError),
    /// The folder of checkpoints cannot be read.
    #[error("AUDIT_DIR: {0}")]
    Folder(#[from] std::io::Error),
}

impl From<diesel::result::Error> for CheckError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Storage(error.into())
    }
}

/// By what checkpoints are checked.
#[derive(Debug, Clone, Copy)]
pub struct Anchor<'a> {
    /// The folder of their files.
    pub folder: &'a Path,
    /// The ids and public keys of those who signed.
    pub keys: &'a [(String, [u8; 32])],
    /// Now.
    pub now: DateTime<Utc>,
}

/// Checks everything.
///
/// # Errors
/// When the database or the folder cannot be read; damage is no error.
pub fn run(connection: &mut AnyConnection, anchor: Anchor<'_>) -> Result<Report, CheckError> {
    let mut report = Report::default();
    let lists = checkpoints::check(connection, anchor, &mut report)?;
    requests::check(connection, &lists, &mut report)?;
    match report.last_checkpoint_at {
        None => report.notes.push(
            "there is no checkpoint yet: whoever can write to the database could count whole histories anew".to_owned(),
        ),
        Some(at) if (anchor.now - at).num_hours() >= STALE_AFTER_HOURS => {
            report.notes.push(format!("the newest checkpoint is of {at}: is the worker running?"));
        }
        Some(_) => {}
    }
    Ok(report)
}
