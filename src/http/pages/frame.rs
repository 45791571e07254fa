//! The form in a frame on an operator's own site.
//!
//! Browsers keep our cookies from a frame on another site, so nothing here counts on one: the language stands in the address, and a
//! form is known by a token in it instead of one that fits a cookie. There is no session whose rights another site could borrow; what
//! is to be kept out is a form that somebody else wrote and that visitors send without knowing. So: whatever a browser says was sent
//! from another site is refused, as everywhere; and a token shows that the form was read from here within the last hours, for this
//! operator and for one request.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::around::{pass, refusal, wished_language};
use super::chrome::PageLanguage;
use crate::app::App;
use crate::domain::operator::Operator;
use crate::http::locale;
use crate::http::problem::{ApiError, say_language};
use crate::http::trace::PAGE_POLICY;
use crate::services::error::{Refusal, ServiceError};

/// That a page is shown in a frame, in the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct Framed;

/// How long a form may stay open, step by step.
const HOURS: i64 = 4;

/// Seconds since 1970 stand before the seal of a token, in so many bytes.
const TIME: usize = 8;

/// What a token says of its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It was read a short time ago.
    Fresh,
    /// It is ours, but old: it may be shown once more, with all answers.
    Old,
}

/// The token of a form for one request to an operator.
#[must_use]
pub fn token(app: &App, operator: &str, key: &str) -> String {
    let time = app.clock.now().timestamp().to_be_bytes();
    let mut bytes = time.to_vec();
    bytes.extend(seal(app, operator, key, &time));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Judges a token that came with a form.
///
/// # Errors
/// 403 `form_expired` where it is none of ours.
pub fn judge(app: &App, operator: &str, key: &str, token: &str) -> Result<Freshness, ApiError> {
    let refused = || ApiError::from(Refusal::new("form_expired", 403));
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| refused())?;
    let (time, sealed) = bytes.split_at_checked(TIME).ok_or_else(refused)?;
    let is_ours: bool = seal(app, operator, key, time).ct_eq(sealed).into();
    let time = <[u8; TIME]>::try_from(time).map(i64::from_be_bytes).map_err(|_| refused())?;
    if !is_ours {
        return Err(refused());
    }
    let age = app.clock.now().timestamp().saturating_sub(time);
    Ok(if age <= HOURS * 3600 { Freshness::Fresh } else { Freshness::Old })
}

fn seal(app: &App, operator: &str, key: &str, time: &[u8]) -> Vec<u8> {
    // No id of an operator has a zero byte, and the time has always the same length.
    let bytes = [time, operator.as_bytes(), &[0], key.as_bytes()].concat();
    app.vault.fingerprint("frame token", &bytes)
}

/// Middleware of the pages in a frame: as that of all pages, without cookies.
///
/// # Errors
/// As [`super::around::around`].
pub async fn framed<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(app) = request.app_data::<Data<App>>().cloned() else {
        return Err(ApiError::from(ServiceError::Internal("the server was built without its app".to_owned())).into());
    };
    let language = wished_language(request.query_string()).unwrap_or_else(|| locale::negotiate(request.headers()));
    request.extensions_mut().insert(PageLanguage(language));
    request.extensions_mut().insert(Framed);
    let refused = refusal(&app, &request);
    let (outer, mut response) = pass(&app, request, next, refused).await?;
    if !response.headers().contains_key("content-language") {
        say_language(response.headers_mut(), language);
    }
    let operator = outer.match_info().get("operator").and_then(|id| app.operator(id));
    if let Some(policy) = operator.and_then(policy) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    Ok(ServiceResponse::new(outer, response))
}

/// The policy by which browsers show the page in a frame of the operator's own sites, and of no other; none where it names no site.
fn policy(operator: &Operator) -> Option<HeaderValue> {
    let hosts = operator.allowed_origins.join(" ");
    let policy = PAGE_POLICY.replace("frame-ancestors 'none'", &format!("frame-ancestors {hosts}"));
    HeaderValue::from_str(&policy).ok().filter(|_| !hosts.is_empty())
}

/// What an operator puts into a page of its own site to show the form there.
#[must_use]
pub fn snippet(app: &App, operator: &Operator, title: &str) -> String {
    let base = &app.settings.public_url;
    format!(
        "<iframe src=\"{base}/operators/{}/embed\" title=\"{title}\" width=\"100%\" height=\"960\" loading=\"lazy\"></iframe>",
        operator.id
    )
}
