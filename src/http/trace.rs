//! The outermost middleware: a trace id for every request, one line in the log, and headers that keep browsers careful.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, HttpResponse};
use tracing::Instrument;

use super::problem::ProblemCode;
use crate::app::App;
use crate::metrics::SecurityEvent;

/// The number of a request: 32 lower-case hexadecimal digits. Stands in the request's extensions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceId(pub String);

/// The staff member who calls. Whoever signs them in puts it into the request's extensions, for the log line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberId(pub String);

/// What a page of the product may load when its handler states nothing else.
pub const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'";

/// What everything else may load: nothing, should a browser ever show it as a page.
const DATA_POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// No page of this server needs any of these.
const NO_DEVICES: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

/// For two years browsers come by HTTPS only. Other hosts below the same name are not this server's business.
const HTTPS_ONLY: &str = "max-age=63072000";

/// Routes that are asked every few seconds; their lines would bury the others.
const QUIET: &[&str] = &["/health/live", "/health/ready", "/metrics"];

/// Middleware, outermost: trace id, log line, security headers.
///
/// # Errors
/// Carry a whole answer, as those of [`super::problem::problems`] do.
pub async fn trace<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let trace_id = from_parent(request.headers()).unwrap_or_else(new_trace_id);
    request.extensions_mut().insert(TraceId(trace_id.clone()));
    let app = request.app_data::<Data<App>>().cloned();
    let mut line = Line {
        app,
        started: Instant::now(),
        method: method_name(request.method()),
        // Asked before the request is handled, since a panic leaves none behind.
        route: request.match_pattern(),
        is_tls: request.app_config().secure(),
        is_api: request.path().starts_with("/api/") || request.path() == "/api",
        trace_id,
        member: None,
    };
    let span = tracing::info_span!(target: "otinish::http", "request", trace_id = line.trace_id);
    match next.call(request).instrument(span).await {
        Ok(answer) => {
            let (request, response) = answer.into_parts();
            // By now the server knows which of several patterns that fit it was.
            line.route = request.match_pattern();
            line.member = request.extensions().get::<MemberId>().map(|id| id.0.clone());
            let mut response = response.map_into_boxed_body();
            line.finish(&mut response);
            Ok(ServiceResponse::new(request, response))
        }
        Err(error) => {
            let mut response = error.error_response();
            line.finish(&mut response);
            Err(InternalError::from_response("answered", response).into())
        }
    }
}

/// What the log tells of a request. The route is the pattern, never the path: that may hold a reference.
struct Line {
    app: Option<Data<App>>,
    started: Instant,
    method: &'static str,
    route: Option<String>,
    is_tls: bool,
    is_api: bool,
    trace_id: String,
    member: Option<String>,
}

impl Line {
    fn finish(&self, response: &mut HttpResponse<BoxBody>) {
        if let Ok(value) = HeaderValue::from_str(&self.trace_id) {
            response.headers_mut().insert(HeaderName::from_static("x-trace-id"), value);
        }
        secure(response.headers_mut(), self.is_api);
        if self.is_tls {
            response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HTTPS_ONLY));
        }
        if let Some(app) = &self.app {
            let status = response.status().as_u16();
            app.metrics.call(self.route.as_deref(), self.method, status, self.started.elapsed());
            if status == StatusCode::TOO_MANY_REQUESTS.as_u16() {
                app.metrics.count(SecurityEvent::RateLimited);
            }
        }
        self.write(response);
    }

    fn write(&self, response: &HttpResponse<BoxBody>) {
        let route = self.route.as_deref().unwrap_or("unmatched");
        let status = response.status();
        let code = response.extensions().get::<ProblemCode>().map(|code| code.0);
        let bytes = match response.body().size() {
            _ if self.method == "HEAD" => Some(0),
            BodySize::None => Some(0),
            BodySize::Sized(bytes) => Some(bytes),
            BodySize::Stream => None,
        };
        let duration_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (method, trace_id, member) = (self.method, self.trace_id.as_str(), self.member.as_deref());
        let status_code = status.as_u16();
        if is_quiet(route, status) {
            tracing::debug!(target: "otinish::http", method, route, status = status_code, duration_ms, trace_id, bytes, code, member, "request");
        } else {
            tracing::info!(target: "otinish::http", method, route, status = status_code, duration_ms, trace_id, bytes, code, member, "request");
        }
    }
}

fn is_quiet(route: &str, status: StatusCode) -> bool {
    QUIET.contains(&route) && !status.is_server_error()
}

/// The method as one of those that there are: a made-up one could carry anything into the log.
fn method_name(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Sets what the handler left open.
fn secure(headers: &mut HeaderMap, is_api: bool) {
    let is_page = headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    // The older header knows no list of sites: where a handler names some, the policy alone speaks.
    let policy = headers.get(CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let may_be_framed = policy.contains("frame-ancestors http");
    let mut default = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    default(X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(REFERRER_POLICY, "no-referrer");
    if !may_be_framed {
        default(X_FRAME_OPTIONS, "DENY");
    }
    default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    default(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    default(HeaderName::from_static("permissions-policy"), NO_DEVICES);
    default(CONTENT_SECURITY_POLICY, if is_page { PAGE_POLICY } else { DATA_POLICY });
    if is_api {
        default(CACHE_CONTROL, "no-store");
    }
}

/// The trace id of a `traceparent` header (W3C Trace Context), if it holds.
fn from_parent(headers: &HeaderMap) -> Option<String> {
    let mut values = headers.get_all("traceparent");
    let value = values.next()?.to_str().ok()?;
    let mut parts = value.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let not_zero = |text: &str| text.bytes().any(|byte| byte != b'0');
    // Later versions may append parts; the first version has exactly four.
    let ends = parts.next().is_none() || version != "00";
    let holds = values.next().is_none()
        && is_hex(version, 2)
        && version != "ff"
        && is_hex(trace, 32)
        && not_zero(trace)
        && is_hex(parent, 16)
        && not_zero(parent)
        && is_hex(flags, 2)
        && ends;
    holds.then(|| trace.to_owned())
}

fn new_trace_id() -> String {
    static WITHOUT_RANDOMNESS: AtomicU64 = AtomicU64::new(1);
    let mut random = [0_u8; 16];
    if getrandom::fill(&mut random).is_err() {
        // A trace id needs to be distinct, not secret.
        return format!("{:032x}", WITHOUT_RANDOMNESS.fetch_add(1, Ordering::Relaxed));
    }
    format!("{:032x}", u128::from_be_bytes(random))
}

#[cfg(test)]
mod tests;
