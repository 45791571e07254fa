//! Another kind: staff sort anew what was sorted wrongly (`reclassify`).

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::support::journey::{Desk, rows, stored};
use crate::support::{Member, Submitted, TestApp, clock, clock_states, forms};

/// The last event of a kind as a member sees it.
pub async fn last_event(test: &TestApp, member: &Member, reference: &str, kind: &str) -> Value {
    let path = format!("/api/v1/staff/requests/{reference}/events");
    let page = test.get(&path, Some(&member.token)).await.expect(200);
    let found = page["items"].as_array().unwrap().iter().rev().find(|event| event["kind"] == kind).cloned();
    found.unwrap_or_else(|| panic!("no {kind} in {page}"))
}

async fn start(operator: &str, status: &str, form: &Value) -> (TestApp, Desk, Submitted) {
    let test = TestApp::start().await;
    let desk = test.desk(operator).await;
    let request = test.brought_to(status, &desk, operator, form).await;
    (test, desk, request)
}

fn with_grounds(kind: &str, grounds: &[&str]) -> Value {
    let mut form = forms::of_kind(kind);
    form["grounds"] = json!(grounds);
    form
}

#[tokio::test]
async fn the_receipt_stays_and_the_clocks_follow_the_new_kind() {
    let (test, desk, request) = start("digital-rocket", "review", &forms::of_kind("correction")).await;
    test.app.clock.advance(Duration::minutes(7));
    let body = json!({"kind": "deletion", "grounds": ["purpose_reached"], "reason": "They want it gone, not changed."});
    let view = test.done(&desk.agent, &request, "reclassify", body).await;
    assert_eq!((&view["kind"], &view["status"]), (&json!("deletion"), &json!("review")));
    assert_eq!(view["received_at"], request.receipt["received_at"]);
    assert_eq!(
        clock_states(&view),
        [
            "claim_response running",
            "document_request void",
            "correction void",
            "deletion_decision running",
            "destruction waiting"
        ]
    );
    assert_eq!(clock(&view, "claim_response")["due_on"], clock(&request.receipt, "claim_response")["due_on"]);
    assert_eq!(clock(&view, "deletion_decision")["started_at"], request.receipt["received_at"], "from receipt");
    assert_eq!(view["headline"], json!({"clock": "deletion_decision", "due_on": "2026-11-26"}));
    assert_eq!((&view["contents"]["corrections"], &view["grounds"]), (&json!([]), &json!(["purpose_reached"])));
    // What the calculator says of a deletion that was received then is what the request has.
    let asked = test
        .get("/api/v1/deadlines?operator=digital-rocket&kind=deletion&received_at=2026-11-23T05:00:00Z", None)
        .await;
    assert_eq!(clock(&asked.json(), "deletion_decision")["due_on"], "2026-11-26");
    // Who, what, why, and what was asked before: whole for whoever may open the request.
    let event = last_event(&test, &desk.agent, &request.reference, "reclassified").await;
    assert_eq!(event["actor"], json!({"kind": "staff", "id": desk.agent.id}));
    assert_eq!((&event["data"]["from"], &event["data"]["to"]), (&json!("correction"), &json!("deletion")));
    assert_eq!(
        event["data"]["clocks"],
        json!({
        "void": ["document_request", "correction"], "new": ["deletion_decision", "destruction"]})
    );
    assert_eq!(event["data"]["text"], "They want it gone, not changed.");
    assert_eq!(event["data"]["before"]["corrections"][0]["desired"], "new");
    let auditor = test.staff("auditor", Role::Auditor, "digital-rocket").await;
    let event = last_event(&test, &auditor, &request.reference, "reclassified").await;
    assert_eq!(event["data"]["to"], "deletion");
    assert!(event["data"].get("text").is_none() && event["data"].get("before").is_none(), "{event}");
}

#[tokio::test]
async fn the_requester_hears_of_it_by_mail_and_in_the_timeline() {
    let mut form = forms::of_kind("objection");
    form["language"] = json!("kk");
    let (test, desk, request) = start("citicom", "verification", &form).await;
    test.take_mails();
    test.done(&desk.agent, &request, "reclassify", json!({"kind": "access", "reason": "secret thoughts"})).await;
    test.work().await;
    let mail = test.last_mail_to(forms::EMAIL);
    assert!(mail.subject.contains("өтініштің түрі өзгертілді"), "{}", mail.subject);
    assert!(mail.text.contains("26 қараша"), "{}", mail.text);
    assert!(!mail.text.contains("secret") && !mail.text.contains("Айгүл"), "{}", mail.text);
    let view = test.seen(&request).await;
    assert_eq!((&view["kind"], &view["headline"]["clock"]), (&json!("access"), &json!("information")));
    let last = view["timeline"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["kind"], "reclassified");
    assert_eq!(last["text"], "Өтініштің түрі өзгертілді, қабылданған күні сол қалпында", "{last}");
    assert!(!view.to_string().contains("secret"), "the reason is for staff");
}

#[tokio::test]
async fn every_kind_can_become_every_other() {
    let test = TestApp::start().await;
    let desk = test.desk("aitu-sauda").await;
    for from in forms::KINDS {
        let request = test.brought_to("review", &desk, "aitu-sauda", &forms::of_kind(from)).await;
        for to in forms::KINDS.iter().filter(|to| **to != from) {
            let mut body = forms::of_kind(to);
            for member in ["subject", "submitted_by", "language"] {
                body.as_object_mut().unwrap().remove(member);
            }
            let view = test.done(&desk.agent, &request, "reclassify", body).await;
            let fresh = test.submit("aitu-sauda", &with_kept(to, &view)).await;
            let open = |view: &Value| -> Vec<String> {
                let mut open: Vec<String> = clock_states(view)
                    .into_iter()
                    .filter(|clock| !clock.ends_with(" void") && !clock.starts_with("unblocking"))
                    .collect();
                open.sort();
                open
            };
            assert_eq!(open(&view), open(&fresh.receipt), "{from} -> {to}");
            let named = |view: &Value| view["headline"].clone();
            assert_eq!(named(&view), named(&fresh.receipt), "{from} -> {to}");
            let back = forms::of_kind(from);
            let mut back = back.as_object().unwrap().clone();
            back.retain(|name, _| !["subject", "submitted_by", "language"].contains(&name.as_str()));
            test.done(&desk.agent, &request, "reclassify", Value::Object(back)).await;
        }
    }
}

/// The form of a new request with the grounds that the other one has.
fn with_kept(kind: &str, view: &Value) -> Value {
    let mut form = forms::of_kind(kind);
    form["grounds"] = view["grounds"].clone();
    form
}

#[tokio::test]
async fn the_part_of_the_new_kind_is_checked_as_at_the_intake() {
    let (test, desk, request) = start("kazteleport", "review", &forms::of_kind("deletion")).await;
    let before = rows(&test.database);
    for (body, pointer, code) in [
        (json!({"kind": "correction"}), "/corrections", "required"),
        (json!({"kind": "objection"}), "/objection", "required"),
        (json!({"kind": "claim"}), "/claim", "required"),
        (json!({"kind": "consent_withdrawal"}), "/withdrawal", "required"),
        (json!({"kind": "access", "corrections": []}), "/corrections", "part_of_another_kind"),
        (json!({"kind": "access", "grounds": ["own_wish"]}), "/grounds/0", "own_wish_only_for_deletion"),
        (json!({"kind": "blocking", "grounds": []}), "/grounds", "needs_ground"),
        (json!({"kind": "access", "published_at": ["nowhere"]}), "/published_at/0", "invalid_url"),
        (
            json!({"kind": "claim", "claim": {"remedy": "x", "about": "KTP-0000-0000-0"}}),
            "/claim/about",
            "about_not_found",
        ),
        (
            json!({"kind": "claim", "claim": {"remedy": "x", "about": request.reference}}),
            "/claim/about",
            "about_not_found",
        ),
        (json!({"kind": "gift"}), "/kind", "not_one_of"),
        (json!({}), "/kind", "required"),
        (json!({"kind": "access", "consumer": true}), "/consumer", "unknown_field"),
        (json!({"kind": "access", "subject": {}}), "/subject", "unknown_field"),
        (json!({"kind": "access", "reason": "x".repeat(10_001)}), "/reason", "too_long"),
    ] {
        let answer = test.act(&desk.agent, &request.reference, "reclassify", body.clone()).await;
        let problem = answer.problem(422, "validation_failed");
        let errors = problem["errors"].as_array().unwrap();
        let named = errors.iter().any(|error| error["pointer"] == pointer && error["code"] == code);
        assert!(named, "{body}: {}", answer.text);
    }
    let mut after = rows(&test.database);
    after.insert("audit", before["audit"]);
    assert_eq!(after, before, "nothing is left of them");
    // Grounds that stand are kept, but for the one that only a deletion may have.
    let own_wish =
        test.brought_to("review", &desk, "kazteleport", &with_grounds("deletion", &["own_wish", "outdated"])).await;
    let view = test.done(&desk.agent, &own_wish, "reclassify", json!({"kind": "access", "reason": "  "})).await;
    assert_eq!(view["grounds"], json!(["outdated"]));
}

#[tokio::test]
async fn who_when_and_over_what_it_may_be_done() {
    let (test, desk, request) = start("citicom", "review", &forms::access()).await;
    let body = json!({"kind": "objection", "objection": {"to": "a score"}});
    let other = test.staff("other", Role::Agent, "citicom").await;
    let auditor = test.staff("auditor", Role::Auditor, "citicom").await;
    let foreign = test.staff("foreign", Role::Dpo, "demo").await;
    let version = test.view(&desk.agent, &request.reference).await["version"].as_i64().unwrap();
    let call = async |member| test.act_on(member, &request.reference, version, "reclassify", body.clone()).await;
    call(&other).await.problem(403, "forbidden");
    call(&auditor).await.problem(403, "forbidden");
    call(&foreign).await.problem(404, "not_found");
    let same = json!({"kind": "access"});
    test.act(&desk.agent, &request.reference, "reclassify", same).await.problem(409, "invalid_transition");
    // Two at once: one wins, and the other is told what stands.
    let (first, second) = tokio::join!(call(&desk.agent), call(&desk.dpo));
    let lost = if first.status == 200 { second } else { first };
    let problem = lost.problem(412, "stale_version");
    assert_eq!(problem["current_version"], version + 1);
    assert!(
        test.view(&desk.agent, &request.reference).await["actions"].as_array().unwrap().contains(&json!("reclassify"))
    );
    // What a DPO approved only a DPO takes back.
    let approved = test.brought_to("execution", &desk, "citicom", &forms::of_kind("deletion")).await;
    let body = json!({"kind": "access"});
    test.act(&desk.agent, &approved.reference, "reclassify", body.clone()).await.problem(403, "forbidden");
    let view = test.done(&desk.dpo, &approved, "reclassify", body).await;
    assert_eq!((&view["status"], &view["people"]["approver"]), (&json!("preparation"), &Value::Null));
    for status in ["answered", "cancelled", "dismissed"] {
        let request = test.brought_to(status, &desk, "citicom", &forms::of_kind("deletion")).await;
        let answer = test.act(&desk.dpo, &request.reference, "reclassify", json!({"kind": "access"})).await;
        answer.problem(409, "invalid_transition");
        let actions = test.view(&desk.dpo, &request.reference).await["actions"].clone();
        assert!(!actions.as_array().unwrap().contains(&json!("reclassify")), "{status}: {actions}");
    }
}

#[tokio::test]
async fn a_proposal_for_the_old_kind_is_dropped() {
    let (test, desk, request) = start("citicom", "approval", &forms::access()).await;
    let view = test.done(&desk.dpo, &request, "reclassify", json!({"kind": "deletion", "grounds": ["outdated"]})).await;
    assert_eq!((&view["status"], &view["outcome"]), (&json!("preparation"), &Value::Null));
    assert_eq!(view["people"]["proposer"], Value::Null);
    let event = last_event(&test, &desk.dpo, &request.reference, "reclassified").await;
    assert_eq!(event["data"]["dropped_proposal"], "granted");
    test.act(&desk.dpo, &request.reference, "approve", json!({})).await.problem(409, "invalid_transition");
    // Whose identity was never confirmed is checked first.
    let unknown = test.brought_to("verification", &desk, "citicom", &forms::access()).await;
    let refused = json!({"result": "not_confirmed", "method": "records"});
    test.done(&desk.agent, &unknown, "verify", refused).await;
    let view =
        test.done(&desk.agent, &unknown, "reclassify", json!({"kind": "blocking", "grounds": ["outdated"]})).await;
    assert_eq!(view["status"], "verification");
}

#[tokio::test]
async fn an_address_that_was_enough_for_cookies_is_not_enough_for_more() {
    let cookies = json!({"scope": "cookies"});
    let mut form = forms::of_kind("consent_withdrawal");
    form["withdrawal"] = cookies.clone();
    let (test, desk, request) = start("kazteleport", "review", &form).await;
    assert_eq!(test.view(&desk.agent, &request.reference).await["identity"]["confirmed"], false);
    let view = test.done(&desk.agent, &request, "reclassify", json!({"kind": "access"})).await;
    assert_eq!(view["status"], "verification", "who asks for data must be known");
    let body = json!({"kind": "consent_withdrawal", "withdrawal": cookies});
    let view = test.done(&desk.agent, &request, "reclassify", body.clone()).await;
    assert_eq!(view["status"], "review", "and back again");
    assert!(view["edition"].as_str().unwrap().contains("cookies"), "{}", view["edition"]);
    // A question that is open is answered into the status that fits.
    test.done(&desk.agent, &request, "ask", json!({"text": "Which site?"})).await;
    test.done(&desk.agent, &request, "reclassify", json!({"kind": "access"})).await;
    test.post(&request.path("/messages"), Some(&request.token), &json!({"text": "All."})).await.expect(201);
    assert_eq!(test.status_of(&request).await, "verification");
    // Who gave only a contact gave too little for another kind; the message says what to do.
    form["subject"] = json!({"email": forms::EMAIL});
    let nameless = test.brought_to("review", &desk, "kazteleport", &form).await;
    let answer = test.act(&desk.agent, &nameless.reference, "reclassify", json!({"kind": "access"})).await;
    let problem = answer.invalid(&[("/subject/full_name", "lacking_for_kind")]);
    assert!(problem["errors"][0]["message"].as_str().unwrap().len() > 20);
}

#[tokio::test]
async fn the_promise_of_a_block_holds_for_the_new_kind_too() {
    let (test, desk, request) = start("kazteleport", "review", &forms::access()).await;
    let view =
        test.done(&desk.agent, &request, "reclassify", json!({"kind": "blocking", "grounds": ["no_consent"]})).await;
    assert_eq!((&view["blocking"], &view["violation"]), (&json!("provisional"), &json!("alleged")));
    assert_eq!(
        (&clock(&view, "blocking")["state"], &clock(&view, "unblocking")["state"]),
        (&json!("met"), &json!("waiting"))
    );
    test.work().await;
    assert!(test.mails().iter().any(|mail| mail.to == forms::EMAIL && mail.subject.contains("data blocked")));
    // It stays when its reason goes: only staff lift it.
    let view = test.done(&desk.agent, &request, "reclassify", json!({"kind": "access", "grounds": []})).await;
    assert_eq!((&view["blocking"], &view["violation"]), (&json!("provisional"), &json!("none")));
    assert_eq!(clock(&view, "unblocking")["state"], "waiting");
    test.done(&desk.agent, &request, "propose", json!({"outcome": "granted", "letter": "Here it is."})).await;
    test.act(&desk.dpo, &request.reference, "approve", json!({})).await.problem(409, "violation_undecided");
    let view = test.done(&desk.dpo, &request, "dismiss_violation", json!({})).await;
    assert_eq!(clock(&view, "unblocking")["state"], "running");
    let view = test.done(&desk.dpo, &request, "approve", json!({})).await;
    assert_eq!((&view["blocking"], &view["status"]), (&json!("none"), &json!("answered")));
}

#[tokio::test]
async fn a_block_that_nobody_vouched_for_yet_takes_effect_when_somebody_does() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.submit("kazteleport", &forms::of_kind("correction")).await;
    let body = json!({"kind": "deletion", "grounds": ["inaccurate"]});
    let view = test.done(&desk.dpo, &request, "reclassify", body).await;
    assert_eq!((&view["blocking"], &view["status"]), (&json!("provisional"), &json!("submitted")));
    let timeline = test.seen(&request).await["timeline"].clone();
    assert!(timeline.to_string().contains("takes effect when"), "{timeline}");
    // Another kind again, for which nothing is promised: the recorded block is still there and still waits.
    test.done(&desk.dpo, &request, "reclassify", json!({"kind": "access", "grounds": []})).await;
    let code = test.code_of(&request).await;
    assert!(!test.mails().iter().any(|mail| mail.subject.contains("data blocked")));
    assert_eq!(test.confirm(&request, &code).await.expect(200)["blocking"], "provisional");
    test.work().await;
    assert!(test.mails().iter().any(|mail| mail.subject.contains("data blocked")));
    // It was the requester's own, whatever the kind is now.
    let view = test.post(&request.path("/cancel"), Some(&request.token), &json!({})).await.expect(200);
    assert_eq!((&view["status"], &view["blocking"]), (&json!("cancelled"), &json!("none")));
}

#[tokio::test]
async fn a_claim_takes_the_basis_of_the_contract_and_loses_it_with_the_mark_of_a_consumer() {
    let (test, desk, request) = start("kazteleport", "review", &forms::access()).await;
    let claim = json!({"kind": "claim", "claim": {"remedy": "An apology."}});
    let view = test.done(&desk.agent, &request, "reclassify", claim).await;
    assert_eq!(clock(&view, "claim_response")["basis"], "contract");
    assert_eq!(view["headline"]["clock"], "claim_response", "it leads for a claim");
    assert_eq!(clock_states(&view), ["claim_response running", "information void"]);
    let view = test.done(&desk.agent, &request, "mark_consumer", json!({"consumer": true})).await;
    assert_eq!(view["headline"]["clock"], "consumer_claim");
    let view = test.done(&desk.agent, &request, "reclassify", json!({"kind": "access"})).await;
    assert_eq!(
        (&clock(&view, "claim_response")["basis"], &view["flags"]["consumer"]),
        (&json!("policy"), &json!(false))
    );
    assert_eq!(
        clock_states(&view),
        ["claim_response running", "information void", "consumer_claim void", "information running"]
    );
}

#[tokio::test]
async fn what_was_confirmed_and_marked_follows_into_the_new_kind() {
    let (test, desk, request) = start("digital-rocket", "review", &forms::access()).await;
    test.done(&desk.agent, &request, "mark_violation", json!({"reason": "Sold to a bank."})).await;
    test.app.clock.advance(Duration::minutes(5));
    test.done(&desk.dpo, &request, "confirm_violation", json!({})).await;
    test.app.clock.advance(Duration::minutes(5));
    let body = json!({"kind": "deletion", "grounds": ["no_consent"]});
    let view = test.done(&desk.agent, &request, "reclassify", body).await;
    assert_eq!(view["violation"], "confirmed");
    assert_eq!(clock(&view, "blocking")["state"], "running", "the mark still stands");
    let destruction = clock(&view, "destruction");
    assert_eq!(
        (&destruction["state"], &destruction["started_at"]),
        (&json!("running"), &json!("2026-11-23T05:05:00Z"))
    );
    assert_eq!(destruction["basis"], "statutory");
}

#[tokio::test]
async fn a_duplicate_is_looked_for_again() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let first = test.submit("citicom", &forms::access()).await;
    test.app.clock.advance(Duration::minutes(1));
    let second = test.submit("citicom", &forms::of_kind("objection")).await;
    assert!(stored(&test.database, &second.reference).duplicate_of.is_none());
    let view = test.done(&desk.dpo, &second, "reclassify", json!({"kind": "access"})).await;
    assert_eq!(
        (&view["possible_duplicate_of"], &view["flags"]["possible_duplicate"]),
        (&json!(first.reference), &json!(true))
    );
    let body = json!({"kind": "claim", "claim": {"remedy": "x", "about": first.reference}});
    let view = test.done(&desk.dpo, &second, "reclassify", body).await;
    assert_eq!(
        (&view["possible_duplicate_of"], &view["contents"]["claim"]["about"]),
        (&Value::Null, &json!(first.reference))
    );
    // The earlier one is no duplicate of the later.
    let view = test.done(&desk.dpo, &first, "reclassify", json!({"kind": "claim", "claim": {"remedy": "y"}})).await;
    assert_eq!(view["possible_duplicate_of"], Value::Null);
}

#[tokio::test]
async fn there_and_back_again_loses_no_clock_that_ran() {
    let (test, desk, request) = start("citicom", "review", &forms::of_kind("correction")).await;
    test.done(&desk.agent, &request, "documents_received", json!({})).await;
    let before = test.view(&desk.agent, &request.reference).await;
    test.done(&desk.agent, &request, "reclassify", json!({"kind": "access"})).await;
    let back = test.done(&desk.agent, &request, "reclassify", forms::corrections_only()).await;
    let of = |view: &Value| (clock(view, "document_request")["state"].clone(), view["headline"].clone());
    assert_eq!(of(&back), of(&before), "the day of the documents still counts");
    assert_eq!(back["headline"]["clock"], "correction");
}
