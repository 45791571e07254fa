//! Bodies in JSON and parameters of the query, read so strictly that whatever does not fit is named with its place.

mod document;
mod mistake;
mod query;
mod strict;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::problem::ApiError;
use crate::services::error::{Refusal, ServiceError};

pub use query::{Bounded, Query};

/// Largest body that is read, in bytes.
pub const LARGEST_BODY: usize = 256 * 1024;

/// How long a caller may take to send a body.
pub const BODY_TIME: Duration = Duration::from_secs(30);

/// A body. Its type should refuse unknown fields (`deny_unknown_fields`); serde's `flatten` and untagged enums lose the place of a
/// mistake, so that the pointer ends above them.
#[derive(Debug, Clone)]
pub struct Json<T> {
    /// What was sent.
    pub value: T,
    /// The same JSON with its keys sorted and nothing but the contents: equal bodies give equal bytes. For fingerprints only.
    pub canonical: Vec<u8>,
}

/// A body that may be left out, which counts as `{}`.
#[derive(Debug, Clone)]
pub struct EmptyOr<T>(pub Json<T>);

type Pending<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>>>>;

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = Pending<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            if is_known_empty(&request) {
                return Err(malformed());
            }
            check_media_type(&request)?;
            Ok(parse(&read(&request, payload).await?)?)
        })
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for EmptyOr<T> {
    type Error = ApiError;
    type Future = Pending<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = read(&request, payload).await?;
            if body.is_empty() {
                return Ok(Self(from_document(Value::Object(Map::new()))?));
            }
            check_media_type(&request)?;
            Ok(Self(parse(&body)?))
        })
    }
}

/// A value of JSON that was read before, as `T`.
///
/// # Errors
/// [`ServiceError::Invalid`] with the pointer and the code of the first mistake: `unknown_field`, `required`, `wrong_type`,
/// `not_one_of`, `date_format`, else `invalid_value`.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, ServiceError> {
    serde_path_to_error::deserialize(strict::Strict(value))
        .map_err(|error| ServiceError::Invalid(vec![mistake::of("", &error)]))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<Json<T>, ServiceError> {
    let Ok(document) = serde_json::from_slice::<document::Document>(body) else { return Err(malformed()) };
    from_document(document.0)
}

fn from_document<T: DeserializeOwned>(mut document: Value) -> Result<Json<T>, ServiceError> {
    document.sort_all_objects();
    let canonical = serde_json::to_vec(&document)?;
    Ok(Json { value: from_value(document)?, canonical })
}

fn malformed<E: From<Refusal>>() -> E {
    Refusal::new("malformed_json", 400).into()
}

fn too_large() -> ApiError {
    Refusal::new("payload_too_large", 413).into()
}

/// Whether the headers say that nothing was sent, so that a missing media type is no mistake of its own.
fn is_known_empty(request: &HttpRequest) -> bool {
    let headers = request.headers();
    let length = headers.get(CONTENT_LENGTH).map(|value| value.as_bytes() == b"0");
    length.unwrap_or(!headers.contains_key(TRANSFER_ENCODING) && !headers.contains_key(CONTENT_TYPE))
}

/// `application/json` or a type that ends with `+json`, in UTF-8 and not compressed.
fn check_media_type(request: &HttpRequest) -> Result<(), ApiError> {
    let refused = || ApiError::from(Refusal::new("unsupported_media_type", 415));
    let headers = request.headers();
    let is_plain = headers.get(CONTENT_ENCODING).is_none_or(|value| value.as_bytes().eq_ignore_ascii_case(b"identity"));
    let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).ok_or_else(refused)?;
    let mime: actix_web::mime::Mime = text.parse().map_err(|_| refused())?;
    let is_json =
        mime.type_() == "application" && (mime.subtype() == "json" || mime.suffix().is_some_and(|name| name == "json"));
    let is_utf8 = mime.get_param("charset").is_none_or(|charset| charset == "utf-8");
    if is_plain && is_json && is_utf8 { Ok(()) } else { Err(refused()) }
}

/// Reads the body and gives up as soon as it is too large, whatever its length was said to be.
async fn read(request: &HttpRequest, mut payload: Payload) -> Result<web::Bytes, ApiError> {
    let stated = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if stated.is_some_and(|length| length > LARGEST_BODY) {
        return Err(too_large());
    }
    let broken = || ApiError::from(Refusal::new("bad_request", 400));
    let stream = web::Payload::from_request(request, &mut payload).await.map_err(|_| broken())?;
    match tokio::time::timeout(BODY_TIME, stream.to_bytes_limited(LARGEST_BODY)).await {
        Ok(Ok(Ok(body))) => Ok(body),
        Ok(Ok(Err(_))) => Err(broken()),
        Ok(Err(_)) => Err(too_large()),
        Err(_) => Err(Refusal::new("request_timeout", 408).into()),
    }
}
