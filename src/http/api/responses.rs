//! The failures that the description of the API names beside each call.

use utoipa::IntoResponses;

use crate::http::problem::Problem;

/// Failures of calls that anybody may make.
#[derive(Debug, IntoResponses)]
pub enum Public {
    /// The parameters or headers cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(Problem),
    /// There is no such thing.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// A field has a mistake.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
    /// Too many calls or tries; `Retry-After` says when the next makes sense.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// The server cannot answer right now.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// Failures of calls with a body.
#[derive(Debug, IntoResponses)]
pub enum Body {
    /// The body was not sent in time.
    #[response(status = 408, content_type = "application/problem+json")]
    Timeout(Problem),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body is no JSON by its content type.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(Problem),
}

/// Failures of calls that need a token.
#[derive(Debug, IntoResponses)]
pub enum Signed {
    /// No token, or one that does not hold.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthorized(Problem),
    /// Not for this caller.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
}

/// Failures of calls that change something.
#[derive(Debug, IntoResponses)]
pub enum Changing {
    /// Not possible in this state.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
}

/// Failures of calls that name the version they saw.
#[derive(Debug, IntoResponses)]
pub enum Versioned {
    /// Somebody else was faster: `stale_version`.
    #[response(status = 412, content_type = "application/problem+json")]
    Stale(Problem),
    /// `If-Match` is missing.
    #[response(status = 428, content_type = "application/problem+json")]
    Missing(Problem),
}
