//! Checkpoints of the audit: one a day, each continuing the one before, in the database and as a file.

use std::sync::atomic::Ordering;

use chrono::Duration;
use diesel::prelude::*;
use otinish::app::App;
use otinish::services::audit_check::{self, Anchor, Report};
use otinish::storage::checkpoints::{CheckpointRow, entries_of};
use otinish::storage::schema::{audit, checkpoints, requests};
use otinish::storage::{AnyConnection, checkpoint_files};
use serde_json::json;

use crate::support::journey::tamper;
use crate::support::{TestApp, TestDatabase, forms};

/// All checkpoints, oldest first.
pub fn all(database: &TestDatabase) -> Vec<CheckpointRow> {
    let query = checkpoints::table.order(checkpoints::number).select(CheckpointRow::as_select());
    query.load(&mut database.connect()).unwrap()
}

/// What the verification finds.
pub fn checked(test: &TestApp) -> Report {
    checked_by(&test.app, &test.database)
}

/// What the verification finds by the keys of a process.
pub fn checked_by(app: &App, database: &TestDatabase) -> Report {
    let keys = app.vault.audit_public_keys();
    let anchor = Anchor { folder: &app.settings.audit_dir, keys: &keys, now: app.clock.now() };
    audit_check::run(&mut database.connect(), anchor).unwrap()
}

fn local_days(rows: &[CheckpointRow]) -> Vec<String> {
    rows.iter().map(|row| crate::support::time::local(row.at.and_utc())).collect()
}

#[tokio::test]
async fn one_is_made_each_day_and_after_a_standstill_only_that_of_the_day() {
    let test = TestApp::start().await;
    test.submit("demo", &forms::access()).await;
    test.work().await;
    test.work().await;
    test.travel_to("2026-11-23T23:59").await;
    assert_eq!(local_days(&all(&test.database)), ["11-23 10:00"]);
    test.travel_to("2026-11-24T00:00").await;
    test.travel_to("2026-11-24T18:00").await;
    test.travel_to("2026-11-29T09:00").await;
    let rows = all(&test.database);
    assert_eq!(local_days(&rows), ["11-23 10:00", "11-24 00:00", "11-29 09:00"]);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 3]);
    for pair in rows.windows(2) {
        assert_eq!(pair[1].previous, pair[0].checkpoint().unwrap().hash());
    }
    let report = checked(&test);
    assert_eq!((report.damages, report.checkpoints, report.requests), (0, 3, 1), "{report:?}");
}

#[tokio::test]
async fn it_lists_each_request_that_changed_and_each_new_line_of_the_audit_trail_once() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let second = test.submit("kazteleport", &forms::of_kind("claim")).await;
    let first = test.brought_to("review", &desk, "kazteleport", &forms::access()).await;
    test.work().await;
    let mut connection = test.database.connect();
    let labels = |connection: &mut AnyConnection, number| {
        let labels: Vec<String> =
            entries_of(connection, number).unwrap().into_iter().map(|entry| entry.label).collect();
        labels
    };
    let one = labels(&mut connection, 1);
    assert!(one.contains(&first.reference) && one.contains(&second.reference), "{one:?}");
    assert!(one.contains(&"sign_in".to_owned()), "{one:?}");
    test.done(&desk.dpo, &first, "note", json!({"text": "Known."})).await;
    test.travel_to("2026-11-24T00:00").await;
    let two = labels(&mut connection, 2);
    assert!(two.contains(&first.reference) && !two.contains(&second.reference), "{two:?}");
    assert!(!two.contains(&"sign_in".to_owned()), "{two:?}");
    let unlisted: i64 = audit::table.filter(audit::checkpoint.is_null()).count().get_result(&mut connection).unwrap();
    assert_eq!(unlisted, 0);
    assert_eq!(checked(&test).damages, 0);
}

#[tokio::test]
async fn more_than_one_of_them_lists_goes_into_several_of_the_same_day() {
    let test = TestApp::start().await;
    test.app.checkpoint_at_once.store(2, Ordering::Relaxed);
    // The audit trail's only line is that of the calendar which the start took over.
    let mut expected = vec!["calendar_file_taken_over".to_owned()];
    for _ in 0..4 {
        expected.push(test.submit("demo", &forms::access()).await.reference);
    }
    test.work().await;
    let rows = all(&test.database);
    assert_eq!(rows.iter().map(|row| row.size).collect::<Vec<_>>(), [2, 2, 1]);
    let mut listed = Vec::new();
    for row in &rows {
        listed
            .extend(entries_of(&mut test.database.connect(), row.number).unwrap().into_iter().map(|entry| entry.label));
    }
    expected.sort();
    listed.sort();
    assert_eq!(listed, expected);
    assert_eq!(checked(&test).damages, 0);
}

#[tokio::test]
async fn of_several_processes_one_makes_it_and_each_has_the_files() {
    let test = TestApp::start().await;
    for _ in 0..3 {
        test.submit("demo", &forms::access()).await;
    }
    let others = [test.second_process(), test.second_process()];
    let steps = [&test.app, &others[0], &others[1]].map(otinish::worker::checkpoint::step);
    for made in futures_util::future::join_all(steps).await {
        made.unwrap();
    }
    assert_eq!(all(&test.database).len(), 1);
    assert_eq!(checkpoint_files::numbers(&test.app.settings.audit_dir).unwrap(), [1]);
    assert_eq!(checked(&test).damages, 0);
}

#[tokio::test]
async fn a_file_says_what_the_database_says_and_is_written_again_when_a_process_starts_without_it() {
    let test = TestApp::start().await;
    let request = test.submit("demo", &forms::access()).await;
    test.work().await;
    let folder = test.app.settings.audit_dir.clone();
    let (row, listed) = checkpoint_files::read(&folder, 1).unwrap().unwrap();
    assert_eq!(row, all(&test.database)[0]);
    assert_eq!(listed, entries_of(&mut test.database.connect(), 1).unwrap());
    let written = std::fs::read_to_string(checkpoint_files::path(&folder, 1)).unwrap();
    assert!(written.contains(&request.reference));
    for personal in [forms::EMAIL, forms::IIN, "Айгүл"] {
        assert!(!written.contains(personal), "{personal}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
    otinish::worker::checkpoint::step(&test.second_process()).await.unwrap();
    assert_eq!(std::fs::read_to_string(checkpoint_files::path(&folder, 1)).unwrap(), written);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_holds_up_no_mail_and_is_caught_up_later() {
    let test = TestApp::start().await;
    let folder = test.app.settings.audit_dir.clone();
    std::fs::write(&folder, "not a folder").unwrap();
    let request = test.submit("demo", &forms::access()).await;
    test.work().await;
    assert!(test.last_mail_to(forms::EMAIL).text.contains(&request.reference));
    assert_eq!(all(&test.database).len(), 1);
    std::fs::remove_file(&folder).unwrap();
    test.advance(Duration::minutes(11)).await;
    assert_eq!(checkpoint_files::numbers(&folder).unwrap(), [1]);
}

#[tokio::test]
async fn histories_hold_after_the_sealed_parts_and_the_keys_of_a_request_are_gone() {
    let test = TestApp::start().await;
    let dpo = test.desk("kazteleport").await.dpo;
    let request = test.submit("kazteleport", &forms::access()).await;
    test.done(&dpo, &request, "cancel", json!({"reason": "She called."})).await;
    test.work().await;
    let lost = checked(&test);
    assert_eq!(lost.damages, 0);
    tamper(&test.database, "UPDATE events SET sealed = NULL");
    let report = checked(&test);
    assert_eq!(
        report.findings[0].text,
        format!("request {}: event 2 lost its sealed part though the request was not destroyed", request.reference)
    );
    test.travel_to("2029-11-24T00:00").await;
    let report = checked(&test);
    assert_eq!(report.damages, 0, "after its term that is as it should be: {report:?}");
    let there: i64 = requests::table.count().get_result(&mut test.database.connect()).unwrap();
    assert_eq!(there, 1);
}
