//! Figures for Prometheus: what they say, who may read them, and what never stands in them.

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use serde_json::json;

use crate::support::{TestApp, TestDatabase, forms};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

async fn start(public_url: &'static str) -> TestApp {
    TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), move |name| match name {
        "METRICS_TOKEN" => Some(TOKEN.to_owned()),
        "PUBLIC_URL" => Some(public_url.to_owned()),
        _ => None,
    })
    .await
}

async fn figures(test: &TestApp) -> String {
    let answer = test.get("/metrics", Some(TOKEN)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.text
}

/// The number of a figure with its labels.
fn figure(text: &str, name: &str) -> i64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in:\n{text}")).parse().unwrap()
}

#[tokio::test]
async fn the_figures_tell_of_calls_mails_requests_and_the_worker() {
    let test = start("https://requests.example.kz").await;
    let request = test.submit("citicom", &forms::access()).await;
    test.get(&request.path(""), Some(&request.token)).await.expect(200);
    test.get(&request.path(""), Some("wrong")).await.problem(404, "not_found");
    test.get("/api/v1/nothing", None).await.problem(404, "not_found");
    let page = figures(&test).await;
    assert!(page.ends_with("# EOF\n"));
    let route = "route=\"/api/v1/requests/{reference}\",method=\"GET\"";
    assert_eq!(figure(&page, &format!("otinish_http_requests_total{{{route},status=\"2xx\"}}")), 1);
    assert_eq!(figure(&page, &format!("otinish_http_requests_total{{{route},status=\"4xx\"}}")), 1);
    assert_eq!(figure(&page, &format!("otinish_http_request_duration_seconds_count{{{route}}}")), 2);
    assert_eq!(figure(&page, "otinish_http_requests_total{route=\"unmatched\",method=\"GET\",status=\"4xx\"}"), 1);
    assert_eq!(figure(&page, "otinish_database_up"), 1);
    assert_eq!(figure(&page, "otinish_requests_open{operator=\"citicom\"}"), 1);
    assert_eq!(figure(&page, "otinish_requests_open{operator=\"demo\"}"), 0);
    assert_eq!(figure(&page, "otinish_requests_overdue{operator=\"citicom\"}"), 0);
    assert!(figure(&page, "otinish_mails{state=\"pending\"}") >= 1);
    assert_eq!(figure(&page, "otinish_mails{state=\"dead\"}"), 0);
    assert!(!page.contains("otinish_worker_last_turn_timestamp_seconds{"), "no worker has run yet");

    test.app.clock.advance(Duration::days(20));
    assert_eq!(figure(&figures(&test).await, "otinish_mail_queue_age_seconds"), 20 * 24 * 3600);
    test.work().await;
    let page = figures(&test).await;
    assert_eq!(figure(&page, "otinish_requests_overdue{operator=\"citicom\"}"), 1);
    assert_eq!(figure(&page, "otinish_mails{state=\"pending\"}"), 0);
    assert_eq!(figure(&page, "otinish_mail_queue_age_seconds"), 0);
    for job in ["clocks", "mails", "upkeep"] {
        let turn = figure(&page, &format!("otinish_worker_last_turn_timestamp_seconds{{job=\"{job}\"}}"));
        assert_eq!(turn, test.app.clock.now().timestamp(), "{job}");
    }
}

#[tokio::test]
async fn failed_sign_ins_wrong_secrets_and_refusals_of_the_limits_are_counted() {
    let test = TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), |name| match name {
        "METRICS_TOKEN" => Some(TOKEN.to_owned()),
        "RATE_LIMITS" => Some("on".to_owned()),
        _ => None,
    })
    .await;
    let member = test.staff("agent", Role::Agent, "citicom").await;
    for email in [member.email.as_str(), "nobody@staff.example.kz"] {
        let form = json!({"email": email, "password": "a wrong password"});
        test.post("/api/v1/auth/login", None, &form).await.problem(401, "unauthorized");
    }
    let request = test.submit("citicom", &forms::access()).await;
    let wrong = || async { test.get(&request.path(""), Some("wrong")).await.status };
    for _ in 0..30 {
        assert_eq!(wrong().await, 404);
    }
    assert_eq!(wrong().await, 429);
    let page = figures(&test).await;
    let event = |name: &str| figure(&page, &format!("otinish_security_events_total{{event=\"{name}\"}}"));
    assert_eq!(event("failed_sign_in"), 2);
    assert_eq!(event("wrong_secret"), 31);
    assert_eq!(event("rate_limited"), 1);
    assert_eq!(event("broken_chain"), 0);
}

#[tokio::test]
async fn an_answer_that_is_not_there_yet_is_no_wrong_secret() {
    let test = start("https://requests.example.kz").await;
    let request = test.submit("citicom", &forms::access()).await;
    test.get(&request.path("/answer"), Some(&request.token)).await.problem(404, "not_found");
    let page = figures(&test).await;
    assert_eq!(figure(&page, "otinish_security_events_total{event=\"wrong_secret\"}"), 0);
}

#[tokio::test]
async fn nothing_of_a_person_and_no_reference_stands_in_the_figures() {
    let test = start("https://requests.example.kz").await;
    let member = test.staff("agent", Role::Agent, "citicom").await;
    let request = test.submit("citicom", &forms::access()).await;
    test.get(&request.path(""), Some(&request.token)).await.expect(200);
    test.view(&member, &request.reference).await;
    test.get("/api/v1/operators/made-up-operator", None).await.problem(404, "not_found");
    test.get("/made/up/address", None).await;
    test.work().await;
    let page = figures(&test).await;
    for secret in [&request.reference, &request.token, &member.id, &member.email, &"made".to_owned()] {
        assert!(!page.contains(secret.as_str()), "{secret}");
    }
    assert!(!page.contains('@') && !page.contains("127.0.0.1"), "{page}");
}

#[tokio::test]
async fn without_a_token_the_figures_are_for_the_machine_itself_alone() {
    let url = |url: &'static str| move |name: &str| (name == "PUBLIC_URL").then(|| url.to_owned());
    let test = TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), url("http://127.0.0.1:8080")).await;
    assert_eq!(test.get("/metrics", None).await.status, 200);
    for name in ["x-forwarded-for", "forwarded", "via", "x-real-ip"] {
        let through = test.call(reqwest::Method::GET, "/metrics", None, None, &[(name, "203.0.113.9")]).await;
        through.problem(404, "not_found");
    }
    let test =
        TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), url("https://requests.example.kz")).await;
    test.get("/metrics", None).await.problem(404, "not_found");
}

#[tokio::test]
async fn with_a_token_the_figures_are_for_whoever_has_it() {
    let test = start("http://127.0.0.1:8080").await;
    test.get("/metrics", None).await.problem(401, "unauthorized");
    test.get("/metrics", Some("0123456789abcdef0123456789abcdee")).await.problem(401, "unauthorized");
    let answer = test.get("/metrics", Some(TOKEN)).await;
    assert_eq!(answer.status, 200);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), (Some(kind), Some("no-store")));
}
