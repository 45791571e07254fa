//! The morning digest: once for each member and working day, only where something waits.

use otinish::domain::vocabulary::Role;
use otinish::mail::envelope::OutgoingMail;
use otinish::mail::transport::{SendFailure, SendOutcome};
use otinish::worker;
use serde_json::json;

use crate::support::{Member, TestApp, at, forms};

/// The digests of a member, oldest first.
fn of(test: &TestApp, member: &Member) -> Vec<OutgoingMail> {
    test.digests().into_iter().filter(|mail| mail.to == member.email).collect()
}

fn last(test: &TestApp, member: &Member) -> String {
    let mail = of(test, member).pop().unwrap_or_else(|| panic!("no digest to {}", member.email));
    mail.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn agents_and_dpos_are_told_what_waits_at_nine_and_nobody_else_is() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let idle = test.staff("idle", Role::Agent, "kazteleport").await;
    let auditor = test.staff("auditor", Role::Auditor, "citicom").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let own = test.brought_to("review", &desk, "citicom", &forms::access()).await;
    let waiting = test.brought_to("approval", &desk, "citicom", &forms::access()).await;
    let free = test.submit_confirmed("citicom", &forms::access()).await;
    test.travel_to("2026-11-24T08:59").await;
    assert!(test.digests().is_empty(), "not before nine");
    test.travel_to("2026-11-24T09:00").await;
    for member in [&idle, &auditor, &admin] {
        assert!(of(&test, member).is_empty(), "{}", member.email);
    }
    let agent = last(&test, &desk.agent);
    assert!(agent.contains("Yours, due within seven days, today included: 2"), "{agent}");
    assert!(agent.contains("Nobody has them: 1") && !agent.contains("approval:"), "{agent}");
    let dpo = last(&test, &desk.dpo);
    assert!(dpo.contains("Nobody has them: 1") && dpo.contains("Answers that wait for your approval: 1"), "{dpo}");
    assert!(!dpo.contains("Yours"), "{dpo}");
    for (text, request) in [(&agent, &own), (&agent, &waiting), (&agent, &free), (&dpo, &waiting), (&dpo, &free)] {
        let link = format!("https://requests.example.kz/staff/requests/{}", request.reference);
        assert!(text.contains(&link), "{text}");
    }
    assert!(agent.contains(&format!("{}: Access to personal data, due ", own.reference)), "{agent}");
    for text in [&agent, &dpo] {
        assert!(!text.contains("Aigul") && !text.contains("Айгуль") && !text.contains("mail.example.kz"), "{text}");
    }
    let shown = test.again(&desk.dpo).await;
    let page = test.get("/api/v1/staff/outbox?limit=200", Some(&shown.token)).await.expect(200);
    let digests: Vec<_> = page["items"].as_array().unwrap().iter().filter(|mail| mail["mail"] == "digest").collect();
    assert_eq!(digests.len(), 3);
    assert!(digests.iter().all(|mail| mail["reference"] == json!(null) && mail["state"] == "sent"));
}

#[tokio::test]
async fn overdue_ones_and_those_due_today_are_named_to_their_assignee_and_all_overdue_ones_to_dpos() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let own = test.brought_to("review", &desk, "citicom", &forms::access()).await;
    let due = test.view(&desk.dpo, &own.reference).await["headline"]["due_on"].as_str().unwrap().to_owned();
    test.travel_to(&format!("{due}T09:00")).await;
    let agent = last(&test, &desk.agent);
    assert!(agent.contains("Yours, the last day is today: 1") && !agent.contains("seven days"), "{agent}");
    test.travel_to("2026-12-02T09:00").await;
    let (agent, dpo) = (last(&test, &desk.agent), last(&test, &desk.dpo));
    assert!(agent.contains("Yours, overdue: 1") && !agent.contains("All overdue"), "{agent}");
    assert!(dpo.contains("All overdue ones of the organisation: 1") && !dpo.contains("Yours"), "{dpo}");
}

#[tokio::test]
async fn at_most_ten_of_each_are_named() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    for _ in 0..12 {
        test.submit("citicom", &forms::access()).await;
    }
    test.travel_to("2026-11-24T09:00").await;
    let digest = last(&test, &agent);
    assert!(digest.contains("Nobody has them: 12") && digest.contains("… and 2 more."), "{digest}");
    assert_eq!(digest.matches("/staff/requests/").count(), 10);
}

#[tokio::test]
async fn it_goes_out_once_a_day_with_several_processes_and_after_a_restart() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    test.submit("citicom", &forms::access()).await;
    test.app.clock.set(at("2026-11-24T09:00"));
    let second = test.second_process();
    let (one, two) = tokio::join!(worker::digest::step(&test.app), worker::digest::step(&second));
    assert!(one.unwrap() + two.unwrap() >= 2);
    test.work().await;
    test.work().await;
    test.travel_to("2026-11-24T15:00").await;
    let third = test.second_process();
    assert_eq!(worker::digest::step(&third).await.unwrap(), 0, "the ledger knows");
    worker::run_until_idle(&third).await.unwrap();
    assert_eq!((of(&test, &agent).len(), of(&test, &dpo).len()), (1, 1));
    test.travel_to("2026-11-25T09:00").await;
    assert_eq!((of(&test, &agent).len(), of(&test, &dpo).len()), (2, 2));
}

#[tokio::test]
async fn a_worker_that_was_down_sends_that_of_today_only_and_none_on_days_off() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    test.submit("citicom", &forms::access()).await;
    test.travel_to("2026-11-24T11:00").await;
    assert_eq!(of(&test, &agent).len(), 1, "up at eleven");
    test.travel_to("2026-11-28T12:00").await;
    assert_eq!(of(&test, &agent).len(), 1, "a Saturday");
    test.travel_to("2026-12-03T08:00").await;
    assert_eq!(of(&test, &agent).len(), 1, "before nine");
    test.travel_to("2026-12-03T10:00").await;
    assert_eq!(of(&test, &agent).len(), 2, "down for a week");
    // 16 December is Independence Day.
    test.travel_to("2026-12-16T10:00").await;
    assert_eq!(of(&test, &agent).len(), 1, "none, and that of three weeks ago is forgotten");
}

#[tokio::test]
async fn a_crash_between_ledger_and_mail_leaves_neither() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    test.submit("citicom", &forms::access()).await;
    test.work().await;
    test.sql(
        "CREATE TRIGGER no_mails BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE FUNCTION no_mails() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$; \
         CREATE TRIGGER no_mails BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION no_mails()",
    );
    test.app.clock.set(at("2026-11-24T09:00"));
    assert_eq!(worker::digest::step(&test.app).await.unwrap_or_default(), 0);
    test.sql("DROP TRIGGER no_mails", "DROP TRIGGER no_mails ON outbox");
    let restarted = test.second_process();
    worker::run_until_idle(&restarted).await.unwrap();
    assert_eq!(of(&test, &agent).len(), 1);
}

#[tokio::test]
async fn one_mail_has_a_section_for_each_operator_and_speaks_the_language_of_the_member() {
    let test = TestApp::start().await;
    test.staff("both", Role::Agent, "citicom").await;
    let both = test.staff("both", Role::Dpo, "kazteleport").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    test.submit("citicom", &forms::access()).await;
    test.submit("kazteleport", &forms::access()).await;
    let account = format!("/api/v1/staff/users/{}", both.id);
    let kazakh = json!({"language": "kk"});
    test.call(reqwest::Method::PATCH, &account, Some(&admin.token), Some(&kazakh), &[]).await.expect(200);
    test.travel_to("2026-11-24T09:00").await;
    assert_eq!(of(&test, &both).len(), 1);
    let digest = last(&test, &both);
    assert_eq!(digest.matches("Орындаушысы жоқ: 1").count(), 2, "{digest}");
    for operator in ["citicom", "kazteleport"] {
        assert!(digest.contains(test.app.operator(operator).unwrap().names.kk.as_str()), "{digest}");
    }
}

#[tokio::test]
async fn dead_mails_are_named_until_they_are_sent_again() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let stranger = test.staff("stranger", Role::Agent, "citicom").await;
    let request = test.brought_to("review", &desk, "citicom", &forms::access()).await;
    test.work().await;
    test.done(&desk.agent, &request, "ask", json!({"text": "Which account is it about?"})).await;
    let refusal = SendOutcome::Refused { failure: SendFailure::replied("refused", 550, "5.1.1 unknown") };
    test.mail.fail_next(&refusal, 1);
    test.work().await;
    test.travel_to("2026-11-24T09:00").await;
    let named = "Requests with an e-mail that could not be delivered: 1";
    assert!(last(&test, &desk.agent).contains(named) && last(&test, &desk.dpo).contains(named));
    assert!(of(&test, &stranger).iter().all(|mail| !mail.text.contains("could not be delivered")));
    let dead = test.outbox(&desk.dpo, "&state=dead").await;
    let dpo = test.again(&desk.dpo).await;
    let path = format!("/api/v1/staff/outbox/{}/resend", dead[0]["id"].as_str().unwrap());
    test.post(&path, Some(&dpo.token), &json!({})).await.expect(200);
    test.travel_to("2026-11-25T09:00").await;
    assert!(!last(&test, &desk.agent).contains("could not be delivered"));
}

#[tokio::test]
async fn during_an_absence_the_deputy_is_told_instead() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let stand_in = test.staff("standin", Role::Agent, "citicom").await;
    let request = test.brought_to("review", &desk, "citicom", &forms::access()).await;
    let form = json!({"from": "2026-11-24", "until": "2026-11-24", "deputy_id": stand_in.id});
    test.post("/api/v1/staff/me/absences", Some(&desk.agent.token), &form).await.expect(201);
    test.travel_to("2026-11-24T09:00").await;
    assert!(of(&test, &desk.agent).is_empty());
    assert!(last(&test, &stand_in).contains(&request.reference));
    test.travel_to("2026-11-25T09:00").await;
    assert_eq!((of(&test, &desk.agent).len(), of(&test, &stand_in).len()), (1, 1));
}

#[tokio::test]
async fn an_absent_dpo_is_told_as_before_unless_the_deputy_oversees_too() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let stand_in = test.staff("standin", Role::Agent, "citicom").await;
    let waiting = test.brought_to("approval", &desk, "citicom", &forms::access()).await;
    let form = |deputy: &Member| json!({"from": "2026-11-24", "until": "2026-11-24", "deputy_id": deputy.id});
    let own = "/api/v1/staff/me/absences";
    test.post(own, Some(&desk.dpo.token), &form(&stand_in)).await.expect(201);
    test.post(own, Some(&desk.agent.token), &form(&desk.dpo)).await.expect(201);
    let admin = test.staff("admin", Role::Admin, "").await;
    let off = format!("/api/v1/staff/users/{}", desk.deputy.id);
    test.call(reqwest::Method::PATCH, &off, Some(&admin.token), Some(&json!({"disabled": true})), &[])
        .await
        .expect(200);
    test.travel_to("2026-11-24T09:00").await;
    let approval = "Answers that wait for your approval: 1";
    assert!(last(&test, &desk.dpo).contains(approval));
    let deputy = last(&test, &stand_in);
    assert!(deputy.contains(&waiting.reference) && !deputy.contains("approval:"), "{deputy}");
    // With a deputy who oversees there is no need.
    let admin = test.again(&admin).await;
    test.call(reqwest::Method::PATCH, &off, Some(&admin.token), Some(&json!({"disabled": false})), &[])
        .await
        .expect(200);
    let next = json!({"from": "2026-11-25", "until": "2026-11-25", "deputy_id": desk.deputy.id});
    let dpo = test.again(&desk.dpo).await;
    test.post(own, Some(&dpo.token), &next).await.expect(201);
    test.travel_to("2026-11-25T09:00").await;
    assert_eq!(of(&test, &desk.dpo).len(), 1, "that of the day before");
    assert!(last(&test, &desk.deputy).contains(approval));
}

#[tokio::test]
async fn dead_mails_to_colleagues_are_counted_for_dpos_for_a_week_and_name_no_request() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let request = test.brought_to("review", &desk, "citicom", &forms::access()).await;
    test.work().await;
    let refusal = SendOutcome::Refused { failure: SendFailure::replied("refused", 550, "5.1.1 unknown") };
    // A mail to a colleague about the request, and one about none.
    test.done(&desk.dpo, &request, "assign", json!({"assignee": null})).await;
    test.done(&desk.dpo, &request, "assign", json!({"assignee": desk.agent.id})).await;
    test.mail.fail_next(&refusal, 1);
    test.work().await;
    let form = json!({"from": "2026-12-10", "until": "2026-12-10", "deputy_id": desk.deputy.id});
    test.post("/api/v1/staff/me/absences", Some(&desk.agent.token), &form).await.expect(201);
    test.mail.fail_next(&refusal, 1);
    test.work().await;
    test.travel_to("2026-11-24T09:00").await;
    let colleagues = "E-mails to colleagues that could not be delivered in the last seven days: 1";
    let dpo = last(&test, &desk.dpo);
    assert!(dpo.contains(colleagues) && !dpo.contains("Requests with an e-mail"), "{dpo}");
    assert!(!dpo.contains("and 1 more"), "{dpo}");
    let agent = last(&test, &desk.agent);
    assert!(!agent.contains("could not be delivered"), "{agent}");
    test.travel_to("2026-12-02T09:00").await;
    assert!(of(&test, &desk.dpo).pop().is_none_or(|mail| !mail.text.contains("could not be delivered")));
}

#[tokio::test]
async fn a_dead_mail_that_was_destroyed_is_not_named() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let request = test.brought_to("review", &desk, "citicom", &forms::access()).await;
    test.work().await;
    test.done(&desk.agent, &request, "ask", json!({"text": "Which account is it about?"})).await;
    let refusal = SendOutcome::Refused { failure: SendFailure::of("destroyed") };
    test.mail.fail_next(&refusal, 1);
    test.work().await;
    assert_eq!(test.outbox(&desk.dpo, "&state=dead").await.len(), 1);
    test.travel_to("2026-11-24T09:00").await;
    assert!(!last(&test, &desk.agent).contains("could not be delivered"));
}

#[tokio::test]
async fn whatever_is_to_be_printed_and_posted_is_named_to_dpos() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let mut form = forms::access();
    form["subject"].as_object_mut().unwrap().remove("email");
    form["submitted_by"].as_object_mut().unwrap().remove("email");
    form["subject"]["postal_address"] = json!("Almaty, Abay 1");
    let receipt = test.recorded(&desk.agent, "citicom", form, json!({})).await;
    test.travel_to("2026-11-24T09:00").await;
    let dpo = last(&test, &desk.dpo);
    assert!(dpo.contains("To print and post: 1"), "{receipt}: {dpo}");
    assert!(!last(&test, &desk.agent).contains("To print and post"));
}
