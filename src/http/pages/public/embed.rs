//! The form in a frame on an operator's own site, to its end: the receipt, whose link opens in a tab of its own.

use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use super::ask;
use super::receipt::render;
use crate::domain::vocabulary::Language;
use crate::http::api::AppData;
use crate::http::pages::chrome::Chrome;
use crate::http::pages::form::Unchecked;
use crate::http::pages::frame::{self, Freshness};
use crate::http::problem::ApiError;
use crate::services::error::ServiceError;

/// The address of an operator's form in a frame. The language stands in it, since a frame has no cookies of ours.
pub(super) fn address(operator: &str, language: Language) -> String {
    format!("/operators/{operator}/embed?lang={}", language.as_str())
}

/// An answered step.
pub(super) async fn go_on(
    app: AppData,
    request: HttpRequest,
    path: Path<String>,
    fields: Unchecked,
) -> Result<HttpResponse, ApiError> {
    let operator = app.operator(&path).ok_or(ServiceError::NotFound)?;
    let Unchecked(fields) = fields;
    let freshness = frame::judge(&app, &operator.id, fields.get("key"), fields.get("csrf"))?;
    ask::answered(&app, &request, operator, &fields, freshness == Freshness::Fresh).await
}

/// The receipt within the frame. A redirect would need a cookie; the secret stands in a link for a new tab instead, where it becomes one.
pub(super) async fn receipt(
    app: &AppData,
    request: &HttpRequest,
    reference: String,
    token: String,
) -> Result<HttpResponse, ApiError> {
    let link = format!("/requests/{reference}?token={token}");
    render(app, Chrome::of(request)?, reference, token, link).await
}
