//! The audit trail as DPOs and auditors read it.

use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::support::{Member, PASSWORD, TestApp, forms};

async fn trail(test: &TestApp, member: &Member, query: &str) -> Vec<Value> {
    let page = test.get(&format!("/api/v1/staff/audit{query}"), Some(&member.token)).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

fn actions(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["action"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_dpo_reads_who_looked_at_what_and_why() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let auditor = test.staff("auditor", Role::Auditor, "citicom").await;
    let request = test.brought_to("review", &desk, "citicom", &forms::access()).await;
    test.view(&desk.agent, &request.reference).await;
    test.view(&desk.dpo, &request.reference).await;
    for reader in [&desk.dpo, &auditor] {
        let lines = trail(&test, reader, &format!("?reference={}&action=open_request", request.reference)).await;
        assert_eq!(lines[0]["actor"], json!({"kind": "staff", "id": desk.dpo.id, "name": "dpo.citicom"}));
        assert_eq!(lines[0]["reason"], "role");
        assert_eq!((&lines[0]["reference"], &lines[0]["operator"]), (&json!(request.reference), &json!("citicom")));
        assert!(lines.iter().any(|line| line["actor"]["id"] == json!(desk.agent.id) && line["reason"] == "assignment"));
        let written = serde_json::to_string(&lines).unwrap();
        for personal in [forms::EMAIL, forms::IIN, "Айгүл"] {
            assert!(!written.contains(personal), "{personal}");
        }
    }
}

#[tokio::test]
async fn another_operators_lines_do_not_exist() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let foreign = test.desk("demo").await;
    let request = test.brought_to("review", &desk, "citicom", &forms::access()).await;
    test.view(&desk.dpo, &request.reference).await;
    let all = trail(&test, &foreign.dpo, "").await;
    assert!(all.iter().all(|line| line["operator"] != "citicom" && line["reference"].is_null()), "{all:?}");
    for id in [&desk.agent.id, &desk.dpo.id, &desk.deputy.id] {
        assert!(all.iter().all(|line| line["actor"]["id"] != json!(id) && line["about_id"] != json!(id)));
        assert_eq!(trail(&test, &foreign.dpo, &format!("?member={id}")).await, Vec::<Value>::new());
    }
    assert!(trail(&test, &foreign.dpo, &format!("?reference={}", request.reference)).await.is_empty());
    assert!(trail(&test, &foreign.dpo, "?operator=citicom").await.is_empty());
    assert!(!trail(&test, &desk.dpo, "?operator=citicom").await.is_empty());
}

#[tokio::test]
async fn sign_ins_and_administration_are_read_by_those_who_oversee_the_member() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let foreign = test.desk("demo").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let wrong = json!({"email": desk.agent.email, "password": "not the password"});
    test.post("/api/v1/auth/login", None, &wrong).await.problem(401, "unauthorized");
    let patch = json!({"name": "Another Name"});
    let account = format!("/api/v1/staff/users/{}", desk.agent.id);
    test.call(reqwest::Method::PATCH, &account, Some(&admin.token), Some(&patch), &[]).await.expect(200);
    let of_agent = trail(&test, &desk.dpo, &format!("?member={}", desk.agent.id)).await;
    assert_eq!(actions(&of_agent), ["user_changed", "sign_in_failed", "sign_in", "user_added"]);
    assert_eq!(of_agent[0]["actor"]["id"], admin.id.as_str());
    assert_eq!(of_agent[0]["about_id"], desk.agent.id.as_str());
    assert_eq!(of_agent[1]["actor"]["kind"], "stranger");
    assert!(!serde_json::to_string(&of_agent).unwrap().contains(PASSWORD));
    assert!(trail(&test, &foreign.dpo, "?action=user_changed").await.is_empty());
    let day = json!({"working": false, "name": "A day off", "source": "Order No. 1"});
    test.call(reqwest::Method::PUT, "/api/v1/staff/calendar/2027-03-03", Some(&admin.token), Some(&day), &[])
        .await
        .expect(200);
    for reader in [&desk.dpo, &foreign.dpo] {
        assert_eq!(trail(&test, reader, "?action=calendar_changed").await.len(), 1, "the calendar is everybody's");
    }
    assert!(trail(&test, &desk.dpo, "?action=calendar_changed&operator=citicom").await.is_empty());
}

#[tokio::test]
async fn whoever_oversees_an_operator_sees_what_is_done_by_and_to_administrators() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let foreign = test.desk("demo").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let account =
        json!({"email": "second@office.example.kz", "name": "Second", "language": "en", "roles": [{"role": "admin"}]});
    let made = test.post("/api/v1/staff/users", Some(&admin.token), &account).await.expect(201);
    let stranger = json!({"email": "nobody@staff.example.kz", "password": "not the password"});
    test.post("/api/v1/auth/login", None, &stranger).await.problem(401, "unauthorized");
    for reader in [&desk.dpo, &foreign.dpo] {
        let added = trail(&test, reader, &format!("?action=user_added&member={}", made["id"].as_str().unwrap())).await;
        assert_eq!(added.len(), 1, "{added:?}");
        assert_eq!(added[0]["actor"]["id"], admin.id.as_str());
        assert!(!trail(&test, reader, &format!("?action=sign_in&member={}", admin.id)).await.is_empty());
        assert_eq!(trail(&test, reader, "?action=sign_in_failed").await.len(), 1, "of nobody's account");
    }
    assert!(trail(&test, &desk.dpo, &format!("?member={}", foreign.agent.id)).await.is_empty());
    assert!(trail(&test, &desk.dpo, "?action=sign_in_failed&operator=citicom").await.is_empty());
}

#[tokio::test]
async fn pages_are_whole_while_lines_are_added_and_days_limit_them() {
    let test = TestApp::start_at("2026-11-23T10:00").await;
    let desk = test.desk("citicom").await;
    let request = test.brought_to("review", &desk, "citicom", &forms::access()).await;
    for _ in 0..7 {
        test.view(&desk.dpo, &request.reference).await;
    }
    let whole: Vec<Value> = trail(&test, &desk.dpo, "?limit=200").await;
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/staff/audit?limit=3&cursor={cursor}");
        let page = test.get(&path, Some(&desk.dpo.token)).await.expect(200);
        found.extend(page["items"].as_array().unwrap().clone());
        // A new line is newer than every page that follows.
        test.view(&desk.dpo, &request.reference).await;
        match page["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(found, whole);
    assert!(whole.windows(2).all(|pair| pair[0]["id"].as_str() > pair[1]["id"].as_str()));
    assert!(trail(&test, &desk.dpo, "?to=2026-11-22").await.is_empty());
    assert!(trail(&test, &desk.dpo, "?from=2026-11-24").await.is_empty());
    assert!(trail(&test, &desk.dpo, "?from=2026-11-23&to=2026-11-23&limit=200").await.len() > whole.len());
}

#[tokio::test]
async fn a_filter_that_cannot_be_is_refused() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    for (query, pointer, code) in [
        ("limit=0", "/query/limit", "out_of_range"),
        ("limit=201", "/query/limit", "out_of_range"),
        ("cursor=x", "/query/cursor", "invalid_cursor"),
        ("from=0001-01-01", "/query/from", "out_of_range"),
        ("member=me", "/query/member", "invalid_value"),
        ("reference=KTP", "/query/reference", "reference_format"),
    ] {
        test.get(&format!("/api/v1/staff/audit?{query}"), Some(&desk.dpo.token)).await.invalid(&[(pointer, code)]);
    }
    for member in [&desk.agent, &admin] {
        test.get("/api/v1/staff/audit", Some(&member.token)).await.problem(403, "forbidden");
    }
}
