//! The counters of the queue equal a plain count, whatever happened; and pages hold what their filters say.

use std::collections::BTreeMap;

use diesel::prelude::*;
use otinish::cli::demo::{self, Plan};
use otinish::domain::vocabulary::{Language, Role, Status};
use otinish::services::actions::{AssignForm, ReasonForm, StaffAction, apply};
use otinish::services::desk::{self, QueueQuery};
use otinish::services::error::ServiceError;
use otinish::services::sign_in::Member;
use otinish::storage::requests::RequestRow;
use otinish::storage::schema::requests;
use otinish::storage::{queue, staff};
use proptest::prelude::Rng;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::support::{TestApp, TestDatabase, forms};

type Numbers = BTreeMap<(String, String, String), i64>;

fn all(database: &TestDatabase) -> Vec<RequestRow> {
    requests::table.select(RequestRow::as_select()).load(&mut database.connect()).unwrap()
}

/// The counters as a plain look at every request gives them.
fn recounted(database: &TestDatabase) -> Numbers {
    let mut numbers = Numbers::new();
    for row in all(database) {
        let open = row.final_at.is_none();
        let mut add = |facet: &str, value: String, counts: bool| {
            if counts {
                *numbers.entry((row.operator_id.clone(), facet.to_owned(), value)).or_default() += 1;
            }
        };
        add("status", row.status.to_string(), true);
        add("kind", row.kind.to_string(), open);
        add("unassigned", String::new(), open && row.assignee_id.is_none());
        add("due", row.headline_due_on.map(|day| day.to_string()).unwrap_or_default(), row.headline_due_on.is_some());
    }
    numbers
}

fn counted(test: &TestApp) -> Numbers {
    let mut numbers = Numbers::new();
    let mut connection = test.database.connect();
    for operator in test.app.operators.iter() {
        for (facet, value, n) in queue::counts(&mut connection, std::slice::from_ref(&operator.id)).unwrap() {
            *numbers.entry((operator.id.clone(), facet.to_string(), value)).or_default() += n;
        }
    }
    numbers.retain(|_, number| *number != 0);
    numbers
}

async fn compact(test: &TestApp) {
    test.app.db.write("compact", |tx| Ok::<_, ServiceError>(queue::compact_counts(tx)?)).await.unwrap();
}

async fn filled(plan: Plan) -> TestApp {
    let test = TestApp::start().await;
    let app = demo::open(test.settings.clone(), test.app.clock.now()).unwrap();
    demo::fill(&app, &plan, |_| {}).await.unwrap();
    test
}

fn member(test: &TestApp, email: &str, role: Role) -> Member {
    let row = staff::by_email(&mut test.database.connect(), email).unwrap().unwrap();
    let roles = test.app.operators.iter().map(|operator| (operator.id.clone(), vec![role])).collect();
    let (id, name, email) = (row.id, row.name, row.email);
    Member {
        id,
        name,
        email,
        language: Language::Ru,
        is_admin: false,
        roles,
        stands_in_for: BTreeMap::new(),
        session_id: String::new(),
        hold: None,
    }
}

#[tokio::test]
async fn counters_equal_a_plain_count_after_any_workflow_a_rollback_deletions_and_summing_up() {
    let test = filled(Plan { open: 70, closed: 15, seed: 11 }).await;
    assert_eq!(counted(&test), recounted(&test.database));
    let dpo = member(&test, "dpo@desk.example.kz", Role::Dpo);
    let open: Vec<RequestRow> = all(&test.database)
        .into_iter()
        .filter(|row| matches!(row.status, Status::Submitted | Status::Review))
        .collect();
    let steps = [
        StaffAction::Assign(AssignForm { assignee: Some("me".to_owned()), quietly: true }),
        StaffAction::Assign(AssignForm { assignee: None, quietly: true }),
        StaffAction::Dismiss(ReasonForm { reason: "A test.".to_owned() }),
    ];
    for (place, row) in open.iter().enumerate() {
        let (process, dpo, reference) = (std::sync::Arc::clone(&test.app), dpo.clone(), row.reference.clone());
        let (step, rolls_back) = (steps[place % 3].clone(), place % 4 == 3);
        let done = test
            .app
            .db
            .write("step", move |tx| {
                apply(&process, tx, &dpo, &reference, None, step)?;
                if rolls_back { Err(ServiceError::NotFound) } else { Ok(()) }
            })
            .await;
        assert_eq!(done.is_err(), rolls_back);
    }
    assert!(open.len() > 8);
    let expected = recounted(&test.database);
    assert_eq!(counted(&test), expected);
    compact(&test).await;
    compact(&test).await;
    assert_eq!(counted(&test), expected, "summing up changes no number");
    let mut connection = test.database.connect();
    diesel::update(requests::table.filter(requests::kind.eq("access")))
        .set((requests::kind.eq("claim"), requests::operator_id.eq("citicom")))
        .execute(&mut connection)
        .unwrap();
    assert_eq!(counted(&test), recounted(&test.database), "nobody does this, and it is counted all the same");
}

#[tokio::test]
async fn counters_hold_while_many_write_and_somebody_sums_up() {
    let test = filled(Plan { open: 5, closed: 0, seed: 2 }).await;
    let body = forms::of_kind("claim");
    let writes = (0..24).map(|_| test.post("/api/v1/operators/citicom/requests", None, &body));
    let sums = async {
        for _ in 0..6 {
            compact(&test).await;
        }
    };
    let writes = async {
        let handles: Vec<_> = writes.collect();
        let mut answers = Vec::new();
        for part in join_all(handles).await {
            answers.push(part.status);
        }
        answers
    };
    let (answers, ()) = tokio::join!(writes, sums);
    assert!(answers.iter().filter(|status| **status == 201).count() > 4, "{answers:?}");
    assert_eq!(counted(&test), recounted(&test.database));
}

/// Lets several things happen side by side.
async fn join_all<F: std::future::Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut pinned: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = pinned.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (place, future) in pinned.iter_mut().enumerate() {
            if done[place].is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                done[place] = Some(output);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// What a page's line has to be for a filter.
fn fits(row: &RequestRow, query: &Value, me: &str, test: &TestApp) -> bool {
    let now = test.app.clock.now();
    let today = otinish::domain::almaty::local_date(now);
    let received = otinish::domain::almaty::local_date(row.received_at.and_utc()).to_string();
    let asked = |name: &str| query[name].as_str();
    asked("operator").is_none_or(|value| row.operator_id == value)
        && asked("kind").is_none_or(|value| row.kind.as_str() == value)
        && asked("status").is_none_or(|value| row.status.as_str() == value)
        && asked("blocking").is_none_or(|value| row.blocking.as_str() == value)
        && asked("channel").is_none_or(|value| row.channel.as_str() == value)
        && asked("received_from").is_none_or(|value| received.as_str() >= value)
        && asked("received_to").is_none_or(|value| received.as_str() <= value)
        && asked("assignee").is_none_or(|value| {
            if value == "me" { row.assignee_id.as_deref() == Some(me) } else { row.assignee_id.is_none() }
        })
        && asked("due").is_none_or(|value| {
            row.headline_due_on.is_some_and(|day| match value {
                "overdue" => day < today,
                "today" => day == today,
                _ => day >= today && day < today + chrono::Duration::days(7),
            })
        })
}

/// All references that the pages hold, one after the other.
async fn walked(test: &TestApp, member: &Member, query: &Value, limit: i64) -> Vec<String> {
    let mut references = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut query = query.clone();
        query["limit"] = json!(limit);
        query["cursor"] = json!(cursor);
        let query: QueueQuery = serde_json::from_value(query).unwrap();
        let page = desk::list(&test.app, member.clone(), query).await.unwrap();
        assert!(page.items.len() <= usize::try_from(limit).unwrap());
        references.extend(page.items.iter().map(|item| item.reference.clone()));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return references;
        }
    }
}

#[tokio::test]
async fn the_pages_of_any_filter_hold_each_request_that_fits_once_and_in_order() {
    let test = filled(Plan { open: 90, closed: 30, seed: 5 }).await;
    let agent = member(&test, "agent@desk.example.kz", Role::Agent);
    let rows = all(&test.database);
    let values = |name: &'static str| -> Vec<(&'static str, Value)> {
        let words: &[&str] = match name {
            "operator" => &["citicom", "demo"],
            "kind" => &["access", "deletion", "claim"],
            "status" => &["submitted", "review", "answered"],
            "assignee" => &["me", "none"],
            "due" => &["overdue", "today", "week"],
            "blocking" => &["none", "provisional"],
            "channel" => &["web", "paper"],
            "received_from" => &["2026-11-01", "2026-11-20", "2026-02-01"],
            _ => &["2026-11-19", "2026-11-23", "2026-10-01"],
        };
        std::iter::once((name, Value::Null)).chain(words.iter().map(|word| (name, json!(word)))).collect()
    };
    let names =
        ["operator", "kind", "status", "assignee", "due", "blocking", "channel", "received_from", "received_to"];
    let choices: Vec<Vec<(&str, Value)>> = names.into_iter().map(values).collect();
    let mut queries: Vec<Value> = choices
        .iter()
        .flatten()
        .flat_map(|(name, value)| ["due", "received"].map(|sort| json!({*name: value, "sort": sort})))
        .collect();
    // And combinations of two and three, as chance has it.
    let mut runner = TestRunner::new(Config::default());
    for tried in 0..60 {
        let mut query = json!({"sort": if tried % 2 == 0 { "due" } else { "received" }});
        for _ in 0..3 {
            let filter = &choices[usize::try_from(runner.rng().next_u32()).unwrap() % choices.len()];
            let (name, value) = &filter[usize::try_from(runner.rng().next_u32()).unwrap() % filter.len()];
            query[*name] = value.clone();
        }
        queries.push(query);
    }
    let mut found = 0;
    for query in queries {
        let mut expected: Vec<&RequestRow> = rows.iter().filter(|row| fits(row, &query, &agent.id, &test)).collect();
        let by_receipt = query["sort"] == "received";
        expected.sort_by_key(|row| (if by_receipt { row.received_at } else { row.sort_due_at }, row.id.clone()));
        let expected: Vec<String> = expected.iter().map(|row| row.reference.clone()).collect();
        found += expected.len();
        assert_eq!(walked(&test, &agent, &query, 7).await, expected, "{query}");
    }
    assert!(found > 500, "{found}");
}
