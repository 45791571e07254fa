//! Who may do what: the table, from outside.

use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::support::journey::rows;
use crate::support::{TestApp, forms};

/// Action, a body that fits, and the status in which it is possible.
fn actions() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("assign", json!({"assignee": null}), "review"),
        ("verify", json!({"result": "confirmed", "method": "records"}), "verification"),
        ("ask", json!({"text": "?"}), "review"),
        ("reply", json!({"text": "!"}), "clarification"),
        ("start", json!({}), "review"),
        ("propose", json!({"outcome": "granted", "letter": "Yes."}), "preparation"),
        ("complete", json!({"text": "Done."}), "execution"),
        ("block", json!({"reason": "Signs of misuse."}), "review"),
        ("mark_violation", json!({"reason": "Signs of misuse."}), "review"),
        ("note", json!({"text": "A note."}), "review"),
        ("cancel", json!({"reason": "They called."}), "review"),
        ("send_back", json!({"text": "Not so."}), "approval"),
        ("approve", json!({}), "approval"),
        ("reopen", json!({"text": "Impossible."}), "execution"),
        ("dismiss", json!({"reason": "Spam."}), "review"),
        ("confirm_violation", json!({}), "review"),
        ("reclassify", json!({"kind": "access"}), "review"),
        ("amend_receipt", json!({"received_at": "2026-11-20T05:00:00Z", "reason": "The stamp."}), "review"),
    ]
}

const FREE: [&str; 3] = ["block", "mark_violation", "note"];
const WORK: [&str; 8] = ["verify", "ask", "reply", "start", "propose", "complete", "cancel", "reclassify"];

#[tokio::test]
async fn each_role_does_what_the_table_gives_it_and_nothing_more() {
    let test = TestApp::start().await;
    let desk = test.desk("digital-rocket").await;
    let other = test.staff("other", Role::Agent, "digital-rocket").await;
    let auditor = test.staff("auditor", Role::Auditor, "digital-rocket").await;
    let form = forms::of_kind("consent_withdrawal");
    for (action, body, status) in actions() {
        let request = test.brought_to(status, &desk, "digital-rocket", &form).await;
        let version = test.view(&desk.dpo, &request.reference).await["version"].as_i64().unwrap();
        let events = rows(&test.database)["events"];
        let call = async |member| test.act_on(member, &request.reference, version, action, body.clone()).await;
        call(&auditor).await.problem(403, "forbidden");
        if action == "assign" {
            call(&other).await.problem(409, "already_assigned");
        } else if !FREE.contains(&action) {
            call(&other).await.problem(403, "forbidden");
        }
        let by_agent = FREE.contains(&action) || WORK.contains(&action) || action == "assign";
        if !by_agent {
            call(&desk.agent).await.problem(403, "forbidden");
        }
        assert_eq!(rows(&test.database)["events"], events, "{action}: a refusal is no event");
        let for_other = test.view(&other, &request.reference).await["actions"].clone();
        let for_agent = test.view(&desk.agent, &request.reference).await["actions"].clone();
        assert_eq!(test.view(&auditor, &request.reference).await["actions"], json!([]));
        assert_eq!(for_agent.as_array().unwrap().contains(&json!(action)), by_agent, "{action}: {for_agent}");
        if WORK.contains(&action) {
            assert!(!for_other.as_array().unwrap().contains(&json!(action)), "{action}: {for_other}");
        }
        let who = if FREE.contains(&action) {
            &other
        } else if by_agent {
            &desk.agent
        } else {
            &desk.dpo
        };
        assert_eq!(call(who).await.status, 200, "{action}");
    }
}

#[tokio::test]
async fn a_dpo_works_requests_without_having_them() {
    let test = TestApp::start().await;
    let desk = test.desk("digital-rocket").await;
    let form = forms::of_kind("consent_withdrawal");
    for (action, body, status) in actions() {
        let request = test.brought_to(status, &desk, "digital-rocket", &form).await;
        assert_eq!(test.act(&desk.dpo, &request.reference, action, body).await.status, 200, "{action}");
    }
}

#[tokio::test]
async fn an_agent_takes_what_nobody_has_and_assigns_nobody_else() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let foreign = test.staff("foreign", Role::Agent, "demo").await;
    let auditor = test.staff("auditor", Role::Auditor, "kazteleport").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let assign = async |member, to: &str| test.act(member, &request.reference, "assign", json!({"assignee": to})).await;
    assign(&desk.agent, &desk.dpo.id).await.problem(403, "forbidden");
    for id in [&foreign.id, &auditor.id, &admin.id, "018f0000-0000-7000-8000-000000000000", "nobody", ""] {
        assign(&desk.dpo, id).await.invalid(&[("/assignee", "not_one_of")]);
    }
    assert_eq!(assign(&desk.dpo, &desk.agent.id).await.expect(200)["assignee"]["id"], desk.agent.id.as_str());
    test.work().await;
    let mail = test.last_mail_to(&desk.agent.email);
    assert!(mail.subject.to_lowercase().contains("assigned"), "{}", mail.subject);
    assert_eq!(assign(&desk.deputy, "me").await.expect(200)["assignee"]["id"], desk.deputy.id.as_str());
}

#[tokio::test]
async fn an_auditor_who_is_an_agent_elsewhere_stays_an_auditor_here() {
    let test = TestApp::start().await;
    let member = test.staff("both", Role::Agent, "demo").await;
    let member = {
        test.staff("both", Role::Auditor, "kazteleport").await;
        test.sign_in(&member.email).await
    };
    let me = test.get("/api/v1/staff/me", Some(&member.token)).await.expect(200);
    assert_eq!(me["roles"], json!({"demo": ["agent"], "kazteleport": ["auditor"]}));
    let here = test.submit("kazteleport", &forms::access()).await;
    let there = test.submit("demo", &forms::access()).await;
    let me = json!({"assignee": "me"});
    test.act(&member, &here.reference, "assign", me.clone()).await.problem(403, "forbidden");
    test.act(&member, &there.reference, "assign", me).await.expect(200);
    assert_eq!(test.view(&member, &here.reference).await["masked"], true);
    assert_eq!(test.view(&member, &there.reference).await["masked"], false);
}
