//! The edges of the server: limits of calls, sizes, headers for browsers, and who may call from another origin.

use chrono::Duration;
use reqwest::Method;
use serde_json::json;

use crate::support::browser::Browser;
use crate::support::program::copy_folder;
use crate::support::{Answer, TestApp, TestDatabase, forms};
use otinish::domain::vocabulary::Role;

async fn limited() -> TestApp {
    with_settings(&[("RATE_LIMITS", "on")]).await
}

async fn with_settings(settings: &'static [(&'static str, &'static str)]) -> TestApp {
    let setting = |name: &str| settings.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned());
    TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), setting).await
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.header(name).unwrap_or_else(|| panic!("no {name}: {:?}", answer.headers))
}

#[tokio::test]
async fn many_requests_with_one_mail_address_are_refused_until_time_has_passed() {
    let test = limited().await;
    for _ in 0..20 {
        test.submit("demo", &forms::access()).await;
    }
    let mut shouted = forms::access();
    shouted["subject"]["email"] = json!(forms::EMAIL.to_uppercase());
    let refused = test.post("/api/v1/operators/demo/requests", None, &shouted).await;
    let body = refused.problem(429, "rate_limited");
    assert!(body["detail"].as_str().unwrap().contains("180"), "{body}");
    assert_eq!(header(&refused, "retry-after"), "180");
    assert_eq!(header(&refused, "ratelimit-policy"), "\"mail-address\";q=20;w=3600");
    assert_eq!(header(&refused, "ratelimit"), "\"mail-address\";r=0;t=180");
    let mut other = forms::access();
    other["subject"]["email"] = json!("other@mail.example.kz");
    test.submit("demo", &other).await;
    test.app.clock.advance(Duration::seconds(180));
    test.submit("demo", &forms::access()).await;
}

#[tokio::test]
async fn wrong_secrets_for_one_reference_are_refused_and_the_right_one_still_opens_it() {
    let test = limited().await;
    let request = test.submit("demo", &forms::access()).await;
    for number in 0..30 {
        // However the address is spelled.
        let path = if number % 2 == 0 { request.path("") } else { request.path("").replacen("/api", "/%61pi", 1) };
        test.get(&path, Some("guess")).await.problem(404, "not_found");
    }
    let refused = test.get(&request.path("/answer"), Some("guess")).await;
    refused.problem(429, "rate_limited");
    assert_eq!(header(&refused, "ratelimit-policy"), "\"reference\";q=30;w=3600");
    let seen = test.get(&request.path(""), Some(&request.token)).await;
    assert_eq!(seen.expect(200)["status"], "submitted");
    assert_eq!(header(&seen, "ratelimit-policy"), "\"requester\";q=300;w=60");
}

#[tokio::test]
async fn pages_have_the_same_limits_and_say_so_as_pages() {
    let test = limited().await;
    let request = test.submit("demo", &forms::access()).await;
    let home = format!("/requests/{}", request.reference);
    let mut browser = Browser::new(&test);
    let form = browser.open("/requests").await;
    for number in 0..30 {
        let typed = [("reference", request.reference.as_str()), ("secret", "guess")];
        if number % 2 == 0 {
            browser.send(&form, "/requests", &typed).await.expect(404);
        } else {
            let spelled = if number % 4 == 1 { home.clone() } else { home.replacen("/r", "/%72", 1) };
            browser.open(&format!("{spelled}?token=guess")).await.expect(404);
        }
    }
    let refused = browser.open(&format!("{home}?token=guess")).await;
    refused.expect(429);
    assert!(refused.answer.header("retry-after").is_some());
    browser.send(&form, "/requests", &[("reference", &request.reference), ("secret", "guess")]).await.expect(429);
    assert_eq!(browser.open(&format!("{home}?token={}", request.token)).await.path, home, "the right one opens it");
}

#[tokio::test]
async fn a_form_with_an_address_that_asked_too_often_keeps_its_answers() {
    let test = limited().await;
    let mut browser = Browser { language: "en", ..Browser::new(&test) };
    let form = browser.filled("demo", "access").await;
    let mut other = forms::access();
    other["subject"]["email"] = json!("aigul@example.kz");
    for _ in 0..20 {
        test.submit("demo", &other).await;
    }
    let sent = browser.send(&form, "/operators/demo/request", &[("go", "send")]).await;
    let html = sent.expect(429);
    assert!(html.contains("value=\"aigul@example.kz\""), "{html}");
    test.app.clock.advance(Duration::seconds(180));
    let sent = browser.send(&sent, "/operators/demo/request", &[("go", "send")]).await;
    assert!(sent.path.ends_with("/receipt"), "{}", sent.path);
}

#[tokio::test]
async fn sign_ins_are_counted_by_address_and_off_switches_all_but_the_lock_out() {
    let test = limited().await;
    let stranger =
        |number: i32| json!({"email": format!("nobody{number}@staff.example.kz"), "password": "wrong wrong wrong"});
    for number in 0..60 {
        let path = if number % 2 == 0 { "/api/v1/auth/refresh" } else { "/%61pi/v1/%61uth/refresh" };
        test.post(path, None, &json!({"refresh_token": format!("made up {number}")}))
            .await
            .problem(401, "unauthorized");
    }
    let refused = test.post("/api/v1/auth/login", None, &stranger(1)).await;
    refused.problem(429, "rate_limited");
    assert_eq!(header(&refused, "ratelimit-policy"), "\"sign-in\";q=60;w=60");
    test.get("/api/v1/operators", None).await.expect(200);

    let off = TestApp::start().await;
    for number in 0..80 {
        let answer =
            off.post("/api/v1/auth/refresh", None, &json!({"refresh_token": format!("made up {number}")})).await;
        answer.problem(401, "unauthorized");
        assert_eq!(answer.header("ratelimit"), None);
    }
    for _ in 0..5 {
        off.post("/api/v1/auth/login", None, &stranger(2)).await.problem(401, "unauthorized");
    }
    off.post("/api/v1/auth/login", None, &stranger(2)).await.problem(429, "rate_limited");
}

#[tokio::test]
async fn callers_behind_a_trusted_proxy_are_counted_apart_and_others_cannot_pretend() {
    let behind = with_settings(&[("RATE_LIMITS", "on"), ("TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    let direct = limited().await;
    let body = json!({"refresh_token": "made up"});
    for (test, refusals) in [(&behind, 0), (&direct, 2)] {
        let mut refused = 0;
        for number in 0..62 {
            let from = format!("198.51.100.1, 203.0.113.{number}");
            let answer =
                test.call(Method::POST, "/api/v1/auth/refresh", None, Some(&body), &[("x-forwarded-for", &from)]).await;
            refused += usize::from(answer.status == 429);
        }
        assert_eq!(refused, refusals);
    }
}

#[tokio::test]
async fn an_account_has_a_limit_of_its_own() {
    let test = limited().await;
    let member = test.staff("agent.demo", Role::Agent, "demo").await;
    let answer = test.get("/api/v1/staff/me", Some(&member.token)).await;
    answer.expect(200);
    assert_eq!(header(&answer, "ratelimit-policy"), "\"account\";q=1200;w=60");
    assert_eq!(header(&answer, "ratelimit"), "\"account\";r=1198;t=0");
}

#[tokio::test]
async fn heads_and_addresses_that_are_too_large_are_problems() {
    let test = TestApp::start().await;
    let large = "x".repeat(33 * 1024);
    let answer = test.call(Method::GET, "/api/v1/operators", None, None, &[("x-large", &large)]).await;
    answer.problem(431, "headers_too_large");
    test.get(&format!("/api/v1/operators?{}", "x".repeat(9 * 1024)), None).await.problem(414, "uri_too_long");
    let body = json!({"refresh_token": "x".repeat(300 * 1024)});
    test.post("/api/v1/auth/refresh", None, &body).await.problem(413, "payload_too_large");
}

#[tokio::test]
async fn answers_carry_strict_headers_for_browsers() {
    let test = TestApp::start().await;
    for path in ["/api/v1/operators", "/api/v1/nothing", "/health/live"] {
        let answer = test.get(path, None).await;
        let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        assert_eq!(header(&answer, "content-security-policy"), policy, "{path}");
        assert_eq!(header(&answer, "cross-origin-resource-policy"), "same-origin");
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
        assert_eq!(answer.header("strict-transport-security"), None, "this server speaks plain HTTP");
    }
    let docs = test.get("/docs/", None).await;
    assert!(header(&docs, "content-security-policy").starts_with("default-src 'none'; script-src 'self';"));
}

/// A server whose operator `demo` has a form on its own site.
async fn with_form() -> (TestApp, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("operators");
    copy_folder(&from, &folder.path().join("operators"));
    let path = folder.path().join("operators/demo.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("allowed_origins = [\"https://www.company.kz\", \"http://localhost:3000\"]\n{text}"))
        .unwrap();
    let config = folder.path().display().to_string();
    let setting = move |name: &str| (name == "CONFIG_DIR").then(|| config.clone());
    (TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), setting).await, folder)
}

async fn preflight(test: &TestApp, path: &str, origin: &str) -> Answer {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type,idempotency-key"),
    ];
    test.call(Method::OPTIONS, path, None, None, &headers).await
}

const SITE: &str = "https://www.company.kz";

#[tokio::test]
async fn a_form_on_the_operators_own_site_may_call_what_is_public() {
    let (test, _folder) = with_form().await;
    for path in [
        "/api/v1/operators/demo",
        "/api/v1/operators/demo/requests",
        "/api/v1/deadlines",
        "/api/v1/calendar/2026",
        "/api/v1/requests/DEM-1/messages",
    ] {
        let answer = preflight(&test, path, SITE).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        assert_eq!(header(&answer, "access-control-allow-origin"), SITE);
        assert!(header(&answer, "access-control-allow-headers").contains("authorization"));
        assert_eq!(answer.header("access-control-allow-credentials"), None);
        assert!(header(&answer, "vary").to_lowercase().contains("origin"));
    }
    let form = forms::access();
    let path = "/api/v1/operators/demo/requests";
    let answer = test.call(Method::POST, path, None, Some(&form), &[("origin", SITE)]).await;
    answer.expect(201);
    assert_eq!(header(&answer, "access-control-allow-origin"), SITE);
    assert!(header(&answer, "access-control-expose-headers").contains("location"));
    let refused = test.call(Method::POST, path, None, Some(&json!({})), &[("origin", SITE)]).await;
    assert_eq!(header(&refused, "access-control-allow-origin"), SITE, "the page can read what is wrong");
}

#[tokio::test]
async fn other_origins_other_operators_and_staff_addresses_are_not_opened() {
    let (test, _folder) = with_form().await;
    let closed = [
        ("/api/v1/operators/demo", "https://evil.example.kz"),
        ("/api/v1/operators/demo", "https://www.company.kz.evil.example.kz"),
        ("/api/v1/operators/demo", "http://www.company.kz"),
        ("/api/v1/operators/demo", "null"),
        ("/api/v1/operators/citicom", SITE),
        ("/api/v1/operators/citicom/requests", SITE),
        ("/api/v1/auth/login", SITE),
        ("/api/v1/staff/requests", SITE),
        ("/api/v1/staff/me", SITE),
    ];
    for (path, origin) in closed {
        let answer = preflight(&test, path, origin).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path} {origin}");
        let answer = test.call(Method::GET, path, None, None, &[("origin", origin)]).await;
        assert_eq!(answer.header("access-control-allow-origin"), None, "{path} {origin}");
    }
    let plain = TestApp::start().await;
    let answer = preflight(&plain, "/api/v1/operators/demo", SITE).await;
    assert_eq!(answer.header("access-control-allow-origin"), None, "off when no profile names an origin");
}
