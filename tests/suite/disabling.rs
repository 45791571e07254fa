//! A disabled account, or one that lost its role, keeps no open request.

use otinish::domain::vocabulary::Role;
use otinish::mail::transport::{SendFailure, SendOutcome};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::journey::{stored, tamper};
use crate::support::{Answer, Member, Submitted, TestApp, forms};

async fn change(test: &TestApp, admin: &Member, whom: &Member, patch: Value) -> Answer {
    let account = format!("/api/v1/staff/users/{}", whom.id);
    test.call(Method::PATCH, &account, Some(&admin.token), Some(&patch), &[]).await
}

async fn taken(test: &TestApp, by: &Member, operator: &str) -> Submitted {
    let request = test.submit_confirmed(operator, &forms::access()).await;
    test.act(by, &request.reference, "assign", json!({"assignee": "me"})).await.expect(200);
    request
}

async fn last_event(test: &TestApp, by: &Member, request: &Submitted) -> Value {
    let path = format!("/api/v1/staff/requests/{}/events", request.reference);
    let events = test.get(&path, Some(&by.token)).await.expect(200);
    events["items"].as_array().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn disabling_releases_the_open_requests_with_an_event_each_and_one_mail_to_each_dpo() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let open = [taken(&test, &desk.agent, "citicom").await, taken(&test, &desk.agent, "citicom").await];
    let closed = taken(&test, &desk.agent, "citicom").await;
    test.post(&closed.path("/cancel"), Some(&closed.token), &json!({})).await.expect(200);
    let others = taken(&test, &desk.dpo, "citicom").await;
    let before = test.view(&desk.dpo, &open[0].reference).await["version"].as_i64().unwrap();
    test.work().await;
    test.take_mails();
    change(&test, &admin, &desk.agent, json!({"disabled": true})).await.expect(200);
    for request in &open {
        let view = test.view(&desk.dpo, &request.reference).await;
        assert_eq!(view["assignee"], json!(null));
        let event = last_event(&test, &desk.dpo, request).await;
        assert_eq!(event["kind"], "assigned");
        let whole = event.to_string();
        assert!(whole.contains(&admin.id) && whole.contains("account_disabled"), "{whole}");
        assert_eq!(event["data"]["from"], desk.agent.id.as_str(), "{whole}");
    }
    assert_eq!(test.view(&desk.dpo, &open[0].reference).await["version"], before + 1);
    assert_eq!(stored(&test.database, &closed.reference).assignee_id.as_deref(), Some(desk.agent.id.as_str()));
    assert_eq!(stored(&test.database, &others.reference).assignee_id.as_deref(), Some(desk.dpo.id.as_str()));
    test.work().await;
    let mails = test.take_mails();
    let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, [desk.deputy.email.as_str(), desk.dpo.email.as_str()]);
    for mail in &mails {
        assert!(mail.text.contains("2 open requests have no assignee") && mail.text.contains("was disabled"));
    }
    // A stale version is refused, and enabling gives nothing back.
    let note = json!({"text": "Seen."});
    test.act_on(&desk.dpo, &open[0].reference, before, "note", note).await.problem(412, "stale_version");
    change(&test, &admin, &desk.agent, json!({"disabled": true})).await.expect(200);
    change(&test, &admin, &desk.agent, json!({"disabled": false})).await.expect(200);
    assert_eq!(test.view(&desk.dpo, &open[0].reference).await["assignee"], json!(null));
    test.work().await;
    assert!(test.take_mails().is_empty(), "nothing more to tell");
}

#[tokio::test]
async fn a_role_that_is_taken_away_releases_the_requests_of_its_operator_only() {
    let test = TestApp::start().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    test.staff("agent", Role::Agent, "citicom").await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    let here = taken(&test, &agent, "citicom").await;
    let there = taken(&test, &agent, "kazteleport").await;
    let held = |operator: &str, role: &str| json!({"operator": operator, "role": role});
    // Another role with which requests are worked keeps them.
    let roles = json!({"roles": [held("citicom", "dpo"), held("kazteleport", "agent")]});
    change(&test, &admin, &agent, roles).await.expect(200);
    assert_eq!(test.view(&dpo, &here.reference).await["assignee"]["id"], agent.id.as_str());
    test.work().await;
    test.take_mails();
    let roles = json!({"roles": [held("citicom", "auditor"), held("kazteleport", "agent")]});
    change(&test, &admin, &agent, roles).await.expect(200);
    assert_eq!(test.view(&dpo, &here.reference).await["assignee"], json!(null));
    assert!(last_event(&test, &dpo, &here).await.to_string().contains("role_removed"));
    assert_eq!(stored(&test.database, &there.reference).assignee_id.as_deref(), Some(agent.id.as_str()));
    test.work().await;
    let mails = test.take_mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].to == dpo.email && mails[0].text.contains("1 open request has no assignee"), "{}", mails[0].text);
}

#[tokio::test]
async fn without_a_dpo_the_head_contact_is_told_of_what_was_released() {
    let test = TestApp::start().await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    taken(&test, &dpo, "citicom").await;
    test.work().await;
    test.take_mails();
    change(&test, &admin, &dpo, json!({"disabled": true})).await.expect(200);
    test.work().await;
    let mails = test.take_mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, test.app.operator("citicom").unwrap().head_contact);
    let lines: Vec<&str> = mails[0].text.lines().collect();
    assert!(mails[0].language == "ru" && mails[0].reference.is_none() && lines[0] == "Здравствуйте.", "{}", lines[0]);
    let next = test.staff("next", Role::Dpo, "citicom").await;
    let sent = test.outbox(&next, "&state=sent").await;
    let to_head: Vec<_> = sent.iter().filter(|mail| mail["mail"] == "released").collect();
    assert!(to_head.len() == 1 && to_head[0]["to"] == "head" && to_head[0]["reference"] == json!(null), "{to_head:?}");
}

#[tokio::test]
async fn a_request_that_cannot_be_opened_is_released_too_and_keeps_no_account_open() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let broken = taken(&test, &desk.agent, "citicom").await;
    let whole = taken(&test, &desk.agent, "citicom").await;
    let others = taken(&test, &desk.dpo, "citicom").await;
    test.work().await;
    test.take_mails();
    let before = stored(&test.database, &broken.reference);
    for request in [&broken, &others] {
        let id = stored(&test.database, &request.reference).id;
        tamper(&test.database, &format!("UPDATE request_keys SET master_key_id = 'gone' WHERE request_id = '{id}'"));
    }
    change(&test, &admin, &desk.agent, json!({"disabled": true})).await.expect(200);
    let after = stored(&test.database, &broken.reference);
    assert_eq!((after.assignee_id, after.event_seq), (None, before.event_seq));
    assert_eq!(stored(&test.database, &others.reference).assignee_id.as_deref(), Some(desk.dpo.id.as_str()));
    assert!(last_event(&test, &desk.dpo, &whole).await.to_string().contains("account_disabled"));
    test.work().await;
    let mails = test.take_mails();
    assert_eq!(mails.len(), 2);
    assert!(mails.iter().all(|mail| mail.text.contains("2 open requests have no assignee")));
}

#[tokio::test]
async fn a_refused_change_releases_nothing() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let request = taken(&test, &desk.agent, "citicom").await;
    change(&test, &desk.dpo, &desk.agent, json!({"disabled": true})).await.problem(403, "forbidden");
    test.sql(
        "CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE FUNCTION no_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$; \
         CREATE TRIGGER no_audit BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION no_audit()",
    );
    assert!(change(&test, &admin, &desk.agent, json!({"disabled": true})).await.status >= 500);
    test.sql("DROP TRIGGER no_audit", "DROP TRIGGER no_audit ON audit");
    assert_eq!(test.view(&desk.agent, &request.reference).await["assignee"]["id"], desk.agent.id.as_str());
}

#[tokio::test]
async fn assigning_to_an_account_that_is_being_disabled_leaves_no_request_behind() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let own = taken(&test, &desk.agent, "citicom").await;
    let mut requests = vec![own];
    for _ in 0..3 {
        requests.push(test.submit_confirmed("citicom", &forms::access()).await);
    }
    for _ in 0..6 {
        change(&test, &admin, &desk.agent, json!({"disabled": false})).await.expect(200);
        let assign = |number: usize| {
            let (test, dpo, agent) = (&test, &desk.dpo, desk.agent.id.clone());
            let reference = requests[number].reference.clone();
            async move { test.act(dpo, &reference, "assign", json!({"assignee": agent})).await }
        };
        let (off, one, two, three) = tokio::join!(
            change(&test, &admin, &desk.agent, json!({"disabled": true})),
            assign(1),
            assign(2),
            assign(3),
        );
        off.expect(200);
        for answer in [one, two, three] {
            assert!(answer.status == 200 || answer.status == 422 || answer.status == 412, "{}", answer.text);
        }
        for request in &requests {
            assert_eq!(stored(&test.database, &request.reference).assignee_id, None);
        }
    }
}

#[tokio::test]
async fn a_mail_to_a_colleague_who_has_left_is_not_sent_again() {
    let test = TestApp::start().await;
    let (agent, dpo) =
        (test.staff("agent", Role::Agent, "citicom").await, test.staff("dpo", Role::Dpo, "citicom").await);
    let admin = test.staff("admin", Role::Admin, "").await;
    let request = test.submit("citicom", &forms::access()).await;
    test.work().await;
    test.done_later(&dpo, &request.reference, "assign", json!({"assignee": agent.id})).await;
    let failure = SendFailure::replied("refused", 550, "5.1.1 unknown");
    test.mail.fail_next(&SendOutcome::Refused { failure }, 1);
    test.work().await;
    let dead = test.outbox(&dpo, "&state=dead").await;
    let id = dead.iter().find(|mail| mail["mail"] == "assigned").unwrap()["id"].as_str().unwrap().to_owned();
    test.take_mails();
    change(&test, &admin, &agent, json!({"disabled": true})).await.expect(200);
    let again = format!("/api/v1/staff/outbox/{id}/resend");
    test.post(&again, Some(&dpo.token), &json!({})).await.problem(409, "invalid_transition");
    let many = json!({"items": [{"reference": request.reference}]});
    let many = test.post("/api/v1/staff/bulk/resend", Some(&dpo.token), &many).await.expect(200);
    assert_eq!(many["items"][0]["problem"]["code"], "nothing_to_resend");
    test.work().await;
    assert!(test.take_mails().iter().all(|mail| mail.to != agent.email));
}
