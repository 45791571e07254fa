//! The calendar of working days is changed while requests run: what moves, who hears of it, and that nobody counts by an old one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use otinish::domain::calendar::Calendar;
use otinish::domain::event_chain::verify;
use otinish::domain::term::Counted;
use otinish::domain::vocabulary::{ClockState, Role};
use otinish::services::calendar::latest;
use otinish::storage::{clocks, requests};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::journey::{rows, stored_chain};
use crate::support::{Answer, Member, TestApp, clock, forms};

pub const ORDER: &str = "Order No. 412 of 24.11.2026";

impl TestApp {
    pub async fn put_day(&self, member: &Member, date: &str, query: &str, body: &Value) -> Answer {
        let path = format!("/api/v1/staff/calendar/{date}{query}");
        self.call(Method::PUT, &path, Some(&member.token), Some(body), &[]).await
    }

    pub async fn admin(&self) -> Member {
        self.staff("admin", Role::Admin, "").await
    }
}

pub fn off(name: &str) -> Value {
    json!({"working": false, "name": name, "source": ORDER})
}

fn worked() -> Value {
    json!({"working": true, "name": "Working Saturday", "source": ORDER})
}

/// The clocks of a request with their last days.
async fn days(test: &TestApp, member: &Member, reference: &str) -> BTreeMap<String, String> {
    let view = test.view(member, reference).await;
    let clocks = view["clocks"].as_array().unwrap().iter();
    clocks
        .filter(|clock| clock["due_on"].is_string())
        .map(|clock| (clock["name"].as_str().unwrap().to_owned(), clock["due_on"].as_str().unwrap().to_owned()))
        .collect()
}

/// `reference clock from to` of each moved clock.
fn moved(answer: &Value) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = answer["moved"].as_array().unwrap().iter();
    list.map(|one| {
        format!("{} {} {} {}", text(&one["reference"]), text(&one["clock"]), text(&one["from"]), text(&one["to"]))
    })
    .collect()
}

/// Every running clock of the database stands as the calendar in force counts it, and every history holds.
pub async fn all_stand_right(test: &TestApp) -> usize {
    let calendar: Arc<Calendar> = latest(&test.app).await.unwrap();
    let mut connection = test.database.connect();
    let mut looked_at = 0;
    for reference in references(test) {
        let row = requests::by_reference(&mut connection, &reference).unwrap().unwrap();
        for clock in clocks::of_request(&mut connection, &row.id).unwrap() {
            if clock.state != ClockState::Running {
                continue;
            }
            let counting: Counted = serde_json::from_str(clock.counting.as_deref().unwrap()).unwrap();
            let anew = calendar.count(counting.event_on, counting.term).unwrap();
            assert_eq!(counting, anew, "{reference} {}", clock.name);
            assert_eq!(clock.due_on, Some(anew.due_on), "{reference} {}", clock.name);
            looked_at += 1;
        }
        let (id, links, head) = stored_chain(&test.database, &reference);
        verify(&id, &links, Some(&head)).unwrap();
    }
    looked_at
}

pub fn references(test: &TestApp) -> Vec<String> {
    use diesel::prelude::*;
    use otinish::storage::schema::requests::dsl;
    dsl::requests.select(dsl::reference).load(&mut test.database.connect()).unwrap()
}

#[tokio::test]
async fn a_day_off_moves_the_clocks_that_reach_over_it_each_with_an_event_of_both_dates() {
    let test = TestApp::start().await;
    let (admin, dpo) = (test.admin().await, test.staff("dpo", Role::Dpo, "citicom").await);
    let access = test.submit_confirmed("citicom", &forms::access()).await;
    let before = test.view(&dpo, &access.reference).await;
    assert_eq!(clock(&before, "information")["due_on"], "2026-11-26");
    let answer = test.put_day(&admin, "2026-11-25", "", &off("Day of mourning")).await.expect(200);
    assert_eq!((&answer["changed"], &answer["dry_run"]), (&json!(true), &json!(false)));
    assert_eq!(moved(&answer), [format!("{} information 2026-11-26 2026-11-27", access.reference)].into());
    assert_eq!(
        (&answer["moved_clocks"], &answer["moved_requests"], &answer["nearer"]),
        (&json!(1), &json!(1), &json!(0))
    );
    let after = test.view(&dpo, &access.reference).await;
    let information = clock(&after, "information");
    assert_eq!(
        (&information["due_on"], &information["due_at"]),
        (&json!("2026-11-27"), &json!("2026-11-27T19:00:00Z"))
    );
    assert!(information["explanation"].as_str().unwrap().contains("Day of mourning"), "{information}");
    assert_eq!(clock(&after, "claim_response")["due_on"], "2026-12-23", "30 calendar days do not care");
    assert_eq!(after["headline"], json!({"clock": "information", "due_on": "2026-11-27"}));
    assert_eq!(after["version"], before["version"], "a recount raises no version");
    let path = format!("/api/v1/staff/requests/{}/events", access.reference);
    let events = test.get(&path, Some(&dpo.token)).await.expect(200);
    let event = events["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(event["kind"], "clock_recounted");
    assert_eq!(event["actor"], json!({"kind": "staff", "id": admin.id}));
    let data = &event["data"];
    assert_eq!(
        (&data["clock"], &data["from"], &data["to"]),
        (&json!("information"), &json!("2026-11-26"), &json!("2026-11-27"))
    );
    assert_eq!((&data["source"], &data["calendar"]), (&json!(ORDER), &answer["revision"]));
    let seen = test.get(&access.path(""), Some(&access.token)).await.expect(200);
    assert_eq!(seen["headline"]["due_on"], "2026-11-27", "the requester sees the same");
    let queue = test.get("/api/v1/staff/requests?operator=citicom", Some(&dpo.token)).await.expect(200);
    assert_eq!(queue["items"][0]["headline"]["due_on"], "2026-11-27");
    assert_eq!(all_stand_right(&test).await, 2);
}

#[tokio::test]
async fn a_look_shows_what_would_move_and_changes_nothing() {
    let test = TestApp::start().await;
    let admin = test.admin().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    for kind in forms::KINDS {
        test.submit("citicom", &forms::of_kind(kind)).await;
    }
    test.work().await;
    let before = rows(&test.database);
    let look = test.put_day(&admin, "2026-11-24", "?dry_run=true", &off("Storm")).await.expect(200);
    assert_eq!((&look["dry_run"], &look["changed"]), (&json!(true), &json!(true)));
    let listed = moved(&look);
    assert!(listed.len() >= 6, "{listed:?}");
    assert_eq!(rows(&test.database), before);
    assert_eq!(test.get("/api/v1/calendar/2026", None).await.expect(200)["revision"], look["revision"]);
    assert_eq!(test.view(&dpo, &references(&test)[0]).await["flags"]["overdue"], false);
    let change = test.put_day(&admin, "2026-11-24", "", &off("Storm")).await.expect(200);
    assert_eq!(moved(&change), listed, "what was shown is what happened");
    assert_ne!(change["revision"], look["revision"]);
    assert_eq!(rows(&test.database)["calendar_revisions"], before["calendar_revisions"] + 1);
    all_stand_right(&test).await;
}

#[tokio::test]
async fn a_change_in_the_middle_of_a_year_reaches_requests_of_every_kind_and_status() {
    let test = TestApp::start_at("2026-06-25T10:00").await;
    let mut desk = test.desk("kazteleport").await;
    let admin = test.admin().await;
    let mut open = Vec::new();
    for kind in forms::KINDS {
        let mut form = forms::of_kind(kind);
        form["published_at"] = json!(["https://forum.example.kz/42"]);
        open.push(test.submit("kazteleport", &form).await);
    }
    for status in ["clarification", "preparation", "approval", "execution", "answered", "cancelled"] {
        let form = forms::of_kind(if status == "approval" { "objection" } else { "correction" });
        open.push(test.brought_to(status, &desk, "kazteleport", &form).await);
    }
    let closed = open.last().unwrap().clone();
    // 6 July is off already; the order adds Friday, 3 July, and takes Saturday, 11 July for it.
    let before = days_of_all(&test, &desk.dpo, &open).await;
    let friday = test.put_day(&admin, "2026-06-26", "", &off("Moved day")).await.expect(200);
    assert!(friday["moved_clocks"].as_u64().unwrap() >= 9, "{friday}");
    assert_eq!(friday["nearer"], 0);
    let middle = days_of_all(&test, &desk.dpo, &open).await;
    assert!(middle.iter().zip(&before).all(|(after, before)| after >= before));
    let saturday = test.put_day(&admin, "2026-07-11", "", &worked()).await.expect(200);
    assert!(saturday["nearer"].as_u64().unwrap() >= 1, "fifteen working days reach over it: {saturday}");
    assert_eq!(saturday["nearer"], saturday["moved_clocks"]);
    for answer in [&friday, &saturday] {
        assert!(moved(answer).iter().all(|line| !line.starts_with(&closed.reference)), "a closed request has no clock");
    }
    all_stand_right(&test).await;
    // One working day from Thursday, over the new day off and the weekend.
    assert_eq!(days(&test, &desk.dpo, &open[2].reference).await["publication_removal"], "2026-06-29");
    test.app.clock.set(crate::support::at("2026-06-29T10:00"));
    test.renew_desk(&mut desk).await;
    let view = test.view(&desk.dpo, &open[2].reference).await;
    assert_eq!((&view["flags"]["due_today"], &view["flags"]["overdue"]), (&json!(true), &json!(false)));
}

async fn days_of_all(
    test: &TestApp,
    member: &Member,
    requests: &[crate::support::Submitted],
) -> Vec<BTreeMap<String, String>> {
    let mut all = Vec::new();
    for request in requests {
        all.push(days(test, member, &request.reference).await);
    }
    all
}

#[tokio::test]
async fn a_day_gained_makes_no_mail_and_the_next_reminders_follow_the_new_day() {
    let test = TestApp::start_at("2026-11-23T10:00").await;
    let admin = test.admin().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let request = test.submit_confirmed("citicom", &forms::access()).await;
    test.act(&agent, &request.reference, "assign", json!({"assignee": "me"})).await.expect(200);
    test.travel_to("2026-11-25T09:30").await;
    let to_agent = |test: &TestApp| test.take_mails().into_iter().filter(|mail| mail.to == agent.email).count();
    assert!(to_agent(&test) >= 1);
    let admin = test.sign_in(&admin.email).await;
    test.put_day(&admin, "2026-11-26", "", &off("Storm")).await.expect(200);
    test.work().await;
    assert_eq!(test.take_mails().len(), 0, "a day gained is no news");
    test.travel_to("2026-11-26T09:30").await;
    assert_eq!(reminders(&test, &agent), Vec::<String>::new(), "nobody is reminded on the old last day");
    test.travel_to("2026-11-27T09:30").await;
    let subjects = reminders(&test, &agent);
    assert!(subjects.iter().any(|subject| subject.contains("27 November 2026")), "{subjects:?}");
    test.travel_to("2026-11-28T00:00").await;
    assert!(reminders(&test, &agent).iter().any(|subject| subject.ends_with("overdue")));
}

/// The subjects of the mails about one request that left since the last look.
fn reminders(test: &TestApp, member: &Member) -> Vec<String> {
    let mails = test.take_mails().into_iter().filter(|mail| mail.to == member.email && mail.reference.is_some());
    mails.map(|mail| mail.subject).collect()
}

#[tokio::test]
async fn the_same_day_again_changes_nothing_and_back_again_is_another_revision() {
    let test = TestApp::start().await;
    let admin = test.admin().await;
    let request = test.submit("citicom", &forms::access()).await;
    let zero = test.get("/api/v1/calendar/2026", None).await.expect(200)["revision"].clone();
    let plain = test.put_day(&admin, "2026-11-25", "", &json!({"working": true, "source": ORDER})).await.expect(200);
    assert_eq!((&plain["changed"], &plain["revision"]), (&json!(false), &zero), "a Wednesday is worked anyway");
    let first = test.put_day(&admin, "2026-11-25", "", &off("Storm")).await.expect(200);
    let twice = test.put_day(&admin, "2026-11-25", "", &off("Storm")).await.expect(200);
    assert_eq!(
        (&twice["changed"], &twice["revision"], &twice["moved"]),
        (&json!(false), &first["revision"], &json!([]))
    );
    let renamed = test.put_day(&admin, "2026-11-25", "", &off("Snow storm")).await.expect(200);
    assert_eq!((&renamed["changed"], &renamed["moved"]), (&json!(true), &json!([])), "a name moves no clock");
    let seen = test.get(&request.path(""), Some(&request.token)).await.expect(200);
    assert!(clock(&seen, "information")["explanation"].as_str().unwrap().contains("Snow storm"));
    let back = test.put_day(&admin, "2026-11-25", "", &json!({"working": true, "source": ORDER})).await.expect(200);
    assert_eq!(moved(&back), [format!("{} information 2026-11-27 2026-11-26", request.reference)].into());
    assert_eq!(back["name"], Value::Null);
    let list = test.get("/api/v1/staff/calendar", Some(&admin.token)).await.expect(200);
    let revisions: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|item| &item["revision"]).collect();
    assert_eq!(revisions, [&back["revision"], &renamed["revision"], &first["revision"], &zero]);
    assert_eq!(list["items"][0]["source"], ORDER);
    assert_eq!(list["items"][0]["staff_id"], json!(admin.id));
    assert_eq!(list["items"][0]["change"]["day"]["date"], "2026-11-25");
    let page = test.get("/api/v1/staff/calendar?limit=1", Some(&admin.token)).await.expect(200);
    let next = format!("/api/v1/staff/calendar?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
    let second = test.get(&next, Some(&admin.token)).await.expect(200);
    assert_eq!(second["items"][0]["revision"], renamed["revision"]);
}

#[tokio::test]
async fn only_an_administrator_changes_the_calendar_and_every_mistake_is_named() {
    let test = TestApp::start().await;
    let (admin, dpo) = (test.admin().await, test.staff("dpo", Role::Dpo, "citicom").await);
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let body = off("Storm");
    for member in [&dpo, &agent] {
        test.put_day(member, "2026-11-25", "", &body).await.problem(403, "forbidden");
        test.put_day(member, "2026-11-25", "?dry_run=true", &body).await.problem(403, "forbidden");
    }
    test.call(Method::PUT, "/api/v1/staff/calendar/2026-11-25", None, Some(&body), &[])
        .await
        .problem(401, "unauthorized");
    test.get("/api/v1/staff/calendar", None).await.problem(401, "unauthorized");
    test.get("/api/v1/staff/calendar", Some(&agent.token)).await.expect(200);
    test.put_day(&admin, "25.11.2026", "", &body).await.invalid(&[("/date", "date_format")]);
    test.put_day(&admin, "2026-02-30", "", &body).await.invalid(&[("/date", "date_format")]);
    test.put_day(&admin, "2031-01-01", "", &body).await.invalid(&[("/date", "date_not_in_calendar")]);
    let nameless = json!({"working": false, "source": ORDER});
    test.put_day(&admin, "2026-11-25", "", &nameless).await.invalid(&[("/name", "required")]);
    let sourceless = json!({"working": false, "name": " ", "source": ""});
    test.put_day(&admin, "2026-11-25", "", &sourceless)
        .await
        .invalid(&[("/source", "required"), ("/name", "required")]);
    let half = json!({"working": false, "source": ORDER, "name": {"kk": "Боран", "ru": "", "en": "Storm"}});
    test.put_day(&admin, "2026-11-25", "", &half).await.invalid(&[("/name/ru", "required")]);
    let unknown = json!({"working": false, "source": ORDER, "name": "x", "holiday": true});
    test.put_day(&admin, "2026-11-25", "", &unknown).await.invalid(&[("/holiday", "unknown_field")]);
    test.put_day(&admin, "2026-11-25", "?dry_run=yes", &body).await.problem(422, "validation_failed");
    let mut stale = body.clone();
    stale["base_revision"] = json!("2020-01-01");
    test.put_day(&admin, "2026-11-25", "", &stale).await.problem(409, "calendar_changed");
    assert_eq!(rows(&test.database)["calendar_revisions"], 1, "nothing of all this was stored");
    let each = json!({"working": false, "source": ORDER, "name": {"kk": "Боран", "ru": "Буран", "en": "Storm"}});
    test.put_day(&admin, "2026-11-25", "", &each).await.expect(200);
    let kazakh =
        test.call(Method::GET, "/api/v1/calendar/2026", None, None, &[("Accept-Language", "kk")]).await.expect(200);
    assert!(kazakh["days"].as_array().unwrap().iter().any(|day| day["name"] == "Боран"));
}

#[tokio::test]
async fn a_term_that_would_leave_the_calendar_refuses_the_change() {
    let test = TestApp::start_at("2027-11-29T10:00").await;
    let admin = test.admin().await;
    let request = test.submit("citicom", &forms::of_kind("claim")).await;
    assert_eq!(clock(&request.receipt, "claim_response")["due_on"], "2027-12-29");
    for day in ["2027-12-30", "2027-12-31"] {
        test.put_day(&admin, day, "", &off("Long weekend")).await.expect(200);
    }
    let before = rows(&test.database);
    let refused = test.put_day(&admin, "2027-12-29", "", &off("Long weekend")).await;
    refused.invalid(&[("/date", "date_not_in_calendar")]);
    assert_eq!(rows(&test.database), before);
}

#[tokio::test]
async fn an_administrator_says_that_a_year_was_compared_with_its_orders() {
    let test = TestApp::start().await;
    let (admin, dpo) = (test.admin().await, test.staff("dpo", Role::Dpo, "citicom").await);
    let body = json!({"certainty": "verified", "source": "Order No. 500 of 01.12.2026"});
    let path = "/api/v1/staff/calendar/years/2027";
    test.call(Method::PUT, path, Some(&dpo.token), Some(&body), &[]).await.problem(403, "forbidden");
    let empty = json!({"certainty": "verified", "source": ""});
    test.call(Method::PUT, path, Some(&admin.token), Some(&empty), &[]).await.invalid(&[("/source", "required")]);
    let missing = "/api/v1/staff/calendar/years/2031";
    test.call(Method::PUT, missing, Some(&admin.token), Some(&body), &[]).await.problem(404, "not_found");
    let before = latest(&test.app).await.unwrap();
    let revision = test.call(Method::PUT, path, Some(&admin.token), Some(&body), &[]).await.expect(200);
    assert_eq!(revision["change"], json!({"year": {"year": 2027, "certainty": "verified"}}));
    let again = test.call(Method::PUT, path, Some(&admin.token), Some(&body), &[]).await.expect(200);
    assert_eq!(again["number"], revision["number"], "said twice is said once");
    let after = latest(&test.app).await.unwrap();
    assert_eq!(after.certainty_of(2027).unwrap().1, "Order No. 500 of 01.12.2026");
    assert!(before.differences(&after).is_empty());
}

#[tokio::test]
async fn a_day_lost_is_told_to_whoever_has_the_request_in_one_mail_each() {
    let test = TestApp::start().await;
    let admin = test.admin().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let (dpo, other) =
        (test.staff("dpo", Role::Dpo, "citicom").await, test.staff("other", Role::Dpo, "kazteleport").await);
    let mine = test.submit_confirmed("citicom", &forms::access()).await;
    test.act(&agent, &mine.reference, "assign", json!({"assignee": "me"})).await.expect(200);
    for _ in 0..3 {
        test.submit("citicom", &forms::access()).await;
    }
    test.work().await;
    test.take_mails();
    let saturday = test.put_day(&admin, "2026-11-28", "", &worked()).await.expect(200);
    assert_eq!(saturday["moved_clocks"], 0, "all are due before it");
    let wednesday = test.put_day(&admin, "2026-11-25", "", &off("Storm")).await.expect(200);
    assert_eq!((&wednesday["moved_clocks"], &wednesday["nearer"]), (&json!(4), &json!(0)));
    test.work().await;
    assert!(test.take_mails().is_empty());
    let back = test.put_day(&admin, "2026-11-25", "", &json!({"working": true, "source": ORDER})).await.expect(200);
    assert_eq!(back["nearer"], 4);
    test.work().await;
    let mails = test.take_mails();
    let to = |member: &Member| mails.iter().filter(|mail| mail.to == member.email).collect::<Vec<_>>();
    assert_eq!(mails.len(), 2, "{:?}", mails.iter().map(|mail| &mail.subject).collect::<Vec<_>>());
    assert!(to(&other).is_empty() && to(&admin).is_empty());
    assert_eq!(to(&agent)[0].subject, "Deadlines moved nearer: 1");
    assert_eq!(to(&dpo)[0].subject, "Deadlines moved nearer: 3", "those that nobody has");
    let flat = to(&agent)[0].text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(&mine.reference) && flat.contains(ORDER), "{flat}");
    assert!(flat.contains("by 26 November 2026 instead of 27 November 2026"), "{flat}");
    assert!(!flat.contains("Айгүл") && !flat.contains("token="), "{flat}");
}
