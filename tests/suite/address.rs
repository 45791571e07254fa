//! The requester's mail address was wrong: staff put it right, and the mails go there.

use otinish::domain::vocabulary::Role;
use otinish::mail::transport::{SendFailure, SendOutcome};
use otinish::services::error::ServiceError;
use otinish::services::{mail_desk, sign_in};
use otinish::storage::staff::audit_of_request;
use serde_json::{Value, json};

use crate::support::journey::stored;
use crate::support::{Answer, Member, Submitted, TestApp, code_in, forms};

const RIGHT: &str = "aigul.s@mail.example.kz";

fn refusal() -> SendOutcome {
    SendOutcome::Refused { failure: SendFailure::replied("refused", 550, "5.1.1 unknown") }
}

fn later() -> SendOutcome {
    SendOutcome::Retry { failure: SendFailure::replied("deferred", 451, "4.7.1 later") }
}

async fn resend(test: &TestApp, member: &Member, id: &Value, body: Value) -> Answer {
    let member = test.again(member).await;
    test.post(&format!("/api/v1/staff/outbox/{}/resend", id.as_str().unwrap()), Some(&member.token), &body).await
}

async fn found(test: &TestApp, member: &Member, email: &str) -> usize {
    let member = test.again(member).await;
    let page = test.post("/api/v1/staff/requests/search", Some(&member.token), &json!({"q": email})).await.expect(200);
    page["items"].as_array().unwrap().len()
}

/// The mails of a request to its requester, oldest first: `(name, state)`.
async fn to_requester(test: &TestApp, member: &Member, reference: &str) -> Vec<(String, String)> {
    let mails = test.outbox(member, &format!("&reference={}", reference.to_lowercase())).await;
    let value = |mail: &Value, name: &str| mail[name].as_str().unwrap().to_owned();
    let own = mails.iter().rev().filter(|mail| mail["to"] == "requester");
    own.map(|mail| (value(mail, "mail"), value(mail, "state"))).collect()
}

async fn dead(test: &TestApp, member: &Member, name: &str) -> Value {
    let mails = test.outbox(member, "&state=dead").await;
    mails.into_iter().find(|mail| mail["mail"] == name && mail["to"] == "requester").unwrap()
}

#[tokio::test]
async fn a_mistyped_address_is_put_right_and_all_mails_go_to_the_new_one() {
    let test = TestApp::start().await;
    let request = test.submit("citicom", &forms::access()).await;
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let auditor = test.staff("auditor", Role::Auditor, "citicom").await;
    let elsewhere = test.staff("elsewhere", Role::Dpo, "kazteleport").await;
    let receipt = dead(&test, &dpo, "receipt").await;
    assert_eq!(
        (&receipt["resent"], &receipt["resent_as"], &receipt["tracking"]),
        (&json!(false), &Value::Null, &Value::Null)
    );
    let id = &receipt["id"];
    let right = json!({"email": RIGHT});
    resend(&test, &agent, id, right.clone()).await.problem(404, "not_found");
    resend(&test, &elsewhere, id, right.clone()).await.problem(404, "not_found");
    resend(&test, &auditor, id, right.clone()).await.problem(403, "forbidden");
    for (body, pointer, code) in [
        (json!({"email": "not an address"}), "/email", None),
        (json!({"email": ""}), "/email", Some("required")),
        (json!({"email": 1}), "/email", Some("wrong_type")),
        (json!({"mail": RIGHT}), "/mail", Some("unknown_field")),
    ] {
        let problem = resend(&test, &dpo, id, body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
        assert!(code.is_none_or(|code| problem["errors"][0]["code"] == code), "{problem}");
    }
    test.done_later(&agent, &request.reference, "assign", json!({"assignee": "me"})).await;
    let before = stored(&test.database, &request.reference);
    let again = resend(&test, &agent, id, right.clone()).await.expect(200);
    assert_eq!((&again["mail"], &again["state"], &again["resent_from"]), (&json!("receipt"), &json!("pending"), id));
    resend(&test, &dpo, id, right).await.problem(409, "invalid_transition");
    let receipt = dead(&test, &dpo, "receipt").await;
    assert_eq!((&receipt["resent"], &receipt["resent_as"]), (&json!(true), &again["id"]));
    assert_eq!(receipt["resent_at"], "2026-11-23T05:00:00Z");
    let after = stored(&test.database, &request.reference);
    assert_eq!(after.version, before.version + 1, "staff must see it before they act");
    test.take_mails();
    test.work().await;
    let mails = test.take_mails();
    assert!(mails.iter().all(|mail| mail.to != forms::EMAIL));
    let sent: Vec<_> = mails.iter().filter(|mail| mail.to == RIGHT).collect();
    assert_eq!(sent.len(), 1, "the receipt, with a code for the new address");
    // Whoever got the link at the wrong address opens nothing by it any more.
    let code = json!({"code": code_in(&sent[0].text)});
    test.post(&request.path("/confirm"), Some(&request.token), &code).await.problem(404, "not_found");
    test.get(&request.path(""), Some(&request.token)).await.problem(404, "not_found");
    let token = token_in(&sent[0].text);
    assert!(token != request.token && sent[0].html.contains(&token) && !sent[0].html.contains(&request.token));
    test.post(&request.path("/confirm"), Some(&token), &code).await.expect(200);
    test.done_later(&agent, &request.reference, "verify", json!({"result": "confirmed", "method": "records"})).await;
    test.work().await;
    assert!(test.take_mails().iter().all(|mail| mail.to == RIGHT), "the mails that follow go there too");
    assert_eq!((found(&test, &dpo, RIGHT).await, found(&test, &dpo, forms::EMAIL).await), (1, 0));
}

#[tokio::test]
async fn the_correction_is_in_the_history_for_staff_and_in_the_audit_trail_without_the_address() {
    let test = TestApp::start().await;
    let request = test.submit("citicom", &forms::access()).await;
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let auditor = test.staff("auditor", Role::Auditor, "citicom").await;
    let id = dead(&test, &dpo, "receipt").await["id"].clone();
    resend(&test, &dpo, &id, json!({"email": RIGHT})).await.expect(200);
    let path = format!("/api/v1/staff/requests/{}/events", request.reference);
    let history = test.get(&path, Some(&dpo.token)).await.expect(200);
    let event = history["items"].as_array().unwrap().iter().find(|event| event["kind"] == "address_corrected").unwrap();
    assert_eq!((&event["data"]["text"], &event["actor"]["id"]), (&json!(RIGHT), &json!(dpo.id)));
    let masked = test.get(&path, Some(&auditor.token)).await;
    assert!(masked.text.contains("address_corrected") && !masked.text.contains(RIGHT), "{}", masked.text);
    let seen = test.get(&request.path(""), Some(&request.token)).await;
    assert!(!seen.text.contains("address_corrected"), "{}", seen.text);
    let row = stored(&test.database, &request.reference);
    let lines = audit_of_request(&mut test.database.connect(), &row.id).unwrap();
    let line = lines.iter().find(|line| line.action == "correct_address").unwrap();
    assert_eq!((line.actor_id.as_deref(), line.reason.as_deref()), (Some(dpo.id.as_str()), Some("role")));
    assert!(lines.iter().all(|line| !line.data.contains('@')), "no address in the trail");
    // The same address once more is no correction.
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    let version = stored(&test.database, &request.reference).version;
    let mails = test.outbox(&dpo, "&state=dead").await;
    let open = mails.iter().find(|mail| mail["resent"] == false && mail["to"] == "requester").unwrap();
    resend(&test, &dpo, &open["id"], json!({"email": RIGHT})).await.expect(200);
    assert_eq!(stored(&test.database, &request.reference).version, version);
}

#[tokio::test]
async fn what_waits_is_sent_to_the_new_address_and_dead_letters_follow_when_they_are_sent_again() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let request = test.submit_confirmed("kazteleport", &forms::access()).await;
    let reference = &request.reference;
    test.done_later(&agent, reference, "assign", json!({"assignee": "me"})).await;
    test.work().await;
    test.take_mails();
    for (action, body, outcome) in [
        ("verify", json!({"result": "confirmed", "method": "records"}), refusal()),
        ("start", json!({}), refusal()),
        ("ask", json!({"text": "Which year?"}), later()),
    ] {
        test.done_later(&agent, reference, action, body).await;
        test.mail.fail_next(&outcome, 1);
        test.work().await;
    }
    let states = to_requester(&test, &dpo, reference).await;
    let expected =
        [("receipt", "sent"), ("identity_confirmed", "dead"), ("work_started", "dead"), ("question", "pending")];
    assert_eq!(states, expected.map(|(name, state)| (name.to_owned(), state.to_owned())));
    assert!(stored(&test.database, reference).email_confirmed_at.is_some());
    let id = dead(&test, &dpo, "identity_confirmed").await["id"].clone();
    resend(&test, &agent, &id, json!({"email": RIGHT})).await.expect(200);
    assert!(stored(&test.database, reference).email_confirmed_at.is_none(), "nobody has proven the new one");
    test.work().await;
    let mut subjects: Vec<String> =
        test.take_mails().into_iter().filter(|mail| mail.to == RIGHT).map(|mail| mail.subject).collect();
    subjects.sort();
    assert_eq!(
        subjects.len(),
        2,
        "the dead letter and what waited, at once; staff know the person, so no code: {subjects:?}"
    );
    // The other dead letter goes to the address that stands now.
    let id = dead(&test, &dpo, "work_started").await["id"].clone();
    resend(&test, &agent, &id, json!({})).await.expect(200);
    test.work().await;
    assert_eq!(test.last_mail_to(RIGHT).subject, format!("{reference}: we are preparing the answer"));
    assert!(test.mails().iter().all(|mail| mail.to != forms::EMAIL));
}

#[tokio::test]
async fn a_worker_that_has_a_mail_in_hand_does_not_settle_it_for_the_old_address() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let request = test.submit_confirmed("citicom", &forms::access()).await;
    test.done_later(&dpo, &request.reference, "verify", json!({"result": "confirmed", "method": "records"})).await;
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    test.done_later(&dpo, &request.reference, "start", json!({})).await;
    let until = "UPDATE outbox SET lease_token = 'busy', lease_until = '2030-01-01 00:00:00' WHERE state = 'pending'";
    test.sql(until, until);
    test.take_mails();
    let id = dead(&test, &dpo, "identity_confirmed").await["id"].clone();
    resend(&test, &dpo, &id, json!({"email": RIGHT})).await.expect(200);
    test.work().await;
    assert_eq!(test.take_mails().iter().filter(|mail| mail.to == RIGHT).count(), 2);
}

#[tokio::test]
async fn only_a_mail_to_the_requester_corrects_an_address() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    test.submit("citicom", &forms::of_kind("claim")).await;
    test.mail.fail_next(&refusal(), 2);
    test.work().await;
    let mails = test.outbox(&dpo, "&state=dead").await;
    let to_staff = mails.iter().find(|mail| mail["to"] == "staff").unwrap();
    resend(&test, &dpo, &to_staff["id"], json!({"email": RIGHT})).await.invalid(&[("/email", "not_to_requester")]);
    resend(&test, &dpo, &to_staff["id"], json!({})).await.expect(200);
}

/// A withdrawal about cookies, for which a proven address is enough. The agent works on it; the mail that says so is dead.
async fn cookies_in_work() -> (TestApp, Member, Member, Submitted) {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let mut form = forms::of_kind("consent_withdrawal");
    form["withdrawal"] = json!({"scope": "cookies"});
    let request = test.submit_confirmed("kazteleport", &form).await;
    let reference = &request.reference;
    assert_eq!(test.seen_later(&dpo, reference).await["status"], "review");
    test.done_later(&agent, reference, "assign", json!({"assignee": "me"})).await;
    test.work().await;
    test.done_later(&agent, reference, "start", json!({})).await;
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    (test, agent, dpo, request)
}

#[tokio::test]
async fn where_a_proven_address_was_enough_the_new_one_has_to_be_proven_too() {
    let (test, agent, dpo, request) = cookies_in_work().await;
    let reference = &request.reference;
    let id = dead(&test, &dpo, "work_started").await["id"].clone();
    resend(&test, &agent, &id, json!({"email": RIGHT})).await.expect(200);
    let grant = json!({"outcome": "granted", "letter": "Done."});
    let member = test.again(&agent).await;
    test.act(&member, reference, "propose", grant.clone()).await.problem(409, "invalid_transition");
    test.work().await;
    let mails = test.mails();
    let is_code = |line: &str| line.trim().len() == 6 && line.trim().bytes().all(|byte| byte.is_ascii_digit());
    let mail = mails.iter().rev().find(|mail| mail.to == RIGHT && mail.text.lines().any(is_code)).unwrap();
    let code = json!({"code": code_in(&mail.text)});
    test.post(&request.path("/confirm"), Some(&token_in(&mail.text)), &code).await.expect(200);
    test.done_later(&agent, reference, "propose", grant).await;
}

#[tokio::test]
async fn once_an_answer_is_proposed_a_dpo_decides_where_it_goes_and_nobody_approves_for_an_unproven_address() {
    let (test, agent, dpo, request) = cookies_in_work().await;
    let reference = &request.reference;
    let id = dead(&test, &dpo, "work_started").await["id"].clone();
    test.done_later(&agent, reference, "propose", json!({"outcome": "granted", "letter": "Done."})).await;
    resend(&test, &agent, &id, json!({"email": RIGHT})).await.problem(403, "forbidden");
    resend(&test, &dpo, &id, json!({"email": RIGHT})).await.expect(200);
    let member = test.again(&dpo).await;
    test.act(&member, reference, "approve", json!({})).await.problem(409, "identity_unproven");
    test.done_later(&dpo, reference, "send_back", json!({"text": "Have the new address proven."})).await;
}

/// The secret in the link of a mail.
fn token_in(text: &str) -> String {
    let rest = text.split("?token=").nth(1).unwrap();
    rest.split(|letter: char| letter.is_whitespace() || letter == '&').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_representative_gets_the_correction_and_the_subject_keeps_theirs() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let mut form = forms::access();
    form["submitted_by"] = json!({
        "capacity": "representative", "full_name": "Марат Сәрсенов", "email": "marat@mail.example.kz",
        "authority": "parent",
        "document": {"type": "birth certificate", "number": "123", "date": "2010-05-01", "issuer": "registry"}
    });
    let request = test.submit("citicom", &form).await;
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    let id = dead(&test, &dpo, "receipt").await["id"].clone();
    resend(&test, &dpo, &id, json!({"email": RIGHT})).await.expect(200);
    let counts = [RIGHT, forms::EMAIL, "marat@mail.example.kz"];
    let mut all = Vec::new();
    for email in counts {
        all.push(found(&test, &dpo, email).await);
    }
    assert_eq!(all, [1, 1, 0]);
    assert!(test.events(&dpo, &request.reference).await.contains(&"address_corrected".to_owned()));
}

#[tokio::test]
async fn an_address_that_is_given_later_turns_a_letter_into_a_mail() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let mut form = forms::access();
    form["subject"].as_object_mut().unwrap().remove("email");
    let receipt = test.recorded(&agent, "citicom", form, json!({})).await;
    let reference = receipt["reference"].as_str().unwrap();
    test.prepared(&agent, reference).await;
    let items = test.outbox(&dpo, "&state=to_post").await;
    assert_eq!(items.len(), 3);
    resend(&test, &dpo, &items[0]["id"], json!({})).await.problem(409, "invalid_transition");
    let mail = resend(&test, &agent, &items[0]["id"], json!({"email": RIGHT})).await.expect(200);
    assert_eq!((&mail["id"], &mail["state"]), (&items[0]["id"], &json!("pending")));
    test.work().await;
    let sent: Vec<String> =
        test.take_mails().into_iter().filter(|mail| mail.to == RIGHT).map(|mail| mail.subject).collect();
    assert_eq!(sent, [format!("{reference}: we are preparing the answer")], "no code: staff recorded the request");
    resend(&test, &dpo, &items[1]["id"], json!({})).await.expect(200);
    test.granted(&agent, &dpo, reference).await;
    test.work().await;
    assert!(test.take_mails().iter().any(|mail| mail.to == RIGHT && mail.subject.ends_with("answer is ready")));
    let left = test.outbox(&dpo, "&state=to_post").await;
    assert_eq!(left.len(), 1, "what lies there stays until it is posted or sent");
    test.travel_to("2026-11-24T09:00").await;
    assert!(
        test.take_mails().iter().any(|mail| mail.to == agent.email && mail.subject.ends_with("waits to be posted"))
    );
}

#[tokio::test]
async fn a_dead_letter_that_was_printed_and_posted_delivers_and_is_not_sent_again() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let request = test.submit_confirmed("citicom", &forms::access()).await;
    test.prepared(&agent, &request.reference).await;
    test.work().await;
    test.granted(&agent, &dpo, &request.reference).await;
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    let id = dead(&test, &dpo, "answer_ready").await["id"].clone();
    let path = format!("/api/v1/staff/outbox/{}", id.as_str().unwrap());
    let html = test.get(&format!("{path}/print"), Some(&dpo.token)).await;
    assert!(html.status == 200 && html.text.contains("Done."), "{}", html.text);
    let body = json!({"on": "2026-11-23"});
    let mail = test.post(&format!("{path}/posted"), Some(&dpo.token), &body).await.expect(200);
    assert_eq!(mail["state"], "posted");
    assert_eq!(test.seen_later(&dpo, &request.reference).await["headline"], Value::Null);
    resend(&test, &dpo, &id, json!({})).await.problem(409, "invalid_transition");
    // One that was sent again is posted under its new id, if that dies too.
    let back = json!({"reason": "Nobody there."});
    test.post(&format!("{path}/returned"), Some(&dpo.token), &back).await.expect(200);
    assert_ne!(test.seen_later(&dpo, &request.reference).await["headline"], Value::Null);
}

#[tokio::test]
async fn all_dead_letters_of_a_request_are_sent_again_in_one_go() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let auditor = test.staff("auditor", Role::Auditor, "citicom").await;
    let elsewhere = test.staff("elsewhere", Role::Dpo, "kazteleport").await;
    let request = test.submit_confirmed("citicom", &forms::access()).await;
    test.done_later(&dpo, &request.reference, "assign", json!({"assignee": "me"})).await;
    test.work().await;
    for (action, body) in [("verify", json!({"result": "confirmed", "method": "records"})), ("start", json!({}))] {
        test.done_later(&dpo, &request.reference, action, body).await;
        test.mail.fail_next(&refusal(), 1);
        test.work().await;
    }
    test.take_mails();
    let all = async |member: &Member| {
        let signed = sign_in::member(&test.app, &member.token).await.unwrap();
        mail_desk::resend_dead_of_request(&test.app, signed, request.reference.clone()).await
    };
    assert!(matches!(all(&agent).await, Err(ServiceError::Refused(refusal)) if refusal.code == "forbidden"));
    assert!(matches!(all(&elsewhere).await, Err(ServiceError::NotFound)));
    assert!(matches!(all(&auditor).await, Err(ServiceError::Refused(refusal)) if refusal.code == "forbidden"));
    let (one, two) = tokio::join!(all(&dpo), all(&dpo));
    let (again, refused) = if one.is_ok() { (one, two) } else { (two, one) };
    assert!(matches!(refused, Err(ServiceError::Refused(refusal)) if refusal.code == "nothing_to_resend"));
    let names: Vec<String> = again.unwrap().1.into_iter().map(|mail| mail.mail).collect();
    assert_eq!(names, ["identity_confirmed", "work_started"]);
    test.work().await;
    assert_eq!(test.take_mails().iter().filter(|mail| mail.to == forms::EMAIL).count(), 2);
}
