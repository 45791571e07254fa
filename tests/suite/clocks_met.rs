//! What starts, meets, voids and reopens a clock.

use otinish::domain::vocabulary::Role;
use otinish::mail::transport::{SendFailure, SendOutcome};
use serde_json::{Value, json};

use crate::support::{Member, TestApp, clock, clock_states, forms};

async fn desk(operator: &str) -> (TestApp, Member, Member) {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, operator).await;
    let dpo = test.staff("dpo", Role::Dpo, operator).await;
    (test, agent, dpo)
}

/// State, last day and the moment at which it was met.
fn state<'v>(view: &'v Value, name: &str) -> (&'v str, Option<&'v str>, Option<&'v str>) {
    let clock = clock(view, name);
    (clock["state"].as_str().unwrap(), clock["due_on"].as_str(), clock["met_at"].as_str())
}

fn refusal() -> SendOutcome {
    SendOutcome::Refused { failure: SendFailure::replied("refused", 550, "5.1.1 no such user") }
}

#[tokio::test]
async fn an_answer_counts_as_delivered_when_the_mail_server_accepts_its_mail() {
    for kind in ["access", "objection", "claim"] {
        let (test, agent, dpo) = desk("citicom").await;
        let request = test.submit_confirmed("citicom", &forms::of_kind(kind)).await;
        test.prepared(&agent, &request.reference).await;
        test.work().await;
        let view = test.granted(&agent, &dpo, &request.reference).await;
        assert_eq!(view["status"], "answered");
        let names: Vec<String> = clock_states(&view);
        assert!(names.iter().all(|name| name.ends_with(" running")), "{kind}: {names:?}");
        let later = SendOutcome::Retry { failure: SendFailure::replied("deferred", 451, "4.7.1 later") };
        test.mail.fail_next(&later, 1);
        test.advance(chrono::Duration::minutes(1)).await;
        assert_eq!(
            clock_states(&test.seen_later(&dpo, &request.reference).await),
            names,
            "{kind}: nothing arrived yet"
        );
        test.advance(chrono::Duration::minutes(1)).await;
        let view = test.seen_later(&dpo, &request.reference).await;
        for name in names.iter().map(|name| name.trim_end_matches(" running")) {
            assert_eq!((state(&view, name).0, state(&view, name).2), ("met", Some("2026-11-23T05:02:00Z")), "{kind}");
            assert!(clock(&view, name)["explanation"].as_str().unwrap().contains("in time"), "{kind}");
        }
        assert_eq!(view["headline"], Value::Null);
        assert!(test.events(&dpo, &request.reference).await.contains(&"answer_delivered".to_owned()));
    }
}

#[tokio::test]
async fn each_way_to_the_documents_meets_the_document_request_and_starts_the_correction() {
    let (test, agent, dpo) = desk("citicom").await;
    let correction = forms::of_kind("correction");

    let asked = test.submit_confirmed("citicom", &correction).await.reference;
    test.done_later(&agent, &asked, "assign", json!({"assignee": "me"})).await;
    let view = test.done_later(&agent, &asked, "ask", json!({"text": "Please attach the contract."})).await;
    assert_eq!(state(&view, "document_request"), ("met", Some("2026-11-24"), Some("2026-11-23T05:00:00Z")));
    assert_eq!(state(&view, "correction").0, "waiting", "a question alone starts nothing");

    test.travel_to("2026-11-27T16:00").await;
    let view =
        test.done_later(&agent, &asked, "documents_received", json!({"received_at": "2026-11-25T05:00:00Z"})).await;
    assert_eq!(state(&view, "correction"), ("running", Some("2026-11-26"), None));
    assert_eq!(clock(&view, "correction")["started_at"], "2026-11-25T05:00:00Z");
    assert_eq!(view["flags"]["overdue"], true, "the documents lay there for two days");
    assert_eq!(view["headline"], json!({"clock": "correction", "due_on": "2026-11-26"}));
    let token = &test.again(&agent).await;
    test.act(token, &asked, "waive_documents", json!({})).await.problem(409, "invalid_transition");

    let waived = test.recorded(&agent, "citicom", correction.clone(), json!({})).await["reference"].clone();
    let waived = waived.as_str().unwrap();
    let view = test.done_later(&dpo, waived, "waive_documents", json!({})).await;
    assert_eq!(state(&view, "document_request").0, "met");
    assert_eq!(state(&view, "correction"), ("running", Some("2026-11-30"), None));
    test.prepared(&agent, waived).await;
    let view = test.granted(&agent, &dpo, waived).await;
    assert_eq!((view["status"].as_str(), state(&view, "correction").0), (Some("execution"), "running"));
    let view = test.done_later(&agent, waived, "complete", json!({"text": "The phone was changed."})).await;
    assert_eq!(state(&view, "correction"), ("met", Some("2026-11-30"), Some("2026-11-27T11:00:00Z")));
    assert_eq!(state(&view, "claim_response").0, "running", "the answer is still to be delivered");
    test.work().await;
    assert_eq!(state(&test.seen_later(&dpo, waived).await, "claim_response").0, "met");

    // Approving a grant without documents counts as waiving them.
    let granted = test.recorded(&agent, "citicom", correction, json!({})).await["reference"].clone();
    let granted = granted.as_str().unwrap();
    test.prepared(&agent, granted).await;
    let view = test.granted(&agent, &dpo, granted).await;
    assert_eq!((state(&view, "document_request").0, state(&view, "correction").0), ("met", "running"));
    assert!(test.events(&dpo, granted).await.contains(&"documents_waived".to_owned()));
}

#[tokio::test]
async fn documents_cannot_come_before_the_request_or_from_the_future() {
    let (test, agent, _) = desk("citicom").await;
    let request = test.submit_confirmed("citicom", &forms::of_kind("correction")).await;
    for (at, code) in [("2026-11-23T04:59:59Z", "date_too_early"), ("2026-11-23T05:00:01Z", "date_in_future")] {
        let answer = test.act(&agent, &request.reference, "documents_received", json!({"received_at": at})).await;
        answer.invalid(&[("/received_at", code)]);
    }
}

#[tokio::test]
async fn a_block_meets_the_clock_of_blocking_and_its_lifting_that_of_unblocking() {
    let (test, agent, dpo) = desk("citicom").await;
    let reference = test.submit_confirmed("citicom", &forms::of_kind("blocking")).await.reference;
    let view = test.done_later(&agent, &reference, "block", json!({"reason": "for the check"})).await;
    assert_eq!(state(&view, "blocking"), ("met", Some("2026-11-24"), Some("2026-11-23T05:00:00Z")));
    assert_eq!(state(&view, "unblocking"), ("waiting", None, None));
    test.travel_to("2026-11-25T11:00").await;
    let view = test.done_later(&dpo, &reference, "dismiss_violation", json!({})).await;
    assert_eq!(state(&view, "unblocking"), ("running", Some("2026-11-26"), None));
    assert_eq!(view["headline"], json!({"clock": "unblocking", "due_on": "2026-11-26"}));
    let view = test.done_later(&dpo, &reference, "unblock", json!({"reason": "no violation was found"})).await;
    assert_eq!(state(&view, "unblocking"), ("met", Some("2026-11-26"), Some("2026-11-25T06:00:00Z")));

    // A block that was granted and carried out.
    let reference = test.submit("citicom", &forms::of_kind("blocking")).await.reference;
    test.prepared(&agent, &reference).await;
    let view = test.granted(&agent, &dpo, &reference).await;
    assert_eq!((view["status"].as_str(), state(&view, "blocking").0), (Some("execution"), "running"));
    let view = test.done_later(&agent, &reference, "complete", json!({"text": "Blocked in all systems."})).await;
    assert_eq!((view["blocking"].as_str(), state(&view, "blocking").0), (Some("final"), "met"));

    // A refusal.
    let reference = test.submit("citicom", &forms::of_kind("blocking")).await.reference;
    test.prepared(&agent, &reference).await;
    let view = test.refused(&agent, &dpo, &reference).await;
    assert_eq!(state(&view, "blocking").0, "running", "the refusal is not delivered yet");
    test.work().await;
    assert_eq!(state(&test.seen_later(&dpo, &reference).await, "blocking").0, "met");
}

#[tokio::test]
async fn a_mark_of_staff_starts_the_clock_of_blocking() {
    let (test, agent, _) = desk("citicom").await;
    let reference = test.submit_confirmed("citicom", &forms::access()).await.reference;
    test.travel_to("2026-11-24T18:00").await;
    let view = test.done_later(&agent, &reference, "mark_violation", json!({"reason": "no consent is on file"})).await;
    assert_eq!(state(&view, "blocking"), ("running", Some("2026-11-25"), None));
    assert_eq!(clock(&view, "blocking")["started_at"], "2026-11-24T13:00:00Z");
}

#[tokio::test]
async fn destruction_starts_at_the_earlier_of_confirmation_and_approval() {
    let (test, agent, dpo) = desk("citicom").await;
    let mut form = forms::of_kind("deletion");
    form["grounds"] = json!(["no_consent"]);
    let reference = test.submit_confirmed("citicom", &form).await.reference;
    test.prepared(&agent, &reference).await;
    let view = test.done_later(&dpo, &reference, "confirm_violation", json!({})).await;
    assert_eq!(state(&view, "destruction"), ("running", Some("2026-11-24"), None));
    test.travel_to("2026-11-24T10:00").await;
    let view = test.granted(&agent, &dpo, &reference).await;
    assert_eq!(state(&view, "destruction"), ("running", Some("2026-11-24"), None), "the approval is later");
    assert_eq!(state(&view, "deletion_decision"), ("met", Some("2026-11-26"), Some("2026-11-24T05:00:00Z")));
    test.travel_to("2026-11-25T10:00").await;
    let view =
        test.done_later(&agent, &reference, "complete", json!({"text": "Destroyed.", "done_on": "2026-11-24"})).await;
    let (met, due_on, met_at) = state(&view, "destruction");
    assert_eq!((met, due_on), ("met", Some("2026-11-24")));
    assert!(
        met_at.unwrap().starts_with("2026-11-24T"),
        "it counts when it was done, not when it was noted: {met_at:?}"
    );
    assert!(clock(&view, "destruction")["explanation"].as_str().unwrap().contains("in time"));

    let reference = test.submit("citicom", &forms::of_kind("deletion")).await.reference;
    test.prepared(&agent, &reference).await;
    let view = test.granted(&agent, &dpo, &reference).await;
    assert_eq!(state(&view, "destruction"), ("running", Some("2026-11-26"), None));

    let mut by_wish = forms::of_kind("deletion");
    by_wish["grounds"] = json!(["own_wish"]);
    let reference = test.submit("citicom", &by_wish).await.reference;
    let view = test.done_later(&dpo, &reference, "confirm_violation", json!({})).await;
    assert_eq!(clock(&view, "destruction")["basis"], "statutory", "a confirmed violation is a case of the law");
}

#[tokio::test]
async fn a_withdrawal_is_met_by_carrying_it_out_or_by_a_delivered_refusal() {
    let (test, agent, dpo) = desk("citicom").await;
    let mut form = forms::of_kind("consent_withdrawal");
    form["published_at"] = json!(["https://example.kz/list"]);
    let reference = test.submit_confirmed("citicom", &form).await.reference;
    test.prepared(&agent, &reference).await;
    test.granted(&agent, &dpo, &reference).await;
    test.travel_to("2026-11-26T10:00").await;
    let view = test.done_later(&agent, &reference, "complete", json!({"text": "Stopped and taken down."})).await;
    assert_eq!(state(&view, "withdrawal"), ("met", Some("2026-12-14"), Some("2026-11-26T05:00:00Z")));
    assert_eq!(state(&view, "publication_removal"), ("met", Some("2026-11-24"), Some("2026-11-26T05:00:00Z")));
    assert!(clock(&view, "publication_removal")["explanation"].as_str().unwrap().contains("late"));

    let reference = test.submit("citicom", &form).await.reference;
    test.prepared(&agent, &reference).await;
    test.refused(&agent, &dpo, &reference).await;
    test.work().await;
    let view = test.seen_later(&dpo, &reference).await;
    assert_eq!((state(&view, "withdrawal").0, state(&view, "publication_removal").0), ("met", "met"));
}

#[tokio::test]
async fn a_consumers_claim_has_ten_days_from_receipt_while_it_is_marked() {
    let (test, agent, dpo) = desk("citicom").await;
    let reference = test.submit_confirmed("citicom", &forms::of_kind("claim")).await.reference;
    test.travel_to("2026-11-25T10:00").await;
    let view = test.done_later(&agent, &reference, "mark_consumer", json!({"consumer": true})).await;
    let consumer = clock(&view, "consumer_claim");
    assert_eq!((&consumer["basis"], &consumer["certainty"]), (&json!("statutory"), &json!("secondary")));
    assert_eq!(state(&view, "consumer_claim"), ("running", Some("2026-12-03"), None));
    assert_eq!(view["headline"], json!({"clock": "consumer_claim", "due_on": "2026-12-03"}));
    let view = test.done_later(&agent, &reference, "mark_consumer", json!({"consumer": false})).await;
    assert_eq!(view["headline"], json!({"clock": "claim_response", "due_on": "2026-12-23"}));
    let view = test.done_later(&agent, &reference, "mark_consumer", json!({"consumer": true})).await;
    let running = clock_states(&view).into_iter().filter(|name| name == "consumer_claim running").count();
    assert_eq!(running, 1, "{view}");
    test.prepared(&agent, &reference).await;
    test.granted(&agent, &dpo, &reference).await;
    test.work().await;
    let states = clock_states(&test.seen_later(&dpo, &reference).await);
    assert!(states.contains(&"consumer_claim met".to_owned()) && states.contains(&"claim_response met".to_owned()));
}

#[tokio::test]
async fn cancelling_and_dismissing_void_what_is_open_and_a_refusal_leaves_nothing_open() {
    let (test, agent, dpo) = desk("citicom").await;
    for (action, body) in [("cancel", json!({"reason": "asked by phone"})), ("dismiss", json!({"reason": "a test"}))] {
        let reference = test.submit("citicom", &forms::of_kind("deletion")).await.reference;
        let view = test.done_later(&dpo, &reference, action, body).await;
        let expected = ["claim_response void", "deletion_decision void", "destruction void"];
        assert_eq!(clock_states(&view), expected, "{action}");
        assert_eq!(view["headline"], Value::Null);
    }
    let request = test.submit("citicom", &forms::access()).await;
    let seen = test.post(&request.path("/cancel"), Some(&request.token), &json!({})).await.expect(200);
    assert_eq!(clock_states(&seen), ["claim_response void", "information void"]);

    let reference = test.submit("citicom", &forms::of_kind("deletion")).await.reference;
    test.prepared(&agent, &reference).await;
    test.refused(&agent, &dpo, &reference).await;
    test.work().await;
    let states = clock_states(&test.seen_later(&dpo, &reference).await);
    assert_eq!(states, ["claim_response met", "deletion_decision met", "destruction void"]);
}

#[tokio::test]
async fn a_dead_letter_that_brings_the_answer_leaves_the_clocks_running() {
    let (test, agent, dpo) = desk("citicom").await;
    let reference = test.submit_confirmed("citicom", &forms::access()).await.reference;
    test.prepared(&agent, &reference).await;
    test.work().await;
    test.granted(&agent, &dpo, &reference).await;
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    let view = test.seen_later(&dpo, &reference).await;
    assert_eq!(clock_states(&view), ["claim_response running", "information running"]);
    assert_eq!(view["headline"]["clock"], "information", "the request stays in sight");
    test.advance(chrono::Duration::days(4)).await;
    assert_eq!(test.seen_later(&dpo, &reference).await["flags"]["overdue"], true);
}

#[tokio::test]
async fn an_answer_that_did_not_arrive_after_all_reopens_its_clocks() {
    let (test, agent, dpo) = desk("citicom").await;
    let reference = test.submit_confirmed("citicom", &forms::access()).await.reference;
    test.prepared(&agent, &reference).await;
    test.granted(&agent, &dpo, &reference).await;
    test.work().await;
    assert_eq!(clock_states(&test.seen_later(&dpo, &reference).await), ["claim_response met", "information met"]);
    // As a bounce would: the accepted mail is a dead letter.
    let dead = "UPDATE outbox SET state = 'dead' WHERE mail = 'answer_ready'";
    test.sql(dead, dead);
    test.take_mails();
    for round in 1..=2 {
        // The first time the repeated mail is refused; the second time it is accepted, and then bounces as well.
        let answer = test.outbox(&dpo, "&state=dead").await.remove(0);
        assert_eq!((&answer["mail"], &answer["delivers_answer"]), (&json!("answer_ready"), &json!(true)));
        let path = format!("/api/v1/staff/outbox/{}/resend", answer["id"].as_str().unwrap());
        test.post(&path, Some(&test.again(&dpo).await.token), &json!({})).await.expect(200);
        test.mail.fail_next(&refusal(), 1);
        test.work().await;
        let view = test.seen_later(&dpo, &reference).await;
        assert_eq!(clock_states(&view), ["claim_response running", "information running"], "round {round}");
        assert_eq!(view["headline"], json!({"clock": "information", "due_on": "2026-11-26"}));
        let alerts = test.take_mails().into_iter().filter(|mail| mail.subject.contains("not delivered")).count();
        assert_eq!(alerts, 1, "the DPO hears of it at once");
        let events = test.events(&dpo, &reference).await;
        assert_eq!(events.iter().filter(|kind| *kind == "clock_reopened").count(), round, "{events:?}");
        if round == 1 {
            let answer = test.outbox(&dpo, "&state=dead").await.remove(0);
            let path = format!("/api/v1/staff/outbox/{}/resend", answer["id"].as_str().unwrap());
            test.post(&path, Some(&test.again(&dpo).await.token), &json!({})).await.expect(200);
            test.work().await;
            assert_eq!(
                clock_states(&test.seen_later(&dpo, &reference).await),
                ["claim_response met", "information met"]
            );
            test.sql(&format!("{dead} AND state = 'sent'"), &format!("{dead} AND state = 'sent'"));
            test.take_mails();
        }
    }
}
