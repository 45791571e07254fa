use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::test::TestRequest;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::*;
use crate::http::health;
use crate::http::testing::{Answer, logged, send};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn routes(config: &mut ServiceConfig) {
    health::configure(config);
    config
        .service(web::resource("/api/v1/requests/{reference}").route(web::post().to(receive)))
        .service(web::resource("/open").route(
            web::get().to(|| async { HttpResponse::Ok().insert_header((CACHE_CONTROL, "max-age=60")).body("x") }),
        ))
        .service(web::resource("/stream").route(web::get().to(stream)));
}

async fn receive(request: HttpRequest, body: String) -> HttpResponse {
    request.extensions_mut().insert(MemberId("0199-member".to_owned()));
    tracing::info!("inside");
    HttpResponse::Ok().body(format!("{} bytes", body.len()))
}

async fn stream() -> HttpResponse {
    HttpResponse::Ok().body(BoxBody::new(Nothing))
}

struct Nothing;

impl MessageBody for Nothing {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<web::Bytes, Self::Error>>> {
        Poll::Ready(None)
    }
}

/// The line of the request.
fn line(log: &str) -> Value {
    let mut lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.find(|line| line["target"] == "otinish::http" && line["fields"]["message"] == "request").unwrap()
}

async fn with_parent(parent: &str) -> String {
    let answer = send(routes, TestRequest::get().uri("/open").insert_header(("traceparent", parent))).await;
    answer.header("x-trace-id").unwrap().to_owned()
}

#[actix_web::test]
async fn the_trace_id_of_a_valid_parent_is_taken_over() {
    assert_eq!(with_parent(PARENT).await, "4bf92f3577b34da6a3ce929d0e0e4736");
    let later = "42-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more";
    assert_eq!(with_parent(later).await, "4bf92f3577b34da6a3ce929d0e0e4736");
}

#[actix_web::test]
async fn any_other_parent_is_ignored_and_a_new_trace_id_made() {
    let wrong = [
        "",
        "x",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
    ];
    let mut ids = Vec::new();
    for parent in wrong {
        let id = with_parent(parent).await;
        assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{parent}: {id}");
        assert!(!parent.contains(&id), "{parent}");
        ids.push(id);
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), wrong.len());
}

#[actix_web::test]
async fn the_line_tells_the_pattern_and_nothing_that_was_sent() {
    let request = TestRequest::post()
        .uri("/api/v1/requests/KTP-7F3K-9Q2M-X?q=880101300123")
        .insert_header(("traceparent", PARENT))
        .insert_header(("authorization", "Bearer sesame"))
        .insert_header(("user-agent", "browser of ivan"))
        .peer_addr("203.0.113.7:4711".parse().unwrap())
        .set_payload("Ivan Ivanov ivan@example.kz");
    let (answer, log) = logged(send(routes, request)).await;
    assert_eq!(answer.status, 200);
    let line = line(&log);
    let fields = &line["fields"];
    assert_eq!(line["level"], "INFO");
    assert_eq!(fields["method"], "POST");
    assert_eq!(fields["route"], "/api/v1/requests/{reference}");
    assert_eq!(fields["status"], 200);
    assert_eq!(fields["bytes"], 8);
    assert_eq!(fields["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(fields["member"], "0199-member");
    assert!(fields["duration_ms"].is_u64());
    assert!(fields.get("code").is_none());
    for secret in ["KTP-7F3K", "880101300123", "sesame", "ivan", "Ivan", "203.0.113.7"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    assert_eq!(log.matches("\"message\":\"request\"").count(), 1);
    let inside = log.lines().find(|line| line.contains("inside")).unwrap();
    assert!(inside.contains("4bf92f3577b34da6a3ce929d0e0e4736"), "{inside}");
}

#[actix_web::test]
async fn a_request_that_matches_no_route_is_logged_without_its_path_or_made_up_method() {
    let method = Method::from_bytes(b"IVAN").unwrap();
    let (answer, log) = logged(send(routes, TestRequest::default().method(method).uri("/880101300123"))).await;
    assert_eq!(answer.status, 404);
    let line = line(&log);
    assert_eq!(line["fields"]["route"], "unmatched");
    assert_eq!(line["fields"]["method"], "other");
    assert_eq!(line["fields"]["code"], "not_found");
    assert!(!log.contains("880101300123") && !log.contains("IVAN"), "{log}");
}

#[actix_web::test]
async fn health_checks_are_logged_at_debug() {
    let (_, log) = logged(send(routes, TestRequest::get().uri("/health/live"))).await;
    assert_eq!(line(&log)["level"], "DEBUG");
}

#[actix_web::test]
async fn a_stream_is_logged_without_its_size() {
    let (_, log) = logged(send(routes, TestRequest::get().uri("/stream"))).await;
    assert!(line(&log)["fields"].get("bytes").is_none());
}

#[actix_web::test]
async fn every_answer_carries_the_security_headers_and_the_api_is_never_cached() {
    let request = |path: &str| TestRequest::get().uri(path);
    let check = |answer: &Answer, cache: Option<&str>| {
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("content-security-policy"), Some(DATA_POLICY));
        assert_eq!(answer.header("cache-control"), cache);
    };
    check(&send(routes, request("/open")).await, Some("max-age=60"));
    check(&send(routes, request("/nowhere")).await, None);
    check(&send(routes, request("/api/v1/requests/x")).await, Some("no-store"));
    check(&send(routes, request("/api/v1/nowhere")).await, Some("no-store"));
    check(&send(routes, request("/health/live")).await, None);
}
