//! Every call of the API by everybody: one table, from outside. It has a line for each call that `/openapi.json` names.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use diesel::prelude::*;
use otinish::domain::vocabulary::Role;
use otinish::storage::schema::outbox;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::journey::{Desk, stored};
use crate::support::{Answer, PASSWORD, Submitted, TestApp, forms};

/// Who calls, in the order of the columns: nobody · the requester · the requester of another request · an agent of another operator ·
/// an agent who does not have the request · the agent who has it · the DPO · the auditor · the administrator.
const TABLE: &str = include_str!("matrix.txt");

/// The callers' tokens, in the order of the columns.
struct Callers {
    desk: Desk,
    staff: Vec<String>,
    other_request: Submitted,
    absent: String,
}

async fn callers(test: &TestApp) -> Callers {
    let desk = test.desk("digital-rocket").await;
    let foreign = test.staff("foreign", Role::Agent, "demo").await;
    let idle = test.staff("idle", Role::Agent, "digital-rocket").await;
    let auditor = test.staff("auditor", Role::Auditor, "digital-rocket").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let absent = test.staff("absent", Role::Agent, "digital-rocket").await;
    let other_request = test.submit("digital-rocket", &forms::of_kind("claim")).await;
    let staff = [&foreign, &idle, &desk.agent, &desk.dpo, &auditor, &admin].map(|member| member.token.clone()).to_vec();
    Callers { staff, other_request, absent: absent.id, desk }
}

/// A body that fits the call.
fn body_of(pattern: &str, part: &str, callers: &Callers, (request, version): (&Submitted, i64)) -> Value {
    let away = json!({"from": "2026-11-24", "until": "2026-11-25", "deputy_id": callers.desk.deputy.id});
    match (pattern.trim_start_matches("/api/v1"), part) {
        ("/auth/login", _) => json!({"email": "nobody@staff.example.kz", "password": "not the password"}),
        ("/auth/refresh" | "/auth/logout", _) => json!({"refresh_token": "unknown"}),
        ("/auth/password", _) => json!({"current": "not the password", "new": "another long password 7"}),
        ("/auth/totp", _) => json!({"password": "not the password"}),
        ("/auth/totp/recovery-codes", _) => json!({"password": "not the password", "code": "000000"}),
        ("/staff/sign-in-policy", _) => json!({"totp_required_roles": []}),
        ("/operators/{operator}/requests", _) => forms::access(),
        ("/auth/totp/confirm" | "/requests/{reference}/confirm", _) => json!({"code": "000000"}),
        ("/requests/{reference}/messages", _) => json!({"text": "One more thing."}),
        ("/staff/bulk/{action}", "dismiss") => {
            json!({"items": [{"reference": request.reference, "version": version}], "reason": "A test."})
        }
        ("/staff/requests/search", _) => json!({"q": forms::EMAIL}),
        ("/staff/operators/{operator}/requests", _) => {
            let mut form = forms::access();
            form["channel"] = json!("paper");
            form["received_at"] = json!("2026-11-23T04:00:00Z");
            form
        }
        ("/staff/outbox/{id}/posted", _) => json!({"on": "2026-11-23"}),
        ("/staff/outbox/{id}/returned", _) => json!({"reason": "Nobody lives there."}),
        ("/staff/users", _) => {
            json!({"email": "new@staff.example.kz", "name": "New", "password": PASSWORD, "roles": [{"operator": "digital-rocket", "role": "agent"}]})
        }
        ("/staff/me/absences" | "/staff/users/{id}/absences", _) => away,
        ("/staff/calendar/{date}", _) => json!({"working": false, "name": "A day off", "source": "Order No. 1"}),
        ("/staff/calendar/years/{year}", _) => json!({"certainty": "verified", "source": "Order No. 1"}),
        (_, "assign") => json!({"assignee": "me"}),
        (_, "note") => json!({"text": "A note."}),
        (_, "block" | "dismiss") => json!({"reason": "A test."}),
        _ => json!({}),
    }
}

/// Sends a small file.
async fn send_file(test: &TestApp, path: &str, token: Option<&str>) -> Answer {
    let call = test.http.post(format!("{}{path}", test.base));
    let mut call = forms::with_file(call, &[], "letter.txt", "text/plain", b"A letter, in plain words.");
    if let Some(token) = token {
        call = call.bearer_auth(token);
    }
    let answer = call.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, text: answer.text().await.unwrap() }
}

/// A file that the request has.
async fn file_of(test: &TestApp, request: &Submitted) -> String {
    if let Some(id) = test.seen(request).await["attachments"][0]["id"].as_str() {
        return id.to_owned();
    }
    let sent = send_file(test, &request.path("/attachments"), Some(&request.token)).await.expect(201);
    sent["id"].as_str().unwrap().to_owned()
}

async fn call(test: &TestApp, line: &[&str], callers: &Callers, request: &Submitted, token: Option<&str>) -> u16 {
    let [method, pattern, part] = line else { panic!("{line:?}") };
    let file = if pattern.ends_with("/attachments/{id}") { file_of(test, request).await } else { String::new() };
    let row = stored(&test.database, &request.reference);
    let mail: String = outbox::table
        .filter(outbox::request_id.eq(&row.id))
        .order(outbox::id)
        .select(outbox::id)
        .first(&mut test.database.connect())
        .unwrap();
    let path = pattern
        .replace("{reference}", &request.reference)
        .replace("{operator}", "digital-rocket")
        .replace("{action}", part)
        .replace("{year}", "2026")
        .replace("{date}", "2027-03-03?dry_run=true")
        .replace("{absence_id}", &row.id)
        .replace("/attachments/{id}", &format!("/attachments/{file}"))
        .replace("/outbox/{id}", &format!("/outbox/{mail}"))
        .replace("/me/absences/{id}", &format!("/me/absences/{}", row.id))
        .replace("{id}", &callers.absent);
    let path = if pattern.ends_with("/deadlines") { format!("{path}?operator=demo&kind=access") } else { path };
    if path.ends_with("/attachments") {
        return send_file(test, &path, token).await.status;
    }
    let method: Method = method.parse().unwrap();
    let has_body = !matches!(method, Method::GET | Method::DELETE);
    let body = if pattern.ends_with("/auth/totp") && method == Method::DELETE {
        Some(json!({"password": "not the password", "code": "000000"}))
    } else {
        has_body.then(|| body_of(pattern, part, callers, (request, row.version)))
    };
    let version = format!("\"{}\"", row.version);
    let answer = test.call(method, &path, token, body.as_ref(), &[("If-Match", &version)]).await;
    // Of many at once each has a status of its own.
    let of_item =
        (answer.status == 200 && path.contains("/bulk/")).then(|| answer.json()["items"][0]["status"].as_u64());
    of_item.flatten().map_or(answer.status, |status| u16::try_from(status).unwrap())
}

#[tokio::test]
async fn everybody_gets_from_every_call_what_the_table_says() {
    let test = TestApp::start_with("2026-11-23T10:00", crate::support::TestDatabase::create(), |name| {
        (name == "RATE_LIMITS").then(|| "off".to_owned())
    })
    .await;
    let callers = callers(&test).await;
    let form = forms::of_kind("consent_withdrawal");
    let mut request = test.brought_to("review", &callers.desk, "digital-rocket", &form).await;
    let mut found = String::new();
    for line in TABLE.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.is_empty() || line.starts_with('#') {
            writeln!(found, "{line}").unwrap();
            continue;
        }
        let mut statuses = Vec::new();
        for column in 0..9 {
            let token = match column {
                0 => None,
                1 => Some(request.token.clone()),
                2 => Some(callers.other_request.token.clone()),
                column => Some(callers.staff[column - 3].clone()),
            };
            let status = call(&test, &words[..3], &callers, &request, token.as_deref()).await;
            statuses.push(status.to_string());
            if words[0] != "GET" && status < 300 {
                request = test.brought_to("review", &callers.desk, "digital-rocket", &form).await;
            }
        }
        writeln!(found, "{:<6} {:<51} {:<8} {}", words[0], words[1], words[2], statuses.join("  ")).unwrap();
    }
    assert_eq!(found, TABLE, "tests/suite/matrix.txt says otherwise. What was found:\n{found}");
}

#[tokio::test]
async fn the_table_has_every_call_that_the_description_names() {
    let description = serde_json::to_value(otinish::http::openapi::description()).unwrap();
    let mut described = BTreeSet::new();
    for (path, calls) in description["paths"].as_object().unwrap() {
        for method in calls.as_object().unwrap().keys().filter(|key| !matches!(key.as_str(), "parameters" | "summary"))
        {
            described.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let tabled: BTreeSet<String> =
        lines.map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(tabled, described);
}
