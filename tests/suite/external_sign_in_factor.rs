//! Sign-in by an external service, its second factor, and what else ends or shuts an account.

use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::external_sign_in::{BEGIN, EMAIL, audited, begin, dpo, english, service, start, start_with, through};
use crate::support::journey::{rows, tamper};
use crate::support::{PASSWORD, TestApp};

#[tokio::test]
async fn a_second_factor_is_asked_for_here_unless_the_settings_take_the_service_s_for_it() {
    let issuer = service();
    for (words, amr, is_asked) in [("", "otp", true), ("mfa, otp", "pwd", true), ("mfa, otp", "otp", false)] {
        let test = start_with(&issuer, &[("OIDC_SECOND_FACTOR", words)]).await;
        let member = dpo(&test).await;
        let phone = test.enrol(&member).await;
        test.app.clock.advance(chrono::Duration::minutes(2));
        let now = test.app.clock.now();
        issuer.order(json!({"claims": {"amr": [amr]}, "now": now.timestamp()})).await;
        let mut browser = english(&test);
        let page = through(&mut browser, &issuer).await;
        if is_asked {
            assert!(page.answer.text.contains("name=\"code\""), "{}", page.answer.text);
            assert!(!page.path.contains("callback"), "{}", page.path);
            assert_eq!(rows(&test.database)["external_identities"], 0, "nothing is bound before the code");
            let wrong = browser.send(&page, "/staff/sign-in", &[("code", "000000")]).await;
            assert_eq!(wrong.answer.status, 401);
            let page = browser.send(&wrong, "/staff/sign-in", &[("code", &phone.code(&test, 0))]).await;
            assert!(page.answer.status == 200 && page.path != "/staff/sign-in", "{}", page.answer.text);
            assert_eq!(audited(&test).last().unwrap().1, json!({"by": "external"}));
        } else {
            assert!(page.answer.status == 200 && page.path.starts_with("/staff/re"), "{}", page.path);
            assert_eq!(audited(&test).last().unwrap().1, json!({"by": "external_two_factors"}));
        }
        assert_eq!(rows(&test.database)["external_identities"], 1);
    }
}

#[tokio::test]
async fn a_role_that_needs_a_second_factor_needs_it_here_unless_the_service_showed_one() {
    let issuer = service();
    let test = start_with(&issuer, &[("OIDC_SECOND_FACTOR", "mfa")]).await;
    let admin = test.staff("root", Role::Admin, "").await;
    dpo(&test).await;
    let policy = json!({"totp_required_roles": ["dpo"]});
    let path = "/api/v1/staff/sign-in-policy";
    test.call(reqwest::Method::PUT, path, Some(&admin.token), Some(&policy), &[]).await.expect(200);
    let mut browser = english(&test);
    through(&mut browser, &issuer).await;
    assert_eq!(browser.open("/staff/requests").await.path, "/staff/account", "set it up first");
    issuer.order(json!({"claims": {"acr": "mfa"}})).await;
    let mut browser = english(&test);
    through(&mut browser, &issuer).await;
    assert_eq!(browser.open("/staff/requests").await.path, "/staff/requests");
}

#[tokio::test]
async fn resets_by_an_administrator_end_sessions_and_leave_the_other_way_open() {
    let issuer = service();
    let test = start(&issuer).await;
    let admin = test.staff("root", Role::Admin, "").await;
    let member = dpo(&test).await;
    let mut browser = english(&test);
    assert_eq!(through(&mut browser, &issuer).await.answer.status, 200);
    let path = |what: &str| format!("/api/v1/staff/users/{}/{what}", member.id);
    test.post(&path("password-reset"), Some(&admin.token), &Value::Null).await.expect(200);
    assert!(browser.open("/staff/requests").await.path.starts_with("/staff/sign-in"), "the session ended");
    through(&mut browser, &issuer).await;
    assert_eq!(browser.open("/staff/requests").await.path, "/staff/requests", "no temporary password was used here");

    test.post(&path("external-reset"), Some(&member.token), &Value::Null).await.problem(401, "unauthorized");
    test.post(&path("external-reset"), Some(&admin.token), &Value::Null).await.expect(204);
    assert!(browser.open("/staff/requests").await.path.starts_with("/staff/sign-in"));
    issuer.order(json!({"claims": {"sub": "subject-2"}})).await;
    assert_eq!(through(&mut browser, &issuer).await.answer.status, 200, "bound anew by the proven address");
    let own = format!("/api/v1/staff/users/{}/external-reset", admin.id);
    test.post(&own, Some(&admin.token), &Value::Null).await.problem(403, "forbidden");
    let reset = ("external_identity_reset".to_owned(), json!({"user_id": member.id}));
    assert!(audited(&test).contains(&reset));
}

#[tokio::test]
async fn a_lock_after_wrong_passwords_does_not_shut_out_whoever_the_service_names() {
    let issuer = service();
    let test = start(&issuer).await;
    dpo(&test).await;
    for _ in 0..5 {
        let wrong = json!({"email": EMAIL, "password": "a wrong password"});
        test.post("/api/v1/auth/login", None, &wrong).await.problem(401, "unauthorized");
    }
    let mut browser = english(&test);
    let page = through(&mut browser, &issuer).await;
    assert!(page.answer.status == 200 && page.path != "/staff/sign-in");
    let right = json!({"email": EMAIL, "password": PASSWORD});
    test.post("/api/v1/auth/login", None, &right).await.problem(429, "rate_limited");
}

#[tokio::test]
async fn two_browsers_that_come_back_at_once_are_one_member() {
    let issuer = service();
    let test = start(&issuer).await;
    dpo(&test).await;
    let (mut one, mut two) = (english(&test), english(&test));
    let backs = [issuer.visit(&begin(&mut one, BEGIN).await).await, issuer.visit(&begin(&mut two, BEGIN).await).await];
    let (first, second) = tokio::join!(one.open(&backs[0]), two.open(&backs[1]));
    assert_eq!((first.answer.status, second.answer.status), (200, 200), "{} {}", first.answer.text, second.answer.text);
    assert_eq!(rows(&test.database)["external_identities"], 1);
}

#[tokio::test]
async fn without_a_service_there_is_no_button_and_no_way_in() {
    let test = TestApp::start().await;
    let mut browser = english(&test);
    assert!(!browser.open("/staff/sign-in").await.answer.text.contains("/staff/oidc"));
    for path in [BEGIN, "/staff/oidc/callback?code=a&state=b"] {
        assert_eq!(browser.open(path).await.answer.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_forged_ticket_of_the_second_step_is_none() {
    let issuer = service();
    let test = start(&issuer).await;
    let member = dpo(&test).await;
    let phone = test.enrol(&member).await;
    test.app.clock.advance(chrono::Duration::minutes(2));
    let now = test.app.clock.now();
    issuer.order(json!({"now": now.timestamp()})).await;
    let mut browser = english(&test);
    let page = through(&mut browser, &issuer).await;
    let name = browser.cookies.keys().find(|name| name.contains("second_step")).unwrap().clone();
    let genuine = browser.cookies[&name].clone();
    for (from, to) in
        [(".external.", ".external_two_factors."), (".external.", ".password."), (member.id.as_str(), "0")]
    {
        browser.cookies.insert(name.clone(), genuine.replace(from, to));
        let answer = browser.send(&page, "/staff/sign-in", &[("code", &phone.code(&test, 0))]).await;
        assert_eq!(answer.answer.status, 401, "{to}");
    }
    tamper(&test.database, "UPDATE staff SET password_hash = 'another'");
    browser.cookies.insert(name, genuine);
    let answer = browser.send(&page, "/staff/sign-in", &[("code", &phone.code(&test, 0))]).await;
    assert_eq!(answer.answer.status, 401, "another password by now");
}
