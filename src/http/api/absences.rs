//! Absences of members.

use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpResponse, delete, get, post};

use serde::Deserialize;
use utoipa::IntoParams;

use super::responses::{Body, Changing, Public, Signed};
use super::{AppData, created, idempotency};
use crate::http::auth::SignedIn;
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::json::{Json, Query};
use crate::http::problem::ApiError;
use crate::services::absence::{self, AbsenceForm, AbsenceView};
use crate::services::desk::{Page, page_size};
use crate::services::sign_in::Member;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_own_absences).service(mark_own_absence).service(end_own_absence);
    config.service(list_absences).service(mark_absence).service(end_absence);
}

/// Which part of the list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AbsenceQuery {
    /// How many at most, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

async fn listed(app: &AppData, member: Member, of: String, query: AbsenceQuery) -> Result<HttpResponse, ApiError> {
    let limit = usize::try_from(page_size(query.limit)?).unwrap_or(50);
    Ok(HttpResponse::Ok().json(absence::list(app, member, of, query.cursor, limit).await?))
}

/// `under` is the path of the absences that are marked.
async fn marked(
    app: &AppData,
    member: Member,
    whom: String,
    under: &str,
    key: IdempotencyKeyHeader,
    body: Json<AbsenceForm>,
) -> Result<HttpResponse, ApiError> {
    let key = idempotency(app, key, &format!("absences/{}/{whom}", member.id), &body.canonical);
    let (absence, replayed) = absence::mark(app, member, whom, body.value, key).await?;
    Ok(created(Some(format!("{under}/{}", absence.id)), replayed, &absence))
}

/// The absences of the member who is signed in, newest first.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])), params(AbsenceQuery),
    responses((status = 200, body = Page<AbsenceView>), Public, Signed)
)]
#[get("/staff/me/absences")]
pub(crate) async fn list_own_absences(
    app: AppData,
    member: SignedIn,
    query: Query<AbsenceQuery>,
) -> Result<HttpResponse, ApiError> {
    let id = member.0.id.clone();
    listed(&app, member.0, id, query.0).await
}

/// Marks the member who is signed in as absent. The deputy stands in from the first day to the last, and all is as before then.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])), request_body = AbsenceForm,
    params(("Idempotency-Key" = Option<String>, Header, description = "A replay gives the same absence")),
    responses((status = 201, body = AbsenceView, headers(("Location" = String))), Public, Signed, Body, Changing)
)]
#[post("/staff/me/absences")]
pub(crate) async fn mark_own_absence(
    app: AppData,
    member: SignedIn,
    key: IdempotencyKeyHeader,
    body: Json<AbsenceForm>,
) -> Result<HttpResponse, ApiError> {
    let id = member.0.id.clone();
    marked(&app, member.0, id, "/api/v1/staff/me/absences", key, body).await
}

/// Ends an own absence before its last day; a second time it does nothing.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])), params(("id" = String, Path)),
    responses((status = 204), Public, Signed)
)]
#[delete("/staff/me/absences/{id}")]
pub(crate) async fn end_own_absence(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = member.0.id.clone();
    absence::end(&app, member.0, id, path.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The absences of a member, newest first; for administrators, and for DPOs of every operator at which the member works requests.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])),
    params(("id" = String, Path), AbsenceQuery),
    responses((status = 200, body = Page<AbsenceView>), Public, Signed)
)]
#[get("/staff/users/{id}/absences")]
pub(crate) async fn list_absences(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
    query: Query<AbsenceQuery>,
) -> Result<HttpResponse, ApiError> {
    listed(&app, member.0, path.into_inner(), query.0).await
}

/// Marks a member as absent; for administrators, and for DPOs of every operator at which the member works requests.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), request_body = AbsenceForm,
    params(
        ("id" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "A replay gives the same absence"),
    ),
    responses((status = 201, body = AbsenceView, headers(("Location" = String))), Public, Signed, Body, Changing)
)]
#[post("/staff/users/{id}/absences")]
pub(crate) async fn mark_absence(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
    key: IdempotencyKeyHeader,
    body: Json<AbsenceForm>,
) -> Result<HttpResponse, ApiError> {
    let id = path.into_inner();
    let under = format!("/api/v1/staff/users/{id}/absences");
    marked(&app, member.0, id, &under, key, body).await
}

/// Ends an absence of a member before its last day; a second time it does nothing.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])),
    params(("id" = String, Path), ("absence_id" = String, Path)),
    responses((status = 204), Public, Signed)
)]
#[delete("/staff/users/{id}/absences/{absence_id}")]
pub(crate) async fn end_absence(
    app: AppData,
    member: SignedIn,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (id, absence_id) = path.into_inner();
    absence::end(&app, member.0, id, absence_id).await?;
    Ok(HttpResponse::NoContent().finish())
}
