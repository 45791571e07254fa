//! Which pages of other origins may call: none, but for those that operators name in their profiles, and those only where anybody may
//! call anyway. Cookies and other credentials of browsers are never asked for.

use std::sync::Arc;

use actix_cors::Cors;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderName, LOCATION, RETRY_AFTER, VARY,
};
use actix_web::middleware::Next;

use crate::app::App;

/// How long a browser may remember what it was allowed, in seconds.
const REMEMBERED: usize = 600;

/// The middleware.
pub fn cors(app: Arc<App>) -> Cors {
    let header = HeaderName::from_static;
    Cors::default()
        .allowed_origin_fn(move |origin, head| {
            origin.to_str().is_ok_and(|origin| is_allowed(&app, origin, head.uri.path()))
        })
        .allowed_methods([Method::GET, Method::POST])
        .allowed_headers([ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, header("idempotency-key")])
        .expose_headers([
            CONTENT_LANGUAGE,
            LOCATION,
            RETRY_AFTER,
            header("idempotency-replayed"),
            header("ratelimit"),
            header("ratelimit-policy"),
            header("x-trace-id"),
        ])
        .max_age(REMEMBERED)
        // A page that may not read the answer is told so by its browser; programs that send an origin go on working.
        .block_on_origin_mismatch(false)
}

/// Middleware within that of CORS: writes all that an answer varies by into one line, since that one keeps the first line only.
///
/// # Errors
/// Those of what is behind it.
pub async fn one_vary<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut answer = next.call(request).await?;
    let lines: Vec<String> =
        answer.headers().get_all(VARY).filter_map(|line| line.to_str().ok().map(str::to_lowercase)).collect();
    if let Some(value) = Some(lines.join(", ")).filter(|_| lines.len() > 1).and_then(|line| line.parse().ok()) {
        answer.headers_mut().insert(VARY, value);
    }
    Ok(answer)
}

fn is_allowed(app: &App, origin: &str, path: &str) -> bool {
    let Some(path) = path.strip_prefix("/api/v1/") else { return false };
    let named = |operator: &crate::domain::operator::Operator| operator.allowed_origins.iter().any(|one| one == origin);
    let mut parts = path.split('/');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("operators"), Some(id), None | Some("requests"), None) => app.operator(id).is_some_and(named),
        (Some("deadlines"), None, _, _) | (Some("calendar"), Some(_), None, _) | (Some("requests"), Some(_), _, _) => {
            app.operators.iter().any(named)
        }
        _ => false,
    }
}
