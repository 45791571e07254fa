//! Reminders: who hears of a deadline and when, over its whole life.

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use serde_json::json;

use crate::support::time::local;
use crate::support::{Member, TestApp, at, code_in, forms};

const HEAD: &str = "head@citicom.example.kz";

/// What went out: moment in Almaty, recipient (by the part before the @), `reminder` or `overdue`.
type Line = (String, String, &'static str);

struct Watch {
    test: TestApp,
    agent: Member,
    dpo: Member,
}

impl Watch {
    async fn start_at(moment: &str) -> Self {
        let test = TestApp::start_at(moment).await;
        let agent = test.staff("agent", Role::Agent, "citicom").await;
        let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
        test.staff("second", Role::Dpo, "citicom").await;
        test.staff("elsewhere", Role::Dpo, "kazteleport").await;
        test.staff("auditor", Role::Auditor, "citicom").await;
        Self { test, agent, dpo }
    }

    async fn submit(&self, kind: &str) -> String {
        let request = self.test.submit_confirmed("citicom", &forms::of_kind(kind)).await;
        request.reference
    }

    async fn assigned(&self, kind: &str) -> String {
        let reference = self.submit(kind).await;
        self.test.done_later(&self.agent, &reference, "assign", json!({"assignee": "me"})).await;
        reference
    }

    /// Lets an hour pass again and again and lists what goes out about the deadline of this day.
    async fn until(&self, moment: &str, due: &str) -> Vec<Line> {
        let mut lines = self.lines(due);
        while self.test.app.clock.now() < at(moment) {
            self.test.advance(Duration::hours(1)).await;
            lines.extend(self.lines(due));
        }
        lines
    }

    /// Takes the reminders that left. `due` stands in each: one deadline is watched at a time.
    fn lines(&self, due: &str) -> Vec<Line> {
        let now = local(self.test.app.clock.now());
        let mut lines: Vec<Line> = self
            .test
            .take_mails()
            .into_iter()
            .filter(|mail| mail.to != forms::EMAIL && (mail.text.contains(due) || mail.to == HEAD))
            .filter_map(|mail| {
                let kind = match mail.subject.rsplit_once(": ").unwrap().1 {
                    "overdue" | "срок пропущен" => "overdue",
                    subject if subject.starts_with("due ") || subject.starts_with("срок ") => "reminder",
                    _ => return None,
                };
                Some((now.clone(), mail.to.split('@').next().unwrap().to_owned(), kind))
            })
            .collect();
        lines.sort();
        lines
    }
}

/// Writes down what is expected: at each moment these recipients.
fn expected(list: &[(&str, &[&str], &'static str)]) -> Vec<Line> {
    list.iter()
        .flat_map(|(moment, to, kind)| {
            let mut to = to.to_vec();
            to.sort_unstable();
            to.into_iter().map(|to| ((*moment).to_owned(), to.to_owned(), *kind)).collect::<Vec<_>>()
        })
        .collect()
}

const ALL: &[&str] = &["agent", "dpo", "second"];
const ALL_AND_HEAD: &[&str] = &["agent", "dpo", "head", "second"];
const DPOS: &[&str] = &["dpo", "second"];
const DPOS_AND_HEAD: &[&str] = &["dpo", "head", "second"];
const ASSIGNEE: &[&str] = &["agent"];

#[tokio::test]
async fn thirty_days_are_reminded_10_5_and_1_days_before_and_then_every_working_day() {
    let watch = Watch::start_at("2026-11-23T10:00").await;
    watch.assigned("claim").await;
    let lines = watch.until("2026-12-31T12:00", "23 December 2026").await;
    assert_eq!(
        lines,
        expected(&[
            ("12-13 09:00", ASSIGNEE, "reminder"),
            ("12-18 09:00", ASSIGNEE, "reminder"),
            ("12-22 09:00", ASSIGNEE, "reminder"),
            ("12-24 00:00", ALL, "overdue"),
            ("12-25 09:00", ALL, "overdue"),
            ("12-28 09:00", ALL_AND_HEAD, "overdue"),
            ("12-29 09:00", ALL_AND_HEAD, "overdue"),
            ("12-30 09:00", ALL_AND_HEAD, "overdue"),
            ("12-31 09:00", ALL_AND_HEAD, "overdue"),
        ])
    );
}

#[tokio::test]
async fn three_working_days_are_reminded_a_working_day_before_and_on_the_last_morning() {
    let watch = Watch::start_at("2026-11-19T10:00").await;
    watch.assigned("access").await;
    // Thursday; Friday, Monday and Tuesday count.
    let lines = watch.until("2026-11-28T12:00", "24 November 2026").await;
    assert_eq!(
        lines,
        expected(&[
            ("11-23 09:00", ASSIGNEE, "reminder"),
            ("11-24 09:00", ASSIGNEE, "reminder"),
            ("11-25 00:00", ALL, "overdue"),
            ("11-26 09:00", ALL, "overdue"),
            ("11-27 09:00", ALL_AND_HEAD, "overdue"),
        ])
    );
}

#[tokio::test]
async fn one_working_day_is_reminded_at_once_in_the_morning_and_at_14_and_the_head_hears_at_once() {
    let watch = Watch::start_at("2026-11-20T18:00").await;
    let receipt = watch.test.submit("citicom", &forms::of_kind("blocking")).await;
    watch.test.work().await;
    assert_eq!(watch.lines("23 November 2026"), expected(&[("11-20 18:00", DPOS, "reminder")]), "at once");
    watch.test.done_later(&watch.agent, &receipt.reference, "assign", json!({"assignee": "me"})).await;
    let lines = watch.until("2026-11-26T08:00", "23 November 2026").await;
    assert_eq!(
        lines,
        expected(&[
            ("11-23 09:00", ASSIGNEE, "reminder"),
            ("11-23 14:00", ASSIGNEE, "reminder"),
            ("11-24 00:00", ALL_AND_HEAD, "overdue"),
            ("11-25 09:00", ALL_AND_HEAD, "overdue"),
        ])
    );
}

#[tokio::test]
async fn fifteen_working_days_are_a_long_term_and_days_off_have_no_overdue_mail() {
    let watch = Watch::start_at("2026-11-24T10:00").await;
    watch.assigned("consent_withdrawal").await;
    // Due on Tuesday 15 December; the 16th is Independence Day.
    let lines = watch.until("2026-12-21T12:00", "15 December 2026").await;
    assert_eq!(
        lines,
        expected(&[
            ("12-05 09:00", ASSIGNEE, "reminder"),
            ("12-10 09:00", ASSIGNEE, "reminder"),
            ("12-14 09:00", ASSIGNEE, "reminder"),
            ("12-16 00:00", ALL, "overdue"),
            ("12-17 09:00", ALL, "overdue"),
            ("12-18 09:00", ALL, "overdue"),
            ("12-21 09:00", ALL_AND_HEAD, "overdue"),
        ])
    );
}

#[tokio::test]
async fn an_assignee_who_was_disabled_is_replaced_by_every_dpo() {
    let watch = Watch::start_at("2026-11-19T10:00").await;
    let admin = watch.test.staff("admin", Role::Admin, "").await;
    watch.assigned("access").await;
    let path = format!("/api/v1/staff/users/{}", watch.agent.id);
    let disabled = json!({"disabled": true});
    watch.test.call(reqwest::Method::PATCH, &path, Some(&admin.token), Some(&disabled), &[]).await.expect(200);
    let lines = watch.until("2026-11-27T12:00", "24 November 2026").await;
    assert_eq!(
        lines,
        expected(&[
            ("11-23 09:00", DPOS, "reminder"),
            ("11-24 09:00", DPOS, "reminder"),
            ("11-25 00:00", DPOS, "overdue"),
            ("11-26 09:00", DPOS, "overdue"),
            ("11-27 09:00", DPOS_AND_HEAD, "overdue"),
        ])
    );
}

#[tokio::test]
async fn without_any_dpo_the_head_is_reminded() {
    let test = TestApp::start_at("2026-11-19T10:00").await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let watch = Watch { test, dpo: agent.clone(), agent };
    watch.submit("access").await;
    let head: &[&str] = &["head"];
    let lines = watch.until("2026-11-25T12:00", "24 November 2026").await;
    assert_eq!(
        lines,
        expected(&[
            ("11-23 09:00", head, "reminder"),
            ("11-24 09:00", head, "reminder"),
            ("11-25 00:00", head, "overdue"),
        ])
    );
}

#[tokio::test]
async fn a_request_that_waits_for_approval_reminds_the_dpos_and_says_so() {
    let watch = Watch::start_at("2026-11-19T10:00").await;
    let reference = watch.assigned("access").await;
    watch
        .test
        .done_later(&watch.agent, &reference, "verify", json!({"result": "confirmed", "method": "records"}))
        .await;
    watch.test.done_later(&watch.agent, &reference, "start", json!({})).await;
    let proposal = json!({"outcome": "granted", "letter": "Here it is."});
    watch.test.done_later(&watch.agent, &reference, "propose", proposal).await;
    watch.test.travel_to("2026-11-23T08:59").await;
    watch.test.take_mails();
    watch.test.travel_to("2026-11-23T09:00").await;
    let mails = watch.test.take_mails();
    let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, ["dpo@staff.example.kz", "second@staff.example.kz"]);
    for mail in mails {
        assert!(mail.text.contains("waits for approval") && mail.html.contains("waits for approval"), "{}", mail.text);
    }
}

#[tokio::test]
async fn a_stage_that_is_past_when_a_request_is_recorded_goes_out_at_once_at_any_hour() {
    let watch = Watch::start_at("2026-11-22T03:15").await;
    let paper = json!({"received_at": "2026-11-18T05:00:00Z"});
    watch.test.recorded(&watch.agent, "citicom", forms::access(), paper).await;
    watch.test.work().await;
    // Due on Monday the 23rd: the working day before, Friday, is past.
    assert_eq!(watch.lines("23 November 2026"), expected(&[("11-22 03:15", DPOS, "reminder")]));

    let overdue = json!({"received_at": "2026-11-09T05:00:00Z"});
    watch.test.recorded(&watch.agent, "citicom", forms::access(), overdue).await;
    watch.test.work().await;
    let lines = watch.lines("12 November 2026");
    assert_eq!(lines, expected(&[("11-22 03:15", DPOS_AND_HEAD, "overdue")]), "one mail for the latest stage");
}

#[tokio::test]
async fn reminders_end_with_the_clock() {
    for end in ["cancel", "dismiss", "answer"] {
        let watch = Watch::start_at("2026-11-23T10:00").await;
        let reference = watch.assigned("claim").await;
        match end {
            "answer" => {
                watch.test.prepared(&watch.dpo, &reference).await;
                watch.test.granted(&watch.dpo, &watch.test.sign_in("second@staff.example.kz").await, &reference).await;
            }
            _ => {
                watch.test.done_later(&watch.dpo, &reference, end, json!({"reason": "a test"})).await;
            }
        }
        watch.test.work().await;
        watch.test.take_mails();
        for _ in 0..60 {
            watch.test.advance(Duration::days(1)).await;
        }
        let mails = watch.test.take_mails();
        assert!(mails.is_empty(), "{end}: {:?}", mails.iter().map(|mail| &mail.subject).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_clock_that_starts_later_is_reminded_from_then_on() {
    let watch = Watch::start_at("2026-11-23T10:00").await;
    let reference = watch.assigned("correction").await;
    watch.test.done_later(&watch.agent, &reference, "ask", json!({"text": "Which contract?"})).await;
    watch.until("2026-11-30T16:00", "-").await;
    watch.test.done_later(&watch.agent, &reference, "documents_received", json!({})).await;
    watch.test.work().await;
    assert_eq!(watch.lines("1 December 2026"), expected(&[("11-30 16:00", ASSIGNEE, "reminder")]));
    let lines = watch.until("2026-12-02T00:00", "1 December 2026").await;
    assert_eq!(
        lines,
        expected(&[
            ("12-01 09:00", ASSIGNEE, "reminder"),
            ("12-01 14:00", ASSIGNEE, "reminder"),
            ("12-02 00:00", ALL_AND_HEAD, "overdue"),
        ])
    );
}

#[tokio::test]
async fn a_requester_is_nudged_after_one_day_and_three_with_a_code_that_works() {
    let test = TestApp::start_at("2026-11-23T10:00").await;
    let request = test.submit("citicom", &forms::of_kind("claim")).await;
    test.work().await;
    let first = code_in(&test.last_mail_to(forms::EMAIL).text);
    test.take_mails();
    let mut moments = Vec::new();
    let mut codes = vec![first];
    for _ in 0..24 * 10 {
        test.advance(Duration::hours(1)).await;
        for mail in test.take_mails().into_iter().filter(|mail| mail.to == forms::EMAIL) {
            moments.push(local(test.app.clock.now()));
            codes.push(code_in(&mail.text));
        }
        if moments.len() == 2 && codes.len() == 3 && moments[1] == local(test.app.clock.now()) {
            let old = test.post(&request.path("/confirm"), Some(&request.token), &json!({"code": codes[1]})).await;
            if codes[1] != codes[2] {
                old.problem(422, "wrong_code");
            }
        }
    }
    assert_eq!(moments, ["11-24 10:00", "11-26 10:00"]);
    let seen = test.get(&request.path(""), Some(&request.token)).await.expect(200);
    assert_eq!(seen["status"], "submitted", "it never closes by itself");

    let other = test.submit("citicom", &forms::of_kind("claim")).await;
    test.work().await;
    test.advance(Duration::days(1)).await;
    let code = code_in(&test.last_mail_to(forms::EMAIL).text);
    let seen = test.post(&other.path("/confirm"), Some(&other.token), &json!({"code": code})).await.expect(200);
    assert_eq!(seen["status"], "verification");
    test.take_mails();
    test.advance(Duration::days(2)).await;
    test.advance(Duration::days(2)).await;
    assert!(test.take_mails().iter().all(|mail| mail.to != forms::EMAIL), "no nudge after the confirmation");
}

#[tokio::test]
async fn nobody_is_nudged_who_confirmed_cancelled_or_came_on_paper() {
    let test = TestApp::start_at("2026-11-23T10:00").await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    test.submit_confirmed("citicom", &forms::of_kind("claim")).await;
    let cancelled = test.submit("citicom", &forms::of_kind("claim")).await;
    test.post(&cancelled.path("/cancel"), Some(&cancelled.token), &json!({})).await.expect(200);
    test.recorded(&agent, "citicom", forms::of_kind("claim"), json!({})).await;
    test.work().await;
    test.take_mails();
    for _ in 0..5 {
        test.advance(Duration::days(1)).await;
    }
    assert!(test.take_mails().iter().all(|mail| mail.to != forms::EMAIL));

    // A week of standstill: one nudge, not two.
    test.submit("citicom", &forms::of_kind("claim")).await;
    test.work().await;
    test.take_mails();
    test.advance(Duration::days(7)).await;
    test.advance(Duration::days(7)).await;
    let nudges: Vec<_> = test.take_mails().into_iter().filter(|mail| mail.to == forms::EMAIL).collect();
    assert_eq!(nudges.len(), 1);
    assert!(nudges[0].text.contains("will not remind you of this again"), "{}", nudges[0].text);
}
