//! Files of a request, for the requester and for staff.

use actix_multipart::Multipart;
use actix_web::web::{Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, get, post};

use super::responses::{Body, Changing, Public, Signed};
use super::{AppData, created, idempotency};
use crate::domain::scan::ScanState;
use crate::http::auth::SignedIn;
use crate::http::files::{file, receive};
use crate::http::headers::{IdempotencyKeyHeader, RawBearer};
use crate::http::problem::ApiError;
use crate::services::attachments::{AttachmentView, Uploader, for_requester, for_staff};
use crate::services::requester::reference;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(send_file).service(fetch_file).service(add_file).service(open_file);
}

/// A form with one file.
#[derive(Debug, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
pub(crate) struct FileForm {
    /// The file, of at most 10 MiB: pdf, jpeg, png, heic, docx, txt, eml or p7s, by its content. One in which the
    /// virus scanner finds something is refused as `infected`.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Sends a file; at any time while the request is open, at most ten.
#[utoipa::path(
    tag = "Requester", context_path = "/api/v1", security(("requester" = [])),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    params(("reference" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = AttachmentView), Public, Signed, Body, Changing)
)]
#[post("/requests/{reference}/attachments")]
pub(crate) async fn send_file(
    app: AppData,
    token: RawBearer,
    path: Path<String>,
    key: IdempotencyKeyHeader,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let by = Uploader::Requester(token.0);
    add(app, by, reference(&path)?, key, Multipart::new(request.headers(), payload)).await
}

/// Fetches a file.
#[utoipa::path(
    tag = "Requester", context_path = "/api/v1", security(("requester" = [])),
    params(("reference" = String, Path), ("id" = String, Path)),
    responses((status = 200, description = "The file; `file_infected` (403) where the virus scanner found something in it",
            content_type = "*/*",
            headers(("Otinish-Scan" = ScanState, description = "What the virus scanner said of it"))), Public, Signed)
)]
#[get("/requests/{reference}/attachments/{id}")]
pub(crate) async fn fetch_file(
    app: AppData,
    token: RawBearer,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (typed, id) = path.into_inner();
    Ok(file(for_requester(&app, reference(&typed)?, token.0, id).await?))
}

/// Adds a file that came another way, as on paper; for whoever may open the request.
#[utoipa::path(
    tag = "Review desk", context_path = "/api/v1", security(("staff" = [])),
    request_body(content = FileForm, content_type = "multipart/form-data"),
    params(("reference" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = AttachmentView), Public, Signed, Body, Changing)
)]
#[post("/staff/requests/{reference}/attachments")]
pub(crate) async fn add_file(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
    key: IdempotencyKeyHeader,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, ApiError> {
    let by = Uploader::Staff(Box::new(member.0));
    add(app, by, reference(&path)?, key, Multipart::new(request.headers(), payload)).await
}

/// Opens a file; that look is written to the audit trail.
#[utoipa::path(
    tag = "Review desk", context_path = "/api/v1", security(("staff" = [])),
    params(("reference" = String, Path), ("id" = String, Path)),
    responses((status = 200, description = "The file; `file_infected` (403) where the virus scanner found something in it",
            content_type = "*/*",
            headers(("Otinish-Scan" = ScanState, description = "What the virus scanner said of it"))), Public, Signed)
)]
#[get("/staff/requests/{reference}/attachments/{id}")]
pub(crate) async fn open_file(
    app: AppData,
    member: SignedIn,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (typed, id) = path.into_inner();
    Ok(file(for_staff(&app, member.0, reference(&typed)?, id).await?))
}

async fn add(
    app: AppData,
    by: Uploader,
    reference: String,
    key: IdempotencyKeyHeader,
    form: Multipart,
) -> Result<HttpResponse, ApiError> {
    let who = match &by {
        Uploader::Requester(_) => String::new(),
        Uploader::Staff(member) => member.id.clone(),
    };
    let idempotency = idempotency(&app, key, &format!("attachments/{reference}/{who}"), b"");
    let taken = receive(app, by, reference, idempotency, form).await?;
    Ok(created(None, taken.replayed, &taken.attachment))
}
