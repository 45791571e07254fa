//! That a form was sent from one of our own pages: a token in the form that fits a cookie, and where the browser says it came from.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::ServiceRequest;
use actix_web::http::Uri;
use actix_web::http::header::{HOST, HeaderMap, ORIGIN};
use actix_web::http::uri::Authority;
use actix_web::{HttpMessage, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::http::problem::ApiError;
use crate::services::error::{Refusal, ServiceError};

/// The value of the cookie that forms are bound to, in the request's extensions: sent by the browser, or new.
#[derive(Debug, Clone)]
pub struct FormCookie {
    value: String,
    /// The browser does not have it yet.
    pub is_new: bool,
}

/// The length of the cookie's value and of the nonce of a token, in bytes.
const RANDOM: usize = 16;

/// Whether people reach this deployment over TLS, so that cookies may be kept from plain connections.
#[must_use]
pub fn is_secure(app: &App) -> bool {
    app.settings.public_url.starts_with("https://")
}

/// The name of a cookie. Over TLS it has the prefix by which browsers see to it that no other host and no plain connection set it.
#[must_use]
pub fn cookie_name(app: &App, name: &str) -> String {
    if is_secure(app) { format!("__Host-{name}") } else { name.to_owned() }
}

/// A cookie of this host alone that no script reads.
#[must_use]
pub fn cookie(app: &App, name: &str, value: String) -> Cookie<'static> {
    Cookie::build(cookie_name(app, name), value)
        .path("/")
        .http_only(true)
        .secure(is_secure(app))
        .same_site(SameSite::Lax)
        .finish()
}

/// The cookie that takes another one away.
#[must_use]
pub fn no_cookie(app: &App, name: &str) -> Cookie<'static> {
    let mut gone = cookie(app, name, String::new());
    gone.set_max_age(Duration::ZERO);
    gone
}

/// Reads or makes the cookie of a request's forms and leaves it in the extensions.
///
/// # Errors
/// Without randomness.
pub fn prepare(app: &App, request: &ServiceRequest) -> Result<FormCookie, ServiceError> {
    let sent = request.cookie(&cookie_name(app, "otinish_form")).map(|cookie| cookie.value().to_owned());
    let form = match sent.filter(|value| URL_SAFE_NO_PAD.decode(value).is_ok_and(|bytes| bytes.len() == RANDOM)) {
        Some(value) => FormCookie { value, is_new: false },
        None => FormCookie { value: URL_SAFE_NO_PAD.encode(random()?), is_new: true },
    };
    request.extensions_mut().insert(form.clone());
    Ok(form)
}

/// The cookie for a browser that does not have it.
#[must_use]
pub fn form_cookie(app: &App, form: &FormCookie) -> Cookie<'static> {
    cookie(app, "otinish_form", form.value.clone())
}

/// A token for a form: a nonce and what it gives under the cookie. Another one each time, so that compression tells nothing of it.
///
/// # Errors
/// Without randomness.
pub fn token(app: &App, request: &HttpRequest) -> Result<String, ServiceError> {
    let extensions = request.extensions();
    let Some(form) = extensions.get::<FormCookie>() else { return Ok(String::new()) };
    let nonce = random()?;
    let mut bytes = nonce.to_vec();
    bytes.extend(seal(app, &form.value, &nonce));
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Whether a token fits the cookie that came with it.
///
/// # Errors
/// 403 `form_expired` when it does not.
pub fn check(app: &App, request: &HttpRequest, token: &str) -> Result<(), ApiError> {
    let refused = || ApiError::from(Refusal::new("form_expired", 403));
    let extensions = request.extensions();
    let form = extensions.get::<FormCookie>().filter(|form| !form.is_new).ok_or_else(refused)?;
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| refused())?;
    let (nonce, sealed) = bytes.split_at_checked(RANDOM).ok_or_else(refused)?;
    let fits: bool = seal(app, &form.value, nonce).ct_eq(sealed).into();
    if fits { Ok(()) } else { Err(refused()) }
}

/// Whether a browser says that what it sends was sent from another site. One that says nothing is judged by the token alone.
#[must_use]
pub fn is_foreign(app: &App, headers: &HeaderMap, uri: &Uri) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    // Our own pages send no referrer, and with that some browsers say `null` of where a form stood.
    let Some(origin) = header(ORIGIN.as_str()).filter(|origin| *origin != "null") else { return false };
    let own = origin.split_once("://").map_or(origin, |(_, host)| host);
    origin != app.settings.public_url && own != host(headers, uri)
}

/// The host that a browser asked, with its port: as a header, or in HTTP/2 as a part of the address.
#[must_use]
pub fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> &'a str {
    let header = headers.get(HOST).and_then(|value| value.to_str().ok());
    header.or_else(|| uri.authority().map(Authority::as_str)).unwrap_or_default()
}

fn seal(app: &App, cookie: &str, nonce: &[u8]) -> Vec<u8> {
    let mut bytes = cookie.as_bytes().to_vec();
    bytes.extend_from_slice(nonce);
    app.vault.fingerprint("form token", &bytes)
}

fn random() -> Result<[u8; RANDOM], ServiceError> {
    let mut bytes = [0_u8; RANDOM];
    getrandom::fill(&mut bytes).map_err(|error| ServiceError::Internal(format!("no randomness: {error}")))?;
    Ok(bytes)
}
