//! Policy 003: CITICOM, what the profile and the keeping of data say.

use std::process::Command;

use diesel::{QueryDsl, RunQueryDsl};
use otinish::storage::schema::blind_indexes;
use serde_json::json;

use crate::steps::{
    Desk, by_id, edition, granted, ids, is_said_in_all_languages, operators_with, own_service, profile, refused_on,
};
use crate::support::{TestApp, at, clock, forms};

/// An organisation that does not exist; its control digit is right.
const BIN: &str = "200640000012";

#[tokio::test]
async fn clause_003_1_1() {
    let desk = Desk::open("citicom").await;
    let mut form = forms::access();
    form["subject"]["bin"] = json!(BIN);
    let request = desk.confirmed(&form).await;
    let view = desk.view(&request.reference).await;
    assert_eq!((&view["subject"]["bin"], &view["subject"]["full_name"]), (&json!(BIN), &json!("Айгүл Сәрсенова")));
    assert_eq!(clock(&view, "information")["due_on"], "2026-11-26", "the rights stay those of the person");
    form["subject"]["bin"] = json!(forms::IIN);
    desk.refused(&form, &[("/subject/bin", "bin_is_iin")]).await;
    form["subject"]["bin"] = json!("200640000013");
    desk.refused(&form, &[("/subject/bin", "bin_checksum")]).await;
    form["subject"] = json!({"bin": BIN, "email": forms::EMAIL});
    desk.refused(&form, &[("/subject/full_name", "required")]).await;
}

/// To be seen: the edition at receipt, also of a request that staff record with an earlier day.
#[tokio::test]
async fn clause_003_1_3() {
    let new = edition("privacy-new", "privacy", "citicom.kz", "published_on = \"2026-11-19\"");
    let desk = Desk::with_more("citicom", &new).await;
    let now = desk.confirmed(&forms::access()).await;
    assert_eq!(desk.seen(&now).await["edition"], "privacy-new");
    for (local, edition) in [("2026-11-19T23:59", "privacy-2021-07-15"), ("2026-11-20T00:00", "privacy-new")] {
        let receipt = desk.record(forms::access(), "paper", Some(local)).await;
        assert_eq!(desk.view(receipt["reference"].as_str().unwrap()).await["edition"], edition, "{local}");
    }
}

#[tokio::test]
async fn clause_003_1_2_003_2_1() {
    let desk = Desk::with_more("citicom", &own_service("lab.citicom.kz")).await;
    let profile = desk.profile().await;
    let own = by_id(&profile["services"], "lab.citicom.kz");
    assert_eq!(own["contact_email"], "lab@example.kz");
    assert_eq!(ids(&own["purposes"]), ["own_purpose"]);
    assert_eq!(ids(&own["data_categories"]), ["own_data"]);
    let mut form = forms::access();
    form["service"] = json!("lab.citicom.kz");
    let request = desk.confirmed(&form).await;
    let answer = desk.answer(&request, granted()).await;
    assert_eq!(answer["operator"]["email"], "lab@example.kz");
    assert_eq!(desk.test.last_mail_to(forms::EMAIL).reply_to.as_deref(), Some("lab@example.kz"));
    form["service"] = json!("citicom.kz");
    let request = desk.confirmed(&form).await;
    let answer = desk.answer(&request, granted()).await;
    assert_eq!(answer["operator"]["email"], "privacy@citicom.example.kz");
}

#[tokio::test]
async fn clause_003_2_3() {
    let desk = Desk::open("citicom").await;
    let mut form = forms::of_kind("consent_withdrawal");
    form["withdrawal"] = json!({"scope": "publication"});
    let request = desk.confirmed(&form).await;
    assert_eq!(desk.view(&request.reference).await["contents"]["withdrawal"]["scope"], "publication");
}

#[tokio::test]
async fn clause_003_2_5() {
    let desk = Desk::open("citicom").await;
    let profile = desk.profile().await;
    let all = ["required", "analytics", "performance", "functional", "marketing"];
    assert_eq!(ids(&profile["cookie_categories"]), all);
    let mut form = forms::of_kind("consent_withdrawal");
    form["withdrawal"] = json!({"scope": "cookies", "cookie_categories": all});
    desk.refused(&form, &[("/withdrawal/cookie_categories/0", "cookie_category_required")]).await;
    form["withdrawal"] = json!({"scope": "cookies", "cookie_categories": &all[1..]});
    let request = desk.confirmed(&form).await;
    let answer = desk.answer(&request, granted()).await;
    let said = "After that the services use only those without which they cannot work.";
    assert!(answer["notes"].to_string().contains(said), "{answer}");
}

#[tokio::test]
async fn clause_003_3_1_5() {
    let desk = Desk::open("citicom").await;
    let here = desk.confirmed(&forms::access()).await;
    desk.test.submit_confirmed("kazteleport", &forms::access()).await;
    let rows: Vec<(String, String, Vec<u8>)> = blind_indexes::table
        .select((blind_indexes::operator_id, blind_indexes::field, blind_indexes::value))
        .load(&mut desk.test.database.connect())
        .unwrap();
    let of = |operator: &str| {
        let mut found: Vec<(&str, &[u8])> = rows
            .iter()
            .filter(|(id, _, _)| id == operator)
            .map(|(_, field, value)| (field.as_str(), value.as_slice()))
            .collect();
        found.sort_unstable();
        found
    };
    let (ours, theirs) = (of("citicom"), of("kazteleport"));
    assert!(ours.len() >= 4 && ours.len() == theirs.len(), "IIN, mail, phone and name of one person at both");
    for ((field, ours), (other, theirs)) in ours.iter().zip(&theirs) {
        assert_eq!(field, other);
        assert_ne!(ours, theirs, "{field} can be matched across operators");
    }
    for q in [forms::IIN, forms::EMAIL, "+77010000000"] {
        let path = "/api/v1/staff/requests/search";
        let found = desk.test.post(path, Some(&desk.dpo.token), &json!({"q": q})).await.expect(200);
        let references: Vec<&str> =
            found["items"].as_array().unwrap().iter().map(|item| item["reference"].as_str().unwrap()).collect();
        assert_eq!(references, [here.reference.as_str()], "{q}");
    }
}

#[tokio::test]
async fn clause_003_3_4() {
    let profile = profile(&TestApp::start().await, "citicom").await;
    assert_eq!(ids(&profile["recipients"]), ["assignees", "state_bodies"]);
    for recipient in profile["recipients"].as_array().unwrap() {
        assert!(is_said_in_all_languages(&recipient["ground"]), "{recipient}");
    }
    assert_eq!(by_id(&profile["recipients"], "state_bodies")["by_law"], true);
}

/// To be seen: the storage term, the rule of retention, and the ground. Requests are not destroyed by themselves yet.
#[tokio::test]
async fn clause_003_3_6_003_3_7_in_part() {
    let desk = Desk::open("citicom").await;
    let term = desk.profile().await["storage_term"]["en"].as_str().unwrap().to_owned();
    assert!(term.contains("While the agreement") && term.contains("once the purposes are reached, processing ends"));
    let retention = &desk.test.app.operator("citicom").unwrap().retention;
    assert_eq!((retention.years, retention.clause.as_deref()), (3, Some("3.6")));
    let mut form = forms::of_kind("deletion");
    form["grounds"] = json!(["purpose_reached"]);
    let request = desk.confirmed(&form).await;
    desk.answer(&request, granted()).await;
    let destruction = clock(&desk.seen(&request).await, "destruction").clone();
    assert_eq!((&destruction["state"], &destruction["basis"]), (&json!("met"), &json!("statutory")));
}

#[test]
fn clause_003_3_5() {
    let guide = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md")).unwrap();
    assert!(guide.contains("**Storage in Kazakhstan.** Law 94-V art. 12(2)"), "the guide to deployment");
    let doctor = |country: &str| {
        let folder = operators_with("citicom", |text| {
            text.replace("storage_country = \"KZ\"", &format!("storage_country = \"{country}\""))
        });
        let data = tempfile::tempdir().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_otinish"))
            .arg("doctor")
            .current_dir(data.path())
            .env_clear()
            .env("CONFIG_DIR", folder.path())
            .env("DATA_DIR", data.path())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let warned = doctor("DE");
    assert!(warned.contains("warning  operators/citicom.toml: storage_country is DE"), "{warned}");
    assert!(!doctor("KZ").contains("storage_country"));
}

#[tokio::test]
async fn clause_003_4_1() {
    let desk = Desk::open("citicom").await;
    let request = desk.confirmed(&forms::access()).await;
    let answer = desk.answer(&request, json!({"outcome": "no_data_held", "letter": "We hold nothing."})).await;
    assert_eq!(answer["notes"], json!(["This answer is free of charge."]));
    let described = otinish::http::openapi::as_json().unwrap().to_lowercase();
    for word in ["\"fee\"", "\"price\"", "\"payment\""] {
        assert!(!described.contains(word), "nothing in the API is about money: {word}");
    }
}

#[tokio::test]
async fn clause_003_4_3_003_4_4() {
    let desk = Desk::open("citicom").await;
    let hint = desk.profile().await["form_hint"].clone();
    assert!(is_said_in_all_languages(&hint));
    assert!(hint["en"].as_str().unwrap().contains("You need not do so"), "{hint}");
    for kind in ["correction", "deletion", "access"] {
        let request = desk.confirmed(&forms::of_kind(kind)).await;
        desk.prepare(&request.reference).await;
        let proposal = refused_on(&[("can_do_it_yourself", "Use your account, art. 4.3.")]);
        desk.propose(&request.reference, proposal).await.invalid(&[("/grounds/0/code", "ground_not_allowed")]);
    }
}

#[tokio::test]
async fn clause_003_8_1() {
    let new = edition("privacy-new", "privacy", "citicom.kz", "published_on = \"2026-11-23\"");
    let desk = Desk::with_more("citicom", &new).await;
    let profile = desk.profile().await;
    assert_eq!(by_id(&profile["editions"], "privacy-new")["in_force_from"], "2026-11-24");
    for (local, edition) in [("2026-11-23T23:59", "privacy-2021-07-15"), ("2026-11-24T00:00", "privacy-new")] {
        desk.test.app.clock.set(at(local));
        let request = desk.test.submit("citicom", &forms::access()).await;
        assert_eq!(desk.seen(&request).await["edition"], edition, "{local}");
    }
}
