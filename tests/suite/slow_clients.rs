//! Clients that are slow, broken or hostile at the level of the connection: each is answered or hung up on, and others are served
//! meanwhile. The waits are the server's own limits: ten seconds for a head, thirty for a body.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{TestApp, forms};

/// Far longer than any limit of the server.
const PATIENCE: Duration = Duration::from_mins(2);
/// A slow client sends a piece so often.
const NOW_AND_THEN: Duration = Duration::from_millis(700);

/// A connection on which anything can be sent.
struct Line(TcpStream);

impl Line {
    async fn to(test: &TestApp) -> Self {
        Self(TcpStream::connect(test.base.trim_start_matches("http://")).await.unwrap())
    }

    /// Opens a connection and sends `bytes`.
    async fn with(test: &TestApp, bytes: impl AsRef<[u8]>) -> Self {
        let mut line = Self::to(test).await;
        line.0.write_all(bytes.as_ref()).await.unwrap();
        line
    }

    /// All that comes until the server hangs up.
    async fn end(mut self) -> String {
        let mut bytes = Vec::new();
        let read = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut bytes)).await;
        // A reset is an end, too.
        let _ = read.expect("the server neither answers to the end nor hangs up");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Sends `piece` again and again until the server hangs up, and returns what it said.
    async fn drip(self, piece: &'static [u8]) -> String {
        let (mut reader, mut writer) = self.0.into_split();
        let sender = tokio::spawn(async move {
            while writer.write_all(piece).await.is_ok() {
                tokio::time::sleep(NOW_AND_THEN).await;
            }
        });
        let mut bytes = Vec::new();
        let read = tokio::time::timeout(PATIENCE, reader.read_to_end(&mut bytes)).await;
        sender.abort();
        let _ = read.expect("the server waits for ever");
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// The statuses of the answers in what came over a connection.
fn statuses(text: &str) -> Vec<&str> {
    text.split("HTTP/1.1 ").skip(1).filter_map(|answer| answer.get(..3)).collect()
}

fn head(method: &str, path: &str, more: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n")
}

async fn others_are_served(test: &TestApp) {
    test.get("/api/v1/operators", None).await.expect(200);
    test.submit("demo", &forms::access()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heads_that_never_end_are_given_up_while_others_are_served() {
    let test = TestApp::start().await;
    let mut slow = Vec::new();
    for _ in 0..100 {
        let line = Line::with(&test, "GET /api/v1/operators HTTP/1.1\r\nHost: localhost\r\n").await;
        slow.push(tokio::spawn(line.drip(b"X-More: 1\r\n")));
    }
    slow.push(tokio::spawn(Line::to(&test).await.end()));
    for _ in 0..10 {
        others_are_served(&test).await;
    }
    for line in slow {
        let said = line.await.unwrap();
        assert!(statuses(&said).iter().all(|status| *status == "408"), "{said}");
    }
    others_are_served(&test).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_that_never_end_are_refused_with_408_by_the_api_and_by_pages() {
    let test = TestApp::start().await;
    let json = head(
        "POST",
        "/api/v1/operators/demo/requests",
        "Content-Type: application/json\r\nContent-Length: 90000\r\nConnection: close\r\n",
    );
    let chunked = head(
        "POST",
        "/api/v1/operators/demo/requests",
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n",
    );
    let form = head(
        "POST",
        "/requests",
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9000\r\nConnection: close\r\n",
    );
    let mut slow = Vec::new();
    // A body whose call was refused at once is no different.
    let unknown = head("POST", "/api/v1/nothing", "Transfer-Encoding: chunked\r\n");
    let ignored = tokio::spawn(Line::with(&test, unknown).await.drip(b"1\r\n \r\n"));
    for (head, piece) in [(json, &b" "[..]), (chunked, b"1\r\n \r\n"), (form, b"a")] {
        let line = Line::with(&test, head).await;
        slow.push(tokio::spawn(line.drip(piece)));
    }
    others_are_served(&test).await;
    for line in slow {
        let said = line.await.unwrap();
        assert_eq!(statuses(&said), ["408"], "{said}");
    }
    assert_eq!(statuses(&ignored.await.unwrap()), ["404"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_comes_byte_by_byte_is_refused_and_nothing_of_it_is_kept() {
    let test = TestApp::start().await;
    let request = test.submit("demo", &forms::access()).await;
    let part = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"letter.txt\"\r\n\r\nA letter.";
    let more = format!(
        "Authorization: Bearer {}\r\nContent-Type: multipart/form-data; boundary=edge\r\nContent-Length: 900000\r\n\
         Connection: close\r\n",
        request.token
    );
    let line = Line::with(&test, head("POST", &request.path("/attachments"), &more) + part).await;
    let slow = tokio::spawn(line.drip(b"."));
    others_are_served(&test).await;
    let said = slow.await.unwrap();
    assert_eq!(statuses(&said), ["408"], "{said}");
    let view = test.get(&request.path(""), Some(&request.token)).await.expect(200);
    assert_eq!(view["attachments"], json!([]));
    let folder = test.database.folder.path().join("files");
    let objects = std::fs::read_dir(&folder)
        .map_or(0, |entries| entries.filter(|entry| entry.as_ref().unwrap().path().is_file()).count());
    assert_eq!(objects, 0, "{}", folder.display());
}

#[tokio::test]
async fn heads_and_bodies_without_end_are_cut_off() {
    let test = TestApp::start().await;
    let endless_head = Line::with(&test, "GET / HTTP/1.1\r\nX-Large: ").await.flood(b'x', 2_000_000).await;
    assert!(statuses(&endless_head).iter().all(|status| matches!(*status, "400" | "431")), "{endless_head}");
    let path = "/api/v1/operators/demo/requests";
    let chunked = head("POST", path, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n");
    let endless_body = Line::with(&test, chunked + "200000\r\n").await.flood(b' ', 2_000_000).await;
    assert_eq!(statuses(&endless_body), ["413"], "{endless_body}");
    let said_large =
        head("POST", path, "Content-Type: application/json\r\nContent-Length: 99999999999\r\nConnection: close\r\n");
    let answer = Line::with(&test, said_large).await.end().await;
    assert_eq!(statuses(&answer), ["413"], "{answer}");
    others_are_served(&test).await;
}

impl Line {
    /// Sends a byte so often, or until the server hangs up; then what it said.
    async fn flood(self, byte: u8, count: usize) -> String {
        let (mut reader, mut writer) = self.0.into_split();
        let sender = tokio::spawn(async move {
            let piece = vec![byte; 10_000];
            for _ in 0..count / piece.len() {
                if writer.write_all(&piece).await.is_err() {
                    break;
                }
            }
            // Kept open: the server has to end it.
            writer
        });
        let mut bytes = Vec::new();
        let read = tokio::time::timeout(PATIENCE, reader.read_to_end(&mut bytes)).await;
        let _ = read.expect("the server waits for more");
        sender.abort();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

#[tokio::test]
async fn who_stops_sending_still_gets_the_answer_and_half_a_body_is_no_request() {
    let test = TestApp::start().await;
    let mut whole = Line::with(&test, head("GET", "/api/v1/operators/demo", "")).await;
    whole.0.shutdown().await.unwrap();
    let said = whole.end().await;
    assert_eq!(statuses(&said), ["200"], "{said}");
    assert!(said.ends_with('}'), "the answer is whole: {said}");

    let body = forms::access().to_string();
    let more = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    let (first, _) = body.split_at(body.len() / 2 - 1);
    let begun = head("POST", "/api/v1/operators/demo/requests", &more);
    let mut half = Line::with(&test, [begun.as_bytes(), &first.as_bytes()[..20]].concat()).await;
    half.0.shutdown().await.unwrap();
    let said = half.end().await;
    assert!(statuses(&said).iter().all(|status| *status == "400"), "{said}");
    test.work().await;
    assert!(test.mails().is_empty(), "nothing was handed in");
    others_are_served(&test).await;
}

#[tokio::test]
async fn calls_in_one_go_are_answered_in_their_order_and_rubbish_after_them_ends_the_connection() {
    let test = TestApp::start().await;
    let calls =
        head("GET", "/api/v1/operators/demo", "") + &head("GET", "/api/v1/nothing", "") + "\u{1}\u{2} rubbish\r\n\r\n";
    let said = Line::with(&test, calls + &head("GET", "/api/v1/operators", "")).await.end().await;
    assert_eq!(statuses(&said), ["200", "404", "400"], "{said}");
}

#[tokio::test]
async fn what_could_be_read_in_two_ways_is_refused() {
    let test = TestApp::start().await;
    let path = "/api/v1/operators/demo/requests";
    let smuggled = head("GET", "/api/v1/operators/citicom", "");
    for lengths in [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Content-Length: +4\r\n",
        "Content-Length: 4, 4\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
    ] {
        let call =
            head("POST", path, &format!("Content-Type: application/json\r\n{lengths}")) + "0\r\n\r\n" + &smuggled;
        let said = Line::with(&test, call).await.end().await;
        assert_eq!(statuses(&said), ["400"], "{lengths}: {said}");
    }
    // Not HTTP at all: the greeting of TLS, of SSH, of nobody.
    for rubbish in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"SSH-2.0-client\r\n\r\n", &[0; 64]] {
        let said = Line::with(&test, rubbish).await.end().await;
        assert!(statuses(&said).iter().all(|status| matches!(*status, "400" | "408")), "{said}");
    }
    others_are_served(&test).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_does_not_read_the_answers_holds_up_nobody() {
    let test = TestApp::start().await;
    let mut deaf = Vec::new();
    for _ in 0..20 {
        // More than the buffers of the kernel take.
        let calls = head("GET", "/docs/swagger-ui-bundle.js", "").repeat(10);
        deaf.push(Line::with(&test, calls).await);
    }
    for _ in 0..10 {
        others_are_served(&test).await;
    }
    drop(deaf);
    others_are_served(&test).await;
}
