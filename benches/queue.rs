//! What a page of the queue costs with few open requests and with many, side by side: `cargo bench --bench queue`.
//!
//! `BENCH_OPEN` (100,000), `BENCH_CLOSED` (50,000, beside the many) and `BENCH_ROUNDS` (30) can be changed. With `TEST_DATABASE_URL` the same is
//! measured on PostgreSQL instead.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod support;

use std::sync::Arc;
use std::time::Instant;

use otinish::cli::demo::Plan;
use otinish::domain::intake::RequestForm;
use otinish::domain::vocabulary::{Blocking, Channel, Kind, Language, Role, Status};
use otinish::services::actions::{StaffAction, act};
use otinish::services::desk::{self, Due, QueueQuery, SortBy};
use otinish::services::requester::TextForm;
use otinish::services::sign_in::Member;
use otinish::services::submit::{Origin, submit};
use support::{Seeded, Times, now, number, postgres};

#[tokio::main]
async fn main() {
    let rounds = number("BENCH_ROUNDS", 30);
    let open = number("BENCH_OPEN", 100_000);
    let server = postgres();
    let few = Seeded::new(server.as_deref(), &Plan { open: 1_000, closed: 0, seed: 1 }).await;
    let plan = Plan { open, closed: number("BENCH_CLOSED", 50_000), seed: 1 };
    let many = Seeded::new(server.as_deref(), &plan).await;
    println!("\n## {}\n", few.database());
    println!("| what | page | few, ms | many, ms | many p95, ms | times | rows |\n|---|---|---:|---:|---:|---:|---:|");
    pages(&few, &many, rounds).await;
    others(&few, &many, rounds).await;
}

fn line(what: &str, page: &str, few: &Times, many: &Times, rows: &str) {
    let (left, right) = (few.median(), many.median());
    println!("| {what} | {page} | {left:.2} | {right:.2} | {:.2} | {:.2} | {rows} |", many.p95(), right / left);
}

fn filters() -> Vec<(&'static str, QueueQuery)> {
    let q = QueueQuery::default;
    let today = now().date_naive();
    let days = |days: i64| Some(today - chrono::Duration::days(days));
    let received = Some(SortBy::Received);
    vec![
        ("no filter", q()),
        ("operator", QueueQuery { operator: Some("citicom".to_owned()), ..q() }),
        ("kind=access", QueueQuery { kind: Some(Kind::Access), ..q() }),
        ("kind=objection", QueueQuery { kind: Some(Kind::Objection), ..q() }),
        ("status=review", QueueQuery { status: Some(Status::Review), ..q() }),
        // Rare: the small database holds a page of 25 of them, and no more.
        ("status=execution, 25 lines", QueueQuery { status: Some(Status::Execution), limit: Some(25), ..q() }),
        ("assignee=me", QueueQuery { assignee: Some("me".to_owned()), ..q() }),
        ("assignee=none", QueueQuery { assignee: Some("none".to_owned()), ..q() }),
        ("due=overdue", QueueQuery { due: Some(Due::Overdue), ..q() }),
        ("due=today", QueueQuery { due: Some(Due::Today), ..q() }),
        ("due=week", QueueQuery { due: Some(Due::Week), ..q() }),
        ("blocking=provisional", QueueQuery { blocking: Some(Blocking::Provisional), ..q() }),
        ("blocking=none", QueueQuery { blocking: Some(Blocking::None), ..q() }),
        ("channel=web", QueueQuery { channel: Some(Channel::Web), ..q() }),
        ("channel=in_person", QueueQuery { channel: Some(Channel::InPerson), ..q() }),
        ("received, 7 days", QueueQuery { received_from: days(14), received_to: days(8), ..q() }),
        ("received_from, 3 days ago", QueueQuery { received_from: days(3), ..q() }),
        ("received_to, 20 days ago", QueueQuery { received_to: days(20), ..q() }),
        ("sort=received", QueueQuery { sort: received, ..q() }),
        ("sort=received, status=review", QueueQuery { sort: received, status: Some(Status::Review), ..q() }),
        ("sort=received, kind=claim", QueueQuery { sort: received, kind: Some(Kind::Claim), ..q() }),
        ("sort=received, assignee=me", QueueQuery { sort: received, assignee: Some("me".to_owned()), ..q() }),
        ("sort=received, due=overdue", QueueQuery { sort: received, due: Some(Due::Overdue), ..q() }),
        ("sort=received, due=week", QueueQuery { sort: received, due: Some(Due::Week), ..q() }),
        ("status=review, kind=access", QueueQuery { status: Some(Status::Review), kind: Some(Kind::Access), ..q() }),
        (
            "assignee=none, due=overdue",
            QueueQuery { assignee: Some("none".to_owned()), due: Some(Due::Overdue), ..q() },
        ),
    ]
}

/// Where the first page, the one in the middle and the last full one begin.
async fn places(seeded: &Seeded, member: &Member, query: &QueueQuery, step: i64) -> [Option<String>; 3] {
    let mut cursors: Vec<Option<String>> = vec![None];
    loop {
        let query = QueueQuery {
            cursor: cursors.last().cloned().flatten(),
            limit: query.limit.or(Some(step)),
            ..query.clone()
        };
        match desk::list(&seeded.app, member.clone(), query).await.unwrap().next_cursor {
            Some(next) => cursors.push(Some(next)),
            None => break,
        }
    }
    // After the last cursor there may be less than a page.
    let last = cursors.len().saturating_sub(2);
    [None, cursors[last / 2].clone(), cursors[last].clone()]
}

async fn one(seeded: &Seeded, member: &Member, query: &QueueQuery, times: &mut Times) -> usize {
    let (member, query) = (member.clone(), query.clone());
    let start = Instant::now();
    let page = desk::list(&seeded.app, member, query).await.unwrap();
    times.add(start);
    page.items.len()
}

async fn pages(few: &Seeded, many: &Seeded, rounds: u64) {
    let members = [few, many].map(|seeded| seeded.member("agent@desk.example.kz", Role::Agent));
    for (what, query) in filters() {
        let left = places(few, &members[0], &query, 50).await;
        let right = places(many, &members[1], &query, 200).await;
        for (place, name) in ["first", "middle", "deep"].into_iter().enumerate() {
            let at = |cursor: &Option<String>| QueueQuery { cursor: cursor.clone(), ..query.clone() };
            let (left, right) = (at(&left[place]), at(&right[place]));
            let (mut small, mut large) = (Times::default(), Times::default());
            let mut rows = (0, 0);
            for _ in 0..rounds {
                rows.0 = one(few, &members[0], &left, &mut small).await;
                rows.1 = one(many, &members[1], &right, &mut large).await;
            }
            line(what, name, &small, &large, &format!("{} / {}", rows.0, rows.1));
        }
    }
}

async fn others(few: &Seeded, many: &Seeded, rounds: u64) {
    let mut counts = [Times::default(), Times::default()];
    let mut submits = [Times::default(), Times::default()];
    let mut notes = [Times::default(), Times::default()];
    let mut moves = [Times::default(), Times::default()];
    for round in 0..rounds {
        for (place, seeded) in [few, many].into_iter().enumerate() {
            let member = seeded.member("dpo@desk.example.kz", Role::Dpo);
            let start = Instant::now();
            desk::counts(&seeded.app, member.clone()).await.unwrap();
            counts[place].add(start);
            let form: RequestForm = serde_json::from_value(serde_json::json!({
                "kind": "access", "subject": {"full_name": "Айгүл Үлгі", "email": format!("bench{round}@mail.example.kz"),
                "iin": "900101400023"}, "submitted_by": {"capacity": "subject"}
            }))
            .unwrap();
            let start = Instant::now();
            let receipt = submit(&seeded.app, "citicom", form, Origin::Web, Language::Ru, None).await.unwrap().receipt;
            submits[place].add(start);
            let app = Arc::clone(&seeded.app);
            let text = StaffAction::Note(TextForm { text: "A note.".to_owned() });
            let start = Instant::now();
            let view = act(&app, member.clone(), receipt.reference.clone(), 1, text).await.unwrap();
            notes[place].add(start);
            let dismiss = StaffAction::Dismiss(otinish::services::actions::ReasonForm { reason: "A test.".to_owned() });
            let start = Instant::now();
            act(&app, member, receipt.reference, view.version, dismiss).await.unwrap();
            moves[place].add(start);
        }
    }
    for (what, times) in [("counts", counts), ("submit", submits), ("action: note", notes), ("action: dismiss", moves)]
    {
        line(what, "", &times[0], &times[1], "");
    }
}
