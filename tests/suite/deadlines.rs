//! Deadlines against a slow count of their own, the calendar, and the same from the command line.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde_json::{Value, json};

use crate::support::journey::rows;
use crate::support::{TestApp, clock, forms};

/// The days of the published calendar, day by day.
struct Days4 {
    differ: BTreeMap<NaiveDate, bool>,
}

impl Days4 {
    async fn read(test: &TestApp) -> Self {
        let mut differ = BTreeMap::new();
        for year in 2024..=2027 {
            let answer = test.get(&format!("/api/v1/calendar/{year}"), None).await.expect(200);
            for day in answer["days"].as_array().unwrap() {
                differ.insert(day["date"].as_str().unwrap().parse().unwrap(), day["working"].as_bool().unwrap());
            }
        }
        Self { differ }
    }

    fn works(&self, day: NaiveDate) -> bool {
        let plain = !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        self.differ.get(&day).copied().unwrap_or(plain)
    }

    /// Walks on day by day: the day of the event never counts.
    fn working(&self, event: NaiveDate, days: u32) -> NaiveDate {
        let (mut day, mut counted) = (event, 0);
        while counted < days {
            day = day.checked_add_days(Days::new(1)).unwrap();
            counted += u32::from(self.works(day));
        }
        day
    }

    fn calendar(&self, event: NaiveDate, days: u32) -> NaiveDate {
        let mut day = event.checked_add_days(Days::new(days.into())).unwrap();
        while !self.works(day) {
            day = day.checked_add_days(Days::new(1)).unwrap();
        }
        day
    }

    fn due(&self, name: &str, event: NaiveDate) -> NaiveDate {
        match name {
            "claim_response" => self.calendar(event, 30),
            "consumer_claim" => self.calendar(event, 10),
            "withdrawal" => self.working(event, 15),
            "information" | "deletion_decision" | "objection" => self.working(event, 3),
            "document_request" | "correction" | "blocking" | "publication_removal" | "destruction" => {
                self.working(event, 1)
            }
            other => panic!("an unknown clock: {other}"),
        }
    }
}

/// The query of a kind with all that adds clocks, and the clocks that must run.
fn variants() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    vec![
        ("access", "", vec!["information"]),
        ("access", "&grounds=no_consent&published=true", vec!["information", "blocking", "publication_removal"]),
        ("correction", "", vec!["document_request"]),
        ("blocking", "", vec!["blocking"]),
        ("deletion", "", vec!["deletion_decision"]),
        ("deletion", "&grounds=court_decision", vec!["deletion_decision", "destruction"]),
        ("consent_withdrawal", "", vec!["withdrawal"]),
        ("objection", "", vec!["objection"]),
        ("claim", "&consumer=true", vec!["consumer_claim"]),
    ]
}

/// Days that look random and are the same in every run.
fn random_days(count: u32) -> Vec<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
    let span = (NaiveDate::from_ymd_opt(2027, 12, 1).unwrap() - first).num_days().unsigned_abs();
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..count).map(|_| first.checked_add_days(Days::new(next() % (span + 1))).unwrap()).collect()
}

#[tokio::test]
async fn deadlines_equal_a_slow_count_for_every_kind_and_two_hundred_days() {
    let test = TestApp::start().await;
    let days = Days4::read(&test).await;
    let mut on_holidays = 0;
    for received in random_days(200) {
        on_holidays += u32::from(!days.works(received));
        for (kind, more, names) in variants() {
            let path = format!("/api/v1/deadlines?kind={kind}&received_at={received}{more}");
            let found = test.get(&path, None).await.expect(200);
            let running: Vec<(&str, &str)> = found["clocks"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|clock| clock["state"] == "running")
                .map(|clock| (clock["name"].as_str().unwrap(), clock["due_on"].as_str().unwrap()))
                .collect();
            let expected: Vec<(&str, String)> = std::iter::once("claim_response")
                .chain(names)
                .map(|name| (name, days.due(name, received).to_string()))
                .collect();
            let mut expected: Vec<(&str, &str)> = expected.iter().map(|(name, due)| (*name, due.as_str())).collect();
            let mut found_sorted = running.clone();
            found_sorted.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found_sorted, expected, "{path}");
        }
        if received < NaiveDate::from_ymd_opt(2027, 11, 20).unwrap() {
            let documents = received.checked_add_days(Days::new(5)).unwrap();
            let path = format!("/api/v1/deadlines?kind=correction&received_at={received}&documents_at={documents}");
            let found = test.get(&path, None).await.expect(200);
            let due = days.due("correction", documents).to_string();
            assert_eq!(clock(&found, "correction")["due_on"], due.as_str(), "{path}");
        }
    }
    assert!(on_holidays > 20, "the days are a fair mix: {on_holidays}");
}

#[tokio::test]
async fn deadlines_are_those_that_a_submitted_request_gets() {
    let test = TestApp::start().await;
    for kind in forms::KINDS {
        let receipt = test.submit("kazteleport", &forms::of_kind(kind)).await.receipt;
        let grounds = match kind {
            "blocking" => "&grounds=inaccurate",
            "deletion" => "&grounds=purpose_reached",
            _ => "",
        };
        let path = format!(
            "/api/v1/deadlines?operator=kazteleport&kind={kind}&received_at=2026-11-23T10:00:00%2B05:00{grounds}"
        );
        let english = [("Accept-Language", "en")];
        let planned = test.call(reqwest::Method::GET, &path, None, None, &english).await.expect(200);
        assert_eq!(planned["clocks"], receipt["clocks"], "{kind}");
        assert_eq!(planned["headline"], receipt["headline"], "{kind}");
    }
}

#[tokio::test]
async fn a_year_of_the_calendar_holds_only_days_that_differ_from_a_plain_week() {
    let test = TestApp::start().await;
    let expected = [(2024, 249), (2025, 246), (2026, 247), (2027, 247)];
    let days = Days4::read(&test).await;
    for (year, working_days) in expected {
        let answer = test.get(&format!("/api/v1/calendar/{year}"), None).await.expect(200);
        assert_eq!(answer["year"], year);
        assert!(!answer["revision"].as_str().unwrap().is_empty());
        for day in answer["days"].as_array().unwrap() {
            let date: NaiveDate = day["date"].as_str().unwrap().parse().unwrap();
            let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
            assert_eq!(day["working"].as_bool().unwrap(), weekend, "{day}");
            assert!(!day["name"].as_str().unwrap().is_empty());
        }
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        let counted = first.iter_days().take_while(|day| day.year() == year).filter(|day| days.works(*day)).count();
        assert_eq!(counted, working_days, "working days of {year}");
    }
    for (date, works) in [("2024-05-04", true), ("2024-05-08", false), ("2025-01-05", true), ("2026-08-31", true)] {
        assert_eq!(days.works(date.parse().unwrap()), works, "{date}");
    }
    for year in ["2023", "2028", "x", "99999999999"] {
        test.get(&format!("/api/v1/calendar/{year}"), None).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn the_explanation_names_the_holidays_that_were_skipped_in_each_language() {
    let test = TestApp::start().await;
    for language in ["kk", "ru", "en"] {
        let headers = [("Accept-Language", language)];
        let get = async |path: &str| test.call(reqwest::Method::GET, path, None, None, &headers).await.expect(200);
        let year = get("/api/v1/calendar/2026").await;
        let skipped = |date: &str| {
            let day = year["days"].as_array().unwrap().iter().find(|day| day["date"] == date);
            day.unwrap()["name"].as_str().unwrap().to_owned()
        };
        let found = get("/api/v1/deadlines?kind=access&received_at=2026-03-20").await;
        let explanation = clock(&found, "information")["explanation"].as_str().unwrap();
        for date in ["2026-03-23", "2026-03-24", "2026-03-25"] {
            assert!(explanation.contains(&skipped(date)), "{date} ({}) in: {explanation}", skipped(date));
            assert!(explanation.contains(&date[8..]), "{explanation}");
        }
        let found = get("/api/v1/deadlines?kind=claim&received_at=2026-11-16").await;
        let explanation = clock(&found, "claim_response")["explanation"].as_str().unwrap();
        assert!(explanation.contains(&skipped("2026-12-16")), "the end was moved off a holiday: {explanation}");
    }
}

#[tokio::test]
async fn a_question_that_makes_no_sense_is_answered_with_its_mistake() {
    let test = TestApp::start().await;
    for (query, pointer, code) in [
        ("", "/query/kind", "required"),
        ("kind=access&received_at=2028-01-01", "/query/received_at", "date_not_in_calendar"),
        ("kind=access&received_at=2027-12-20", "/query/received_at", "date_not_in_calendar"),
        ("kind=access&received_at=2020-01-01", "/query/received_at", "date_too_early"),
        ("kind=access&received_at=2026-02-30", "/query/received_at", "date_format"),
        ("kind=access&received_at=tomorrow", "/query/received_at", "date_format"),
        ("kind=access&documents_at=2026-11-23", "/query/documents_at", "part_of_another_kind"),
        ("kind=correction&received_at=2026-11-23&documents_at=2026-11-22", "/query/documents_at", "date_too_early"),
        ("kind=access&grounds=because", "/query/grounds", "not_one_of"),
        ("kind=access&operator=nobody", "/query/operator", "not_one_of"),
    ] {
        test.get(&format!("/api/v1/deadlines?{query}"), None).await.invalid(&[(pointer, code)]);
    }
    let unknown = test.get("/api/v1/deadlines?kind=access&recieved_at=2026-11-23", None).await;
    assert_eq!(unknown.status, 422, "a misspelt name is not ignored: {}", unknown.text);
}

#[tokio::test]
async fn a_day_ahead_is_counted_and_nothing_is_stored() {
    let test = TestApp::start().await;
    let found = test.get("/api/v1/deadlines?kind=access&received_at=2027-10-22", None).await.expect(200);
    assert_eq!(found["headline"], json!({"clock": "information", "due_on": "2027-10-28"}), "25 October is off");
    test.work().await;
    assert_eq!((rows(&test.database)["requests"], test.mails().len()), (0, 0));
}

fn cli(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    Command::new(env!("CARGO_BIN_EXE_otinish"))
        .arg("deadlines")
        .args(arguments)
        .env_clear()
        .env("CONFIG_DIR", env!("CARGO_MANIFEST_DIR"))
        .current_dir(folder.path())
        .output()
        .unwrap()
}

#[tokio::test]
async fn the_command_line_prints_what_the_api_answers() {
    let test = TestApp::start().await;
    let questions: [(&str, &[&str]); 5] = [
        ("kind=access&received_at=2026-03-20", &["--kind", "access", "--received", "2026-03-20"]),
        (
            "operator=kazteleport&kind=claim&received_at=2026-11-16&consumer=true",
            &["--operator", "kazteleport", "--kind", "claim", "--received", "2026-11-16", "--consumer"],
        ),
        (
            "operator=demo&kind=deletion&grounds=court_decision,no_consent&published=true&received_at=2026-12-30T23:59:00%2B05:00",
            &[
                "--operator",
                "demo",
                "--kind",
                "deletion",
                "--grounds",
                "court_decision,no_consent",
                "--published",
                "--received",
                "2026-12-30T23:59:00+05:00",
            ],
        ),
        (
            "kind=correction&received_at=2026-11-23&documents_at=2026-11-30",
            &["--kind", "correction", "--received", "2026-11-23", "--documents", "2026-11-30"],
        ),
        (
            "kind=consent_withdrawal&received_at=2026-01-17",
            &["--kind", "consent_withdrawal", "--received", "2026-01-17"],
        ),
    ];
    for (query, arguments) in questions {
        for language in ["kk", "ru", "en"] {
            let headers = [("Accept-Language", language)];
            let path = format!("/api/v1/deadlines?{query}");
            let api = test.call(reqwest::Method::GET, &path, None, None, &headers).await.expect(200);
            let printed = cli(&[arguments, &["--json", "--language", language]].concat());
            assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
            let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
            assert_eq!(printed, api, "{query} in {language}");
        }
    }
}

#[test]
fn the_command_line_names_the_option_that_is_wrong() {
    for (arguments, option) in [
        (["--kind", "access", "--received", "yesterday"], "--received"),
        (["--kind", "access", "--operator", "nobody"], "--operator"),
        (["--kind", "access", "--grounds", "because"], "--grounds"),
        (["--kind", "everything", "--received", "2026-11-23"], "--kind"),
        (["--kind", "access", "--received", "2028-01-05"], "--received"),
    ] {
        let printed = cli(&arguments);
        let message = String::from_utf8_lossy(&printed.stderr).into_owned();
        assert!(!printed.status.success() && message.contains(option), "{arguments:?}: {message}");
        assert!(printed.stdout.is_empty());
    }
    let for_people = String::from_utf8(cli(&["--kind", "access", "--received", "2026-11-23"]).stdout).unwrap();
    assert!(for_people.contains("* 2026-11-26") && for_people.contains("  2026-12-23"), "{for_people}");
}
