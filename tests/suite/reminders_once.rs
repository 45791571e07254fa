//! Each reminder goes out once: with several workers, after a crash, after a standstill, and whatever else fails.

use std::collections::BTreeMap;
use std::time::Duration as Moment;

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use otinish::worker;

use crate::support::{TestApp, at, forms};

/// How often each mail went out: by recipient and text.
fn counts(test: &TestApp) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for mail in test.take_mails().into_iter().filter(|mail| mail.to != forms::EMAIL) {
        *counts.entry((mail.to, mail.text)).or_default() += 1;
    }
    counts
}

async fn busy(requests: usize) -> TestApp {
    let test = TestApp::start_at("2026-11-23T10:00").await;
    test.staff("dpo", Role::Dpo, "citicom").await;
    test.staff("second", Role::Dpo, "citicom").await;
    for _ in 0..requests {
        test.submit("citicom", &forms::of_kind("blocking")).await;
        test.submit("citicom", &forms::access()).await;
    }
    test.work().await;
    test.take_mails();
    test
}

#[tokio::test]
async fn after_a_week_of_standstill_one_mail_for_the_latest_stage_goes_out() {
    let test = busy(1).await;
    test.travel_to("2026-12-02T10:00").await;
    let counts = counts(&test);
    // Blocking and information, to two DPOs and the head; the nudge of the requester is not counted here.
    assert_eq!(counts.len(), 6, "{:?}", counts.keys().collect::<Vec<_>>());
    assert!(counts.values().all(|count| *count == 1));
    for (_, text) in counts.keys().filter(|(to, _)| to == "dpo@staff.example.kz") {
        let days = if text.contains("24 November") { "6 working days" } else { "4 working days" };
        assert!(text.contains(&format!("missed by {days}")), "{text}");
    }
    test.travel_to("2026-12-02T23:00").await;
    assert!(test.take_mails().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_workers_at_once_send_each_reminder_once() {
    let test = busy(4).await;
    let other = test.second_process();
    for moment in ["2026-11-24T09:00", "2026-11-24T14:00", "2026-11-25T00:00", "2026-11-25T09:00", "2026-11-26T09:00"] {
        test.app.clock.set(at(moment));
        let (one, two) = tokio::join!(
            async { worker::step(&test.app, "one").await.unwrap() + worker::step(&test.app, "one").await.unwrap() },
            async { worker::step(&other, "two").await.unwrap() + worker::step(&other, "two").await.unwrap() },
        );
        assert!(one + two > 0, "{moment}");
        test.work().await;
        let counts = counts(&test);
        assert!(!counts.is_empty(), "{moment}");
        for ((to, text), count) in counts {
            assert_eq!(count, 1, "{moment}: {to}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_is_killed_at_any_point_neither_loses_nor_repeats_a_reminder() {
    for micros in [0, 200, 1_000, 3_000, 8_000, 20_000, 60_000] {
        let test = busy(3).await;
        test.app.clock.set(at("2026-11-25T09:00"));
        let killed = tokio::time::timeout(Moment::from_micros(micros), worker::step(&test.app, "killed")).await;
        drop(killed);
        // What was in the hands of the database ends; then another worker comes, after the leases are over.
        tokio::time::sleep(Moment::from_millis(300)).await;
        test.app.clock.advance(Duration::seconds(31));
        test.work().await;
        let counts = counts(&test);
        let blocking = counts.keys().filter(|(to, text)| to.starts_with("dpo@") && text.contains("24 November"));
        let information = counts.keys().filter(|(to, text)| to.starts_with("dpo@") && text.contains("26 November"));
        assert_eq!((blocking.count(), information.count()), (3, 3), "after {micros} µs");
        // In memory nothing lies between sending and noting it, so nothing is sent twice here.
        assert!(counts.values().all(|count| *count == 1), "after {micros} µs: {counts:?}");
    }
}

#[tokio::test]
async fn a_reminder_and_its_ledger_are_one_unit() {
    let test = busy(1).await;
    let refuse_sqlite = "CREATE TRIGGER no_mails BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END";
    let refuse_postgres = "CREATE FUNCTION no_mails() RETURNS trigger LANGUAGE plpgsql AS \
        $$ BEGIN RAISE EXCEPTION 'no'; END $$; \
        CREATE TRIGGER no_mails BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION no_mails()";
    test.sql(refuse_sqlite, refuse_postgres);
    test.app.clock.set(at("2026-11-24T09:00"));
    assert!(worker::step(&test.app, "one").await.is_err(), "no reminder can be written");
    test.sql("DROP TRIGGER no_mails", "DROP TRIGGER no_mails ON outbox");
    test.work().await;
    let counts = counts(&test);
    assert_eq!(counts.values().sum::<usize>(), 2, "the stage was not noted as sent: {counts:?}");
}
