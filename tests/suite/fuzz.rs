//! Whatever reads what strangers send: any bytes, and what is left of good input after a few edits.
//!
//! The inputs of `tests/corpus/<what>/` are tried first, one file each, and are what others are made from. `FUZZ_CASES=1000000` tries
//! so many more, instead of a few hundred; a failure prints its input, which then belongs into the corpus.

use std::path::Path;
use std::sync::Arc;

use actix_web::FromRequest;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use otinish::app::App;
use otinish::domain::iin::Iin;
use otinish::domain::reference::Reference;
use otinish::domain::vocabulary::Role;
use otinish::http::headers::{IdempotencyKeyHeader, IfMatch, RawBearer};
use otinish::services::access_token;
use otinish::services::desk::{self, QueueQuery};
use otinish::services::error::ServiceError;
use otinish::services::sign_in::{Member, member};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{TestCaseError, TestRunner};
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;

use crate::support::{Submitted, TestApp, forms};

/// What a check says of one input.
type Verdict = Result<(), TestCaseError>;

/// How many inputs are tried; the slow ones fewer by default.
#[allow(clippy::disallowed_methods)]
fn cases(by_default: u32) -> u32 {
    std::env::var("FUZZ_CASES").ok().map_or(by_default, |count| count.parse().unwrap())
}

/// The inputs that are kept.
fn corpus(what: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(what);
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{what} has no corpus");
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
}

/// A change of some bytes.
#[derive(Debug, Clone)]
enum Edit {
    Put(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize),
    Cut(Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    let bytes = prop_oneof![
        any::<Vec<u8>>().prop_map(|mut bytes| {
            bytes.truncate(8);
            bytes
        }),
        // What readers trip over.
        prop::sample::select(vec![
            "\0", "\r\n", "\r\n\r\n", "--", "..", "%00", "\u{202e}", "\u{feff}", "É", "=", "\"", ";", "-", "."
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Edit::Put(at, byte)),
        (any::<Index>(), bytes).prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        (any::<Index>(), 1..20_usize).prop_map(|(at, count)| Edit::Remove(at, count)),
        (any::<Index>(), 1..60_usize).prop_map(|(at, count)| Edit::Repeat(at, count)),
        any::<Index>().prop_map(Edit::Cut),
    ]
}

fn edited(mut bytes: Vec<u8>, edits: Vec<Edit>) -> Vec<u8> {
    for edit in edits {
        let length = bytes.len();
        match edit {
            Edit::Put(at, byte) if length > 0 => bytes[at.index(length)] = byte,
            Edit::Insert(at, more) => {
                let at = at.index(length + 1);
                bytes.splice(at..at, more);
            }
            Edit::Remove(at, count) => {
                let at = at.index(length + 1);
                bytes.drain(at..(at + count).min(length));
            }
            Edit::Repeat(at, count) => {
                let at = at.index(length + 1);
                let piece = bytes[at..(at + count).min(length)].to_vec();
                bytes.splice(at..at, piece);
            }
            Edit::Cut(at) => bytes.truncate(at.index(length + 1)),
            Edit::Put(..) => {}
        }
    }
    bytes
}

/// Any bytes, or a seed after a few edits.
fn input(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let from_seed = (prop::sample::select(seeds), prop::collection::vec(edit(), 0..5))
        .prop_map(|(seed, edits)| edited(seed, edits));
    prop_oneof![1 => any::<Vec<u8>>(), 1 => any::<String>().prop_map(String::into_bytes), 6 => from_seed]
}

/// Tries the corpus, then what is made of it and of `more` good inputs.
fn try_all(what: &str, by_default: u32, more: Vec<Vec<u8>>, check: impl Fn(&[u8]) -> Verdict) {
    let told =
        |bytes: &[u8], error: &dyn std::fmt::Display| format!("{error}\ninput, base64: {}", STANDARD.encode(bytes));
    let mut seeds = corpus(what);
    for kept in &seeds {
        check(kept).unwrap_or_else(|error| panic!("{}", told(kept, &error)));
    }
    seeds.extend(more);
    let config = ProptestConfig { cases: cases(by_default), failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&input(seeds), |bytes| check(&bytes).map_err(|error| TestCaseError::fail(told(&bytes, &error))))
        .unwrap_or_else(|error| panic!("{what}: {error}"));
}

/// Waits for a future inside a check.
fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| Handle::current().block_on(future))
}

#[test]
fn any_text_is_a_reference_in_one_way_or_none() {
    try_all("reference", 5_000, Vec::new(), |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let Ok(reference) = Reference::parse(&text) else { return Ok(()) };
        prop_assert_eq!(&Reference::parse(reference.as_str()), &Ok(reference.clone()));
        prop_assert_eq!(reference.as_str().len(), 15);
        prop_assert!(Reference::is_prefix(reference.prefix()));
        prop_assert_eq!(Reference::parse(&text.to_lowercase()).ok(), Some(reference));
        Ok(())
    });
}

/// Counted apart from the code under test: weights 1 to 11, and when that gives 10, weights 3 to 11, 1, 2.
fn control_digit(digits: &[usize]) -> Option<usize> {
    let sum =
        |shift: usize| digits.iter().enumerate().map(|(at, digit)| digit * ((at + shift) % 11 + 1)).sum::<usize>() % 11;
    [sum(0), sum(2)].into_iter().find(|sum| *sum < 10)
}

#[test]
fn any_text_is_an_iin_of_twelve_digits_that_hold_or_none() {
    try_all("iin", 5_000, Vec::new(), |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let Ok(iin) = Iin::parse(&text) else { return Ok(()) };
        let digits = iin.as_str();
        prop_assert!(digits.len() == 12 && digits.bytes().all(|byte| byte.is_ascii_digit()));
        prop_assert_eq!(Iin::parse(digits).ok(), Some(iin.clone()));
        prop_assert!(iin.birth_date().is_some() || iin.warning().is_some());
        let digits: Vec<usize> = digits.bytes().map(|byte| usize::from(byte - b'0')).collect();
        prop_assert_eq!(control_digit(&digits[..11]), Some(digits[11]));
        Ok(())
    });
}

/// The header as its reader sees it: nothing when no server would pass it on.
async fn extracted<T: FromRequest>(name: &'static str, bytes: &[u8]) -> Option<Option<T>> {
    let value = HeaderValue::from_bytes(bytes).ok()?;
    let request = TestRequest::default().insert_header((HeaderName::from_static(name), value)).to_http_request();
    Some(T::extract(&request).await.ok())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn headers_are_read_exactly_or_refused() {
    try_all("idempotency", 3_000, Vec::new(), |bytes| {
        if let Some(key) = wait(extracted::<IdempotencyKeyHeader>("idempotency-key", bytes)) {
            let fits = (1..=255).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_graphic);
            prop_assert_eq!(key.is_some(), fits);
            prop_assert!(key.is_none_or(|key| key.0.unwrap().as_bytes() == bytes), "it is taken as it is");
        }
        if let Some(Some(RawBearer(token))) = wait(extracted::<RawBearer>("authorization", bytes)) {
            prop_assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
        }
        if let Some(Some(IfMatch(version))) = wait(extracted::<IfMatch>("if-match", bytes)) {
            let text = String::from_utf8_lossy(bytes);
            let digits = text.trim().trim_start_matches("W/").trim_matches('"').trim_start_matches('0').to_owned();
            prop_assert_eq!(digits.parse::<i64>().unwrap_or_default(), version);
        }
        Ok(())
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_access_token_holds_but_the_one_that_was_issued() {
    let test = TestApp::start().await;
    let app: &App = &test.app;
    let now = app.clock.now();
    let good: Vec<String> =
        (0..4).map(|number| access_token::issue(app, &format!("member{number}"), "session", now).unwrap()).collect();
    for token in &good {
        access_token::verify(app, token).unwrap();
    }
    let seeds = good.iter().map(|token| token.clone().into_bytes()).collect();
    try_all("jwt", 2_000, seeds, |bytes| {
        let Ok(token) = std::str::from_utf8(bytes) else { return Ok(()) };
        let verified = access_token::verify(app, token);
        match &verified {
            Ok(_) => prop_assert!(good.iter().any(|issued| issued == token), "a token that was never issued holds"),
            Err(ServiceError::Unauthorized) => {}
            Err(other) => prop_assert!(false, "{}", other),
        }
        Ok(())
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_cursor_shows_a_page_or_is_named_as_wrong() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "demo").await;
    for _ in 0..3 {
        test.submit("demo", &forms::access()).await;
    }
    let page = test.get("/api/v1/staff/requests?limit=1", Some(&agent.token)).await.expect(200);
    let seeds = vec![page["next_cursor"].as_str().unwrap().as_bytes().to_vec()];
    let caller: Member = member(&test.app, &agent.token).await.unwrap();
    try_all("cursor", 1_000, seeds, |bytes| {
        // What is inside the base64 is tried as often as the base64 itself.
        let inside = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes);
        for cursor in [String::from_utf8_lossy(bytes).into_owned(), inside] {
            let query = QueueQuery { cursor: Some(cursor), limit: Some(1), ..QueueQuery::default() };
            match wait(desk::list(&Arc::clone(&test.app), caller.clone(), query)) {
                Ok(_) => {}
                Err(ServiceError::Invalid(errors)) => {
                    prop_assert!(errors.len() == 1 && errors[0].pointer == "/query/cursor", "{:?}", errors);
                }
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
        Ok(())
    });
}

/// Sends a form as it is; status and answer.
async fn send_form(test: &TestApp, request: &Submitted, boundary: &str, body: Vec<u8>) -> (u16, String) {
    let call = test.http.post(format!("{}{}", test.base, request.path("/attachments")));
    let call =
        call.bearer_auth(&request.token).header("Content-Type", format!("multipart/form-data; boundary={boundary}"));
    let answer = call.body(body).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// The content of a form that has one whole file and nothing else, as RFC 7578 writes it.
fn only_file(body: &[u8]) -> Option<&[u8]> {
    let rest =
        body.strip_prefix(b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"letter.txt\"\r\n\r\n")?;
    let content = rest.strip_suffix(b"\r\n--edge--\r\n")?;
    let has_edge = content.windows(6).any(|piece| piece == b"--edge");
    (!has_edge).then_some(content)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_form_with_a_file_is_taken_byte_for_byte_or_refused() {
    let test = TestApp::start().await;
    let request = std::cell::RefCell::new(test.submit("demo", &forms::access()).await);
    try_all("multipart", 100, Vec::new(), |bytes| {
        let about = request.borrow().clone();
        let (status, answer) = wait(send_form(&test, &about, "edge", bytes.to_vec()));
        prop_assert!(matches!(status, 201 | 400 | 409 | 413 | 415 | 422), "{} {}", status, answer);
        if status == 409 {
            // Ten files are enough for one request.
            request.replace(wait(test.submit("demo", &forms::access())));
        }
        if status == 201 {
            let told: serde_json::Value = serde_json::from_str(&answer).unwrap();
            let name = told["name"].as_str().unwrap();
            prop_assert!(!name.contains(['/', '\\', '\0', '\r', '\n', '\u{202e}']), "{:?}", name);
            if let Some(content) = only_file(bytes) {
                let sha256 = format!("{:x}", Sha256::digest(content));
                prop_assert_eq!(told["sha256"].as_str(), Some(sha256.as_str()));
            }
        }
        Ok(())
    });
    test.get("/health/ready", None).await.expect(200);
}
