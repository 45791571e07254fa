//! `otinish audit`: whether what was written is still what is there. Nothing is changed, whether the service runs or not.

use std::path::Path;
use std::process::ExitCode;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Subcommand;
use diesel::connection::SimpleConnection;

use crate::app::stored_fingerprints;
use crate::clock::Clock;
use crate::services::audit_check::{self, Anchor, Report};
use crate::settings::Settings;
use crate::storage::{self, AnyConnection, DatabaseUrl};
use crate::vault::{KeyRing, Vault};

/// Damage ends the program with this; 1 means that nothing could be checked.
const DAMAGED: u8 = 2;

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Checks all histories, the audit trail and the checkpoints; ends with 0 only when all holds, with 2 when something is damaged.
    Verify {
        /// Prints the result as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints the public keys by which checkpoints and proofs are checked.
    Key,
}

pub(super) fn run(settings: &Settings, command: &AuditCommand) -> Result<ExitCode, String> {
    let ring = KeyRing::load(&settings.key_ring).map_err(|error| error.to_string())?;
    let ring = ring.ok_or_else(|| format!("{} is missing", settings.key_ring))?;
    let keys = Vault::new(&ring).map_err(|error| error.to_string())?.audit_public_keys();
    let json = match command {
        AuditCommand::Key => {
            for (id, key) in keys {
                println!("{id}  {}", STANDARD.encode(key));
            }
            return Ok(ExitCode::SUCCESS);
        }
        AuditCommand::Verify { json } => *json,
    };
    let mut connection = open(settings)?;
    let (stored, _) = stored_fingerprints(&mut connection).map_err(|error| error.to_string())?;
    ring.check_against(&stored).map_err(|error| error.to_string())?;
    let anchor = Anchor { folder: &settings.audit_dir, keys: &keys, now: Clock::System.now() };
    let report = audit_check::run(&mut connection, anchor).map_err(|error| error.to_string())?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?);
    } else {
        print!("{}", words(&report, &settings.audit_dir));
    }
    Ok(if report.damages == 0 { ExitCode::SUCCESS } else { ExitCode::from(DAMAGED) })
}

/// A connection that refuses to write.
fn open(settings: &Settings) -> Result<AnyConnection, String> {
    if let DatabaseUrl::Sqlite(path) = &settings.database
        && !Path::new(path).exists()
    {
        return Err(format!("DATABASE_URL: there is no file {path}"));
    }
    let mut connection = AnyConnection::open(&settings.database).map_err(|error| error.to_string())?;
    let read_only = match connection {
        AnyConnection::Sqlite(_) => "PRAGMA query_only = ON",
        AnyConnection::Postgres(_) => "SET default_transaction_read_only = on",
    };
    connection.batch_execute(read_only).map_err(|error| error.to_string())?;
    let applied = storage::newest_applied(&mut connection).map_err(|error| error.to_string())?;
    if applied != storage::latest().map_err(|error| error.to_string())? {
        return Err(
            "the tables are not those of this version: run otinish migrate, or the version that made them".to_owned()
        );
    }
    Ok(connection)
}

fn words(report: &Report, folder: &Path) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    // Writing into a string cannot fail.
    let _ = writeln!(
        text,
        "checked: {} requests with {} events, {} lines of the audit trail, {} checkpoints with their files in {}",
        report.requests,
        report.events,
        report.audit_lines,
        report.checkpoints,
        folder.display()
    );
    for note in &report.notes {
        let _ = writeln!(text, "note     {note}");
    }
    for finding in &report.findings {
        let _ = writeln!(text, "DAMAGE   {} ({})", finding.text, finding.damage);
    }
    let _ = match report.findings.first() {
        None => writeln!(text, "all holds"),
        Some(first) => writeln!(text, "{} damage(s); the first: {}", report.damages, first.text),
    };
    text
}
