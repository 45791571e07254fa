//! Policy 001: claims, courts and letters to Kazteleport.

use serde_json::{Value, json};

use crate::steps::{Desk, granted, refused_on};
use crate::support::{clock, forms};

#[tokio::test]
async fn clause_001_29() {
    let desk = Desk::open("kazteleport").await;
    let alone = desk.confirmed(&forms::of_kind("claim")).await;
    assert_eq!(desk.seen(&alone).await["kind"], "claim");
    let earlier = desk.confirmed(&forms::access()).await;
    let mut about = forms::of_kind("claim");
    about["claim"] = json!({"remedy": "an answer", "about": earlier.reference});
    let claim = desk.confirmed(&about).await;
    let view = desk.view(&claim.reference).await;
    assert_eq!(view["contents"]["claim"]["about"], earlier.reference.as_str());

    about["subject"]["iin"] = json!(forms::OTHER_IIN);
    desk.refused(&about, &[("/claim/about", "about_not_found")]).await;
    about["claim"] = json!({"remedy": "an answer", "about": "KTP-0000-0000-0"});
    desk.refused(&about, &[("/claim/about", "about_not_found")]).await;
    about["claim"] = Value::Null;
    desk.refused(&about, &[("/claim", "required")]).await;
}

#[tokio::test]
async fn clause_001_30() {
    let desk = Desk::open("kazteleport").await;
    let claim = desk.confirmed(&forms::of_kind("claim")).await;
    let outer = clock(&claim.receipt, "claim_response");
    assert_eq!((&outer["due_on"], &outer["due_at"]), (&json!("2026-12-23"), &json!("2026-12-23T19:00:00Z")));
    assert_eq!((&outer["basis"], &outer["started_at"]), (&json!("contract"), &claim.receipt["received_at"]));
    assert_eq!(outer["citation"], "clause 30 of the Privacy Policy of Kazteleport JSC");
    assert_eq!(claim.receipt["headline"], json!({"clock": "claim_response", "due_on": "2026-12-23"}));
    for kind in forms::KINDS.into_iter().filter(|kind| *kind != "claim") {
        let request = desk.test.submit("kazteleport", &forms::of_kind(kind)).await;
        let outer = clock(&request.receipt, "claim_response");
        assert_eq!((&outer["due_on"], &outer["basis"]), (&json!("2026-12-23"), &json!("policy")), "{kind}");
        assert_ne!(request.receipt["headline"]["clock"], "claim_response", "{kind}");
    }
    let elsewhere = desk.test.submit("citicom", &forms::of_kind("claim")).await;
    assert_eq!(clock(&elsewhere.receipt, "claim_response")["basis"], "policy");

    let answer = desk.answer(&claim, json!({"outcome": "granted", "letter": "We apologise."})).await;
    assert_eq!(answer["letter"], "We apologise.");
    let told = desk.test.last_mail_to(forms::EMAIL);
    assert!(told.subject.contains(&claim.reference) && told.subject.contains("answer is ready"), "{}", told.subject);
    let met = clock(&desk.seen(&claim).await, "claim_response")["state"].clone();
    assert_eq!(met, "met");
}

#[tokio::test]
async fn clause_001_31() {
    let desk = Desk::open("kazteleport").await;
    let refusal = desk.confirmed(&forms::access()).await;
    let grounds = refused_on(&[("access_limited_by_law", "It is about other people too.")]);
    let refusal = desk.answer(&refusal, grounds).await;
    let claim = desk.confirmed(&forms::of_kind("claim")).await;
    let claim = desk.answer(&claim, granted()).await;
    for letter in [refusal, claim] {
        let complain = letter["how_to_complain"].as_str().unwrap();
        assert!(complain.contains("a court in the city of Almaty"), "{complain}");
    }
}

/// To be seen: an e-mail that staff record counts from the moment when it was received. Mail is not taken in by itself yet.
#[tokio::test]
async fn clause_001_37_001_38_in_part() {
    let desk = Desk::open("kazteleport").await;
    let mut withdrawal = forms::of_kind("consent_withdrawal");
    withdrawal["withdrawal"] = json!({"scope": "all"});
    for form in [withdrawal, forms::access()] {
        let receipt = desk.record(form.clone(), "email", Some("2026-11-20T23:30")).await;
        assert_eq!(receipt["received_at"], "2026-11-20T18:30:00Z");
        let view = desk.view(receipt["reference"].as_str().unwrap()).await;
        assert_eq!((&view["channel"], &view["recorded_at"]), (&json!("email"), &json!("2026-11-23T05:00:00Z")));
        let (name, due_on) =
            if form["kind"] == "access" { ("information", "2026-11-25") } else { ("withdrawal", "2026-12-11") };
        assert_eq!(clock(&view, name)["due_on"], due_on);
    }
    let future = json!({"channel": "email", "received_at": "2026-11-24T00:00:00Z"});
    let mut form = forms::access();
    form.as_object_mut().unwrap().extend(future.as_object().unwrap().clone());
    let path = "/api/v1/staff/operators/kazteleport/requests";
    let refused = desk.test.post(path, Some(&desk.agent.token), &form).await;
    refused.invalid(&[("/received_at", "date_in_future")]);
}
