//! The story over a real mail server, with its usual troubles.

use std::sync::Arc;
use std::time::{Duration, Instant};

use otinish::domain::vocabulary::Role;
use otinish::mail::transport::{MemoryTransport, SmtpTransport, Transport};
use otinish::worker;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::support::smtp_server::{Behaviour, ReceivedMail, SmtpOptions, SmtpServer};
use crate::support::{Submitted, TestApp, TestDatabase, clock_states, code_in, forms};

async fn over(transport: Transport) -> TestApp {
    let database = TestDatabase::create();
    TestApp::start_on("2026-11-23T10:00", database, |_| None, transport, MemoryTransport::new()).await
}

async fn start(server: &SmtpServer) -> TestApp {
    let folder = std::path::PathBuf::from("unused");
    over(Transport::from_settings(Some(&server.url()), folder).unwrap()).await
}

fn text(mail: &ReceivedMail) -> String {
    let read = mail_parser::MessageParser::default().parse(&mail.data).unwrap();
    read.body_text(0).unwrap().replace("\r\n", "\n")
}

fn subject(mail: &ReceivedMail) -> String {
    mail_parser::MessageParser::default().parse(&mail.data).unwrap().subject().unwrap().to_owned()
}

fn id(mail: &ReceivedMail) -> String {
    mail_parser::MessageParser::default().parse(&mail.data).unwrap().message_id().unwrap().to_owned()
}

fn to_requester(server: &SmtpServer) -> Vec<ReceivedMail> {
    server.mails().into_iter().filter(|mail| mail.to == [forms::EMAIL]).collect()
}

async fn confirmed(test: &TestApp, server: &SmtpServer, kind: &str) -> Submitted {
    let request = test.submit("citicom", &forms::of_kind(kind)).await;
    test.work().await;
    let code = json!({"code": code_in(&text(to_requester(server).last().unwrap()))});
    test.post(&request.path("/confirm"), Some(&request.token), &code).await.expect(200);
    request
}

#[tokio::test]
async fn the_main_story_goes_over_tls_with_a_password_and_waits_for_a_server_that_is_away() {
    let mut server = SmtpServer::start(SmtpOptions::default()).await;
    let test = start(&server).await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    let request = confirmed(&test, &server, "access").await;
    test.prepared(&agent, &request.reference).await;
    test.work().await;
    assert!(server.mails().iter().all(|mail| mail.encrypted && mail.user.as_deref() == Some("otinish@example.kz")));
    let before = server.mails().len();

    server.stop().await;
    test.granted(&agent, &dpo, &request.reference).await;
    for _ in 0..12 {
        test.advance(chrono::Duration::minutes(5)).await;
    }
    let waiting = test.outbox(&dpo, "&state=pending").await;
    assert_eq!(waiting.len(), 1);
    assert_eq!((&waiting[0]["failure"], &waiting[0]["smtp_code"]), (&json!("connect"), &Value::Null));
    assert!(waiting[0]["attempts"].as_i64().unwrap() >= 5, "{}", waiting[0]);
    let view = test.seen_later(&dpo, &request.reference).await;
    assert_eq!(clock_states(&view), ["claim_response running", "information running"]);

    server.start_again().await;
    test.advance(chrono::Duration::hours(1)).await;
    test.advance(chrono::Duration::hours(1)).await;
    let mails = server.mails();
    assert_eq!(mails.len(), before + 1, "each mail once");
    assert!(subject(&mails[before]).ends_with("the answer is ready"));
    let view = test.seen_later(&dpo, &request.reference).await;
    assert_eq!(clock_states(&view), ["claim_response met", "information met"]);
    let answer = test.get(&request.path("/answer"), Some(&request.token)).await.expect(200);
    assert_eq!(answer["outcome"], "granted");
}

#[tokio::test]
async fn a_refusal_for_good_reaches_the_staff_and_a_refusal_for_now_passes() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    let test = start(&server).await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    server.behave_next(Behaviour::RefuseRecipient, 1);
    test.submit("citicom", &forms::of_kind("claim")).await;
    test.work().await;
    let dead = test.outbox(&dpo, "&state=dead").await;
    assert_eq!(dead.len(), 1);
    assert_eq!((&dead[0]["smtp_code"], &dead[0]["smtp_enhanced"]), (&json!(550), &json!("5.1.1")));
    let subjects: Vec<String> = server.mails().iter().map(subject).collect();
    assert!(subjects.iter().any(|subject| subject.ends_with("e-mail not delivered")), "{subjects:?}");
    assert!(to_requester(&server).is_empty());

    server.behave_next(Behaviour::DeferRecipient, 1);
    test.submit("citicom", &forms::of_kind("claim")).await;
    test.work().await;
    let waiting = test.outbox(&dpo, "&state=pending").await;
    assert_eq!(waiting.len(), 1);
    assert_eq!((&waiting[0]["smtp_code"], &waiting[0]["smtp_enhanced"]), (&json!(451), &json!("4.7.1")));
    assert!(!waiting[0].to_string().contains("aigul"));
    test.advance(chrono::Duration::minutes(1)).await;
    assert_eq!(to_requester(&server).len(), 1);
    assert!(test.outbox(&dpo, "&state=pending").await.is_empty());
}

#[tokio::test]
async fn a_worker_that_dies_after_sending_leaves_a_mail_that_goes_once_more_as_the_same_mail() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    let test = start(&server).await;
    test.submit("citicom", &forms::of_kind("claim")).await;
    server.behave_next(Behaviour::HangAfterContents, 1);
    let killed = tokio::time::timeout(Duration::from_secs(3), worker::outbox::step(&test.app, "killed")).await;
    assert!(killed.is_err(), "it waited for the server's word");
    assert_eq!(server.mails().len(), 1, "the server has the mail, and nobody knows");
    test.advance(chrono::Duration::seconds(29)).await;
    assert_eq!(server.mails().len(), 1, "the lease still holds");
    test.advance(chrono::Duration::seconds(2)).await;
    test.advance(chrono::Duration::hours(5)).await;
    let ids: Vec<String> = server.mails().iter().map(id).collect();
    assert_eq!(ids.len(), 2, "twice at most: {ids:?}");
    assert_eq!(ids[0], ids[1], "the requester's mail program sees one mail");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_slow_mail_server_keeps_no_caller_waiting() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    let test = start(&server).await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    server.set_behaviour(Behaviour::AnswerAfter(1_000));
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(worker::run(Arc::clone(&test.app), stopped));
    let request = test.submit("citicom", &forms::of_kind("claim")).await;
    let patience = Instant::now() + Duration::from_secs(20);
    while server.connections() == 0 {
        assert!(Instant::now() < patience, "the worker tries to send");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for _ in 0..20 {
        let started = Instant::now();
        test.get(&request.path(""), Some(&request.token)).await.expect(200);
        let note = json!({"text": "Seen."});
        test.act(&dpo, &request.reference, "note", note).await.expect(200);
        test.submit("citicom", &forms::of_kind("claim")).await;
        assert!(started.elapsed() < Duration::from_millis(900), "{:?}", started.elapsed());
    }
    stop.send(true).unwrap();
    tokio::time::timeout(Duration::from_secs(10), worker).await.expect("it stops between two mails").unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_mail_server_that_hangs_does_not_stop_the_reminders() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    server.set_behaviour(Behaviour::HangAtGreeting);
    let smtp = SmtpTransport::new(&server.url(), Duration::from_secs(10)).unwrap();
    let test = over(Transport::Smtp(smtp)).await;
    let dpo = test.staff("dpo", Role::Dpo, "citicom").await;
    for _ in 0..3 {
        test.submit("citicom", &forms::of_kind("claim")).await;
    }
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(worker::run(Arc::clone(&test.app), stopped));
    let patience = Instant::now() + Duration::from_secs(20);
    while server.connections() == 0 {
        assert!(Instant::now() < patience, "the worker tries to send");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // While the first mail hangs, a request comes in whose clock reminds at once.
    test.submit("citicom", &forms::of_kind("blocking")).await;
    let asked = Instant::now();
    loop {
        if test.outbox(&dpo, "&state=pending").await.iter().any(|mail| mail["mail"] == "reminder") {
            break;
        }
        assert!(asked.elapsed() < Duration::from_secs(6), "no reminder was written while a mail hangs");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stop.send(true).unwrap();
    let stopped = tokio::time::timeout(Duration::from_secs(15), worker).await;
    stopped.expect("a worker stops after the mail in hand, not after all of them").unwrap();
    let leased = test.outbox(&dpo, "&state=pending").await;
    assert!(!leased.is_empty());
}
