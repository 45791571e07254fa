//! The page of something that failed: the words of the API's problem, and a way on.

use actix_web::http::header::{ACCEPT, HeaderMap, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use super::chrome::{Chrome, page};
use super::staff;
use crate::http::problem::{ApiError, Words, words};

/// The page of something that failed.
#[derive(Template)]
#[template(path = "pages/error.html")]
struct ErrorPage {
    p: Chrome,
    title: String,
    detail: String,
    trace_id: String,
    /// Where to try again; empty where that is no use.
    again: String,
    /// Whether the address was a wrong one, so that other ways are named.
    is_lost: bool,
    /// The way on in the console, address and words; none elsewhere.
    desk: Option<(String, String)>,
}

/// What an error is shown as.
fn template(p: Chrome, status: u16, said: Words, desk: Option<(String, String)>) -> ErrorPage {
    // What a form was sent to is not asked for by a link.
    let can_wait = matches!(status, 408 | 429 | 500..) && p.is_read && !p.framed;
    let and = if p.query.is_empty() { String::new() } else { format!("?{}", p.query) };
    let again = if can_wait { format!("{}{and}", p.path) } else { String::new() };
    let Words { title, detail, trace_id, .. } = said;
    ErrorPage { title, detail, trace_id, again, is_lost: status == 404, desk, p }
}

/// The answer that shows an error as a page.
pub(super) fn show(request: &HttpRequest, error: &ApiError) -> HttpResponse {
    let bare = error.error_response();
    let Ok(chrome) = Chrome::of(request) else { return bare };
    let written = words(&chrome.app, chrome.language, request, error);
    let desk = staff::way_on(request).map(|(href, key)| (href, chrome.t(key)));
    let shown = template(chrome, bare.status().as_u16(), written, desk);
    let Ok(mut page) = page(bare.status(), &shown) else { return bare };
    if let Some(seconds) = bare.headers().get(RETRY_AFTER) {
        page.headers_mut().insert(RETRY_AFTER, seconds.clone());
    }
    page
}

/// The page of an error at an address that no page has, or where nothing is left that a page could be written for.
#[must_use]
pub fn html(chrome: Chrome, status: u16, said: Words) -> Option<String> {
    template(chrome, status, said, None).render().ok()
}

/// Whether a page is asked for, as browsers do. Programs get problem documents, and whoever calls the API is one.
#[must_use]
pub fn is_wanted(path: &str, headers: &HeaderMap) -> bool {
    let is_api = path == "/api" || path.starts_with("/api/");
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !is_api && accepted.split(',').any(|range| range.trim().starts_with("text/html"))
}
