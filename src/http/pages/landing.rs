//! The first page: whom one can ask; under an operator's own host name, or where there is one operator alone, what one can ask of it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::chrome::{Chrome, page};
use super::guard::host;
use super::public::render;
use crate::http::problem::ApiError;

/// The first page.
#[derive(Template)]
#[template(path = "pages/landing.html")]
struct Landing {
    p: Chrome,
    /// Id and name.
    operators: Vec<(String, String)>,
}

pub(super) async fn show(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let p = Chrome::of(&request)?;
    let app = p.app.clone();
    if let Some(operator) = app.operators.at_host(host(request.headers(), request.uri())) {
        return render(p, operator);
    }
    let operators = p
        .app
        .operators
        .iter()
        .map(|operator| (operator.id.clone(), operator.names.get(p.language).to_owned()))
        .collect();
    page(StatusCode::OK, &Landing { p, operators })
}
