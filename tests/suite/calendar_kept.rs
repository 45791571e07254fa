//! The calendar in the database: by which all processes count, whatever else happens at the same moment and whatever file they have.

use std::sync::Arc;

use otinish::domain::vocabulary::Role;
use otinish::services::calendar::latest;
use otinish::storage::clocks;
use serde_json::{Value, json};

use crate::calendar::{ORDER, all_stand_right, off, references};
use crate::support::journey::{rows, stored};
use crate::support::{Member, TestApp, TestDatabase, clock, forms};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn submissions_and_two_administrators_at_once_leave_no_clock_counted_by_an_old_calendar() {
    let test = Arc::new(TestApp::start().await);
    let admin = test.admin().await;
    let second = test.staff("second", Role::Admin, "").await;
    for _ in 0..4 {
        test.submit("citicom", &forms::access()).await;
    }
    let other = test.second_process();
    let submit = |count: usize| {
        let test = Arc::clone(&test);
        tokio::spawn(async move {
            for _ in 0..count {
                test.submit("citicom", &forms::access()).await;
            }
        })
    };
    let change = |member: Member, date: &'static str| {
        let test = Arc::clone(&test);
        tokio::spawn(async move {
            for turn in 0..6 {
                let working = turn % 2 == 1;
                let body = json!({"working": working, "name": "Storm", "source": ORDER});
                test.put_day(&member, date, "", &body).await.expect(200);
            }
            test.put_day(&member, date, "", &off("Storm")).await.expect(200);
        })
    };
    let jobs = [submit(12), submit(12), change(admin, "2026-11-24"), change(second, "2026-11-25")];
    for job in jobs {
        job.await.unwrap();
    }
    assert_eq!(all_stand_right(&test).await, 56);
    let calendar = latest(&other).await.unwrap();
    assert!(!calendar.is_working("2026-11-24".parse().unwrap()).unwrap());
    assert!(!calendar.is_working("2026-11-25".parse().unwrap()).unwrap());
    let list = references(&test);
    let view = test.view(&test.staff("dpo", Role::Dpo, "citicom").await, &list[0]).await;
    assert_eq!(clock(&view, "information")["due_on"], "2026-11-30");
}

/// A configuration folder whose calendar has another revision, and one day more that is off.
fn configured(revision: &str, verified_on: &str, more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let calendars = folder.path().join("calendars");
    std::fs::create_dir(&calendars).unwrap();
    let built_in = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/calendars/kz.toml")).unwrap();
    let text = built_in
        .replacen("revision = \"2026-11-22\"", &format!("revision = \"{revision}\""), 1)
        .replacen("verified_on = \"2026-11-01\"", &format!("verified_on = \"{verified_on}\""), 1)
        .replacen("[[year]]\nyear = 2027", &format!("{more}\n[[year]]\nyear = 2027"), 1);
    assert_ne!(text, built_in);
    std::fs::write(calendars.join("kz.toml"), text).unwrap();
    folder
}

const FRIDAY: &str = "[[year.day]]\ndate = \"2026-11-27\"\nworking = false\n\
    name = { kk = \"Демалыс\", ru = \"Выходной\", en = \"A day of the new file\" }\n";

async fn with_file(database: TestDatabase, folder: &tempfile::TempDir) -> TestApp {
    let path = folder.path().display().to_string();
    TestApp::start_with("2026-11-24T12:00", database, move |name| (name == "CONFIG_DIR").then(|| path.clone())).await
}

#[tokio::test]
async fn a_new_calendar_file_is_taken_over_at_start_and_recounts_what_runs() {
    let test = TestApp::start().await;
    let admin = test.admin().await;
    let request = test.submit("citicom", &forms::access()).await;
    test.put_day(&admin, "2026-11-25", "", &off("Storm")).await.expect(200);
    let database = test.stop().await;
    let folder = configured("2026-11-24", "2026-11-01", FRIDAY);
    let test = with_file(database, &folder).await;
    let seen = test.get(&request.path(""), Some(&request.token)).await.expect(200);
    assert_eq!(clock(&seen, "information")["due_on"], "2026-11-30", "over the order's day, the file's and a weekend");
    assert_eq!(test.get("/api/v1/calendar/2026", None).await.expect(200)["revision"], "2026-11-24");
    all_stand_right(&test).await;
    let rows_after = rows(&test.database);
    let database = test.stop().await;
    // The old file again, as in a process that was not renewed: the database's calendar stays.
    let test = TestApp::start_with("2026-11-24T12:00", database, |_| None).await;
    assert_eq!(test.get("/api/v1/calendar/2026", None).await.expect(200)["revision"], "2026-11-24");
    assert_eq!(rows(&test.database), rows_after);
}

#[tokio::test]
async fn a_file_that_was_compared_after_the_order_has_the_last_word() {
    let test = TestApp::start().await;
    let admin = test.admin().await;
    let request = test.submit("citicom", &forms::access()).await;
    test.put_day(&admin, "2026-11-25", "", &off("Storm")).await.expect(200);
    let database = test.stop().await;
    let folder = configured("2026-11-25", "2026-11-24", "");
    let test = with_file(database, &folder).await;
    let seen = test.get(&request.path(""), Some(&request.token)).await.expect(200);
    assert_eq!(
        clock(&seen, "information")["due_on"],
        "2026-11-26",
        "the order was taken back before the file was made"
    );
    all_stand_right(&test).await;
}

#[tokio::test]
async fn the_command_line_counts_by_the_calendar_that_administrators_changed() {
    let test = TestApp::start().await;
    let admin = test.admin().await;
    test.put_day(&admin, "2026-11-25", "", &off("Storm")).await.expect(200);
    let printed = std::process::Command::new(env!("CARGO_BIN_EXE_otinish"))
        .args(["deadlines", "--kind", "access", "--received", "2026-11-23", "--json"])
        .env_clear()
        .env("CONFIG_DIR", env!("CARGO_MANIFEST_DIR"))
        .env("DATABASE_URL", &test.database.url)
        .current_dir(test.database.folder.path())
        .output()
        .unwrap();
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let printed: Value = serde_json::from_slice(&printed.stdout).unwrap();
    assert_eq!(printed["headline"]["due_on"], "2026-11-27");
}

#[tokio::test]
async fn everything_counts_by_the_new_calendar_at_once_also_another_process() {
    let test = TestApp::start().await;
    let admin = test.admin().await;
    let other = test.second_process();
    let first = test.put_day(&admin, "2026-11-25", "", &off("Day of mourning")).await.expect(200);
    let year = test.get("/api/v1/calendar/2026", None).await.expect(200);
    assert_eq!(year["revision"], first["revision"]);
    let day = json!({"date": "2026-11-25", "working": false, "name": "Day of mourning"});
    assert!(year["days"].as_array().unwrap().contains(&day), "{year}");
    let plan = test.get("/api/v1/deadlines?operator=citicom&kind=access", None).await.expect(200);
    assert_eq!(plan["headline"]["due_on"], "2026-11-27");
    let request = test.submit("citicom", &forms::access()).await;
    assert_eq!(clock(&request.receipt, "information")["due_on"], "2026-11-27");
    let row = stored(&test.database, &request.reference);
    let rows = clocks::of_request(&mut test.database.connect(), &row.id).unwrap();
    assert!(rows.iter().all(|clock| clock.calendar_revision.as_deref() == first["revision"].as_str()));
    assert_eq!(latest(&other).await.unwrap().revision(), first["revision"].as_str().unwrap());
    let third = test.second_process();
    assert!(!third.calendar().is_working("2026-11-25".parse().unwrap()).unwrap(), "a restart keeps the change");
}

#[tokio::test]
async fn a_change_that_cannot_be_written_whole_is_not_written_at_all() {
    let test = TestApp::start().await;
    let admin = test.admin().await;
    let request = test.submit("citicom", &forms::access()).await;
    test.sql(
        "CREATE TRIGGER no_events BEFORE INSERT ON events WHEN new.kind = 'clock_recounted' \
         BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE FUNCTION no_events() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$; \
         CREATE TRIGGER no_events BEFORE INSERT ON events FOR EACH ROW WHEN (new.kind = 'clock_recounted') \
         EXECUTE FUNCTION no_events()",
    );
    let before = rows(&test.database);
    let failed = test.put_day(&admin, "2026-11-25", "", &off("Storm")).await;
    assert!(failed.status >= 500, "{}", failed.text);
    assert_eq!(rows(&test.database), before);
    let seen = test.get(&request.path(""), Some(&request.token)).await.expect(200);
    assert_eq!(clock(&seen, "information")["due_on"], "2026-11-26");
    test.sql("DROP TRIGGER no_events", "DROP TRIGGER no_events ON events");
    test.put_day(&admin, "2026-11-25", "", &off("Storm")).await.expect(200);
    all_stand_right(&test).await;
}

#[tokio::test]
async fn very_many_clocks_are_written_in_several_steps_and_whoever_is_interrupted_is_followed() {
    let test = TestApp::start().await;
    let admin = test.admin().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let mut last = String::new();
    for _ in 0..7 {
        last = test.submit("citicom", &forms::access()).await.reference;
    }
    test.work().await;
    test.take_mails();
    test.app.recount_at_once.store(2, std::sync::atomic::Ordering::Relaxed);
    let away = test.put_day(&admin, "2026-11-25", "", &off("Storm")).await.expect(200);
    assert_eq!((&away["moved_clocks"], all_stand_right(&test).await), (&json!(7), 14));
    if test.database.is_postgres() {
        return; // There all is one transaction, whatever its size.
    }
    let id = stored(&test.database, &last).id;
    test.sql(
        &format!(
            "CREATE TRIGGER no_events BEFORE INSERT ON events WHEN new.request_id = '{id}' \
             BEGIN SELECT RAISE(ABORT, 'no'); END"
        ),
        "",
    );
    let back = json!({"working": true, "source": ORDER});
    let back = test.put_day(&admin, "2026-11-25", "", &back).await.expect(200);
    assert_eq!((&back["moved_clocks"], &back["nearer"]), (&json!(7), &json!(7)), "the change is in force");
    let due_on = |view: &Value| clock(view, "information")["due_on"].clone();
    assert_eq!(due_on(&test.view(&dpo, &last).await), "2026-11-27", "this one was not reached");
    assert!(otinish::worker::step(&test.app, "one").await.is_err());
    test.sql("DROP TRIGGER no_events", "");
    test.work().await;
    assert_eq!(due_on(&test.view(&dpo, &last).await), "2026-11-26");
    all_stand_right(&test).await;
    let mails = test.take_mails();
    assert_eq!(mails.iter().filter(|mail| mail.subject == "Deadlines moved nearer: 7").count(), 1, "{mails:?}");
    for reference in references(&test) {
        let recounts = test.events(&dpo, &reference).await.iter().filter(|kind| *kind == "clock_recounted").count();
        assert_eq!(recounts, 2, "{reference}: one event for each move");
    }
    let unfinished = otinish::storage::calendar::unfinished(&mut test.database.connect()).unwrap();
    assert!(unfinished.is_none(), "nothing is looked for again");
}

#[tokio::test]
async fn a_reminder_that_is_due_when_the_calendar_changes_still_goes_out() {
    let test = TestApp::start().await;
    let admin = test.admin().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let request = test.submit("citicom", &forms::of_kind("blocking")).await;
    // No worker ran yet: the reminder that a one-day clock sends at once is due.
    test.put_day(&admin, "2026-11-24", "", &off("Storm")).await.expect(200);
    test.work().await;
    let mails = test.take_mails();
    let reminded = mails.iter().filter(|mail| mail.to == dpo.email && mail.subject.contains("25 November 2026"));
    assert_eq!(reminded.count(), 1, "{:?}", mails.iter().map(|mail| &mail.subject).collect::<Vec<_>>());
    assert_eq!(clock(&test.view(&dpo, &request.reference).await, "blocking")["due_on"], "2026-11-25");
}

#[tokio::test]
async fn a_file_that_is_older_than_the_calendar_in_force_and_a_command_that_looks_change_nothing() {
    let test = TestApp::start().await;
    let before = rows(&test.database);
    let database = test.stop().await;
    let older = configured("2020-01-01", "2020-01-01", FRIDAY);
    let test = with_file(database, &older).await;
    assert_eq!(test.get("/api/v1/calendar/2026", None).await.expect(200)["revision"], "2026-11-22");
    assert_eq!(rows(&test.database), before);
    let newer = configured("2026-11-24", "2026-11-24", FRIDAY);
    let doctor = std::process::Command::new(env!("CARGO_BIN_EXE_otinish"))
        .arg("doctor")
        .env_clear()
        .env("CONFIG_DIR", newer.path())
        .env("DATABASE_URL", &test.database.url)
        .env("DATA_DIR", test.database.folder.path())
        .current_dir(test.database.folder.path())
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("calendar 2026-11-22"), "{doctor:?}");
    assert_eq!(rows(&test.database), before, "doctor only looks");
}
