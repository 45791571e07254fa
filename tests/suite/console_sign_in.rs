//! Signing in to the console and out of it again: passwords, codes, sessions of browsers, and forms that others made.

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use reqwest::Method;
use serde_json::json;

use crate::console::case;
use crate::support::browser::Browser;
use crate::support::{PASSWORD, TestApp, forms};

const STAFF_COOKIE: &str = "__Host-otinish_staff";

#[tokio::test]
async fn a_member_signs_in_works_and_after_sign_out_nothing_is_shown() {
    let app = TestApp::start().await;
    let agent = app.staff("agent", Role::Agent, "demo").await;
    let request = app.submit("demo", &forms::access()).await;
    let home = case(&request.reference);
    let mut browser = Browser { language: "en", ..Browser::new(&app) };
    // Whoever is not signed in is asked for that, and led back to what they wanted.
    let page = browser.open(&home).await;
    assert_eq!(page.path, format!("/staff/sign-in?next={home}"));
    assert!(!page.expect(200).contains(&request.reference) || page.path.contains(&request.reference));
    let wrong = [("email", agent.email.as_str()), ("password", "not the password")];
    let page = browser.send(&page, "/staff/sign-in", &wrong).await;
    let html = page.expect(401);
    assert!(html.contains("The e-mail address or the password is wrong") && html.contains(&agent.email), "{html}");
    assert!(!html.contains("not the password"));
    assert!(!browser.cookies.contains_key(STAFF_COOKIE));
    let page = browser.send(&page, "/staff/sign-in", &[("password", PASSWORD)]).await;
    assert_eq!(page.path, home);
    assert!(page.expect(200).contains(&request.reference));
    assert_eq!(page.answer.header("cache-control"), Some("no-store"));
    assert!(!page.answer.header("content-security-policy").unwrap().contains("unsafe"));
    let sessions = app.get("/api/v1/auth/sessions", Some(&agent.token)).await.expect(200);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 2, "the API's and the browser's: {sessions}");
    let kept = browser.cookies.clone();
    let page = browser.send(&page, "/staff/sign-out", &[]).await;
    assert_eq!(page.path, "/staff/sign-in");
    assert!(!browser.cookies.contains_key(STAFF_COOKIE));
    assert_eq!(browser.open(&home).await.path, format!("/staff/sign-in?next={home}"));
    // Nor with a copy of the cookie.
    browser.cookies = kept;
    assert_eq!(browser.open(&home).await.path, format!("/staff/sign-in?next={home}"));
}

#[tokio::test]
async fn a_session_of_a_browser_ends_when_it_is_revoked_when_the_account_is_disabled_and_after_eight_idle_hours() {
    let app = TestApp::start().await;
    let mut admin = app.staff("admin", Role::Admin, "").await;
    let agent = app.staff("agent", Role::Agent, "demo").await;
    let mut browser = Browser::of_staff(&app, &agent).await;
    app.app.clock.advance(Duration::minutes(7 * 60 + 59));
    browser.open("/staff/requests").await.expect(200);
    app.app.clock.advance(Duration::minutes(7 * 60 + 59));
    assert_eq!(browser.open("/staff/requests").await.path, "/staff/requests", "it was used in between");
    app.app.clock.advance(Duration::minutes(8 * 60 + 1));
    assert!(browser.open("/staff/requests").await.path.starts_with("/staff/sign-in"));
    let mut browser = Browser::of_staff(&app, &agent).await;
    app.renew(&mut admin).await;
    let path = format!("/api/v1/staff/users/{}", agent.id);
    app.call(Method::PATCH, &path, Some(&admin.token), Some(&json!({"disabled": true})), &[]).await.expect(200);
    assert!(browser.open("/staff/requests").await.path.starts_with("/staff/sign-in"));
    let page = browser.sign_in(&agent.email, PASSWORD).await;
    page.expect(401);
    // A cookie that somebody made up opens nothing.
    for made_up in ["", "x", "x.y", "0192f0c0-0000-7000-8000-000000000000.AAAA"] {
        browser.cookies.insert(STAFF_COOKIE.to_owned(), made_up.to_owned());
        assert!(browser.open("/staff/requests").await.path.starts_with("/staff/sign-in"), "{made_up}");
    }
}

#[tokio::test]
async fn the_second_factor_is_asked_for_in_a_step_of_its_own() {
    let app = TestApp::start().await;
    let agent = app.staff("agent", Role::Agent, "demo").await;
    let phone = app.enrol(&agent).await;
    app.app.clock.advance(Duration::minutes(2));
    let mut browser = Browser { language: "en", ..Browser::new(&app) };
    let page = browser.sign_in(&agent.email, PASSWORD).await;
    assert!(page.expect(200).contains("autocomplete=\"one-time-code\""));
    assert!(!browser.cookies.contains_key(STAFF_COOKIE));
    let page = browser.send(&page, "/staff/sign-in", &[("code", "000000")]).await;
    assert!(page.expect(401).contains("The code is wrong or too old"));
    let page = browser.send(&page, "/staff/sign-in", &[("code", &phone.code(&app, 0))]).await;
    assert_eq!(page.path, "/staff/requests");
    assert!(browser.cookies.contains_key(STAFF_COOKIE));
    // The code is waited for as long as the app takes, not for ever.
    let mut browser = Browser { language: "en", ..Browser::new(&app) };
    let page = browser.sign_in(&agent.email, PASSWORD).await;
    app.app.clock.advance(Duration::minutes(6));
    let page = browser.send(&page, "/staff/sign-in", &[("code", &phone.code(&app, 0))]).await;
    page.expect(401);
    assert!(!browser.cookies.contains_key(STAFF_COOKIE));
    let page = browser.sign_in(&agent.email, PASSWORD).await;
    let page = browser.send(&page, "/staff/sign-in", &[("code", &phone.recovery[0])]).await;
    assert_eq!(page.path, "/staff/requests");
}

#[tokio::test]
async fn nothing_of_the_console_is_done_by_a_form_that_another_site_made() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let request = app.submit("demo", &forms::access()).await;
    let mut browser = Browser::of_staff(&app, &desk.dpo).await;
    let home = case(&request.reference);
    let page = browser.open(&home).await;
    for action in [format!("{home}/do/assign"), "/staff/search".to_owned(), "/staff/sign-out".to_owned()] {
        browser.post(&action, &[("csrf".to_owned(), "made-up".to_owned())]).await.expect(403);
        browser.post(&action, &[]).await.expect(403);
    }
    let other = Browser::of_staff(&app, &desk.agent).await;
    let stolen = page.form("/staff/sign-out");
    let mut other = other;
    other.post("/staff/sign-out", &stolen).await.expect(403);
    assert_eq!(app.view(&desk.dpo, &request.reference).await["assignee"], json!(null));
}

#[tokio::test]
async fn what_a_page_asks_by_itself_keeps_no_session_open() {
    let app = TestApp::start().await;
    let agent = app.staff("agent", Role::Agent, "demo").await;
    let request = app.submit("demo", &forms::access()).await;
    let mut browser = Browser::of_staff(&app, &agent).await;
    let cookie = format!("{STAFF_COOKIE}={}", browser.cookies[STAFF_COOKIE]);
    let version = format!("{}/version", case(&request.reference));
    let headers = [("cookie", cookie.as_str()), ("x-refresh", "1"), ("accept", "text/html")];
    for _ in 0..7 {
        app.app.clock.advance(Duration::hours(1));
        for path in ["/staff/requests", version.as_str()] {
            assert_eq!(app.call(Method::GET, path, None, None, &headers).await.status, 200, "{path}");
        }
    }
    app.app.clock.advance(Duration::minutes(61));
    assert_eq!(app.call(Method::GET, "/staff/requests", None, None, &headers).await.status, 303);
    assert!(browser.open("/staff/requests").await.path.starts_with("/staff/sign-in"));
}

#[tokio::test]
async fn an_empty_code_counts_for_nothing_and_whoever_is_locked_out_hears_for_how_long() {
    let app = TestApp::start().await;
    let agent = app.staff("agent", Role::Agent, "demo").await;
    let phone = app.enrol(&agent).await;
    app.app.clock.advance(Duration::minutes(2));
    let mut browser = Browser { language: "en", ..Browser::new(&app) };
    let page = browser.sign_in(&agent.email, PASSWORD).await;
    for _ in 0..6 {
        let asked = browser.send(&page, "/staff/sign-in", &[("code", " ")]).await;
        let html = asked.expect(422);
        assert!(html.contains("Enter the code.") && html.contains("autocomplete=\"one-time-code\""), "{html}");
    }
    for _ in 0..5 {
        browser.send(&page, "/staff/sign-in", &[("code", "000000")]).await.expect(401);
    }
    let locked = browser.send(&page, "/staff/sign-in", &[("code", &phone.code(&app, 0))]).await;
    assert!(locked.expect(429).contains("60 seconds"), "{}", locked.answer.text);
}

#[tokio::test]
async fn what_fails_in_the_console_leads_on_in_the_console_and_back_to_where_one_was() {
    let app = TestApp::start().await;
    let agent = app.staff("agent", Role::Agent, "demo").await;
    let admin = app.staff("admin", Role::Admin, "").await;
    for (member, home) in [(&agent, "/staff/requests"), (&admin, "/staff/users")] {
        let mut browser = Browser::of_staff(&app, member).await;
        let page = browser.open("/staff/nonsense").await;
        let html = page.expect(404);
        assert!(html.contains(&format!("<p><a href=\"{home}\">")), "{html}");
        assert!(!html.contains("href=\"/\"") && !html.contains("href=\"/requests\""), "{html}");
    }
    let mut browser = Browser::of_staff(&app, &agent).await;
    let page = browser.open("/staff/requests").await;
    app.app.clock.advance(Duration::hours(9));
    let over = browser.send(&page, "/staff/search", &[("q", forms::IIN)]).await;
    assert!(over.expect(401).contains("href=\"/staff/sign-in?next=/staff/requests\""), "{}", over.answer.text);
    // The filter of the queue is there again after signing in.
    let filtered = "/staff/requests?status=review&kind=access";
    let page = browser.open(filtered).await;
    assert_eq!(page.path, "/staff/sign-in?next=/staff/requests%3Fstatus%3Dreview%26kind%3Daccess");
    let page = browser.open(&format!("{}&lang=kk", page.path)).await;
    assert!(page.expect(200).contains("<html lang=\"kk\""));
    let typed = [("email", agent.email.as_str()), ("password", PASSWORD)];
    let page = browser.send(&page, "/staff/sign-in", &typed).await;
    assert_eq!(page.path, filtered);
}
