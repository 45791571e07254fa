//! The outbox: retries, dead letters, sending again, leases, and what a mail looks like.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use otinish::domain::vocabulary::Role;
use otinish::mail::transport::{MemoryTransport, SendFailure, SendOutcome, Transport};
use otinish::worker;
use serde_json::{Value, json};

use crate::support::{TestApp, TestDatabase, at, forms};

fn later() -> SendOutcome {
    SendOutcome::Retry { failure: SendFailure::replied("deferred", 451, "4.7.1 <aigul@mail.example.kz> later") }
}

fn refusal() -> SendOutcome {
    SendOutcome::Refused { failure: SendFailure::replied("refused", 550, "5.1.1 <aigul@mail.example.kz> unknown") }
}

/// A request whose receipt is the only mail.
async fn one_mail() -> (TestApp, String) {
    let test = TestApp::start().await;
    let reference = test.submit("citicom", &forms::of_kind("claim")).await.reference;
    (test, reference)
}

#[tokio::test]
async fn what_happens_and_its_mail_are_stored_together_or_not_at_all() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let request = test.submit_confirmed("citicom", &forms::access()).await;
    test.done_later(&dpo, &request.reference, "verify", json!({"result": "confirmed", "method": "records"})).await;
    test.sql(
        "CREATE TRIGGER no_mails BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE FUNCTION no_mails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$; \
         CREATE TRIGGER no_mails BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION no_mails()",
    );
    let version = test.view(&dpo, &request.reference).await["version"].clone();
    let answer = test.act(&dpo, &request.reference, "start", json!({})).await;
    assert!(answer.status >= 500, "{}", answer.text);
    let view = test.view(&dpo, &request.reference).await;
    assert_eq!((&view["status"], &view["version"]), (&json!("review"), &version), "nothing was changed");
    assert!(!test.events(&dpo, &request.reference).await.contains(&"work_started".to_owned()));
    let answer = test.post("/api/v1/operators/citicom/requests", None, &forms::of_kind("claim")).await;
    assert!(answer.status >= 500, "{}", answer.text);
    test.sql("DROP TRIGGER no_mails", "DROP TRIGGER no_mails ON outbox");
    let queue = test.get("/api/v1/staff/requests", Some(&dpo.token)).await.expect(200);
    assert_eq!(queue["items"].as_array().unwrap().len(), 1, "no request without its receipt");
    test.act(&dpo, &request.reference, "start", json!({})).await.expect(200);
    assert_eq!(test.outbox(&dpo, "&state=pending").await[0]["mail"], "work_started");
}

#[tokio::test]
async fn a_failure_that_may_pass_is_retried_after_1_2_5_10_30_minutes_then_hourly_for_three_days() {
    let (test, reference) = one_mail().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let start = test.app.clock.now();
    let mut waits = Vec::new();
    let mut attempts = 0;
    let last = loop {
        test.mail.fail_next(&later(), 1);
        assert_eq!(worker::outbox::step(&test.app, "one").await.unwrap(), 1);
        attempts += 1;
        let receipt = test.outbox(&dpo, "").await.into_iter().find(|mail| mail["mail"] == "receipt").unwrap();
        assert_eq!(receipt["attempts"], attempts);
        let failure = ["failure", "smtp_code", "smtp_enhanced"].map(|name| receipt[name].clone());
        assert_eq!(failure, [json!("deferred"), json!(451), json!("4.7.1")]);
        let Some(next) = receipt["next_attempt_at"].as_str() else { break receipt };
        assert_eq!(receipt["state"], "pending");
        let next: DateTime<Utc> = next.parse().unwrap();
        waits.push((next - test.app.clock.now()).num_minutes());
        // A second earlier nothing is tried.
        test.app.clock.set(next - Duration::seconds(1));
        assert_eq!(worker::outbox::step(&test.app, "one").await.unwrap(), 0);
        test.app.clock.set(next);
    };
    assert_eq!(waits[..6], [1, 2, 5, 10, 30, 60]);
    assert!(waits[5..].iter().all(|wait| *wait == 60));
    assert_eq!(waits.iter().sum::<i64>(), 48 + 60 * 71, "the last attempt is the last one within 72 hours");
    assert!(test.app.clock.now() - start <= Duration::days(3));
    assert_eq!((&last["state"], &last["sent_at"]), (&json!("dead"), &Value::Null));
    test.work().await;
    let alert = test.last_mail_to(&dpo.email);
    assert!(alert.subject.ends_with("not delivered") && alert.text.contains("451"), "{}", alert.text);
    assert!(test.events(&dpo, &reference).await.contains(&"mail_dead".to_owned()));
}

#[tokio::test]
async fn a_mail_that_failed_for_a_while_arrives_once() {
    let (test, _) = one_mail().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    test.mail.fail_next(&later(), 3);
    for _ in 0..10 {
        test.advance(Duration::minutes(1)).await;
    }
    assert_eq!(test.mails().len(), 1);
    let receipt = test.outbox(&dpo, "&state=sent").await.remove(0);
    assert_eq!((&receipt["attempts"], &receipt["smtp_code"]), (&json!(4), &Value::Null));
    assert_eq!(receipt["sent_at"], "2026-11-23T05:09:00Z", "tried at once, then after 1, 2 and 5 minutes");
}

#[tokio::test]
async fn a_permanent_refusal_is_a_dead_letter_at_once_that_staff_see_and_the_dpos_hear_of() {
    let (test, reference) = one_mail().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let other = test.staff("second", Role::Dpo, "citicom").await;
    let elsewhere = test.staff("elsewhere", Role::Dpo, "kazteleport").await;
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    let dead = test.outbox(&dpo, "&state=dead").await;
    assert_eq!(dead.len(), 1);
    assert_eq!((&dead[0]["mail"], &dead[0]["attempts"]), (&json!("receipt"), &json!(1)));
    assert_eq!((&dead[0]["smtp_code"], &dead[0]["smtp_enhanced"]), (&json!(550), &json!("5.1.1")));
    assert!(!dead[0].to_string().contains("aigul"), "servers quote addresses: {}", dead[0]);
    let mails = test.take_mails();
    let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, [dpo.email.as_str(), other.email.as_str()]);
    assert!(mails.iter().all(|mail| mail.text.contains("550") && !mail.text.contains("aigul")));
    let path = format!("/api/v1/staff/requests/{reference}/events");
    let events = test.get(&path, Some(&dpo.token)).await.expect(200);
    let event = events["items"].as_array().unwrap().iter().find(|event| event["kind"] == "mail_dead").unwrap().clone();
    assert_eq!((&event["data"]["smtp_code"], &event["data"]["name"]), (&json!(550), &json!("receipt")));
    assert!(!event.to_string().contains("aigul"), "{event}");
    assert!(test.outbox(&elsewhere, "").await.is_empty());
    assert!(test.outbox(&agent, "").await.is_empty(), "agents see the mails of the requests they have");
    test.done_later(&agent, &reference, "assign", json!({"assignee": "me"})).await;
    assert_eq!(test.outbox(&agent, "&state=dead").await.len(), 1);
}

#[tokio::test]
async fn a_failed_mail_about_a_failed_mail_goes_round_in_no_circles() {
    let (test, _) = one_mail().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    test.mail.fail_next(&refusal(), 50);
    test.work().await;
    test.advance(Duration::days(1)).await;
    let dead = test.outbox(&dpo, "&state=dead").await;
    let names: BTreeSet<&str> = dead.iter().map(|mail| mail["mail"].as_str().unwrap()).collect();
    assert!(names.contains("mail_failed"), "{names:?}");
    let alerts = dead.iter().filter(|mail| mail["mail"] == "mail_failed").count();
    // An alert tells of many at once, and nobody is told of a dead alert by one more mail.
    let others = dead.iter().filter(|mail| !matches!(mail["mail"].as_str(), Some("mail_failed" | "alert"))).count();
    assert_eq!(alerts, others, "each other mail was told of once: {names:?}");
}

#[tokio::test]
async fn without_a_dpo_the_head_hears_of_a_dead_letter() {
    let (test, _) = one_mail().await;
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    let to: Vec<String> = test.take_mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(to, ["head@citicom.example.kz"]);
}

#[tokio::test]
async fn a_dead_letter_is_sent_again_once_by_the_assignee_or_a_dpo() {
    let (test, reference) = one_mail().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let stranger = test.staff("stranger", Role::Agent, "citicom").await;
    let auditor = test.staff("auditor", Role::Auditor, "citicom").await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let elsewhere = test.staff("elsewhere", Role::Dpo, "kazteleport").await;
    test.done_later(&agent, &reference, "assign", json!({"assignee": "me"})).await;
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    test.take_mails();
    let dead = test.outbox(&dpo, "&state=dead").await.remove(0);
    let path = format!("/api/v1/staff/outbox/{}/resend", dead["id"].as_str().unwrap());
    let press = async |token: Option<&str>| test.post(&path, token, &json!({})).await;
    press(None).await.problem(401, "unauthorized");
    press(Some(&stranger.token)).await.problem(404, "not_found");
    press(Some(&elsewhere.token)).await.problem(404, "not_found");
    press(Some(&auditor.token)).await.problem(403, "forbidden");
    let (one, two) = tokio::join!(press(Some(&agent.token)), press(Some(&dpo.token)));
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", one.text, two.text);
    test.work().await;
    press(Some(&dpo.token)).await.problem(409, "invalid_transition");
    let mails = test.take_mails();
    assert_eq!(mails.len(), 1, "two presses are one mail");
    assert_eq!(mails[0].to, forms::EMAIL);
    let again = test.outbox(&dpo, "&state=sent").await;
    let again = again.iter().find(|mail| mail["resent_from"] == dead["id"]).unwrap();
    assert_eq!(again["mail"], "receipt");
    assert_eq!(test.outbox(&dpo, "&state=dead").await.len(), 1, "the dead letter stays as it is");
    assert!(test.events(&dpo, &reference).await.contains(&"mail_resent".to_owned()));
    let path = format!("/api/v1/staff/outbox/{}/resend", again["id"].as_str().unwrap());
    test.post(&path, Some(&dpo.token), &json!({})).await.problem(409, "invalid_transition");
    for id in ["x", "00000000-0000-7000-8000-000000000000"] {
        let path = format!("/api/v1/staff/outbox/{id}/resend");
        test.post(&path, Some(&dpo.token), &json!({})).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn a_lease_of_a_worker_that_died_ends_after_half_a_minute() {
    let (test, _) = one_mail().await;
    // A worker that took the mail and was never heard of again.
    let until = |sql: &str| format!("UPDATE outbox SET lease_token = 'gone', lease_until = {sql}");
    test.sql(&until("'2026-11-23 05:00:30'"), &until("TIMESTAMP '2026-11-23 05:00:30'"));
    test.advance(Duration::seconds(29)).await;
    assert!(test.mails().is_empty(), "it is in other hands");
    test.advance(Duration::seconds(2)).await;
    assert_eq!(test.mails().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_at_once_send_each_mail_once() {
    let test = TestApp::start().await;
    for _ in 0..15 {
        test.submit("citicom", &forms::of_kind("claim")).await;
    }
    let other = test.second_process();
    let (one, two) = tokio::join!(worker::run_until_idle(&test.app), worker::run_until_idle(&other));
    one.unwrap();
    two.unwrap();
    test.work().await;
    let ids: BTreeSet<String> = test.mails().into_iter().map(|mail| mail.message_id).collect();
    assert_eq!((ids.len(), test.mails().len()), (15, 15));
}

#[tokio::test]
async fn a_mail_whose_request_lost_its_key_is_a_dead_letter_and_holds_up_nothing() {
    let (test, _) = one_mail().await;
    let destroy = "UPDATE request_keys SET wrapped = NULL";
    test.sql(destroy, destroy);
    test.submit("citicom", &forms::of_kind("claim")).await;
    let worked = tokio::time::timeout(std::time::Duration::from_secs(20), worker::run_until_idle(&test.app)).await;
    worked.expect("the worker comes to rest").expect("the worker goes on");
    let about_requests = test.mails().iter().filter(|mail| mail.reference.is_some()).count();
    assert_eq!(about_requests, 1, "the other request's receipt");
    test.advance(Duration::minutes(1)).await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let dead = test.outbox(&dpo, "&state=dead").await;
    assert_eq!((dead.len(), &dead[0]["failure"]), (1, &json!("destroyed")), "it is not tried for ever");
}

#[tokio::test]
async fn without_a_mail_server_mails_are_whole_files_named_by_their_message_id() {
    let database = TestDatabase::create();
    let folder = database.folder.path().join("mail");
    let transport = Transport::from_settings(None, folder.clone()).unwrap();
    let test = TestApp::start_on("2026-11-23T10:00", database, |_| None, transport, MemoryTransport::new()).await;
    let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let request = test.submit("kazteleport", &forms::of_kind("claim")).await;
    test.work().await;
    let mut names: Vec<String> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    for name in names {
        let bytes = std::fs::read(folder.join(&name)).unwrap();
        let read = mail_parser::MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(format!("{}.eml", read.message_id().unwrap()), name);
        assert!(read.body_text(0).unwrap().contains(&request.reference) && read.body_html(0).is_some());
        let to = read.to().unwrap().first().unwrap().address().unwrap().to_owned();
        assert!(to == forms::EMAIL || to == dpo.email);
        assert_eq!(read.date().unwrap().to_timestamp(), at("2026-11-23T10:00").timestamp());
    }
    assert_eq!(test.outbox(&dpo, "&state=sent").await.len(), 2);
}
