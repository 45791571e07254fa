//! Every mistake that a form can hold is named at its field, in the caller's language.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::journey::rows;
use crate::support::{TestApp, forms};

const KTP: &str = "/api/v1/operators/kazteleport/requests";

/// Puts `value` at a JSON pointer; its parents must be there.
fn with(mut form: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    form.pointer_mut(parent).unwrap()[name] = value;
    form
}

fn without(mut form: Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    form.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
    form
}

fn by_representative() -> Value {
    with(
        forms::access(),
        "/submitted_by",
        json!({
            "capacity": "representative", "full_name": "Дамир Ахметов", "email": "damir@mail.example.kz",
            "authority": "power_of_attorney",
            "document": {"type": "power of attorney", "number": "12-3", "date": "2026-01-15", "valid_until": "2027-01-15"},
        }),
    )
}

fn mistakes() -> Vec<(Value, &'static str, &'static str)> {
    let access = forms::access;
    let subject = |field: &str, value: Value| with(forms::access(), &format!("/subject/{field}"), value);
    let correction = |value: Value| with(forms::of_kind("correction"), "/corrections", value);
    let withdrawal = |value: Value| with(forms::of_kind("consent_withdrawal"), "/withdrawal", value);
    let document =
        |field: &str, value: Value| with(by_representative(), &format!("/submitted_by/document/{field}"), value);
    vec![
        (with(access(), "/kind", json!("erasure")), "/kind", "not_one_of"),
        (without(access(), "/kind"), "/kind", "required"),
        (without(access(), "/subject"), "/subject", "required"),
        (without(access(), "/submitted_by"), "/submitted_by", "required"),
        (with(access(), "/language", json!("de")), "/language", "not_one_of"),
        (with(access(), "/service", json!("kazteleport.com")), "/service", "unknown_service"),
        (with(access(), "/details", json!("x".repeat(10_001))), "/details", "too_long"),
        (with(access(), "/details", json!("a\u{7}b")), "/details", "control_character"),
        (with(access(), "/details", json!("a\u{202e}b")), "/details", "bidi_character"),
        (with(access(), "/grounds", json!(["own_wish"])), "/grounds/0", "own_wish_only_for_deletion"),
        (with(access(), "/grounds", json!(["because"])), "/grounds/0", "not_one_of"),
        (with(access(), "/published_at", json!(["ftp://example.kz/x"])), "/published_at/0", "invalid_url"),
        (with(access(), "/published_at", json!(["https://example.kz/a b"])), "/published_at/0", "invalid_url"),
        (with(access(), "/published_at", json!(vec!["https://example.kz/a"; 51])), "/published_at", "too_many"),
        (with(access(), "/nickname", json!("x")), "/nickname", "unknown_field"),
        (subject("nickname", json!("x")), "/subject/nickname", "unknown_field"),
        (without(access(), "/subject/full_name"), "/subject/full_name", "required"),
        (subject("full_name", json!("  ")), "/subject/full_name", "required"),
        (subject("full_name", json!("R2 D2")), "/subject/full_name", "name_format"),
        (subject("full_name", json!("Айгүл\nСәрсенова")), "/subject/full_name", "control_character"),
        (subject("full_name", json!("Айгүл\u{202e}Сәрсенова")), "/subject/full_name", "bidi_character"),
        (subject("full_name", json!("Ай\u{200b}гүл")), "/subject/full_name", "invisible_character"),
        (subject("full_name", json!("А".repeat(201))), "/subject/full_name", "too_long"),
        (subject("full_name", json!(7)), "/subject/full_name", "wrong_type"),
        (subject("iin", json!("90010140002")), "/subject/iin", "iin_format"),
        (subject("iin", json!("900101400024")), "/subject/iin", "iin_checksum"),
        (subject("iin", json!(900_101_400_023_i64)), "/subject/iin", "wrong_type"),
        (subject("birth_date", json!("1990-01-02")), "/subject/birth_date", "iin_birth_date_differs"),
        (without(access(), "/subject/email"), "/subject/email", "required"),
        (subject("email", json!("aigul@mail")), "/subject/email", "email_format"),
        (subject("email", json!("аigul@mail.example.kz")), "/subject/email", "email_not_latin"),
        (subject("phone", json!("12345")), "/subject/phone", "phone_format"),
        (subject("phone", json!("+7701000000a")), "/subject/phone", "phone_format"),
        (subject("bin", json!("900101400023")), "/subject/bin", "bin_is_iin"),
        (subject("bin", json!("1")), "/subject/bin", "bin_format"),
        (subject("postal_address", json!("x".repeat(501))), "/subject/postal_address", "too_long"),
        (subject("other_id", json!({"type": "passport", "country": "DE"})), "/subject/other_id/number", "required"),
        (
            subject("other_id", json!({"type": "passport", "country": "Germany", "number": "1"})),
            "/subject/birth_date",
            "required",
        ),
        (with(access(), "/submitted_by/capacity", json!("friend")), "/submitted_by/capacity", "not_one_of"),
        (with(access(), "/submitted_by/full_name", json!("Дамир")), "/submitted_by/full_name", "capacity_not_allowed"),
        (without(by_representative(), "/submitted_by/email"), "/submitted_by/email", "required"),
        (without(by_representative(), "/submitted_by/full_name"), "/submitted_by/full_name", "required"),
        (without(by_representative(), "/submitted_by/authority"), "/submitted_by/authority", "required"),
        (without(by_representative(), "/submitted_by/document"), "/submitted_by/document", "required"),
        (document("type", Value::Null), "/submitted_by/document/type", "required"),
        (document("number", Value::Null), "/submitted_by/document/number", "required"),
        (document("date", Value::Null), "/submitted_by/document/date", "required"),
        (document("date", json!("2026-11-24")), "/submitted_by/document/date", "date_in_future"),
        (document("date", json!("2026-02-30")), "/submitted_by/document/date", "date_format"),
        (document("valid_until", json!("2026-11-22")), "/submitted_by/document/valid_until", "expired_document"),
        (without(forms::of_kind("correction"), "/corrections"), "/corrections", "required"),
        (correction(json!([])), "/corrections", "required"),
        (correction(json!([{"field": "phone"}])), "/corrections/0/desired", "required"),
        (correction(json!([{"field": " ", "desired": "x"}])), "/corrections/0/field", "required"),
        (correction(json!([{"field": "a", "desired": "b\u{0}"}])), "/corrections/0/desired", "control_character"),
        (without(forms::of_kind("blocking"), "/grounds"), "/grounds", "needs_ground"),
        (with(forms::of_kind("blocking"), "/grounds", json!(["own_wish"])), "/grounds/0", "own_wish_only_for_deletion"),
        (with(forms::of_kind("deletion"), "/grounds", json!([])), "/grounds", "needs_ground"),
        (
            with(forms::of_kind("deletion"), "/deletion", json!({"desired_result": "burn"})),
            "/deletion/desired_result",
            "not_one_of",
        ),
        (
            with(forms::of_kind("deletion"), "/deletion", json!({"data_categories": ["shoes"]})),
            "/deletion/data_categories/0",
            "unknown_category",
        ),
        (without(forms::of_kind("consent_withdrawal"), "/withdrawal"), "/withdrawal", "required"),
        (withdrawal(json!({"scope": "some"})), "/withdrawal/scope", "not_one_of"),
        (withdrawal(json!({"scope": "purposes"})), "/withdrawal/purposes", "required"),
        (withdrawal(json!({"scope": "purposes", "purposes": ["fun"]})), "/withdrawal/purposes/0", "unknown_purpose"),
        (withdrawal(json!({"scope": "all", "purposes": ["news"]})), "/withdrawal/purposes", "part_of_another_kind"),
        (withdrawal(json!({"scope": "all", "device": "x"})), "/withdrawal/device", "part_of_another_kind"),
        (without(forms::of_kind("objection"), "/objection"), "/objection", "required"),
        (with(forms::of_kind("objection"), "/objection/to", json!("")), "/objection/to", "required"),
        (without(forms::of_kind("claim"), "/claim"), "/claim", "required"),
        (with(forms::of_kind("claim"), "/claim", json!({"about": "x"})), "/claim/remedy", "required"),
    ]
}

#[tokio::test]
async fn each_mistake_is_named_at_its_field_in_three_languages_and_nothing_is_stored() {
    let test = TestApp::start().await;
    let before = rows(&test.database);
    for (form, pointer, code) in mistakes() {
        let mut messages = BTreeSet::new();
        for language in ["kk", "ru", "en"] {
            let answer = test.call(Method::POST, KTP, None, Some(&form), &[("Accept-Language", language)]).await;
            let body = answer.problem(422, "validation_failed");
            assert_eq!(answer.header("content-language"), Some(language));
            let errors = body["errors"].as_array().unwrap();
            let found = errors.iter().find(|error| error["pointer"] == pointer && error["code"] == code);
            let message =
                found.unwrap_or_else(|| panic!("{pointer} {code}: {}", answer.text))["message"].as_str().unwrap();
            assert!(!message.is_empty() && !message.contains("field-") && !message.contains('{'), "{message}");
            assert!(messages.insert(message.to_owned()), "the same text in two languages: {message}");
        }
    }
    assert_eq!(rows(&test.database), before);
    assert!(test.mails().is_empty());
}

#[tokio::test]
async fn all_mistakes_are_told_at_once_and_none_repeats_what_was_typed() {
    let test = TestApp::start().await;
    let mut form = forms::of_kind("deletion");
    form["service"] = json!("secret-service");
    form["subject"] =
        json!({"full_name": "Zorro1", "iin": "900101400099", "email": "zorro@@example", "phone": "zorro"});
    form["grounds"] = json!([]);
    let answer = test.post(KTP, None, &form).await;
    answer.invalid(&[
        ("/service", "unknown_service"),
        ("/grounds", "needs_ground"),
        ("/subject/full_name", "name_format"),
        ("/subject/iin", "iin_checksum"),
        ("/subject/email", "email_format"),
        ("/subject/phone", "phone_format"),
    ]);
    for typed in ["secret-service", "Zorro", "zorro", "900101400099"] {
        assert!(!answer.text.contains(typed), "{typed}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_part_of_another_kind_is_an_error_for_every_pair() {
    let test = TestApp::start().await;
    let parts = [
        ("correction", "corrections"),
        ("deletion", "deletion"),
        ("consent_withdrawal", "withdrawal"),
        ("objection", "objection"),
        ("claim", "claim"),
    ];
    for kind in forms::KINDS {
        for (of_kind, part) in parts.into_iter().filter(|(of_kind, _)| *of_kind != kind) {
            let mut form = forms::of_kind(kind);
            form[part] = match part {
                "deletion" => json!({"desired_result": "anonymise"}),
                _ => forms::of_kind(of_kind)[part].clone(),
            };
            let pointer = format!("/{part}");
            test.post(KTP, None, &form).await.invalid(&[(&pointer, "part_of_another_kind")]);
        }
        let mut form = forms::of_kind(kind);
        form["grounds"] = json!(["inaccurate"]);
        form["details"] = json!("Бәрі осында.");
        form["published_at"] = json!(["https://forum.example.kz/t/1"]);
        test.submit("kazteleport", &form).await;
    }
}

#[tokio::test]
async fn own_wish_is_a_ground_of_deletion_at_every_operator() {
    let test = TestApp::start().await;
    let mut form = forms::of_kind("deletion");
    form["grounds"] = json!(["own_wish"]);
    for operator in ["kazteleport", "digital-rocket", "citicom", "aitu-sauda", "demo"] {
        let receipt = test.submit(operator, &form).await.receipt;
        let destruction = crate::support::clock(&receipt, "destruction");
        assert_eq!((&destruction["basis"], &destruction["state"]), (&json!("policy"), &json!("waiting")), "{operator}");
    }
    form["deletion"] = json!({"desired_result": "restrict", "data_categories": ["phone", "email"]});
    test.submit("kazteleport", &form).await;
}

#[tokio::test]
async fn a_body_for_the_public_form_cannot_claim_the_rights_of_staff() {
    let test = TestApp::start().await;
    for (field, value) in [
        ("received_at", json!("2020-01-01T00:00:00Z")),
        ("channel", json!("paper")),
        ("identity_confirmed", json!(true)),
    ] {
        let mut form = forms::access();
        form[field] = value;
        let pointer = format!("/{field}");
        test.post(KTP, None, &form).await.invalid(&[(&pointer, "unknown_field")]);
    }
    let mut form = forms::access();
    form["submitted_by"] = json!({"capacity": "authorised_body", "email": "body@example.kz", "document": {"number": "1", "date": "2026-11-20"}});
    test.post(KTP, None, &form).await.invalid(&[("/submitted_by/capacity", "capacity_not_allowed")]);
}
