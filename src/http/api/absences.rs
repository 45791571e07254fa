//! Absences of members.

use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpResponse, delete, get, post};

use super::AppData;
use super::responses::{Body, Changing, Public, Signed};
use crate::http::auth::SignedIn;
use crate::http::json::Json;
use crate::http::problem::ApiError;
use crate::services::absence::{self, AbsenceForm, AbsenceView};
use crate::services::desk::Page;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_own_absences).service(mark_own_absence).service(end_own_absence);
    config.service(list_absences).service(mark_absence).service(end_absence);
}

/// The absences of the member who is signed in, newest first.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])),
    responses((status = 200, body = Page<AbsenceView>), Public, Signed)
)]
#[get("/staff/me/absences")]
pub(crate) async fn list_own_absences(app: AppData, member: SignedIn) -> Result<HttpResponse, ApiError> {
    let id = member.0.id.clone();
    Ok(HttpResponse::Ok().json(absence::list(&app, member.0, id).await?))
}

/// Marks the member who is signed in as absent. The deputy stands in from the first day to the last, and all is as before then.
#[utoipa::path(
    tag = "Sign-in", context_path = "/api/v1", security(("staff" = [])), request_body = AbsenceForm,
    responses((status = 201, body = AbsenceView), Public, Signed, Body, Changing)
)]
#[post("/staff/me/absences")]
pub(crate) async fn mark_own_absence(
    app: AppData,
    member: SignedIn,
    body: Json<AbsenceForm>,
) -> Result<HttpResponse, ApiError> {
    let id = member.0.id.clone();
    Ok(HttpResponse::Created().json(absence::mark(&app, member.0, id, body.value).await?))
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

/// The absences of a member, newest first; for administrators, and for DPOs who share an operator with the member.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), params(("id" = String, Path)),
    responses((status = 200, body = Page<AbsenceView>), Public, Signed)
)]
#[get("/staff/users/{id}/absences")]
pub(crate) async fn list_absences(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(absence::list(&app, member.0, path.into_inner()).await?))
}

/// Marks a member as absent; for administrators, and for DPOs who share an operator with the member.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), request_body = AbsenceForm,
    params(("id" = String, Path)),
    responses((status = 201, body = AbsenceView), Public, Signed, Body, Changing)
)]
#[post("/staff/users/{id}/absences")]
pub(crate) async fn mark_absence(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
    body: Json<AbsenceForm>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Created().json(absence::mark(&app, member.0, path.into_inner(), body.value).await?))
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
