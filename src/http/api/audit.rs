//! The audit trail.

use actix_web::web::ServiceConfig;
use actix_web::{HttpResponse, get};

use super::AppData;
use super::responses::{Public, Signed};
use crate::http::auth::SignedIn;
use crate::http::json::Query;
use crate::http::problem::ApiError;
use crate::services::audit_trail::{self, AuditLine, AuditQuery};
use crate::services::desk::Page;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_audit);
}

/// A page of the audit trail, newest first: who looked at what, sign-ins, administration. For DPOs and auditors.
#[utoipa::path(
    tag = "Review desk", context_path = "/api/v1", security(("staff" = [])), params(AuditQuery),
    responses((status = 200, body = Page<AuditLine>), Public, Signed)
)]
#[get("/staff/audit")]
pub(crate) async fn list_audit(
    app: AppData,
    member: SignedIn,
    query: Query<AuditQuery>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(audit_trail::list(&app, member.0, query.0).await?))
}
