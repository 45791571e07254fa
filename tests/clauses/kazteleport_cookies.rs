//! Policy 000: cookies at Kazteleport.

use serde_json::{Value, json};

use crate::steps::{Desk, by_id, edition, flat, granted, ids, is_said_in_all_languages, token_in};
use crate::support::forms;

fn cookie_withdrawal(categories: &[&str]) -> Value {
    json!({
        "kind": "consent_withdrawal", "language": "en", "subject": {"email": forms::EMAIL},
        "submitted_by": {"capacity": "subject"},
        "withdrawal": {"scope": "cookies", "cookie_categories": categories}
    })
}

#[tokio::test]
async fn clause_000_1() {
    let desk = Desk::open("kazteleport").await;
    let profile = desk.profile().await;
    let sites = ["kazteleport.kz", "portal.kazteleport.kz", "smartcloud.kz", "portal.smartcloud.kz"];
    assert_eq!(ids(&profile["services"]), sites);
    let covered = |policy: &str| {
        let editions = profile["editions"].as_array().unwrap();
        editions.iter().find(|edition| edition["policy"] == policy).unwrap()["services"].clone()
    };
    assert_eq!(covered("cookies"), json!(sites));
    assert_eq!(covered("privacy"), json!(["kazteleport.kz", "smartcloud.kz", "portal.smartcloud.kz"]));

    let mut form = forms::access();
    let all = desk.confirmed(&form).await;
    assert_eq!(desk.view(&all.reference).await["service"], "all");
    for site in sites {
        form["service"] = json!(site);
        let one = desk.confirmed(&form).await;
        assert_eq!(desk.view(&one.reference).await["service"], site);
    }
    form["service"] = json!("citicom.kz");
    desk.refused(&form, &[("/service", "unknown_service")]).await;
}

#[tokio::test]
async fn clause_000_3() {
    let desk = Desk::open("kazteleport").await;
    let profile = desk.profile().await;
    assert_eq!(ids(&profile["cookie_categories"]), ["required", "analytics", "marketing"]);
    let required: Vec<bool> = profile["cookie_categories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|category| category["required"].as_bool().unwrap())
        .collect();
    assert_eq!(required, [true, false, false]);
    desk.confirmed(&cookie_withdrawal(&["analytics", "marketing"])).await;
    let with_required = cookie_withdrawal(&["marketing", "required"]);
    desk.refused(&with_required, &[("/withdrawal/cookie_categories/1", "cookie_category_required")]).await;

    for channel in ["paper", "email"] {
        let receipt = desk.record(with_required.clone(), channel, None).await;
        let reference = receipt["reference"].as_str().unwrap();
        desk.finish(reference, granted()).await;
        let mail = desk.test.last_mail_to(forms::EMAIL);
        let path = format!("/api/v1/requests/{reference}/answer");
        let answer = desk.test.get(&path, Some(&token_in(&mail.text))).await.expect(200);
        let notes = answer["notes"].to_string();
        assert!(notes.contains("Required cookies cannot be switched off"), "{channel}: {notes}");
    }
}

#[tokio::test]
async fn clause_000_4() {
    let desk = Desk::open("kazteleport").await;
    let mut form = cookie_withdrawal(&["analytics"]);
    form["withdrawal"]["device"] = json!("_ga=GA1.2.1111111111");
    let request = desk.confirmed(&form).await;
    let view = desk.view(&request.reference).await;
    assert_eq!(view["contents"]["withdrawal"]["device"], "_ga=GA1.2.1111111111");
    assert_eq!((&view["subject"]["full_name"], &view["subject"]["iin"]), (&Value::Null, &Value::Null));
    assert_eq!(view["status"], "review", "a proven address is enough for cookies");

    form["subject"] = json!({});
    desk.refused(&form, &[("/subject/email", "required")]).await;
    let mut not_cookies = cookie_withdrawal(&[]);
    not_cookies["withdrawal"] = json!({"scope": "third_parties"});
    desk.refused(&not_cookies, &[("/subject/full_name", "required")]).await;
}

#[tokio::test]
async fn clause_000_5() {
    let desk = Desk::open("kazteleport").await;
    let profile = desk.profile().await;
    let mut purposes = std::collections::BTreeSet::new();
    for category in profile["cookie_categories"].as_array().unwrap() {
        let own = category["purposes"].as_array().unwrap();
        assert!(!own.is_empty(), "{category}");
        for purpose in own {
            assert!(is_said_in_all_languages(&purpose["names"]), "{purpose}");
            purposes.insert(purpose["id"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(purposes.len(), 6, "{purposes:?}");
}

/// To be seen: what was refused is what stands in the request, and nothing beside it. No system is told yet.
#[tokio::test]
async fn clause_000_7_in_part() {
    let desk = Desk::open("kazteleport").await;
    let request = desk.confirmed(&cookie_withdrawal(&["marketing"])).await;
    let withdrawal = desk.view(&request.reference).await["contents"]["withdrawal"].clone();
    assert_eq!(withdrawal["scope"], "cookies");
    assert_eq!(withdrawal["cookie_categories"], json!(["marketing"]));
    assert_eq!(withdrawal["purposes"], Value::Null);
    desk.refused(
        &cookie_withdrawal(&["marketing", "functional"]),
        &[("/withdrawal/cookie_categories/1", "unknown_cookie_category")],
    )
    .await;
}

/// To be seen: who gets cookies. Telling them of a withdrawal, as tasks, does not exist yet.
async fn recipient_of_cookies(id: &str) {
    let desk = Desk::open("kazteleport").await;
    let profile = desk.profile().await;
    let recipient = by_id(&profile["recipients"], id);
    assert_eq!(recipient["receives"], json!(["cookies"]));
    assert_eq!(recipient["by_law"], false);
    assert!(is_said_in_all_languages(&recipient["names"]) && is_said_in_all_languages(&recipient["ground"]));
}

#[tokio::test]
async fn clause_000_8_in_part() {
    recipient_of_cookies("analytics_services").await;
}

#[tokio::test]
async fn clause_000_9_in_part() {
    recipient_of_cookies("partners").await;
}

async fn answer_to_a_withdrawal(language: &str) -> String {
    let desk = Desk::open("kazteleport").await;
    let mut form = cookie_withdrawal(&["analytics", "marketing"]);
    form["language"] = json!(language);
    let request = desk.confirmed(&form).await;
    desk.answer(&request, granted()).await["notes"].to_string()
}

#[tokio::test]
async fn clause_000_12() {
    assert!(answer_to_a_withdrawal("en").await.contains("Remove them in the settings of your browser"));
    assert!(answer_to_a_withdrawal("ru").await.contains("компания не может удалить их за вас"));
}

#[tokio::test]
async fn clause_000_13() {
    assert!(answer_to_a_withdrawal("en").await.contains("local storage does not expire by itself"));
    assert!(
        answer_to_a_withdrawal("kk").await.contains("жергілікті қоймасындағы деректердің мерзімі өздігінен бітпейді")
    );
}

#[tokio::test]
async fn clause_000_14() {
    let new = edition("cookies-new", "cookies", "kazteleport.kz", "published_on = \"2026-11-23\"");
    let desk = Desk::with_more("kazteleport", &new).await;
    let profile = desk.profile().await;
    assert_eq!(by_id(&profile["editions"], "cookies-new")["in_force_from"], "2026-11-23");
    let mut form = cookie_withdrawal(&["marketing"]);
    form["service"] = json!("kazteleport.kz");
    let today = desk.confirmed(&form).await;
    assert_eq!(desk.view(&today.reference).await["edition"], "cookies-new");
    assert_eq!(desk.seen(&today).await["edition"], "cookies-new");
    let earlier = desk.record(form, "paper", Some("2026-11-20T12:00")).await;
    let earlier = desk.view(earlier["reference"].as_str().unwrap()).await;
    assert_eq!(earlier["edition"], "cookies-first-seen");
    assert!(desk.test.mails().iter().all(|mail| !mail.subject.contains("edition")), "no notice of its own");
}

#[tokio::test]
async fn clause_000_15() {
    let desk = Desk::open("kazteleport").await;
    assert_eq!(desk.profile().await["contacts"]["email"], "marketing@kazteleport.kz");
    let request = desk.confirmed(&cookie_withdrawal(&["marketing"])).await;
    let answer = desk.answer(&request, granted()).await;
    assert_eq!(answer["operator"]["email"], "marketing@kazteleport.kz");
    let letters: Vec<_> = desk.test.mails().into_iter().filter(|mail| mail.to == forms::EMAIL).collect();
    assert!(letters.len() >= 3, "{letters:?}");
    for mail in letters {
        assert_eq!(mail.reply_to.as_deref(), Some("marketing@kazteleport.kz"));
        assert!(flat(&mail.text).contains("marketing@kazteleport.kz"), "{}", mail.text);
    }
}
