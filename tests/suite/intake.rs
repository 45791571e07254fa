//! A request comes in: each kind with its part, each person, each channel.

use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::support::{TestApp, clock, clock_states, forms};

const KTP: &str = "/api/v1/operators/kazteleport/requests";

#[tokio::test]
async fn each_kind_with_its_part_gets_a_receipt_with_its_deadlines() {
    let test = TestApp::start().await;
    let expected = [
        ("access", "information", "2026-11-26", vec!["claim_response running", "information running"]),
        (
            "correction",
            "document_request",
            "2026-11-24",
            vec!["claim_response running", "document_request running", "correction waiting"],
        ),
        (
            "blocking",
            "blocking",
            "2026-11-24",
            vec!["claim_response running", "blocking running", "unblocking waiting"],
        ),
        (
            "deletion",
            "deletion_decision",
            "2026-11-26",
            vec!["claim_response running", "deletion_decision running", "destruction waiting"],
        ),
        ("consent_withdrawal", "withdrawal", "2026-12-14", vec!["claim_response running", "withdrawal running"]),
        ("objection", "objection", "2026-11-26", vec!["claim_response running", "objection running"]),
        ("claim", "claim_response", "2026-12-23", vec!["claim_response running"]),
    ];
    for (kind, headline, due_on, mut clocks) in expected {
        let mut form = forms::of_kind(kind);
        if kind == "correction" {
            form["corrections"] = json!([{"field": "address", "desired": "Almaty, Abay 1"}]);
        }
        let answer = test.post(KTP, None, &form).await;
        let receipt = answer.expect(201);
        let reference = receipt["reference"].as_str().unwrap();
        assert!(reference.starts_with("KTP-") && reference.len() == 15, "{reference}");
        assert_eq!(answer.header("location"), Some(format!("/api/v1/requests/{reference}").as_str()));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let mut members: Vec<&str> = receipt.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        assert_eq!(members, ["clocks", "headline", "kind", "received_at", "reference", "status", "token"], "{kind}");
        assert_eq!((&receipt["kind"], &receipt["status"]), (&json!(kind), &json!("submitted")));
        assert_eq!(receipt["received_at"], "2026-11-23T05:00:00Z");
        assert_eq!(receipt["headline"], json!({"clock": headline, "due_on": due_on}), "{kind}");
        let mut found = clock_states(&receipt);
        found.sort();
        clocks.sort_unstable();
        assert_eq!(found, clocks, "{kind}");
        let outer = clock(&receipt, "claim_response");
        assert_eq!(outer["basis"], if kind == "claim" { "contract" } else { "policy" });
        assert_eq!((&outer["started_at"], &outer["met_at"]), (&receipt["received_at"], &Value::Null));
        assert_eq!((&outer["due_on"], &outer["due_at"]), (&json!("2026-12-23"), &json!("2026-12-23T19:00:00Z")));
        for member in ["certainty", "citation", "explanation"] {
            assert!(outer[member].as_str().is_some_and(|text| !text.is_empty()), "{kind}: {member}: {outer}");
        }
        let token = receipt["token"].as_str().unwrap();
        let view = test.get(&format!("/api/v1/requests/{reference}"), Some(token)).await.expect(200);
        assert_eq!((&view["clocks"], &view["operator"]), (&receipt["clocks"], &json!("kazteleport")));
    }
}

#[tokio::test]
async fn what_is_typed_is_brought_into_one_form() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let mut form = forms::access();
    form["subject"] = json!({
        "full_name": "  Е\u{308}лкина   А\u{301}нна ", "iin": "900101 400-023", "email": "Anna@MAIL.example.kz",
        "phone": "8 (701) 000-00-00", "postal_address": " Almaty,  Abay 1 ",
    });
    form["details"] = json!("first line  \r\nsecond line\n\n");
    form["grounds"] = json!(["inaccurate", "inaccurate", "outdated"]);
    let request = test.submit("kazteleport", &form).await;
    let view = test.view(&dpo, &request.reference).await;
    let subject = &view["subject"];
    assert_eq!(subject["full_name"], "Ёлкина А\u{301}нна");
    assert_eq!(subject["iin"], "900101400023");
    assert_eq!(subject["phone"], "+77010000000");
    assert_eq!(subject["email"], "Anna@mail.example.kz");
    assert_eq!(subject["postal_address"], "Almaty, Abay 1");
    assert_eq!(view["contents"]["details"], "first line\nsecond line");
    assert_eq!(view["grounds"], json!(["inaccurate", "outdated"]));
    assert_eq!(view["service"], "all");
}

#[tokio::test]
async fn one_word_and_every_alphabet_of_the_country_make_a_name() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
    for name in ["Сұлтан", "Əсел Қуанышқызы", "Anna-Maria O’Neill", "Әбілқайыр Һ.", "İpek Şahin"]
    {
        let mut form = forms::access();
        form["subject"]["full_name"] = json!(name);
        let request = test.submit("kazteleport", &form).await;
        assert_eq!(test.view(&dpo, &request.reference).await["subject"]["full_name"], name);
    }
}

#[tokio::test]
async fn the_language_of_the_form_goes_before_that_of_the_browser() {
    let test = TestApp::start().await;
    for (in_form, in_header, expected) in [
        (Some("kk"), "ru", "kk"),
        (None, "kk-KZ,kk;q=0.9,en;q=0.8", "kk"),
        (None, "de,en;q=0.5", "en"),
        (None, "de", "ru"),
    ] {
        let mut form = forms::access();
        form.as_object_mut().unwrap().remove("language");
        if let Some(language) = in_form {
            form["language"] = json!(language);
        }
        let headers = [("Accept-Language", in_header)];
        let receipt = test.call(reqwest::Method::POST, KTP, None, Some(&form), &headers).await.expect(201);
        let path = format!("/api/v1/requests/{}", receipt["reference"].as_str().unwrap());
        let view = test.get(&path, receipt["token"].as_str()).await.expect(200);
        assert_eq!(view["language"], expected, "{in_header}");
        test.work().await;
        assert_eq!(test.last_mail_to(forms::EMAIL).language, expected);
    }
}

#[tokio::test]
async fn a_foreigner_gives_birth_date_and_document_instead_of_an_iin() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "demo").await;
    let path = "/api/v1/operators/demo/requests";
    let mut form = forms::access();
    form["subject"].as_object_mut().unwrap().remove("iin");
    test.post(path, None, &form).await.invalid(&[("/subject/iin", "needs_identifier")]);
    form["subject"]["other_id"] = json!({"type": "passport", "country": "de", "number": "c01x0006h"});
    test.post(path, None, &form).await.invalid(&[("/subject/birth_date", "required")]);
    form["subject"]["birth_date"] = json!("1980-02-29");
    let request = test.submit("demo", &form).await;
    let subject = test.view(&dpo, &request.reference).await["subject"].clone();
    assert_eq!(subject["other_id"], json!({"type": "passport", "country": "DE", "number": "C01X0006H"}));
    assert_eq!((&subject["birth_date"], &subject["iin"]), (&json!("1980-02-29"), &Value::Null));
}

#[tokio::test]
async fn a_representative_of_a_child_gets_the_mails_and_the_child_needs_no_address() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let form = json!({
        "kind": "access", "language": "en",
        "subject": {"full_name": "Дана Сәрсенова", "birth_date": "2019-05-01"},
        "submitted_by": {
            "capacity": "representative", "full_name": "Айгүл Сәрсенова", "email": "mother@mail.example.kz",
            "authority": "parent",
            "document": {"type": "birth certificate", "number": "0123", "date": "2019-05-10", "issuer": "Almaty"},
        },
    });
    let request = test.submit_confirmed("kazteleport", &form).await;
    assert!(
        test.mails().iter().all(|mail| mail.to == "mother@mail.example.kz" || mail.to.ends_with("staff.example.kz"))
    );
    let view = test.view(&dpo, &request.reference).await;
    assert_eq!(view["status"], "verification");
    assert_eq!(view["submitted_by"]["authority"], "parent");
    assert_eq!(view["submitted_by"]["document"]["number"], "0123");
    assert_eq!(view["subject"]["email"], Value::Null);
}

#[tokio::test]
async fn a_cookie_withdrawal_needs_a_contact_only_and_goes_straight_to_review() {
    let test = TestApp::start().await;
    let mut form = json!({
        "kind": "consent_withdrawal", "language": "en",
        "subject": {"email": forms::EMAIL}, "submitted_by": {"capacity": "subject"},
        "withdrawal": {"scope": "cookies", "cookie_categories": ["analytics", "marketing"], "device": "_ga=GA1.2.3"},
    });
    let request = test.submit_confirmed("kazteleport", &form).await;
    let view = test.get(&request.path(""), Some(&request.token)).await.expect(200);
    assert_eq!(view["status"], "review");
    assert_eq!(view["edition"], "cookies-first-seen");
    form["withdrawal"]["cookie_categories"] = json!(["required", "chocolate"]);
    test.post(KTP, None, &form).await.invalid(&[
        ("/withdrawal/cookie_categories/1", "unknown_cookie_category"),
        ("/withdrawal/cookie_categories/0", "cookie_category_required"),
    ]);
    form["withdrawal"] = json!({"scope": "all"});
    test.post(KTP, None, &form).await.invalid(&[("/subject/full_name", "required")]);
}

#[tokio::test]
async fn a_claim_skips_verification_only_where_the_profile_says_that_mail_is_enough() {
    let test = TestApp::start().await;
    for (operator, expected) in [("demo", "review"), ("kazteleport", "verification")] {
        let request = test.submit_confirmed(operator, &forms::of_kind("claim")).await;
        assert_eq!(test.status_of(&request).await, expected, "{operator}");
        let request = test.submit_confirmed(operator, &forms::access()).await;
        assert_eq!(test.status_of(&request).await, "verification", "{operator}");
    }
}

#[tokio::test]
async fn an_acknowledgement_is_asked_for_where_the_profile_wants_it_and_ignored_elsewhere() {
    let test = TestApp::start().await;
    let mut form = forms::of_kind("consent_withdrawal");
    test.submit("kazteleport", &form).await;
    test.submit("demo", &form).await;
    form.as_object_mut().unwrap().remove("acknowledged");
    test.submit("kazteleport", &form).await;
    let path = "/api/v1/operators/demo/requests";
    test.post(path, None, &form).await.invalid(&[("/acknowledged", "acknowledgement_needed")]);
    form["acknowledged"] = json!(["whatever"]);
    test.post(KTP, None, &form).await.invalid(&[("/acknowledged/0", "not_one_of")]);
    form.as_object_mut().unwrap().remove("acknowledged");
    form["withdrawal"] = json!({"scope": "cookies"});
    test.submit("demo", &form).await;
}

#[tokio::test]
async fn a_reference_is_understood_in_lower_case_and_in_cyrillic_look_alikes() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let look_alikes: String = request
        .reference
        .chars()
        .map(|letter| match letter {
            'A' => 'А',
            'B' => 'В',
            'C' => 'С',
            'E' => 'Е',
            'H' => 'Н',
            'K' => 'К',
            'M' => 'М',
            'P' => 'Р',
            'T' => 'Т',
            'X' => 'Х',
            '0' => 'О',
            '3' => 'З',
            other => other,
        })
        .collect();
    assert_ne!(look_alikes, request.reference);
    for typed in [
        look_alikes,
        request.reference.to_lowercase(),
        request.reference.replace('-', ""),
        request.reference.replace('-', " – "),
    ] {
        let view = test.get(&format!("/api/v1/requests/{typed}"), Some(&request.token)).await.expect(200);
        assert_eq!(view["reference"], request.reference.as_str(), "{typed}");
    }
}

#[tokio::test]
async fn a_claim_may_be_about_an_earlier_request_of_the_same_person_at_this_operator_only() {
    let test = TestApp::start().await;
    let earlier = test.submit("kazteleport", &forms::access()).await;
    let elsewhere = test.submit("demo", &forms::access()).await;
    let mut other = forms::access();
    other["subject"]["iin"] = json!(forms::OTHER_IIN);
    let of_somebody = test.submit("kazteleport", &other).await;
    let mut claim = forms::of_kind("claim");
    claim["claim"]["about"] = json!(earlier.reference.to_lowercase());
    test.submit("kazteleport", &claim).await;
    let mut bodies = Vec::new();
    for about in [elsewhere.reference.as_str(), &of_somebody.reference, "KTP-0000-0000-0", "nonsense"] {
        claim["claim"]["about"] = json!(about);
        let mut body = test.post(KTP, None, &claim).await.invalid(&[("/claim/about", "about_not_found")]);
        body.as_object_mut().unwrap().remove("trace_id");
        bodies.push(body);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "one and the same answer, whether it exists or not");
}
