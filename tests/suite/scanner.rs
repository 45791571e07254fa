//! Files and the virus scanner: what is harmful is not taken, what could not be scanned waits, and what turns out to be harmful later
//! is locked away.

use otinish::metrics::SecurityEvent;
use otinish::services::attachments::scan_step;
use serde_json::{Value, json};

use super::attachments::{fetch, id, objects, pdf, sent};
use crate::support::browser::Browser;
use crate::support::clamd::{FakeClamd, HARMFUL, Manner, RealClamd};
use crate::support::journey::{rows, stored_chain, tamper};
use crate::support::{Submitted, TestApp, TestDatabase, forms};

const CHUNK: usize = 64 * 1024;

async fn start(url: String) -> TestApp {
    start_on(url, TestDatabase::create()).await
}

async fn start_on(url: String, database: TestDatabase) -> TestApp {
    let setting = move |name: &str| match name {
        "CLAMD" => Some(url.clone()),
        "CLAMD_TIMEOUT" => Some("1".to_owned()),
        _ => None,
    };
    TestApp::start_with("2026-11-23T10:00", database, setting).await
}

/// A document with something harmful in it, over a border of chunks.
fn harmful(size: usize) -> Vec<u8> {
    let mut bytes = pdf(size);
    let at = if size > CHUNK { CHUNK - 5 } else { 20 };
    bytes[at..at + HARMFUL.len()].copy_from_slice(HARMFUL);
    bytes
}

fn scan_of(view: &Value, place: usize) -> &str {
    view["attachments"][place]["scan"].as_str().unwrap()
}

fn verify_chain(test: &TestApp, request: &Submitted) {
    let (id, links, head) = stored_chain(&test.database, &request.reference);
    assert!(otinish::domain::event_chain::verify(&id, &links, Some(&head)).is_ok());
}

#[tokio::test]
async fn a_file_goes_to_the_scanner_whole_and_in_chunks_while_it_arrives() {
    let clamd = FakeClamd::start(Manner::Works).await;
    let test = start(clamd.url()).await;
    let request = test.submit("kazteleport", &forms::access()).await;
    for size in [200_000, CHUNK, CHUNK + 1, 9] {
        let view = sent(&test, &request, "a.pdf", pdf(size)).await.expect(201);
        assert_eq!(view["scan"], "clean");
        let seen = clamd.take_seen();
        assert_eq!(seen.len(), 1, "one connection a file");
        assert!(seen[0].ended && seen[0].bytes == pdf(size));
        assert_eq!(seen[0].chunks.len(), size.div_ceil(CHUNK));
        let (status, headers, _) =
            fetch(&test, &request.path(&format!("/attachments/{}", id(&view))), &request.token).await;
        assert_eq!((status, headers["otinish-scan"].to_str().unwrap()), (200, "clean"));
    }
    test.work().await;
    assert!(clamd.take_seen().is_empty(), "nothing waits");
}

#[tokio::test]
async fn a_harmful_file_is_refused_and_only_the_history_keeps_that_it_came() {
    let clamd = FakeClamd::start(Manner::Works).await;
    let test = start(clamd.url()).await;
    let desk = test.desk("kazteleport").await;
    let request = test.submit("kazteleport", &forms::of_kind("correction")).await;
    let before = rows(&test.database);
    let version = test.view(&desk.dpo, &request.reference).await["version"].clone();
    for size in [100, 200_000] {
        sent(&test, &request, "a.pdf", harmful(size)).await.invalid(&[("/file", "infected")]);
    }
    let after = rows(&test.database);
    let same = |table: &&str| before[table] == after[table];
    assert!(["attachments", "outbox", "clocks", "messages", "idempotency"].iter().all(same), "{after:?}");
    assert!(objects(&test).is_empty());
    assert_eq!(test.view(&desk.dpo, &request.reference).await["version"], version);

    let events = format!("/api/v1/staff/requests/{}/events", request.reference);
    let events = test.get(&events, Some(&desk.dpo.token)).await.expect(200);
    let last = events["items"].as_array().unwrap().last().unwrap().clone();
    let data = json!({"media_type": "application/pdf", "size": 200_000, "scan": "infected", "signature": "Test.Harmful-1",
        "status": "submitted"});
    assert_eq!((&last["kind"], &last["data"]), (&json!("file_refused"), &data));
    assert_eq!(last["actor"]["kind"], "requester");
    let timeline = test.seen(&request).await["timeline"].clone();
    assert!(timeline.as_array().unwrap().iter().all(|item| item["kind"] != "file_refused"));
    verify_chain(&test, &request);
    assert_eq!(test.app.metrics.counted(SecurityEvent::HarmfulFile), 2);
}

#[tokio::test]
async fn a_file_waits_while_the_scanner_is_away_and_whoever_opens_it_is_told() {
    let clamd = FakeClamd::start(Manner::Works).await;
    for manner in [Manner::HangsUp, Manner::HangsUpLater, Manner::Hangs, Manner::Fails] {
        let test = start(clamd.url()).await;
        let desk = test.desk("kazteleport").await;
        let request = test.submit("kazteleport", &forms::access()).await;
        clamd.now(manner);
        let view = sent(&test, &request, "a.pdf", pdf(150_000)).await.expect(201);
        assert_eq!(view["scan"], "unscanned", "{manner:?}");
        assert_eq!(scan_of(&test.view(&desk.dpo, &request.reference).await, 0), "unscanned");
        assert_eq!(scan_of(&test.view(&desk.agent, &request.reference).await, 0), "unscanned", "also masked");
        let path = format!("/api/v1/staff/requests/{}/attachments/{}", request.reference, id(&view));
        let (status, headers, body) = fetch(&test, &path, &desk.dpo.token).await;
        assert_eq!((status, headers["otinish-scan"].to_str().unwrap()), (200, "unscanned"));
        assert!(body.unwrap() == pdf(150_000));
        let trail = format!("/api/v1/staff/audit?reference={}&limit=1", request.reference);
        let trail = test.get(&trail, Some(&desk.dpo.token)).await.expect(200);
        let look = json!({"on": "attachment", "attachment": view["id"], "scan": "unscanned"});
        assert_eq!(trail["items"][0]["data"], look);

        clamd.take_seen();
        test.advance(chrono::Duration::minutes(2)).await;
        assert_eq!(scan_of(&test.seen(&request).await, 0), "unscanned", "still away: {manner:?}");
        clamd.now(Manner::Works);
        clamd.take_seen();
        test.advance(chrono::Duration::minutes(2)).await;
        assert_eq!(scan_of(&test.seen(&request).await, 0), "clean", "{manner:?}");
        let seen = clamd.take_seen();
        assert!(seen.len() == 1 && seen[0].bytes == pdf(150_000) && seen[0].ended);
    }
}

#[tokio::test]
async fn nobody_waits_for_a_scanner_that_was_away_a_moment_ago() {
    let clamd = FakeClamd::start(Manner::HangsUp).await;
    let test = start(clamd.url()).await;
    let request = test.submit("kazteleport", &forms::access()).await;
    sent(&test, &request, "a.pdf", pdf(100)).await.expect(201);
    clamd.now(Manner::Works);
    assert_eq!(sent(&test, &request, "b.pdf", pdf(101)).await.expect(201)["scan"], "unscanned");
    assert!(clamd.take_seen().is_empty());
    test.advance(chrono::Duration::minutes(1)).await;
    assert_eq!(clamd.take_seen().len(), 2);
    let view = test.seen(&request).await;
    assert_eq!((scan_of(&view, 0), scan_of(&view, 1)), ("clean", "clean"));
}

#[tokio::test]
async fn what_is_found_later_is_locked_away_and_whoever_is_responsible_hears_of_it() {
    let clamd = FakeClamd::start(Manner::HangsUp).await;
    let test = start(clamd.url()).await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("review", &desk, "kazteleport", &forms::access()).await;
    let view = sent(&test, &request, "a.pdf", harmful(200_000)).await.expect(201);
    test.work().await;
    test.take_mails();
    clamd.now(Manner::Works);
    test.advance(chrono::Duration::minutes(2)).await;

    assert_eq!(scan_of(&test.seen(&request).await, 0), "infected");
    assert_eq!(scan_of(&test.view(&desk.agent, &request.reference).await, 0), "infected");
    let of_staff = format!("/api/v1/staff/requests/{}/attachments/{}", request.reference, id(&view));
    let of_requester = request.path(&format!("/attachments/{}", id(&view)));
    let mut desk = desk;
    test.renew_desk(&mut desk).await;
    test.get(&of_staff, Some(&desk.dpo.token)).await.problem(403, "file_infected");
    test.get(&of_requester, Some(&request.token)).await.problem(403, "file_infected");
    assert_eq!(objects(&test).len(), 1, "it stays until its term is over");
    let timeline = test.seen(&request).await["timeline"].clone();
    assert_eq!(timeline.as_array().unwrap().last().unwrap()["kind"], "file_quarantined");
    let mails = test.take_mails();
    let about: Vec<_> =
        mails.iter().filter(|mail| mail.subject.contains("harmful")).map(|mail| mail.to.as_str()).collect();
    assert_eq!(about, [desk.agent.email.as_str()], "once, to the assignee");
    verify_chain(&test, &request);

    let mut browser = Browser::of_staff(&test, &desk.agent).await;
    let page = browser.open(&format!("/staff/requests/{}", request.reference)).await;
    let shown = page.answer.text;
    assert!(shown.contains("locked: the virus scanner found something harmful"));
    assert!(!shown.contains(&format!("/files/{}", id(&view))), "no link leads to it");
    clamd.take_seen();
    test.advance(chrono::Duration::days(2)).await;
    assert!(clamd.take_seen().is_empty(), "it is settled");
}

#[tokio::test]
async fn a_file_that_is_too_large_for_the_scanner_says_so_and_is_tried_again_a_day_later() {
    let clamd = FakeClamd::start(Manner::AtMost(100_000)).await;
    let test = start(clamd.url()).await;
    let desk = test.desk("kazteleport").await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let view = sent(&test, &request, "large.pdf", pdf(2_000_000)).await.expect(201);
    assert_eq!(view["scan"], "too_large");
    assert_eq!(sent(&test, &request, "small.pdf", pdf(90_000)).await.expect(201)["scan"], "clean", "it is not away");
    let mut browser = Browser::of_staff(&test, &desk.dpo).await;
    let page = browser.open(&format!("/staff/requests/{}", request.reference)).await;
    assert!(page.answer.text.contains("too large for the virus scanner"));
    test.advance(chrono::Duration::hours(23)).await;
    assert_eq!(scan_of(&test.seen(&request).await, 0), "too_large");
    clamd.now(Manner::Works);
    test.advance(chrono::Duration::hours(2)).await;
    assert_eq!(scan_of(&test.seen(&request).await, 0), "clean");
}

#[tokio::test]
async fn two_workers_scan_a_file_once_and_a_killed_one_leaves_it_to_the_next() {
    let clamd = FakeClamd::start(Manner::HangsUp).await;
    let test = start(clamd.url()).await;
    let request = test.submit("kazteleport", &forms::access()).await;
    sent(&test, &request, "a.pdf", pdf(100)).await.expect(201);
    clamd.now(Manner::Works);
    // As a worker leaves it that was killed with the file in its hands.
    tamper(&test.database, "UPDATE attachments SET next_scan_at = '2026-11-23 05:10:00'");
    test.app.clock.advance(chrono::Duration::minutes(9));
    assert_eq!(scan_step(&test.app).await.unwrap(), 0, "it may still live");
    test.app.clock.advance(chrono::Duration::minutes(2));
    let (one, two) = tokio::join!(scan_step(&test.app), scan_step(&test.app));
    assert!(one.unwrap() + two.unwrap() >= 1);
    assert_eq!(clamd.take_seen().len(), 1);
    assert_eq!(scan_of(&test.seen(&request).await, 0), "clean");
}

#[tokio::test]
async fn files_from_before_there_was_a_scanner_are_scanned_when_there_is_one() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    assert_eq!(sent(&test, &request, "a.pdf", pdf(100)).await.expect(201)["scan"], "not_scanned");
    sent(&test, &request, "b.pdf", harmful(100)).await.expect(201);
    let database = test.stop().await;
    let clamd = FakeClamd::start(Manner::Works).await;
    let test = start_on(clamd.url(), database).await;
    test.work().await;
    let view = test.seen(&request).await;
    assert_eq!((scan_of(&view, 0), scan_of(&view, 1)), ("clean", "infected"));
}

#[tokio::test]
async fn a_missing_object_holds_up_no_other_file() {
    let clamd = FakeClamd::start(Manner::HangsUp).await;
    let test = start(clamd.url()).await;
    let request = test.submit("kazteleport", &forms::access()).await;
    sent(&test, &request, "a.pdf", pdf(100)).await.expect(201);
    std::fs::remove_file(objects(&test).pop().unwrap()).unwrap();
    sent(&test, &request, "b.pdf", pdf(101)).await.expect(201);
    clamd.now(Manner::Works);
    test.advance(chrono::Duration::minutes(2)).await;
    let view = test.seen(&request).await;
    assert_eq!((scan_of(&view, 0), scan_of(&view, 1)), ("unscanned", "clean"));
}

/// The harmless file that every scanner is to call harmful, in two halves, so that none finds it here.
fn eicar() -> String {
    ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD", "-ANTIVIRUS-TEST-FILE!$H+H*"].concat()
}

#[tokio::test]
async fn the_real_scanner_is_understood() {
    let hex = |text: &[u8]| otinish::domain::event_chain::hex(text);
    let signatures = format!("Test.Eicar:0:0:{}\nTest.Harmful:0:*:{}\n", hex(eicar().as_bytes()), hex(HARMFUL));
    let Some(clamd) = RealClamd::start(&signatures, 1_000_000) else {
        println!("skipped: clamd is not installed here");
        return;
    };
    let test = start(clamd.url()).await;
    let desk = test.desk("kazteleport").await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let scanner = test.app.scanner.scanner().unwrap();
    scanner.ping().await.unwrap();
    assert_eq!(sent(&test, &request, "a.pdf", pdf(300_000)).await.expect(201)["scan"], "clean");
    for harmful in [eicar().into_bytes(), harmful(100), harmful(300_000)] {
        sent(&test, &request, "a", harmful).await.invalid(&[("/file", "infected")]);
    }
    assert_eq!(objects(&test).len(), 1);
    let events = format!("/api/v1/staff/requests/{}/events", request.reference);
    let events = test.get(&events, Some(&desk.dpo.token)).await.expect(200);
    let refused = events["items"].as_array().unwrap().iter().filter(|event| event["kind"] == "file_refused");
    let signatures: Vec<_> = refused.map(|event| event["data"]["signature"].as_str().unwrap().to_owned()).collect();
    let expected = ["Test.Eicar.UNOFFICIAL", "Test.Harmful.UNOFFICIAL", "Test.Harmful.UNOFFICIAL"];
    assert_eq!(signatures, expected);
    assert_eq!(sent(&test, &request, "a.pdf", pdf(3_000_000)).await.expect(201)["scan"], "too_large");

    drop(clamd);
    assert_eq!(sent(&test, &request, "b.pdf", pdf(500)).await.expect(201)["scan"], "unscanned");
}
