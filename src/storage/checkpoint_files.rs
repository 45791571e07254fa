//! Checkpoints as files outside the database: one JSON line for the checkpoint, then one for each entry of its list.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::checkpoints::CheckpointRow;
use crate::domain::checkpoint::{Entry, EntryKind};
use crate::domain::event_chain::hex;

/// What a file begins with.
const FORMAT: &str = "otinish.checkpoint.v1";

/// Tells drafts of one process apart.
static NEXT: AtomicU64 = AtomicU64::new(0);

#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    number: i64,
    at: DateTime<Utc>,
    previous: String,
    size: i64,
    root: String,
    key_id: String,
    public_key: String,
    signature: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    kind: EntryKind,
    id: String,
    label: String,
    seq: i64,
    hash: String,
}

/// What became of a file that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It was written.
    New,
    /// It was there already, with these very bytes.
    Same,
    /// Another file has its name. It was left alone.
    Other,
}

/// The file of the checkpoint `number`.
#[must_use]
pub fn path(folder: &Path, number: i64) -> PathBuf {
    folder.join(format!("checkpoint-{number:06}.jsonl"))
}

/// The numbers of the checkpoints that have a file, in order. A folder that does not exist has none.
///
/// # Errors
/// When the folder cannot be read.
pub fn numbers(folder: &Path) -> io::Result<Vec<i64>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        let number = name.strip_prefix("checkpoint-").and_then(|rest| rest.strip_suffix(".jsonl"));
        numbers.extend(number.and_then(|number| number.parse::<i64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Writes the file of a checkpoint: whole or not at all, on the disk when this returns, and never over another one.
///
/// # Errors
/// When it cannot be written.
pub fn write(folder: &Path, row: &CheckpointRow, public_key: &[u8; 32], entries: &[Entry]) -> io::Result<Written> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let target = path(folder, row.number);
    let bytes = text(row, public_key, entries)?;
    // Another process or thread may be about to write the same.
    let name = (row.number, std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let draft = folder.join(format!(".checkpoint-{:06}.{}.{}.tmp", name.0, name.1, name.2));
    let written = write_draft(&draft, &bytes).and_then(|()| match fs::hard_link(&draft, &target) {
        // A link, unlike a rename, never replaces what is there.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Ok(if fs::read(&target)? == bytes { Written::Same } else { Written::Other })
        }
        linked => linked.map(|()| Written::New),
    });
    let _ = fs::remove_file(&draft);
    let written = written?;
    // A new name is safe from a power cut only when its folder has reached the disk too.
    File::open(folder)?.sync_all()?;
    Ok(written)
}

fn write_draft(draft: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(draft)?;
    let mut writer = BufWriter::new(file);
    writer.write_all(bytes)?;
    writer.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn text(row: &CheckpointRow, public_key: &[u8; 32], entries: &[Entry]) -> io::Result<Vec<u8>> {
    let head = Head {
        format: FORMAT.to_owned(),
        number: row.number,
        at: row.at.and_utc(),
        previous: hex(&row.previous),
        size: row.size,
        root: hex(&row.root),
        key_id: row.key_id.clone(),
        public_key: STANDARD.encode(public_key),
        signature: STANDARD.encode(&row.signature),
    };
    let mut bytes = serde_json::to_vec(&head)?;
    bytes.push(b'\n');
    for entry in entries {
        let line = Line {
            kind: entry.kind,
            id: entry.id.clone(),
            label: entry.label.clone(),
            seq: entry.seq,
            hash: hex(&entry.hash),
        };
        serde_json::to_writer(&mut bytes, &line)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// Reads a file: the checkpoint as it says it is, and its list. None when there is no such file.
///
/// # Errors
/// When it cannot be read or is not such a file.
pub fn read(folder: &Path, number: i64) -> io::Result<Option<(CheckpointRow, Vec<Entry>)>> {
    let file = match File::open(path(folder, number)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut lines = BufReader::new(file).lines();
    let broken = || io::Error::from(ErrorKind::InvalidData);
    let head: Head = serde_json::from_str(&lines.next().ok_or_else(broken)??)?;
    if head.format != FORMAT {
        return Err(broken());
    }
    let row = CheckpointRow {
        number: head.number,
        at: head.at.naive_utc(),
        previous: unhex(&head.previous).ok_or_else(broken)?,
        size: head.size,
        root: unhex(&head.root).ok_or_else(broken)?,
        key_id: head.key_id,
        signature: STANDARD.decode(head.signature).map_err(|_| broken())?,
    };
    let mut entries = Vec::new();
    for line in lines {
        let line: Line = serde_json::from_str(&line?)?;
        let hash = unhex(&line.hash).ok_or_else(broken)?;
        entries.push(Entry { kind: line.kind, id: line.id, label: line.label, seq: line.seq, hash });
    }
    Ok(Some((row, entries)))
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| (high << 4) | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> CheckpointRow {
        CheckpointRow {
            number: 7,
            at: "2026-11-24T00:00:01.000002Z".parse::<DateTime<Utc>>().unwrap().naive_utc(),
            previous: vec![1; 32],
            size: 1,
            root: vec![2; 32],
            key_id: "audit-1".to_owned(),
            signature: vec![3; 64],
        }
    }

    fn entries() -> Vec<Entry> {
        vec![Entry { kind: EntryKind::Request, id: "r".into(), label: "A-1".into(), seq: 3, hash: vec![0xab; 32] }]
    }

    #[test]
    fn a_file_is_read_as_it_was_written_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("audit");
        assert_eq!(numbers(&place).unwrap(), Vec::<i64>::new());
        assert_eq!(write(&place, &row(), &[9; 32], &entries()).unwrap(), Written::New);
        assert_eq!(read(&place, 7).unwrap(), Some((row(), entries())));
        assert_eq!(read(&place, 8).unwrap(), None);
        assert_eq!(fs::read_dir(&place).unwrap().count(), 1);
        assert_eq!(numbers(&place).unwrap(), [7]);
    }

    #[test]
    fn a_file_that_is_there_is_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &row(), &[9; 32], &entries()).unwrap();
        assert_eq!(write(folder.path(), &row(), &[9; 32], &entries()).unwrap(), Written::Same);
        let other = CheckpointRow { size: 2, ..row() };
        assert_eq!(write(folder.path(), &other, &[9; 32], &[]).unwrap(), Written::Other);
        assert_eq!(read(folder.path(), 7).unwrap().unwrap().0, row());
    }

    #[test]
    fn what_is_no_such_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["", "{}", "nothing\n", "\u{0}"] {
            fs::write(path(folder.path(), 1), text).unwrap();
            assert!(read(folder.path(), 1).is_err(), "{text}");
        }
        assert_eq!(unhex("ABcd"), Some(vec![0xab, 0xcd]));
        assert_eq!((unhex("abc"), unhex("zz")), (None, None));
    }
}
