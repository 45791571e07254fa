//! What anybody may call: operators, deadlines, the calendar, and handing in a request.

use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::responses::{Body, Changing, Public};
use super::{AppData, created, idempotency};
use crate::domain::intake::RequestForm;
use crate::domain::operator::PublicProfile;
use crate::http::headers::IdempotencyKeyHeader;
use crate::http::json::{Json, Query};
use crate::http::limit;
use crate::http::locale::Locale;
use crate::http::problem::ApiError;
use crate::services::calendar::latest;
use crate::services::deadlines::{Books, CalendarYear, DeadlineQuery, Deadlines, calendar_year, deadlines};
use crate::services::error::ServiceError;
use crate::services::submit::{Origin, Receipt, submit};

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(list_operators)
        .service(show_operator)
        .service(count_deadlines)
        .service(show_calendar)
        .service(submit_request);
}

/// The operators that can be asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperatorList {
    /// All of them.
    pub items: Vec<PublicProfile>,
    /// Always null: the list has one page.
    pub next_cursor: Option<String>,
}

/// Lists the operators.
#[utoipa::path(tag = "Public", context_path = "/api/v1", responses((status = 200, body = OperatorList), Public))]
#[get("/operators")]
pub(crate) async fn list_operators(app: AppData) -> HttpResponse {
    let items = app.operators.iter().map(crate::domain::operator::Operator::public).collect();
    HttpResponse::Ok().json(OperatorList { items, next_cursor: None })
}

/// Shows an operator.
#[utoipa::path(
    tag = "Public", context_path = "/api/v1",
    params(("operator" = String, Path, description = "The operator's id", example = "demo")),
    responses((status = 200, body = PublicProfile), Public)
)]
#[get("/operators/{operator}")]
pub(crate) async fn show_operator(app: AppData, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let operator = app.operator(&path).ok_or(ServiceError::NotFound)?;
    Ok(HttpResponse::Ok().json(operator.public()))
}

/// Counts the deadlines that a request would get; nothing is stored.
#[utoipa::path(
    tag = "Public", context_path = "/api/v1", params(DeadlineQuery),
    responses((status = 200, body = Deadlines), Public)
)]
#[get("/deadlines")]
pub(crate) async fn count_deadlines(
    app: AppData,
    locale: Locale,
    query: Query<DeadlineQuery>,
) -> Result<HttpResponse, ApiError> {
    let calendar = latest(&app).await?;
    Ok(HttpResponse::Ok().json(deadlines(&Books::of(&app, &calendar), locale.0, &query.0)?))
}

/// Shows the days of a year that differ from a plain Monday–Friday week.
#[utoipa::path(
    tag = "Public", context_path = "/api/v1",
    params(("year" = i32, Path, description = "The year", example = 2026)),
    responses((status = 200, body = CalendarYear), Public)
)]
#[get("/calendar/{year}")]
pub(crate) async fn show_calendar(app: AppData, locale: Locale, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let year = path.parse().map_err(|_| ServiceError::NotFound)?;
    Ok(HttpResponse::Ok().json(calendar_year(&*latest(&app).await?, locale.0, year)?))
}

/// Hands in a request. The token in the answer is the requester's secret; it is not shown again.
#[utoipa::path(
    tag = "Public", context_path = "/api/v1", request_body = RequestForm,
    params(
        ("operator" = String, Path, description = "The operator's id", example = "demo"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key with the same body gives the first answer again"),
    ),
    responses((status = 201, body = Receipt, headers(("Location" = String))), Public, Body, Changing)
)]
#[post("/operators/{operator}/requests")]
pub(crate) async fn submit_request(
    app: AppData,
    path: Path<String>,
    locale: Locale,
    key: IdempotencyKeyHeader,
    body: Json<RequestForm>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let form = &body.value;
    if let Some(address) = form.submitted_by.email.as_deref().or(form.subject.email.as_deref()) {
        limit::mail_address(&request, &app, address)?;
    }
    let operator = path.into_inner();
    let key = idempotency(&app, key, &format!("submit/{operator}"), &body.canonical);
    let submitted = submit(&app, &operator, body.value, Origin::Web, locale.0, key).await?;
    let location = format!("/api/v1/requests/{}", submitted.receipt.reference);
    Ok(created(Some(location), submitted.replayed, &submitted.receipt))
}
