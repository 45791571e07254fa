//! Blocking beside the status (Law 94-V art. 25(2)(8); Kazteleport's policy, clause 28(4)).

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::{TestApp, clock, clock_states, forms};

fn with_grounds(kind: &str, grounds: &[&str]) -> Value {
    let mut form = forms::of_kind(kind);
    form["grounds"] = json!(grounds);
    form
}

#[tokio::test]
async fn kazteleport_blocks_provisionally_from_the_moment_of_receipt() {
    let test = TestApp::start().await;
    let dpo = test.desk("kazteleport").await.dpo;
    for (operator, form, expected) in [
        ("kazteleport", forms::of_kind("blocking"), "provisional"),
        ("kazteleport", with_grounds("blocking", &["outdated"]), "provisional"),
        ("kazteleport", with_grounds("correction", &["inaccurate"]), "provisional"),
        ("kazteleport", with_grounds("deletion", &["no_consent"]), "provisional"),
        ("kazteleport", with_grounds("deletion", &["inaccurate"]), "provisional"),
        ("kazteleport", with_grounds("deletion", &["own_wish"]), "none"),
        ("kazteleport", with_grounds("correction", &["outdated"]), "none"),
        ("kazteleport", forms::of_kind("correction"), "none"),
        ("kazteleport", with_grounds("access", &["no_consent"]), "none"),
        ("kazteleport", with_grounds("consent_withdrawal", &["no_consent"]), "none"),
        ("digital-rocket", forms::of_kind("blocking"), "none"),
        ("digital-rocket", with_grounds("deletion", &["no_consent"]), "none"),
    ] {
        let request = test.submit(operator, &form).await;
        assert_eq!(test.seen(&request).await["blocking"], expected, "{operator}: {form}");
        if expected == "provisional" {
            let path = format!("/api/v1/staff/requests/{}/events", request.reference);
            let events = test.get(&path, Some(&dpo.token)).await.expect(200);
            let set =
                events["items"].as_array().unwrap().iter().find(|event| event["kind"] == "block_set").unwrap().clone();
            assert_eq!(set["at"], request.receipt["received_at"], "from the moment of receipt");
        }
    }
}

#[tokio::test]
async fn the_clock_of_the_block_runs_until_somebody_stands_behind_it() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.submit("kazteleport", &forms::of_kind("blocking")).await;
    assert_eq!(clock(&test.seen(&request).await, "blocking")["state"], "running");
    let code = test.code_of(&request).await;
    test.app.clock.advance(Duration::minutes(5));
    let view = test.confirm(&request, &code).await.expect(200);
    assert_eq!(
        (&clock(&view, "blocking")["state"], &clock(&view, "blocking")["met_at"]),
        (&json!("met"), &json!("2026-11-23T05:05:00Z"))
    );
    test.act(&desk.dpo, &request.reference, "block", json!({"reason": "x"})).await.problem(409, "invalid_transition");
    // Without a proven address staff may stand behind it.
    let request = test.submit("kazteleport", &forms::of_kind("blocking")).await;
    let view = test.done(&desk.agent, &request, "block", json!({"reason": "We recognised the voice."})).await;
    assert_eq!((&view["blocking"], &clock(&view, "blocking")["state"]), (&json!("provisional"), &json!("met")));
}

#[tokio::test]
async fn a_violation_that_is_not_decided_bars_the_approval() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let form = with_grounds("deletion", &["no_consent"]);
    let request = test.brought_to("approval", &desk, "kazteleport", &form).await;
    test.act(&desk.dpo, &request.reference, "approve", json!({})).await.problem(409, "violation_undecided");
    let view = test.view(&desk.dpo, &request.reference).await;
    assert_eq!((&view["status"], &view["violation"]), (&json!("approval"), &json!("alleged")));
    assert!(!view["actions"].as_array().unwrap().contains(&json!("approve")));
    test.app.clock.advance(Duration::minutes(3));
    let view = test.done(&desk.dpo, &request, "confirm_violation", json!({})).await;
    let destruction = clock(&view, "destruction");
    assert_eq!(
        (&destruction["state"], &destruction["started_at"]),
        (&json!("running"), &json!("2026-11-23T05:03:00Z"))
    );
    assert_eq!((&destruction["due_on"], &destruction["basis"]), (&json!("2026-11-24"), &json!("statutory")));
    assert_eq!(clock(&view, "unblocking")["state"], "void");
    for again in ["confirm_violation", "dismiss_violation"] {
        test.act(&desk.dpo, &request.reference, again, json!({})).await.problem(409, "invalid_transition");
    }
    let view = test.done(&desk.dpo, &request, "approve", json!({})).await;
    assert_eq!((&view["status"], &view["blocking"]), (&json!("execution"), &json!("final")));
    assert_eq!(clock(&view, "destruction")["started_at"], "2026-11-23T05:03:00Z", "the earlier of the two");
    assert_eq!(clock(&view, "deletion_decision")["state"], "met");
    let view = test.done(&desk.agent, &request, "complete", json!({"text": "Destroyed."})).await;
    assert_eq!((&view["blocking"], &clock(&view, "destruction")["state"]), (&json!("none"), &json!("met")));
}

#[tokio::test]
async fn a_dismissed_violation_starts_the_clock_of_unblocking_and_approval_lifts_the_block() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let form = with_grounds("deletion", &["inaccurate"]);
    let request = test.brought_to("approval", &desk, "kazteleport", &form).await;
    let view = test.done(&desk.dpo, &request, "dismiss_violation", json!({})).await;
    let unblocking = clock(&view, "unblocking");
    assert_eq!(
        (&unblocking["state"], &unblocking["due_on"], &unblocking["basis"]),
        (&json!("running"), &json!("2026-11-24"), &json!("statutory"))
    );
    assert_eq!(view["blocking"], "provisional");
    let view = test.done(&desk.dpo, &request, "approve", json!({})).await;
    assert_eq!((&view["blocking"], &clock(&view, "unblocking")["state"]), (&json!("none"), &json!("met")));
    test.work().await;
    assert!(test.mails().iter().any(|mail| mail.to == forms::EMAIL && mail.subject.to_lowercase().contains("block")));
}

#[tokio::test]
async fn unblock_meets_its_clock_and_works_after_a_final_status() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("preparation", &desk, "kazteleport", &forms::of_kind("blocking")).await;
    test.done(&desk.dpo, &request, "dismiss_violation", json!({})).await;
    test.act(&desk.agent, &request.reference, "unblock", json!({"reason": "x"})).await.problem(403, "forbidden");
    test.act(&desk.dpo, &request.reference, "unblock", json!({})).await.invalid(&[("/reason", "required")]);
    let view = test.done(&desk.dpo, &request, "unblock", json!({"reason": "No violation."})).await;
    assert_eq!((&view["blocking"], &clock(&view, "unblocking")["state"]), (&json!("none"), &json!("met")));
    test.act(&desk.dpo, &request.reference, "unblock", json!({"reason": "x"})).await.problem(409, "invalid_transition");

    let request = test.brought_to("approval", &desk, "kazteleport", &forms::of_kind("blocking")).await;
    test.done(&desk.dpo, &request, "confirm_violation", json!({})).await;
    test.done(&desk.dpo, &request, "approve", json!({})).await;
    let view = test.done(&desk.agent, &request, "complete", json!({"text": "Blocked for good."})).await;
    assert_eq!((&view["status"], &view["blocking"]), (&json!("answered"), &json!("final")));
    let view = test.done(&desk.dpo, &request, "unblock", json!({"reason": "A court decided."})).await;
    assert_eq!((&view["status"], &view["blocking"]), (&json!("answered"), &json!("none")));
}

#[tokio::test]
async fn a_granted_block_becomes_final_where_the_profile_set_none() {
    let test = TestApp::start().await;
    let desk = test.desk("digital-rocket").await;
    let request = test.brought_to("execution", &desk, "digital-rocket", &forms::of_kind("blocking")).await;
    assert_eq!(clock(&test.seen(&request).await, "blocking")["state"], "running");
    let view = test.done(&desk.agent, &request, "complete", json!({"text": "Blocked."})).await;
    assert_eq!((&view["blocking"], &clock(&view, "blocking")["state"]), (&json!("final"), &json!("met")));
}

#[tokio::test]
async fn a_sign_of_a_violation_that_staff_mark_starts_the_clock_of_blocking() {
    let test = TestApp::start().await;
    let desk = test.desk("digital-rocket").await;
    let request = test.brought_to("review", &desk, "digital-rocket", &forms::access()).await;
    test.app.clock.advance(Duration::minutes(2));
    let view = test.done(&desk.agent, &request, "mark_violation", json!({"reason": "Data sold to a bank."})).await;
    assert_eq!(clock(&view, "blocking")["started_at"], "2026-11-23T05:02:00Z");
    assert_eq!((&view["violation"], &view["headline"]["clock"]), (&json!("alleged"), &json!("blocking")));
    let view = test.done(&desk.agent, &request, "block", json!({"reason": "For the time of the check."})).await;
    assert_eq!(
        (&view["blocking"], &clock(&view, "blocking")["state"], &clock(&view, "unblocking")["state"]),
        (&json!("provisional"), &json!("met"), &json!("waiting"))
    );
    test.work().await;
    assert!(test.last_mail_to(forms::EMAIL).subject.to_lowercase().contains("block"));
}

#[tokio::test]
async fn cancelling_lifts_the_requesters_own_provisional_block_but_no_confirmed_one() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let form = forms::of_kind("blocking");
    let request = test.brought_to("verification", &desk, "kazteleport", &form).await;
    let view = test.post(&request.path("/cancel"), Some(&request.token), &json!({})).await.expect(200);
    assert_eq!((&view["status"], &view["blocking"]), (&json!("cancelled"), &json!("none")));

    let request = test.brought_to("review", &desk, "kazteleport", &form).await;
    test.done(&desk.dpo, &request, "confirm_violation", json!({})).await;
    let view = test.post(&request.path("/cancel"), Some(&request.token), &json!({})).await.expect(200);
    assert_eq!((&view["status"], &view["blocking"]), (&json!("cancelled"), &json!("provisional")));
    test.done(&desk.dpo, &request, "unblock", json!({"reason": "Put right."})).await;
}

#[tokio::test]
async fn a_block_that_staff_set_stays_when_the_requester_cancels() {
    let test = TestApp::start().await;
    let desk = test.desk("digital-rocket").await;
    let request = test.brought_to("review", &desk, "digital-rocket", &forms::access()).await;
    test.done(&desk.agent, &request, "block", json!({"reason": "Data sold to a bank."})).await;
    let view = test.post(&request.path("/cancel"), Some(&request.token), &json!({})).await.expect(200);
    assert_eq!(
        (&view["status"], &view["blocking"]),
        (&json!("cancelled"), &json!("provisional")),
        "it is not their own"
    );
}

#[tokio::test]
async fn publication_and_court_decisions_start_their_clocks_at_receipt() {
    let test = TestApp::start().await;
    let mut form = with_grounds("deletion", &["court_decision"]);
    form["published_at"] = json!(["https://forum.example.kz/t/1"]);
    let request = test.submit("kazteleport", &form).await;
    assert_eq!(
        clock_states(&request.receipt),
        ["claim_response running", "deletion_decision running", "destruction running", "publication_removal running"]
    );
    assert_eq!(clock(&request.receipt, "destruction")["due_on"], "2026-11-24");
    assert_eq!(clock(&request.receipt, "publication_removal")["basis"], "statutory");
}
