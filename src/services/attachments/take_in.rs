//! A file is taken in. The object is written first, under a name that says nothing; then its row, the event and the mails in one
//! transaction. An object whose transaction fails is deleted at once, and what a killed process leaves is swept away later.

use std::sync::Arc;

use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::Receiver;

use super::scan::{Watched, next_scan};
use super::{AttachmentView, MAX_FILES, MAX_SIZE, attachment_view, file_place, hash_place, name_place};
use crate::app::App;
use crate::domain::event::{Actor, EventKind};
use crate::domain::file_name;
use crate::domain::file_type::{FileType, Sniffer};
use crate::domain::permission::Permission;
use crate::domain::scan::ScanState;
use crate::ids::new_id;
use crate::mail::compose::StaffMail;
use crate::metrics::SecurityEvent;
use crate::services::actions::{document_arrived, standing};
use crate::services::case::{Case, request_key};
use crate::services::error::{Refusal, ServiceError};
use crate::services::idempotency::{IdempotencyKey, earlier_call, remember};
use crate::services::requester::authorised;
use crate::services::sign_in::Member;
use crate::storage::AnyConnection;
use crate::storage::attachments::{self as rows, AttachmentRow};
use crate::storage::files::FileWriter;
use crate::storage::requests::{self, RequestRow};
use crate::vault::{CHUNK, FileSealer, RequestKey, new_token};

/// Who sends a file.
#[derive(Debug, Clone)]
pub enum Uploader {
    /// The requester, with the request's secret.
    Requester(String),
    /// A member who may open the request.
    Staff(Box<Member>),
}

/// A file that is about to come.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The request.
    pub reference: String,
    /// Who sends it.
    pub by: Uploader,
    /// Its name as it was sent.
    pub name: String,
    /// The key of the call; its fingerprint is made when the content is known.
    pub idempotency: Option<IdempotencyKey>,
}

/// A piece of a file on its way. A sender that goes away without the end was cut off.
#[derive(Debug)]
pub enum Piece {
    /// More bytes.
    Bytes(Vec<u8>),
    /// That was all.
    End,
}

/// A file that was taken in.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The file.
    pub attachment: AttachmentView,
    /// The same call was answered before.
    pub replayed: bool,
}

/// A file whose object is stored.
struct Stored {
    id: String,
    object: String,
    file_type: FileType,
    size: u64,
    sha256: Vec<u8>,
    scan: ScanState,
}

/// What came of the bytes.
enum Arrived {
    /// The whole file is stored.
    Stored(Stored),
    /// The scanner found something: nothing is stored.
    Infected(Infected),
}

/// A file that is not taken.
struct Infected {
    file_type: FileType,
    size: u64,
    /// What was found.
    signature: String,
}

/// Takes a file in.
///
/// # Errors
/// `NotFound`, `forbidden`, `invalid_transition` on a closed request, `too_many_files`, `payload_too_large`,
/// `unsupported_media_type`, `bad_request` when it was cut off, `Invalid` when it is empty or the scanner found something,
/// `Unavailable`. Nothing is kept then.
pub async fn take_in(app: Arc<App>, upload: Upload, mut pieces: Receiver<Piece>) -> Result<Taken, ServiceError> {
    let (process, about) = (Arc::clone(&app), upload.clone());
    let key = app.db.read("upload_begins", move |connection| begin(&process, connection, &about)).await?;
    let id = new_id(app.clock.now());
    let mut incoming = Incoming::new(&app, &key, id)?;
    let stored = match incoming.take(&mut pieces).await {
        Ok(Arrived::Stored(stored)) => stored,
        Ok(Arrived::Infected(infected)) => {
            incoming.give_up().await;
            let process = Arc::clone(&app);
            app.db.write("upload_refused", move |tx| refuse(&process, tx, &upload, &infected)).await?;
            return Err(ServiceError::field("/file", "infected"));
        }
        Err(error) => {
            incoming.give_up().await;
            return Err(error);
        }
    };
    let (process, object) = (Arc::clone(&app), stored.object.clone());
    let taken = app.db.write("upload_ends", move |tx| keep(&process, tx, upload, &stored)).await;
    if taken.as_ref().map_or(true, |taken| taken.replayed)
        && let Err(error) = app.files.delete(&object).await
    {
        tracing::warn!(%error, "an object that is not needed stays until it is swept away");
    }
    app.wake_worker();
    taken
}

/// The request, for whoever may add files to it.
fn allowed(connection: &mut AnyConnection, upload: &Upload) -> Result<RequestRow, ServiceError> {
    match &upload.by {
        Uploader::Requester(token) => authorised(connection, &upload.reference, token),
        Uploader::Staff(member) => {
            let row = requests::by_reference(connection, &upload.reference)?.ok_or(ServiceError::NotFound)?;
            let standing = standing(member, &row);
            if !standing.is_member() {
                return Err(ServiceError::NotFound);
            }
            if standing.may(Permission::OpenPersonalData) { Ok(row) } else { Err(ServiceError::forbidden()) }
        }
    }
}

/// A look before the file is read; the same is looked at again when it is there.
fn begin(app: &App, connection: &mut AnyConnection, upload: &Upload) -> Result<RequestKey, ServiceError> {
    let row = allowed(connection, upload)?;
    // A call that is repeated gets its first answer, whatever happened since.
    if upload.idempotency.is_none() {
        check_room(connection, &row)?;
    }
    request_key(app, connection, &row.id)
}

fn check_room(connection: &mut AnyConnection, row: &RequestRow) -> Result<i64, ServiceError> {
    if row.status.is_final() {
        return Err(ServiceError::invalid_transition(row.status, "attachments"));
    }
    let count = rows::count(connection, &row.id)?;
    if count >= MAX_FILES {
        return Err(Refusal::new("too_many_files", 409).with("most", MAX_FILES).into());
    }
    Ok(count)
}

/// The row, the event, the mails.
fn keep(app: &App, tx: &mut AnyConnection, upload: Upload, stored: &Stored) -> Result<Taken, ServiceError> {
    let row = allowed(tx, &upload)?;
    let name = file_name::clean(&upload.name, stored.file_type);
    let idempotency = upload.idempotency.map(|idempotency| {
        let body = [stored.sha256.as_slice(), name.as_bytes()].concat();
        IdempotencyKey { fingerprint: app.vault.fingerprint("idempotency body/attachments", &body), ..idempotency }
    });
    if let Some(id) = earlier_call(tx, idempotency.as_ref(), app.clock.now())? {
        let key = request_key(app, tx, &row.id)?;
        let earlier = rows::by_id(tx, &row.id, &id)?.ok_or(ServiceError::NotFound)?;
        return Ok(Taken { attachment: attachment_view(&earlier, Some(&key))?, replayed: true });
    }
    let mut case = Case::open(app, tx, &upload.reference, actor(&upload.by))?;
    let count = check_room(case.tx, &case.row)?;
    let attachment = add(&mut case, stored, &name, count + 1)?;
    if let Some(idempotency) = &idempotency {
        remember(case.tx, idempotency, &stored.id, case.now)?;
    }
    document_arrived(&mut case, &stored.id)?;
    let link = case.staff_link();
    for member in case.responsible()? {
        // Whoever adds a file knows of it.
        if case.actor.id() != Some(member.id.as_str()) {
            case.mail_member("file", &member, &StaffMail::File { link: &link })?;
        }
    }
    case.save(true)?;
    Ok(Taken { attachment, replayed: false })
}

/// The history keeps that something harmful was sent, and nothing of it.
fn refuse(app: &App, tx: &mut AnyConnection, upload: &Upload, infected: &Infected) -> Result<(), ServiceError> {
    if allowed(tx, upload)?.status.is_final() {
        // Its history is over; nobody may let it grow.
        return Ok(());
    }
    let mut case = Case::open(app, tx, &upload.reference, actor(&upload.by))?;
    let (media_type, signature) = (infected.file_type.media_type(), &infected.signature);
    let data = json!({"media_type": media_type, "size": infected.size, "scan": "infected", "signature": signature});
    case.record(EventKind::FileRefused, data, None)?;
    app.metrics.count(SecurityEvent::HarmfulFile);
    tracing::warn!(
        reference = case.row.reference,
        signature,
        "the virus scanner found something in a file; it was not taken"
    );
    case.save(false)?;
    Ok(())
}

fn actor(by: &Uploader) -> Actor {
    match by {
        Uploader::Requester(_) => Actor::Requester,
        Uploader::Staff(member) => Actor::Staff(member.id.clone()),
    }
}

fn add(case: &mut Case<'_>, stored: &Stored, name: &str, seq: i64) -> Result<AttachmentView, ServiceError> {
    let size = i64::try_from(stored.size).unwrap_or(i64::MAX);
    let row = AttachmentRow {
        id: stored.id.clone(),
        request_id: case.row.id.clone(),
        seq,
        at: case.now.naive_utc(),
        object: stored.object.clone(),
        media_type: stored.file_type.media_type().to_owned(),
        size,
        scan: stored.scan,
        next_scan_at: next_scan(stored.scan, case.now),
        uploader_kind: case.actor.kind().to_owned(),
        uploader_id: case.actor.id().map(ToOwned::to_owned),
        sealed_name: Some(case.key.seal_json(&name_place(&stored.id), name)?),
        sealed_sha256: Some(case.key.seal(&hash_place(&stored.id), &stored.sha256)?),
    };
    rows::insert(case.tx, &row)?;
    let data = json!({"attachment": row.id, "media_type": row.media_type, "size": size, "scan": row.scan});
    case.record(EventKind::FileAdded, data, None)?;
    attachment_view(&row, Some(&case.key))
}

/// A file on its way into the store. No more of it is in memory than two chunks and what the store gathers.
struct Incoming<'a> {
    app: &'a App,
    id: String,
    object: String,
    sealer: Option<FileSealer>,
    header: Vec<u8>,
    /// Plain bytes that are not sealed yet.
    buffer: Vec<u8>,
    sniffer: Option<Sniffer>,
    scan: Watched,
    writer: Option<FileWriter>,
    hash: Sha256,
    size: u64,
}

impl<'a> Incoming<'a> {
    fn new(app: &'a App, key: &RequestKey, id: String) -> Result<Self, ServiceError> {
        let (sealer, header) = key.seal_file(&file_place(&id))?;
        Ok(Self {
            app,
            id,
            object: new_token()?,
            sealer: Some(sealer),
            header,
            buffer: Vec::with_capacity(CHUNK),
            sniffer: None,
            scan: Watched::default(),
            writer: None,
            hash: Sha256::new(),
            size: 0,
        })
    }

    async fn take(&mut self, pieces: &mut Receiver<Piece>) -> Result<Arrived, ServiceError> {
        loop {
            match pieces.recv().await {
                Some(Piece::Bytes(bytes)) => self.more(&bytes).await?,
                Some(Piece::End) => return self.end().await,
                None => return Err(Refusal::new("bad_request", 400).into()),
            }
        }
    }

    async fn more(&mut self, bytes: &[u8]) -> Result<(), ServiceError> {
        self.size += bytes.len() as u64;
        if self.size > MAX_SIZE {
            return Err(Refusal::new("payload_too_large", 413).into());
        }
        self.hash.update(bytes);
        self.buffer.extend_from_slice(bytes);
        // The last chunk is sealed otherwise, so a whole one waits until more comes.
        while self.buffer.len() > CHUNK {
            let rest = self.buffer.split_off(CHUNK);
            let chunk = std::mem::replace(&mut self.buffer, rest);
            self.look(&chunk)?;
            self.scan.feed(self.app, &chunk).await;
            let sealed = self.sealer.as_mut().map(|sealer| sealer.next(&chunk)).transpose()?;
            self.write(&sealed.unwrap_or_default()).await?;
        }
        Ok(())
    }

    async fn end(&mut self) -> Result<Arrived, ServiceError> {
        if self.size == 0 {
            return Err(ServiceError::field("/file", "required"));
        }
        let chunk = std::mem::take(&mut self.buffer);
        self.look(&chunk)?;
        let file_type = self.sniffer.take().and_then(Sniffer::finish).ok_or_else(not_taken)?;
        self.scan.feed(self.app, &chunk).await;
        let sealed = self.sealer.take().map(|sealer| sealer.last(&chunk)).transpose()?;
        self.write(&sealed.unwrap_or_default()).await?;
        let (scan, signature) = std::mem::take(&mut self.scan).end(self.app).await;
        if scan == ScanState::Infected {
            return Ok(Arrived::Infected(Infected { file_type, size: self.size, signature }));
        }
        if let Some(writer) = &mut self.writer {
            writer.finish().await?;
        }
        let sha256 = std::mem::take(&mut self.hash).finalize().to_vec();
        let (id, object) = (self.id.clone(), self.object.clone());
        Ok(Arrived::Stored(Stored { id, object, file_type, size: self.size, sha256, scan }))
    }

    fn look(&mut self, chunk: &[u8]) -> Result<(), ServiceError> {
        let sniffer = match &mut self.sniffer {
            Some(sniffer) => sniffer,
            None => self.sniffer.insert(Sniffer::of(chunk).ok_or_else(not_taken)?),
        };
        if sniffer.feed(chunk) { Ok(()) } else { Err(not_taken()) }
    }

    /// The object is begun only when the beginning of the file was looked at.
    async fn write(&mut self, sealed: &[u8]) -> Result<(), ServiceError> {
        if self.writer.is_none() {
            let mut writer = self.app.files.create(&self.object).await?;
            writer.write(&self.header).await?;
            self.writer = Some(writer);
        }
        if let Some(writer) = &mut self.writer {
            writer.write(sealed).await?;
        }
        Ok(())
    }

    async fn give_up(&mut self) {
        if let Some(writer) = &mut self.writer {
            writer.abort().await;
        }
    }
}

fn not_taken() -> ServiceError {
    Refusal::new("unsupported_media_type", 415).into()
}
