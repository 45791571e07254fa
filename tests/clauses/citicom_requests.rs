//! Policy 003: CITICOM, what people may ask and how it comes in.

use serde_json::{Value, json};

use crate::steps::{Desk, granted};
use crate::support::{clock, forms};

#[tokio::test]
async fn clause_003_4_5() {
    let desk = Desk::open("citicom").await;
    let grounds = json!(["incomplete", "outdated", "inaccurate", "obtained_without_basis", "not_needed"]);
    for kind in ["correction", "blocking", "deletion"] {
        let mut form = forms::of_kind(kind);
        form["grounds"] = grounds.clone();
        let request = desk.confirmed(&form).await;
        assert_eq!(desk.view(&request.reference).await["grounds"], grounds, "{kind}");
        form.as_object_mut().unwrap().remove("grounds");
        if kind == "correction" {
            desk.confirmed(&form).await;
        } else {
            desk.refused(&form, &[("/grounds", "needs_ground")]).await;
        }
    }
}

fn by_a_representative() -> Value {
    let mut form = forms::access();
    form["subject"] = json!({"full_name": "Алия Сәрсенова", "iin": forms::OTHER_IIN});
    form["submitted_by"] = json!({
        "capacity": "representative", "full_name": "Айгүл Сәрсенова", "email": forms::EMAIL, "authority": "parent",
        "document": {"type": "birth certificate", "number": "123", "date": "2019-05-06", "issuer": "registry office"}
    });
    form
}

#[tokio::test]
async fn clause_003_4_6_003_7_1() {
    let desk = Desk::open("citicom").await;
    let own = desk.confirmed(&forms::access()).await;
    assert_eq!(desk.answer(&own, granted()).await["outcome"], "granted");
    let form = by_a_representative();
    let request = desk.confirmed(&form).await;
    let view = desk.view(&request.reference).await;
    assert_eq!(
        (&view["submitted_by"]["authority"], &view["subject"]["iin"]),
        (&json!("parent"), &json!(forms::OTHER_IIN))
    );
    assert_eq!(desk.answer(&request, granted()).await["outcome"], "granted");

    let mut without = by_a_representative();
    without["submitted_by"].as_object_mut().unwrap().remove("authority");
    without["submitted_by"].as_object_mut().unwrap().remove("document");
    let path = "/api/v1/operators/citicom/requests";
    let refused = desk.test.post(path, None, &without).await.problem(422, "validation_failed");
    let pointers = refused["errors"].to_string();
    assert!(pointers.contains("/submitted_by/authority") && pointers.contains("/submitted_by/document"), "{refused}");
}

#[tokio::test]
async fn clause_003_4_7() {
    let desk = Desk::open("citicom").await;
    let request = desk.confirmed(&forms::of_kind("consent_withdrawal")).await;
    assert_eq!(desk.view(&request.reference).await["contents"]["withdrawal"]["scope"], "all");
    assert_eq!(clock(&request.receipt, "withdrawal")["due_on"], "2026-12-14");
    assert_eq!(desk.answer(&request, granted()).await["outcome"], "granted");
}

#[tokio::test]
async fn clause_003_7_2() {
    let desk = Desk::open("citicom").await;
    let web = desk.confirmed(&forms::access()).await;
    assert_eq!(desk.view(&web.reference).await["channel"], "web");
    for channel in ["email", "paper", "in_person"] {
        let receipt = desk.record(forms::access(), channel, None).await;
        let view = desk.view(receipt["reference"].as_str().unwrap()).await;
        assert_eq!((&view["channel"], &view["status"]), (&json!(channel), &json!("verification")));
        assert_eq!(receipt["token"], Value::Null, "nobody gets a secret of somebody else's request");
    }
    let mut form = forms::access();
    form["channel"] = json!("web");
    let path = "/api/v1/staff/operators/citicom/requests";
    desk.test.post(path, Some(&desk.agent.token), &form).await.invalid(&[("/channel", "not_one_of")]);
}

#[tokio::test]
async fn clause_003_7_3() {
    let desk = Desk::open("citicom").await;
    let mut form = forms::of_kind("consent_withdrawal");
    form["subject"] = json!({"full_name": "Айгүл Сәрсенова", "postal_address": "Алматы, Абай даңғылы, 1"});
    let receipt = desk.record(form, "paper", Some("2026-11-20T15:00")).await;
    assert_eq!(receipt["received_at"], "2026-11-20T10:00:00Z");
    let withdrawal = clock(&receipt, "withdrawal");
    assert_eq!(withdrawal["started_at"], "2026-11-20T10:00:00Z");
    assert_eq!(withdrawal["due_on"], "2026-12-11", "fifteen working days from Friday, not from the day of recording");
    assert_eq!(clock(&receipt, "claim_response")["due_on"], "2026-12-21", "the thirtieth day is a Sunday");
    desk.test.work().await;
    let path = "/api/v1/staff/outbox?state=to_post";
    let to_post = desk.test.get(path, Some(&desk.dpo.token)).await.expect(200);
    assert_eq!(to_post["items"][0]["reference"], receipt["reference"], "the receipt goes by post");
}

#[tokio::test]
async fn clause_003_8_2() {
    let desk = Desk::open("citicom").await;
    let mut form = forms::of_kind("consent_withdrawal");
    let request = desk.confirmed(&form).await;
    assert_eq!(desk.view(&request.reference).await["contents"]["acknowledged"], json!(["agreement_may_end"]));
    form.as_object_mut().unwrap().remove("acknowledged");
    desk.refused(&form, &[("/acknowledged", "acknowledgement_needed")]).await;
    form["withdrawal"] = json!({"scope": "publication"});
    desk.confirmed(&form).await;
}
