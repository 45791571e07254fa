//! The same call twice creates once.

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::journey::rows;
use crate::support::{Answer, TestApp, forms};

const KTP: &str = "/api/v1/operators/kazteleport/requests";

async fn post(test: &TestApp, path: &str, token: Option<&str>, body: &Value, key: &str) -> Answer {
    test.call(Method::POST, path, token, Some(body), &[("Idempotency-Key", key)]).await
}

#[tokio::test]
async fn the_same_key_and_body_give_the_first_answer_again() {
    let test = TestApp::start().await;
    let first = post(&test, KTP, None, &forms::access(), "key-1").await;
    first.expect(201);
    assert_eq!(first.header("idempotency-replayed"), None);
    test.work().await;
    let (before, mails) = (rows(&test.database), test.mails().len());
    test.app.clock.advance(Duration::hours(2));
    let again = post(&test, KTP, None, &forms::access(), "key-1").await;
    assert_eq!((again.status, &again.text), (201, &first.text));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.header("location"), first.header("location"));
    let reordered = r#"{"submitted_by":{"capacity":"subject"},"subject":SUBJECT,"language":"en","kind":"access"}"#
        .replace("SUBJECT", &forms::access()["subject"].to_string());
    let headers = [("Idempotency-Key", "key-1"), ("Content-Type", "application/json")];
    let again = test.raw(Method::POST, KTP, &headers, reordered.into_bytes()).await;
    assert_eq!((again.status, &again.text), (201, &first.text), "the order of members does not count");
    assert_eq!(rows(&test.database), before);
    test.work().await;
    assert_eq!(test.mails().len(), mails, "no second mail");
}

#[tokio::test]
async fn the_same_key_with_another_body_is_a_conflict_and_stores_nothing() {
    let test = TestApp::start().await;
    post(&test, KTP, None, &forms::access(), "key-1").await.expect(201);
    let before = rows(&test.database);
    post(&test, KTP, None, &forms::of_kind("objection"), "key-1").await.problem(422, "idempotency_conflict");
    assert_eq!(rows(&test.database), before);
}

#[tokio::test]
async fn a_refused_call_does_not_use_up_its_key() {
    let test = TestApp::start().await;
    let mut form = forms::access();
    form["subject"]["iin"] = json!("1");
    post(&test, KTP, None, &form, "key-1").await.problem(422, "validation_failed");
    post(&test, KTP, None, &forms::access(), "key-1").await.expect(201);
}

#[tokio::test]
async fn parallel_calls_with_one_key_create_one_request() {
    let test = TestApp::start().await;
    let form = forms::access();
    let calls = (0..6).map(|_| post(&test, KTP, None, &form, "key-1"));
    let answers = futures_of(calls).await;
    let references: Vec<Value> = answers.iter().map(|answer| answer.expect(201)["reference"].clone()).collect();
    assert!(references.iter().all(|reference| *reference == references[0]), "{references:?}");
    assert_eq!(answers.iter().filter(|answer| answer.header("idempotency-replayed").is_none()).count(), 1);
    assert_eq!(rows(&test.database)["requests"], 1);
}

/// Waits for all at once.
async fn futures_of(calls: impl Iterator<Item = impl Future<Output = Answer>>) -> Vec<Answer> {
    let mut calls: Vec<_> = calls.map(Box::pin).collect();
    let mut answers: Vec<Option<Answer>> = calls.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (call, answer) in calls.iter_mut().zip(answers.iter_mut()).filter(|(_, answer)| answer.is_none()) {
            if let std::task::Poll::Ready(ready) = call.as_mut().poll(context) {
                *answer = Some(ready);
            }
        }
        if answers.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    answers.into_iter().map(Option::unwrap).collect()
}

#[tokio::test]
async fn the_same_key_at_another_operator_or_by_another_member_is_another_call() {
    let test = TestApp::start().await;
    let first = post(&test, KTP, None, &forms::access(), "key-1").await.expect(201);
    let elsewhere = post(&test, "/api/v1/operators/demo/requests", None, &forms::access(), "key-1").await;
    assert_eq!(elsewhere.header("idempotency-replayed"), None);
    assert_ne!(elsewhere.expect(201)["reference"], first["reference"]);
    let mut form = forms::access();
    form["channel"] = json!("paper");
    let path = "/api/v1/staff/operators/kazteleport/requests";
    let mut references = Vec::new();
    for name in ["one", "two"] {
        let agent = test.staff(name, Role::Agent, "kazteleport").await;
        let answer = post(&test, path, Some(&agent.token), &form, "key-1").await;
        assert_eq!(answer.header("idempotency-replayed"), None, "{name}");
        let again = post(&test, path, Some(&agent.token), &form, "key-1").await;
        assert_eq!(again.header("idempotency-replayed"), Some("true"), "{name}");
        assert!(again.expect(201).get("token").is_none());
        references.push(answer.expect(201)["reference"].clone());
    }
    assert_ne!(references[0], references[1]);
}

#[tokio::test]
async fn a_key_is_forgotten_after_24_hours() {
    let test = TestApp::start().await;
    let first = post(&test, KTP, None, &forms::access(), "key-1").await.expect(201);
    test.advance(Duration::hours(24) - Duration::seconds(1)).await;
    let again = post(&test, KTP, None, &forms::access(), "key-1").await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    test.advance(Duration::seconds(1)).await;
    let new = post(&test, KTP, None, &forms::access(), "key-1").await;
    assert_eq!(new.header("idempotency-replayed"), None);
    assert_ne!(new.expect(201)["reference"], first["reference"]);
}

#[tokio::test]
async fn a_key_survives_a_restart_and_no_body_is_kept_with_it() {
    let test = TestApp::start().await;
    let first = post(&test, KTP, None, &forms::access(), "key-1").await;
    let database = test.stop().await;
    let test = TestApp::start_with("2026-11-23T11:00", database, |_| None).await;
    let again = post(&test, KTP, None, &forms::access(), "key-1").await;
    assert_eq!((again.header("idempotency-replayed"), &again.text), (Some("true"), &first.text));
    if !test.database.is_postgres() {
        let token = first.expect(201)["token"].as_str().unwrap().to_owned();
        for secret in ["key-1", token.as_str(), "Айгүл", forms::IIN, forms::EMAIL] {
            assert!(!on_disk(&test, secret), "{secret} lies open on the disk");
        }
    }
}

fn on_disk(test: &TestApp, needle: &str) -> bool {
    let files = std::fs::read_dir(test.database.folder.path()).unwrap();
    files
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file())
        .any(|path| std::fs::read(path).unwrap().windows(needle.len()).any(|window| window == needle.as_bytes()))
}

#[tokio::test]
async fn a_message_with_a_key_is_stored_once() {
    let test = TestApp::start().await;
    let request = test.submit_confirmed("kazteleport", &forms::access()).await;
    let path = request.path("/messages");
    let body = json!({"text": "My old number was another one."});
    let first = post(&test, &path, Some(&request.token), &body, "m-1").await;
    let again = post(&test, &path, Some(&request.token), &body, "m-1").await;
    assert_eq!((first.expect(201), first.header("idempotency-replayed")), (again.expect(201), None));
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let other = json!({"text": "Something else."});
    post(&test, &path, Some(&request.token), &other, "m-1").await.problem(422, "idempotency_conflict");
    let seen = test.seen(&request).await;
    assert_eq!(seen["messages"].as_array().unwrap().len(), 1, "{seen}");
}

#[tokio::test]
async fn a_key_that_is_no_key_is_refused() {
    let test = TestApp::start().await;
    for key in ["", "a b", "ключ", &"k".repeat(256)] {
        post(&test, KTP, None, &forms::access(), key).await.invalid(&[("/headers/Idempotency-Key", "invalid_value")]);
    }
    assert_eq!(rows(&test.database)["requests"], 0);
}
