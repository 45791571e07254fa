use actix_web::test::TestRequest;
use diesel::RunQueryDsl;

use super::*;
use crate::domain::vocabulary::Language;
use crate::http::testing::{NOW, app, logged, send, send_to};
use crate::storage::outbox::{self, OutboxRow};

async fn execute(app: &App, sql: &'static str) {
    let run =
        app.db.write("test", move |tx| diesel::sql_query(sql).execute(tx).map(|_| ()).map_err(StorageError::from));
    run.await.unwrap();
}

fn waiting_mail() -> OutboxRow {
    let now = NOW.parse::<chrono::DateTime<chrono::Utc>>().unwrap().naive_utc();
    OutboxRow {
        id: "1".to_owned(),
        request_id: None,
        operator_id: "kazteleport".to_owned(),
        mail: "digest".to_owned(),
        recipient_kind: "staff".to_owned(),
        recipient_id: None,
        language: Language::Ru,
        message_id: "1@example.kz".to_owned(),
        delivers_answer: false,
        state: outbox::PENDING.to_owned(),
        attempts: 3,
        created_at: now - chrono::Duration::hours(2),
        next_attempt_at: Some(now),
        give_up_at: now,
        lease_token: None,
        lease_until: None,
        sent_at: None,
        failure_kind: None,
        smtp_code: None,
        smtp_enhanced: None,
        posted_on: None,
        tracking: None,
        resent_from: None,
        sealed: None,
        remind_at: None,
        posted_how: None,
        resent_at: None,
        resent_as: None,
    }
}

#[actix_web::test]
async fn a_process_that_answers_is_live() {
    let answer = send(configure, TestRequest::get().uri("/health/live")).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, r#"{"status":"live"}"#));
}

#[actix_web::test]
async fn a_process_with_a_database_up_to_date_is_ready() {
    let folder = tempfile::tempdir().unwrap();
    let answer = send_to(&app(folder.path()), configure, TestRequest::get().uri("/health/ready")).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let schema = storage::latest().unwrap().unwrap();
    let expected =
        serde_json::json!({"status": "ready", "database": "ok", "schema": schema, "mail_queue_age_seconds": null});
    assert_eq!(answer.json(), expected);
}

#[actix_web::test]
async fn an_old_mail_queue_is_reported_and_leaves_the_process_ready() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(folder.path());
    app.db.write("test", |tx| outbox::enqueue(tx, &waiting_mail()).map_err(StorageError::from)).await.unwrap();
    let answer = send_to(&app, configure, TestRequest::get().uri("/health/ready")).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["mail_queue_age_seconds"]), (200, &7200.into()));
}

#[actix_web::test]
async fn tables_of_another_version_are_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(folder.path());
    execute(&app, "INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')").await;
    let (answer, log) = logged(send_to(&app, configure, TestRequest::get().uri("/health/ready"))).await;
    assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (503, "unavailable"));
    assert!(log.contains("another version"), "{log}");
    assert!(log.contains("\"level\":\"INFO\""), "a failing check is no quiet line: {log}");
}

#[actix_web::test]
async fn a_database_that_lost_its_tables_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let app = app(folder.path());
    execute(&app, "DROP TABLE __diesel_schema_migrations").await;
    let answer = send_to(&app, configure, TestRequest::get().uri("/health/ready")).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, Some("5")));
}
