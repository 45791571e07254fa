//! Staff accounts, for administrators.

use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpResponse, get, patch, post};
use serde::Deserialize;
use utoipa::IntoParams;

use super::responses::{Body, Changing, Public, Signed};
use super::{AppData, created, idempotency};
use crate::http::auth::SignedIn;
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::json::{Json, Query};
use crate::http::problem::ApiError;
use crate::services::desk::{Page, page_size};
use crate::services::users::{self, CreatedUser, TemporaryPassword, UserForm, UserPatch, UserView};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_users).service(create_user).service(change_user).service(reset_password);
}

/// Which part of the list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UserQuery {
    /// How many at most, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// Lists accounts, oldest first.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), params(UserQuery),
    responses((status = 200, body = Page<UserView>), Public, Signed)
)]
#[get("/staff/users")]
pub(crate) async fn list_users(
    app: AppData,
    member: SignedIn,
    query: Query<UserQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = usize::try_from(page_size(query.0.limit)?).unwrap_or(50);
    let page = users::list(&app, &member.0, query.0.cursor, limit).await?;
    Ok(HttpResponse::Ok().json(Page { items: page.items, next_cursor: page.next }))
}

/// Makes an account.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), request_body = UserForm,
    params(("Idempotency-Key" = Option<String>, Header, description = "A replay leaves out a password that was made up")),
    responses((status = 201, body = CreatedUser, headers(("Location" = String))), Public, Signed, Body, Changing)
)]
#[post("/staff/users")]
pub(crate) async fn create_user(
    app: AppData,
    member: SignedIn,
    key: IdempotencyKeyHeader,
    body: Json<UserForm>,
) -> Result<HttpResponse, ApiError> {
    let key = idempotency(&app, key, &format!("users/{}", member.0.id), &body.canonical);
    let (user, replayed) = users::create_once(&app, &member.0, body.value, key).await?;
    Ok(created(Some(format!("/api/v1/staff/users/{}", user.user.id)), replayed, &user))
}

/// Changes an account; what is absent stays. Disabling ends its sessions at once and releases its open requests to the queue, as
/// taking away the last role of agent or DPO at an operator does there.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), request_body = UserPatch,
    params(("id" = String, Path)),
    responses((status = 200, body = UserView), Public, Signed, Body, Changing)
)]
#[patch("/staff/users/{id}")]
pub(crate) async fn change_user(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
    body: Json<UserPatch>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(users::change(&app, &member.0, &path, body.value).await?))
}

/// Sets a password that is made up, shown this once and good for nothing but choosing another, for three days. The member's sessions
/// end, and so does a lock.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), params(("id" = String, Path)),
    responses((status = 200, body = TemporaryPassword), Public, Signed, Changing)
)]
#[post("/staff/users/{id}/password-reset")]
pub(crate) async fn reset_password(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(users::reset_password(&app, &member.0, &path).await?))
}
