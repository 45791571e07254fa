//! The same person asks the same thing again: staff are told, the requester is not.

use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::support::{Member, Submitted, TestApp, forms};

async fn flag(test: &TestApp, member: &Member, request: &Submitted) -> Value {
    let view = test.view(member, &request.reference).await;
    let earlier = view["possible_duplicate_of"].clone();
    assert_eq!(view["flags"]["possible_duplicate"], !earlier.is_null());
    earlier
}

fn person(name: &str, iin: Option<&str>, email: &str, phone: Option<&str>) -> Value {
    let mut form = forms::access();
    form["subject"] = json!({"full_name": name, "email": email});
    if let Some(iin) = iin {
        form["subject"]["iin"] = json!(iin);
    }
    if let Some(phone) = phone {
        form["subject"]["phone"] = json!(phone);
    }
    form
}

#[tokio::test]
async fn the_same_person_is_found_by_iin_by_contact_and_in_either_spelling() {
    let cases = [
        ("by IIN", person("Any Name", Some(forms::IIN), "other@mail.example.kz", None), true),
        ("by mail and name", person("Айгүл Сәрсенова", None, "AIGUL@mail.example.kz", None), true),
        ("name the other way round", person("Сәрсенова Айгүл", None, forms::EMAIL, None), true),
        ("Latin ə for ә", person("Айгүл С\u{259}рсенова", None, forms::EMAIL, None), true),
        ("by phone and name", person("айгүл сәрсенова", None, "x@mail.example.kz", Some("8 701 000 00 00")), true),
        ("another IIN", person("Айгүл Сәрсенова", Some(forms::OTHER_IIN), forms::EMAIL, None), false),
        ("another name", person("Дамир Ахметов", None, forms::EMAIL, None), false),
        ("another contact", person("Айгүл Сәрсенова", None, "x@mail.example.kz", None), false),
    ];
    for (what, form, expected) in cases {
        let test = TestApp::start().await;
        let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
        let first = test.submit("kazteleport", &forms::access()).await;
        let second = test.submit("kazteleport", &form).await;
        let found = flag(&test, &dpo, &second).await;
        assert_eq!(found, if expected { json!(first.reference) } else { Value::Null }, "{what}");
        assert_eq!(flag(&test, &dpo, &first).await, Value::Null, "the first is no duplicate");
    }
}

#[tokio::test]
async fn another_kind_another_operator_and_a_closed_request_make_no_duplicate() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let first = test.submit("kazteleport", &forms::access()).await;
    test.submit("demo", &forms::access()).await;
    let other_kind = test.submit("kazteleport", &forms::of_kind("objection")).await;
    assert_eq!(flag(&test, &dpo, &other_kind).await, Value::Null);
    let elsewhere = test.submit("citicom", &forms::access()).await;
    let at_citicom = test.staff("citicom", Role::Dpo, "citicom").await;
    assert_eq!(flag(&test, &at_citicom, &elsewhere).await, Value::Null);
    test.post(&first.path("/cancel"), Some(&first.token), &json!({})).await.expect(200);
    let later = test.submit("kazteleport", &forms::access()).await;
    assert_eq!(flag(&test, &dpo, &later).await, Value::Null);
    let last = test.submit("kazteleport", &forms::access()).await;
    assert_eq!(flag(&test, &dpo, &last).await, later.reference.as_str());
}

#[tokio::test]
async fn the_requester_is_not_told_of_a_duplicate_and_staff_are_at_once() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let first = test.submit("kazteleport", &forms::access()).await;
    let second = test.submit_confirmed("kazteleport", &forms::access()).await;
    let seen = test.get(&second.path(""), Some(&second.token)).await;
    let mails: String =
        test.mails().iter().filter(|mail| mail.to == forms::EMAIL).map(|mail| mail.text.clone()).collect();
    for told in [second.receipt.to_string(), seen.text.clone()] {
        assert!(!told.contains(&first.reference) && !told.contains("duplicate"), "{told}");
    }
    let about_second = mails.split("KTP-").filter(|part| format!("KTP-{part}").starts_with(&second.reference)).count();
    assert!(about_second > 0);
    let mut form = forms::access();
    form["channel"] = json!("paper");
    let path = "/api/v1/staff/operators/kazteleport/requests";
    let receipt = test.post(path, Some(&dpo.token), &form).await.expect(201);
    assert_eq!(receipt["possible_duplicate_of"], second.reference.as_str(), "the latest open one");
}

#[tokio::test]
async fn of_two_submissions_at_the_same_moment_one_is_a_duplicate_of_the_other() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let form = forms::access();
    let (one, other) = tokio::join!(test.submit("kazteleport", &form), test.submit("kazteleport", &form));
    let flags = [flag(&test, &dpo, &one).await, flag(&test, &dpo, &other).await];
    assert_eq!(flags.iter().filter(|flag| flag.is_null()).count(), 1, "{flags:?}");
}
