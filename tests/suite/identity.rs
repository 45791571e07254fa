//! Who asks: the code that proves a mail address, and the check by staff.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::journey::{rows, stored};
use crate::support::{Submitted, TestApp, clock, clock_states, forms};

/// A code that is certainly another one.
fn wrong(code: &str) -> String {
    let number: u32 = code.parse().unwrap();
    format!("{:06}", (number + 1) % 1_000_000)
}

async fn resend(test: &TestApp, request: &Submitted) -> u16 {
    test.post(&request.path("/confirm/resend"), Some(&request.token), &json!({})).await.status
}

#[tokio::test]
async fn the_right_code_leads_to_verification_and_may_be_sent_twice() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let code = test.code_of(&request).await;
    let spaced = format!(" {} {} ", &code[..3], &code[3..]);
    let view = test.confirm(&request, &spaced).await.expect(200);
    assert_eq!((&view["status"], &view["email_confirmed"]), (&json!("verification"), &json!(true)));
    assert_eq!(view["timeline"].as_array().unwrap().len(), 2, "{view}");
    let events = rows(&test.database)["events"];
    let again = test.confirm(&request, &code).await.expect(200);
    assert_eq!(again["status"], "verification");
    assert_eq!(rows(&test.database)["events"], events, "a second press of the button is no event");
    test.confirm(&request, &wrong(&code)).await.problem(410, "code_expired");
    assert_eq!(resend(&test, &request).await, 409, "nothing is left to prove");
}

#[tokio::test]
async fn a_code_holds_30_minutes() {
    for (minutes, seconds, status) in [(29, 59, 200), (30, 0, 410)] {
        let test = TestApp::start().await;
        let request = test.submit("kazteleport", &forms::access()).await;
        let code = test.code_of(&request).await;
        test.app.clock.advance(Duration::minutes(minutes) + Duration::seconds(seconds));
        let answer = test.confirm(&request, &code).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        if status == 410 {
            answer.problem(410, "code_expired");
            assert_eq!(resend(&test, &request).await, 202);
            let new = test.code_of(&request).await;
            test.confirm(&request, &new).await.expect(200);
        }
    }
}

#[tokio::test]
async fn five_wrong_tries_use_a_code_up_and_a_new_one_ends_the_old() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let code = test.code_of(&request).await;
    for left in [4, 3, 2, 1, 0] {
        let body = test.confirm(&request, &wrong(&code)).await.problem(422, "wrong_code");
        assert_eq!(body["tries_left"], left);
    }
    test.confirm(&request, &code).await.problem(410, "code_expired");
    assert_eq!(resend(&test, &request).await, 202);
    let new = test.code_of(&request).await;
    if new != code {
        test.confirm(&request, &code).await.problem(422, "wrong_code");
    }
    test.confirm(&request, &new).await.expect(200);
}

#[tokio::test]
async fn a_request_has_five_resends_and_fifteen_tries() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(resend(&test, &request).await);
    }
    assert_eq!(statuses, [202, 202, 202, 202, 202, 429]);
    let answer = test.post(&request.path("/confirm/resend"), Some(&request.token), &json!({})).await;
    answer.problem(429, "rate_limited");
    assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    let code = test.code_of(&request).await;
    test.confirm(&request, &code).await.expect(200);

    let request = test.submit("kazteleport", &forms::access()).await;
    for round in 0..3 {
        let code = test.code_of(&request).await;
        for _ in 0..5 {
            test.confirm(&request, &wrong(&code)).await.problem(422, "wrong_code");
        }
        test.confirm(&request, &wrong(&code)).await.problem(410, "code_expired");
        assert_eq!(resend(&test, &request).await, if round < 2 { 202 } else { 429 }, "{round}");
    }
    assert_eq!(stored(&test.database, &request.reference).code_tries, 15);
    // The reminders bring new codes, but no new tries.
    test.advance(Duration::days(1)).await;
    let code = test.code_of(&request).await;
    test.confirm(&request, &code).await.problem(410, "code_expired");
    assert_eq!(test.status_of(&request).await, "submitted");
}

#[tokio::test]
async fn parallel_wrong_guesses_count_each() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let code = test.code_of(&request).await;
    let guess = wrong(&code);
    let (one, two, three) =
        tokio::join!(test.confirm(&request, &guess), test.confirm(&request, &guess), test.confirm(&request, &guess));
    let mut left: Vec<Value> =
        [one, two, three].iter().map(|answer| answer.problem(422, "wrong_code")["tries_left"].clone()).collect();
    left.sort_by_key(Value::as_i64);
    assert_eq!(left, [2, 3, 4]);
    assert_eq!(stored(&test.database, &request.reference).code_tries, 3);
}

#[tokio::test]
async fn malformed_codes_are_wrong_codes_or_named_mistakes_and_never_more() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    for code in ["", "abc", "１２３４５６", "\u{0}\u{0}", "12345678901234567890"] {
        let answer = test.confirm(&request, code).await;
        assert_eq!(answer.status, 422, "{code}: {}", answer.text);
    }
    let answer = test.post(&request.path("/confirm"), Some(&request.token), &json!({"code": 123_456})).await;
    answer.invalid(&[("/code", "wrong_type")]);
    test.post(&request.path("/confirm"), Some(&request.token), &json!({})).await.invalid(&[("/code", "required")]);
}

#[tokio::test]
async fn confirming_in_a_later_status_marks_the_address_and_changes_nothing_else() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    for (action, body, status) in [
        ("verify", json!({"result": "confirmed", "method": "phone"}), "review"),
        ("verify", json!({"result": "not_confirmed", "method": "records"}), "approval"),
        ("dismiss", json!({"reason": "A test."}), "dismissed"),
    ] {
        let request = test.submit("kazteleport", &forms::access()).await;
        let code = test.code_of(&request).await;
        test.done(&desk.dpo, &request, action, body).await;
        let before = test.view(&desk.dpo, &request.reference).await;
        test.confirm(&request, &code).await.expect(200);
        let after = test.view(&desk.dpo, &request.reference).await;
        assert_eq!(after["status"], status);
        assert_ne!(after["email_confirmed_at"], Value::Null);
        assert_eq!(
            (&after["clocks"], &after["identity"], &after["outcome"]),
            (&before["clocks"], &before["identity"], &before["outcome"])
        );
    }
}

#[tokio::test]
async fn confirmed_identity_leads_to_review_also_from_a_question_and_tells_the_requester() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    for from in ["submitted", "verification"] {
        let request = test.brought_to(from, &desk, "kazteleport", &forms::access()).await;
        let body = json!({"result": "confirmed", "method": "records", "note": "As in the contract.",
            "checked": {"subject": true}});
        let view = test.done(&desk.dpo, &request, "verify", body).await;
        assert_eq!((&view["status"], &view["identity"]["confirmed"]), (&json!("review"), &json!(true)), "{from}");
        assert_eq!(
            (&view["identity"]["method"], &view["people"]["verifier"]["id"]),
            (&json!("records"), &json!(desk.dpo.id))
        );
    }
    let request = test.brought_to("verification", &desk, "kazteleport", &forms::access()).await;
    test.done(&desk.agent, &request, "ask", json!({"text": "Your date of birth, please?"})).await;
    let body = json!({"result": "confirmed", "method": "phone"});
    let view = test.done(&desk.agent, &request, "verify", body).await;
    assert_eq!(view["status"], "review");
    test.post(&request.path("/messages"), Some(&request.token), &json!({"text": "1 January"})).await.expect(201);
    assert_eq!(test.status_of(&request).await, "review", "what comes now is an addition");
    test.work().await;
    let mail = test.last_mail_to(forms::EMAIL);
    assert!(mail.subject.to_lowercase().contains("identity"), "{}", mail.subject);
}

#[tokio::test]
async fn identity_that_is_not_confirmed_proposes_a_refusal_with_a_letter_in_the_requesters_language() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    for (language, words) in [("kk", "бас тартамыз"), ("ru", "отказываем"), ("en", "We therefore refuse")]
    {
        let mut form = forms::access();
        form["language"] = json!(language);
        let request = test.brought_to("verification", &desk, "kazteleport", &form).await;
        let body = json!({"result": "not_confirmed", "method": "records"});
        let view = test.done(&desk.dpo, &request, "verify", body).await;
        assert_eq!((&view["status"], &view["outcome"]), (&json!("approval"), &json!("refused")));
        assert_eq!(view["answer"]["grounds"][0]["code"], "not_verified");
        assert!(view["answer"]["letter"].as_str().unwrap().contains(words), "{language}: {}", view["answer"]);
        assert_eq!(test.seen(&request).await["outcome"], Value::Null, "not told before it is approved");
        // The verifier counts as proposer.
        test.act(&desk.dpo, &request.reference, "approve", json!({})).await.problem(403, "four_eyes");
        let view = test.done(&desk.deputy, &request, "approve", json!({})).await;
        assert_eq!(view["status"], "answered");
        let answer = test.get(&request.path("/answer"), Some(&request.token)).await.expect(200);
        assert_eq!(answer["outcome"], "refused");
        assert!(answer["letter"].as_str().unwrap().contains(words));
        assert!(answer["grounds"][0]["citation"].as_str().is_some_and(|text| text.contains("37")), "{answer}");
    }
}

#[tokio::test]
async fn an_own_letter_goes_before_the_default_and_a_proposal_sent_back_is_verified_anew() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("verification", &desk, "kazteleport", &forms::access()).await;
    test.done(&desk.agent, &request, "ask", json!({"text": "Who are you?"})).await;
    let body = json!({"result": "not_confirmed", "method": "phone", "letter": "We could not reach you."});
    let view = test.done(&desk.agent, &request, "verify", body).await;
    assert_eq!(view["answer"]["letter"], "We could not reach you.");
    let view = test.done(&desk.dpo, &request, "send_back", json!({"text": "Call once more."})).await;
    assert_eq!((&view["status"], &view["outcome"]), (&json!("verification"), &Value::Null));
    let body = json!({"result": "confirmed", "method": "phone"});
    assert_eq!(test.done(&desk.agent, &request, "verify", body).await["status"], "review");
}

#[tokio::test]
async fn the_clocks_run_while_identity_is_checked_and_while_a_question_is_open() {
    let test = TestApp::start().await;
    let mut desk = test.desk("kazteleport").await;
    let request = test.brought_to("verification", &desk, "kazteleport", &forms::access()).await;
    let before = test.seen(&request).await["clocks"].clone();
    test.done(&desk.agent, &request, "ask", json!({"text": "Your contract number?"})).await;
    test.travel_to("2026-11-27T09:00").await;
    test.renew_desk(&mut desk).await;
    let view = test.view(&desk.agent, &request.reference).await;
    assert_eq!(clock_states(&view), ["claim_response running", "information running"]);
    assert_eq!(clock(&view, "information")["due_on"], clock(&json!({"clocks": before}), "information")["due_on"]);
    assert_eq!(view["flags"]["overdue"], true);
}
