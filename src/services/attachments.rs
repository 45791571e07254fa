//! Files that come with a request: taken in as a stream, scanned, sealed in chunks, given out again.

mod give_out;
mod scan;
mod sweep;
mod take_in;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

pub use give_out::{Download, for_requester, for_staff};
pub use scan::step as scan_step;
pub use sweep::sweep;
pub use take_in::{Piece, Taken, Upload, Uploader, take_in};

use super::error::ServiceError;
use crate::domain::event_chain::hex;
use crate::domain::scan::ScanState;
use crate::storage::attachments::{self as rows, AttachmentRow};
use crate::storage::files::FilesError;
use crate::storage::{AnyConnection, StorageError};
use crate::vault::{Place, RequestKey};

/// Most bytes of a file.
pub const MAX_SIZE: u64 = 10 * 1024 * 1024;
/// Most files of a request.
pub const MAX_FILES: i64 = 10;

/// A file of a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AttachmentView {
    /// Its id.
    pub id: String,
    /// Its name, cleaned; nothing for whoever may not open the request.
    pub name: Option<String>,
    /// What it is, by its content.
    pub media_type: String,
    /// In bytes.
    pub size: i64,
    /// SHA-256 of its content in hex; nothing for whoever may not open the request.
    pub sha256: Option<String>,
    /// When it arrived.
    pub at: DateTime<Utc>,
    /// Who sent it: `requester` or `staff`.
    pub from: String,
    /// What the virus scanner said.
    pub scan: ScanState,
}

impl From<FilesError> for ServiceError {
    fn from(error: FilesError) -> Self {
        match error {
            FilesError::Missing => Self::Internal(error.to_string()),
            FilesError::Unavailable(_) => Self::Unavailable(error.to_string()),
        }
    }
}

fn name_place(id: &str) -> Place<'_> {
    Place::new("attachments", id, "name")
}

fn hash_place(id: &str) -> Place<'_> {
    Place::new("attachments", id, "sha256")
}

fn file_place(id: &str) -> Place<'_> {
    Place::new("attachments", id, "file")
}

/// A file; its name and fingerprint are opened only with `key`.
///
/// # Errors
/// When something sealed does not open.
pub fn attachment_view(row: &AttachmentRow, key: Option<&RequestKey>) -> Result<AttachmentView, ServiceError> {
    let (mut name, mut sha256) = (None, None);
    if let (Some(key), Some(sealed)) = (key, row.sealed_name.as_deref()) {
        name = Some(key.open_json(&name_place(&row.id), sealed)?);
    }
    if let (Some(key), Some(sealed)) = (key, row.sealed_sha256.as_deref()) {
        sha256 = Some(hex(&key.open(&hash_place(&row.id), sealed)?));
    }
    Ok(AttachmentView {
        id: row.id.clone(),
        name,
        media_type: row.media_type.clone(),
        size: row.size,
        sha256,
        at: row.at.and_utc(),
        from: row.uploader_kind.clone(),
        scan: row.scan,
    })
}

/// Where the files of a request lie: `app.files.delete` takes each of these names.
///
/// # Errors
/// Those of the database.
pub fn objects_of(connection: &mut AnyConnection, request_id: &str) -> Result<Vec<String>, ServiceError> {
    rows::objects_of(connection, request_id).map_err(|error| StorageError::from(error).into())
}
