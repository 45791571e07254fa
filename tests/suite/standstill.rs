//! A week in which nothing runs: what goes out when it runs again, counted to the last mail.

use std::collections::BTreeMap;

use diesel::prelude::*;
use otinish::storage::schema::outbox::dsl;
use otinish::worker;
use serde_json::json;

use crate::support::{TestApp, at, forms};

/// How many mails of each name were made since a moment, by the address of each.
fn made_since(test: &TestApp, since: &str) -> BTreeMap<(String, String), usize> {
    let rows: Vec<(String, String, Option<String>)> = dsl::outbox
        .filter(dsl::created_at.ge(at(since).naive_utc()))
        .select((dsl::mail, dsl::recipient_kind, dsl::recipient_id))
        .load(&mut test.database.connect())
        .unwrap();
    let mut counts = BTreeMap::new();
    for (mail, kind, id) in rows {
        let who = id.and_then(|id| name_of(test, &id)).unwrap_or(kind);
        *counts.entry((mail, who)).or_default() += 1;
    }
    counts
}

fn name_of(test: &TestApp, id: &str) -> Option<String> {
    let row = otinish::storage::staff::by_id(&mut test.database.connect(), id).unwrap()?;
    Some(row.name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn after_a_week_of_standstill_each_hears_once_of_what_stands_now() {
    let test = TestApp::start_at("2026-11-23T10:00").await;
    let desk = test.desk("citicom").await;
    test.submit("citicom", &forms::access()).await;
    test.submit("citicom", &forms::of_kind("blocking")).await;
    let mut on_paper = forms::of_kind("objection");
    on_paper["subject"].as_object_mut().unwrap().remove("email");
    on_paper["channel"] = json!("paper");
    let path = "/api/v1/staff/operators/citicom/requests";
    let letter = test.post(path, Some(&desk.agent.token), &on_paper).await.expect(201);
    let reference = letter["reference"].as_str().unwrap();
    test.act(&desk.agent, reference, "assign", json!({"assignee": "me"})).await.expect(200);
    test.work().await;
    test.take_mails();
    // Wednesday of the week after: two processes start at the same moment.
    test.app.clock.set(at("2026-12-02T11:00"));
    let other = test.second_process();
    let (one, two) = tokio::join!(worker::run_until_idle(&test.app), worker::run_until_idle(&other));
    assert!(one.unwrap() + two.unwrap() > 0);
    let expected = [
        // Access and blocking are unassigned, the objection is the agent's: to whoever has it and to every DPO, each once.
        (("overdue", "agent.citicom"), 1),
        (("overdue", "dpo.citicom"), 3),
        (("overdue", "deputy.citicom"), 3),
        (("overdue", "head"), 3),
        // Of the two requests from the web whose address is not proven, one mail each, not two.
        (("confirm_reminder", "requester"), 2),
        (("to_post", "agent.citicom"), 1),
        (("digest", "agent.citicom"), 1),
        (("digest", "dpo.citicom"), 1),
        (("digest", "deputy.citicom"), 1),
    ];
    let expected: BTreeMap<_, usize> =
        expected.into_iter().map(|((mail, who), count)| ((mail.to_owned(), who.to_owned()), count)).collect();
    assert_eq!(made_since(&test, "2026-11-24T00:00"), expected);
    assert_eq!(test.mails().len() + test.digests().len(), expected.values().sum::<usize>(), "all of them left");
    test.work().await;
    assert_eq!(made_since(&test, "2026-11-24T00:00"), expected, "and nothing twice");
}
