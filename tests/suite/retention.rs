//! The end of the term: what is personal is destroyed, the skeleton stays.

use std::collections::BTreeMap;

use chrono::Duration;
use diesel::prelude::*;
use otinish::domain::event_chain::{verify, without_ciphertext};
use otinish::services::retention::{Pass, pass};
use otinish::storage::retention::{TombstoneRow, tombstones};
use otinish::storage::{clocks, requests, schema};
use serde_json::{Value, json};

use crate::support::journey::{Desk, rows, stored, stored_chain, tamper};
use crate::support::program::copy_folder;
use crate::support::{Submitted, TestApp, TestDatabase, forms};

/// What is destroyed when, by the profile's three years: a request that was closed on 23 November 2026 is kept until the end of
/// 23 November 2029.
const LAST_DAY: &str = "2029-11-23T23:59";
const DAY_AFTER: &str = "2029-11-24T00:00";

fn stones(database: &TestDatabase) -> Vec<TombstoneRow> {
    tombstones(&mut database.connect(), None, 1_000).unwrap()
}

async fn run(test: &TestApp) -> Pass {
    pass(&test.app, false, &|| false).await.unwrap()
}

/// A request with something in every place: messages both ways, a note, a refusal with reasons, a code that was sent again.
async fn rich(test: &TestApp, desk: &Desk) -> Submitted {
    let request = test.brought_to("review", desk, "kazteleport", &forms::of_kind("correction")).await;
    test.done(&desk.agent, &request, "ask", json!({"text": "Which number, Айгүл?"})).await;
    test.post(&request.path("/messages"), Some(&request.token), &json!({"text": "The old one."})).await.expect(201);
    test.done(&desk.agent, &request, "note", json!({"text": "Сәрсенова is known to us."})).await;
    test.done(&desk.agent, &request, "mark_violation", json!({"reason": "Айгүл named a leak."})).await;
    let refusal = json!({"outcome": "refused", "letter": "Dear Айгүл …", "grounds": [{"code": "wrong_operator", "text": "Not us."}]});
    test.done(&desk.agent, &request, "propose", refusal).await;
    test.done(&desk.dpo, &request, "approve", json!({})).await;
    test.work().await;
    assert_eq!(test.status_of(&request).await, "answered");
    request
}

#[tokio::test]
async fn after_the_term_only_the_skeleton_is_left_and_the_chain_still_verifies() {
    let test = TestApp::start().await;
    let mut desk = test.desk("kazteleport").await;
    let request = rich(&test, &desk).await;
    let before = test.view(&desk.dpo, &request.reference).await;
    assert_eq!((&before["kept_until"], &before["destroyed_at"]), (&json!("2029-11-23"), &Value::Null));
    let (_, links, _) = stored_chain(&test.database, &request.reference);
    assert!(without_ciphertext(&links).is_empty() && links.iter().any(|link| link.ciphertext.is_some()));

    test.travel_to(LAST_DAY).await;
    assert_eq!(stones(&test.database), []);
    test.travel_to(DAY_AFTER).await;
    test.renew_desk(&mut desk).await;

    let view = test.view(&desk.dpo, &request.reference).await;
    assert_eq!(view["destroyed_at"], "2029-11-23T19:00:00Z");
    for name in
        ["kind", "status", "outcome", "operator", "reference", "received_at", "answered_at", "rule_set", "channel"]
    {
        assert_eq!(view[name], before[name], "{name}");
    }
    assert_eq!(view["clocks"].as_array().unwrap().len(), before["clocks"].as_array().unwrap().len());
    assert_eq!((&view["masked"], &view["actions"], &view["kept_until"]), (&json!(true), &json!([]), &Value::Null));
    for name in ["contents", "answer", "submitted_by"] {
        assert_eq!(view[name], Value::Null, "{name}");
    }
    assert!(view["subject"].as_object().unwrap().values().all(Value::is_null), "{view}");
    assert!(view["messages"].as_array().unwrap().iter().all(|message| message["text"].is_null()), "{view}");
    assert!(!view.to_string().contains("Айгүл"));

    let (id, links, head) = stored_chain(&test.database, &request.reference);
    verify(&id, &links, Some(&head)).unwrap();
    assert!(!without_ciphertext(&links).is_empty() && links.iter().all(|link| link.ciphertext.is_none()));
    let events = test.get(&format!("/api/v1/staff/requests/{}/events", request.reference), Some(&desk.dpo.token)).await;
    let last = events.expect(200)["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&last["kind"], &last["actor"]["kind"]), (&json!("data_destroyed"), &json!("system")));
    assert_eq!(last["data"]["reason"], "term");

    let stone = TombstoneRow {
        request_id: id,
        reference: request.reference.clone(),
        operator_id: "kazteleport".to_owned(),
        destroyed_at: "2029-11-23T19:00:00".parse().unwrap(),
        reason: "term".to_owned(),
    };
    assert_eq!(stones(&test.database), [stone]);
}

#[tokio::test]
async fn nothing_of_a_destroyed_request_is_left_in_any_table() {
    let test = TestApp::start().await;
    let mut desk = test.desk("kazteleport").await;
    let request = rich(&test, &desk).await;
    let id = stored(&test.database, &request.reference).id;
    test.travel_to(DAY_AFTER).await;
    test.renew_desk(&mut desk).await;
    let row = stored(&test.database, &request.reference);
    assert!(row.sealed_contents.is_none() && row.sealed_token.is_none() && row.sealed_receipt.is_none());
    assert!(row.headline_clock.is_none() && row.duplicate_of.is_none() && !row.legal_hold);
    let mut connection = test.database.connect();
    let key = requests::key(&mut connection, &id).unwrap().unwrap();
    assert!(key.wrapped.is_none() && key.destroyed_at.is_some() && key.master_key_id.is_empty());
    assert!(requests::indexes(&mut connection, &id).unwrap().is_empty());
    macro_rules! left {
        ($($table:ident $column:ident),+) => {[$((
            stringify!($table),
            schema::$table::table.filter(schema::$table::$column.eq(&id)).count().get_result::<i64>(&mut connection).unwrap(),
        )),+]};
    }
    let left = left!(email_codes request_id, outbox request_id, reminders subject_id);
    assert!(left.iter().all(|(_, count)| *count == 0), "{left:?}");
    let about = schema::idempotency::table.filter(schema::idempotency::resource.eq(&request.reference));
    assert_eq!(about.count().get_result::<i64>(&mut connection).unwrap(), 0);
    let sealed: i64 = schema::messages::table
        .filter(schema::messages::sealed.is_not_null())
        .count()
        .get_result(&mut connection)
        .unwrap();
    assert_eq!((sealed, rows(&test.database)["messages"]), (0, 3));
    for clock in clocks::of_request(&mut connection, &id).unwrap() {
        assert!(clock.remind_at.is_none() && !matches!(clock.state.as_str(), "running" | "waiting"), "{clock:?}");
        let of_clock = schema::reminders::table.filter(schema::reminders::subject_id.eq(&clock.id));
        assert_eq!(of_clock.count().get_result::<i64>(&mut connection).unwrap(), 0);
    }
}

#[tokio::test]
async fn the_secret_of_a_destroyed_request_opens_nothing_and_no_search_finds_its_person() {
    let test = TestApp::start().await;
    let mut desk = test.desk("kazteleport").await;
    let request = rich(&test, &desk).await;
    test.seen(&request).await;
    test.travel_to(DAY_AFTER).await;
    test.renew_desk(&mut desk).await;
    for path in ["", "/answer"] {
        test.get(&request.path(path), Some(&request.token)).await.problem(404, "not_found");
    }
    for (path, body) in [("/messages", json!({"text": "?"})), ("/cancel", json!({})), ("/confirm/resend", json!({}))] {
        test.post(&request.path(path), Some(&request.token), &body).await.problem(404, "not_found");
    }
    for value in [forms::IIN, forms::EMAIL, "+77010000000"] {
        let found = test.post("/api/v1/staff/requests/search", Some(&desk.dpo.token), &json!({"q": value})).await;
        assert_eq!(found.expect(200)["items"], json!([]));
    }
    // It stands in the queue as a skeleton, and counts still go by what they were.
    let queue = test.get("/api/v1/staff/requests?status=answered", Some(&desk.dpo.token)).await.expect(200);
    assert_eq!(queue["items"][0]["reference"], request.reference.as_str());
    assert_eq!(queue["items"][0]["destroyed_at"], "2029-11-23T19:00:00Z");
    assert!(queue["items"][0]["subject"].as_object().unwrap().values().all(Value::is_null));
    let counts = test.get("/api/v1/staff/requests/counts", Some(&desk.dpo.token)).await.expect(200);
    assert_eq!(counts["status"], json!({"answered": 1}));
    assert_eq!(test.outbox(&desk.dpo, "").await, Vec::<Value>::new());
}

#[tokio::test]
async fn nothing_can_be_done_with_what_was_destroyed_and_the_refusal_says_why() {
    let test = TestApp::start().await;
    let mut desk = test.desk("digital-rocket").await;
    let foreign = test.staff("foreign", otinish::domain::vocabulary::Role::Dpo, "demo").await;
    // One that is blocked for good: lifting a block is possible after a final status, but not after this.
    let request = test.brought_to("answered", &desk, "digital-rocket", &forms::of_kind("blocking")).await;
    test.travel_to(DAY_AFTER).await;
    test.renew_desk(&mut desk).await;
    for action in ["unblock", "hold", "release_hold", "cancel"] {
        let answer = test.act(&desk.dpo, &request.reference, action, json!({"reason": "?"})).await;
        let problem = answer.problem(409, "data_destroyed");
        assert!(problem["detail"].as_str().unwrap().len() > 40);
    }
    let looks = rows(&test.database)["audit"];
    test.view(&desk.dpo, &request.reference).await;
    assert_eq!(rows(&test.database)["audit"], looks, "nothing personal is opened");
    let foreign = test.again(&foreign).await;
    let path = format!("/api/v1/staff/requests/{}", request.reference);
    test.get(&path, Some(&foreign.token)).await.problem(404, "not_found");
    test.act_on(&foreign, &request.reference, 1, "hold", json!({"reason": "?"})).await.problem(404, "not_found");
}

#[tokio::test]
async fn each_final_status_ends_the_term_and_what_is_open_is_never_destroyed() {
    let test = TestApp::start().await;
    let desk = test.desk("digital-rocket").await;
    let form = forms::of_kind("consent_withdrawal");
    let mut made = BTreeMap::new();
    for status in ["submitted", "review", "approval", "execution", "answered", "cancelled", "dismissed"] {
        made.insert(status, test.brought_to(status, &desk, "digital-rocket", &form).await.reference);
    }
    test.app.clock.set(crate::support::at("2059-01-01T00:00"));
    let done = run(&test).await;
    let mut destroyed: Vec<&String> = done.operators.iter().flat_map(|passed| &passed.destroyed).collect();
    let mut expected = vec![&made["answered"], &made["cancelled"], &made["dismissed"]];
    destroyed.sort();
    expected.sort();
    assert_eq!(destroyed, expected);
    for (status, reference) in &made {
        assert_eq!(stored(&test.database, reference).status.as_str(), *status);
    }
    assert_eq!(run(&test).await.destroyed(), 0, "once");
}

#[tokio::test]
async fn each_operator_has_its_own_term_and_one_without_a_profile_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["operators", "rules", "calendars", "locales"] {
        copy_folder(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name), &folder.path().join(name));
    }
    let profile = folder.path().join("operators/citicom.toml");
    let written = std::fs::read_to_string(&profile).unwrap();
    std::fs::write(&profile, written.replacen("years = 3", "years = 1", 1)).unwrap();
    let config = folder.path().display().to_string();
    let setting = move |name: &str| (name == "CONFIG_DIR").then(|| config.clone());
    let test = TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), &setting).await;
    let mut references = Vec::new();
    for operator in ["citicom", "demo", "kazteleport"] {
        let desk = test.desk(operator).await;
        references.push(test.brought_to("cancelled", &desk, operator, &forms::access()).await.reference);
    }
    test.work().await;
    test.app.clock.set(crate::support::at("2027-11-24T00:00"));
    let done = run(&test).await;
    assert_eq!(done.operators.iter().flat_map(|passed| &passed.destroyed).collect::<Vec<_>>(), [&references[0]]);

    let database = test.stop().await;
    std::fs::remove_file(folder.path().join("operators/demo.toml")).unwrap();
    let test = TestApp::start_with("2029-11-24T10:00", database, &setting).await;
    let done = run(&test).await;
    assert_eq!(done.without_profile, ["demo"]);
    assert_eq!(done.operators.iter().flat_map(|passed| &passed.destroyed).collect::<Vec<_>>(), [&references[2]]);
    assert!(stored(&test.database, &references[1]).sealed_contents.is_some());
}

#[tokio::test]
async fn several_processes_destroy_each_request_once() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let mut references = Vec::new();
    for _ in 0..4 {
        references.push(test.brought_to("cancelled", &desk, "kazteleport", &forms::access()).await.reference);
    }
    test.work().await;
    let second = test.second_process();
    test.app.clock.set(crate::support::at(DAY_AFTER));
    let go = || false;
    let (one, two) = tokio::join!(pass(&test.app, false, &go), pass(&second, false, &go));
    assert_eq!(one.unwrap().destroyed() + two.unwrap().destroyed(), 4);
    assert_eq!(stones(&test.database).len(), 4);
    for reference in &references {
        let (id, links, head) = stored_chain(&test.database, reference);
        verify(&id, &links, Some(&head)).unwrap();
        assert_eq!(links.iter().filter(|link| link.header.kind == "data_destroyed").count(), 1);
    }
}

#[tokio::test]
async fn one_that_fails_stays_whole_and_holds_up_no_other() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let bad = test.brought_to("cancelled", &desk, "kazteleport", &forms::access()).await;
    let good = test.brought_to("cancelled", &desk, "kazteleport", &forms::of_kind("claim")).await;
    test.work().await;
    // A row in the middle of a destruction cannot be read: all before it is taken back.
    let reference = &bad.reference;
    let id = stored(&test.database, reference).id;
    let of_clocks = format!("UPDATE clocks SET state = 'damaged' WHERE request_id = '{id}'");
    tamper(&test.database, &of_clocks);
    let before = (stored(&test.database, reference).version, rows(&test.database)["blind_indexes"]);
    test.travel_to(DAY_AFTER).await;
    let after = stored(&test.database, reference);
    assert!(after.destroyed_at.is_none() && after.sealed_contents.is_some());
    assert_eq!((after.version, rows(&test.database)["blind_indexes"]), (before.0, before.1 / 2));
    assert!(requests::key(&mut test.database.connect(), &id).unwrap().unwrap().wrapped.is_some());
    assert!(stored(&test.database, &good.reference).destroyed_at.is_some());
    let done = run(&test).await;
    let failed: Vec<&String> = done.operators.iter().flat_map(|passed| &passed.failed).collect();
    assert_eq!(failed, [reference]);
    tamper(&test.database, &of_clocks.replace("damaged", "void"));
    test.advance(Duration::days(1)).await;
    assert!(stored(&test.database, reference).destroyed_at.is_some(), "with the pass of the next day");
}

#[tokio::test]
async fn mails_to_staff_about_no_request_are_forgotten_after_two_weeks_and_who_got_a_digest_after_a_month() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    test.submit("kazteleport", &forms::of_kind("claim")).await;
    test.travel_to("2026-11-24T09:00").await;
    assert_eq!(test.digests().len(), 3);
    let kept = |database: &TestDatabase| -> (i64, i64) {
        let mut connection = database.connect();
        let mails = schema::outbox::table.filter(schema::outbox::request_id.is_null()).count();
        let lines = schema::reminders::table.filter(schema::reminders::subject_id.eq("digest")).count();
        (mails.get_result(&mut connection).unwrap(), lines.get_result(&mut connection).unwrap())
    };
    assert_eq!(kept(&test.database), (3, 3));
    // Nobody works any more, so that no more digests come.
    tamper(&test.database, "UPDATE staff SET disabled_at = '2026-11-24 05:00:00'");
    test.travel_to("2026-12-08T08:59").await;
    assert_eq!(kept(&test.database), (3, 3));
    test.travel_to("2026-12-09T10:00").await;
    assert_eq!(kept(&test.database), (0, 3));
    test.travel_to("2026-12-25T10:00").await;
    assert_eq!(kept(&test.database), (0, 0));
    drop(desk);
}

#[tokio::test]
async fn after_a_restore_nothing_is_destroyed_for_a_week() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    test.post(&request.path("/cancel"), Some(&request.token), &json!({})).await.expect(200);
    tamper(
        &test.database,
        "INSERT INTO reminders (subject_id, due_on, stage, recipient, at) \
         VALUES ('restore', '2029-11-24', 'restore', 'all', '2029-11-24 05:00:00')",
    );
    test.travel_to("2029-11-30T23:00").await;
    assert_eq!(stones(&test.database), []);
    test.travel_to("2029-12-01T01:00").await;
    assert_eq!(stones(&test.database).len(), 1);
}

#[tokio::test]
async fn a_hold_that_was_lifted_in_the_database_alone_still_keeps_the_data() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.submit("kazteleport", &forms::access()).await;
    test.post(&request.path("/cancel"), Some(&request.token), &json!({})).await.expect(200);
    test.done(&desk.dpo, &request, "hold", json!({"reason": "A lawsuit."})).await;
    tamper(&test.database, "UPDATE requests SET legal_hold = false");
    test.travel_to("2029-11-24T00:00").await;
    let run = run(&test).await;
    assert!(run.operators.iter().any(|passed| passed.failed == [request.reference.as_str()]), "{run:?}");
    assert_eq!(stones(&test.database), []);
}
