//! Files of what was destroyed are deleted after the commit. Their names stand in the database until they are surely gone.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::Duration;

use crate::app::App;
use crate::services::error::ServiceError;
use crate::storage::retention::{self, ATTACHMENT_STORE, DoomedFileRow, MAIL_STORE};

/// So many are deleted in one go.
const BATCH: i64 = 500;
/// So long a file is deleted again and again: a worker that had a mail in hand may have written it in the meantime.
const SECONDS: i64 = 60;

/// Deletes the files that are to be deleted.
///
/// Mails as files lie in the `DATA_DIR` of the process that sent them; another process cannot reach them there.
///
/// # Errors
/// Those of the database. A file that cannot be deleted stays noted, and is tried again.
pub async fn sweep(app: &Arc<App>) -> Result<(), ServiceError> {
    let now = app.clock.now().naive_utc();
    let doomed =
        app.db.read("doomed_files", |connection| Ok::<_, ServiceError>(retention::doomed(connection, BATCH)?)).await?;
    if doomed.is_empty() {
        return Ok(());
    }
    let mut gone = Vec::new();
    for file in &doomed {
        if delete(app, file).await {
            gone.push(file.clone());
        }
    }
    delete_drafts(app, &doomed).await;
    gone.retain(|file| file.at + Duration::seconds(SECONDS) <= now);
    if gone.is_empty() {
        return Ok(());
    }
    app.db.write("forget_doomed_files", move |tx| Ok(retention::forget_doomed(tx, &gone)?)).await
}

/// Whether the file is not there any more.
async fn delete(app: &Arc<App>, file: &DoomedFileRow) -> bool {
    let deleted = match file.store.as_str() {
        MAIL_STORE => delete_mail(app.settings.mail_dir(), file.name.clone()).await,
        ATTACHMENT_STORE => app.files.delete(&file.name).await.map_err(std::io::Error::other),
        _ => Err(std::io::Error::other("this process does not know the store")),
    };
    match deleted {
        Ok(()) => true,
        Err(error) => {
            tracing::error!(%error, store = file.store, name = file.name, "a file of destroyed data cannot be deleted");
            false
        }
    }
}

async fn delete_mail(folder: PathBuf, name: String) -> std::io::Result<()> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-@".contains(letter);
    if name.starts_with('.') || !name.chars().all(is_plain) {
        return Err(std::io::Error::other("no mail has such a name"));
    }
    let path = folder.join(format!("{name}.eml"));
    let removed =
        tokio::task::spawn_blocking(move || std::fs::remove_file(path)).await.map_err(std::io::Error::other)?;
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

/// Deletes what a crash left of mails that were being written: `.<Message-ID>.<process>-<attempt>.part`.
async fn delete_drafts(app: &Arc<App>, doomed: &[DoomedFileRow]) {
    let mails = doomed.iter().filter(|file| file.store == MAIL_STORE);
    let starts: Vec<String> = mails.map(|file| format!(".{}.", file.name)).collect();
    let folder = app.settings.mail_dir();
    let work = move || {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let is_draft = name.starts_with('.') && starts.iter().any(|start| name.starts_with(start));
            if is_draft && let Err(error) = std::fs::remove_file(entry.path()) {
                tracing::warn!(%error, "the draft of a mail of destroyed data cannot be deleted");
            }
        }
    };
    if let Err(error) = tokio::task::spawn_blocking(work).await {
        tracing::warn!(%error, "drafts of mails could not be looked for");
    }
}
