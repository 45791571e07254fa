//! Another moment of receipt (`amend_receipt`), and how the other acts of staff are undone: by another event, never by an edit.

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};

use super::repair::last_event;
use crate::support::journey::stored;
use crate::support::{Member, TestApp, clock, forms};

async fn recorded(test: &TestApp, member: &Member, kind: &str, more: Value) -> String {
    let receipt = test.recorded(member, "kazteleport", forms::of_kind(kind), more).await;
    receipt["reference"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_counts_from_receipt_is_counted_anew_with_an_event_for_each_date_that_moved() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let reference = recorded(&test, &desk.agent, "access", json!({"received_at": "2026-11-20T06:00:00Z"})).await;
    test.work().await;
    test.take_mails();
    let body = json!({"received_at": "2026-11-18T06:00:00Z", "reason": "The stamp says the 18th."});
    let view = test.act(&desk.dpo, &reference, "amend_receipt", body.clone()).await.expect(200);
    assert_eq!(view["received_at"], "2026-11-18T06:00:00Z");
    let information = clock(&view, "information");
    assert_eq!(
        (&information["due_on"], &information["started_at"]),
        (&json!("2026-11-23"), &json!("2026-11-18T06:00:00Z"))
    );
    assert_eq!(view["headline"], json!({"clock": "information", "due_on": "2026-11-23"}));
    let event = last_event(&test, &desk.dpo, &reference, "receipt_amended").await;
    assert_eq!(event["actor"]["id"], desk.dpo.id.as_str());
    assert_eq!(event["data"]["from"], "2026-11-20T06:00:00Z");
    assert_eq!((&event["data"]["to"], &event["data"]["text"]), (&body["received_at"], &body["reason"]));
    let kinds = test.events(&desk.dpo, &reference).await;
    let recounted = kinds.iter().filter(|kind| *kind == "clock_recounted").count();
    let moved = last_event(&test, &desk.dpo, &reference, "clock_recounted").await;
    assert_eq!(recounted, 2, "{kinds:?}");
    assert!(moved["seq"].as_i64() > event["seq"].as_i64());
    assert_eq!(
        (&moved["data"]["clock"], &moved["data"]["from"], &moved["data"]["to"]),
        (&json!("information"), &json!("2026-11-25"), &json!("2026-11-23"))
    );
    let auditor = test.staff("auditor", Role::Auditor, "kazteleport").await;
    let masked = last_event(&test, &auditor, &reference, "receipt_amended").await;
    assert!(masked["data"].get("text").is_none(), "the reason is sealed: {masked}");
    // The proof is renewed, and reminders look at the new day at once.
    test.work().await;
    let mails = test.take_mails();
    let to_requester = mails.iter().find(|mail| mail.to == forms::EMAIL).unwrap();
    assert!(to_requester.subject.contains("date of receipt corrected"), "{}", to_requester.subject);
    assert!(to_requester.text.contains("18 November 2026"), "{}", to_requester.text);
    assert!(mails.iter().any(|mail| mail.to == desk.dpo.email && mail.subject.contains("23 November")), "due today");
}

#[tokio::test]
async fn an_earlier_day_follows_the_rules_of_its_time() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let reference = recorded(&test, &desk.agent, "objection", json!({})).await;
    assert_eq!(clock(&test.view(&desk.dpo, &reference).await, "objection")["basis"], "statutory");
    let body = json!({"received_at": "2026-01-12T06:00:00Z", "reason": "Found in a drawer."});
    let view = test.act(&desk.dpo, &reference, "amend_receipt", body).await.expect(200);
    assert_eq!(clock(&view, "objection")["basis"], "policy", "19-1(3) holds since 18.01.2026");
    assert_eq!((&view["rule_set"], &view["flags"]["overdue"]), (&json!("2024-07-20"), &json!(true)));
    assert_eq!(view["edition"], "privacy-2025-08-12");
}

#[tokio::test]
async fn only_a_moment_that_can_be_is_taken() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let early = json!({"received_at": "2026-11-20T06:00:00Z", "documents_at": "2026-11-20T08:00:00Z"});
    let reference = recorded(&test, &desk.agent, "correction", early).await;
    test.app.clock.advance(Duration::minutes(10));
    for (body, pointer, code) in [
        (json!({"received_at": "2026-11-20T06:00:00Z", "reason": "x"}), "/received_at", "unchanged"),
        (json!({"received_at": "2026-11-23T05:10:01Z", "reason": "x"}), "/received_at", "date_in_future"),
        (json!({"received_at": "2026-11-23T05:05:00Z", "reason": "x"}), "/received_at", "date_after_recording"),
        (json!({"received_at": "2026-11-20T08:00:01Z", "reason": "x"}), "/received_at", "documents_before_receipt"),
        (json!({"received_at": "1999-01-01T00:00:00Z", "reason": "x"}), "/received_at", "date_too_early"),
        (json!({"received_at": "yesterday", "reason": "x"}), "/received_at", "date_format"),
        (json!({"reason": "x"}), "/received_at", "required"),
        (json!({"received_at": "2026-11-19T06:00:00Z"}), "/reason", "required"),
        (json!({"received_at": "2026-11-19T06:00:00Z", "reason": " "}), "/reason", "required"),
    ] {
        test.act(&desk.dpo, &reference, "amend_receipt", body).await.invalid(&[(pointer, code)]);
    }
    let fine = json!({"received_at": "2026-11-20T08:00:00Z", "reason": "x"});
    let foreign = test.staff("foreign", Role::Dpo, "demo").await;
    let version = test.view(&desk.dpo, &reference).await["version"].as_i64().unwrap();
    test.act_on(&foreign, &reference, version, "amend_receipt", fine.clone()).await.problem(404, "not_found");
    test.act(&desk.agent, &reference, "assign", json!({"assignee": "me"})).await.expect(200);
    test.act(&desk.agent, &reference, "amend_receipt", fine.clone()).await.problem(403, "forbidden");
    let stale = test.act_on(&desk.dpo, &reference, version, "amend_receipt", fine.clone()).await;
    assert_eq!(stale.problem(412, "stale_version")["current_version"], version + 1);
    let view = test.act(&desk.dpo, &reference, "amend_receipt", fine.clone()).await.expect(200);
    assert_eq!(clock(&view, "correction")["started_at"], "2026-11-20T08:00:00Z", "it counts from the documents");
    test.act(&desk.dpo, &reference, "cancel", json!({"reason": "They called."})).await.expect(200);
    test.act(&desk.dpo, &reference, "amend_receipt", fine).await.problem(409, "invalid_transition");
}

#[tokio::test]
async fn documents_that_came_with_the_request_came_when_it_came_and_what_was_met_stays_met() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let both = json!({"received_at": "2026-11-20T06:00:00Z", "documents_at": "2026-11-20T06:00:00Z"});
    let reference = recorded(&test, &desk.agent, "correction", both).await;
    let body = json!({"received_at": "2026-11-23T04:00:00Z", "reason": "Typed the wrong day."});
    let view = test.act(&desk.dpo, &reference, "amend_receipt", body).await.expect(200);
    assert_eq!(
        (&view["documents_at"], &clock(&view, "correction")["due_on"]),
        (&json!("2026-11-23T04:00:00Z"), &json!("2026-11-24"))
    );

    let reference = recorded(&test, &desk.agent, "correction", json!({"received_at": "2026-11-20T06:00:00Z"})).await;
    test.act(&desk.dpo, &reference, "ask", json!({"text": "Please send the contract."})).await.expect(200);
    let met = test.act(&desk.dpo, &reference, "documents_received", json!({})).await.expect(200);
    let body = json!({"received_at": "2026-11-18T06:00:00Z", "reason": "The stamp."});
    let view = test.act(&desk.dpo, &reference, "amend_receipt", body).await.expect(200);
    assert_eq!(clock(&view, "document_request"), clock(&met, "document_request"), "it stays as it was met");
    assert_eq!(clock(&view, "correction"), clock(&met, "correction"), "it does not count from receipt");
}

#[tokio::test]
async fn documents_arrive_after_all_and_once_more_and_the_term_never_ends_later() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let request = test.brought_to("review", &desk, "citicom", &forms::of_kind("correction")).await;
    let view = test.done(&desk.agent, &request, "waive_documents", json!({})).await;
    let due = clock(&view, "correction")["due_on"].clone();
    test.act(&desk.agent, &request.reference, "waive_documents", json!({})).await.problem(409, "invalid_transition");
    test.app.clock.advance(Duration::minutes(5));
    let view = test.done(&desk.agent, &request, "documents_received", json!({})).await;
    assert_eq!((&clock(&view, "correction")["due_on"], &view["documents_at"]), (&due, &json!("2026-11-23T05:05:00Z")));
    assert!(!stored(&test.database, &request.reference).documents_waived);
    let same = json!({"received_at": "2026-11-23T05:05:00Z"});
    test.act(&desk.agent, &request.reference, "documents_received", same).await.problem(409, "invalid_transition");
    test.app.clock.advance(Duration::minutes(5));
    let view = test.done(&desk.agent, &request, "documents_received", json!({})).await;
    assert_eq!(view["documents_at"], "2026-11-23T05:05:00Z", "the first ones count");
    let kinds = test.events(&desk.agent, &request.reference).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "documents_received").count(), 2);
    assert!(!kinds.contains(&"clock_recounted".to_owned()));

    // They lay there since Friday: the term is the stricter one.
    let paper = json!({"received_at": "2026-11-20T06:00:00Z"});
    let receipt = test.recorded(&desk.agent, "citicom", forms::of_kind("correction"), paper).await;
    let reference = receipt["reference"].as_str().unwrap();
    let view = test.act(&desk.dpo, reference, "documents_received", json!({})).await.expect(200);
    assert_eq!(clock(&view, "correction")["due_on"], "2026-11-24");
    let friday = json!({"received_at": "2026-11-20T07:00:00Z"});
    let view = test.act(&desk.dpo, reference, "documents_received", friday).await.expect(200);
    assert_eq!(
        (&clock(&view, "correction")["due_on"], &view["documents_at"]),
        (&json!("2026-11-23"), &json!("2026-11-20T07:00:00Z"))
    );
    let moved = last_event(&test, &desk.dpo, reference, "clock_recounted").await;
    assert_eq!((&moved["data"]["from"], &moved["data"]["to"]), (&json!("2026-11-24"), &json!("2026-11-23")));
}

#[tokio::test]
async fn an_assignment_is_given_back_by_its_agent_or_taken_away_by_a_dpo() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let request = test.brought_to("review", &desk, "citicom", &forms::access()).await;
    let nobody = json!({"assignee": null});
    let other = test.staff("other", Role::Agent, "citicom").await;
    test.act(&other, &request.reference, "assign", nobody.clone()).await.problem(409, "already_assigned");
    let view = test.done(&desk.agent, &request, "assign", nobody.clone()).await;
    assert_eq!(
        (&view["assignee"], &view["masked"]),
        (&Value::Null, &json!(true)),
        "whoever gives it back sees it no more"
    );
    let event = last_event(&test, &desk.dpo, &request.reference, "assigned").await;
    assert_eq!(event["actor"]["id"], desk.agent.id.as_str());
    assert_eq!((&event["data"]["from"], &event["data"]["to"]), (&json!(desk.agent.id), &Value::Null));
    let version = test.view(&desk.dpo, &request.reference).await["version"].clone();
    assert_eq!(
        test.done(&desk.dpo, &request, "assign", nobody.clone()).await["version"],
        version,
        "nobody has it already"
    );
    test.done(&other, &request, "assign", json!({"assignee": "me"})).await;
    test.done(&desk.dpo, &request, "assign", nobody.clone()).await;
    let event = last_event(&test, &desk.dpo, &request.reference, "assigned").await;
    assert_eq!((&event["data"]["from"], &event["actor"]["id"]), (&json!(other.id), &json!(desk.dpo.id)));
    test.done(&desk.dpo, &request, "dismiss", json!({"reason": "A test."})).await;
    test.act(&desk.dpo, &request.reference, "assign", nobody).await.problem(409, "invalid_transition");
}

#[tokio::test]
async fn a_dismissed_request_leaves_no_clock_open_also_after_a_block() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("review", &desk, "kazteleport", &forms::of_kind("blocking")).await;
    test.done(&desk.dpo, &request, "dismiss_violation", json!({})).await;
    let view = test.done(&desk.dpo, &request, "dismiss", json!({"reason": "A test of the form."})).await;
    assert_eq!((&view["status"], &view["blocking"]), (&json!("dismissed"), &json!("none")));
    assert_eq!(clock(&view, "unblocking")["state"], "met", "what it waited for was done");
    assert_eq!(view["headline"], Value::Null);
    let event = last_event(&test, &desk.dpo, &request.reference, "dismissed").await;
    assert_eq!((&event["data"]["text"], &event["actor"]["id"]), (&json!("A test of the form."), &json!(desk.dpo.id)));
    let plain = test.submit("kazteleport", &forms::of_kind("blocking")).await;
    let view = test.done(&desk.dpo, &plain, "dismiss", json!({"reason": "Spam."})).await;
    assert_eq!(clock(&view, "unblocking")["state"], "void");
    test.advance(Duration::days(3)).await;
    assert!(
        !test.mails().iter().any(|mail| mail.subject.contains("overdue") && mail.subject.contains(&plain.reference))
    );
}

#[tokio::test]
async fn what_staff_do_on_somebodys_word_says_who_and_why_to_those_who_may_know() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let auditor = test.staff("auditor", Role::Auditor, "citicom").await;
    let asked = test.brought_to("clarification", &desk, "citicom", &forms::access()).await;
    test.done(&desk.agent, &asked, "reply", json!({"text": "By phone: the second account."})).await;
    let event = last_event(&test, &desk.agent, &asked.reference, "replied").await;
    assert_eq!(event["actor"], json!({"kind": "staff", "id": desk.agent.id}));
    let said = test.seen(&asked).await["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!((&said["kind"], &said["text"]), (&json!("reply"), &json!("By phone: the second account.")));
    let carried = test.brought_to("execution", &desk, "citicom", &forms::of_kind("deletion")).await;
    let view = test.done(&desk.dpo, &carried, "reopen", json!({"text": "The archive cannot be changed."})).await;
    assert_eq!((&view["status"], &view["people"]["approver"]), (&json!("preparation"), &Value::Null));
    assert_eq!(
        (&clock(&view, "deletion_decision")["state"], &clock(&view, "destruction")["state"]),
        (&json!("met"), &json!("running"))
    );
    let view = test.done(&desk.agent, &carried, "cancel", json!({"reason": "They called back."})).await;
    assert_eq!(view["status"], "cancelled");
    for (request, kind, text) in
        [(&carried, "reopened", "The archive cannot be changed."), (&carried, "cancelled", "They called back.")]
    {
        let whole = last_event(&test, &desk.dpo, &request.reference, kind).await;
        assert_eq!(whole["data"]["text"], text);
        let masked = last_event(&test, &auditor, &request.reference, kind).await;
        assert!(masked["data"].get("text").is_none(), "{masked}");
        assert!(!test.seen(request).await.to_string().contains(text), "the requester sees that it happened, not why");
    }
}
