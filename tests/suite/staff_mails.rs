//! Mails to staff that belong to no request: how they leave, wait, are given up, and who sees them.

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use otinish::mail::compose::DeskMail;
use otinish::mail::transport::{SendFailure, SendOutcome};
use otinish::services::error::ServiceError;
use otinish::services::staff_mail::write_desk_mail;
use otinish::storage::staff;
use otinish::vault::{KeyRing, KeyRingSource, Purpose};
use serde_json::json;

use crate::support::{Member, TestApp, at, forms};

/// Puts a mail to the member into the outbox.
async fn written(test: &TestApp, to: &Member) {
    let (app, id) = (std::sync::Arc::clone(&test.app), to.id.clone());
    test.app
        .db
        .write("test_mail", move |tx| {
            let member = staff::by_id(tx, &id)?.unwrap();
            let mail = DeskMail::Released { who: "Askar", count: 3, role_removed: false };
            write_desk_mail(&app, tx, app.clock.now(), "citicom", &member, "released", &mail)?;
            Ok::<_, ServiceError>(())
        })
        .await
        .unwrap();
}

fn refusal() -> SendOutcome {
    SendOutcome::Refused { failure: SendFailure::replied("refused", 550, "5.1.1 unknown") }
}

#[tokio::test]
async fn a_mail_without_a_request_leaves_in_the_name_of_its_operator() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    written(&test, &dpo).await;
    test.work().await;
    let mail = test.last_mail_to(&dpo.email);
    assert!(mail.text.contains("3 open requests have no assignee any more"), "{}", mail.text);
    assert!(mail.text.contains("https://requests.example.kz/staff\n") && mail.text.contains("Askar"), "{}", mail.text);
    assert_eq!(mail.reference, None);
    let operator = test.app.operator("citicom").unwrap();
    assert_eq!(mail.from_name, operator.names.en);
    assert_eq!(mail.reply_to.as_deref(), Some(operator.contacts.email.as_str()));
    let shown = &test.outbox(&dpo, "").await[0];
    assert_eq!((&shown["state"], &shown["reference"], &shown["to"]), (&json!("sent"), &json!(null), &json!("staff")));
    assert_eq!((&shown["mail"], &shown["recipient_id"]), (&json!("released"), &json!(dpo.id)));
}

#[tokio::test]
async fn the_address_and_the_text_do_not_lie_open_in_the_database() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    written(&test, &dpo).await;
    let sealed = test.app.db.read("look", |connection| {
        use diesel::prelude::*;
        use otinish::storage::schema::outbox;
        Ok::<_, ServiceError>(outbox::table.select(outbox::sealed).first::<Option<Vec<u8>>>(connection)?.unwrap())
    });
    let bytes = String::from_utf8_lossy(&sealed.await.unwrap()).into_owned();
    assert!(bytes.contains("master-") && !bytes.contains("staff.example.kz") && !bytes.contains("Askar"), "{bytes}");
}

#[tokio::test]
async fn it_is_seen_by_dpos_and_auditors_of_its_operator_and_by_nobody_else() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let auditor = test.staff("auditor", Role::Auditor, "citicom").await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let other = test.staff("other", Role::Dpo, "kazteleport").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    written(&test, &agent).await;
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    for (member, seen) in [(&dpo, 1), (&auditor, 1), (&agent, 0), (&other, 0)] {
        assert_eq!(test.outbox(member, "").await.len(), seen, "{}", member.email);
    }
    test.get("/api/v1/staff/outbox", Some(&admin.token)).await.problem(403, "forbidden");
    let id = test.outbox(&dpo, "").await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/staff/outbox/{id}/resend");
    for (member, status) in [(&agent, 404), (&other, 404), (&admin, 404), (&auditor, 403)] {
        assert_eq!(test.post(&path, Some(&member.token), &json!({})).await.status, status, "{}", member.email);
    }
}

#[tokio::test]
async fn one_that_is_refused_is_a_dead_letter_without_an_alert_and_a_dpo_can_send_it_again_once() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    written(&test, &agent).await;
    test.mail.fail_next(&refusal(), 1);
    test.work().await;
    let all = test.outbox(&dpo, "").await;
    assert_eq!(all.len(), 1, "nobody is mailed about it: {all:?}");
    assert_eq!((&all[0]["state"], &all[0]["smtp_code"]), (&json!("dead"), &json!(550)));
    assert!(test.take_mails().is_empty());
    let path = format!("/api/v1/staff/outbox/{}/resend", all[0]["id"].as_str().unwrap());
    let body = json!({});
    let again = || test.post(&path, Some(&dpo.token), &body);
    let (one, two) = tokio::join!(again(), again());
    let mut answers = [one, two];
    answers.sort_by_key(|answer| answer.status);
    let again = answers[0].expect(200);
    answers[1].problem(409, "invalid_transition");
    assert_eq!((&again["resent_from"], &again["reference"]), (&all[0]["id"], &json!(null)));
    test.work().await;
    let mails = test.take_mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].to == agent.email && mails[0].text.contains("3 open requests"), "{}", mails[0].text);
}

#[tokio::test]
async fn a_failure_that_may_pass_is_retried_and_given_up_after_three_days() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    written(&test, &dpo).await;
    let later = SendOutcome::Retry { failure: SendFailure::replied("deferred", 451, "4.7.1 later") };
    test.mail.fail_next(&later, 1);
    test.work().await;
    let mail = &test.outbox(&dpo, "").await[0];
    assert_eq!((&mail["state"], &mail["attempts"]), (&json!("pending"), &json!(1)));
    assert_eq!(mail["next_attempt_at"], json!("2026-11-23T05:01:00Z"));
    test.mail.fail_next(&later, 1_000);
    for _ in 0..80 {
        test.advance(Duration::hours(1)).await;
    }
    let mail = test.outbox(&dpo, "").await.into_iter().find(|mail| mail["mail"] == "released").unwrap();
    assert_eq!((&mail["state"], &mail["next_attempt_at"]), (&json!("dead"), &json!(null)));
}

#[tokio::test]
async fn one_that_waits_leaves_after_the_master_key_was_rotated() {
    let test = TestApp::start().await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    test.submit("citicom", &forms::of_kind("claim")).await;
    written(&test, &dpo).await;
    let path = test.database.folder.path().join("keyring.json");
    let source = KeyRingSource::parse(&path.display().to_string());
    let before = KeyRing::load(&source).unwrap().unwrap();
    let rotated = before.rotated(Purpose::Master, at("2026-11-23T10:00")).unwrap();
    let old = test.app.vault.active_master_key_id();
    KeyRing::replace(&path, &before, &rotated).unwrap();
    let after = test.second_process();
    assert_ne!(after.vault.active_master_key_id(), old);
    otinish::worker::run_until_idle(&after).await.unwrap();
    assert!(test.last_mail_to(&dpo.email).text.contains("3 open requests"));
}
