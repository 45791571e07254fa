//! Letters on paper: who is told that they lie there, and when.

use std::collections::BTreeMap;

use otinish::worker;
use serde_json::json;

use crate::post::{Paper, on_paper};
use crate::support::{TestApp, at};

/// How many reminders to post went to each since the last look.
fn reminded(test: &TestApp) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for mail in test.take_mails().into_iter().filter(|mail| mail.subject.ends_with("waits to be posted")) {
        *counts.entry(mail.to).or_default() += 1;
    }
    counts
}

#[tokio::test]
async fn each_working_morning_one_mail_tells_that_letters_lie_there() {
    let paper = Paper::recorded("citicom", on_paper("consent_withdrawal", "ru")).await;
    let (test, dpo, agent) = (&paper.test, &paper.dpo.email, &paper.agent.email);
    let to = |address: &str| BTreeMap::from([(address.to_owned(), 1)]);
    // A Monday. Nobody has the request: the DPO hears of it.
    test.travel_to("2026-11-23T20:00").await;
    assert!(reminded(test).is_empty(), "not on the day itself");
    test.travel_to("2026-11-24T08:59").await;
    assert!(reminded(test).is_empty());
    test.travel_to("2026-11-24T09:00").await;
    let mails = test.mails();
    let mail = mails.iter().find(|mail| mail.subject.ends_with("waits to be posted")).unwrap();
    assert!(mail.text.contains("1 letter to the requester") && mail.text.contains("23 November 2026"), "{}", mail.text);
    assert!(!mail.text.contains("Айгүл") && !mail.text.contains("Абай"));
    assert_eq!(reminded(test), to(dpo));
    test.travel_to("2026-11-24T18:00").await;
    assert!(reminded(test).is_empty(), "once a day");
    test.done_later(&paper.agent, &paper.reference, "assign", json!({"assignee": "me"})).await;
    test.done_later(&paper.agent, &paper.reference, "verify", json!({"result": "confirmed", "method": "records"}))
        .await;
    test.travel_to("2026-11-25T09:00").await;
    assert!(test.mails().iter().any(|mail| mail.to == *agent && mail.text.contains("2 letters to the requester")));
    assert_eq!(reminded(test), to(agent), "whoever has the request, once for both letters");
    for (day, expected) in [("26", true), ("27", true), ("28", false), ("29", false), ("30", true)] {
        test.travel_to(&format!("2026-11-{day}T09:00")).await;
        assert_eq!(reminded(test), if expected { to(agent) } else { BTreeMap::new() }, "{day}");
    }
    // A standstill over two weeks, and Independence Day.
    test.travel_to("2026-12-15T11:00").await;
    assert_eq!(reminded(test), to(agent), "one mail, not one for each day");
    test.travel_to("2026-12-16T12:00").await;
    assert!(reminded(test).is_empty(), "a day off");
    test.travel_to("2026-12-17T09:00").await;
    assert_eq!(reminded(test), to(agent));
    // The request ends; its letters still have to be posted.
    test.done_later(&paper.agent, &paper.reference, "cancel", json!({"reason": "They called."})).await;
    test.travel_to("2026-12-18T09:00").await;
    assert_eq!(reminded(test), to(agent));
    for mail in ["receipt", "identity_confirmed", "cancelled"] {
        let id = paper.item(mail).await;
        paper.mark(&paper.agent, &id, "posted", json!({"on": "2026-12-18"})).await.expect(200);
    }
    test.travel_to("2026-12-21T09:00").await;
    assert!(reminded(test).is_empty(), "nothing lies there");
    let id = paper.item("cancelled").await;
    paper.mark(&paper.agent, &id, "returned", json!({"reason": "By mistake."})).await.expect(200);
    test.travel_to("2026-12-21T19:00").await;
    assert!(reminded(test).is_empty());
    test.travel_to("2026-12-22T09:00").await;
    assert_eq!(reminded(test), to(agent));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_at_once_remind_of_each_request_once() {
    let paper = Paper::recorded("citicom", on_paper("claim", "ru")).await;
    let test = &paper.test;
    for _ in 0..5 {
        test.recorded(&paper.agent, "citicom", on_paper("claim", "ru"), json!({})).await;
    }
    test.work().await;
    let other = test.second_process();
    for day in ["24", "25"] {
        test.take_mails();
        test.app.clock.set(at(&format!("2026-11-{day}T09:00")));
        let (one, two) = tokio::join!(worker::post::step(&test.app), worker::post::step(&other));
        assert!(one.unwrap() + two.unwrap() >= 6);
        test.work().await;
        assert_eq!(reminded(test), BTreeMap::from([(paper.dpo.email.clone(), 6)]));
    }
}

#[tokio::test]
async fn a_reminder_to_post_and_its_ledger_are_one_unit_and_a_lost_key_stops_it() {
    let paper = Paper::recorded("citicom", on_paper("claim", "ru")).await;
    let test = &paper.test;
    test.work().await;
    test.take_mails();
    test.sql(
        "CREATE TRIGGER no_mails BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE FUNCTION no_mails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$; \
         CREATE TRIGGER no_mails BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION no_mails()",
    );
    test.app.clock.set(at("2026-11-24T09:00"));
    let _ = worker::post::step(&test.app).await;
    test.sql("DROP TRIGGER no_mails", "DROP TRIGGER no_mails ON outbox");
    test.travel_to("2026-11-24T10:30").await;
    assert_eq!(reminded(test).values().sum::<usize>(), 1, "the morning was not noted as done");
    let destroy = "UPDATE request_keys SET wrapped = NULL";
    test.sql(destroy, destroy);
    test.app.clock.set(at("2026-11-25T09:00"));
    assert_eq!(worker::post::step(&test.app).await.unwrap(), 1);
    assert_eq!(worker::post::step(&test.app).await.unwrap(), 0, "it is not looked at for ever");
}
