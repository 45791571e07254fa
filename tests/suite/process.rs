//! The program in operation: stopping, crashing, several processes, a database that goes away.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::program::{OwnPostgres, PATIENCE, Place, Running, signal};
use crate::support::{PASSWORD, code_in, forms};

async fn submit(process: &Running) -> (String, String) {
    let receipt = process.post("/api/v1/operators/demo/requests", None, &forms::access()).await.expect(201);
    let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
    (text("reference"), text("token"))
}

fn add_dpo(place: &Place) {
    let arguments = ["--email", "dpo@demo.example.kz", "--name", "Dana", "--role", "dpo", "--operator", "demo"];
    let ended = place.run(&[&["staff", "add"], &arguments[..], &["--password-stdin"]].concat(), PASSWORD);
    assert!(ended.success, "{ended:?}");
}

#[tokio::test]
async fn a_term_signal_lets_a_request_in_flight_end_and_the_program_exits_with_0() {
    let place = Place::empty();
    let mut process = place.start(&["serve"]);
    let address = process.base.trim_start_matches("http://").to_owned();
    let body = forms::access().to_string();
    let (first, rest) = body.split_at(body.find(',').unwrap());
    let mut stream = TcpStream::connect(&address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head = format!(
        "POST /api/v1/operators/demo/requests HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(first.as_bytes()).unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    signal(process.id(), "TERM");
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert!(process.runs(), "it waits for the request in flight: {}", process.output());
    stream.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert_eq!(process.wait().code(), Some(0), "{}", process.output());
    assert!(TcpStream::connect(&address).is_err());

    let value = |name: &str| answer.split(&format!("\"{name}\":\"")).nth(1).unwrap().split('"').next().unwrap();
    let mut again = place.start(&["serve"]);
    again.get(&format!("/api/v1/requests/{}", value("reference")), Some(value("token"))).await.expect(200);
    assert_eq!(again.stop().code(), Some(0));
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_and_its_mail_goes_out_after_the_restart() {
    let place = Place::empty();
    let process = place.start(&["serve", "--no-worker"]);
    let (reference, token) = submit(&process).await;
    process.kill();
    assert!(place.mails().is_empty());
    let mut process = place.start(&["serve"]);
    let mails = place.wait_for_mails(1);
    let code = json!({"code": code_in(&mails[0])});
    let path = format!("/api/v1/requests/{reference}/confirm");
    let seen = process.post(&path, Some(&token), &code).await.expect(200);
    assert_eq!(seen["status"], "verification");

    // Again, at a moment at which the worker does something. A lease that is left behind ends after half a minute.
    for round in 2..=3 {
        let (reference, token) = submit(&process).await;
        std::thread::sleep(Duration::from_millis(7 * round));
        process.kill();
        process = place.start(&["serve"]);
        process.get(&format!("/api/v1/requests/{reference}"), Some(&token)).await.expect(200);
        let mails = place.wait_for_mails(usize::try_from(round).unwrap());
        let about = mails.iter().filter(|text| text.contains(&reference)).count();
        assert_eq!(about, 1, "one receipt, whenever it was killed");
    }
}

#[tokio::test]
async fn staff_are_added_beside_a_running_server_and_can_sign_in() {
    let place = Place::empty();
    let process = place.start(&["serve"]);
    add_dpo(&place);
    let login = json!({"email": "dpo@demo.example.kz", "password": PASSWORD});
    let tokens = process.post("/api/v1/auth/login", None, &login).await.expect(200);
    let me = process.get("/api/v1/staff/me", tokens["access_token"].as_str()).await.expect(200);
    assert_eq!(me["name"], "Dana");
    let wrong = json!({"email": "dpo@demo.example.kz", "password": "another long passphrase"});
    process.post("/api/v1/auth/login", None, &wrong).await.problem(401, "unauthorized");
    let short =
        ["staff", "add", "--email", "a@demo.example.kz", "--name", "A", "--role", "agent", "--operator", "demo"];
    let ended = place.run(&[&short[..], &["--password-stdin"]].concat(), "short\n");
    assert!(!ended.success && ended.err.contains("the password"), "{ended:?}");
}

#[tokio::test]
async fn a_server_and_a_worker_share_one_database() {
    let place = Place::empty();
    let server = place.start(&["serve", "--no-worker"]);
    let start = Instant::now();
    while !server.output().contains("otinish worker") {
        assert!(start.elapsed() < PATIENCE, "it says who sends the mails: {}", server.output());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut worker = place.start(&["worker"]);
    add_dpo(&place);
    let mut references = Vec::new();
    for _ in 0..10 {
        references.push(submit(&server).await.0);
    }
    // A receipt to the requester and word to the DPO, for each.
    let mails = place.wait_for_mails(20);
    assert_eq!(mails.len(), 20);
    for reference in references {
        assert_eq!(mails.iter().filter(|text| text.contains(&reference)).count(), 2, "{reference}");
    }
    assert_eq!(worker.stop().code(), Some(0), "{}", worker.output());
    let ready = server.get("/health/ready", None).await.expect(200);
    assert_eq!((&ready["status"], &ready["mail_queue_age_seconds"]), (&json!("ready"), &json!(null)));
    submit(&server).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let ready = server.get("/health/ready", None).await.expect(200);
    let age = ready["mail_queue_age_seconds"].as_i64().unwrap();
    assert!(age >= 1, "a queue that waits is told and is no failure: {ready}");
    server.get("/health/live", None).await.expect(200);
}

#[tokio::test]
async fn a_database_that_went_away_is_503_and_comes_back_without_a_restart() {
    let Some(mut postgres) = OwnPostgres::start() else {
        println!("skipped: PostgreSQL's initdb is not installed");
        return;
    };
    let place = Place { url: postgres.url(), ..Place::empty() };
    let mut process = place.start(&["serve"]);
    process.get("/health/ready", None).await.expect(200);
    let (reference, token) = submit(&process).await;
    place.wait_for_mails(1);

    postgres.stop();
    let started = Instant::now();
    process.get("/health/ready", None).await.problem(503, "unavailable");
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    process.get("/health/live", None).await.expect(200);
    let path = format!("/api/v1/requests/{reference}");
    process.get(&path, Some(&token)).await.problem(503, "unavailable");
    process.post("/api/v1/operators/demo/requests", None, &forms::access()).await.problem(503, "unavailable");

    postgres.start_again();
    let started = Instant::now();
    while process.get("/health/ready", None).await.status != 200 {
        assert!(started.elapsed() < PATIENCE, "it does not recover: {}", process.output());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    process.get(&path, Some(&token)).await.expect(200);
    submit(&process).await;
    place.wait_for_mails(2);
    assert_eq!(process.stop().code(), Some(0), "{}", process.output());
}
