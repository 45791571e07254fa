//! Which answers are compressed. The length of what is compressed tells something of it to whoever can make a browser ask again and
//! again with a guess in the address and watches the line. So a page is compressed only for a browser that says that our own page, or
//! the person, asked for it; and the tokens of forms are other ones each time.

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap};
use actix_web::middleware::Next;

/// Middleware around the one that compresses: what is not to be compressed is asked for as it is.
///
/// # Errors
/// Those of what is behind it.
pub async fn careful<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if !is_asked_from_here(request.headers()) || is_file(request.path()) {
        request.headers_mut().remove(ACCEPT_ENCODING);
    }
    next.call(request).await
}

/// Browsers that do not say where a request comes from get everything as it is.
fn is_asked_from_here(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin" || site == "none")
}

/// Files of requests are compressed in themselves, and go out with their length.
fn is_file(path: &str) -> bool {
    path.contains("/files/")
}
