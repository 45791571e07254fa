//! Absence: the deputy stands in from the first day to the last, and all is as before then.

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use otinish::mail::transport::{SendFailure, SendOutcome};
use otinish::storage::staff;
use serde_json::{Value, json};

use crate::support::journey::Desk;
use crate::support::{Answer, Member, Submitted, TestApp, forms};

async fn mark(test: &TestApp, by: &Member, whom: &Member, from: &str, until: &str, deputy: &str) -> Answer {
    let by = test.again(by).await;
    let path = format!("/api/v1/staff/users/{}/absences", whom.id);
    test.post(&path, Some(&by.token), &json!({"from": from, "until": until, "deputy_id": deputy})).await
}

/// A desk with one more agent, and a request that the agent of the desk has.
async fn scene(test: &TestApp) -> (Desk, Member, Submitted) {
    let desk = test.desk("citicom").await;
    let stand_in = test.staff("standin", Role::Agent, "citicom").await;
    let request = test.brought_to("review", &desk, "citicom", &forms::access()).await;
    test.work().await;
    test.take_mails();
    (desk, stand_in, request)
}

fn to(test: &TestApp) -> Vec<String> {
    let mut all: Vec<String> = test.take_mails().into_iter().map(|mail| mail.to).collect();
    all.sort();
    all
}

async fn queue(test: &TestApp, member: &Member) -> Vec<Value> {
    let member = test.again(member).await;
    let page = test.get("/api/v1/staff/requests?assignee=me", Some(&member.token)).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_deputy_has_the_standing_of_the_assignee_during_the_absence_and_not_before_or_after() {
    let test = TestApp::start().await;
    let (desk, stand_in, request) = scene(&test).await;
    assert_eq!(test.view(&stand_in, &request.reference).await["masked"], true);
    let absence = mark(&test, &desk.dpo, &desk.agent, "2026-11-24", "2026-11-25", &stand_in.id).await.expect(201);
    assert_eq!(absence["deputy"], json!({"id": stand_in.id, "name": "standin"}));
    assert_eq!(test.view(&stand_in, &request.reference).await["masked"], true, "it begins tomorrow");
    assert!(queue(&test, &stand_in).await.is_empty());

    test.app.clock.set(crate::support::at("2026-11-24T00:00"));
    let view = test.seen_later(&stand_in, &request.reference).await;
    assert_eq!(view["masked"], false);
    let away = json!({"until": "2026-11-25", "deputy": {"id": stand_in.id, "name": "standin"}});
    assert_eq!((&view["assignee"]["id"], &view["assignee"]["absent"]), (&json!(desk.agent.id), &away));
    assert!(view["actions"].as_array().unwrap().contains(&json!("propose")));
    let line = &queue(&test, &stand_in).await[0];
    assert_eq!((&line["reference"], &line["assignee"]["absent"]), (&json!(request.reference), &away));
    test.done_later(&stand_in, &request.reference, "ask", json!({"text": "Which account?"})).await;
    let again = test.again(&stand_in).await;
    let events = test.get(&format!("/api/v1/staff/requests/{}/events", request.reference), Some(&again.token)).await;
    let events = events.expect(200);
    let asked = events["items"].as_array().unwrap().iter().find(|event| event["kind"] == "question_asked").unwrap();
    assert!(asked.to_string().contains(&stand_in.id), "the deputy acts under the own name: {asked}");
    assert_eq!(test.seen_later(&desk.agent, &request.reference).await["masked"], false, "the assignee keeps it too");
    assert!(!test.outbox(&stand_in, "").await.is_empty());

    test.app.clock.set(crate::support::at("2026-11-26T00:00"));
    let view = test.seen_later(&stand_in, &request.reference).await;
    assert_eq!((&view["masked"], &view["assignee"].get("absent")), (&json!(true), &None));
    assert!(queue(&test, &stand_in).await.is_empty() && test.outbox(&stand_in, "").await.is_empty());
    let again = test.again(&stand_in).await;
    test.act(&again, &request.reference, "reply", json!({"text": "x"})).await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_look_of_the_deputy_is_audited_with_its_reason() {
    let test = TestApp::start().await;
    let (desk, stand_in, request) = scene(&test).await;
    mark(&test, &desk.agent, &desk.agent, "2026-11-23", "2026-11-23", &stand_in.id).await.expect(201);
    test.view(&stand_in, &request.reference).await;
    let id = crate::support::journey::stored(&test.database, &request.reference).id;
    let lines = staff::audit_of_request(&mut test.database.connect(), &id).unwrap();
    let last = lines.last().unwrap();
    let found = (last.actor_id.as_deref(), last.reason.as_deref());
    assert_eq!(found, (Some(stand_in.id.as_str()), Some("deputy")));
}

#[tokio::test]
async fn mails_of_the_assignee_go_to_the_deputy_and_afterwards_to_the_assignee_again() {
    let test = TestApp::start().await;
    let (desk, stand_in, request) = scene(&test).await;
    mark(&test, &desk.agent, &desk.agent, "2026-11-23", "2026-11-24", &stand_in.id).await.expect(201);
    test.work().await;
    let mails = test.take_mails();
    assert_eq!(mails.len(), 1);
    let told = &mails[0];
    assert!(told.to == stand_in.email && told.reference.is_none(), "{}", told.to);
    for part in ["agent.citicom", "Monday, 23 November 2026", "Tuesday, 24 November 2026", "Open requests now: 1"] {
        assert!(told.text.contains(part), "{part}: {}", told.text);
    }
    let message = json!({"text": "One more thing."});
    test.post(&request.path("/messages"), Some(&request.token), &message).await.expect(201);
    test.work().await;
    assert_eq!(to(&test), [stand_in.email.as_str()]);
    // Assigning to whoever is away is allowed, and the deputy hears of it.
    test.done(&desk.dpo, &request, "assign", json!({"assignee": null})).await;
    let view = test.done(&desk.dpo, &request, "assign", json!({"assignee": desk.agent.id})).await;
    assert_eq!(view["assignee"]["absent"]["deputy"]["id"], stand_in.id.as_str());
    test.work().await;
    assert_eq!(to(&test), [stand_in.email.as_str()]);
    test.app.clock.set(crate::support::at("2026-11-25T00:00"));
    test.post(&request.path("/messages"), Some(&request.token), &message).await.expect(201);
    test.app.clock.advance(Duration::seconds(1));
    let waits = test.outbox(&desk.dpo, "&state=pending").await;
    let replies: Vec<&Value> = waits.iter().filter(|mail| mail["mail"] == "reply").collect();
    assert_eq!(replies.len(), 1);
    assert_eq!(replies[0]["recipient_id"], desk.agent.id.as_str());
}

#[tokio::test]
async fn a_chain_is_followed_and_a_circle_or_an_unfit_deputy_means_the_dpos() {
    let test = TestApp::start().await;
    let (desk, stand_in, request) = scene(&test).await;
    let third = test.staff("third", Role::Agent, "citicom").await;
    let reply = || async {
        test.take_mails();
        test.post(&request.path("/messages"), Some(&request.token), &json!({"text": "Hello."})).await.expect(201);
        test.work().await;
        to(&test)
    };
    mark(&test, &desk.dpo, &desk.agent, "2026-11-23", "2026-11-24", &stand_in.id).await.expect(201);
    let second = mark(&test, &desk.dpo, &stand_in, "2026-11-23", "2026-11-24", &third.id).await.expect(201);
    test.work().await;
    assert_eq!(reply().await, [third.email.as_str()]);
    assert_eq!(test.view(&third, &request.reference).await["masked"], false);
    assert_eq!(test.view(&stand_in, &request.reference).await["masked"], true);
    let path = format!("/api/v1/staff/users/{}/absences/{}", stand_in.id, second["id"].as_str().unwrap());
    let call = |path: String| {
        let (test, token) = (&test, desk.dpo.token.clone());
        async move { test.call(reqwest::Method::DELETE, &path, Some(&token), None, &[]).await }
    };
    call(path.clone()).await.expect(204);
    call(path).await.expect(204);
    assert_eq!(reply().await, [stand_in.email.as_str()], "ended early");
    mark(&test, &desk.dpo, &stand_in, "2026-11-23", "2026-11-24", &desk.agent.id).await.expect(201);
    test.work().await;
    assert_eq!(reply().await, [desk.deputy.email.clone(), desk.dpo.email.clone()], "a circle");
}

#[tokio::test]
async fn mails_to_every_dpo_go_to_those_who_are_there_and_to_all_when_nobody_is_left() {
    let test = TestApp::start().await;
    let (desk, stand_in, request) = scene(&test).await;
    test.done(&desk.dpo, &request, "assign", json!({"assignee": null})).await;
    let reply = || async {
        test.take_mails();
        test.post(&request.path("/messages"), Some(&request.token), &json!({"text": "Hello."})).await.expect(201);
        test.work().await;
        to(&test)
    };
    mark(&test, &desk.dpo, &desk.dpo, "2026-11-23", "2026-11-24", &stand_in.id).await.expect(201);
    test.work().await;
    assert_eq!(reply().await, [desk.deputy.email.as_str()], "an agent gets no mail that is meant for DPOs");
    // Who stands in for a DPO does not oversee.
    test.act(&stand_in, &request.reference, "dismiss", json!({"reason": "Spam."})).await.problem(403, "forbidden");
    mark(&test, &desk.deputy, &desk.deputy, "2026-11-23", "2026-11-24", &desk.dpo.id).await.expect(201);
    test.work().await;
    assert_eq!(reply().await, [desk.deputy.email.clone(), desk.dpo.email.clone()], "nobody is left");
    // A deputy who oversees too is there.
    let third = test.staff("third", Role::Dpo, "citicom").await;
    assert_eq!(reply().await, [third.email.as_str()]);
}

#[tokio::test]
async fn an_agent_who_stands_in_for_the_only_dpo_swallows_no_alert() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let request = test.submit_confirmed("citicom", &forms::access()).await;
    test.act(&agent, &request.reference, "assign", json!({"assignee": "me"})).await.expect(200);
    mark(&test, &dpo, &dpo, "2026-11-23", "2026-11-24", &agent.id).await.expect(201);
    test.work().await;
    test.take_mails();
    test.act(&agent, &request.reference, "ask", json!({"text": "Which account?"})).await.expect(200);
    let refusal = SendOutcome::Refused { failure: SendFailure::replied("refused", 550, "5.1.1 unknown") };
    test.mail.fail_next(&refusal, 1);
    test.work().await;
    let failed = test.take_mails();
    let told: Vec<_> = failed.iter().filter(|mail| mail.to == dpo.email && mail.reference.is_some()).collect();
    assert_eq!(told.len(), 1, "the dead mail is told to the DPO: {:?}", failed.len());
    assert!(failed.iter().all(|mail| mail.to != agent.email));
}

#[tokio::test]
async fn a_dpo_marks_only_whom_they_oversee_at_every_operator() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    test.staff("both", Role::Agent, "citicom").await;
    let both = test.staff("both", Role::Agent, "kazteleport").await;
    test.staff("deputy", Role::Agent, "citicom").await;
    let deputy = test.staff("deputy", Role::Agent, "kazteleport").await;
    let theirs = test.staff("theirs", Role::Agent, "kazteleport").await;
    let request = test.submit_confirmed("kazteleport", &forms::access()).await;
    test.act(&both, &request.reference, "assign", json!({"assignee": "me"})).await.expect(200);
    let one_day = |by: Member| {
        let (test, both, deputy) = (&test, &both, &deputy);
        async move { mark(test, &by, both, "2026-11-23", "2026-11-23", &deputy.id).await }
    };
    one_day(dpo.clone()).await.problem(403, "forbidden");
    mark(&test, &dpo, &theirs, "2026-11-23", "2026-11-23", &deputy.id).await.problem(404, "not_found");
    assert_eq!(test.view(&deputy, &request.reference).await["masked"], true);
    let path = format!("/api/v1/staff/users/{}/absences", both.id);
    test.get(&path, Some(&dpo.token)).await.problem(403, "forbidden");
    let own = mark(&test, &both, &both, "2026-11-24", "2026-11-24", &deputy.id).await.expect(201);
    let end = format!("{path}/{}", own["id"].as_str().unwrap());
    test.call(reqwest::Method::DELETE, &end, Some(&dpo.token), None, &[]).await.problem(403, "forbidden");
    // As an auditor there they still oversee nothing; as a DPO they do.
    let dpo = test.staff("dpo", Role::Auditor, "kazteleport").await;
    one_day(dpo.clone()).await.problem(403, "forbidden");
    mark(&test, &dpo, &theirs, "2026-11-23", "2026-11-23", &deputy.id).await.problem(403, "forbidden");
    let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
    one_day(dpo.clone()).await.expect(201);
    assert_eq!(test.get(&path, Some(&dpo.token)).await.expect(200)["items"].as_array().unwrap().len(), 2);
    // Where somebody only audits, nobody stands in for them.
    let only = test.staff("only", Role::Dpo, "citicom").await;
    test.staff("mixed", Role::Agent, "citicom").await;
    let mixed = test.staff("mixed", Role::Auditor, "kazteleport").await;
    mark(&test, &only, &mixed, "2026-11-23", "2026-11-23", &deputy.id).await.expect(201);
}

#[tokio::test]
async fn a_call_that_is_repeated_under_its_key_marks_one_absence() {
    let test = TestApp::start().await;
    let (desk, stand_in, _request) = scene(&test).await;
    let post = |who: &Member, path: String, until: &str, key: &str| {
        let form = json!({"from": "2026-11-23", "until": until, "deputy_id": stand_in.id});
        let (test, token, headers) = (&test, who.token.clone(), [("Idempotency-Key", key.to_owned())]);
        async move {
            let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
            test.call(reqwest::Method::POST, &path, Some(&token), Some(&form), &headers).await
        }
    };
    let own = "/api/v1/staff/me/absences".to_owned();
    let first = post(&desk.agent, own.clone(), "2026-11-24", "key-1").await;
    let absence = first.expect(201);
    let id = absence["id"].as_str().unwrap();
    assert_eq!(first.header("location"), Some(format!("{own}/{id}").as_str()));
    assert_eq!(first.header("idempotency-replayed"), None);
    let again = post(&desk.agent, own.clone(), "2026-11-24", "key-1").await;
    assert_eq!((again.expect(201), again.header("idempotency-replayed")), (absence.clone(), Some("true")));
    assert_eq!(again.header("location"), first.header("location"));
    post(&desk.agent, own.clone(), "2026-11-25", "key-1").await.problem(422, "idempotency_conflict");
    post(&desk.agent, own.clone(), "2026-11-24", "key-2").await.problem(409, "absence_overlaps");
    // The same key of somebody else is another one.
    let theirs = format!("/api/v1/staff/users/{}/absences", desk.agent.id);
    post(&desk.dpo, theirs.clone(), "2026-11-24", "key-1").await.problem(409, "absence_overlaps");
    test.work().await;
    assert_eq!(to(&test), [stand_in.email.as_str()], "the deputy hears of it once");
    let other = format!("/api/v1/staff/users/{}/absences", desk.deputy.id);
    let made = post(&desk.dpo, other.clone(), "2026-11-24", "key-1").await;
    let id = made.expect(201)["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), Some(format!("{other}/{id}").as_str()));
}

#[tokio::test]
async fn absences_are_listed_in_pages_newest_first() {
    let test = TestApp::start().await;
    let (desk, stand_in, _request) = scene(&test).await;
    let mut marked = Vec::new();
    for day in ["2026-11-23", "2026-11-24", "2026-11-25"] {
        let absence = mark(&test, &desk.agent, &desk.agent, day, day, &stand_in.id).await.expect(201);
        marked.insert(0, absence);
        test.app.clock.advance(Duration::seconds(1));
    }
    for path in ["/api/v1/staff/me/absences".to_owned(), format!("/api/v1/staff/users/{}/absences", desk.agent.id)] {
        let get = |query: String| {
            let (test, path, token) = (&test, path.clone(), desk.agent.token.clone());
            async move { test.get(&format!("{path}?{query}"), Some(&token)).await }
        };
        let first = get("limit=2".to_owned()).await.expect(200);
        assert_eq!(first["items"].as_array().unwrap().as_slice(), &marked[..2]);
        let rest = get(format!("limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await.expect(200);
        assert_eq!((&rest["items"], &rest["next_cursor"]), (&json!([marked[2]]), &json!(null)));
        for (query, pointer, code) in [
            ("limit=0", "/query/limit", "out_of_range"),
            ("limit=201", "/query/limit", "out_of_range"),
            ("cursor=x", "/query/cursor", "invalid_cursor"),
            ("page=2", "/query/page", "unknown_field"),
        ] {
            get(query.to_owned()).await.invalid(&[(pointer, code)]);
        }
    }
}

#[tokio::test]
async fn reminders_go_to_the_deputy() {
    let test = TestApp::start().await;
    let (desk, stand_in, _request) = scene(&test).await;
    mark(&test, &desk.agent, &desk.agent, "2026-11-24", "2026-12-04", &stand_in.id).await.expect(201);
    test.work().await;
    test.take_mails();
    test.travel_to("2026-11-25T09:00").await;
    let reminders: Vec<String> =
        test.take_mails().into_iter().filter(|mail| mail.reference.is_some()).map(|mail| mail.to).collect();
    assert!(!reminders.is_empty() && reminders.iter().all(|to| *to == stand_in.email), "{reminders:?}");
}

#[tokio::test]
async fn dates_and_deputies_that_cannot_be_are_refused() {
    let test = TestApp::start().await;
    let (desk, stand_in, _request) = scene(&test).await;
    let auditor = test.staff("auditor", Role::Auditor, "citicom").await;
    let elsewhere = test.staff("elsewhere", Role::Agent, "kazteleport").await;
    let early = [("/until", "date_too_early")];
    for (from, until, mistakes) in [
        ("2026-11-20", "2026-11-22", &early[..]),
        ("2026-11-25", "2026-11-24", &early[..]),
        ("2026-11-23", "2027-11-24", &[("/until", "date_too_late")][..]),
        ("2027-11-25", "2027-11-26", &[("/from", "date_too_late")][..]),
    ] {
        mark(&test, &desk.agent, &desk.agent, from, until, &stand_in.id).await.invalid(mistakes);
    }
    for deputy in [&desk.agent.id, &auditor.id, &elsewhere.id, "nobody", "0190b6f0-0000-7000-8000-000000000000"] {
        let answer = mark(&test, &desk.agent, &desk.agent, "2026-11-23", "2026-11-23", deputy).await;
        answer.invalid(&[("/deputy_id", "deputy_unfit")]);
    }
    let body = json!({"from": "2026-11-23", "until": "2026-11-23", "deputy_id": stand_in.id, "reason": "ill"});
    let answer = test.post("/api/v1/staff/me/absences", Some(&desk.agent.token), &body).await;
    answer.invalid(&[("/reason", "unknown_field")]);
    // A whole year fits; days that are shared do not.
    mark(&test, &desk.agent, &desk.agent, "2026-11-20", "2027-11-20", &stand_in.id).await.expect(201);
    let again = mark(&test, &desk.agent, &desk.agent, "2027-11-20", "2027-11-21", &stand_in.id).await;
    again.problem(409, "absence_overlaps");
    mark(&test, &desk.agent, &desk.agent, "2027-11-21", "2027-11-22", &stand_in.id).await.expect(201);
}

#[tokio::test]
async fn two_at_once_mark_one_absence() {
    let test = TestApp::start().await;
    let (desk, stand_in, _request) = scene(&test).await;
    let (one, two) = tokio::join!(
        mark(&test, &desk.dpo, &desk.agent, "2026-11-23", "2026-11-24", &stand_in.id),
        mark(&test, &desk.deputy, &desk.agent, "2026-11-24", "2026-11-25", &stand_in.id),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
}

#[tokio::test]
async fn members_mark_themselves_and_dpos_and_administrators_mark_others() {
    let test = TestApp::start().await;
    let (desk, stand_in, _request) = scene(&test).await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let other = test.staff("other", Role::Dpo, "kazteleport").await;
    let day = |n: u32| format!("2026-12-{n:02}");
    let by = |who: Member, n: u32| {
        let (test, whom, deputy) = (&test, desk.agent.clone(), stand_in.id.clone());
        async move { mark(test, &who, &whom, &day(n), &day(n), &deputy).await }
    };
    by(stand_in.clone(), 1).await.problem(403, "forbidden");
    by(other.clone(), 1).await.problem(404, "not_found");
    by(admin.clone(), 1).await.expect(201);
    by(desk.dpo.clone(), 2).await.expect(201);
    let form = json!({"from": "2026-11-23", "until": "2026-12-03", "deputy_id": stand_in.id});
    let own = "/api/v1/staff/me/absences";
    test.post(own, Some(&desk.agent.token), &form).await.problem(409, "absence_overlaps");
    let form = json!({"from": "2026-11-23", "until": "2026-11-24", "deputy_id": stand_in.id});
    let marked = test.post(own, Some(&desk.agent.token), &form).await.expect(201);
    let listed = test.get(own, Some(&desk.agent.token)).await.expect(200);
    assert_eq!((listed["items"].as_array().unwrap().len(), &listed["items"][0]), (3, &marked));
    let me = test.get("/api/v1/staff/me", Some(&desk.agent.token)).await.expect(200);
    assert_eq!(me["absence"], marked);
    assert_eq!(test.get("/api/v1/staff/me", Some(&desk.dpo.token)).await.expect(200)["absence"], json!(null));
    let users = test.get("/api/v1/staff/users", Some(&admin.token)).await.expect(200);
    let user = users["items"].as_array().unwrap().iter().find(|user| user["id"] == desk.agent.id.as_str()).unwrap();
    assert_eq!(user["absence"]["id"], marked["id"]);
    let id = marked["id"].as_str().unwrap();
    let delete = |who: &Member, path: String| {
        let (test, token) = (&test, who.token.clone());
        async move { test.call(reqwest::Method::DELETE, &path, Some(&token), None, &[]).await }
    };
    delete(&stand_in, format!("{own}/{id}")).await.problem(404, "not_found");
    delete(&other, format!("/api/v1/staff/users/{}/absences/{id}", desk.agent.id)).await.problem(404, "not_found");
    delete(&desk.agent, format!("{own}/{id}")).await.expect(204);
    let me = test.get("/api/v1/staff/me", Some(&desk.agent.token)).await.expect(200);
    assert_eq!(me["absence"], json!(null));
}
