//! Errors as RFC 9457 problem documents: the one place where a failure gets its status, code and text.
//!
//! A handler returns an [`ApiError`]; it knows neither language nor trace id. The middleware [`problems`] renders it, and turns
//! the plain errors of the server itself (no such route, wrong method) into problem documents as well.

mod methods;
mod page;
mod render;

#[cfg(test)]
mod tests;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::domain::intake::FieldError;
use crate::services::error::{Refusal, ServiceError};
use crate::storage::StorageError;

pub use methods::Methods;
pub use page::configure;
pub(super) use render::{ProblemCode, say_language};
pub use render::{Words, part_of_answer, problems, words};

/// The media type of problem documents.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Seconds after which another try makes sense when the database cannot be used.
const RETRY_UNAVAILABLE: i64 = 5;

/// What went wrong (RFC 9457). `type` is a link to an explanation; programs go by `code`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// Link to an explanation.
    #[serde(rename = "type")]
    #[schema(example = "https://example.kz/problems/not_found")]
    pub kind: String,
    /// What it is, in a few words in the language of the answer.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What to do about it, in the language of the answer.
    pub detail: String,
    /// Stable name of the problem.
    #[schema(example = "not_found")]
    pub code: String,
    /// Under this number the request is found in the logs.
    pub trace_id: String,
    /// Each field with a mistake, for `validation_failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errors: Option<Vec<ProblemField>>,
    /// More for the caller's program, by code.
    #[serde(flatten)]
    #[schema(ignore)]
    pub extra: Map<String, Value>,
}

/// A mistake in one field.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemField {
    /// JSON pointer (RFC 6901) to the field in the body; `/query/…` and `/headers/…` point to parameters and headers.
    #[schema(example = "/subject/iin")]
    pub pointer: String,
    /// Stable name of the mistake.
    #[schema(example = "iin_checksum")]
    pub code: String,
    /// What to correct, in the language of the answer.
    pub message: String,
}

/// Why a request was not carried out, on its way to becoming a [`Problem`].
#[derive(Debug, Clone)]
pub struct ApiError(Box<Failure>);

/// What stands in an [`ApiError`].
#[derive(Debug, Clone)]
struct Failure {
    status: StatusCode,
    code: &'static str,
    args: Vec<(&'static str, String)>,
    errors: Vec<FieldError>,
    retry_after: Option<i64>,
    extra: Map<String, Value>,
    /// For the log only.
    cause: Option<String>,
}

impl ApiError {
    /// The problem that fits an answer which has a status but says nothing more.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        Self(Box::new(Failure::of_status(status)))
    }

    /// Its stable name.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.0.code
    }

    /// The mistakes in fields.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }
}

impl Failure {
    fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, args: Vec::new(), errors: Vec::new(), retry_after: None, extra: Map::new(), cause: None }
    }

    /// The problem that fits an answer of the server itself, which has a status but says nothing more.
    fn of_status(status: StatusCode) -> Self {
        let code = match status.as_u16() {
            401 => "unauthorized",
            403 => "forbidden",
            404 => "not_found",
            405 => "method_not_allowed",
            406 => "not_acceptable",
            408 => "request_timeout",
            412 => "precondition_failed",
            413 => "payload_too_large",
            414 => "uri_too_long",
            415 => "unsupported_media_type",
            428 => "precondition_required",
            429 => "rate_limited",
            431 => "headers_too_large",
            503 => "unavailable",
            400..500 => "bad_request",
            _ => "internal",
        };
        Self::new(status, code)
    }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        let failure = match error {
            ServiceError::Invalid(errors) => {
                Failure { errors, ..Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "validation_failed") }
            }
            ServiceError::NotFound => Failure::new(StatusCode::NOT_FOUND, "not_found"),
            ServiceError::Unauthorized => Failure::new(StatusCode::UNAUTHORIZED, "unauthorized"),
            ServiceError::Refused(refusal) => return Self::from(refusal),
            ServiceError::Unavailable(cause) | ServiceError::NoKey(cause) => Failure {
                retry_after: Some(RETRY_UNAVAILABLE),
                cause: Some(cause),
                ..Failure::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            },
            ServiceError::Internal(cause) => {
                Failure { cause: Some(cause), ..Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "internal") }
            }
        };
        Self(Box::new(failure))
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let status = StatusCode::from_u16(refusal.status).ok().filter(|status| status.as_u16() >= 400);
        Self(Box::new(Failure {
            args: refusal.args,
            retry_after: refusal.retry_after,
            extra: refusal.extra,
            ..Failure::new(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), refusal.code)
        }))
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        Self::from(ServiceError::from(error))
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.0.status.as_u16(), self.0.code)
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// Status and headers; [`problems`] adds the document.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.status);
        if let Some(seconds) = self.0.retry_after {
            response.insert_header((RETRY_AFTER, seconds.max(0).to_string()));
        }
        if self.0.status == StatusCode::UNAUTHORIZED {
            response.insert_header((WWW_AUTHENTICATE, "Bearer"));
        }
        response.finish()
    }
}
