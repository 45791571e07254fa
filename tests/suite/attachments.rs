//! Files of a request: in whole and out whole, known by their content, sealed where they lie.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::journey::{rows, stored_chain, tamper};
use crate::support::{Answer, Submitted, TestApp, clock, forms};

const LIMIT: usize = 10 * 1024 * 1024;

/// A document of so many bytes.
pub fn pdf(size: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    bytes.extend((0..size.saturating_sub(9)).map(|at| u8::try_from(at * 31 % 251).unwrap()));
    bytes
}

/// Sends a file; `path` is that of the requester or of staff.
pub async fn send(test: &TestApp, path: &str, token: &str, name: &str, bytes: Vec<u8>, key: Option<&str>) -> Answer {
    let request = test.http.post(format!("{}{path}", test.base)).bearer_auth(token);
    let mut request = forms::with_file(request, &[], name, "text/html", &bytes);
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

/// Sends a file of the requester.
pub async fn sent(test: &TestApp, request: &Submitted, name: &str, bytes: Vec<u8>) -> Answer {
    send(test, &request.path("/attachments"), &request.token, name, bytes, None).await
}

/// Fetches a file: status, headers, and the bytes unless the answer broke off.
pub async fn fetch(test: &TestApp, path: &str, token: &str) -> (u16, reqwest::header::HeaderMap, Option<Vec<u8>>) {
    let response = test.http.get(format!("{}{path}", test.base)).bearer_auth(token).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.bytes().await.ok().map(|bytes| bytes.to_vec()))
}

pub fn objects(test: &TestApp) -> Vec<std::path::PathBuf> {
    let folder = test.database.folder.path().join("files");
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

pub fn id(view: &Value) -> String {
    view["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_file_comes_back_byte_for_byte_to_requester_and_staff_and_lies_sealed() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("review", &desk, "kazteleport", &forms::access()).await;
    test.take_mails();
    for (size, name) in [(200_000, "Паспорт \"1\".pdf"), (65_536, "two.pdf"), (9, "s.pdf"), (131_072, "t.pdf")] {
        let bytes = pdf(size);
        let before = test.seen(&request).await;
        let version = test.view(&desk.dpo, &request.reference).await["version"].as_i64().unwrap();
        let view = sent(&test, &request, name, bytes.clone()).await.expect(201);
        assert_eq!((&view["media_type"], &view["size"]), (&json!("application/pdf"), &json!(size)));
        assert_eq!(view["sha256"], otinish::domain::event_chain::hex(&Sha256::digest(&bytes)));
        let after = test.seen(&request).await;
        let count = before["attachments"].as_array().unwrap().len();
        assert_eq!(after["attachments"][count], view);
        assert_eq!(after["timeline"].as_array().unwrap().last().unwrap()["kind"], "file_added");
        assert_eq!(test.view(&desk.dpo, &request.reference).await["version"], version + 1);

        let paths = [
            (request.path(&format!("/attachments/{}", id(&view))), &request.token),
            (format!("/api/v1/staff/requests/{}/attachments/{}", request.reference, id(&view)), &desk.agent.token),
        ];
        for (path, token) in paths {
            let (status, headers, body) = fetch(&test, &path, token).await;
            assert_eq!((status, body.unwrap() == bytes), (200, true));
            assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename="));
            assert_eq!(headers["x-content-type-options"], "nosniff");
            assert_eq!(headers["content-type"], "application/pdf");
        }
    }
    let plain = pdf(200_000);
    for object in objects(&test) {
        let sealed = std::fs::read(object).unwrap();
        assert!(!sealed.windows(8).any(|window| window == &plain[..8] || window == &plain[1000..1008]));
    }
    test.work().await;
    assert!(test.take_mails().iter().any(|mail| mail.to == desk.agent.email && mail.subject.contains("a file was")));
    let (id, links, head) = stored_chain(&test.database, &request.reference);
    assert!(otinish::domain::event_chain::verify(&id, &links, Some(&head)).is_ok());
}

#[tokio::test]
async fn a_file_is_what_its_content_says_and_gets_a_clean_name() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let before = (rows(&test.database), objects(&test).len());
    let refused: [(&str, &[u8]); 4] = [
        ("a.pdf", b"MZ\x90\0\x03\0\0\0\x04\0"),
        ("a.txt", b"<html><script>alert(1)</script></html>"),
        ("a.txt", b"text \0 text"),
        ("a.docx", b"PK\x03\x04 nothing of a text"),
    ];
    for (name, bytes) in refused {
        sent(&test, &request, name, bytes.to_vec()).await.problem(415, "unsupported_media_type");
    }
    sent(&test, &request, "a.pdf", Vec::new()).await.invalid(&[("/file", "required")]);
    let mut late = "слово ".repeat(30_000).into_bytes();
    late.push(0);
    sent(&test, &request, "late.txt", late).await.problem(415, "unsupported_media_type");
    assert_eq!((rows(&test.database), objects(&test).len()), before, "nothing is kept");

    let long = format!("{}.pdf", "ж".repeat(300));
    let names = [
        ("../../etc/passwd", "passwd.pdf"),
        ("evil\u{202e}fdp.exe", "evilfdp.exe.pdf"),
        (&long, &format!("{}.pdf", "ж".repeat(96))),
    ];
    for (typed, kept) in names {
        assert_eq!(sent(&test, &request, typed, pdf(20)).await.expect(201)["name"], kept);
    }
    let mail = b"From: a@example.kz\r\nDate: Mon, 23 Nov 2026 10:00:00 +0500\r\n\r\nHello".to_vec();
    assert_eq!(sent(&test, &request, "x.exe", mail).await.expect(201)["media_type"], "message/rfc822");
    let greeting = "Қайырлы күн".as_bytes().to_vec();
    assert_eq!(sent(&test, &request, "x", greeting).await.expect(201)["name"], "x.txt");
}

#[tokio::test]
async fn ten_mebibytes_are_taken_and_not_one_byte_more() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let view = sent(&test, &request, "whole.pdf", pdf(LIMIT)).await.expect(201);
    let (_, _, body) = fetch(&test, &request.path(&format!("/attachments/{}", id(&view))), &request.token).await;
    assert!(body.unwrap() == pdf(LIMIT));
    sent(&test, &request, "more.pdf", pdf(LIMIT + 1)).await.problem(413, "payload_too_large");
    assert_eq!((rows(&test.database)["attachments"], objects(&test).len()), (1, 1));
}

#[tokio::test]
async fn ten_files_are_taken_also_side_by_side_and_no_eleventh() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    for size in 20..27 {
        sent(&test, &request, "a.pdf", pdf(size)).await.expect(201);
    }
    let (one, two) =
        tokio::join!(sent(&test, &request, "b.pdf", pdf(70_000)), sent(&test, &request, "c.pdf", pdf(70_001)));
    assert_eq!((one.status, two.status), (201, 201), "{} {}", one.text, two.text);
    let (one, two) =
        tokio::join!(sent(&test, &request, "d.pdf", pdf(70_002)), sent(&test, &request, "e.pdf", pdf(70_003)));
    let mut both = [one.status, two.status];
    both.sort_unstable();
    assert_eq!(both, [201, 409]);
    sent(&test, &request, "f.pdf", pdf(30)).await.problem(409, "too_many_files");
    assert_eq!((rows(&test.database)["attachments"], objects(&test).len()), (10, 10));
}

#[tokio::test]
async fn only_whoever_may_open_the_request_sends_and_fetches() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let stranger = test.desk("citicom").await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let other = test.submit("kazteleport", &forms::of_kind("claim")).await;
    let view = sent(&test, &request, "a.pdf", pdf(100)).await.expect(201);
    let own = request.path(&format!("/attachments/{}", id(&view)));
    assert_eq!(fetch(&test, &own, &other.token).await.0, 404);
    assert_eq!(fetch(&test, &other.path(&format!("/attachments/{}", id(&view))), &other.token).await.0, 404);
    let wrong = send(&test, &request.path("/attachments"), &other.token, "a.pdf", pdf(100), None).await;
    wrong.problem(404, "not_found");

    let all = format!("/api/v1/staff/requests/{}/attachments", request.reference);
    let one = format!("{all}/{}", id(&view));
    assert_eq!(fetch(&test, &one, &stranger.dpo.token).await.0, 404);
    assert_eq!(fetch(&test, &one, &desk.agent.token).await.0, 403, "not assigned");
    send(&test, &all, &stranger.dpo.token, "a.pdf", pdf(100), None).await.problem(404, "not_found");
    send(&test, &all, &desk.agent.token, "a.pdf", pdf(100), None).await.problem(403, "forbidden");
    let masked = test.view(&desk.agent, &request.reference).await["attachments"][0].clone();
    assert_eq!((&masked["name"], &masked["sha256"]), (&Value::Null, &Value::Null));

    let before = rows(&test.database)["audit"];
    assert_eq!(fetch(&test, &one, &desk.dpo.token).await.0, 200);
    assert_eq!(rows(&test.database)["audit"], before + 1);
    let added = send(&test, &all, &desk.dpo.token, "paper.pdf", pdf(100), None).await.expect(201);
    assert_eq!(added["from"], "staff");

    test.post(&request.path("/cancel"), Some(&request.token), &json!({})).await.expect(200);
    sent(&test, &request, "a.pdf", pdf(100)).await.problem(409, "invalid_transition");
}

#[tokio::test]
async fn the_same_call_twice_is_one_file() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let path = request.path("/attachments");
    let first = send(&test, &path, &request.token, "a.pdf", pdf(100), Some("k")).await;
    let again = send(&test, &path, &request.token, "a.pdf", pdf(100), Some("k")).await;
    assert_eq!((first.expect(201), again.header("idempotency-replayed")), (again.expect(201), Some("true")));
    let other = send(&test, &path, &request.token, "a.pdf", pdf(101), Some("k")).await;
    other.problem(422, "idempotency_conflict");
    assert_eq!((rows(&test.database)["attachments"], objects(&test).len()), (1, 1));
}

#[tokio::test]
async fn a_form_that_is_cut_off_or_is_none_leaves_nothing() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let bearer = format!("Bearer {}", request.token);
    let head = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n";
    let mut body = head.as_bytes().to_vec();
    body.extend(pdf(600_000));
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=x")];
    let path = request.path("/attachments");
    test.raw(reqwest::Method::POST, &path, &headers, body).await.problem(400, "bad_request");
    let json = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    test.raw(reqwest::Method::POST, &path, &json, b"{}".to_vec()).await.problem(415, "unsupported_media_type");
    assert_eq!((rows(&test.database)["attachments"], objects(&test).len()), (0, 0));
}

#[tokio::test]
async fn a_damaged_or_missing_object_is_an_error_and_never_a_file() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let view = sent(&test, &request, "a.pdf", pdf(300_000)).await.expect(201);
    let path = request.path(&format!("/attachments/{}", id(&view)));
    let object = objects(&test).pop().unwrap();
    let good = std::fs::read(&object).unwrap();
    for (at, length) in [(5, good.len()), (100, good.len()), (0, 10)] {
        let mut bad = good[..length].to_vec();
        bad[at] ^= 1;
        std::fs::write(&object, bad).unwrap();
        assert_eq!(fetch(&test, &path, &request.token).await.0, 500);
    }
    let mut late = good.clone();
    late[250_000] ^= 1;
    for bad in [late, good[..good.len() - 1].to_vec()] {
        std::fs::write(&object, bad).unwrap();
        let (status, _, body) = fetch(&test, &path, &request.token).await;
        assert!(status == 500 || body.is_none(), "the answer breaks off");
    }
    std::fs::remove_file(&object).unwrap();
    assert_eq!(fetch(&test, &path, &request.token).await.0, 500);
}

#[tokio::test]
async fn objects_without_a_row_are_swept_away_after_a_day_and_others_stay() {
    let test = TestApp::start_at("2026-11-23T10:00").await;
    let request = test.submit("kazteleport", &forms::access()).await;
    sent(&test, &request, "a.pdf", pdf(100)).await.expect(201);
    sent(&test, &request, "b.pdf", pdf(100)).await.expect(201);
    tamper(&test.database, "DELETE FROM attachments WHERE seq = 2");
    // The test's clock stands before the real one, by which the folder dates its files.
    otinish::services::attachments::sweep(&test.app).await.unwrap();
    assert_eq!(objects(&test).len(), 2);
    test.app.clock.set("2100-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(otinish::services::attachments::sweep(&test.app).await.unwrap(), 1);
    assert_eq!(objects(&test).len(), 1);
}

#[tokio::test]
async fn the_first_document_of_a_correction_starts_its_clock_and_later_ones_do_not() {
    let test = TestApp::start().await;
    let request = test.submit_confirmed("kazteleport", &forms::of_kind("correction")).await;
    assert_eq!(clock(&request.receipt, "correction")["state"], "waiting");
    test.advance(chrono::Duration::hours(30)).await;
    sent(&test, &request, "proof.pdf", pdf(100)).await.expect(201);
    let first = test.seen(&request).await;
    let running = clock(&first, "correction").clone();
    assert_eq!((&running["state"], &running["due_on"]), (&json!("running"), &json!("2026-11-25")));
    assert_eq!(clock(&first, "document_request")["state"], "met");
    test.advance(chrono::Duration::hours(3)).await;
    sent(&test, &request, "more.pdf", pdf(100)).await.expect(201);
    assert_eq!(clock(&test.seen(&request).await, "correction"), &running);
}
