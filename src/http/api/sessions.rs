//! One's own sessions.

use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpResponse, delete, get};

use super::AppData;
use super::responses::{Public, Signed};
use crate::http::auth::SignedInFirst;
use crate::http::problem::ApiError;
use crate::services::sign_in::{self, Sessions};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_sessions).service(end_session).service(end_other_sessions);
}

/// Lists one's sessions that go on, the newest first.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])),
    responses((status = 200, body = Sessions), Public, Signed)
)]
#[get("/auth/sessions")]
pub(crate) async fn list_sessions(app: AppData, member: SignedInFirst) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(sign_in::sessions(&app, &member.0).await?))
}

/// Ends one of one's sessions; its access token stops working with the next call.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])), params(("id" = String, Path)),
    responses((status = 204, description = "The session is over"), Public, Signed)
)]
#[delete("/auth/sessions/{id}")]
pub(crate) async fn end_session(
    app: AppData,
    member: SignedInFirst,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    sign_in::end_session(&app, &member.0, &path).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Ends all of one's sessions but this one.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])),
    responses((status = 204, description = "Only this session goes on"), Public, Signed)
)]
#[delete("/auth/sessions")]
pub(crate) async fn end_other_sessions(app: AppData, member: SignedInFirst) -> Result<HttpResponse, ApiError> {
    sign_in::end_other_sessions(&app, &member.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
