//! Limits at the door: how large a head may be, and how often somebody may call. See [`crate::limits`].

use std::cell::Cell;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse};

use super::client;
use super::headers::bearer;
use super::problem::ApiError;
use super::trace::MemberId;
use crate::app::App;
use crate::domain::network::site_of;
use crate::limits::{Limit, Spent};
use crate::metrics::SecurityEvent;
use crate::services::alerts;
use crate::services::error::Refusal;
use crate::services::requester;

/// Largest head that is taken: names and values of all headers, in bytes.
const LARGEST_HEAD: usize = 32 * 1024;

/// Addresses under which personal data is shown to staff.
const PERSONAL: [&str; 3] = ["/staff/requests/{reference}", "/staff/outbox/{id}/print", "/staff/mails/{id}"];

/// Longest address that is taken, with its query, in bytes.
const LONGEST_TARGET: usize = 8 * 1024;

/// What the limits said about this call; the one that refused, else the last that was asked.
#[derive(Debug, Clone, Default)]
struct Said(Rc<Cell<Option<Spent>>>);

/// Middleware: refuses heads that are too large and calls that are too many, and tells callers how many they have left.
///
/// # Errors
/// Those of what is behind it.
pub async fn limit<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Some(refusal) = too_large(&request) {
        return Ok(request.into_response(HttpResponse::from_error(ApiError::from(refusal))));
    }
    let said = Said::default();
    request.extensions_mut().insert(said.clone());
    let app = request.app_data::<Data<App>>().cloned();
    let kind = kind(&request);
    if let (Some(app), Some(kind)) = (&app, kind) {
        let caller = caller(request.request(), app);
        if let Err(refusal) = spend(app, &said, kind, caller.to_string().as_bytes()) {
            return Ok(tell(request.into_response(HttpResponse::from_error(refusal)), &said));
        }
    }
    let answer = next.call(request).await?.map_into_boxed_body();
    if let Some(app) = &app {
        refused_look(app, &answer).await;
    }
    let is_not_there =
        answer.status() == StatusCode::NOT_FOUND && matches!(kind, Some(Limit::RequesterCalls | Limit::Uploads));
    if let (Some(app), true) = (&app, is_not_there) {
        let typed = answer.request().match_info().get("reference").unwrap_or_default().to_owned();
        let shown = bearer(answer.request());
        // The right secret is never refused for the wrong ones of others: only these get no further answer.
        if let Err(refusal) = wrong_secret(answer.request(), app, &typed, shown).await {
            return Ok(tell(answer.into_response(HttpResponse::from_error(refusal)), &said));
        }
    }
    Ok(tell(answer, &said))
}

/// Counts what a browser sends to a page, by the network address it comes from.
///
/// # Errors
/// `rate_limited` when it is one too many.
pub(super) fn page(request: &ServiceRequest, app: &App) -> Result<(), ApiError> {
    let Some(kind) = kind_of_page(request) else { return Ok(()) };
    of_request(request.request(), app, kind, caller(request.request(), app).to_string().as_bytes())
}

/// Counts a secret that was shown for what somebody calls a reference, unless it is the right one: something else was not found then.
///
/// # Errors
/// `rate_limited` when it is one too many.
pub(super) async fn wrong_secret(
    request: &HttpRequest,
    app: &Data<App>,
    typed: &str,
    shown: Option<String>,
) -> Result<(), ApiError> {
    let Some(shown) = shown else { return Ok(()) };
    if requester::opens(app, typed, shown).await? {
        return Ok(());
    }
    app.metrics.count(SecurityEvent::WrongSecret);
    of_request(request, app, Limit::WrongTokens, &reference_key(app, typed))?;
    Ok(alerts::wrong_secret(app, typed, caller(request, app)).await?)
}

/// Counts a sign-in that failed, by the network address it came from.
pub(super) async fn failed_sign_in(request: &HttpRequest, app: &Arc<App>) {
    if let Err(error) = alerts::failed_sign_in_from(app, caller(request, app)).await {
        tracing::warn!(%error, "a failed sign-in could not be counted");
    }
}

/// Notes that a member was refused personal data: a request, its history, files and letters, or a search.
async fn refused_look(app: &Arc<App>, answer: &ServiceResponse<BoxBody>) {
    let status = answer.status();
    let request = answer.request();
    let (Some(member), Some(route)) = (member_of(request), request.match_pattern()) else { return };
    let is_search = route.ends_with("/search") && status == StatusCode::FORBIDDEN;
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD) || is_search;
    let is_refused = matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
    let bare = route.strip_prefix("/api/v1").unwrap_or(&route);
    let is_personal = is_search || PERSONAL.iter().any(|start| bare.starts_with(start));
    if is_read
        && is_refused
        && is_personal
        && let Err(error) = alerts::refused_look(app, member, route, status.as_u16()).await
    {
        tracing::warn!(%error, "a refused look could not be noted");
    }
}

fn member_of(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<MemberId>().map(|id| id.0.clone())
}

/// Counts a call of an account.
///
/// # Errors
/// `rate_limited` when it is one too many.
pub(super) fn account(request: &HttpRequest, app: &App, id: &str) -> Result<(), ApiError> {
    of_request(request, app, Limit::Account, id.as_bytes())
}

/// Counts a request that is handed in with a mail address, of which only a keyed hash is kept.
///
/// # Errors
/// `rate_limited` when it is one too many.
pub(super) fn mail_address(request: &HttpRequest, app: &App, address: &str) -> Result<(), ApiError> {
    let key = app.vault.fingerprint("limit mail", address.trim().to_lowercase().as_bytes());
    of_request(request, app, Limit::MailAddress, &key)
}

fn of_request(request: &HttpRequest, app: &App, limit: Limit, key: &[u8]) -> Result<(), ApiError> {
    let said = request.extensions().get::<Said>().cloned().unwrap_or_default();
    spend(app, &said, limit, key)
}

fn spend(app: &App, said: &Said, limit: Limit, key: &[u8]) -> Result<(), ApiError> {
    let Some(spent) = app.limits.spend(limit, key) else { return Ok(()) };
    said.0.set(Some(spent));
    if spent.is_refused() {
        let seconds = i64::from(spent.wait);
        return Err(Refusal::new("rate_limited", 429).with("seconds", seconds).retry_after(seconds).into());
    }
    Ok(())
}

/// Which calls are counted by network address. Looking at what everybody may see is not. The path is read as routes are found by it,
/// decoded: `/%61pi` leads to the same place as `/api`.
fn kind(request: &ServiceRequest) -> Option<Limit> {
    let path = request.match_info().as_str().strip_prefix("/api/v1/")?;
    let is_post = request.method() == Method::POST;
    if path.starts_with("requests/") {
        if is_post && path.trim_end_matches('/').ends_with("/attachments") {
            return Some(Limit::Uploads);
        }
        return (is_post || request.headers().contains_key(AUTHORIZATION)).then_some(Limit::RequesterCalls);
    }
    if !is_post || path.starts_with("staff/") {
        return None;
    }
    Some(if path.starts_with("auth/") { Limit::SignIns } else { Limit::PublicCalls })
}

fn kind_of_page(request: &ServiceRequest) -> Option<Limit> {
    let (path, is_post) = (request.match_info().as_str(), request.method() == Method::POST);
    if path == "/requests" || path.starts_with("/requests/") {
        if is_post && path.ends_with("/files") {
            return Some(Limit::Uploads);
        }
        let has_secret = request.headers().contains_key(COOKIE) || request.query_string().contains("token=");
        return (is_post || has_secret).then_some(Limit::RequesterCalls);
    }
    if path == "/staff/sign-in" {
        return is_post.then_some(Limit::SignIns);
    }
    if path == "/staff/oidc" {
        return Some(Limit::SignIns);
    }
    // What staff do is counted by account.
    (is_post && !path.starts_with("/staff/")).then_some(Limit::PublicCalls)
}

fn reference_key(app: &App, typed: &str) -> Vec<u8> {
    app.vault.fingerprint("limit reference", typed.trim().to_uppercase().as_bytes())
}

fn caller(request: &HttpRequest, app: &App) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    site_of(client::address(peer, request.headers(), &app.settings.trusted_proxies))
}

fn too_large(request: &ServiceRequest) -> Option<Refusal> {
    if request.uri().path_and_query().is_some_and(|target| target.as_str().len() > LONGEST_TARGET) {
        return Some(Refusal::new("uri_too_long", 414));
    }
    let head: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    (head > LARGEST_HEAD).then(|| Refusal::new("headers_too_large", 431))
}

fn tell(mut answer: ServiceResponse<BoxBody>, said: &Said) -> ServiceResponse<BoxBody> {
    if let Some(spent) = said.0.get() {
        write(answer.headers_mut(), spent);
    }
    answer
}

/// `RateLimit-Policy` and `RateLimit`, as the draft of the IETF has them: quota and window, calls left and seconds to wait.
fn write(headers: &mut HeaderMap, spent: Spent) {
    let (name, (calls, seconds)) = (spent.limit.name(), spent.limit.quota());
    let policy = format!("\"{name}\";q={calls};w={seconds}");
    let state = format!("\"{name}\";r={};t={}", spent.left, spent.wait);
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", state)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}
