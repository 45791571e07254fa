//! Staff sign in, are locked out, go on, and are shut out.

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::journey::rows;
use crate::support::{Answer, Member, PASSWORD, TestApp, forms};

const ME: &str = "/api/v1/staff/me";
const USERS: &str = "/api/v1/staff/users";

async fn login(test: &TestApp, email: &str, password: &str) -> Answer {
    test.post("/api/v1/auth/login", None, &json!({"email": email, "password": password})).await
}

async fn refresh(test: &TestApp, token: &str) -> Answer {
    test.post("/api/v1/auth/refresh", None, &json!({"refresh_token": token})).await
}

async fn patch(test: &TestApp, admin: &Member, id: &str, body: Value) -> Answer {
    test.call(Method::PATCH, &format!("{USERS}/{id}"), Some(&admin.token), Some(&body), &[]).await
}

#[tokio::test]
async fn signing_in_gives_tokens_that_open_the_desk() {
    let test = TestApp::start().await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let answer = login(&test, "DPO@staff.example.kz", PASSWORD).await;
    let tokens = answer.expect(200);
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(900)));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let me = test.get(ME, tokens["access_token"].as_str()).await.expect(200);
    assert_eq!(me["id"], member.id.as_str());
    assert_eq!(me["roles"], json!({"kazteleport": ["dpo"]}));
    assert_eq!((&me["name"], &me["language"]), (&json!("dpo"), &json!("en")));
    let path = "/api/v1/auth/logout";
    let body = json!({"refresh_token": tokens["refresh_token"]});
    assert_eq!(test.post(path, None, &body).await.status, 204);
    test.get(ME, tokens["access_token"].as_str()).await.problem(401, "unauthorized");
    refresh(&test, tokens["refresh_token"].as_str().unwrap()).await.problem(401, "unauthorized");
    test.get(ME, Some(&member.token)).await.expect(200);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_alike() {
    let test = TestApp::start().await;
    test.staff("dpo", Role::Dpo, "kazteleport").await;
    for _ in 0..5 {
        let mut known =
            login(&test, "dpo@staff.example.kz", "wrong horse battery staple").await.problem(401, "unauthorized");
        let mut unknown = login(&test, "nobody@staff.example.kz", PASSWORD).await.problem(401, "unauthorized");
        for body in [&mut known, &mut unknown] {
            body.as_object_mut().unwrap().remove("trace_id");
        }
        assert_eq!(known, unknown);
    }
    for email in ["dpo@staff.example.kz", "nobody@staff.example.kz"] {
        let answer = login(&test, email, PASSWORD).await;
        answer.problem(429, "rate_limited");
        assert_eq!(answer.header("retry-after"), Some("60"), "{email}");
    }
}

#[tokio::test]
async fn the_lock_out_grows_and_a_right_password_ends_it() {
    let test = TestApp::start_with("2026-11-23T10:00", crate::support::TestDatabase::create(), |name| {
        (name == "RATE_LIMITS").then(|| "off".to_owned())
    })
    .await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let wrong = "wrong horse battery staple";
    for _ in 0..4 {
        login(&test, &member.email, wrong).await.problem(401, "unauthorized");
    }
    login(&test, &member.email, PASSWORD).await.expect(200);
    for _ in 0..4 {
        login(&test, &member.email, wrong).await.problem(401, "unauthorized");
    }
    for minutes in [1, 2, 4, 8] {
        login(&test, &member.email, wrong).await.problem(401, "unauthorized");
        let answer = login(&test, &member.email, PASSWORD).await;
        answer.problem(429, "rate_limited");
        assert_eq!(answer.header("retry-after"), Some((minutes * 60).to_string().as_str()));
        test.app.clock.advance(Duration::minutes(minutes) - Duration::seconds(1));
        let answer = login(&test, &member.email, PASSWORD).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, Some("1")));
        test.app.clock.advance(Duration::seconds(1));
    }
    login(&test, &member.email, PASSWORD).await.expect(200);
    login(&test, &member.email, wrong).await.problem(401, "unauthorized");
    login(&test, &member.email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_lock_out_outlives_a_restart() {
    let test = TestApp::start().await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    for _ in 0..5 {
        login(&test, &member.email, "wrong horse battery staple").await.problem(401, "unauthorized");
    }
    let database = test.stop().await;
    let test = TestApp::start_with("2026-11-23T10:00", database, |_| None).await;
    login(&test, &member.email, PASSWORD).await.problem(429, "rate_limited");
}

#[tokio::test]
async fn a_refresh_token_holds_once_and_its_reuse_ends_the_session() {
    let test = TestApp::start().await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let other = test.sign_in(&member.email).await;
    test.app.clock.advance(Duration::minutes(20));
    test.get(ME, Some(&member.token)).await.problem(401, "unauthorized");
    let second = refresh(&test, &member.refresh_token).await.expect(200);
    assert_ne!(second["refresh_token"], member.refresh_token.as_str());
    let third = refresh(&test, second["refresh_token"].as_str().unwrap()).await.expect(200);
    test.get(ME, third["access_token"].as_str()).await.expect(200);
    refresh(&test, &member.refresh_token).await.problem(401, "unauthorized");
    test.get(ME, third["access_token"].as_str()).await.problem(401, "unauthorized");
    refresh(&test, third["refresh_token"].as_str().unwrap()).await.problem(401, "unauthorized");
    refresh(&test, &other.refresh_token).await.expect(200);
    for garbage in ["", "x", &"x".repeat(43), "a\u{0}b", &member.token] {
        refresh(&test, garbage).await.problem(401, "unauthorized");
    }
}

#[tokio::test]
async fn of_two_parallel_refreshes_one_wins() {
    let test = TestApp::start().await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let (one, two) = tokio::join!(refresh(&test, &member.refresh_token), refresh(&test, &member.refresh_token));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
}

#[tokio::test]
async fn a_disabled_account_is_shut_out_with_the_next_call() {
    let test = TestApp::start().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let member = test.staff("agent", Role::Agent, "kazteleport").await;
    let request = test.submit("kazteleport", &forms::access()).await;
    test.get(ME, Some(&member.token)).await.expect(200);
    let user = patch(&test, &admin, &member.id, json!({"disabled": true})).await.expect(200);
    assert_eq!(user["disabled"], true);
    test.get(ME, Some(&member.token)).await.problem(401, "unauthorized");
    let assign = json!({"assignee": "me"});
    test.act_on(&member, &request.reference, 1, "assign", assign).await.problem(401, "unauthorized");
    refresh(&test, &member.refresh_token).await.problem(401, "unauthorized");
    login(&test, &member.email, PASSWORD).await.problem(401, "unauthorized");
    patch(&test, &admin, &member.id, json!({"disabled": false})).await.expect(200);
    test.get(ME, Some(&member.token)).await.problem(401, "unauthorized");
    login(&test, &member.email, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn changed_roles_take_effect_at_once() {
    let test = TestApp::start().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let member = test.staff("agent", Role::Agent, "kazteleport").await;
    let request = test.submit("kazteleport", &forms::access()).await;
    assert_eq!(test.view(&member, &request.reference).await["masked"], true);
    let roles = json!({"roles": [{"operator": "kazteleport", "role": "dpo"}]});
    patch(&test, &admin, &member.id, roles).await.expect(200);
    assert_eq!(test.view(&member, &request.reference).await["masked"], false);
    let roles = json!({"roles": [{"operator": "demo", "role": "dpo"}]});
    patch(&test, &admin, &member.id, roles).await.expect(200);
    let path = format!("/api/v1/staff/requests/{}", request.reference);
    test.get(&path, Some(&member.token)).await.problem(404, "not_found");
    patch(&test, &admin, &member.id, json!({"roles": []})).await.expect(200);
    test.get("/api/v1/staff/requests", Some(&member.token)).await.problem(403, "forbidden");
}

#[tokio::test]
async fn an_administrator_keeps_the_accounts() {
    let test = TestApp::start().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let form = json!({"email": "New@Staff.example.kz", "name": "New Member", "language": "kk",
        "roles": [{"operator": "demo", "role": "agent"}, {"operator": "citicom", "role": "auditor"}]});
    let answer = test.post(USERS, Some(&admin.token), &form).await;
    let user = answer.expect(201);
    let id = user["id"].as_str().unwrap();
    assert_eq!(answer.header("location"), Some(format!("{USERS}/{id}").as_str()));
    assert_eq!((&user["email"], &user["disabled"]), (&json!("new@staff.example.kz"), &json!(false)));
    let password = user["initial_password"].as_str().unwrap();
    login(&test, "new@staff.example.kz", password).await.expect(200);
    test.post(USERS, Some(&admin.token), &form).await.problem(409, "duplicate_user");
    let list = test.get(USERS, Some(&admin.token)).await;
    assert_eq!(list.expect(200)["items"].as_array().unwrap().len(), 2);
    assert!(!list.text.contains("password") && !list.text.contains("argon2"), "{}", list.text);
    let first = test.get(&format!("{USERS}?limit=1"), Some(&admin.token)).await.expect(200);
    let next = format!("{USERS}?limit=1&cursor={}", first["next_cursor"].as_str().unwrap());
    let second = test.get(&next, Some(&admin.token)).await.expect(200);
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
    assert_eq!(second["next_cursor"], Value::Null);
    patch(&test, &admin, &admin.id, json!({"disabled": true})).await.problem(409, "last_admin");
    patch(&test, &admin, &admin.id, json!({"roles": []})).await.problem(409, "last_admin");
    test.get(ME, Some(&admin.token)).await.expect(200);
}

#[tokio::test]
async fn mistakes_in_an_account_are_named_and_nothing_is_stored() {
    let test = TestApp::start().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let before = rows(&test.database);
    let good = json!({"email": "a@staff.example.kz", "name": "A", "roles": [{"operator": "demo", "role": "agent"}]});
    for (field, value, pointer, code) in [
        ("email", json!("nobody"), "/email", "email_format"),
        ("name", json!("a\u{202e}b"), "/name", "bidi_character"),
        ("language", json!("de"), "/language", "not_one_of"),
        ("password", json!("short"), "/password", "password_too_short"),
        ("password", json!("password12345"), "/password", "password_too_common"),
        ("roles", json!([]), "/roles", "required"),
        ("roles", json!([{"operator": "nobody", "role": "agent"}]), "/roles/0/operator", "not_one_of"),
        ("roles", json!([{"role": "agent"}]), "/roles/0/operator", "required"),
        ("roles", json!([{"operator": "demo", "role": "king"}]), "/roles/0/role", "not_one_of"),
        ("roles", json!([{"operator": "demo", "role": "admin"}]), "/roles/0/operator", "admin_has_no_operator"),
        ("roles", json!([{"role": "admin"}, {"operator": "demo", "role": "agent"}]), "/roles", "admin_stands_alone"),
        ("is_admin", json!(true), "/is_admin", "unknown_field"),
    ] {
        let mut form = good.clone();
        form[field] = value;
        test.post(USERS, Some(&admin.token), &form).await.invalid(&[(pointer, code)]);
    }
    assert_eq!(rows(&test.database), before);
}

#[tokio::test]
async fn nobody_but_an_administrator_sees_or_changes_accounts() {
    let test = TestApp::start().await;
    for role in [Role::Agent, Role::Dpo, Role::Auditor] {
        let member = test.staff(role.as_str(), role, "kazteleport").await;
        let before = rows(&test.database);
        test.get(USERS, Some(&member.token)).await.problem(403, "forbidden");
        let form = json!({"email": "x@staff.example.kz", "name": "X", "roles": [{"role": "admin"}]});
        test.post(USERS, Some(&member.token), &form).await.problem(403, "forbidden");
        let roles = json!({"roles": [{"role": "admin"}]});
        patch(&test, &member, &member.id, roles).await.problem(403, "forbidden");
        assert_eq!(rows(&test.database), before, "{role}");
    }
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions() {
    let test = TestApp::start().await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let other = test.sign_in(&member.email).await;
    let path = "/api/v1/auth/password";
    let new = "a wholly different sentence";
    let body = json!({"current_password": "wrong horse battery staple", "new_password": new});
    test.post(path, Some(&member.token), &body).await.invalid(&[("/current_password", "wrong_password")]);
    let body = json!({"current_password": PASSWORD, "new_password": "short"});
    test.post(path, Some(&member.token), &body).await.invalid(&[("/new_password", "password_too_short")]);
    let body = json!({"current_password": PASSWORD, "new_password": new});
    assert_eq!(test.post(path, Some(&member.token), &body).await.status, 204);
    test.get(ME, Some(&member.token)).await.expect(200);
    test.get(ME, Some(&other.token)).await.problem(401, "unauthorized");
    refresh(&test, &other.refresh_token).await.problem(401, "unauthorized");
    login(&test, &member.email, PASSWORD).await.problem(401, "unauthorized");
    login(&test, &member.email, new).await.expect(200);
}
