//! What stands in a mail, and what becomes of it when the requester has no mail address.

use std::collections::BTreeSet;

use otinish::domain::vocabulary::Role;
use otinish::mail::envelope::build;
use serde_json::{Value, json};

use crate::support::{TestApp, at, clock_states, code_in, forms};

fn on_paper() -> Value {
    let mut form = forms::access();
    let subject = form["subject"].as_object_mut().unwrap();
    subject.remove("email");
    subject.insert("postal_address".to_owned(), json!("Almaty, Abay avenue 1, flat 2"));
    form
}

#[tokio::test]
async fn a_requester_without_a_mail_address_gets_items_to_print_and_post_that_meet_no_clock() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let receipt = test.recorded(&agent, "citicom", on_paper(), json!({})).await;
    assert!(receipt.get("token").is_none(), "staff get no token of the requester");
    let reference = receipt["reference"].as_str().unwrap();
    test.prepared(&agent, reference).await;
    test.granted(&agent, &dpo, reference).await;
    test.work().await;
    let items = test.outbox(&dpo, "&state=to_post").await;
    let names: Vec<&str> = items.iter().rev().map(|item| item["mail"].as_str().unwrap()).collect();
    assert_eq!(names, ["receipt", "identity_confirmed", "work_started", "answer_ready"]);
    for item in &items {
        assert_eq!((&item["to"], &item["attempts"]), (&json!("requester"), &json!(0)));
        assert_eq!((&item["next_attempt_at"], &item["sent_at"]), (&Value::Null, &Value::Null));
    }
    let view = test.view(&dpo, reference).await;
    assert_eq!(view["status"], "answered");
    assert_eq!(clock_states(&view), ["claim_response running", "information running"], "nobody has the answer yet");
    assert_eq!(view["headline"], json!({"clock": "information", "due_on": "2026-11-26"}));
    assert!(test.mails().iter().all(|mail| mail.to.ends_with("@staff.example.kz")));
    let path = format!("/api/v1/staff/outbox/{}/resend", items[0]["id"].as_str().unwrap());
    test.post(&path, Some(&dpo.token), &json!({})).await.problem(409, "invalid_transition");
    // The clock is still watched.
    test.take_mails();
    test.travel_to("2026-11-27T00:00").await;
    assert!(test.take_mails().iter().any(|mail| mail.subject.ends_with("overdue")));
}

#[tokio::test]
async fn what_goes_to_a_representative_goes_to_their_address() {
    let test = TestApp::start().await;
    let mut form = forms::access();
    form["subject"].as_object_mut().unwrap().remove("email");
    form["submitted_by"] = json!({
        "capacity": "representative", "full_name": "Марат Сәрсенов", "email": "marat@mail.example.kz",
        "authority": "parent",
        "document": {"type": "birth certificate", "number": "123", "date": "2010-05-01", "issuer": "registry"}
    });
    let request = test.submit("citicom", &form).await;
    test.work().await;
    let mail = test.last_mail_to("marat@mail.example.kz");
    assert!(!mail.text.contains("Марат") && !mail.text.contains("Айгүл"));
    let code = json!({"code": code_in(&mail.text)});
    test.post(&request.path("/confirm"), Some(&request.token), &code).await.expect(200);
}

/// All mails of a request that goes through questions, a block, a refusal, in one language.
async fn all_mails(language: &str) -> (TestApp, String) {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let mut form = forms::of_kind("blocking");
    form["language"] = json!(language);
    form["details"] = json!("My neighbour Bolat was told my salary.");
    let request = test.submit_confirmed("kazteleport", &form).await;
    let reference = request.reference.clone();
    test.done_later(&dpo, &reference, "assign", json!({"assignee": agent.id})).await;
    test.done_later(&agent, &reference, "ask", json!({"text": "Which salary do you mean?"})).await;
    let reply = json!({"text": "That of the year 2025."});
    test.post(&request.path("/messages"), Some(&request.token), &reply).await.expect(201);
    test.done_later(&agent, &reference, "verify", json!({"result": "confirmed", "method": "records"})).await;
    test.done_later(&agent, &reference, "start", json!({})).await;
    test.done_later(&dpo, &reference, "dismiss_violation", json!({})).await;
    test.done_later(&dpo, &reference, "unblock", json!({"reason": "Nothing of the kind happened."})).await;
    test.done_later(&agent, &reference, "block", json!({"reason": "One more look."})).await;
    test.refused(&agent, &dpo, &reference).await;
    test.work().await;
    let cancelled = test.submit("kazteleport", &form).await;
    test.post(&cancelled.path("/cancel"), Some(&cancelled.token), &json!({"reason": "Bolat"})).await.expect(200);
    test.work().await;
    (test, reference)
}

#[tokio::test]
async fn a_mail_holds_dates_and_a_link_but_no_name_and_no_contents() {
    for language in ["kk", "ru", "en"] {
        let (test, reference) = all_mails(language).await;
        let mails = test.mails();
        let requesters: Vec<_> = mails.iter().filter(|mail| mail.to == forms::EMAIL).collect();
        assert!(requesters.len() >= 9, "{language}: {}", requesters.len());
        let ids: BTreeSet<&str> = mails.iter().map(|mail| mail.message_id.as_str()).collect();
        assert_eq!(ids.len(), mails.len(), "Message-IDs are unique");
        for mail in &mails {
            let all = format!("{} {} {}", mail.subject, mail.text, mail.html);
            for secret in [
                "Айгүл",
                "Сәрсенова",
                forms::IIN,
                "7010000000",
                "Bolat",
                "salary",
                "2025",
                "of the kind",
                "One more look",
            ] {
                assert!(!all.contains(secret), "{language}: {secret} in {all}");
            }
            assert!(!mail.subject.contains('@') && mail.subject.contains("KTP-"), "{}", mail.subject);
            assert!(!mail.subject.bytes().any(|byte| byte.is_ascii_control()));
            assert_eq!(mail.reply_to.as_deref(), Some("marketing@kazteleport.kz"));
            assert_eq!(mail.from_address, "no-reply@otinish.example.kz");
            assert!(mail.message_id.ends_with("@otinish.example.kz"));
            assert!(mail.text.lines().all(|line| line.chars().count() <= 78 || line.contains("http")), "{}", mail.text);
            assert!(!mail.text.contains("{$") && !mail.text.contains("mail-") && !mail.html.contains("mail-staff"));
            assert!(!mail.html.contains("<script") && !mail.html.contains("src="), "a mail loads nothing");
            let bytes = build(mail).unwrap().formatted();
            let head = String::from_utf8(bytes).unwrap().split("\r\n\r\n").next().unwrap().to_owned();
            assert!(head.contains("Auto-Submitted: auto-generated"), "{head}");
            assert!(head.contains("multipart/alternative"), "{head}");
        }
        let other = |mail: &str| mail.lines().any(|line| line.contains("?token="));
        for mail in requesters {
            assert_eq!(mail.language, language);
            assert!(mail.html.contains(&format!("lang=\"{language}\"")), "{}", mail.html);
            assert!(mail.text.contains("https://requests.example.kz/requests/KTP-") || !other(&mail.text));
        }
        let to_staff = mails.iter().filter(|mail| mail.to.ends_with("@staff.example.kz"));
        for mail in to_staff {
            assert!(!other(&mail.text) && !mail.html.contains("token="), "the requester's secret is the requester's");
            assert_eq!(mail.language, "en", "to staff in theirs");
            assert!(mail.text.contains("/staff/requests/KTP-"));
        }
        assert!(mails.iter().any(|mail| mail.subject.contains(&reference)));
    }
}

#[tokio::test]
async fn a_receipt_proves_the_filing_when_what_and_until_when() {
    let test = TestApp::start_at("2026-11-23T23:58").await;
    let request = test.submit("citicom", &forms::access()).await;
    test.work().await;
    let mail = test.last_mail_to(forms::EMAIL);
    let flat = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(mail.subject, format!("{}: request received, please confirm your address", request.reference));
    for fact in ["23 November 2026", "23:58", "26 November 2026", "23 December 2026", "No copy of an identity document"]
    {
        assert!(flat.contains(fact), "{fact}: {flat}");
    }
    let code = code_in(&mail.text);
    let place = mail.text.find(&code).unwrap();
    let around = &mail.text[place - 2..place + 8];
    assert_eq!(around, format!("\n\n{code}\n\n").get(..10).unwrap_or_default(), "alone: {around:?}");
    assert!(mail.html.contains(&code));
    let page = format!("https://requests.example.kz/requests/{}", request.reference);
    let link = format!("{page}?token={}&code={code}", request.token);
    assert!(mail.text.lines().any(|line| line.trim() == link), "{}", mail.text);
}

#[tokio::test]
async fn no_mail_promises_a_date_that_is_over() {
    let test = TestApp::start_at("2026-11-23T10:00").await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let reference = test.submit_confirmed("citicom", &forms::access()).await.reference;
    test.app.clock.set(at("2026-12-02T10:00"));
    test.done_later(&agent, &reference, "assign", json!({"assignee": "me"})).await;
    test.done_later(&agent, &reference, "verify", json!({"result": "confirmed", "method": "records"})).await;
    test.work().await;
    let mail = test.last_mail_to(forms::EMAIL);
    assert!(!mail.text.contains("26 November"), "{}", mail.text);
    assert!(mail.text.contains("23 December 2026"), "the outer limit still holds: {}", mail.text);
}
