//! The outbox: what waits, what left, what failed.

use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpResponse, get, post};

use super::AppData;
use super::responses::{Body, Changing, Public, Signed};
use crate::http::auth::SignedIn;
use crate::http::json::Query;
use crate::http::problem::ApiError;
use crate::services::desk::Page;
use crate::services::mail_desk::{self, MailView, OutboxQuery};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_mails).service(resend_mail);
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

/// Sends a dead letter again.
#[utoipa::path(
    tag = "Outbox", context_path = "/api/v1", security(("staff" = [])), params(("id" = String, Path)),
    responses((status = 200, body = MailView), Public, Signed, Body, Changing)
)]
#[post("/staff/outbox/{id}/resend")]
pub(crate) async fn resend_mail(app: AppData, member: SignedIn, path: Path<String>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(mail_desk::resend(&app, member.0, path.into_inner()).await?))
}
