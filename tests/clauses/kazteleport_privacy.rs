//! Policy 001: personal data at Kazteleport, the profile and the rights.

use diesel::{QueryDsl, RunQueryDsl};
use otinish::storage::schema::audit;
use serde_json::{Value, json};

use crate::steps::{Desk, by_id, edition, granted, ids, is_said_in_all_languages, own_service};
use crate::support::{at, clock, clock_states, code_in, forms};

/// To be seen: the sixteen groups in the profile. An access answer does not list them yet.
#[tokio::test]
async fn clause_001_15_in_part() {
    let desk = Desk::open("kazteleport").await;
    let categories = desk.profile().await["data_categories"].clone();
    assert_eq!(ids(&categories).len(), 16);
    assert!(categories.as_array().unwrap().iter().all(|category| is_said_in_all_languages(&category["names"])));
    for named in ["full_name", "iin_bin", "payment", "correspondence"] {
        by_id(&categories, named);
    }
    let mut form = forms::of_kind("deletion");
    form["deletion"] = json!({"data_categories": ["payment", "correspondence"]});
    desk.confirmed(&form).await;
    form["deletion"] = json!({"data_categories": ["horoscope"]});
    desk.refused(&form, &[("/deletion/data_categories/0", "unknown_category")]).await;
}

fn withdrawal_of(service: &str, purpose: &str) -> Value {
    let mut form = forms::of_kind("consent_withdrawal");
    form["service"] = json!(service);
    form["withdrawal"] = json!({"scope": "purposes", "purposes": [purpose]});
    form
}

#[tokio::test]
async fn clause_001_18() {
    let desk = Desk::with_more("kazteleport", &own_service("lab.kazteleport.kz")).await;
    let profile = desk.profile().await;
    let own = by_id(&profile["services"], "lab.kazteleport.kz");
    assert_eq!(ids(&own["purposes"]), ["own_purpose"]);
    assert_eq!(ids(&own["data_categories"]), ["own_data"]);
    desk.confirmed(&withdrawal_of("lab.kazteleport.kz", "own_purpose")).await;
    let unknown = [("/withdrawal/purposes/0", "unknown_purpose")];
    desk.refused(&withdrawal_of("lab.kazteleport.kz", "news"), &unknown).await;
    desk.refused(&withdrawal_of("smartcloud.kz", "own_purpose"), &unknown).await;
    let mut deletion = forms::of_kind("deletion");
    deletion["service"] = json!("lab.kazteleport.kz");
    deletion["deletion"] = json!({"data_categories": ["own_data"]});
    desk.confirmed(&deletion).await;
    deletion["deletion"] = json!({"data_categories": ["payment"]});
    desk.refused(&deletion, &[("/deletion/data_categories/0", "unknown_category")]).await;
}

/// To be seen: the eleven purposes, and a withdrawal that names them by id. The access answer does not name them yet.
#[tokio::test]
async fn clause_001_21_in_part() {
    let desk = Desk::open("kazteleport").await;
    let purposes = desk.profile().await["purposes"].clone();
    assert_eq!(ids(&purposes).len(), 11);
    let stoppable: Vec<&Value> =
        purposes.as_array().unwrap().iter().filter(|purpose| purpose["stoppable"] == true).collect();
    assert_eq!(stoppable.len(), 1);
    assert_eq!(stoppable[0], &purposes[9], "the tenth: offers");
    let request = desk.confirmed(&withdrawal_of("all", stoppable[0]["id"].as_str().unwrap())).await;
    let view = desk.view(&request.reference).await;
    assert_eq!(view["contents"]["withdrawal"]["purposes"], json!(["campaigns"]));
    desk.refused(&withdrawal_of("all", "world_peace"), &[("/withdrawal/purposes/0", "unknown_purpose")]).await;
}

#[tokio::test]
async fn clause_001_22_001_36() {
    let desk = Desk::open("kazteleport").await;
    let term = desk.profile().await["storage_term"].clone();
    assert_eq!(term["en"], "Until consent is withdrawn, but no longer than the purposes of processing need.");
    assert!(is_said_in_all_languages(&term));
}

#[tokio::test]
async fn clause_001_23() {
    let desk = Desk::open("kazteleport").await;
    let profile = desk.profile().await;
    let third = by_id(&profile["recipients"], "third_parties");
    assert_eq!((third["receives"].clone(), third["by_law"].clone()), (json!(["personal_data"]), json!(false)));
    let mut form = forms::of_kind("consent_withdrawal");
    form["withdrawal"] = json!({"scope": "third_parties"});
    let request = desk.confirmed(&form).await;
    assert_eq!(desk.view(&request.reference).await["contents"]["withdrawal"]["scope"], "third_parties");
}

#[tokio::test]
async fn clause_001_24() {
    let desk = Desk::open("kazteleport").await;
    let profile = desk.profile().await;
    assert_eq!(by_id(&profile["recipients"], "authorised_bodies")["by_law"], true);
    let mut form = forms::of_kind("consent_withdrawal");
    form["withdrawal"] = json!({"scope": "third_parties"});
    let request = desk.confirmed(&form).await;
    let answer = desk.answer(&request, granted()).await;
    let said = "A withdrawal of consent does not reach the state and other bodies that receive data by law.";
    assert_eq!(answer["notes"], json!([said]));
}

#[tokio::test]
async fn clause_001_27_2() {
    let desk = Desk::open("kazteleport").await;
    let mut form = forms::of_kind("correction");
    form["corrections"] = json!([
        {"field": "phone", "current": "+77010000000", "desired": "+77020000000"},
        {"field": "organisation", "desired": "«Үлгі» ЖШС"}
    ]);
    let request = desk.confirmed(&form).await;
    assert_eq!(
        desk.view(&request.reference).await["contents"]["corrections"],
        json!([
            {"field": "phone", "current": "+77010000000", "desired": "+77020000000"},
            {"field": "organisation", "current": null, "desired": "«Үлгі» ЖШС"}
        ])
    );
    form["corrections"] = json!([]);
    desk.refused(&form, &[("/corrections", "required")]).await;
}

#[tokio::test]
async fn clause_001_28_1() {
    let desk = Desk::open("kazteleport").await;
    for kind in ["blocking", "deletion"] {
        let mut form = forms::of_kind(kind);
        form["grounds"] = json!(["beyond_purpose"]);
        let request = desk.confirmed(&form).await;
        let view = desk.view(&request.reference).await;
        assert_eq!(view["grounds"], json!(["beyond_purpose"]));
        assert_eq!(view["violation"], "alleged", "use beyond the purpose is a violation");
        assert_eq!(clock(&view, "blocking")["due_on"], "2026-11-24");
    }
}

#[tokio::test]
async fn clause_001_28_2() {
    let desk = Desk::open("kazteleport").await;
    let request = desk.confirmed(&forms::access()).await;
    let masked = desk.test.view(&desk.agent, &request.reference).await;
    assert_eq!(masked["masked"], true);
    for personal in [forms::IIN, forms::EMAIL, "Айгүл", "+77010000000"] {
        assert!(!masked.to_string().contains(personal), "{masked}");
    }
    let looks = || {
        let mut lines: Vec<(String, Option<String>, Option<String>)> = audit::table
            .order(audit::id)
            .select((audit::action, audit::actor_id, audit::reason))
            .load(&mut desk.test.database.connect())
            .unwrap();
        lines.retain(|(action, _, _)| action == "open_request");
        lines
    };
    assert_eq!(looks(), []);
    desk.act(&desk.agent, &request.reference, "assign", json!({"assignee": "me"})).await;
    let before = looks().len();
    let open = desk.test.view(&desk.agent, &request.reference).await;
    assert_eq!(open["subject"]["iin"], forms::IIN);
    desk.view(&request.reference).await;
    let look = |id: &str, why: &str| ("open_request".to_owned(), Some(id.to_owned()), Some(why.to_owned()));
    assert_eq!(looks()[before..], [look(&desk.agent.id, "assignment"), look(&desk.dpo.id, "role")]);
}

/// Who may block, and what a stranger cannot reach: the provisional block stands from receipt, its effect waits for the address.
#[tokio::test]
async fn clause_001_28_4() {
    let desk = Desk::open("kazteleport").await;
    let mut inaccurate = forms::of_kind("correction");
    inaccurate["grounds"] = json!(["inaccurate"]);
    let mut alleging = forms::of_kind("deletion");
    alleging["grounds"] = json!(["no_consent"]);
    let mut represented = forms::of_kind("blocking");
    represented["submitted_by"] = json!({
        "capacity": "representative", "full_name": "Болат Серіков", "email": "bolat@mail.example.kz",
        "authority": "parent", "document": {"type": "birth certificate", "number": "1", "date": "2020-01-01"}
    });
    for form in [forms::of_kind("blocking"), inaccurate, alleging, represented] {
        let request = desk.test.submit("kazteleport", &form).await;
        let seen = desk.seen(&request).await;
        assert_eq!(seen["blocking"], "provisional", "{form}");
        let set = seen["timeline"].as_array().unwrap().iter().find(|line| line["kind"] == "block_set").unwrap();
        assert_eq!(set["at"], seen["received_at"], "from the moment of the request");
        let waits = clock_states(&seen).iter().any(|state| state == "blocking running");
        assert_eq!(waits, form["kind"] != "correction", "the block has no effect yet: {:?}", clock_states(&seen));
        desk.test.work().await;
        let to = form["submitted_by"]["email"].as_str().unwrap_or(forms::EMAIL);
        let receipt = desk.test.last_mail_to(to);
        assert!(receipt.text.contains("A provisional block is recorded"), "{}", receipt.text);
        let code = json!({"code": code_in(&receipt.text)});
        let path = request.path("/confirm");
        let confirmed = desk.test.post(&path, Some(&request.token), &code).await.expect(200);
        assert!(!clock_states(&confirmed).contains(&"blocking running".to_owned()));
    }
    let mut without = forms::of_kind("deletion");
    without["grounds"] = json!(["purpose_reached"]);
    assert_eq!(desk.seen(&desk.test.submit("kazteleport", &without).await).await["blocking"], "none");
    let elsewhere = desk.test.submit("citicom", &forms::of_kind("blocking")).await;
    assert_eq!(desk.seen(&elsewhere).await["blocking"], "none", "only where the policy promises it");

    let recorded = json!({"capacity": "authorised_body", "email": "body@example.kz",
        "document": {"number": "7", "date": "2026-11-20"}});
    let mut form = forms::of_kind("blocking");
    form["submitted_by"] = recorded;
    let receipt = desk.record(form, "paper", Some("2026-11-20T15:00")).await;
    let view = desk.view(receipt["reference"].as_str().unwrap()).await;
    assert_eq!((&view["blocking"], &clock(&view, "blocking")["state"]), (&json!("provisional"), &json!("met")));
}

/// The other half of 28(4): staff can put the block into effect before the address is proven; the decision ends it either way.
#[tokio::test]
async fn clause_001_28_4_and_its_end() {
    for (decision, blocking, mail) in
        [("dismiss_violation", "none", "block lifted"), ("confirm_violation", "final", "data blocked")]
    {
        let desk = Desk::open("kazteleport").await;
        let request = desk.test.submit("kazteleport", &forms::of_kind("blocking")).await;
        let view = desk.act(&desk.agent, &request.reference, "block", json!({"reason": "Seen in the records."})).await;
        assert_eq!(clock(&view, "blocking")["state"], "met");
        desk.prepare(&request.reference).await;
        let proposal = if blocking == "none" {
            crate::steps::refused_on(&[("violation_not_confirmed", "The records are right.")])
        } else {
            granted()
        };
        desk.propose(&request.reference, proposal).await.expect(200);
        let too_early = desk.test.act(&desk.dpo, &request.reference, "approve", json!({})).await;
        too_early.problem(409, "violation_undecided");
        desk.act(&desk.dpo, &request.reference, decision, json!({})).await;
        let view = desk.act(&desk.dpo, &request.reference, "approve", json!({})).await;
        assert_eq!(view["blocking"], blocking, "{decision}");
        desk.test.work().await;
        let subjects: Vec<String> =
            desk.test.mails().into_iter().filter(|sent| sent.to == forms::EMAIL).map(|sent| sent.subject).collect();
        assert!(subjects.iter().any(|subject| subject.ends_with(mail)), "{subjects:?}");
    }
}

#[tokio::test]
async fn clause_001_34() {
    let placed = edition("privacy-placed", "privacy", "smartcloud.kz", "published_on = \"2026-11-23\"");
    let own_day = "published_on = \"2026-11-20\"\nin_force_from = \"2026-12-01\"";
    let dated = edition("privacy-dated", "privacy", "kazteleport.kz", own_day);
    let mut desk = Desk::with_more("kazteleport", &format!("{placed}{dated}")).await;
    let editions = desk.profile().await["editions"].clone();
    assert_eq!(by_id(&editions, "privacy-placed")["in_force_from"], "2026-11-23");
    assert_eq!(by_id(&editions, "privacy-dated")["in_force_from"], "2026-12-01");
    let mut edition_at = async |service: &str, local: &str| {
        desk.test.app.clock.set(at(local));
        desk.renew().await;
        let mut form = forms::access();
        form["service"] = json!(service);
        let request = desk.test.submit("kazteleport", &form).await;
        desk.seen(&request).await["edition"].clone()
    };
    assert_eq!(edition_at("smartcloud.kz", "2026-11-23T10:00").await, "privacy-placed");
    assert_eq!(edition_at("kazteleport.kz", "2026-11-30T23:59").await, "privacy-2025-08-12");
    assert_eq!(edition_at("kazteleport.kz", "2026-12-01T00:00").await, "privacy-dated");
}
