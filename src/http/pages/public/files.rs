//! Files of a request, sent and fetched by its requester.

use actix_multipart::Multipart;
use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt;

use super::request::Opened;
use crate::http::api::AppData;
use crate::http::files::{file, next, receive};
use crate::http::pages::guard;
use crate::http::problem::ApiError;
use crate::services::attachments::{Uploader, for_requester};
use crate::services::error::Refusal;

/// A token is shorter than this, in bytes.
const LONGEST_TOKEN: usize = 256;

/// Takes a file in. The token of the form stands before the file, so that nothing of a foreign form is read on.
pub(super) async fn send(
    app: AppData,
    request: HttpRequest,
    path: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let mut form = Multipart::new(request.headers(), payload);
    let opened = Opened::of(app, request, &path)?;
    let csrf = first_field(&mut form).await?;
    guard::check(&opened.app, &opened.request, &csrf)?;
    let by = Uploader::Requester(opened.token.clone());
    let taken = receive(opened.app.clone(), by, opened.reference.clone(), None, form).await;
    opened.finish(("file", ""), taken).await
}

/// The token that stands first in a form with a file.
///
/// # Errors
/// 403 `form_expired` where it does not.
pub async fn first_field(form: &mut Multipart) -> Result<String, ApiError> {
    let refused = || ApiError::from(Refusal::new("form_expired", 403));
    let mut field = next(form).await?.filter(|field| field.name() == Some("csrf")).ok_or_else(refused)?;
    let mut token = Vec::new();
    while let Some(bytes) = field.next().await {
        token.extend_from_slice(&bytes.map_err(|_| Refusal::new("bad_request", 400))?);
        if token.len() > LONGEST_TOKEN {
            return Err(refused());
        }
    }
    String::from_utf8(token).map_err(|_| refused())
}

/// Hands a file out.
pub(super) async fn fetch(
    app: AppData,
    request: HttpRequest,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (typed, id) = path.into_inner();
    let Opened { app, reference, token, .. } = Opened::of(app, request, &typed)?;
    Ok(file(for_requester(&app, reference, token, id).await?))
}
