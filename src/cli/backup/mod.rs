//! `otinish backup` and `otinish restore`: the database and the files in one folder, and back again without what was destroyed since.

mod make;
mod put_back;

pub(super) use make::run as make;
pub(super) use put_back::{RestoreArgs, replay, run as put_back};

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::event_chain::hex;
use crate::storage::DatabaseUrl;

/// The form of a backup; one of another form is refused.
const FORMAT: u32 = 1;
/// The list of what is in a backup. It is written last, so a folder without it is no backup.
const MANIFEST: &str = "manifest.json";
/// The tombstones of the time when the backup ended.
const TOMBSTONES: &str = "tombstones.jsonl";
/// The folder of sealed files.
const FILES: &str = "files";

/// What a backup holds.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// The version of the program that made it.
    version: String,
    /// When it was begun.
    begun_at: DateTime<Utc>,
    /// `sqlite` or `postgres`.
    database: String,
    parts: Vec<Part>,
}

/// A file of a backup.
#[derive(Debug, Serialize, Deserialize)]
struct Part {
    /// Its path in the folder.
    name: String,
    bytes: u64,
    sha256: String,
}

/// The kind of a database and the file name of its copy.
const fn copy_of(database: &DatabaseUrl) -> (&'static str, &'static str) {
    match database {
        DatabaseUrl::Sqlite(_) => ("sqlite", "otinish.db"),
        DatabaseUrl::Postgres(_) => ("postgres", "otinish.dump"),
    }
}

/// Size and fingerprint of a file.
fn part(folder: &Path, name: &str) -> Result<Part, String> {
    let path = folder.join(name);
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = File::open(&path).map_err(told)?;
    let (mut hash, mut bytes) = (Sha256::new(), 0_u64);
    let mut buffer = vec![0_u8; 64 * 1024];
    loop {
        let read = file.read(&mut buffer).map_err(told)?;
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else { break };
        hash.update(piece);
        bytes += piece.len() as u64;
    }
    Ok(Part { name: name.to_owned(), bytes, sha256: hex(&hash.finalize()) })
}

/// Writes a file of a backup and waits until it is on the disk.
fn write(path: &Path, content: &[u8]) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = File::create(path).map_err(told)?;
    file.write_all(content).map_err(told)?;
    file.sync_all().map_err(told)
}

/// Waits until a file that somebody else wrote, or the names in a folder, are on the disk.
fn settle(path: &Path) -> Result<(), String> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| format!("{}: {error}", path.display()))
}
