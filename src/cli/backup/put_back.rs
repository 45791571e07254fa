//! `otinish restore`, and the tombstones that clean what was put back.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;

use super::{FILES, FORMAT, MANIFEST, Manifest, TOMBSTONES, copy_of, part};
use crate::app::App;
use crate::clock::Clock;
use crate::domain::almaty::local_date;
use crate::services::retention::{bury, finish_destructions, rests_until, sweep, take_out_traces};
use crate::settings::Settings;
use crate::storage::files::Files;
use crate::storage::retention::TombstoneRow;
use crate::storage::{AnyConnection, Scrub, dump, migrate, retention, write_transaction};

#[derive(Debug, Args)]
pub(in crate::cli) struct RestoreArgs {
    /// The folder that `otinish backup` made.
    folder: PathBuf,
    /// A newer list of tombstones, of `otinish retention tombstones`; may be given several times.
    #[arg(long, value_name = "FILE")]
    tombstones: Vec<PathBuf>,
}

pub(in crate::cli) async fn run(settings: Settings, args: RestoreArgs) -> Result<ExitCode, String> {
    let folder = &args.folder;
    let manifest = checked(folder, &settings)?;
    let mut stones = read_tombstones(&folder.join(TOMBSTONES))?;
    for file in &args.tombstones {
        stones.extend(read_tombstones(file)?);
    }
    let (_, copy) = copy_of(&settings.database);
    // The files first: a row never stands there without its file.
    let files = put_files_back(&settings, folder, &manifest).await?;
    let (from, to) = (folder.join(copy), settings.database.clone());
    tokio::task::spawn_blocking(move || -> Result<(), String> {
        dump::load(&from, &to, |connection| mark(connection, &stones))
    })
    .await
    .map_err(|error| error.to_string())??;
    println!("the database and {files} file(s) of {} are back", manifest.begun_at.format("%Y-%m-%d %H:%M UTC"));
    let app = crate::services::start::look(settings, Clock::System).map_err(|error| {
        format!(
            "{error}. What was destroyed since the backup is destroyed again at the next start, once that is mended"
        )
    })?;
    clean(&app).await
}

/// The manifest of a backup that fits this deployment and is whole.
fn checked(folder: &Path, settings: &Settings) -> Result<Manifest, String> {
    let path = folder.join(MANIFEST);
    let text = std::fs::read(&path).map_err(|error| format!("{}: {error}: this is no whole backup", path.display()))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    if manifest.format != FORMAT {
        return Err(format!(
            "{}: the backup has the form {}, this version reads {FORMAT}: restore it with version {}",
            path.display(),
            manifest.format,
            manifest.version
        ));
    }
    let (database, copy) = copy_of(&settings.database);
    if manifest.database != database {
        return Err(format!("the backup is of {}, and DATABASE_URL names {database}", manifest.database));
    }
    for name in [copy, TOMBSTONES] {
        if !manifest.parts.iter().any(|part| part.name == name) {
            return Err(format!("{}: it lists no {name}", path.display()));
        }
    }
    for listed in &manifest.parts {
        let is_file = listed.name.strip_prefix("files/").is_some_and(|name| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        });
        if !is_file && listed.name != copy && listed.name != TOMBSTONES {
            return Err(format!("{}: {}: no part of a backup has such a name", path.display(), listed.name));
        }
        let found = part(folder, &listed.name)?;
        if found.sha256 != listed.sha256 {
            return Err(format!("{}: it was changed or damaged since the backup", folder.join(&listed.name).display()));
        }
    }
    dump::must_be_empty(&settings.database)?;
    Ok(manifest)
}

async fn put_files_back(settings: &Settings, folder: &Path, manifest: &Manifest) -> Result<usize, String> {
    crate::app::make_data_dir(settings).map_err(|error| error.to_string())?;
    let store = Files::open(&settings.files).map_err(|error| error.to_string())?;
    let mut count = 0;
    for listed in &manifest.parts {
        let Some(object) = listed.name.strip_prefix(FILES).and_then(|name| name.strip_prefix('/')) else { continue };
        let path = folder.join(&listed.name);
        let mut file = std::fs::File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let mut writer = store.create(object).await.map_err(|error| error.to_string())?;
        let mut buffer = vec![0_u8; 64 * 1024];
        loop {
            let read = file.read(&mut buffer).map_err(|error| format!("{}: {error}", path.display()))?;
            let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else { break };
            writer.write(piece).await.map_err(|error| error.to_string())?;
        }
        writer.finish().await.map_err(|error| error.to_string())?;
        count += 1;
    }
    Ok(count)
}

fn read_tombstones(path: &Path) -> Result<Vec<TombstoneRow>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| format!("{}, line {}: {error}", path.display(), number + 1))
        })
        .collect()
}

/// Writes the tombstones into the database before anybody can start with it: what is buried and still there is destroyed at the start.
fn mark(connection: &mut AnyConnection, stones: &[TombstoneRow]) -> Result<(), String> {
    migrate(connection).map_err(|error| error.to_string())?;
    let now = Clock::System.now();
    write_transaction(connection, |tx| {
        retention::note_restore(tx, local_date(now), now.naive_utc())?;
        for stone in stones {
            retention::bury(tx, stone)?;
        }
        Ok::<_, crate::storage::StorageError>(())
    })
    .map_err(|error| error.to_string())
}

/// Destroys what is buried and still there.
async fn clean(app: &Arc<App>) -> Result<ExitCode, String> {
    let done = finish_destructions(app).await.map_err(|error| error.to_string())?;
    sweep(app).await.map_err(|error| error.to_string())?;
    if !done.is_empty() && !take_out_traces(app, Scrub::Rewrite).await.map_err(|error| error.to_string())? {
        println!(
            "the database's log could not be emptied, since somebody reads an old state: the worker does it later"
        );
    }
    println!("{} request(s) that were destroyed since were destroyed again", done.len());
    if let Some(until) = rests_until(app).await.map_err(|error| error.to_string())? {
        println!("nothing else is destroyed before {until}: set the legal holds again that were set since the backup");
    }
    Ok(ExitCode::SUCCESS)
}

/// `otinish retention replay`: for a database that was put back by other means.
pub(in crate::cli) async fn replay(app: &Arc<App>, files: &[PathBuf]) -> Result<ExitCode, String> {
    let mut stones = Vec::new();
    for file in files {
        stones.extend(read_tombstones(file)?);
    }
    let references: BTreeSet<&str> = stones.iter().map(|stone| stone.reference.as_str()).collect();
    println!("{} tombstone(s) read", references.len());
    bury(app, stones).await.map_err(|error| error.to_string())?;
    clean(app).await
}
