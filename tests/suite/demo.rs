//! `otinish demo`: made-up requests that are like real ones in everything but the people.

use std::collections::BTreeMap;

use diesel::prelude::*;
use otinish::cli::demo::{self, Filled, Plan};
use otinish::domain::event_chain;
use otinish::domain::vocabulary::Status;
use otinish::storage::requests::NO_DUE;
use otinish::storage::schema::{clocks, outbox, requests};

use crate::support::journey::{rows, stored_chain};
use crate::support::{TestApp, TestDatabase, forms};

const PLAN: Plan = Plan { open: 60, closed: 20, seed: 7 };

async fn filled(test: &TestApp, plan: &Plan) -> Filled {
    let app = demo::open(test.settings.clone(), test.app.clock.now()).unwrap();
    demo::fill(&app, plan, |_| {}).await.unwrap()
}

/// How many requests there are of each operator, kind, status and channel.
fn groups(database: &TestDatabase) -> BTreeMap<String, i64> {
    let rows: Vec<(String, String, String, String)> = requests::table
        .select((requests::operator_id, requests::kind, requests::status, requests::channel))
        .load(&mut database.connect())
        .unwrap();
    let mut groups = BTreeMap::new();
    for (operator, kind, status, channel) in rows {
        *groups.entry(format!("{operator} {kind} {status} {channel}")).or_default() += 1;
    }
    groups
}

#[tokio::test]
async fn made_up_requests_have_a_history_that_verifies_clocks_by_the_law_and_nothing_left_to_mail() {
    let test = TestApp::start().await;
    let filled = filled(&test, &PLAN).await;
    assert_eq!((filled.requests, filled.staff.len()), (80, 7));
    let mut connection = test.database.connect();
    let all: Vec<(String, String, bool)> = requests::table
        .select((requests::reference, requests::status, requests::final_at.is_not_null()))
        .load(&mut connection)
        .unwrap();
    assert_eq!(all.len(), 80);
    assert_eq!(all.iter().filter(|(_, _, closed)| *closed).count(), 20);
    for (reference, status, closed) in &all {
        assert_eq!(Status::parse(status).unwrap().is_final(), *closed);
        let (id, links, head) = stored_chain(&test.database, reference);
        assert_eq!(event_chain::verify(&id, &links, Some(&head)), Ok(()), "{reference}");
        let times: Vec<_> = links.iter().map(|link| link.header.at).collect();
        assert!(times.is_sorted() && times.last().is_some_and(|at| *at <= test.app.clock.now()), "{reference}");
    }
    let statuses: std::collections::BTreeSet<_> = all.iter().map(|(_, status, _)| status.as_str()).collect();
    assert!(statuses.len() >= 8, "{statuses:?}");
    let answered_but_running: i64 = clocks::table
        .inner_join(requests::table.on(requests::id.eq(clocks::request_id)))
        .filter(requests::status.eq("answered"))
        .filter(clocks::state.eq("running"))
        .filter(requests::blocking.eq("none"))
        .count()
        .get_result(&mut connection)
        .unwrap();
    assert_eq!(answered_but_running, 0, "the answer was delivered and met them");
    let no_deadline: i64 = requests::table
        .filter(requests::final_at.is_null())
        .filter(requests::sort_due_at.eq(NO_DUE))
        .count()
        .get_result(&mut connection)
        .unwrap();
    assert!(no_deadline < 30, "most open requests have a deadline: {no_deadline}");
    let states: Vec<String> = outbox::table.select(outbox::state).distinct().load(&mut connection).unwrap();
    assert_eq!(states, ["sent"]);
    let mut before = rows(&test.database);
    test.work().await;
    assert_eq!(test.mails().len(), 0, "neither mails nor reminders of the past");
    // What waits this very morning is told: to the made-up accounts, one digest each.
    let digests = i64::try_from(test.digests().len()).unwrap();
    assert_eq!(digests, before["staff"]);
    for table in ["outbox", "reminders"] {
        *before.get_mut(table).unwrap() += digests;
    }
    // The ledger also says that the audit was verified today.
    *before.get_mut("reminders").unwrap() += 1;
    before.insert("checkpoints", 1);
    before.insert("checkpoint_entries", before["requests"] + before["audit"]);
    assert_eq!(rows(&test.database), before);
}

#[tokio::test]
async fn the_same_seed_makes_the_same_requests_and_a_second_run_adds_others() {
    let (first, second, other) = (TestApp::start().await, TestApp::start().await, TestApp::start().await);
    let plan = Plan { open: 30, closed: 10, seed: 3 };
    for (test, plan) in [(&first, plan), (&second, plan), (&other, Plan { seed: 4, ..plan })] {
        filled(test, &plan).await;
    }
    assert_eq!(groups(&first.database), groups(&second.database));
    assert_ne!(groups(&first.database), groups(&other.database));
    let again = filled(&first, &Plan { open: 20, closed: 0, seed: 3 }).await;
    assert_eq!((again.staff.len(), again.password), (0, None), "the staff is there");
    assert_eq!(rows(&first.database)["requests"], 60);
    let twice: i64 = requests::table
        .filter(requests::duplicate_of.is_not_null())
        .count()
        .get_result(&mut first.database.connect())
        .unwrap();
    assert_eq!(twice, 0, "other people ask");
}

#[tokio::test]
async fn a_database_with_requests_of_people_is_told_from_one_with_made_up_ones() {
    let test = TestApp::start().await;
    filled(&test, &Plan { open: 5, closed: 0, seed: 1 }).await;
    assert!(!demo::has_others(&test.app).await.unwrap());
    test.submit("citicom", &forms::access()).await;
    assert!(demo::has_others(&test.app).await.unwrap());
}

#[tokio::test]
async fn a_process_that_mails_or_whose_time_runs_makes_up_nothing() {
    let test = TestApp::start().await;
    assert!(demo::fill(&test.app, &PLAN, |_| {}).await.is_err());
    assert_eq!(rows(&test.database)["requests"], 0);
}
