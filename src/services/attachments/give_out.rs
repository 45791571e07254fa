//! A file is given out, chunk by chunk. A chunk that does not open is never sent: the answer ends before it.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use serde_json::json;

use super::{AttachmentView, attachment_view, file_place};
use crate::app::App;
use crate::domain::permission::Permission;
use crate::domain::scan::ScanState;
use crate::services::actions::standing;
use crate::services::case::request_key;
use crate::services::desk::note_look_with;
use crate::services::error::{Refusal, ServiceError};
use crate::services::requester::authorised;
use crate::services::sign_in::Member;
use crate::storage::AnyConnection;
use crate::storage::attachments as rows;
use crate::storage::files::FilesError;
use crate::storage::requests::{self, RequestRow};
use crate::vault::{FILE_HEADER, FileOpener, RequestKey, SEALED_CHUNK};

/// A file on its way out.
pub struct Download {
    /// What it is.
    pub attachment: AttachmentView,
    /// What is in it.
    pub content: BoxStream<'static, Result<Vec<u8>, ServiceError>>,
}

impl std::fmt::Debug for Download {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Download").field("id", &self.attachment.id).finish_non_exhaustive()
    }
}

/// Where a file lies, and what opens it.
pub(super) type Found = (AttachmentView, String, RequestKey);

fn find(app: &App, connection: &mut AnyConnection, row: &RequestRow, id: &str) -> Result<Found, ServiceError> {
    let key = request_key(app, connection, &row.id)?;
    let file = rows::by_id(connection, &row.id, id)?.ok_or(ServiceError::NotFound)?;
    if file.scan == ScanState::Infected {
        return Err(Refusal::new("file_infected", 403).into());
    }
    Ok((attachment_view(&file, Some(&key))?, file.object, key))
}

/// A file for the requester.
///
/// # Errors
/// `NotFound` for a reference, token and id that do not belong together; `file_infected`; `Internal` when the file is damaged or
/// missing.
pub async fn for_requester(
    app: &Arc<App>,
    reference: String,
    token: String,
    id: String,
) -> Result<Download, ServiceError> {
    let process = Arc::clone(app);
    let found = app
        .db
        .read("requester_file", move |connection| {
            let row = authorised(connection, &reference, &token)?;
            find(&process, connection, &row, &id)
        })
        .await?;
    open(app, found).await
}

/// A file for a member who may open the request; the look is written to the audit trail.
///
/// # Errors
/// As [`for_requester`]; `forbidden` for a member who may not open it.
pub async fn for_staff(
    app: &Arc<App>,
    member: Member,
    reference: String,
    id: String,
) -> Result<Download, ServiceError> {
    let process = Arc::clone(app);
    let found = app
        .db
        .write("staff_file", move |tx| {
            let row = requests::by_reference(tx, &reference)?.ok_or(ServiceError::NotFound)?;
            if !standing(&member, &row).is_member() {
                return Err(ServiceError::NotFound);
            }
            if !standing(&member, &row).may(Permission::OpenPersonalData) {
                return Err(ServiceError::forbidden());
            }
            let found = find(&process, tx, &row, &id)?;
            let look = json!({"on": "attachment", "attachment": found.0.id, "scan": found.0.scan});
            note_look_with(&process, tx, &row, &member, &look)?;
            Ok(found)
        })
        .await?;
    open(app, found).await
}

/// The sealed bytes as they come, and what of them is still to be opened.
struct Opening {
    sealed: BoxStream<'static, Result<Vec<u8>, FilesError>>,
    buffer: Vec<u8>,
    opener: Option<FileOpener>,
    ready: VecDeque<Vec<u8>>,
}

impl Opening {
    /// Gathers more than `wanted` bytes; fewer when the object ends.
    async fn gather(&mut self, wanted: usize) -> Result<(), ServiceError> {
        while self.buffer.len() <= wanted {
            let Some(piece) = self.sealed.next().await else { return Ok(()) };
            self.buffer.extend_from_slice(&piece?);
        }
        Ok(())
    }

    /// The next chunk, opened; `None` after the last one.
    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, ServiceError> {
        if let Some(ready) = self.ready.pop_front() {
            return Ok(Some(ready));
        }
        self.gather(SEALED_CHUNK).await?;
        let Some(mut opener) = self.opener.take() else { return Ok(None) };
        if self.buffer.len() <= SEALED_CHUNK {
            return Ok(Some(opener.last(&std::mem::take(&mut self.buffer))?));
        }
        let rest = self.buffer.split_off(SEALED_CHUNK);
        let sealed = std::mem::replace(&mut self.buffer, rest);
        let plain = opener.next(&sealed)?;
        self.opener = Some(opener);
        Ok(Some(plain))
    }
}

/// Opens the beginning before anything is answered, so that what is damaged or missing is an error and no file.
pub(super) async fn open(app: &App, (attachment, object, key): Found) -> Result<Download, ServiceError> {
    let sealed = app.files.read(&object).await?;
    let mut opening = Opening { sealed, buffer: Vec::new(), opener: None, ready: VecDeque::new() };
    opening.gather(FILE_HEADER).await?;
    let rest = opening.buffer.split_off(FILE_HEADER.min(opening.buffer.len()));
    let header = std::mem::replace(&mut opening.buffer, rest);
    opening.opener = Some(key.open_file(&file_place(&attachment.id), &header)?);
    if let Some(first) = opening.chunk().await? {
        opening.ready.push_back(first);
    }
    let content = stream::try_unfold(opening, |mut opening| async move {
        match opening.chunk().await {
            Ok(chunk) => Ok(chunk.map(|chunk| (chunk, opening))),
            Err(error) => {
                tracing::error!(%error, "a file broke off: its rest is damaged or cannot be read");
                Err(error)
            }
        }
    });
    Ok(Download { attachment, content: content.boxed() })
}
