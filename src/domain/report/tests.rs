use chrono::TimeZone;
use proptest::prelude::*;

use super::*;

fn at(day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, day, hour, 0, 0).unwrap()
}

fn clock(state: ClockState, due: DateTime<Utc>, met: Option<DateTime<Utc>>) -> ClockFacts {
    ClockFacts { name: ClockName::Information, state, due_at: Some(due), met_at: met }
}

fn facts(status: Status, clocks: Vec<ClockFacts>) -> RequestFacts {
    RequestFacts {
        reference: "DEM-1".to_owned(),
        operator: "demo".to_owned(),
        kind: Kind::Access,
        status,
        channel: Channel::Web,
        outcome: (status == Status::Answered).then_some(Outcome::Refused),
        received_at: at(2, 6),
        answered_at: (status == Status::Answered).then(|| at(5, 6)),
        due_on: (!status.is_final()).then(|| almaty::local_date(at(20, 0))),
        consumer: false,
        clocks,
        grounds: vec!["other_person".to_owned()],
    }
}

#[test]
fn a_deadline_is_kept_until_its_very_last_moment() {
    let due = at(6, 19);
    assert_eq!(clock(ClockState::Met, due, Some(at(6, 18))).kept(at(9, 0)), Some(Kept::InTime));
    assert_eq!(clock(ClockState::Met, due, Some(due)).kept(at(9, 0)), Some(Kept::Late));
    assert_eq!(clock(ClockState::Running, due, None).kept(at(6, 18)), Some(Kept::Open));
    assert_eq!(clock(ClockState::Running, due, None).kept(due), Some(Kept::Late));
    assert_eq!(clock(ClockState::Void, due, None).kept(at(9, 0)), None);
}

#[test]
fn a_report_counts_what_was_received_and_leaves_out_what_was_no_request() {
    let now = at(10, 6);
    let mut reporter = Reporter::new(now);
    let late = clock(ClockState::Met, at(4, 19), Some(at(5, 6)));
    let good = clock(ClockState::Met, at(8, 19), Some(at(5, 6)));
    reporter.add(&facts(Status::Answered, vec![late, good.clone()]), true);
    reporter.add(&facts(Status::Answered, vec![good]), true);
    reporter.add(&facts(Status::Review, vec![clock(ClockState::Running, at(20, 19), None)]), true);
    reporter.add(&facts(Status::Dismissed, vec![]), true);
    // Of an operator of which only counts are seen.
    let mut other = facts(Status::Review, vec![]);
    "other".clone_into(&mut other.operator);
    reporter.add(&other, false);
    let (counts, details) = reporter.finish(vec!["demo".to_owned()]);
    assert_eq!((counts.received, counts.open, counts.answered, counts.overdue), (4, 2, 2, 0));
    assert_eq!(counts.operator.get("other"), Some(&1));
    let information = details.clocks["information"];
    assert_eq!((information.in_time, information.late, information.open), (2, 1, 1));
    assert_eq!(information.share_in_time, Some(0.6667));
    assert_eq!((details.requests.in_time, details.requests.late, details.requests.open), (1, 1, 1));
    assert_eq!(details.days, DayFigures { answers: 2, median: Some(3), p95: Some(3) });
    assert_eq!(details.refusals["other_person"], 2);
    assert!(!details.operator.contains_key("other"));
    let open: Vec<u64> = details.due.iter().map(|week| week.open).collect();
    assert_eq!(open, [0, 0, 1, 0, 0, 0, 0, 0, 0], "the 20th lies in the next week: {:?}", details.due);
}

proptest! {
    #[test]
    fn a_percentile_is_one_of_the_values_and_that_many_do_not_exceed_it(
        mut values in proptest::collection::vec(0_i64..400, 1..60), percent in 1_usize..=100,
    ) {
        values.sort_unstable();
        let value = percentile(&values, percent).unwrap();
        let within = values.iter().filter(|one| **one <= value).count();
        let below = values.iter().filter(|one| **one < value).count();
        prop_assert!(within * 100 >= percent * values.len());
        prop_assert!(below * 100 < percent * values.len());
    }
}
