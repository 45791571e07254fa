//! Files over HTTP: a form with a file is read as a stream, and a file is handed out to be saved. The API and the pages share it.

use std::time::{Duration, Instant};

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header::{
    CONTENT_DISPOSITION, CONTENT_TYPE, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
    TryIntoHeaderValue,
};
use actix_web::web::{Bytes, Data};
use futures_util::StreamExt;
use tokio::sync::mpsc::{Sender, channel};

use super::problem::ApiError;
use crate::app::App;
use crate::services::attachments::{Download, Piece, Taken, Upload, Uploader, take_in};
use crate::services::error::{Refusal, ServiceError};
use crate::services::idempotency::IdempotencyKey;

/// How long the next bytes of a file are waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes a second that a file must bring on the average once it took longer than that: who sends a byte now and then would otherwise
/// keep a connection, a task and an open request for days.
const SLOWEST: u64 = 2 * 1024;
/// What the virus scanner said of a file that is handed out.
const SCAN: &str = "otinish-scan";
/// Pieces on their way between the connection and the store.
const PIECES: usize = 2;

/// Reads the field `file`, the last one of a form, and hands it on, piece by piece. The other end is a task of its own: when the
/// caller goes away it clears away what it began.
pub(super) async fn receive(
    app: Data<App>,
    by: Uploader,
    reference: String,
    idempotency: Option<IdempotencyKey>,
    mut form: Multipart,
) -> Result<Taken, ApiError> {
    let field = next(&mut form).await?.ok_or_else(|| ServiceError::field("/file", "required"))?;
    if field.name() != Some("file") {
        return Err(ServiceError::field("/file", "required").into());
    }
    let name = field.content_disposition().and_then(name_of).unwrap_or_default();
    let (sender, receiver) = channel(PIECES);
    let upload = Upload { reference, by, name, idempotency };
    let task = tokio::spawn(take_in(app.into_inner(), upload, receiver));
    let read = read_all(field, &mut form, sender).await;
    let taken = task.await.map_err(|_| ServiceError::Internal("an upload did not end".to_owned()))?;
    read?;
    Ok(taken?)
}

async fn read_all(mut field: Field, form: &mut Multipart, sender: Sender<Piece>) -> Result<(), ApiError> {
    let (started, mut arrived) = (Instant::now(), 0_u64);
    while let Some(bytes) = in_time(field.next()).await? {
        let bytes = bytes.map_err(|error| unreadable(&error))?;
        arrived = arrived.saturating_add(bytes.len().try_into().unwrap_or(u64::MAX));
        let took = started.elapsed();
        if took > PATIENCE && arrived < took.as_secs().saturating_mul(SLOWEST) {
            return Err(Refusal::new("request_timeout", 408).into());
        }
        // Whoever took them in has refused the file: what it said is the answer.
        if sender.send(Piece::Bytes(bytes.to_vec())).await.is_err() {
            return Ok(());
        }
    }
    // The form reads on only when nobody holds its last field any more.
    drop(field);
    // Only a form that came to its end is whole, and it has nothing else in it.
    if next(form).await?.is_some() {
        return Err(ServiceError::field("/file", "unknown_field").into());
    }
    drop(sender.send(Piece::End).await);
    Ok(())
}

/// The next field of a form.
pub(super) async fn next(form: &mut Multipart) -> Result<Option<Field>, ApiError> {
    in_time(form.next()).await?.transpose().map_err(|error| unreadable(&error))
}

async fn in_time<T>(future: impl Future<Output = T>) -> Result<T, ApiError> {
    tokio::time::timeout(PATIENCE, future).await.map_err(|_| Refusal::new("request_timeout", 408).into())
}

fn unreadable(error: &MultipartError) -> ApiError {
    match error {
        MultipartError::ContentTypeMissing
        | MultipartError::ContentTypeParse
        | MultipartError::ContentTypeIncompatible
        | MultipartError::BoundaryMissing => Refusal::new("unsupported_media_type", 415).into(),
        _ => Refusal::new("bad_request", 400).into(),
    }
}

fn name_of(disposition: &ContentDisposition) -> Option<String> {
    let extended = disposition.get_filename_ext().and_then(|name| String::from_utf8(name.value.clone()).ok());
    extended.or_else(|| disposition.get_filename().map(ToOwned::to_owned))
}

/// The answer with a file: always to be saved, never to be shown.
pub(super) fn file(download: Download) -> HttpResponse {
    let Download { attachment, content } = download;
    let scan = attachment.scan;
    let name = attachment.name.unwrap_or_default();
    let plain: String = name.chars().map(|character| if character.is_ascii() { character } else { '_' }).collect();
    let mut parameters = vec![DispositionParam::Filename(plain)];
    if !name.is_ascii() {
        let value = name.into_bytes();
        let extended = ExtendedValue { charset: Charset::Ext("UTF-8".to_owned()), language_tag: None, value };
        parameters.push(DispositionParam::FilenameExt(extended));
    }
    let disposition = ContentDisposition { disposition: DispositionType::Attachment, parameters };
    let mut response = HttpResponse::Ok();
    match disposition.try_into_value() {
        Ok(value) => response.insert_header((CONTENT_DISPOSITION, value)),
        Err(_) => response.insert_header((CONTENT_DISPOSITION, "attachment")),
    };
    let is_text = attachment.media_type == "text/plain";
    let media_type = if is_text { "text/plain; charset=utf-8".to_owned() } else { attachment.media_type };
    let size = u64::try_from(attachment.size).unwrap_or_default();
    let bytes = content.map(|chunk| chunk.map(Bytes::from).map_err(ApiError::from));
    response
        .insert_header((SCAN, scan.as_str()))
        .insert_header((CONTENT_TYPE, media_type))
        .body(SizedStream::new(size, bytes))
}
