//! The outbox: what waits, what left, what failed; sending again, printing and posting.

use std::sync::LazyLock;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpResponse, get, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::AppData;
use super::responses::{Body, Changing, Public, Signed};
use crate::http::auth::SignedIn;
use crate::http::json::{EmptyOr, Json, Query};
use crate::http::problem::ApiError;
use crate::mail::compose::STYLE;
use crate::services::desk::Page;
use crate::services::mail_desk::{self, MailView, OutboxQuery, PostedForm, ResendForm, ReturnedForm};

/// A letter loads nothing; its one style is known by its hash.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
});

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_mails).service(resend_mail).service(print_mail).service(mark_posted).service(mark_returned);
}

/// A page of the outbox, newest first; without texts and addresses.
#[utoipa::path(
    tag = "Outbox", context_path = "/api/v1", security(("staff" = [])), params(OutboxQuery),
    responses((status = 200, body = Page<MailView>), Public, Signed)
)]
#[get("/staff/outbox")]
pub(crate) async fn list_mails(
    app: AppData,
    member: SignedIn,
    query: Query<OutboxQuery>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(mail_desk::list(&app, member.0, query.0).await?))
}

/// Sends a dead letter again; with an address, the requester's is put right first.
#[utoipa::path(
    tag = "Outbox", context_path = "/api/v1", security(("staff" = [])), params(("id" = String, Path)),
    request_body = ResendForm,
    responses((status = 200, body = MailView), Public, Signed, Body, Changing)
)]
#[post("/staff/outbox/{id}/resend")]
pub(crate) async fn resend_mail(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
    body: EmptyOr<ResendForm>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(mail_desk::resend(&app, member.0, path.into_inner(), body.0.value).await?))
}

/// A mail to the requester as a letter to print: a page for A4 that loads nothing. Each look is noted in the audit trail.
#[utoipa::path(
    tag = "Outbox", context_path = "/api/v1", security(("staff" = [])), params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"), Public, Signed)
)]
#[get("/staff/outbox/{id}/print")]
pub(crate) async fn print_mail(app: AppData, member: SignedIn, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let html = mail_desk::print(&app, member.0, path.into_inner()).await?;
    Ok(letter(html))
}

/// The answer that shows a letter to print.
pub(crate) fn letter(html: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY.as_str()))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .body(html)
}

/// Notes that a letter was posted or handed over. Where it carries the answer, the answer counts as delivered on that day.
#[utoipa::path(
    tag = "Outbox", context_path = "/api/v1", security(("staff" = [])), params(("id" = String, Path)),
    request_body = PostedForm,
    responses((status = 200, body = MailView), Public, Signed, Body, Changing)
)]
#[post("/staff/outbox/{id}/posted")]
pub(crate) async fn mark_posted(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
    body: Json<PostedForm>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(mail_desk::posted(&app, member.0, path.into_inner(), body.value).await?))
}

/// Notes that a posted letter came back, or was marked by mistake: it is to be posted again.
#[utoipa::path(
    tag = "Outbox", context_path = "/api/v1", security(("staff" = [])), params(("id" = String, Path)),
    request_body = ReturnedForm,
    responses((status = 200, body = MailView), Public, Signed, Body, Changing)
)]
#[post("/staff/outbox/{id}/returned")]
pub(crate) async fn mark_returned(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
    body: Json<ReturnedForm>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(mail_desk::returned(&app, member.0, path.into_inner(), body.value).await?))
}
