//! The review desk.

use actix_web::http::header;
use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpResponse, get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::responses::{Body, Changing, Public, Signed, Versioned};
use super::{AppData, created, idempotency};
use crate::domain::intake::RequestForm;
use crate::domain::permission::Permission;
use crate::http::auth::SignedIn;
use crate::http::headers::{IdempotencyKeyHeader, IfMatch};
use crate::http::json::{EmptyOr, Json, Query, from_value};
use crate::http::locale::Locale;
use crate::http::problem::ApiError;
use crate::services::actions::{
    AmendReceiptForm, AssignForm, CompleteForm, ConsumerForm, DocumentsForm, ReasonForm, ReclassifyForm, StaffAction,
    VerifyForm, act,
};
use crate::services::answer::Proposal;
use crate::services::desk::{self, Counts, Page, QueueQuery, SearchForm};
use crate::services::error::ServiceError;
use crate::services::requester::{TextForm, reference};
use crate::services::submit::{Origin, Receipt, RecordPart, submit};
use crate::services::views::{EventView, QueueItem, StaffView};

pub(super) fn configure(config: &mut ServiceConfig) {
    config
        .service(list_requests)
        .service(search_requests)
        .service(count_requests)
        .service(show_request)
        .service(show_events)
        .service(record_request)
        .service(act_on_request);
}

/// A page of the queue: masked, the nearest deadline first.
#[utoipa::path(
    tag = "Review desk", context_path = "/api/v1", security(("staff" = [])), params(QueueQuery),
    responses((status = 200, body = Page<QueueItem>), Public, Signed)
)]
#[get("/staff/requests")]
pub(crate) async fn list_requests(
    app: AppData,
    member: SignedIn,
    query: Query<QueueQuery>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(desk::list(&app, member.0, query.0).await?))
}

/// Finds requests by an exact IIN, mail address or phone number. Each search is written to the audit trail.
#[utoipa::path(
    tag = "Review desk", context_path = "/api/v1", security(("staff" = [])), request_body = SearchForm,
    responses((status = 200, body = Page<QueueItem>), Public, Signed, Body)
)]
#[post("/staff/requests/search")]
pub(crate) async fn search_requests(
    app: AppData,
    member: SignedIn,
    body: Json<SearchForm>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(desk::search(&app, member.0, body.value).await?))
}

/// Counts requests.
#[utoipa::path(
    tag = "Review desk", context_path = "/api/v1", security(("staff" = [])),
    responses((status = 200, body = Counts), Public, Signed)
)]
#[get("/staff/requests/counts")]
pub(crate) async fn count_requests(app: AppData, member: SignedIn) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(desk::counts(&app, member.0).await?))
}

/// Shows a request: whole for whoever may open it, and that look is written to the audit trail; masked for the others.
#[utoipa::path(
    tag = "Review desk", context_path = "/api/v1", security(("staff" = [])), operation_id = "open_request",
    params(("reference" = String, Path)),
    responses((status = 200, body = StaffView, headers(("ETag" = String))), Public, Signed)
)]
#[get("/staff/requests/{reference}")]
pub(crate) async fn show_request(app: AppData, member: SignedIn, path: Path<String>) -> Result<HttpResponse, ApiError> {
    Ok(with_etag(&desk::view(&app, member.0, reference(&path)?).await?))
}

/// Shows the history of a request, oldest first.
#[utoipa::path(
    tag = "Review desk", context_path = "/api/v1", security(("staff" = [])),
    params(("reference" = String, Path)),
    responses((status = 200, body = Page<EventView>), Public, Signed)
)]
#[get("/staff/requests/{reference}/events")]
pub(crate) async fn show_events(app: AppData, member: SignedIn, path: Path<String>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(desk::history(&app, member.0, reference(&path)?).await?))
}

/// A request that came another way, as staff record it: the public body and how it came.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RecordForm {
    /// As in the public body.
    #[serde(flatten)]
    pub form: RequestForm,
    /// How it came.
    #[serde(flatten)]
    pub part: RecordPart,
}

/// Records a request that came on paper, in person or by mail. Its clocks start from its receipt.
#[utoipa::path(
    tag = "Review desk", context_path = "/api/v1", security(("staff" = [])), request_body = RecordForm,
    params(("operator" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Receipt, headers(("Location" = String))), Public, Signed, Body, Changing)
)]
#[post("/staff/operators/{operator}/requests")]
pub(crate) async fn record_request(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
    locale: Locale,
    key: IdempotencyKeyHeader,
    body: Json<Map<String, Value>>,
) -> Result<HttpResponse, ApiError> {
    let operator = path.into_inner();
    let standing = member.0.standing(&operator, false);
    if !standing.is_member() {
        return Err(ServiceError::NotFound.into());
    }
    if !standing.may(Permission::Record) {
        return Err(ServiceError::forbidden().into());
    }
    let (part, form) = split(body.value);
    let part: RecordPart = from_value(Value::Object(part))?;
    let form: RequestForm = from_value(Value::Object(form))?;
    let key = idempotency(&app, key, &format!("record/{operator}/{}", member.0.id), &body.canonical);
    let origin = Origin::Staff { staff_id: member.0.id, part };
    let submitted = submit(&app, &operator, form, origin, locale.0, key).await?;
    let location = format!("/api/v1/staff/requests/{}", submitted.receipt.reference);
    Ok(created(Some(location), submitted.replayed, &submitted.receipt))
}

/// Parts a recorded request into what staff add and the public body.
fn split(body: Map<String, Value>) -> (Map<String, Value>, Map<String, Value>) {
    let added = ["channel", "received_at", "identity_confirmed", "documents_at", "consumer"];
    body.into_iter().partition(|(name, _)| added.contains(&name.as_str()))
}

/// The body of an action, by its name.
#[derive(Debug, ToSchema)]
#[schema(as = ActionBody)]
#[serde(untagged)]
#[allow(dead_code)]
pub(crate) enum ActionBody {
    #[schema(title = "assign")]
    Assign(AssignForm),
    #[schema(title = "verify")]
    Verify(VerifyForm),
    #[schema(title = "ask, reply, send_back, reopen, note")]
    Text(TextForm),
    #[schema(title = "propose")]
    Propose(Proposal),
    #[schema(title = "complete")]
    Complete(CompleteForm),
    #[schema(title = "block, unblock, cancel, dismiss, mark_violation, hold, release_hold")]
    Reason(ReasonForm),
    #[schema(title = "documents_received")]
    Documents(DocumentsForm),
    #[schema(title = "mark_consumer")]
    Consumer(ConsumerForm),
    #[schema(title = "reclassify")]
    Reclassify(Box<ReclassifyForm>),
    #[schema(title = "amend_receipt")]
    AmendReceipt(AmendReceiptForm),
}

/// Does an action: `assign`, `verify`, `ask`, `reply`, `start`, `propose`, `approve`, `send_back`, `complete`, `reopen`, `cancel`,
/// `dismiss`, `block`, `unblock`, `mark_violation`, `confirm_violation`, `dismiss_violation`, `documents_received`,
/// `waive_documents`, `mark_consumer`, `note`, `reclassify`, `amend_receipt`, `hold`, `release_hold`. `If-Match` names the version
/// that the caller saw.
#[utoipa::path(
    tag = "Review desk", context_path = "/api/v1", security(("staff" = [])),
    request_body(content = ActionBody, description = "The action's own fields; `{}` or nothing where none are needed"),
    params(
        ("reference" = String, Path),
        ("action" = String, Path, description = "The action's name", example = "start"),
        ("If-Match" = String, Header, description = "The version that the caller saw, as in ETag", example = "\"3\""),
    ),
    responses((status = 200, body = StaffView, headers(("ETag" = String))), Public, Signed, Body, Changing, Versioned)
)]
#[post("/staff/requests/{reference}/{action}")]
pub(crate) async fn act_on_request(
    app: AppData,
    member: SignedIn,
    path: Path<(String, String)>,
    version: Result<IfMatch, ApiError>,
    body: EmptyOr<Value>,
) -> Result<HttpResponse, ApiError> {
    let (typed, name) = path.into_inner();
    let reference = reference(&typed)?;
    desk::check_member(&app, &member.0, &reference).await?;
    let IfMatch(version) = version?;
    let action = action(&name, body.0.value)?;
    Ok(with_etag(&act(&app, member.0, reference, version, action).await?))
}

/// The action of a name, with its body.
///
/// # Errors
/// `NotFound` for a name that there is not; `Invalid` for a body that does not fit.
pub(in crate::http) fn action(name: &str, body: Value) -> Result<StaffAction, ServiceError> {
    Ok(match name {
        "assign" => StaffAction::Assign(from_value(body)?),
        "verify" => StaffAction::Verify(from_value(body)?),
        "ask" => StaffAction::Ask(from_value(body)?),
        "reply" => StaffAction::Reply(from_value(body)?),
        "propose" => StaffAction::Propose(from_value(body)?),
        "send_back" => StaffAction::SendBack(from_value(body)?),
        "complete" => StaffAction::Complete(from_value(body)?),
        "reopen" => StaffAction::Reopen(from_value(body)?),
        "cancel" => StaffAction::Cancel(from_value(body)?),
        "dismiss" => StaffAction::Dismiss(from_value(body)?),
        "block" => StaffAction::Block(from_value(body)?),
        "unblock" => StaffAction::Unblock(from_value(body)?),
        "mark_violation" => StaffAction::MarkViolation(from_value(body)?),
        "documents_received" => StaffAction::DocumentsReceived(from_value(body)?),
        "mark_consumer" => StaffAction::MarkConsumer(from_value(body)?),
        "note" => StaffAction::Note(from_value(body)?),
        "reclassify" => StaffAction::Reclassify(Box::new(from_value(body)?)),
        "amend_receipt" => StaffAction::AmendReceipt(from_value(body)?),
        "hold" => StaffAction::Hold(from_value(body)?),
        "release_hold" => StaffAction::ReleaseHold(from_value(body)?),
        "start" => empty(body, StaffAction::Start)?,
        "approve" => empty(body, StaffAction::Approve)?,
        "confirm_violation" => empty(body, StaffAction::ConfirmViolation)?,
        "dismiss_violation" => empty(body, StaffAction::DismissViolation)?,
        "waive_documents" => empty(body, StaffAction::WaiveDocuments)?,
        _ => return Err(ServiceError::NotFound),
    })
}

/// An action that needs nothing takes nothing.
fn empty(body: Value, action: StaffAction) -> Result<StaffAction, ServiceError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    fn check<T: DeserializeOwned>(body: Value) -> Result<T, ServiceError> {
        from_value(body)
    }
    check::<Nothing>(body)?;
    Ok(action)
}

fn with_etag(view: &StaffView) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, format!("\"{}\"", view.version))).json(view)
}
