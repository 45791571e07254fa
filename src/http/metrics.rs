//! Figures for Prometheus, and who may read them.

use std::net::IpAddr;

use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, FORWARDED, HeaderName};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::headers::bearer;
use super::problem::{ApiError, Problem};
use crate::app::App;
use crate::services::error::ServiceError;
use crate::services::figures;
use crate::settings::Secret;

const TEXT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Headers by which proxies tell that somebody else is behind them.
const OF_PROXIES: [HeaderName; 5] = [
    FORWARDED,
    HeaderName::from_static("x-forwarded-for"),
    HeaderName::from_static("x-forwarded-host"),
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("via"),
];

/// Adds `GET /metrics`.
pub fn configure(config: &mut ServiceConfig) {
    config.service(web::resource("/metrics").route(web::get().to(show)));
}

/// Figures for Prometheus in the `OpenMetrics` text form. With `METRICS_TOKEN` set they are for whoever has it; without, for callers on
/// the same machine alone, while `PUBLIC_URL` names this machine too. For others they do not exist.
///
/// # Errors
/// 401 with a wrong token, 404 where nobody but the machine itself may look.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operations",
    security((), ("metrics" = [])),
    responses(
        (status = 200, description = "The figures", body = String, content_type = "application/openmetrics-text"),
        (status = 401, description = "The token is missing or wrong", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "They are not shown to this caller", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn show(app: Data<App>, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    may_look(&app, &request)?;
    let text = figures::all(&app.into_inner()).await?;
    Ok(HttpResponse::Ok().insert_header((CONTENT_TYPE, TEXT)).insert_header((CACHE_CONTROL, "no-store")).body(text))
}

fn may_look(app: &App, request: &HttpRequest) -> Result<(), ServiceError> {
    let Some(Secret(wanted)) = &app.settings.metrics_token else {
        let is_here = is_of_this_machine(request) && is_for_this_machine(&app.settings.public_url);
        return if is_here { Ok(()) } else { Err(ServiceError::NotFound) };
    };
    // Digests are of one length, whatever was sent.
    let digest = |token: &str| Sha256::digest(token.as_bytes());
    let shown = bearer(request).unwrap_or_default();
    let is_it: bool = digest(&shown).as_slice().ct_eq(digest(wanted).as_slice()).into();
    if is_it && request.headers().contains_key(AUTHORIZATION) { Ok(()) } else { Err(ServiceError::Unauthorized) }
}

fn is_of_this_machine(request: &HttpRequest) -> bool {
    let is_loopback = request.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    is_loopback && OF_PROXIES.iter().all(|name| !request.headers().contains_key(name))
}

/// Whether people reach the server from this machine only. Where they come by a proxy on it, its calls look like calls from here.
fn is_for_this_machine(public_url: &str) -> bool {
    let rest = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_loopback_address_is_one_of_this_machine() {
        for url in ["http://127.0.0.1:8080", "http://localhost:8080", "https://[::1]:8443/x", "http://127.1.2.3"] {
            assert!(is_for_this_machine(url), "{url}");
        }
        for url in ["https://requests.example.kz", "http://0.0.0.0:8080", "http://127.0.0.1.example.kz", "http://[::]"]
        {
            assert!(!is_for_this_machine(url), "{url}");
        }
    }
}
