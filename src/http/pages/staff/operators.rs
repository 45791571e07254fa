//! The organisations of the deployment, for administrators: where each one's form is, and how it gets into the organisation's own site.

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::nav::Nav;
use super::session::Staff;
use crate::http::pages::chrome::{Chrome, page};
use crate::http::pages::frame::snippet;
use crate::http::problem::ApiError;

struct Row {
    name: String,
    /// The page of the organisation.
    address: String,
    /// Sites that may show its form in a frame; empty where there are none.
    sites: String,
    /// What goes into a page of such a site.
    snippet: String,
}

#[derive(Template)]
#[template(path = "pages/staff/operators.html")]
struct Page {
    p: Chrome,
    nav: Nav,
    rows: Vec<Row>,
}

pub(super) fn configure(config: &mut ServiceConfig) {
    config.route("/operators", web::get().to(show));
}

async fn show(request: HttpRequest, member: Staff) -> Result<HttpResponse, ApiError> {
    member.0.check_admin()?;
    let p = Chrome::of(&request)?;
    let title = p.t("console-frame-title");
    let rows = p.app.operators.iter().map(|operator| Row {
        name: operator.names.get(p.language).to_owned(),
        address: format!("{}/operators/{}", p.app.settings.public_url, operator.id),
        sites: operator.allowed_origins.join(", "),
        snippet: snippet(&p.app, operator, &title),
    });
    let template = Page { rows: rows.collect(), nav: Nav::of(&p, &member.0, "/staff/operators"), p };
    page(StatusCode::OK, &template)
}
