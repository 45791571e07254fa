use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, error, get, patch};
use serde_json::json;

use super::*;
use crate::domain::vocabulary::{Language, Status};
use crate::http::testing::{Answer, logged, send};

async fn fail(kind: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let error = match kind.as_str() {
        "invalid" => ServiceError::Invalid(vec![
            FieldError::new("/subject/iin", "iin_checksum"),
            FieldError::new("/details", "too_long").with("max", 5000),
            FieldError::new("/kind", "no_such_text"),
        ]),
        "missing" => ServiceError::NotFound,
        "unauthorized" => ServiceError::Unauthorized,
        "four_eyes" => Refusal::new("four_eyes", 403).into(),
        "stale" => Refusal::new("stale_version", 412).extra("version", 7).extra("status", "overwritten").into(),
        "limited" => Refusal::new("rate_limited", 429).retry_after(21).into(),
        "locked" => Refusal::new("locked_out", 429).with("seconds", 61).retry_after(61).into(),
        "transition" => ServiceError::invalid_transition(Status::Submitted, "approve"),
        "strange" => Refusal::new("no_such_code", 418).into(),
        "wrong_status" => Refusal::new("four_eyes", 200).into(),
        "unavailable" => ServiceError::Unavailable("disk is full".to_owned()),
        "panic" => panic!("ivan@example.kz"),
        _ => ServiceError::Internal("key 7 is gone".to_owned()),
    };
    Err(error.into())
}

fn routes(config: &mut ServiceConfig) {
    configure(config);
    config
        .service(web::resource("/fail/{kind}").route(web::get().to(fail)))
        .service(web::resource("/api/v1/staff/fail/{kind}").route(web::get().to(fail)))
        .service(web::resource("/both").route(web::get().to(HttpResponse::Ok)).route(web::post().to(HttpResponse::Ok)))
        .service(
            web::resource("/path/{number}")
                .route(web::get().to(|number: web::Path<u32>| async move { number.to_string() })),
        )
        .service(web::resource("/plain/{status}").route(web::get().to(plain)))
        .service(
            web::resource("/page")
                .route(web::get().to(|| async { HttpResponse::NotFound().content_type("text/html").body("<p>") })),
        );
}

async fn plain(status: web::Path<u16>) -> Result<HttpResponse, error::Error> {
    let status = StatusCode::from_u16(*status).unwrap();
    Err(error::InternalError::new("what was typed", status).into())
}

async fn get(path: &str, language: &str) -> Answer {
    send(routes, TestRequest::get().uri(path).insert_header(("accept-language", language))).await
}

#[actix_web::test]
async fn each_kind_of_failure_has_its_status_and_code_in_three_languages() {
    let kinds = [
        ("invalid", 422, "validation_failed"),
        ("missing", 404, "not_found"),
        ("unauthorized", 401, "unauthorized"),
        ("four_eyes", 403, "four_eyes"),
        ("stale", 412, "stale_version"),
        ("limited", 429, "rate_limited"),
        ("locked", 429, "locked_out"),
        ("transition", 409, "invalid_transition"),
        ("unavailable", 503, "unavailable"),
        ("internal", 500, "internal"),
        ("panic", 500, "internal"),
    ];
    for (kind, status, code) in kinds {
        let mut titles = Vec::new();
        for language in Language::ALL {
            let (answer, log) = logged(get(&format!("/fail/{kind}"), language.as_str())).await;
            assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (status, code));
            assert_eq!(answer.header("content-language"), Some(language.as_str()));
            let document = answer.json();
            assert_eq!(document["type"], format!("https://otinish.example.kz/problems/{code}"));
            let detail = document["detail"].as_str().unwrap();
            assert!(!detail.is_empty() && !detail.contains(['{', '$']), "{detail}");
            assert!(!log.contains("lacks a value"), "{log}");
            titles.push(document["title"].as_str().unwrap().to_owned());
        }
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), 3, "{titles:?}");
    }
}

#[actix_web::test]
async fn mistakes_in_fields_carry_pointer_code_and_message() {
    let answer = get("/fail/invalid", "en").await;
    let errors = answer.json()["errors"].clone();
    assert_eq!(errors[0]["pointer"], "/subject/iin");
    assert_eq!(errors[0]["message"], "Check the last digit: there is no such IIN.");
    assert_eq!(errors[1]["message"], "Shorten this: there is room for 5000 characters.");
    assert_eq!(errors[2]["code"], "no_such_text");
    assert!(!errors[2]["message"].as_str().unwrap().is_empty());
    assert!(get("/fail/missing", "en").await.json().get("errors").is_none());
}

#[actix_web::test]
async fn headers_say_what_to_do_next() {
    assert_eq!(get("/fail/unauthorized", "en").await.header("www-authenticate"), Some("Bearer"));
    assert_eq!(get("/fail/limited", "en").await.header("retry-after"), Some("21"));
    assert_eq!(get("/fail/unavailable", "en").await.header("retry-after"), Some("5"));
    assert!(get("/fail/limited", "en").await.text().contains("Wait 21 seconds"));
}

#[actix_web::test]
async fn members_of_a_refusal_are_added_and_replace_none_of_the_standard_ones() {
    let document = get("/fail/stale", "en").await.json();
    assert_eq!(document["version"], 7);
    assert_eq!(document["status"], 412);
}

#[actix_web::test]
async fn statuses_and_actions_are_named_in_words() {
    let answer = get("/fail/transition", "en").await;
    assert!(answer.text().contains("“Approve the answer”"), "{}", answer.text());
    assert!(answer.text().contains("“Waiting for you to confirm your address”"));
    assert_eq!(answer.json()["request_status"], "submitted");
    assert!(get("/api/v1/staff/fail/transition", "en").await.text().contains("“Address not confirmed”"));
}

#[actix_web::test]
async fn causes_are_logged_and_never_shown() {
    for (kind, cause) in [("unavailable", "disk is full"), ("internal", "key 7 is gone")] {
        let (answer, log) = logged(get(&format!("/fail/{kind}"), "en")).await;
        assert!(!answer.text().contains(cause));
        assert!(log.contains(cause), "{log}");
        assert!(log.contains(answer.header("x-trace-id").unwrap()));
    }
}

#[actix_web::test]
async fn a_panic_is_an_internal_error_whose_message_goes_nowhere() {
    let (answer, log) = logged(get("/fail/panic", "en")).await;
    assert_eq!(answer.problem(), "internal");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert!(!answer.text().contains("ivan"));
    assert!(!log.contains("ivan"));
    assert!(log.contains("/fail/{kind}"), "{log}");
}

#[actix_web::test]
async fn a_code_without_texts_or_with_a_status_that_is_no_error_still_makes_a_problem() {
    let answer = get("/fail/strange", "en").await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (418, "no_such_code"));
    assert_eq!(answer.json()["title"], "The request was not understood");
    assert_eq!(get("/fail/wrong_status", "en").await.status, 500);
}

#[actix_web::test]
async fn routes_that_do_not_exist_and_paths_that_do_not_fit_are_not_found() {
    for path in ["/", "/nowhere", "/both/", "/path/abc", "/path/-1", "/%ff", "/path/%00"] {
        let answer = get(path, "kk").await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (404, "not_found"), "{path}");
    }
}

#[actix_web::test]
async fn a_wrong_method_is_405_and_names_the_right_ones() {
    let answer = send(routes, TestRequest::delete().uri("/both")).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (405, "method_not_allowed"));
    assert_eq!(answer.header("allow"), Some("GET, POST, HEAD, OPTIONS"));
    let invented = Method::from_bytes(b"BREW").unwrap();
    assert_eq!(
        send(routes, TestRequest::default().method(invented).uri("/both")).await.problem(),
        "method_not_allowed"
    );
}

#[utoipa::path(responses((status = 200)))]
#[get("/api/v1/things/{thing}")]
async fn show_thing() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[utoipa::path(responses((status = 200)))]
#[patch("/api/v1/things/{thing}")]
async fn change_thing() -> HttpResponse {
    HttpResponse::NotFound().finish()
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(show_thing, change_thing))]
struct Things;

fn described(config: &mut ServiceConfig) {
    use utoipa::OpenApi;
    config.service(show_thing).service(change_thing);
    crate::http::docs::configure(config, &Things::openapi()).unwrap();
}

#[actix_web::test]
async fn a_wrong_method_is_405_also_for_routes_made_by_attributes() {
    let answer = send(described, TestRequest::delete().uri("/api/v1/things/1")).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (405, "method_not_allowed"));
    assert_eq!(answer.header("allow"), Some("GET, PATCH, HEAD, OPTIONS"));
    let options = send(described, TestRequest::default().method(Method::OPTIONS).uri("/api/v1/things/1")).await;
    assert_eq!((options.status.as_u16(), options.header("allow")), (204, Some("GET, PATCH, HEAD, OPTIONS")));
    assert_eq!(send(described, TestRequest::default().method(Method::HEAD).uri("/api/v1/things/1")).await.status, 200);
    assert_eq!(send(described, TestRequest::patch().uri("/api/v1/things/1")).await.problem(), "not_found");
    assert_eq!(send(described, TestRequest::delete().uri("/api/v1/things/1/2")).await.problem(), "not_found");
}

#[actix_web::test]
async fn options_lists_the_methods_and_opens_nothing_to_other_origins() {
    let request = TestRequest::default().method(Method::OPTIONS).insert_header(("origin", "https://evil.example"));
    let answer = send(routes, request.uri("/both")).await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("allow"), Some("GET, POST, HEAD, OPTIONS"));
    assert!(answer.body.is_empty());
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(send(routes, TestRequest::default().method(Method::OPTIONS).uri("/nowhere")).await.status, 404);
}

#[actix_web::test]
async fn head_has_the_status_of_get() {
    let head = |path: &str| TestRequest::default().method(Method::HEAD).uri(path);
    assert_eq!(send(routes, head("/both")).await.status, 200);
    assert_eq!(send(routes, head("/fail/missing")).await.status, 404);
    assert_eq!(send(routes, head("/nowhere")).await.status, 404);
}

#[actix_web::test]
async fn plain_errors_of_the_server_become_problems_and_lose_their_text() {
    let codes = [
        (400, "bad_request"),
        (401, "unauthorized"),
        (408, "request_timeout"),
        (413, "payload_too_large"),
        (415, "unsupported_media_type"),
        (422, "bad_request"),
        (431, "headers_too_large"),
        (500, "internal"),
        (502, "internal"),
        (503, "unavailable"),
    ];
    for (status, code) in codes {
        let answer = get(&format!("/plain/{status}"), "ru").await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (status, code));
        assert!(!answer.text().contains("typed"));
    }
}

#[actix_web::test]
async fn pages_that_a_handler_wrote_stay_as_they_are() {
    let answer = get("/page", "en").await;
    assert_eq!((answer.status.as_u16(), answer.text()), (404, "<p>"));
    assert!(answer.header("content-security-policy").unwrap().contains("'self'"));
}

#[actix_web::test]
async fn the_link_in_type_explains_the_problem() {
    let answer = get("/problems/four_eyes", "en").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(answer.text().starts_with("A second person is needed\n\n"));
    let request = TestRequest::get().uri("/problems/rate_limited").insert_header(("accept", "application/json"));
    let answer = send(routes, request.insert_header(("accept-language", "en"))).await;
    assert_eq!(
        answer.json(),
        json!({ "type": "https://otinish.example.kz/problems/rate_limited", "code": "rate_limited",
                "title": "Too many requests", "detail": "Wait … seconds and try again." })
    );
    let long = format!("/problems/{}", "a".repeat(1000));
    for path in ["/problems/nothing", "/problems/Four_eyes", "/problems/%7B", "/problems/", &long] {
        assert_eq!(get(path, "en").await.problem(), "not_found", "{path}");
    }
}

#[actix_web::test]
async fn every_problem_of_the_catalogue_has_an_explanation_without_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let app = crate::http::testing::app(folder.path());
    let titles = app.texts.keys().filter_map(|key| key.strip_prefix("problem-")?.strip_suffix("-title"));
    for code in titles {
        for language in Language::ALL {
            let request = TestRequest::get()
                .uri(&format!("/problems/{code}"))
                .insert_header(("accept-language", language.as_str()));
            let (answer, log) = logged(crate::http::testing::send_to(&app, routes, request)).await;
            assert_eq!(answer.status, 200, "{code}");
            assert!(!answer.text().contains(['{', '$']), "{}", answer.text());
            assert!(!log.contains("lacks a value"), "{log}");
        }
    }
}

async fn page_of(path: &str, language: &str) -> Answer {
    let request = TestRequest::get().uri(path).insert_header(("accept-language", language));
    send(routes, request.insert_header(("accept", "text/html,application/xhtml+xml,*/*;q=0.8"))).await
}

#[actix_web::test]
async fn a_browser_gets_each_failure_as_a_page_and_the_api_never_answers_one() {
    let kinds = [
        ("missing", 404),
        ("limited", 429),
        ("unavailable", 503),
        ("internal", 500),
        ("panic", 500),
        ("strange", 418),
        ("unauthorized", 401),
    ];
    for (kind, status) in kinds {
        for language in Language::ALL {
            let (answer, log) = logged(page_of(&format!("/fail/{kind}"), language.as_str())).await;
            assert_eq!(
                (answer.status.as_u16(), answer.header("content-type")),
                (status, Some("text/html; charset=utf-8"))
            );
            let html = answer.text();
            assert!(html.contains(&format!("<html lang=\"{}\">", language.as_str())), "{html}");
            assert!(html.contains(answer.header("x-trace-id").unwrap()) && !html.contains("problem-"), "{html}");
            assert!(
                !html.contains("ivan") && !html.contains("disk is full") && !log.contains("lacks a value"),
                "{html}"
            );
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            let may_try_again = matches!(status, 429 | 500 | 503);
            assert_eq!(html.contains(&format!("class=\"button\" href=\"/fail/{kind}\"")), may_try_again, "{html}");
        }
    }
    assert_eq!(page_of("/fail/limited", "en").await.header("retry-after"), Some("21"));
    assert_eq!(page_of("/api/v1/staff/fail/missing", "en").await.problem(), "not_found");
    assert_eq!(page_of("/api/nothing", "en").await.problem(), "not_found");
}
