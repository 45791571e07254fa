//! Staff record what came on paper, in person or by mail.

use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::support::journey::{rows, stored};
use crate::support::{Answer, Member, TestApp, clock, clock_states, forms};

const PATH: &str = "/api/v1/staff/operators/kazteleport/requests";

async fn record(test: &TestApp, member: &Member, form: &Value) -> Answer {
    test.post(PATH, Some(&member.token), form).await
}

fn on_paper() -> Value {
    let mut form = forms::access();
    form["channel"] = json!("paper");
    form["subject"]["email"] = Value::Null;
    form["subject"]["postal_address"] = json!("Almaty, Abay 1");
    form
}

#[tokio::test]
async fn a_paper_request_counts_from_the_day_on_which_it_was_received() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    let mut form = on_paper();
    form["received_at"] = json!("2026-11-19T15:00:00+05:00");
    let answer = record(&test, &agent, &form).await;
    let receipt = answer.expect(201);
    let reference = receipt["reference"].as_str().unwrap();
    assert_eq!(answer.header("location"), Some(format!("/api/v1/staff/requests/{reference}").as_str()));
    assert!(receipt.get("token").is_none(), "{receipt}");
    assert_eq!((&receipt["status"], &receipt["received_at"]), (&json!("verification"), &json!("2026-11-19T10:00:00Z")));
    assert_eq!(clock(&receipt, "information")["due_on"], "2026-11-24");
    assert_eq!(clock(&receipt, "claim_response")["due_on"], "2026-12-21", "30 days end on Saturday the 19th");
    let view = test.view(&agent, reference).await;
    assert_eq!((&view["channel"], &view["people"]["recorder"]["id"]), (&json!("paper"), &json!(agent.id)));
    assert_eq!(view["recorded_at"], "2026-11-23T05:00:00Z");
    assert_eq!(view["flags"]["email_unconfirmed"], false);
    let outbox = test.get("/api/v1/staff/outbox?state=to_post", Some(&agent.token)).await.expect(200);
    assert_eq!(outbox["items"], json!([]), "not assigned to the agent");
    test.act(&agent, reference, "assign", json!({"assignee": "me"})).await.expect(200);
    let outbox = test.get("/api/v1/staff/outbox?state=to_post", Some(&agent.token)).await.expect(200);
    assert_eq!(outbox["items"][0]["reference"], reference);
}

#[tokio::test]
async fn a_paper_request_is_taken_whose_last_day_is_over_already() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let mut form = on_paper();
    form["received_at"] = json!("2026-11-02T09:00:00+05:00");
    let receipt = record(&test, &dpo, &form).await.expect(201);
    let view = test.view(&dpo, receipt["reference"].as_str().unwrap()).await;
    assert_eq!((&view["flags"]["overdue"], &view["headline"]["due_on"]), (&json!(true), &json!("2026-11-05")));
}

#[tokio::test]
async fn what_is_recorded_wrongly_is_named_and_not_stored() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    let before = rows(&test.database);
    let wrong = [
        ("received_at", json!("2026-11-23T10:00:01+05:00"), "/received_at", "date_in_future"),
        ("received_at", json!("yesterday"), "/received_at", "date_format"),
        ("received_at", json!("2026-11-20"), "/received_at", "date_format"),
        ("received_at", json!("1990-01-02T00:00:00Z"), "/received_at", "date_too_early"),
        ("received_at", json!("0001-01-01T00:00:00Z"), "/received_at", "date_too_early"),
        ("channel", json!("web"), "/channel", "not_one_of"),
        ("channel", json!("pigeon"), "/channel", "not_one_of"),
        ("channel", Value::Null, "/channel", "wrong_type"),
        ("identity_confirmed", json!("yes"), "/identity_confirmed", "wrong_type"),
        ("documents_at", json!("2026-11-20T00:00:00Z"), "/documents_at", "part_of_another_kind"),
        ("colour", json!("red"), "/colour", "unknown_field"),
    ];
    for (field, value, pointer, code) in wrong {
        let mut form = on_paper();
        form[field] = value;
        let answer = record(&test, &agent, &form).await;
        let body = answer.problem(422, "validation_failed");
        let errors = body["errors"].as_array().unwrap();
        assert!(
            errors.iter().any(|error| error["pointer"] == pointer && error["code"] == code),
            "{pointer} {code}: {}",
            answer.text
        );
    }
    let mut form = on_paper();
    form.as_object_mut().unwrap().remove("channel");
    record(&test, &agent, &form).await.invalid(&[("/channel", "required")]);
    let mut form = on_paper();
    form["subject"] = json!({"full_name": "Айгүл"});
    record(&test, &agent, &form).await.invalid(&[("/subject", "needs_contact")]);
    assert_eq!(rows(&test.database), before);
}

#[tokio::test]
async fn one_of_mail_phone_and_postal_address_is_enough_for_staff() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    for contact in [
        json!({"phone": "8 701 000 00 00"}),
        json!({"postal_address": "Almaty"}),
        json!({"email": "a@mail.example.kz"}),
    ] {
        let mut form = on_paper();
        form["subject"] = contact;
        form["subject"]["full_name"] = json!("Айгүл");
        record(&test, &agent, &form).await.expect(201);
    }
}

#[tokio::test]
async fn identity_that_was_confirmed_in_person_leads_straight_to_review() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    let mut form = on_paper();
    form["channel"] = json!("in_person");
    form["identity_confirmed"] = json!(true);
    let receipt = record(&test, &agent, &form).await.expect(201);
    assert_eq!(receipt["status"], "review");
    let view = test.view(&agent, receipt["reference"].as_str().unwrap()).await;
    assert_eq!((&view["identity"]["confirmed"], &view["identity"]["method"]), (&json!(true), &json!("in_person")));
    assert_eq!(view["people"]["verifier"]["id"], agent.id.as_str());
}

#[tokio::test]
async fn a_correction_that_came_with_its_documents_has_no_clock_to_ask_for_them() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    let mut form = forms::of_kind("correction");
    form["channel"] = json!("in_person");
    form["received_at"] = json!("2026-11-23T09:00:00+05:00");
    form["documents_at"] = json!("2026-11-23T09:00:00+05:00");
    let receipt = record(&test, &agent, &form).await.expect(201);
    assert_eq!(clock_states(&receipt), ["claim_response running", "correction running"]);
    assert_eq!(receipt["headline"], json!({"clock": "correction", "due_on": "2026-11-24"}));
}

#[tokio::test]
async fn the_authorised_body_asks_by_letter_with_number_and_date() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    let mut form = forms::of_kind("blocking");
    form["channel"] = json!("paper");
    form["subject"] = json!({"full_name": "Айгүл Сәрсенова"});
    form["submitted_by"] = json!({"capacity": "authorised_body", "email": "body@mail.example.kz"});
    record(&test, &agent, &form).await.invalid(&[("/submitted_by/document", "required")]);
    form["submitted_by"]["document"] = json!({"type": "letter"});
    record(&test, &agent, &form)
        .await
        .invalid(&[("/submitted_by/document/number", "required"), ("/submitted_by/document/date", "required")]);
    form["submitted_by"]["document"] = json!({"number": "04-12/77", "date": "2026-11-20"});
    let receipt = record(&test, &agent, &form).await.expect(201);
    let row = stored(&test.database, receipt["reference"].as_str().unwrap());
    assert_eq!(row.capacity.as_str(), "authorised_body");
    assert_eq!(
        clock(&receipt, "blocking")["state"],
        "met",
        "001.28.4: blocked at once, and nobody has to prove an address"
    );
}

#[tokio::test]
async fn only_agents_and_dpos_of_the_operator_record() {
    let test = TestApp::start().await;
    let before_form = on_paper();
    for (name, role, operator, status, code) in [
        ("auditor", Role::Auditor, "kazteleport", 403, "forbidden"),
        ("admin", Role::Admin, "", 404, "not_found"),
        ("foreign", Role::Dpo, "demo", 404, "not_found"),
    ] {
        let member = test.staff(name, role, operator).await;
        let before = rows(&test.database);
        record(&test, &member, &before_form).await.problem(status, code);
        let unknown = "/api/v1/staff/operators/nobody/requests";
        test.post(unknown, Some(&member.token), &before_form).await.problem(404, "not_found");
        assert_eq!(rows(&test.database), before, "{name}");
    }
    test.post(PATH, None, &before_form).await.problem(401, "unauthorized");
}
