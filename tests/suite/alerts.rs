//! Alerts: what raises them, whom they reach, and that each is told once.

use chrono::Duration;
use diesel::prelude::*;
use otinish::domain::vocabulary::Role;
use otinish::mail::envelope::OutgoingMail;
use otinish::mail::transport::{SendFailure, SendOutcome};
use otinish::storage::schema::{alerts, audit};
use otinish::worker;
use serde_json::json;

use crate::support::journey::{stored, tamper};
use crate::support::{Member, TestApp, TestDatabase, forms};

/// Thresholds that a test reaches soon.
const SOON: &str = "failed_sign_ins=4/1440, failed_sign_ins_from=6/60, refused_looks=4/60, wrong_secrets=4/60, \
    wrong_secrets_from=6/60, dead_mails=3/1440";

async fn start() -> TestApp {
    TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), |name| (name == "ALERTS").then(|| SOON.to_owned()))
        .await
}

/// A server with a DPO of two operators each, an agent of the first, and an administrator.
async fn staffed() -> (TestApp, Member) {
    let test = start().await;
    test.staff("dpo", Role::Dpo, "citicom").await;
    test.staff("other", Role::Dpo, "kazteleport").await;
    test.staff("admin", Role::Admin, "").await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    (test, agent)
}

async fn fail_sign_in(test: &TestApp, email: &str) {
    let form = json!({"email": email, "password": "a wrong password"});
    test.post("/api/v1/auth/login", None, &form).await.problem(401, "unauthorized");
}

async fn guess(test: &TestApp, path: &str, times: usize) {
    for _ in 0..times {
        test.get(path, Some("guess")).await.problem(404, "not_found");
    }
}

/// The alerts that were mailed since the last time: to whom, with which subject.
async fn told(test: &TestApp) -> Vec<(String, String)> {
    test.work().await;
    let is_alert = |mail: &OutgoingMail| mail.subject.starts_with("Attention: ");
    let mails: Vec<_> = test.take_mails().into_iter().filter(is_alert).collect();
    for mail in &mails {
        let body = &mail.text;
        assert!(!body.contains(forms::EMAIL) && mail.reference.is_none(), "{body}");
        assert!(body.contains("alert_raised"), "{body}");
    }
    let mut told: Vec<_> = mails.into_iter().map(|mail| (mail.to, mail.subject)).collect();
    told.sort();
    told
}

fn to(name: &str, subject: &str) -> (String, String) {
    (format!("{name}@staff.example.kz"), format!("Attention: {subject}"))
}

/// The alerts that were raised: kind and operator, with the lines of the audit trail beside them.
fn raised(test: &TestApp) -> Vec<(String, String)> {
    let mut connection = test.database.connect();
    let columns = (alerts::kind, alerts::operator_id);
    let mut all: Vec<(String, String)> = alerts::table.select(columns).load(&mut connection).unwrap();
    let lines: i64 = audit::table.filter(audit::action.eq("alert_raised")).count().get_result(&mut connection).unwrap();
    assert_eq!(usize::try_from(lines).unwrap(), all.len(), "each has its line in the audit trail");
    all.sort();
    all
}

#[tokio::test]
async fn many_failed_sign_ins_at_an_account_reach_the_dpo_of_its_operator_and_few_do_not() {
    let (test, agent) = staffed().await;
    for _ in 0..3 {
        fail_sign_in(&test, &agent.email).await;
    }
    assert!(told(&test).await.is_empty() && raised(&test).is_empty());
    fail_sign_in(&test, &agent.email).await;
    assert_eq!(told(&test).await, [to("dpo", "many failed sign-ins at an account")]);
    assert_eq!(raised(&test), [("failed_sign_ins".to_owned(), "citicom".to_owned())]);
    let dpo = test.sign_in("dpo@staff.example.kz").await;
    let trail = test.get("/api/v1/staff/audit?action=alert_raised", Some(&dpo.token)).await.expect(200);
    assert_eq!(
        (&trail["items"][0]["about_id"], &trail["items"][0]["actor"]["kind"]),
        (&json!(agent.id), &json!("system"))
    );
    let other = test.sign_in("other@staff.example.kz").await;
    let trail = test.get("/api/v1/staff/audit?action=alert_raised", Some(&other.token)).await.expect(200);
    assert_eq!(trail["items"], json!([]), "another operator learns nothing");
}

#[tokio::test]
async fn failed_sign_ins_from_one_address_at_many_accounts_reach_the_administrators() {
    let (test, _) = staffed().await;
    for number in 0..5 {
        fail_sign_in(&test, &format!("nobody{number}@staff.example.kz")).await;
    }
    assert!(told(&test).await.is_empty());
    fail_sign_in(&test, "nobody5@staff.example.kz").await;
    assert_eq!(told(&test).await, [to("admin", "many failed sign-ins from one address")]);
    assert_eq!(raised(&test), [("failed_sign_ins_from".to_owned(), String::new())]);
    let subject: String = alerts::table.select(alerts::subject).first(&mut test.database.connect()).unwrap();
    assert!(!subject.contains('.') && subject.len() == 24, "{subject} is no address");
}

#[tokio::test]
async fn a_burst_of_refused_looks_is_noted_and_reaches_the_dpo_of_the_member() {
    let (test, agent) = staffed().await;
    let foreign = test.submit("kazteleport", &forms::access()).await;
    let path = format!("/api/v1/staff/requests/{}", foreign.reference);
    for _ in 0..3 {
        test.get(&path, Some(&agent.token)).await.problem(404, "not_found");
    }
    let own = test.submit("citicom", &forms::access()).await;
    test.view(&agent, &own.reference).await;
    assert!(told(&test).await.is_empty(), "a masked look at one's own operator is none");
    let missing = path.replace(&foreign.reference, "CIT-0000-0000-0");
    test.get(&missing, Some(&agent.token)).await.problem(404, "not_found");
    assert_eq!(told(&test).await, [to("dpo", "a member asks for data they may not see")]);
    assert_eq!(raised(&test), [("refused_looks".to_owned(), "citicom".to_owned())]);
    let lines: Vec<(Option<String>, Option<String>, String)> = audit::table
        .filter(audit::action.eq("look_refused"))
        .select((audit::actor_id, audit::request_id, audit::data))
        .load(&mut test.database.connect())
        .unwrap();
    assert_eq!(lines.len(), 4);
    let tells = |(actor, request, data): &(Option<String>, Option<String>, String)| {
        actor.as_deref() == Some(agent.id.as_str()) && request.is_none() && !data.contains(&foreign.reference)
    };
    assert!(lines.iter().all(tells), "they do not say whether such a request exists: {lines:?}");
}

#[tokio::test]
async fn guesses_at_one_request_reach_its_operator_and_guesses_all_around_the_administrators() {
    let (test, _) = staffed().await;
    let request = test.submit("citicom", &forms::access()).await;
    guess(&test, &request.path(""), 3).await;
    test.get(&request.path("/answer"), Some(&request.token)).await.problem(404, "not_found");
    assert!(told(&test).await.is_empty(), "the right secret is no guess");
    guess(&test, &request.path(""), 1).await;
    assert_eq!(told(&test).await, [to("dpo", "somebody guesses the secret of a request")]);
    guess(&test, "/api/v1/requests/CIT-0000-0000-0", 2).await;
    assert_eq!(told(&test).await, [to("admin", "secrets of requests are guessed from one address")]);
    let kinds = raised(&test);
    assert_eq!(
        kinds,
        [("wrong_secrets".to_owned(), "citicom".to_owned()), ("wrong_secrets_from".to_owned(), String::new())]
    );
}

#[tokio::test]
async fn cases_that_lie_too_far_apart_raise_nothing() {
    let (test, _) = staffed().await;
    let request = test.submit("citicom", &forms::access()).await;
    guess(&test, &request.path(""), 3).await;
    test.advance(Duration::minutes(70)).await;
    guess(&test, &request.path(""), 3).await;
    assert!(told(&test).await.is_empty() && raised(&test).is_empty());
}

#[tokio::test]
async fn damage_that_the_daily_verification_finds_reaches_the_operator_whose_request_it_is() {
    let (test, _) = staffed().await;
    let request = test.submit("citicom", &forms::access()).await;
    assert!(told(&test).await.is_empty());
    let id = stored(&test.database, &request.reference).id;
    tamper(&test.database, &format!("UPDATE events SET kind = 'cancelled' WHERE request_id = '{id}' AND seq = 1"));
    assert!(told(&test).await.is_empty(), "it was verified today already");
    test.app.clock.set(crate::support::at("2026-11-24T10:00"));
    assert_eq!(told(&test).await, [to("dpo", "the audit is damaged")]);
    assert_eq!(raised(&test), [("broken_chain".to_owned(), "citicom".to_owned())]);
    test.app.clock.set(crate::support::at("2026-11-25T10:00"));
    assert_eq!(told(&test).await, [to("dpo", "the audit is damaged")], "it is still damaged");
}

#[tokio::test]
async fn a_verification_that_could_not_be_done_is_no_silence() {
    let (test, _) = staffed().await;
    assert!(told(&test).await.is_empty());
    let folder = &test.settings.audit_dir;
    std::fs::remove_dir_all(folder).unwrap();
    std::fs::write(folder, "no folder").unwrap();
    test.app.clock.set(crate::support::at("2026-11-24T10:00"));
    assert_eq!(told(&test).await, [to("admin", "the audit is damaged")]);
    assert_eq!(raised(&test), [("broken_chain".to_owned(), String::new())]);
}

#[tokio::test]
async fn several_mails_that_were_given_up_reach_the_dpo() {
    let (test, _) = staffed().await;
    test.work().await;
    let refused = SendOutcome::Refused { failure: SendFailure::of("refused") };
    for number in 0..3 {
        assert_eq!(raised(&test), [], "{number}");
        test.mail.fail_next(&refused, 1);
        test.submit("citicom", &forms::access()).await;
        test.work().await;
    }
    assert_eq!(told(&test).await, [to("dpo", "several mails were given up")]);
}

#[tokio::test]
async fn one_mail_a_day_tells_of_a_kind_and_what_comes_later_is_told_the_next_day() {
    let (test, _) = staffed().await;
    let subject = "somebody guesses the secret of a request";
    let first = test.submit("citicom", &forms::access()).await;
    guess(&test, &first.path(""), 5).await;
    assert_eq!(told(&test).await, [to("dpo", subject)]);
    test.advance(Duration::hours(2)).await;
    let second = test.submit("citicom", &forms::of_kind("claim")).await;
    guess(&test, &second.path(""), 5).await;
    assert!(told(&test).await.is_empty());
    assert_eq!(raised(&test).len(), 2, "but it was noted at once");
    test.app.clock.set(crate::support::at("2026-11-24T00:01"));
    assert_eq!(told(&test).await, [to("dpo", subject)]);
    assert!(told(&test).await.is_empty());
}

#[tokio::test]
async fn without_a_dpo_the_head_contact_is_told() {
    let test = start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    for _ in 0..4 {
        fail_sign_in(&test, &agent.email).await;
    }
    test.work().await;
    let head = test.app.operator("citicom").unwrap().head_contact.clone();
    let mails = test.take_mails();
    assert!(mails.iter().any(|mail| mail.to == head && mail.subject.starts_with("Внимание: ")), "{mails:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_at_once_tell_of_an_alert_once() {
    let (test, _) = staffed().await;
    test.work().await;
    let other = test.second_process();
    for day in 24..28 {
        test.app.clock.set(crate::support::at(&format!("2026-11-{day}T08:00")));
        let request = test.submit("citicom", &forms::access()).await;
        guess(&test, &request.path(""), 4).await;
        let (one, two) = tokio::join!(worker::alerts::step(&test.app), worker::alerts::step(&other));
        assert_eq!(one.unwrap() + two.unwrap(), 1, "{day}");
        assert_eq!(told(&test).await, [to("dpo", "somebody guesses the secret of a request")], "{day}");
    }
}
