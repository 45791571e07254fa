//! Members see where they are signed in, and end it; administrators reset passwords.

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Member, PASSWORD, TestApp};

const ME: &str = "/api/v1/staff/me";
const SESSIONS: &str = "/api/v1/auth/sessions";
const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0 <b>Aigerim</b>";

async fn sessions(test: &TestApp, member: &Member) -> Vec<Value> {
    test.get(SESSIONS, Some(&member.token)).await.expect(200)["items"].as_array().unwrap().clone()
}

async fn end(test: &TestApp, member: &Member, id: &str) -> Answer {
    test.delete(&format!("{SESSIONS}/{id}"), &member.token, None).await
}

#[tokio::test]
async fn ones_sessions_are_listed_with_their_clients() {
    let test = TestApp::start().await;
    let first = test.staff("dpo", Role::Dpo, "kazteleport").await;
    test.staff("other", Role::Dpo, "kazteleport").await;
    test.app.clock.advance(Duration::minutes(2));
    let body = json!({"email": first.email, "password": PASSWORD});
    let headers = [("User-Agent", FIREFOX)];
    let tokens = test.call(Method::POST, "/api/v1/auth/login", None, Some(&body), &headers).await.expect(200);
    let items = sessions(&test, &first).await;
    let seen: Vec<_> = items.iter().map(|item| (item["client"].as_str().unwrap(), item["current"] == true)).collect();
    assert_eq!(seen, [("Firefox, Windows", false), ("other", true)]);
    assert_eq!(items[0]["created_at"], "2026-11-23T05:02:00Z");
    assert_eq!(items[1]["last_used_at"], "2026-11-23T05:00:00Z");
    assert!(!items[0].to_string().contains("Aigerim"));
    test.app.clock.advance(Duration::minutes(5));
    test.get(ME, tokens["access_token"].as_str()).await.expect(200);
    assert_eq!(sessions(&test, &first).await[0]["last_used_at"], "2026-11-23T05:07:00Z");
    // After two weeks they are over, and no longer there.
    test.app.clock.advance(Duration::days(14));
    let again = test.sign_in(&first.email).await;
    assert_eq!(sessions(&test, &again).await.len(), 1);
}

#[tokio::test]
async fn a_session_that_is_ended_is_over_with_the_next_call() {
    let test = TestApp::start().await;
    let one = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let two = test.sign_in(&one.email).await;
    let stranger = test.staff("other", Role::Dpo, "kazteleport").await;
    let id = sessions(&test, &one).await.iter().find(|item| item["current"] == false).unwrap()["id"].clone();
    let id = id.as_str().unwrap();
    end(&test, &stranger, id).await.problem(404, "not_found");
    end(&test, &one, "no-id").await.problem(404, "not_found");
    test.get(ME, Some(&two.token)).await.expect(200);
    let (first, second) = tokio::join!(end(&test, &one, id), end(&test, &one, id));
    assert!([first.status, second.status].contains(&204));
    test.get(ME, Some(&two.token)).await.problem(401, "unauthorized");
    let refresh = json!({"refresh_token": two.refresh_token});
    test.post("/api/v1/auth/refresh", None, &refresh).await.problem(401, "unauthorized");
    end(&test, &one, id).await.problem(404, "not_found");
    let own = sessions(&test, &one).await[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(end(&test, &one, &own).await.status, 204);
    test.get(ME, Some(&one.token)).await.problem(401, "unauthorized");
    test.get(SESSIONS, None).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn all_other_sessions_are_ended_at_once() {
    let test = TestApp::start().await;
    let one = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let (two, three) = (test.sign_in(&one.email).await, test.sign_in(&one.email).await);
    let stranger = test.staff("other", Role::Dpo, "kazteleport").await;
    assert_eq!(test.delete(SESSIONS, &two.token, None).await.status, 204);
    for over in [&one, &three] {
        test.get(ME, Some(&over.token)).await.problem(401, "unauthorized");
    }
    for on in [&two, &stranger] {
        test.get(ME, Some(&on.token)).await.expect(200);
    }
    assert!(test.audited().contains(&("sessions_ended".to_owned(), "{\"count\":2}".to_owned())));
}

async fn reset(test: &TestApp, by: &Member, id: &str) -> Answer {
    test.post(&format!("/api/v1/staff/users/{id}/password-reset"), Some(&by.token), &json!({})).await
}

#[tokio::test]
async fn a_reset_password_opens_nothing_but_its_change() {
    let test = TestApp::start().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    reset(&test, &member, &member.id).await.problem(403, "forbidden");
    reset(&test, &admin, &admin.id).await.problem(403, "forbidden");
    reset(&test, &admin, "nobody").await.problem(404, "not_found");
    reset(&test, &admin, "019300a0-0000-7000-8000-000000000000").await.problem(404, "not_found");
    for _ in 0..5 {
        test.login_with(&member.email, "wrong horse battery staple", None).await.problem(401, "unauthorized");
    }
    let given = reset(&test, &admin, &member.id).await.expect(200);
    let temporary = given["temporary_password"].as_str().unwrap();
    assert_eq!(given["expires_at"], "2026-11-26T05:00:00Z");
    test.get(ME, Some(&member.token)).await.problem(401, "unauthorized");
    test.login_with(&member.email, PASSWORD, None).await.problem(401, "unauthorized");
    let tokens = test.login_with(&member.email, temporary, None).await.expect(200);
    let token = tokens["access_token"].as_str();
    for path in [ME, "/api/v1/staff/requests", "/api/v1/staff/requests/counts"] {
        test.get(path, token).await.problem(403, "password_change_needed");
    }
    let change = |new: &str| json!({"current_password": temporary, "new_password": new});
    let same = test.post("/api/v1/auth/password", token, &change(temporary)).await;
    same.invalid(&[("/new_password", "password_unchanged")]);
    assert_eq!(test.post("/api/v1/auth/password", token, &change(PASSWORD)).await.status, 204);
    test.get(ME, token).await.expect(200);
    test.login_with(&member.email, temporary, None).await.problem(401, "unauthorized");
    test.login_with(&member.email, PASSWORD, None).await.expect(200);

    test.work().await;
    let mail = test.last_mail_to(&member.email);
    assert_eq!(mail.subject, "Your password was reset");
    let audited = format!("{:?}", test.audited());
    assert!(audited.contains("password_reset") && !audited.contains(temporary) && !mail.text.contains(temporary));
}

#[tokio::test]
async fn a_reset_password_holds_for_three_days() {
    let test = TestApp::start().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let given = reset(&test, &admin, &member.id).await.expect(200);
    let temporary = given["temporary_password"].as_str().unwrap();
    test.app.clock.advance(Duration::hours(72) - Duration::seconds(1));
    test.login_with(&member.email, temporary, None).await.expect(200);
    test.app.clock.advance(Duration::seconds(1));
    test.login_with(&member.email, temporary, None).await.problem(401, "unauthorized");
    let admin = test.sign_in(&admin.email).await;
    let next = reset(&test, &admin, &member.id).await.expect(200);
    test.login_with(&member.email, next["temporary_password"].as_str().unwrap(), None).await.expect(200);
}

#[tokio::test]
async fn a_reset_password_leaves_the_second_factor_as_it_is() {
    let test = TestApp::start().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let phone = test.enrol(&member).await;
    let given = reset(&test, &admin, &member.id).await.expect(200);
    let temporary = given["temporary_password"].as_str().unwrap();
    test.login_with(&member.email, temporary, None).await.problem(401, "totp_required");
    test.login_with(&member.email, temporary, Some(&phone.code(&test, 30))).await.expect(200);
}
