//! Reports: figures of a period, and the table behind them.

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Bytes, ServiceConfig};
use actix_web::{HttpResponse, get};
use futures_util::stream;

use super::AppData;
use super::responses::{Public, Signed};
use crate::http::auth::SignedIn;
use crate::http::json::Query;
use crate::http::problem::ApiError;
use crate::services::reports::{self, ReportQuery, Summary};
use crate::services::sign_in::Member;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(report_summary).service(report_table);
}

/// Figures of the requests that were received in a period: counts for agents; deadlines, days and grounds too for DPOs and auditors.
#[utoipa::path(
    tag = "Reports", context_path = "/api/v1", security(("staff" = [])), params(ReportQuery),
    responses((status = 200, body = Summary), Public, Signed)
)]
#[get("/staff/reports/summary")]
pub(crate) async fn report_summary(
    app: AppData,
    member: SignedIn,
    query: Query<ReportQuery>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(reports::summary(&app, member.0, query.0).await?))
}

/// The requests of a period as a table (CSV), a line each, with their deadlines and without anything of the persons. For DPOs and
/// auditors.
#[utoipa::path(
    tag = "Reports", context_path = "/api/v1", security(("staff" = [])), params(ReportQuery),
    responses((status = 200, body = String, content_type = "text/csv"), Public, Signed)
)]
#[get("/staff/reports/requests.csv")]
pub(crate) async fn report_table(
    app: AppData,
    member: SignedIn,
    query: Query<ReportQuery>,
) -> Result<HttpResponse, ApiError> {
    table(&app, &member.0, &query.0).await
}

/// The answer that carries the table. Its first part is read before the answer begins, so that what fails at once is told.
pub(crate) async fn table(app: &AppData, member: &Member, query: &ReportQuery) -> Result<HttpResponse, ApiError> {
    let mut table = reports::table(app, member, query)?;
    let first = table.part().await?;
    let rest = stream::unfold((table, first), |(mut table, ready)| async move {
        let part = match ready {
            Some(part) => Ok(Some(part)),
            None => table.part().await,
        };
        match part {
            Ok(Some(part)) => Some((Ok(Bytes::from(part)), (table, None))),
            Ok(None) => None,
            // The connection ends without its end, so that nobody takes a part for the whole.
            Err(error) => Some((Err(ApiError::from(error)), (table, None))),
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"requests.csv\""))
        .streaming(Box::pin(rest)))
}
