//! The middleware of all pages: the reader's language, forms of our own only, errors as pages.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue, VARY};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};

use super::chrome::{PageLanguage, see_other};
use super::error::show;
use super::guard::{self, FormCookie};
use super::public::shown;
use crate::app::App;
use crate::domain::vocabulary::Language;
use crate::http::problem::{ApiError, say_language};
use crate::http::{limit, locale};
use crate::services::error::{Refusal, ServiceError};

/// The cookie that remembers the language.
const LANGUAGE_COOKIE: &str = "otinish_language";

/// Middleware of all pages.
///
/// # Errors
/// Only where what failed left no request that a page could be written for.
pub async fn around<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Err(ApiError::from(ServiceError::Internal("the server was built without its app".to_owned())).into());
    };
    if let Some(answer) = switch(&app, &request) {
        return Ok(request.into_response(answer));
    }
    let language = language(&app, &request);
    request.extensions_mut().insert(PageLanguage(language));
    let form = guard::prepare(&app, &request).map_err(ApiError::from)?;
    let refused = refusal(&app, &request);
    let (outer, mut response) = pass(&app, request, next, refused).await?;
    if !response.headers().contains_key("content-language") {
        say_language(response.headers_mut(), language);
    }
    response.headers_mut().append(VARY, HeaderValue::from_static("cookie"));
    bind(&app, &form, &mut response);
    Ok(ServiceResponse::new(outer, response))
}

/// Why a request goes no further: a form of another site, or one too many.
pub(super) fn refusal(app: &App, request: &ServiceRequest) -> Result<(), ApiError> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if !is_read && guard::is_foreign(app, request.headers(), request.uri()) {
        return Err(Refusal::new("form_expired", 403).into());
    }
    limit::page(request, app)
}

/// Lets a request through that was not refused, and shows whatever fails as a page.
pub(super) async fn pass<B: MessageBody + 'static>(
    app: &Data<App>,
    request: ServiceRequest,
    next: Next<B>,
    refused: Result<(), ApiError>,
) -> Result<(HttpRequest, HttpResponse<BoxBody>), Error> {
    // The router wants the request for itself, so nothing of it is kept beside it.
    if let Err(refusal) = refused {
        let outer = request.into_parts().0;
        let response = show(&outer, &refusal);
        return Ok((outer, response));
    }
    let (outer, response) = next.call(request).await?.into_parts();
    let guessed = too_many_guesses(app, &outer, response.status()).await;
    let failure = guessed.or_else(|| failure_of(&response));
    let shown = failure.map(|error| show(&outer, &error));
    Ok((outer, shown.unwrap_or_else(|| response.map_into_boxed_body())))
}

/// Counts a secret that does not open the request of the address. The right one is never refused for the wrong ones of others.
async fn too_many_guesses(app: &Data<App>, request: &HttpRequest, status: StatusCode) -> Option<ApiError> {
    let reference = request.match_info().get("reference").filter(|_| status == StatusCode::NOT_FOUND)?;
    limit::wrong_secret(request, app, reference, shown(app, request, reference)).await.err()
}

/// What went wrong, where the answer is no page that says so itself.
fn failure_of<B>(response: &HttpResponse<B>) -> Option<ApiError> {
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let is_wrong = response.status().is_client_error() || response.status().is_server_error();
    let known = response.error().and_then(|error| error.as_error::<ApiError>()).cloned();
    known.or_else(|| (is_wrong && !is_page).then(|| ApiError::of_status(response.status())))
}

/// Gives the browser the cookie that its forms are bound to.
fn bind(app: &App, form: &FormCookie, response: &mut HttpResponse) {
    if form.is_new && response.status() != StatusCode::SEE_OTHER {
        // A cookie that cannot be written would show when the form is sent.
        let _ = response.add_cookie(&guard::form_cookie(app, form));
    }
}

/// `?lang=kk` remembers the language and leads to the same page without it.
fn switch(app: &App, request: &ServiceRequest) -> Option<HttpResponse> {
    if request.method() != Method::GET {
        return None;
    }
    let query = request.query_string();
    let wished = wished_language(query)?;
    let rest: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("lang=") && !pair.is_empty()).collect();
    let end = if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) };
    let mut answer = see_other(&format!("{}{end}", request.path()));
    let _ = answer.add_cookie(&language_cookie(app, wished));
    Some(answer)
}

/// The language that an address asks for.
#[must_use]
pub(super) fn wished_language(query: &str) -> Option<Language> {
    query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Language::parse)
}

/// The cookie that remembers a language for a year.
#[must_use]
pub fn language_cookie(app: &App, language: Language) -> Cookie<'static> {
    let mut cookie = guard::cookie(app, LANGUAGE_COOKIE, language.as_str().to_owned());
    cookie.set_max_age(Duration::days(365));
    cookie
}

/// Whether the reader chose a language in this browser.
#[must_use]
pub fn has_language(app: &App, request: &ServiceRequest) -> bool {
    remembered(app, request).is_some()
}

/// Says in which language an answer is.
pub fn tell_language(headers: &mut HeaderMap, language: Language) {
    say_language(headers, language);
}

fn remembered(app: &App, request: &ServiceRequest) -> Option<Language> {
    let cookie = request.cookie(&guard::cookie_name(app, LANGUAGE_COOKIE))?;
    Language::parse(cookie.value())
}

/// The language of the reader's pages: as remembered in this browser, else as it asks.
#[must_use]
pub fn language(app: &App, request: &ServiceRequest) -> Language {
    remembered(app, request).unwrap_or_else(|| locale::negotiate(request.headers()))
}
