//! `otinish backup`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use futures_util::StreamExt;

use super::{FILES, FORMAT, MANIFEST, Manifest, Part, TOMBSTONES, copy_of, part, settle, write};
use crate::app::App;
use crate::storage::dump;

pub(in crate::cli) async fn run(app: &Arc<App>, folder: &Path) -> Result<ExitCode, String> {
    if folder.exists() {
        return Err(format!("{} is there already: name a folder that is not", folder.display()));
    }
    let mut name = folder.file_name().ok_or("name a folder for the backup")?.to_owned();
    name.push(".part");
    let begun = folder.with_file_name(name);
    if begun.exists() {
        return Err(format!(
            "{} is left of a backup that did not end, or another backup runs: delete it when none does",
            begun.display()
        ));
    }
    make_private(&begun).map_err(|error| format!("{}: {error}", begun.display()))?;
    let made = match fill(app, &begun).await {
        Ok(made) => made,
        Err(error) => {
            let cleared = std::fs::remove_dir_all(&begun).map_err(|left| format!("; {}: {left}", begun.display()));
            return Err(error + &cleared.err().unwrap_or_default());
        }
    };
    std::fs::rename(&begun, folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    // An empty parent is the folder where the program runs.
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        settle(parent)?;
    }
    let (files, bytes) = (made.parts.len().saturating_sub(2), made.parts.iter().map(|part| part.bytes).sum::<u64>());
    println!("{}: the database and {files} file(s), {bytes} bytes", folder.display());
    println!("The key ring ({}) is not in it. Keep a copy of it in another place.", app.settings.key_ring);
    Ok(ExitCode::SUCCESS)
}

/// Only who runs the program may look in: file names and dates say something too.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The database first: a file that comes in after it has no row there, and is one too many. The tombstones last: what was destroyed
/// meanwhile is among them.
async fn fill(app: &Arc<App>, folder: &Path) -> Result<Manifest, String> {
    let (database, copy) = copy_of(&app.settings.database);
    let begun_at = app.clock.now();
    let (from, to) = (app.settings.database.clone(), folder.join(copy));
    tokio::task::spawn_blocking(move || dump::save(&from, &to)).await.map_err(|error| error.to_string())??;
    settle(&folder.join(copy))?;
    let mut parts = vec![part(folder, copy)?];
    std::fs::create_dir(folder.join(FILES)).map_err(|error| error.to_string())?;
    let mut objects = app.files.list();
    while let Some(object) = objects.next().await {
        let (name, _) = object.map_err(|error| error.to_string())?;
        parts.extend(save_file(app, folder, &name).await?);
    }
    settle(&folder.join(FILES))?;
    let mut list = Vec::new();
    crate::cli::retention::write_tombstones(app, &mut list).await?;
    write(&folder.join(TOMBSTONES), &list)?;
    parts.push(part(folder, TOMBSTONES)?);
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        begun_at,
        database: database.to_owned(),
        parts,
    };
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| error.to_string())?;
    write(&folder.join(MANIFEST), &text)?;
    settle(folder)?;
    Ok(manifest)
}

/// Copies a sealed file as it lies there. Nothing when it was deleted since the list was read.
async fn save_file(app: &Arc<App>, folder: &Path, object: &str) -> Result<Option<Part>, String> {
    use crate::storage::files::FilesError;
    use tokio::io::AsyncWriteExt;
    if object.contains(['/', '\\']) || object.starts_with('.') {
        return Err(format!("{object}: no file of Otinish has such a name; FILES_URL belongs to one deployment alone"));
    }
    let mut pieces = match app.files.read(object).await {
        Ok(pieces) => pieces,
        Err(FilesError::Missing) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let name = format!("{FILES}/{object}");
    let path: PathBuf = folder.join(&name);
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = tokio::fs::File::create(&path).await.map_err(told)?;
    while let Some(piece) = pieces.next().await {
        file.write_all(&piece.map_err(|error| error.to_string())?).await.map_err(told)?;
    }
    file.flush().await.map_err(told)?;
    file.sync_all().await.map_err(told)?;
    part(folder, &name).map(Some)
}
