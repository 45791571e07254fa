//! What fails is told by a page where a browser asks, and by a problem document where a program does.

use diesel::connection::SimpleConnection;
use reqwest::Method;
use serde_json::json;

use crate::support::browser::Browser;
use crate::support::{Answer, TestApp, TestDatabase, forms};

/// What browsers ask for when a person follows a link.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn ask(app: &TestApp, method: Method, path: &str, language: &str) -> Answer {
    app.call(method, path, None, None, &[("accept", BROWSER), ("accept-language", language)]).await
}

/// The page must be whole: language, one heading, a way on, nothing kept, nothing loaded from elsewhere.
fn expect_page(answer: &Answer, status: u16, language: &str) -> String {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{}", answer.text);
    assert_eq!(answer.header("content-language"), Some(language));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.header("content-security-policy").unwrap().starts_with("default-src 'self';"));
    let html = &answer.text;
    assert!(html.contains(&format!("<html lang=\"{language}\">")), "{html}");
    assert_eq!(html.matches("<h1").count(), 1, "{html}");
    assert!(html.contains("href=\"/\"") && !html.contains("problem-"), "{html}");
    assert!(html.contains(answer.header("x-trace-id").unwrap()), "the number under which it is found: {html}");
    html.clone()
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_a_page_for_browsers_and_a_problem_for_programs() {
    let app = TestApp::start().await;
    for path in ["/nowhere", "/operators/", "/requests/x/y/z/w", "/wp-login.php", "/%D2%9B", "/staffx", "/docs2"] {
        for language in ["kk", "ru", "en"] {
            expect_page(&ask(&app, Method::GET, path, language).await, 404, language);
        }
    }
    for path in ["/nowhere", "/assets/none.css", "/staffx"] {
        app.get(path, None).await.problem(404, "not_found");
    }
    for path in ["/api", "/api/v1/nothing", "/api/v1/requests/DEM-1"] {
        let answer = ask(&app, Method::GET, path, "en").await;
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{path}: {}", answer.text);
    }
    let page = ask(&app, Method::GET, "/nowhere?lang=x&next=https://evil.example", "en").await;
    assert!(!expect_page(&page, 404, "en").contains("\"https://evil"), "nothing leads elsewhere");
}

#[tokio::test]
async fn a_wrong_method_a_large_form_and_a_long_address_are_pages_too() {
    let app = TestApp::start().await;
    for (method, path) in
        [(Method::DELETE, "/"), (Method::PUT, "/operators/demo/request"), (Method::DELETE, "/requests")]
    {
        let html = expect_page(&ask(&app, method, path, "en").await, 405, "en");
        assert!(!html.contains("Allow header"), "in words for people: {html}");
    }
    let long = format!("/operators/demo?x={}", "x".repeat(9000));
    expect_page(&ask(&app, Method::GET, &long, "ru").await, 414, "ru");
    let large = [("accept", BROWSER), ("accept-language", "kk"), ("x-large", &"x".repeat(33_000))];
    let answer = app.call(Method::GET, "/", None, None, &large).await;
    expect_page(&answer, 431, "kk");
    let mut browser = Browser { language: "kk", ..Browser::new(&app) };
    let page = browser.open("/operators/demo/request").await;
    let large = [("details", "x".repeat(300_000))];
    let large: Vec<(&str, &str)> = large.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let page = browser.send(&page, "/operators/demo/request", &large).await;
    expect_page(&page.answer, 413, "kk");
    let json = app.call(Method::POST, "/requests", None, Some(&json!({})), &[("accept", BROWSER)]).await;
    expect_page(&json, 400, "ru");
}

#[tokio::test]
async fn the_remembered_language_is_that_of_an_address_without_a_page_too() {
    let app = TestApp::start().await;
    let headers = [("accept", BROWSER), ("accept-language", "en"), ("cookie", "__Host-otinish_language=kk")];
    expect_page(&app.call(Method::GET, "/nowhere", None, None, &headers).await, 404, "kk");
}

#[tokio::test]
async fn what_a_form_was_sent_to_leads_back_to_its_page() {
    let app = TestApp::start().await;
    let request = app.submit("demo", &forms::access()).await;
    let home = format!("/requests/{}", request.reference);
    let mut browser = Browser::new(&app);
    browser.open(&format!("{home}?token={}", request.token)).await.expect(200);
    for action in ["confirm", "resend", "messages", "cancel", "leave", "files"] {
        let page = browser.open(&format!("{home}/{action}")).await;
        assert_eq!((page.answer.status, page.path.as_str()), (200, home.as_str()), "{action}");
    }
}

#[tokio::test]
async fn one_call_too_many_is_a_page_that_says_how_long_to_wait() {
    let limits = |name: &str| (name == "RATE_LIMITS").then(|| "on".to_owned());
    let app = TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), limits).await;
    let mut browser = Browser { language: "en", ..Browser::new(&app) };
    let page = browser.open("/operators/demo/request").await;
    let mut last = page.clone();
    for _ in 0..130 {
        last = browser.send(&page, "/operators/demo/request", &[("go", "next")]).await;
        if last.answer.status == 429 {
            break;
        }
    }
    let html = expect_page(&last.answer, 429, "en");
    assert!(html.contains("second") && last.answer.header("retry-after").is_some(), "{html}");
}

#[tokio::test]
async fn a_database_that_is_away_is_a_page_that_asks_to_try_again() {
    let app = TestApp::start().await;
    let request = app.submit("demo", &forms::access()).await;
    let mut browser = Browser { language: "en", ..Browser::new(&app) };
    let home = format!("/requests/{}", request.reference);
    browser.open(&format!("{home}?token={}", request.token)).await.expect(200);
    app.database.connect().batch_execute("ALTER TABLE requests RENAME TO requests_elsewhere").unwrap();
    let page = browser.open(&home).await;
    let html = expect_page(&page.answer, page.answer.status, "en");
    assert!(matches!(page.answer.status, 500 | 503), "{html}");
    assert!(html.contains(&format!("<a class=\"button\" href=\"{home}\">Try again</a>")), "{html}");
}
