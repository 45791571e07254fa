//! `otinish retention`: destroys what the worker destroys every day, now; shows what is due; lists what was destroyed.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;

use crate::app::App;
use crate::services::error::ServiceError;
use crate::services::retention::{Pass, pass, rests_until, sweep, take_out_traces};
use crate::storage::Scrub;
use crate::storage::retention::{TombstoneRow, tombstones};

/// So many tombstones are read at once.
const BATCH: i64 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Destroys the personal data of closed requests whose term is over and that no legal hold keeps. The worker does it every day.
    Run {
        /// Only says which requests these are.
        #[arg(long)]
        dry_run: bool,
        /// On PostgreSQL: writes the tables anew after it, so that no bytes of deleted rows are left in their files. Everybody waits
        /// meanwhile, and as much room again is needed on the disk. On SQLite that is always done.
        #[arg(long, conflicts_with = "dry_run")]
        rewrite: bool,
        /// In the seven days after a restore, when legal holds that were set since the backup are missing: destroys all the same.
        #[arg(long, conflicts_with = "dry_run")]
        despite_restore: bool,
    },
    /// Prints the list of destroyed requests, a line of JSON each, for `otinish restore --tombstones`. It holds no personal data.
    Tombstones,
    /// Reads lists of tombstones and destroys what is there all the same: for a database that was put back by other means than
    /// `otinish restore`. Stop all other processes first.
    Replay {
        /// Lists of `otinish retention tombstones`, or the `tombstones.jsonl` of a backup.
        #[arg(required = true)]
        files: Vec<std::path::PathBuf>,
    },
}

pub(super) async fn run(app: &Arc<App>, command: Command) -> Result<ExitCode, String> {
    match command {
        Command::Run { dry_run, rewrite, despite_restore } => {
            if !dry_run && !despite_restore {
                stop_after_restore(app).await?;
            }
            destroy(app, dry_run, rewrite).await
        }
        Command::Tombstones => {
            write_tombstones(app, std::io::stdout()).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Replay { files } => super::backup::replay(app, &files).await,
    }
}

async fn stop_after_restore(app: &Arc<App>) -> Result<(), String> {
    match rests_until(app).await.map_err(|error| error.to_string())? {
        Some(until) => Err(format!(
            "the database was restored, and legal holds that were set since its backup are missing: nothing is destroyed before \
             {until}. Set them again; then wait, or give --despite-restore"
        )),
        None => Ok(()),
    }
}

async fn destroy(app: &Arc<App>, dry_run: bool, rewrite: bool) -> Result<ExitCode, String> {
    let done = pass(app, dry_run, &|| false).await.map_err(|error| error.to_string())?;
    print(&done, dry_run);
    let failed = done.operators.iter().any(|passed| !passed.failed.is_empty());
    if !dry_run {
        sweep(app).await.map_err(|error| error.to_string())?;
        let how = if rewrite { Scrub::Rewrite } else { Scrub::Tables };
        if !take_out_traces(app, how).await.map_err(|error| error.to_string())? {
            println!(
                "the database's log could not be emptied, since somebody reads an old state: the worker, or this command, does it later"
            );
        }
    }
    Ok(if failed || !done.without_profile.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn print(done: &Pass, dry_run: bool) {
    for passed in &done.operators {
        let lists = [
            (if dry_run { "due" } else { "destroyed" }, &passed.destroyed),
            ("kept by a legal hold", &passed.held),
            ("could not be destroyed, see the log", &passed.failed),
        ];
        for (what, references) in lists {
            for reference in references {
                println!("{}  {reference}  {what}", passed.operator);
            }
        }
    }
    for operator in &done.without_profile {
        println!(
            "{operator}  operators/{operator}.toml is missing, so nobody knows how long its closed requests are kept: put the file back"
        );
    }
    let held: usize = done.operators.iter().map(|passed| passed.held.len()).sum();
    let what = if dry_run { "would be destroyed" } else { "destroyed" };
    println!("{} {what}, {held} kept by a legal hold", done.destroyed());
}

/// Writes all tombstones, a line of JSON each.
pub(super) async fn write_tombstones(app: &Arc<App>, mut out: impl Write) -> Result<(), String> {
    let mut last: Option<TombstoneRow> = None;
    loop {
        let from = last.clone();
        let rows = app
            .db
            .read("tombstones", move |connection| Ok::<_, ServiceError>(tombstones(connection, from.as_ref(), BATCH)?))
            .await
            .map_err(|error| error.to_string())?;
        let Some(end) = rows.last() else { return Ok(()) };
        for row in &rows {
            let line = serde_json::to_string(row).map_err(|error| error.to_string())?;
            writeln!(out, "{line}").map_err(|error| error.to_string())?;
        }
        last = Some(end.clone());
    }
}
