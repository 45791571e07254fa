//! One action on many requests: each by itself, in the order given.

use std::collections::BTreeMap;

use otinish::domain::vocabulary::Role;
use otinish::mail::transport::{SendFailure, SendOutcome};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::journey::{rows, stored};
use crate::support::{Answer, Member, TestApp, forms};

async fn bulk(test: &TestApp, member: &Member, action: &str, body: &Value) -> Answer {
    test.post(&format!("/api/v1/staff/bulk/{action}"), Some(&member.token), body).await
}

async fn submitted(test: &TestApp, operator: &str, count: usize) -> Vec<String> {
    let mut references = Vec::new();
    for _ in 0..count {
        references.push(test.submit(operator, &forms::access()).await.reference);
    }
    references
}

/// The items of a call, all in the version in which they came in.
fn items(references: &[String]) -> Value {
    references.iter().map(|reference| json!({"reference": reference, "version": 1})).collect()
}

fn statuses(answer: &Value) -> Vec<u64> {
    answer["items"].as_array().unwrap().iter().map(|item| item["status"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn what_can_be_done_is_done_and_the_rest_says_why_not_in_the_order_given() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let references = submitted(&test, "citicom", 4).await;
    let foreign = test.submit("demo", &forms::access()).await.reference;
    test.act(&desk.dpo, &references[1], "note", json!({"text": "Looked at."})).await.expect(200);
    let gone = json!({"reason": "A test."});
    test.act(&desk.dpo, &references[2], "dismiss", gone).await.expect(200);
    let lower = references[3].to_lowercase();
    let list = json!([
        {"reference": references[0], "version": 1}, {"reference": references[1], "version": 1},
        {"reference": references[2], "version": 2}, {"reference": foreign, "version": 1},
        {"reference": "no such thing", "version": 1}, {"reference": lower, "version": 1},
    ]);
    let body = json!({"items": list, "assignee": desk.agent.id});
    let path = "/api/v1/staff/bulk/assign";
    let before = rows(&test.database);
    let headers = [("accept-language", "ru")];
    let answer = test.call(Method::POST, path, Some(&desk.dpo.token), Some(&body), &headers).await;
    let json = answer.expect(200);
    assert_eq!(statuses(&json), [200, 412, 409, 404, 404, 200]);
    assert_eq!((&json["done"], &json["failed"]), (&json!(2), &json!(4)));
    assert_eq!(answer.header("content-language"), Some("ru"));
    let found = json["items"].as_array().unwrap();
    assert_eq!(found[0], json!({"reference": references[0], "status": 200, "version": 2}));
    assert_eq!(found[5]["reference"], lower.as_str(), "as it was named");
    let stale = &found[1]["problem"];
    assert_eq!(
        (&stale["code"], &stale["status"], &stale["current_version"]),
        (&json!("stale_version"), &json!(412), &json!(2))
    );
    assert_eq!(stale["title"], "Обращение уже изменилось");
    assert!(stale["type"].as_str().unwrap().ends_with("/problems/stale_version") && stale.get("trace_id").is_none());
    assert!(stale["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
    assert_eq!(found[2]["problem"]["code"], "invalid_transition");
    assert_eq!(
        (&found[3]["problem"], &found[4]["problem"]),
        (&found[4]["problem"], &found[3]["problem"]),
        "both are not there"
    );
    let after = rows(&test.database);
    assert_eq!((after["events"] - before["events"], after["audit"]), (2, before["audit"]), "nobody looked at anything");
    for (place, has) in [(0, true), (1, false), (2, false), (3, true)] {
        assert_eq!(stored(&test.database, &references[place]).assignee_id.is_some(), has);
    }
    assert!(stored(&test.database, &foreign).assignee_id.is_none());
}

#[tokio::test]
async fn two_members_take_the_same_fifty_and_each_request_has_one_winner() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let references = submitted(&test, "citicom", 50).await;
    let body = json!({"items": items(&references), "assignee": "me"});
    let (first, second) =
        tokio::join!(bulk(&test, &desk.agent, "assign", &body), bulk(&test, &desk.dpo, "assign", &body));
    let (first, second) = (first.expect(200), second.expect(200));
    for (place, reference) in references.iter().enumerate() {
        let (one, two) = (&first["items"][place], &second["items"][place]);
        let winner = if one["status"] == 200 { &desk.agent } else { &desk.dpo };
        let loser = if one["status"] == 200 { two } else { one };
        assert!(one["status"] != two["status"] && loser["status"] == 412, "{one} {two}");
        assert_eq!(loser["problem"]["assignee"]["id"], winner.id.as_str());
        let row = stored(&test.database, reference);
        assert_eq!((row.assignee_id.as_deref(), row.version), (Some(winner.id.as_str()), 2));
        let kinds = test.events(&desk.deputy, reference).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "assigned").count(), 1);
    }
    assert_eq!(first["done"].as_u64().unwrap() + second["done"].as_u64().unwrap(), 50);
}

#[tokio::test]
async fn a_list_that_cannot_be_worked_through_is_refused_as_a_whole() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let reference = submitted(&test, "citicom", 1).await.remove(0);
    let other = "CTC-0000-0000-0";
    let before = rows(&test.database);
    let seen = json!({"reference": reference, "version": 1});
    let many: Vec<Value> = (0..501).map(|number| json!({"reference": format!("R{number}"), "version": 1})).collect();
    let twice =
        json!([seen, {"reference": other, "version": 1}, {"reference": reference.to_lowercase(), "version": 1}]);
    for (action, body, pointer, code) in [
        ("assign", json!({"items": [], "assignee": "me"}), "/items", "required"),
        ("assign", json!({"items": many, "assignee": "me"}), "/items", "too_many"),
        ("assign", json!({"items": twice, "assignee": "me"}), "/items/2/reference", "duplicate"),
        ("assign", json!({"items": [{"reference": reference}], "assignee": "me"}), "/items/0/version", "required"),
        ("dismiss", json!({"items": [seen, {"reference": other}], "reason": "x"}), "/items/1/version", "required"),
        ("assign", json!({"items": [{"version": 1}], "assignee": "me"}), "/items/0/reference", "required"),
        ("assign", json!({"items": [seen]}), "/assignee", "required"),
        ("assign", json!({"items": [seen], "assignee": "me", "quietly": true}), "/quietly", "unknown_field"),
        ("assign", json!({"assignee": "me"}), "/items", "required"),
        ("dismiss", json!({"items": [seen]}), "/reason", "required"),
        ("dismiss", json!({"items": [seen], "reason": " "}), "/reason", "required"),
        ("dismiss", json!({"items": [seen], "reason": "x", "assignee": "me"}), "/assignee", "unknown_field"),
        ("resend", json!({"items": [seen]}), "/items/0/version", "unknown_field"),
        ("resend", json!({"items": []}), "/items", "required"),
    ] {
        bulk(&test, &desk.dpo, action, &body).await.invalid(&[(pointer, code)]);
    }
    let fine = json!({"items": [seen], "assignee": "me"});
    bulk(&test, &desk.dpo, "approve", &fine).await.problem(404, "not_found");
    test.post("/api/v1/staff/bulk/assign", None, &fine).await.problem(401, "unauthorized");
    assert_eq!(rows(&test.database), before);
}

#[tokio::test]
async fn whoever_may_not_do_one_may_not_do_many() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let auditor = test.staff("auditor", Role::Auditor, "citicom").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let references = submitted(&test, "citicom", 2).await;
    let dismiss = json!({"items": items(&references), "reason": "Spam."});
    for (member, status) in [(&desk.agent, 403), (&auditor, 403), (&admin, 404)] {
        let json = bulk(&test, member, "dismiss", &dismiss).await.expect(200);
        assert_eq!((statuses(&json), &json["done"]), (vec![status, status], &json!(0)));
    }
    let to_other = json!({"items": items(&references), "assignee": desk.dpo.id});
    assert_eq!(statuses(&bulk(&test, &desk.agent, "assign", &to_other).await.expect(200)), [403, 403]);
    let nobody = json!({"items": items(&references), "assignee": "nobody"});
    let json = bulk(&test, &desk.dpo, "assign", &nobody).await.expect(200);
    assert_eq!(json["items"][0]["problem"]["errors"][0]["pointer"], "/assignee");
    let json = bulk(&test, &desk.dpo, "dismiss", &dismiss).await.expect(200);
    assert_eq!(statuses(&json), [200, 200]);
    for reference in &references {
        assert_eq!(test.view(&desk.dpo, reference).await["status"], "dismissed");
    }
    let again = bulk(&test, &desk.dpo, "dismiss", &dismiss).await.expect(200);
    assert_eq!(statuses(&again), [412, 412], "a second press of the button does nothing");
}

#[tokio::test]
async fn five_hundred_are_worked_through_and_the_colleague_gets_ten_mails() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let mut references = submitted(&test, "citicom", 40).await;
    references.extend((0..460).map(|number| format!("no such request {number}")));
    let before = rows(&test.database)["outbox"];
    let body = json!({"items": items(&references), "assignee": desk.agent.id});
    let json = bulk(&test, &desk.dpo, "assign", &body).await.expect(200);
    assert_eq!((&json["done"], &json["failed"]), (&json!(40), &json!(460)));
    assert_eq!(rows(&test.database)["outbox"] - before, 10);
    let has: BTreeMap<_, _> =
        references[..40].iter().map(|reference| (reference, stored(&test.database, reference).assignee_id)).collect();
    assert!(has.values().all(|assignee| assignee.as_deref() == Some(desk.agent.id.as_str())));
}

#[tokio::test]
async fn dead_letters_of_many_requests_are_sent_again() {
    let test = TestApp::start().await;
    let first = test.submit("citicom", &forms::access()).await.reference;
    let second = test.submit("citicom", &forms::of_kind("claim")).await.reference;
    let failure = SendFailure::replied("refused", 550, "5.1.1 unknown");
    test.mail.fail_next(&SendOutcome::Refused { failure }, 2);
    test.work().await;
    let third = test.submit("citicom", &forms::of_kind("objection")).await.reference;
    test.work().await;
    let desk = test.desk("citicom").await;
    test.take_mails();
    let named: Vec<Value> = [&first, &second, &third].iter().map(|it| json!({"reference": it})).collect();
    let body = json!({"items": named});
    let json = bulk(&test, &desk.agent, "resend", &body).await.expect(200);
    assert_eq!(statuses(&json), [403, 403, 403], "not assigned to the agent");
    let json = bulk(&test, &desk.dpo, "resend", &body).await.expect(200);
    assert_eq!(statuses(&json), [200, 200, 409]);
    assert_eq!((&json["items"][0]["resent"], &json["items"][0]["version"]), (&json!(1), &json!(1)));
    assert_eq!(json["items"][2]["problem"]["code"], "nothing_to_resend");
    assert_eq!(statuses(&bulk(&test, &desk.dpo, "resend", &body).await.expect(200)), [409, 409, 409], "once is enough");
    test.work().await;
    let mails = test.take_mails();
    let to_requester: Vec<_> = mails.iter().filter(|mail| mail.to == forms::EMAIL).collect();
    assert_eq!(to_requester.len(), 2);
    assert!(test.events(&desk.dpo, &first).await.contains(&"mail_resent".to_owned()));
    let foreign = test.staff("foreign", Role::Dpo, "demo").await;
    assert_eq!(statuses(&bulk(&test, &foreign, "resend", &body).await.expect(200)), [404, 404, 404]);
}

#[tokio::test]
async fn one_that_fails_half_way_leaves_nothing_and_stops_no_other() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let references = submitted(&test, "citicom", 3).await;
    let bad = stored(&test.database, &references[1]).id;
    let when = format!("WHEN (NEW.request_id = '{bad}' AND NEW.mail = 'assigned')");
    test.sql(
        &format!("CREATE TRIGGER no_mail BEFORE INSERT ON outbox {when} BEGIN SELECT RAISE(ABORT, 'no'); END"),
        &format!(
            "CREATE FUNCTION no_mail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '23514'; END $$; \
             CREATE TRIGGER no_mail BEFORE INSERT ON outbox FOR EACH ROW {when} EXECUTE FUNCTION no_mail()"
        ),
    );
    let body = json!({"items": items(&references), "assignee": desk.agent.id});
    let json = bulk(&test, &desk.dpo, "assign", &body).await.expect(200);
    let middle = statuses(&json)[1];
    assert!(middle >= 500, "{json}");
    let row = stored(&test.database, &references[1]);
    assert_eq!((row.assignee_id, row.version, row.event_seq), (None, 1, 1));
    assert!(stored(&test.database, &references[0]).assignee_id.is_some());
    if middle == 500 {
        assert_eq!(statuses(&json)[2], 200, "it stops no other");
    } else {
        // A database that is away is not asked again.
        assert_eq!(statuses(&json)[2], 503);
        assert!(stored(&test.database, &references[2]).assignee_id.is_none());
    }
}
