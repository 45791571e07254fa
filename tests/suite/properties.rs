//! What holds for every input: which deadline leads, when somebody is reminded, and that no history can be touched unseen.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use otinish::domain::almaty;
use otinish::domain::calendar::Calendar;
use otinish::domain::clocks::{Candidate, headline};
use otinish::domain::event_chain::{Head, Link, verify};
use otinish::domain::reminder::{Stage, Watched};
use otinish::domain::term::{Term, TermUnit};
use otinish::domain::vocabulary::{Basis, ClockName, ClockState, Kind, Role};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::support::journey::stored_chain;
use crate::support::{Member, TestApp, forms};

fn day(number: i64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 5).unwrap() + Duration::days(number)
}

fn candidate() -> impl Strategy<Value = Candidate> {
    let due_on = proptest::option::of((0..20_i64).prop_map(day));
    (select(ClockName::ALL), select(ClockState::ALL), select(Basis::ALL), due_on)
        .prop_map(|(name, state, basis, due_on)| Candidate { name, state, basis, due_on })
}

/// Each clock at most once, as a request has them.
fn candidates() -> impl Strategy<Value = Vec<Candidate>> {
    proptest::collection::vec(candidate(), 0..9).prop_map(|mut list| {
        let mut seen = BTreeSet::new();
        list.retain(|clock| seen.insert(clock.name));
        list
    })
}

proptest! {
    #[test]
    fn the_headline_is_the_nearest_running_clock(kind in select(Kind::ALL), list in candidates()) {
        let led = headline(kind, list.iter().copied());
        let running: Vec<&Candidate> =
            list.iter().filter(|clock| clock.state == ClockState::Running && clock.due_on.is_some()).collect();
        let is_outer = |name: ClockName| name == ClockName::ClaimResponse && kind != Kind::Claim;
        let Some((name, due_on)) = led else {
            prop_assert!(running.is_empty());
            return Ok(());
        };
        let leader = running.iter().find(|clock| clock.name == name).copied();
        prop_assert!(leader.is_some_and(|clock| clock.due_on == Some(due_on)));
        let leader = leader.unwrap();
        prop_assert!(!is_outer(name) || running.len() == 1, "the outer limit leads only alone");
        for other in running.iter().filter(|clock| !is_outer(clock.name)) {
            prop_assert!(other.due_on >= leader.due_on);
            if other.due_on == leader.due_on && other.basis == Basis::Statutory {
                prop_assert_eq!(leader.basis, Basis::Statutory);
            }
        }
    }

    #[test]
    fn the_headline_does_not_depend_on_the_order_nor_on_those_behind_it(kind in select(Kind::ALL), list in candidates()) {
        let led = headline(kind, list.iter().copied());
        prop_assert_eq!(headline(kind, list.iter().rev().copied()), led);
        for left_out in list.iter().filter(|clock| led.is_none_or(|(name, _)| name != clock.name)) {
            let rest = list.iter().filter(|clock| clock.name != left_out.name).copied();
            prop_assert_eq!(headline(kind, rest), led);
        }
    }
}

fn calendar() -> Calendar {
    Calendar::parse("calendars/kz.toml", include_str!("../../calendars/kz.toml")).unwrap()
}

/// A clock that began somewhere in 2025 or 2026 and is looked at from the same moment, earlier or later.
fn watched() -> impl Strategy<Value = Watched> {
    let term = prop_oneof![
        (1..=20_u32).prop_map(|days| Term { days, unit: TermUnit::Working }),
        (2..=40_u32).prop_map(|days| Term { days, unit: TermUnit::Calendar }),
    ];
    (term, -300..250_i64, 0..1_440_i64, 0..20_000_i64).prop_map(|(term, on, minute, late)| {
        let started_on = day(on);
        let due_on = calendar().count(started_on, term).unwrap().due_on;
        let received = almaty::at_local(started_on, 0, 0) + Duration::minutes(minute);
        Watched { term, running_since: received + Duration::minutes(late), due_on }
    })
}

/// All instants at which a stage may come from the start on, for 20 days past the end.
fn instants(watched: &Watched, calendar: &Calendar) -> Vec<DateTime<Utc>> {
    let until = almaty::due_at(watched.due_on).max(watched.running_since) + Duration::days(20);
    let (mut now, mut all) = (watched.running_since, Vec::new());
    while now <= until {
        all.push(now);
        let next = watched.next_after(calendar, now).unwrap();
        assert!(next > now, "{watched:?}: after {now} comes {next}");
        now = next;
    }
    all
}

proptest! {
    #[test]
    fn reminders_come_one_at_a_time_ever_later_and_never_too_many(watched in watched()) {
        let calendar = calendar();
        let due_at = almaty::due_at(watched.due_on);
        let (mut keys, mut was_overdue) = (BTreeSet::new(), false);
        let mut before_due = 0;
        for now in instants(&watched, &calendar) {
            let Some(stage) = watched.stage_at(&calendar, now).unwrap() else { continue };
            prop_assert_eq!(stage.is_overdue(), now >= due_at);
            prop_assert!(!was_overdue || stage.is_overdue(), "a clock that is overdue stays so");
            was_overdue = stage.is_overdue();
            let is_new = keys.insert(stage.key());
            before_due += usize::from(is_new && !stage.is_overdue());
            if let Stage::Overdue { on, working_days } = stage {
                let end = watched.due_on.succ_opt().unwrap();
                prop_assert!(on == end || calendar.is_working(on).unwrap(), "{} is a day off", on);
                prop_assert_eq!(working_days, calendar.working_days_between(watched.due_on, on).unwrap());
            }
        }
        prop_assert!(before_due <= 3, "{} reminders before the end", before_due);
        // One at the end of the term and one each working day of the twenty days after it.
        prop_assert!(keys.len() <= 3 + 1 + 20, "{:?}", keys);
    }

    #[test]
    fn between_two_reminders_nothing_changes(watched in watched(), late in 0..60_000_i64) {
        let calendar = calendar();
        let now = watched.running_since + Duration::minutes(late);
        let next = watched.next_after(&calendar, now).unwrap();
        prop_assert!(next > now);
        let shortly_before = next - Duration::microseconds(1);
        prop_assert_eq!(watched.stage_at(&calendar, now).unwrap(), watched.stage_at(&calendar, shortly_before).unwrap());
        prop_assert_eq!(watched.next_after(&calendar, shortly_before).unwrap(), next);
        let stage = watched.stage_at(&calendar, next).unwrap();
        prop_assert!(stage.is_some(), "something comes at {}", next);
    }
}

/// What staff and the requester may try; many a thing is refused where the request stands.
const STEPS: [&str; 14] = [
    "assign",
    "verify",
    "ask",
    "message",
    "start",
    "propose",
    "approve",
    "send_back",
    "note",
    "block",
    "confirm_violation",
    "dismiss_violation",
    "complete",
    "cancel",
];

fn body(step: &str) -> Value {
    match step {
        "assign" => json!({"assignee": "me"}),
        "verify" => json!({"result": "confirmed", "method": "phone"}),
        "propose" => json!({"outcome": "granted", "letter": "Done."}),
        "ask" | "send_back" | "note" | "complete" => json!({"text": "A few words."}),
        "block" | "cancel" => json!({"reason": "A few words."}),
        _ => json!({}),
    }
}

/// Lives a request through `steps` and reads its history back from the database.
async fn story(kind: &str, steps: &[&str]) -> (String, Vec<Link>, Head) {
    let test = TestApp::start().await;
    let agent: Member = test.staff("agent", Role::Agent, "kazteleport").await;
    let dpo: Member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let request = test.submit_confirmed("kazteleport", &forms::of_kind(kind)).await;
    for step in steps {
        let who = if matches!(*step, "approve" | "send_back" | "confirm_violation") { &dpo } else { &agent };
        let answer = if *step == "message" {
            test.post(&request.path("/messages"), Some(&request.token), &json!({"text": "One more thing."})).await
        } else {
            test.act(who, &request.reference, step, body(step)).await
        };
        assert!(answer.status < 500, "{step}: {}", answer.text);
        test.advance(Duration::seconds(7)).await;
    }
    stored_chain(&test.database, &request.reference)
}

/// The chain after each way to touch it.
fn damaged(chain: &[Link]) -> Vec<(String, Vec<Link>)> {
    let mut all = Vec::new();
    for place in 0..chain.len() {
        let mut change = |what: &str, with: &dyn Fn(&mut Vec<Link>)| {
            let mut copy = chain.to_vec();
            with(&mut copy);
            all.push((format!("{what} at {place}"), copy));
        };
        change("kind", &|links| links[place].header.kind.push('x'));
        change("time", &|links| links[place].header.at += Duration::microseconds(1));
        change("data", &|links| links[place].header.data.push(' '));
        change("actor", &|links| links[place].header.actor_kind.push('x'));
        change("member", &|links| links[place].header.actor_id = Some("somebody else".to_owned()));
        change("request", &|links| links[place].header.request_id.push('x'));
        change("number", &|links| links[place].header.seq += 1);
        change("hash", &|links| links[place].hash[0] ^= 1);
        change("sealed", &|links| {
            links[place].ciphertext = Some(b"another".to_vec());
            links[place].ciphertext_digest = None;
        });
        change("removed", &|links| {
            links.remove(place);
        });
        change("doubled", &|links| links.insert(place, links[place].clone()));
        if place > 0 {
            change("swapped", &|links| links.swap(place - 1, place));
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 0, ..ProptestConfig::default() })]

    #[test]
    fn a_history_as_it_was_written_holds_and_no_touched_one_does(
        kind in select(&forms::KINDS[..]), steps in proptest::collection::vec(select(&STEPS[..]), 0..14)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (id, chain, head) = runtime.block_on(story(kind, &steps));
        prop_assert!(chain.len() >= 2);
        prop_assert_eq!(verify(&id, &chain, Some(&head)), Ok(()));
        for (what, touched) in damaged(&chain) {
            prop_assert!(verify(&id, &touched, Some(&head)).is_err(), "{} was not seen", what);
        }
        prop_assert!(verify(&id, &[], Some(&head)).is_err(), "all of it removed");
    }
}
