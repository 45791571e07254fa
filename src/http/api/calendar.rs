//! The calendar of working days, for administrators; its revisions, for all staff.

use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpResponse, get, put};
use serde::Deserialize;
use utoipa::IntoParams;

use super::AppData;
use super::responses::{Body, Changing, Public, Signed};
use crate::domain::intake::FieldError;
use crate::domain::text;
use crate::http::auth::SignedIn;
use crate::http::json::{Json, Query};
use crate::http::problem::ApiError;
use crate::services::calendar::{
    CalendarChange, CertaintyForm, DayForm, RevisionView, confirm_year, put_day, revisions,
};
use crate::services::desk::Page;
use crate::services::error::ServiceError;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_revisions).service(change_day).service(confirm_days);
}

/// Whether a change is only looked at.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DayQuery {
    /// Shows which clocks would move, and changes nothing.
    pub dry_run: Option<bool>,
}

/// Which part of the list is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RevisionQuery {
    /// How many at most, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// Where the last page ended.
    pub cursor: Option<String>,
}

/// Lists the revisions of the calendar, newest first: who changed what, when, and by which order.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), params(RevisionQuery),
    responses((status = 200, body = Page<RevisionView>), Public, Signed)
)]
#[get("/staff/calendar")]
pub(crate) async fn list_revisions(
    app: AppData,
    _member: SignedIn,
    query: Query<RevisionQuery>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(revisions(&app, query.0.limit, query.0.cursor).await?))
}

/// Makes a day a working day or a day off. The open clocks are counted again in the same transaction, each with an event that
/// shows both dates; colleagues get a mail where a date moved nearer. With `dry_run=true` it only shows what would move.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), request_body = DayForm,
    params(("date" = String, Path, description = "The local day", example = "2026-12-31"), DayQuery),
    responses((status = 200, body = CalendarChange), Public, Signed, Body, Changing)
)]
#[put("/staff/calendar/{date}")]
pub(crate) async fn change_day(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
    query: Query<DayQuery>,
    body: Json<DayForm>,
) -> Result<HttpResponse, ApiError> {
    member.0.check_admin()?;
    let date = text::date(&path).map_err(|error| ServiceError::Invalid(vec![FieldError::at("/date", error)]))?;
    let change = put_day(&app, &member.0, date, body.value, query.0.dry_run.unwrap_or_default()).await?;
    Ok(HttpResponse::Ok().json(change))
}

/// Says how sure the days of a year are, once they were compared with the official calendar. No clock moves.
#[utoipa::path(
    tag = "Administration", context_path = "/api/v1", security(("staff" = [])), request_body = CertaintyForm,
    params(("year" = i32, Path, example = 2027)),
    responses((status = 200, body = RevisionView), Public, Signed, Body, Changing)
)]
#[put("/staff/calendar/years/{year}")]
pub(crate) async fn confirm_days(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
    body: Json<CertaintyForm>,
) -> Result<HttpResponse, ApiError> {
    member.0.check_admin()?;
    let year = path.parse().map_err(|_| ServiceError::NotFound)?;
    Ok(HttpResponse::Ok().json(confirm_year(&app, &member.0, year, body.value).await?))
}
