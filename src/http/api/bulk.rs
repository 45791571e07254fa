//! One action on many requests of the review desk.

use actix_web::http::header::{CONTENT_LANGUAGE, VARY};
use actix_web::web::{Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, post};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::AppData;
use super::responses::{Body, Public, Signed};
use crate::http::auth::SignedIn;
use crate::http::json::{Json, from_value};
use crate::http::locale::Locale;
use crate::http::problem::{ApiError, part_of_answer};
use crate::services::bulk::{self, BulkAssignForm, BulkDismissForm, BulkResendForm, ItemResult};
use crate::services::error::ServiceError;

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(act_on_many);
}

/// The body, by the action's name.
#[derive(Debug, ToSchema)]
#[schema(as = BulkBody)]
#[serde(untagged)]
#[allow(dead_code)]
pub(crate) enum BulkBody {
    #[schema(title = "assign")]
    Assign(BulkAssignForm),
    #[schema(title = "dismiss")]
    Dismiss(BulkDismissForm),
    #[schema(title = "resend")]
    Resend(BulkResendForm),
}

/// What became of each request, in the order in which they were named.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkAnswer {
    /// One line for each request.
    items: Vec<BulkLine>,
    /// On so many the action was done.
    done: usize,
    /// On so many it was not.
    failed: usize,
}

/// What became of one request.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BulkLine {
    /// The request, as it was named.
    reference: String,
    /// The HTTP status that the single action would have had.
    #[schema(example = 200)]
    status: u16,
    /// The version that stands now, where it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    /// How many mails were sent again, for `resend`.
    #[serde(skip_serializing_if = "Option::is_none")]
    resent: Option<usize>,
    /// Why it was not done: the problem document of the single action, without `trace_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    problem: Option<Value>,
}

/// Does `assign`, `dismiss` or `resend` on up to 500 requests. Each is done by itself, so one that cannot be stops no other; `resend`
/// sends every dead letter of a request again. `version` of an item is the one that the caller saw.
#[utoipa::path(
    tag = "Review desk", context_path = "/api/v1", security(("staff" = [])),
    request_body(content = BulkBody, description = "The action's own fields"),
    params(("action" = String, Path, description = "`assign`, `dismiss` or `resend`", example = "assign")),
    responses((status = 200, body = BulkAnswer), Public, Signed, Body)
)]
#[post("/staff/bulk/{action}")]
pub(crate) async fn act_on_many(
    app: AppData,
    member: SignedIn,
    path: Path<String>,
    locale: Locale,
    request: HttpRequest,
    body: Json<Value>,
) -> Result<HttpResponse, ApiError> {
    let results = match path.as_str() {
        "assign" => bulk::assign(&app, member.0, from_value(body.value)?).await?,
        "dismiss" => bulk::dismiss(&app, member.0, from_value(body.value)?).await?,
        "resend" => bulk::resend(&app, member.0, from_value(body.value)?).await?,
        _ => return Err(ServiceError::NotFound.into()),
    };
    let done = results.iter().filter(|item| item.result.is_ok()).count();
    let failed = results.len() - done;
    let items = results.into_iter().map(|item| line(&request, item)).collect();
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_LANGUAGE, locale.0.as_str()))
        .insert_header((VARY, "accept-language"))
        .json(BulkAnswer { items, done, failed }))
}

fn line(request: &HttpRequest, item: ItemResult) -> BulkLine {
    let ItemResult { reference, result } = item;
    match result {
        Ok(done) => {
            BulkLine { reference, status: 200, version: Some(done.version), resent: done.resent, problem: None }
        }
        Err(error) => {
            let error = ApiError::from(error);
            let status = actix_web::ResponseError::status_code(&error).as_u16();
            let problem = Some(part_of_answer(request, &error));
            BulkLine { reference, status, version: None, resent: None, problem }
        }
    }
}
