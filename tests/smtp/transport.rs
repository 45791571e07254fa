//! The SMTP transport against a real server on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::time::{Duration, Instant};

use chrono::{TimeZone, Utc};
use mail_parser::MessageParser;
use otinish::mail::{
    envelope::{OutgoingMail, build},
    transport::{FileTransport, SendFailure, SendOutcome, SmtpTransport, Transport, smtp::Security},
};

use crate::support::smtp_server::{Behaviour, Encryption, SmtpOptions, SmtpServer};

const TEXT: &str = "Код:\n\n123456\n\n.\n..\n.начало с точкой\n";

fn mail(number: usize) -> OutgoingMail {
    OutgoingMail {
        message_id: format!("mail-{number}@otinish.example.kz"),
        date: Utc.with_ymd_and_hms(2026, 10, 5, 4, 30, 15).unwrap(),
        from_address: "otinish@example.kz".to_owned(),
        from_name: "ТОО «Пример»".to_owned(),
        reply_to: Some("privacy@example.kz".to_owned()),
        to: "aigerim@example.kz".to_owned(),
        subject: "Обращение принято: KTP-7F3K-9Q2M-X".to_owned(),
        text: TEXT.to_owned(),
        html: "<p>Код:</p><p>123456</p>".to_owned(),
        language: "ru",
        reference: Some("KTP-7F3K-9Q2M-X".to_owned()),
    }
}

fn smtp(url: &str) -> SmtpTransport {
    SmtpTransport::new(url, Duration::from_secs(15)).unwrap()
}

fn hurried(url: &str) -> SmtpTransport {
    SmtpTransport::new(url, Duration::from_millis(700)).unwrap()
}

fn retry(kind: &'static str) -> SendOutcome {
    SendOutcome::Retry { failure: SendFailure::of(kind) }
}

fn retry_after(kind: &'static str, code: u16, status: &str) -> SendOutcome {
    SendOutcome::Retry { failure: SendFailure::replied(kind, code, status) }
}

fn refused(code: u16, status: &str) -> SendOutcome {
    SendOutcome::Refused { failure: SendFailure::replied("refused", code, status) }
}

#[tokio::test]
async fn a_mail_goes_out_over_starttls_after_signing_in() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    let transport = Transport::Smtp(smtp(&server.url()));
    assert_eq!(transport.send(&mail(1)).await, SendOutcome::Accepted);
    let mails = server.mails();
    let [received] = mails.as_slice() else { panic!("{} mails", mails.len()) };
    assert!(received.encrypted && received.answered);
    assert_eq!(received.user.as_deref(), Some("otinish@example.kz"));
    assert_eq!(
        (received.from.as_str(), received.to.as_slice()),
        ("otinish@example.kz", &["aigerim@example.kz".to_owned()][..])
    );
    let read = MessageParser::default().parse(&received.data).unwrap();
    assert_eq!(read.message_id(), Some("mail-1@otinish.example.kz"));
    assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), TEXT.trim_end());
}

#[tokio::test]
async fn a_mail_goes_out_over_tls_from_the_first_byte() {
    let server = SmtpServer::start(SmtpOptions::implicit_tls()).await;
    let transport = smtp(&server.url());
    assert_eq!(transport.security(), Security::Tls);
    assert_eq!(transport.send(&mail(1)).await, SendOutcome::Accepted);
    assert!(server.mails()[0].encrypted);
}

#[tokio::test]
async fn a_server_that_knows_only_login_is_signed_in_to() {
    let server = SmtpServer::start(SmtpOptions { mechanisms: "LOGIN", ..SmtpOptions::default() }).await;
    assert_eq!(smtp(&server.url()).send(&mail(1)).await, SendOutcome::Accepted);
    assert_eq!(server.mails()[0].user.as_deref(), Some("otinish@example.kz"));
}

#[tokio::test]
async fn a_server_that_knows_no_common_way_to_sign_in_is_worth_another_attempt() {
    let server = SmtpServer::start(SmtpOptions { mechanisms: "GSSAPI", ..SmtpOptions::default() }).await;
    assert_eq!(smtp(&server.url()).send(&mail(1)).await, retry("auth"));
}

#[tokio::test]
async fn a_relay_on_the_same_machine_needs_no_encryption_and_no_password() {
    let server = SmtpServer::start(SmtpOptions::plain()).await;
    for url in [server.url(), server.url_bare()] {
        assert_eq!(smtp(&url).send(&mail(1)).await, SendOutcome::Accepted);
    }
    assert!(server.mails().iter().all(|mail| !mail.encrypted && mail.user.is_none()));
}

#[tokio::test]
async fn a_relay_on_the_same_machine_is_encrypted_to_when_it_offers_that() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    let transport = smtp(&server.url_bare());
    assert_eq!(transport.security(), Security::Opportunistic);
    assert_eq!(transport.send(&mail(1)).await, SendOutcome::Accepted);
    assert!(server.mails()[0].encrypted);
}

#[tokio::test]
async fn a_wrong_password_is_the_administrators_mistake_and_not_the_mails() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    let url = format!("{}?ca={}", server.url_as(Some(("otinish@example.kz", "wrong"))), server.ca_path().display());
    let outcome = smtp(&url).send(&mail(1)).await;
    assert_eq!(outcome, retry_after("auth", 535, "5.7.8"));
    assert!(!format!("{outcome:?}").contains("example.kz"));
}

#[tokio::test]
async fn a_missing_password_is_the_administrators_mistake_too() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    let url = format!("{}?ca={}", server.url_as(None), server.ca_path().display());
    assert_eq!(smtp(&url).send(&mail(1)).await, retry_after("auth", 530, "5.7.0"));
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_gets_neither_password_nor_mail() {
    let starttls = SmtpServer::start(SmtpOptions::default()).await;
    let implicit = SmtpServer::start(SmtpOptions::implicit_tls()).await;
    let foreign_ca = format!("{}?ca={}", starttls.url_bare(), implicit.ca_path().display());
    for url in [format!("{}?tls=required", starttls.url_bare()), implicit.url_bare(), foreign_ca] {
        assert_eq!(smtp(&url).send(&mail(1)).await, retry("tls"));
    }
    let bundled = format!("{}?tls=required&roots=bundled", starttls.url_bare());
    assert_eq!(smtp(&bundled).check().await, Err(SendFailure::of("tls")));
    assert!(starttls.mails().is_empty() && implicit.mails().is_empty());
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing_when_encryption_is_required() {
    let server = SmtpServer::start(SmtpOptions { encryption: Encryption::None, ..SmtpOptions::default() }).await;
    let url = format!("{}?tls=required", server.url_bare());
    assert_eq!(smtp(&url).send(&mail(1)).await, retry("tls"));
    let not_tls_at_all = url.replace("smtp://", "smtps://");
    assert_eq!(smtp(&not_tls_at_all).send(&mail(1)).await, retry("tls"));
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn a_refused_recipient_is_final_and_the_quoted_address_is_not_kept() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    server.behave_next(Behaviour::RefuseRecipient, 1);
    let transport = smtp(&server.url());
    let outcome = transport.send(&mail(1)).await;
    assert_eq!(outcome, refused(550, "5.1.1"));
    assert!(!format!("{outcome:?} {}", outcome.failure().unwrap()).contains("aigerim"));
    assert_eq!(transport.send(&mail(2)).await, SendOutcome::Accepted);
}

#[tokio::test]
async fn refused_contents_are_final() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    server.set_behaviour(Behaviour::RefuseContents);
    assert_eq!(smtp(&server.url()).send(&mail(1)).await, refused(554, "5.7.1"));
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn a_deferred_recipient_is_worth_another_attempt() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    server.behave_next(Behaviour::DeferRecipient, 1);
    let transport = smtp(&server.url());
    assert_eq!(transport.send(&mail(1)).await, retry_after("deferred", 451, "4.7.1"));
    assert_eq!(transport.send(&mail(1)).await, SendOutcome::Accepted);
}

#[tokio::test]
async fn a_server_that_turns_everybody_off_says_nothing_about_the_mail() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    server.behave_next(Behaviour::Unavailable, 1);
    server.behave_next(Behaviour::TurnAway, 1);
    let transport = smtp(&server.url());
    assert_eq!(transport.send(&mail(1)).await, retry_after("deferred", 421, "4.3.2"));
    assert_eq!(transport.send(&mail(1)).await, retry_after("connect", 554, "5.3.2"));
    assert_eq!(transport.send(&mail(1)).await, SendOutcome::Accepted);
}

#[tokio::test]
async fn a_server_that_is_away_gets_the_mail_when_it_is_back() {
    let mut server = SmtpServer::start(SmtpOptions::default()).await;
    let transport = smtp(&server.url());
    assert_eq!(transport.send(&mail(1)).await, SendOutcome::Accepted);
    server.stop().await;
    assert_eq!(transport.send(&mail(2)).await, retry("connect"));
    server.start_again().await;
    assert_eq!(transport.send(&mail(2)).await, SendOutcome::Accepted);
    assert_eq!(server.wait_for_mails(2).await.len(), 2);
}

#[tokio::test]
async fn a_server_that_hangs_costs_no_more_than_the_time_allowed() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    for behaviour in [Behaviour::HangAtGreeting, Behaviour::HangAfterContents] {
        server.behave_next(behaviour, 1);
        let started = Instant::now();
        assert_eq!(hurried(&server.url()).send(&mail(1)).await, retry("timeout"), "{behaviour:?}");
        assert!(started.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn a_late_answer_is_not_taken_for_the_answer_to_the_next_mail() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    let transport = SmtpTransport::new(&server.url(), Duration::from_secs(2)).unwrap();
    server.behave_next(Behaviour::AnswerAfter(2_500), 1);
    server.behave_next(Behaviour::RefuseContents, 1);
    assert_eq!(transport.send(&mail(1)).await, retry("timeout"));
    tokio::time::sleep(Duration::from_millis(800)).await;
    assert_eq!(transport.send(&mail(2)).await, refused(554, "5.7.1"));
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_mail_whose_answer_was_lost_is_sent_again_as_the_same_mail() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    let transport = smtp(&server.url());
    server.behave_next(Behaviour::DropBeforeAnswer, 1);
    assert_eq!(transport.send(&mail(1)).await, retry("io"));
    assert_eq!(transport.send(&mail(1)).await, SendOutcome::Accepted);
    let mails = server.mails();
    assert_eq!(mails.iter().map(|mail| mail.answered).collect::<Vec<_>>(), [false, true]);
    assert_eq!(mails[0].data, mails[1].data);
}

#[tokio::test]
async fn a_connection_lost_before_the_contents_leaves_nothing_at_the_server() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    server.set_behaviour(Behaviour::DropAtData);
    assert_eq!(smtp(&server.url()).send(&mail(1)).await, retry("io"));
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn mails_share_a_connection_while_it_lives() {
    let mut server = SmtpServer::start(SmtpOptions::default()).await;
    let transport = smtp(&server.url());
    for number in 0..3 {
        assert_eq!(transport.clone().send(&mail(number)).await, SendOutcome::Accepted);
    }
    assert_eq!(server.connections(), 1);
    server.stop().await;
    server.start_again().await;
    assert_eq!(transport.send(&mail(3)).await, SendOutcome::Accepted);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn mails_sent_at_once_all_arrive_once() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    let transport = smtp(&server.url());
    let mut sends = tokio::task::JoinSet::new();
    for number in 0..20 {
        let transport = transport.clone();
        sends.spawn(async move { transport.send(&mail(number)).await });
    }
    assert!(sends.join_all().await.iter().all(|outcome| *outcome == SendOutcome::Accepted));
    let mails = server.mails();
    let ids: std::collections::HashSet<_> = mails
        .iter()
        .map(|mail| MessageParser::default().parse(&mail.data).unwrap().message_id().unwrap().to_owned())
        .collect();
    assert_eq!((mails.len(), ids.len()), (20, 20));
}

#[tokio::test]
async fn a_mail_that_cannot_be_built_never_reaches_the_server() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    let invalid = SendOutcome::Refused { failure: SendFailure::of("invalid") };
    let smuggling = OutgoingMail { subject: "Тема\r\nBcc: x@example.kz".to_owned(), ..mail(1) };
    let transport = smtp(&server.url());
    assert_eq!(transport.send(&smuggling).await, invalid);
    assert_eq!(server.connections(), 0);
    // This server does not offer SMTPUTF8.
    let unreachable = OutgoingMail { to: "айгерім@example.kz".to_owned(), ..mail(1) };
    assert_eq!(transport.send(&unreachable).await, invalid);
    assert!(server.mails().is_empty());
}

#[tokio::test]
async fn the_server_gets_the_same_message_as_the_folder() {
    let server = SmtpServer::start(SmtpOptions::default()).await;
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(smtp(&server.url()).send(&mail(1)).await, SendOutcome::Accepted);
    let file = Transport::File(FileTransport::new(folder.path().to_owned()));
    assert_eq!(file.send(&mail(1)).await, SendOutcome::Accepted);
    let written = std::fs::read(folder.path().join("mail-1@otinish.example.kz.eml")).unwrap();
    assert_eq!(written, build(&mail(1)).unwrap().formatted());
    assert!(server.mails()[0].data.starts_with(&written));
}

#[tokio::test]
async fn a_check_finds_out_without_sending_anything() {
    let mut server = SmtpServer::start(SmtpOptions::default()).await;
    let transport = Transport::Smtp(smtp(&server.url()));
    assert_eq!(transport.check().await, Ok(()));
    assert!(server.mails().is_empty());
    server.stop().await;
    assert_eq!(transport.check().await, Err(SendFailure::of("connect")));
}

#[test]
fn the_url_decides_about_encryption() {
    for (url, security) in [
        ("smtp://u:p@mail.example.kz", Security::StartTls),
        ("SMTPS://u:p@mail.example.kz/", Security::Tls),
        ("smtp://mail.example.kz:2525", Security::StartTls),
        ("smtp://relay:25?tls=off", Security::Off),
        ("smtp://relay?tls=opportunistic", Security::Opportunistic),
        ("smtp://u:p%40%C3%A9@[::1]:25", Security::Opportunistic),
        // The last @ divides, so a raw one before it does no harm.
        ("smtps://u@b.kz:p/@mail.example.kz", Security::Tls),
        ("smtp://127.0.0.2", Security::Opportunistic),
        ("smtp://localhost?tls=required", Security::StartTls),
    ] {
        assert_eq!(smtp(url).security(), security, "{url}");
    }
}

#[test]
fn a_malformed_url_is_named_and_its_password_is_not() {
    for url in [
        "",
        "mail.example.kz",
        "http://user:s3cret@host",
        "smtp://",
        "smtp://user:s3cret@",
        "smtp://user:s3cret@host:0",
        "smtp://user:s3cret@host:99999",
        "smtp://user:s3cret@host:25x",
        "smtp://s3cret@host",
        "smtp://:s3cret@host",
        "smtp://user:@host",
        "smtp://user:s3cret%@host",
        "smtp://user:s3cret%zz@host",
        "smtp://user:s3cret%00@host",
        "smtp://user:s3cret%ff@host",
        "smtp://user:s3cret@host/path",
        "smtp://user:s3cret#x@ho st",
        "smtp://user:s3cret@[::1",
        "smtp://user:s3cret@[host]",
        "smtp://user:s3cret@host?tls=maybe",
        "smtp://user:s3cret@host?tls=off",
        "smtp://user:s3cret@host?tls=opportunistic",
        "smtps://user:s3cret@host?tls=off",
        "smtp://user:s3cret@host?s3cret",
        "smtp://user:s3cret@host?ca=/nowhere/s3cret.pem",
        "smtp://user:s3cret@host?roots=none",
        "smtp://user:s3cret@хост",
    ] {
        let error = SmtpTransport::new(url, Duration::from_secs(1)).expect_err(url);
        assert!(error.to_string().starts_with("SMTP_URL: "), "{url}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{url}");
    }
}

#[test]
fn a_certificate_file_without_a_certificate_is_an_error() {
    let file = tempfile::NamedTempFile::new().unwrap();
    for contents in ["", "no certificate", "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"] {
        std::fs::write(file.path(), contents).unwrap();
        let url = format!("smtps://mail.example.kz?ca={}", file.path().display());
        assert!(SmtpTransport::new(&url, Duration::from_secs(1)).is_err(), "{contents}");
    }
}

#[test]
fn debug_shows_no_password() {
    let shown = format!("{:?}", smtp("smtp://user:s3cret@mail.example.kz"));
    assert!(shown.contains("mail.example.kz") && !shown.contains("s3cret") && !shown.contains("user"));
}
