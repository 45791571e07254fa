//! The receipt: what a person is told at once, and can print.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::bars::{Bar, bars};
use super::promised;
use super::request::{secret, secret_page};
use crate::http::api::AppData;
use crate::http::pages::chrome::{Chrome, page};
use crate::http::problem::ApiError;
use crate::locale::{dates, letters};
use crate::services::error::ServiceError;
use crate::services::requester::{self, reference};
use crate::services::views::RequesterView;

#[derive(Template)]
#[template(path = "pages/receipt.html")]
struct ReceiptPage {
    p: Chrome,
    view: RequesterView,
    /// The page of the request.
    link: String,
    operator_name: String,
    operator_email: String,
    kind: String,
    received: String,
    by: String,
    bars: Vec<Bar>,
    complain: Vec<String>,
}

/// The receipt.
pub(super) async fn show(app: AppData, request: HttpRequest, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let reference = reference(&path)?;
    let Some(token) = secret(&app, &request, &reference) else {
        return secret_page(&request, StatusCode::OK, &reference, false);
    };
    let link = format!("/requests/{reference}");
    render(&app, Chrome::of(&request)?, reference, token, link).await
}

/// The receipt of a request, with a link to its page.
pub(super) async fn render(
    app: &AppData,
    p: Chrome,
    reference: String,
    token: String,
    link: String,
) -> Result<HttpResponse, ApiError> {
    let view = requester::view_in(app, reference, token, Some(p.language)).await?;
    let operator = app.operator(&view.operator).ok_or(ServiceError::NotFound)?;
    let headline = view.headline.as_ref();
    let by = headline.map(|lead| promised(&p, lead)).unwrap_or_default();
    let court = operator.court.as_ref().map(|court| court.get(p.language));
    let template = ReceiptPage {
        operator_name: operator.names.get(p.language).to_owned(),
        operator_email: operator.contacts.email.clone(),
        kind: p.word("kind", view.kind.as_str()),
        received: dates::date_time(&app.texts, p.language, view.received_at),
        by,
        bars: bars(&p, &view.clocks, view.headline.as_ref()),
        complain: letters::how_to_complain(&app.texts, p.language, court).lines().map(ToOwned::to_owned).collect(),
        view,
        link,
        p,
    };
    page(StatusCode::OK, &template)
}
