//! Checkpoints: in the database, as files, and against the lines of the audit trail that they list.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Duration;

use super::{Anchor, CheckError, Damage, Report};
use crate::domain::checkpoint::{Checkpoint, Entry, EntryKind, root};
use crate::storage::checkpoints::{self as rows, CheckpointRow, Listed, audit_hash};
use crate::storage::{AnyConnection, checkpoint_files};
use crate::vault::is_signed_by;

/// A worker in another process has so long to write its file.
const GRACE_MINUTES: i64 = 30;

/// Which lists of the database are to be believed, and what stands in their place.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Checkpoints whose list in the database is not the signed one.
    pub bad: BTreeSet<i64>,
    /// What their files list, by request.
    pub from_files: BTreeMap<String, Vec<Listed>>,
}

/// A file as it was read.
enum OnDisk {
    None,
    Unusable,
    Sound(CheckpointRow, Vec<Entry>),
}

struct Check<'a> {
    anchor: Anchor<'a>,
    report: &'a mut Report,
    lists: Lists,
    /// The one before, as far as one can be believed.
    previous: Option<Checkpoint>,
}

pub(super) fn check(
    connection: &mut AnyConnection,
    anchor: Anchor<'_>,
    report: &mut Report,
) -> Result<Lists, CheckError> {
    // The folder first: a checkpoint is in the database before it has a file.
    let files = checkpoint_files::numbers(anchor.folder)?;
    let mut check = Check { anchor, report, lists: Lists::default(), previous: None };
    let mut last = 0;
    loop {
        let found = rows::after(connection, last, 50)?;
        if found.is_empty() {
            break;
        }
        for row in found {
            for number in last + 1..row.number {
                check.missing(number);
            }
            last = row.number;
            check.one(connection, &row)?;
        }
    }
    let newest = last;
    for number in files.into_iter().filter(|number| *number > newest) {
        check.missing(number);
        last = number;
    }
    if let Some(number) = rows::newest_named_by_audit(connection)?.filter(|number| *number > last) {
        check.missing(number);
    }
    Ok(check.lists)
}

impl Check<'_> {
    fn found(&mut self, damage: Damage, number: i64, text: String) {
        self.report.found(damage, "checkpoint", &number.to_string(), None, text);
    }

    fn is_sound(&self, row: &CheckpointRow) -> bool {
        let key = self.anchor.keys.iter().find(|(id, _)| *id == row.key_id);
        let checkpoint = row.checkpoint();
        key.zip(checkpoint).is_some_and(|((_, key), checkpoint)| is_signed_by(key, &checkpoint.bytes(), &row.signature))
    }

    fn file(&self, number: i64) -> OnDisk {
        match checkpoint_files::read(self.anchor.folder, number) {
            Ok(None) => OnDisk::None,
            Ok(Some((row, entries))) if row.number == number && self.is_sound(&row) && lists_these(&row, &entries) => {
                OnDisk::Sound(row, entries)
            }
            Ok(Some(_)) | Err(_) => OnDisk::Unusable,
        }
    }

    /// A number that the database has no checkpoint for.
    fn missing(&mut self, number: i64) {
        self.found(Damage::Removed, number, format!("checkpoint {number} is missing in the database"));
        self.previous = None;
        match self.file(number) {
            OnDisk::Sound(row, entries) => {
                self.take_from_file(number, &entries);
                self.previous = row.checkpoint();
            }
            OnDisk::Unusable => {
                self.found(Damage::Forged, number, format!("the file of checkpoint {number} is not what was signed"));
            }
            OnDisk::None => {}
        }
    }

    fn take_from_file(&mut self, number: i64, entries: &[Entry]) {
        self.lists.bad.insert(number);
        for (place, entry) in (0_i64..).zip(entries).filter(|(_, entry)| entry.kind == EntryKind::Request) {
            let listed = Listed { number, place, entry: entry.clone() };
            self.lists.from_files.entry(entry.id.clone()).or_default().push(listed);
        }
    }

    fn one(&mut self, connection: &mut AnyConnection, row: &CheckpointRow) -> Result<(), CheckError> {
        let number = row.number;
        self.report.checkpoints += 1;
        let sound = self.is_sound(row);
        if sound {
            self.report.last_checkpoint_at = Some(row.at.and_utc());
        } else {
            let text =
                format!("checkpoint {number} in the database is not what was signed with the key {}", row.key_id);
            self.found(Damage::Forged, number, text);
        }
        let file = self.file(number);
        self.compare_file(row, sound, &file);
        let (signed, on_file) = match file {
            OnDisk::Sound(other, entries) => (if sound { row.clone() } else { other }, Some(entries)),
            _ => (row.clone(), None),
        };
        let believed = if sound || on_file.is_some() { signed.checkpoint() } else { None };
        self.compare_with_previous(number, believed.as_ref());
        let entries = rows::entries_of(connection, number)?;
        let entries = if believed.is_some() && lists_these(&signed, &entries) {
            Some(entries)
        } else {
            self.lists.bad.insert(number);
            if believed.is_some() {
                let text = format!("the list of checkpoint {number} in the database is not the one that was signed");
                self.found(Damage::Changed, number, text);
            }
            if let Some(entries) = &on_file {
                self.take_from_file(number, entries);
            }
            on_file
        };
        self.previous = believed;
        if let Some(entries) = entries {
            self.audit_lines(connection, number, &entries)?;
        }
        Ok(())
    }

    fn compare_file(&mut self, row: &CheckpointRow, sound: bool, file: &OnDisk) {
        let number = row.number;
        match file {
            OnDisk::Sound(other, _) if sound && other != row => {
                let text = format!(
                    "the database and the file hold two different signed checkpoints {number}: an older state of the database was put back"
                );
                self.found(Damage::Forged, number, text);
            }
            OnDisk::Sound(..) => {}
            OnDisk::Unusable => {
                self.found(Damage::Forged, number, format!("the file of checkpoint {number} is not what was signed"));
            }
            OnDisk::None => {
                if self.anchor.now - row.at.and_utc() > Duration::minutes(GRACE_MINUTES) {
                    self.found(Damage::Removed, number, format!("the file of checkpoint {number} is missing"));
                }
            }
        }
    }

    fn compare_with_previous(&mut self, number: i64, believed: Option<&Checkpoint>) {
        let Some(checkpoint) = believed else { return };
        let expected = match &self.previous {
            Some(previous) => previous.hash(),
            None if number == 1 => [0; 32],
            // The damage of the one before is told already.
            None => return,
        };
        if checkpoint.previous != expected {
            let text = format!("checkpoint {number} does not continue the one before it");
            self.found(Damage::Forged, number, text);
        }
    }

    fn audit_lines(
        &mut self,
        connection: &mut AnyConnection,
        number: i64,
        entries: &[Entry],
    ) -> Result<(), CheckError> {
        let listed: Vec<&Entry> = entries.iter().filter(|entry| entry.kind == EntryKind::Audit).collect();
        let ids: Vec<String> = listed.iter().map(|entry| entry.id.clone()).collect();
        let mut found: BTreeMap<String, _> =
            rows::audit_of(connection, number, &ids)?.into_iter().map(|(row, _)| (row.id.clone(), row)).collect();
        self.report.audit_lines += listed.len();
        for entry in listed {
            let (damage, what) = match found.remove(&entry.id) {
                Some(row) if audit_hash(&row).as_slice() == entry.hash => continue,
                Some(_) => (Damage::Changed, "was changed"),
                None => (Damage::Removed, "was removed"),
            };
            let text = format!("line {} of the audit trail ({}) {what}", entry.id, entry.label);
            self.report.found(damage, "audit_line", &entry.id, None, text);
        }
        for (id, row) in found {
            let text = format!("line {id} of the audit trail ({}) was slipped in", row.action);
            self.report.found(Damage::Added, "audit_line", &id, None, text);
        }
        Ok(())
    }
}

fn lists_these(row: &CheckpointRow, entries: &[Entry]) -> bool {
    usize::try_from(row.size) == Ok(entries.len()) && root(entries).as_slice() == row.root
}
