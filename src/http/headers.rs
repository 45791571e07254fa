//! Request headers that carry meaning: who calls, which version they saw, which attempt this is.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, HeaderName, IF_MATCH};
use actix_web::{FromRequest, HttpRequest};

use super::problem::ApiError;
use crate::services::error::{Refusal, ServiceError};

/// Longer tokens are none of ours; in bytes.
const LONGEST_TOKEN: usize = 4096;

/// Longest `Idempotency-Key`, in bytes.
const LONGEST_KEY: usize = 255;

/// The token of `Authorization: Bearer`, not checked yet. Anything else in that header is 401.
#[derive(Clone)]
pub struct RawBearer(pub String);

impl std::fmt::Debug for RawBearer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RawBearer(…)")
    }
}

impl FromRequest for RawBearer {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(bearer(request).map(Self).ok_or_else(|| ServiceError::Unauthorized.into()))
    }
}

pub(super) fn bearer(request: &HttpRequest) -> Option<String> {
    let value = only(request, &AUTHORIZATION)?.ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim_matches(' ');
    let is_token =
        !token.is_empty() && token.len() <= LONGEST_TOKEN && token.bytes().all(|byte| byte.is_ascii_graphic());
    (scheme.eq_ignore_ascii_case("bearer") && is_token).then(|| token.to_owned())
}

/// The version that the caller saw, from `If-Match: "3"` (a weak tag counts too). 428 without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match only(request, &IF_MATCH) {
            None => Err(Refusal::new("precondition_required", 428).into()),
            Some(value) => value
                .ok()
                .and_then(version)
                .map(Self)
                .ok_or_else(|| ServiceError::field("/headers/If-Match", "invalid_value").into()),
        })
    }
}

/// A single entity tag that is a version; `*` and lists would let an action through that nobody looked at.
fn version(tag: &str) -> Option<i64> {
    let tag = tag.trim();
    let digits = tag.strip_prefix("W/").unwrap_or(tag).strip_prefix('"')?.strip_suffix('"')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

/// The `Idempotency-Key`, where there is one: 1 to 255 visible ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKeyHeader(pub Option<String>);

impl FromRequest for IdempotencyKeyHeader {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let name = HeaderName::from_static("idempotency-key");
        ready(match only(request, &name) {
            None => Ok(Self(None)),
            Some(value) => value
                .ok()
                .filter(|key| (1..=LONGEST_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()))
                .map(|key| Self(Some(key.to_owned())))
                .ok_or_else(|| ServiceError::field("/headers/Idempotency-Key", "invalid_value").into()),
        })
    }
}

/// A header that stands at most once: `None` without it, `Err` when it stands twice or is no ASCII.
fn only<'a>(request: &'a HttpRequest, name: &HeaderName) -> Option<Result<&'a str, ()>> {
    let mut values = request.headers().get_all(name);
    let first = values.next()?;
    if values.next().is_some() {
        return Some(Err(()));
    }
    Some(first.to_str().map_err(|_| ()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn request(name: &'static str, values: &[&str]) -> HttpRequest {
        let start = TestRequest::default();
        values.iter().fold(start, |request, value| request.append_header((name, *value))).to_http_request()
    }

    async fn token(values: &[&str]) -> Result<String, ApiError> {
        RawBearer::extract(&request("authorization", values)).await.map(|token| token.0)
    }

    async fn seen(values: &[&str]) -> Result<i64, ApiError> {
        IfMatch::extract(&request("if-match", values)).await.map(|version| version.0)
    }

    async fn key(values: &[&str]) -> Result<Option<String>, ApiError> {
        IdempotencyKeyHeader::extract(&request("idempotency-key", values)).await.map(|key| key.0)
    }

    #[actix_web::test]
    async fn a_bearer_token_is_taken_as_it_is_and_never_shown() {
        assert_eq!(token(&["Bearer abc.def-_"]).await.unwrap(), "abc.def-_");
        assert_eq!(token(&["bEARER   abc "]).await.unwrap(), "abc");
        let shown = format!("{:?}", RawBearer("hunter2".to_owned()));
        assert!(!shown.contains("hunter2"));
    }

    #[actix_web::test]
    async fn missing_and_malformed_credentials_are_401() {
        let long = format!("Bearer {}", "x".repeat(LONGEST_TOKEN + 1));
        let wrong: [&[&str]; 9] = [
            &[],
            &["Bearer"],
            &["Bearer "],
            &["Basic YTpi"],
            &["abc"],
            &["Bearer a b"],
            &["Bearer қ"],
            &[&long],
            &["Bearer a", "Bearer b"],
        ];
        for values in wrong {
            assert_eq!(token(values).await.unwrap_err().code(), "unauthorized", "{values:?}");
        }
        let longest = format!("Bearer {}", "x".repeat(LONGEST_TOKEN));
        assert!(token(&[&longest]).await.is_ok());
    }

    #[actix_web::test]
    async fn a_version_is_read_from_strong_and_weak_tags() {
        assert_eq!(seen(&["\"3\""]).await.unwrap(), 3);
        assert_eq!(seen(&["W/\"12\""]).await.unwrap(), 12);
    }

    #[actix_web::test]
    async fn a_missing_version_is_428_and_anything_else_422() {
        assert_eq!(seen(&[]).await.unwrap_err().code(), "precondition_required");
        let wrong: [&[&str]; 10] = [
            &["*"],
            &["3"],
            &["\"\""],
            &["\"a\""],
            &["\"-1\""],
            &["\"+1\""],
            &["\"1\", \"2\""],
            &["\"1\"", "\"2\""],
            &["\"99999999999999999999\""],
            &["w/\"1\""],
        ];
        for values in wrong {
            assert_eq!(seen(values).await.unwrap_err().code(), "validation_failed", "{values:?}");
        }
    }

    #[actix_web::test]
    async fn an_idempotency_key_is_optional_but_must_be_short_visible_ascii() {
        assert_eq!(key(&[]).await.unwrap(), None);
        assert_eq!(key(&["a-1_~!"]).await.unwrap().as_deref(), Some("a-1_~!"));
        assert!(key(&[&"k".repeat(LONGEST_KEY)]).await.is_ok());
        let long = "k".repeat(LONGEST_KEY + 1);
        let wrong: [&[&str]; 5] = [&[""], &["a b"], &["ключ"], &[&long], &["a", "b"]];
        for values in wrong {
            let error = key(values).await.unwrap_err();
            assert_eq!(error.errors().first().unwrap().pointer, "/headers/Idempotency-Key", "{values:?}");
        }
    }
}
