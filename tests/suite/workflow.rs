//! The life of a request from outside, row by row.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{TestApp, clock, clock_states, forms};

const STATUSES: [&str; 10] = [
    "submitted",
    "verification",
    "review",
    "clarification",
    "preparation",
    "approval",
    "execution",
    "answered",
    "cancelled",
    "dismissed",
];

/// A body that each action takes, so that only the status decides.
fn body_of(action: &str) -> Value {
    match action {
        "verify" => json!({"result": "confirmed", "method": "records"}),
        "ask" | "reply" | "send_back" | "reopen" | "note" => json!({"text": "A text."}),
        "propose" => json!({"outcome": "refused", "letter": "No, since …",
            "grounds": [{"code": "wrong_operator", "text": "We never held it."}]}),
        "complete" => json!({"text": "Done."}),
        "cancel" | "dismiss" => json!({"reason": "As the requester told us."}),
        _ => json!({}),
    }
}

#[tokio::test]
async fn each_action_works_in_the_statuses_of_the_table_and_is_409_in_all_others() {
    let table: [(&str, &[(&str, &str)]); 10] = [
        ("verify", &[("submitted", "review"), ("verification", "review"), ("clarification", "review")]),
        ("ask", &[("verification", "clarification"), ("review", "clarification"), ("preparation", "clarification")]),
        ("reply", &[("clarification", "review")]),
        ("start", &[("review", "preparation")]),
        ("propose", &[("review", "approval"), ("preparation", "approval"), ("clarification", "approval")]),
        ("send_back", &[("approval", "preparation")]),
        ("approve", &[("approval", "execution")]),
        ("complete", &[("execution", "answered")]),
        ("reopen", &[("execution", "preparation")]),
        ("dismiss", &[("submitted", "dismissed"), ("verification", "dismissed"), ("review", "dismissed")]),
    ];
    let form = forms::of_kind("consent_withdrawal");
    for from in STATUSES {
        let test = TestApp::start().await;
        let mut desk = test.desk("kazteleport").await;
        for (action, rows) in &table {
            let request = test.brought_to(from, &desk, "kazteleport", &form).await;
            assert_eq!(test.status_of(&request).await, from);
            let before = test.view(&desk.dpo, &request.reference).await;
            let answer = test.act(&desk.dpo, &request.reference, action, body_of(action)).await;
            let offered = before["actions"].as_array().unwrap().contains(&json!(action));
            if let Some((_, to)) = rows.iter().find(|(row, _)| *row == from) {
                let after = answer.expect(200);
                assert_eq!(after["status"], *to, "{from}: {action}");
                assert_eq!(after["version"].as_i64(), before["version"].as_i64().map(|version| version + 1));
                assert!(offered, "{from}: {action}: {before}");
            } else {
                let body = answer.problem(409, "invalid_transition");
                assert_eq!(body["request_status"], from, "{action}");
                let after = test.view(&desk.dpo, &request.reference).await;
                assert_eq!(after["version"], before["version"], "{from}: {action}");
                assert!(!offered, "{from}: {action}");
            }
        }
        // Cancelling by the requester.
        let request = test.brought_to(from, &desk, "kazteleport", &form).await;
        let answer = test.post(&request.path("/cancel"), Some(&request.token), &json!({"reason": "No need."})).await;
        if ["execution", "answered", "cancelled", "dismissed"].contains(&from) {
            answer.problem(409, "invalid_transition");
        } else {
            let view = answer.expect(200);
            assert_eq!(view["status"], "cancelled", "{from}");
            assert!(clock_states(&view).iter().all(|state| state.ends_with("void")), "{view}");
        }
        // Any other act on a closed request.
        if ["answered", "cancelled", "dismissed"].contains(&from) {
            test.renew_desk(&mut desk).await;
            for (action, body) in [
                ("note", json!({"text": "x"})),
                ("assign", json!({"assignee": null})),
                ("block", json!({"reason": "x"})),
            ] {
                test.act(&desk.dpo, &request.reference, action, body).await.problem(409, "invalid_transition");
            }
            let message = test.post(&request.path("/messages"), Some(&request.token), &json!({"text": "x"})).await;
            message.problem(409, "invalid_transition");
        }
    }
}

#[tokio::test]
async fn a_reply_leads_back_to_where_the_question_was_asked() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    for from in ["verification", "review", "preparation"] {
        for by_staff in [false, true] {
            let request = test.brought_to(from, &desk, "kazteleport", &forms::access()).await;
            test.done(&desk.agent, &request, "ask", json!({"text": "Which contract?"})).await;
            assert_eq!(test.status_of(&request).await, "clarification");
            if by_staff {
                test.done(&desk.agent, &request, "reply", json!({"text": "He called: No. 5."})).await;
            } else {
                let sent = test.post(&request.path("/messages"), Some(&request.token), &json!({"text": "No. 5"})).await;
                assert_eq!(sent.expect(201)["kind"], "reply");
            }
            let view = test.seen(&request).await;
            assert_eq!(view["status"], from, "{by_staff}");
            let kinds: Vec<&str> =
                view["messages"].as_array().unwrap().iter().map(|message| message["kind"].as_str().unwrap()).collect();
            assert_eq!(kinds, ["question", "reply"]);
            let sent = test.post(&request.path("/messages"), Some(&request.token), &json!({"text": "And more."})).await;
            assert_eq!(sent.expect(201)["kind"], "addition");
            assert_eq!(test.status_of(&request).await, from);
        }
    }
}

#[tokio::test]
async fn notes_stay_among_staff() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("review", &desk, "kazteleport", &forms::access()).await;
    test.done(&desk.agent, &request, "note", json!({"text": "A difficult customer."})).await;
    let view = test.view(&desk.dpo, &request.reference).await;
    assert!(view.to_string().contains("A difficult customer."));
    let seen = test.get(&request.path(""), Some(&request.token)).await;
    assert!(!seen.text.contains("difficult") && !seen.text.contains("note"), "{}", seen.text);
}

#[tokio::test]
async fn a_proposal_says_what_the_law_wants_said() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let ground = |code: &str, text: Value| json!([{"code": code, "text": text}]);
    let granted = json!({"about": "address", "result": "granted"});
    let refused = json!({"about": "invoices", "result": "refused", "grounds": ["out_of_scope"], "text": "See art. 3."});
    let letter = "A letter.";
    let wrong = [
        ("access", json!({"outcome": "granted"}), "/letter", "text_needed"),
        ("access", json!({"outcome": "granted", "letter": "  "}), "/letter", "text_needed"),
        ("access", json!({"outcome": "refused", "letter": letter}), "/grounds", "needs_ground"),
        (
            "access",
            json!({"outcome": "refused", "letter": letter, "grounds": ground("own_mood", json!("x"))}),
            "/grounds/0/code",
            "ground_not_allowed",
        ),
        (
            "access",
            json!({"outcome": "refused", "letter": letter, "grounds": ground("unfulfilled_obligation", json!("x"))}),
            "/grounds/0/code",
            "ground_not_allowed",
        ),
        (
            "access",
            json!({"outcome": "granted", "letter": letter, "grounds": ground("out_of_scope", json!("x"))}),
            "/outcome",
            "outcome_not_allowed",
        ),
        ("objection", json!({"outcome": "no_data_held", "letter": letter}), "/outcome", "outcome_not_allowed"),
        ("deletion", json!({"outcome": "no_data_held", "letter": letter}), "/outcome", "outcome_not_allowed"),
        ("access", json!({"outcome": "partly_granted", "letter": letter}), "/decisions", "decisions_needed"),
        (
            "access",
            json!({"outcome": "partly_granted", "letter": letter, "decisions": [granted]}),
            "/decisions",
            "decisions_needed",
        ),
        (
            "access",
            json!({"outcome": "partly_granted", "letter": letter, "decisions": [granted, {"about": "b", "result": "refused", "text": "x"}]}),
            "/decisions/1/grounds",
            "needs_ground",
        ),
        (
            "access",
            json!({"outcome": "partly_granted", "letter": letter, "decisions": [granted, {"about": "b", "result": "refused", "grounds": ["out_of_scope"]}]}),
            "/decisions/1/text",
            "text_needed",
        ),
        (
            "access",
            json!({"outcome": "partly_granted", "letter": letter, "decisions": [{"about": "", "result": "granted"}, refused]}),
            "/decisions/0/about",
            "required",
        ),
        ("access", json!({"outcome": "mostly_granted", "letter": letter}), "/outcome", "not_one_of"),
        (
            "consent_withdrawal",
            json!({"outcome": "refused", "letter": letter, "grounds": ground("unfulfilled_obligation", Value::Null)}),
            "/grounds/0/text",
            "must_name_obligation",
        ),
        (
            "consent_withdrawal",
            json!({"outcome": "refused", "letter": letter, "grounds": ground("withdrawal_contrary_to_law", json!("the law says so"))}),
            "/grounds/0/text",
            "must_name_norm",
        ),
        (
            "deletion",
            json!({"outcome": "refused", "letter": letter, "grounds": ground("retention_required", json!("our own policy"))}),
            "/grounds/0/text",
            "must_name_norm",
        ),
    ];
    let mut requests = std::collections::BTreeMap::new();
    for kind in ["access", "objection", "deletion", "consent_withdrawal"] {
        requests.insert(kind, test.brought_to("preparation", &desk, "kazteleport", &forms::of_kind(kind)).await);
    }
    for (kind, proposal, pointer, code) in wrong {
        let answer = test.act(&desk.agent, &requests[kind].reference, "propose", proposal.clone()).await;
        let body = answer.problem(422, "validation_failed");
        let errors = body["errors"].as_array().unwrap();
        assert!(
            errors.iter().any(|error| error["pointer"] == pointer && error["code"] == code),
            "{kind} {proposal}: {}",
            answer.text
        );
    }
    let partly = json!({"outcome": "partly_granted", "letter": letter, "decisions": [granted, refused]});
    test.done(&desk.agent, &requests["access"], "propose", partly).await;
    test.done(&desk.dpo, &requests["access"], "approve", json!({})).await;
    let path = requests["access"].path("/answer");
    let answer = test.get(&path, Some(&requests["access"].token)).await.expect(200);
    assert_eq!(
        (&answer["decisions"][1]["result"], &answer["decisions"][1]["text"]),
        (&json!("refused"), &json!("See art. 3."))
    );
    assert!(!answer["decisions"][1]["grounds"][0]["citation"].as_str().unwrap().is_empty());
    let named = json!({"outcome": "refused", "letter": letter,
        "grounds": ground("retention_required", json!("Tax Code, art. 48: five years"))});
    test.done(&desk.agent, &requests["deletion"], "propose", named).await;
    let named = json!({"outcome": "refused", "letter": letter,
        "grounds": ground("unfulfilled_obligation", json!("contract 12-3: the invoice of October"))});
    test.done(&desk.agent, &requests["consent_withdrawal"], "propose", named).await;
}

#[tokio::test]
async fn no_data_held_answers_an_access_request() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("review", &desk, "kazteleport", &forms::access()).await;
    test.done(&desk.agent, &request, "propose", json!({"outcome": "no_data_held", "letter": "We hold nothing."})).await;
    assert_eq!(test.done(&desk.dpo, &request, "approve", json!({})).await["status"], "answered");
}

#[tokio::test]
async fn while_identity_is_not_confirmed_only_a_refusal_may_be_proposed() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("verification", &desk, "kazteleport", &forms::access()).await;
    test.done(&desk.agent, &request, "ask", json!({"text": "Your birth date?"})).await;
    let granted = json!({"outcome": "granted", "letter": "Here it is."});
    test.act(&desk.agent, &request.reference, "propose", granted).await.problem(409, "invalid_transition");
    let refused = json!({"outcome": "refused", "letter": "No.", "grounds": [{"code": "not_verified"}]});
    assert_eq!(test.done(&desk.agent, &request, "propose", refused).await["status"], "approval");
    let view = test.done(&desk.dpo, &request, "send_back", json!({"text": "Ask again."})).await;
    assert_eq!(view["status"], "verification");
}

#[tokio::test]
async fn who_proposed_does_not_approve_and_the_refusal_says_what_to_do() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("preparation", &desk, "kazteleport", &forms::access()).await;
    test.done(&desk.dpo, &request, "propose", json!({"outcome": "granted", "letter": "Here."})).await;
    let body = test.act(&desk.dpo, &request.reference, "approve", json!({})).await.problem(403, "four_eyes");
    assert!(body["detail"].as_str().unwrap().contains("другое ответственное лицо"), "{body}");
    assert_eq!(test.status_of(&request).await, "approval");
    let view = test.done(&desk.deputy, &request, "approve", json!({})).await;
    assert_eq!(view["people"]["proposer"]["id"], desk.dpo.id.as_str());
    assert_eq!(view["people"]["approver"]["id"], desk.deputy.id.as_str());
}

#[tokio::test]
async fn what_was_granted_is_carried_out_for_four_kinds_and_only_then_answered() {
    let test = TestApp::start().await;
    let desk = test.desk("digital-rocket").await;
    for kind in forms::KINDS {
        let carried_out = ["correction", "blocking", "deletion", "consent_withdrawal"].contains(&kind);
        let request = test.brought_to("approval", &desk, "digital-rocket", &forms::of_kind(kind)).await;
        let view = test.done(&desk.dpo, &request, "approve", json!({})).await;
        assert_eq!(view["status"], if carried_out { "execution" } else { "answered" }, "{kind}");
        let answer = test.get(&request.path("/answer"), Some(&request.token)).await;
        if carried_out {
            answer.problem(404, "not_found");
            test.act(&desk.agent, &request.reference, "complete", json!({"text": " "}))
                .await
                .invalid(&[("/text", "required")]);
            for (day, code) in [("2026-11-24", "date_in_future"), ("2026-11-22", "date_too_early")] {
                let body = json!({"text": "Done.", "done_on": day});
                test.act(&desk.agent, &request.reference, "complete", body).await.invalid(&[("/done_on", code)]);
            }
            let view =
                test.done(&desk.agent, &request, "complete", json!({"text": "Done.", "done_on": "2026-11-23"})).await;
            assert_eq!(view["status"], "answered");
        }
        test.work().await;
        let answer = test.get(&request.path("/answer"), Some(&request.token)).await.expect(200);
        assert_eq!(answer["outcome"], "granted");
        let view = test.seen(&request).await;
        let open =
            clock_states(&view).into_iter().filter(|state| state.ends_with("running") || state.ends_with("waiting"));
        assert_eq!(open.collect::<Vec<_>>(), Vec::<String>::new(), "{kind}: a delivered answer leaves no clock");
    }
}

#[tokio::test]
async fn approving_a_correction_without_documents_counts_as_waiving_them() {
    let test = TestApp::start().await;
    let desk = test.desk("digital-rocket").await;
    let request = test.brought_to("approval", &desk, "digital-rocket", &forms::of_kind("correction")).await;
    let view = test.done(&desk.dpo, &request, "approve", json!({})).await;
    assert_eq!(clock_states(&view), ["claim_response running", "document_request met", "correction running"]);
    assert_eq!(clock(&view, "correction")["due_on"], "2026-11-24");
    let view = test.done(&desk.dpo, &request, "reopen", json!({"text": "The register refuses it."})).await;
    assert_eq!(
        (&view["status"], &view["outcome"], &view["people"]["approver"]),
        (&json!("preparation"), &Value::Null, &Value::Null)
    );
}

#[tokio::test]
async fn of_two_members_who_act_at_once_one_wins_and_the_other_learns_who_has_it() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("review", &desk, "kazteleport", &forms::access()).await;
    let version = test.view(&desk.dpo, &request.reference).await["version"].as_i64().unwrap();
    let (one, other) = tokio::join!(
        test.act_on(&desk.dpo, &request.reference, version, "start", json!({})),
        test.act_on(&desk.agent, &request.reference, version, "ask", json!({"text": "Which one?"})),
    );
    let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
    won.expect(200);
    let body = lost.problem(412, "stale_version");
    assert_eq!(body["current_version"], version + 1);
    assert_eq!(body["assignee"], json!({"id": desk.agent.id, "name": "agent.kazteleport"}));
    assert_eq!(test.view(&desk.dpo, &request.reference).await["version"], version + 1, "nothing was overwritten");
}

#[tokio::test]
async fn of_two_agents_who_take_a_request_at_once_one_gets_it() {
    let test = TestApp::start().await;
    let one = test.staff("one", otinish::domain::vocabulary::Role::Agent, "kazteleport").await;
    let two = test.staff("two", otinish::domain::vocabulary::Role::Agent, "kazteleport").await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let me = json!({"assignee": "me"});
    let (first, second) = tokio::join!(
        test.act_on(&one, &request.reference, 1, "assign", me.clone()),
        test.act_on(&two, &request.reference, 1, "assign", me.clone()),
    );
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let (winner, loser) = if first.status == 200 { (&one, &two) } else { (&two, &one) };
    // Whoever reloads and tries again is told who has it.
    let body = test.act(loser, &request.reference, "assign", me.clone()).await.problem(409, "already_assigned");
    assert_eq!(body["assignee"]["id"], winner.id.as_str());
    // Taking what one has changes nothing.
    let before = test.view(winner, &request.reference).await["version"].clone();
    assert_eq!(test.act(winner, &request.reference, "assign", me).await.expect(200)["version"], before);
    test.act(winner, &request.reference, "assign", json!({"assignee": null})).await.expect(200);
    test.act(loser, &request.reference, "assign", json!({"assignee": "me"})).await.expect(200);
}

#[tokio::test]
async fn only_what_staff_must_have_seen_raises_the_version() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let version = async || test.view(&desk.dpo, &request.reference).await["version"].as_i64().unwrap();
    let first = version().await;
    let code = test.code_of(&request).await;
    test.post(&request.path("/confirm/resend"), Some(&request.token), &json!({})).await.expect(202);
    test.confirm(&request, "000000").await;
    test.get(&request.path(""), Some(&request.token)).await.expect(200);
    test.app.clock.advance(Duration::minutes(10));
    test.work().await;
    assert_eq!(version().await, first, "looks, mails and wrong codes do not");
    let code = if test.code_of(&request).await == code { code } else { test.code_of(&request).await };
    test.confirm(&request, &code).await.expect(200);
    assert_eq!(version().await, first + 1);
    test.post(&request.path("/messages"), Some(&request.token), &json!({"text": "More."})).await.expect(201);
    assert_eq!(version().await, first + 2);
    test.post(&request.path("/cancel"), Some(&request.token), &json!({})).await.expect(200);
    assert_eq!(version().await, first + 3);
}
