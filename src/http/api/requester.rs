//! What the requester calls, with the secret that came with the receipt.

use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpResponse, get, post};

use super::responses::{Body, Changing, Public, Signed};
use super::{AppData, created, idempotency};
use crate::http::headers::{IdempotencyKeyHeader, RawBearer};
use crate::http::json::{EmptyOr, Json};
use crate::http::problem::{ApiError, Problem};
use crate::services::proof::{self, ProofView};
use crate::services::requester::{self, CancelForm, CodeForm, TextForm, reference};
use crate::services::views::{AnswerView, MessageView, RequesterView};

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(show_request)
        .service(confirm_email)
        .service(resend_code)
        .service(send_message)
        .service(cancel_request)
        .service(show_answer)
        .service(show_proof);
}

/// Shows the request to the requester.
#[utoipa::path(
    tag = "Requester", context_path = "/api/v1", security(("requester" = [])),
    params(("reference" = String, Path, description = "The reference; look-alike letters and lower case are understood")),
    responses((status = 200, body = RequesterView), Public, Signed)
)]
#[get("/requests/{reference}")]
pub(crate) async fn show_request(app: AppData, token: RawBearer, path: Path<String>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(requester::view(&app, reference(&path)?, token.0).await?))
}

/// Proves the mail address with the code that was mailed to it.
#[utoipa::path(
    tag = "Requester", context_path = "/api/v1", security(("requester" = [])), request_body = CodeForm,
    params(("reference" = String, Path)),
    responses(
        (status = 200, body = RequesterView), Public, Signed, Body, Changing,
        (status = 410, description = "The code is too old or used up", body = Problem, content_type = "application/problem+json"),
    )
)]
#[post("/requests/{reference}/confirm")]
pub(crate) async fn confirm_email(
    app: AppData,
    token: RawBearer,
    path: Path<String>,
    body: Json<CodeForm>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(requester::confirm(&app, reference(&path)?, token.0, body.value).await?))
}

/// Mails a new code.
#[utoipa::path(
    tag = "Requester", context_path = "/api/v1", security(("requester" = [])),
    params(("reference" = String, Path)),
    responses((status = 202, description = "A new code is on its way"), Public, Signed, Body, Changing)
)]
#[post("/requests/{reference}/confirm/resend")]
pub(crate) async fn resend_code(app: AppData, token: RawBearer, path: Path<String>) -> Result<HttpResponse, ApiError> {
    requester::resend_code(&app, reference(&path)?, token.0).await?;
    Ok(HttpResponse::Accepted().json(serde_json::json!({"sent": true})))
}

/// Sends a message: a reply when one was asked for, else an addition.
#[utoipa::path(
    tag = "Requester", context_path = "/api/v1", security(("requester" = [])), request_body = TextForm,
    params(("reference" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = MessageView), Public, Signed, Body, Changing)
)]
#[post("/requests/{reference}/messages")]
pub(crate) async fn send_message(
    app: AppData,
    token: RawBearer,
    path: Path<String>,
    key: IdempotencyKeyHeader,
    body: Json<TextForm>,
) -> Result<HttpResponse, ApiError> {
    let reference = reference(&path)?;
    let key = idempotency(&app, key, &format!("messages/{reference}"), &body.canonical);
    let sent = requester::message(&app, reference, token.0, body.value, key).await?;
    Ok(created(None, sent.replayed, &sent.message))
}

/// Takes the request back.
#[utoipa::path(
    tag = "Requester", context_path = "/api/v1", security(("requester" = [])), request_body = CancelForm,
    params(("reference" = String, Path)),
    responses((status = 200, body = RequesterView), Public, Signed, Body, Changing)
)]
#[post("/requests/{reference}/cancel")]
pub(crate) async fn cancel_request(
    app: AppData,
    token: RawBearer,
    path: Path<String>,
    body: EmptyOr<CancelForm>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(requester::cancel(&app, reference(&path)?, token.0, body.0.value).await?))
}

/// Shows the answer, once there is one.
#[utoipa::path(
    tag = "Requester", context_path = "/api/v1", security(("requester" = [])),
    params(("reference" = String, Path)),
    responses((status = 200, body = AnswerView), Public, Signed)
)]
#[get("/requests/{reference}/answer")]
pub(crate) async fn show_answer(app: AppData, token: RawBearer, path: Path<String>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(requester::answer(&app, reference(&path)?, token.0).await?))
}

/// The history of the request with the proof that it was not changed since: public facts, hashes, and the newest signed checkpoint
/// that lists it. `docs/audit.md` says how anybody checks it without Otinish.
#[utoipa::path(
    tag = "Requester", context_path = "/api/v1", security(("requester" = [])),
    params(("reference" = String, Path)),
    responses((status = 200, body = ProofView), Public, Signed)
)]
#[get("/requests/{reference}/proof")]
pub(crate) async fn show_proof(app: AppData, token: RawBearer, path: Path<String>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(proof::of_request(&app, reference(&path)?, token.0).await?))
}
