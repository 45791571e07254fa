//! Files in a store that speaks S3: whole or not at all, whatever the store does.

use otinish::services::attachments::sweep;
use serde_json::{Value, json};

use super::attachments::{fetch, id, pdf, sent};
use crate::support::journey::rows;
use crate::support::program::Place;
use crate::support::s3::{Mood, S3};
use crate::support::{Answer, Submitted, TestApp, TestDatabase, forms};

async fn start(store: &S3) -> TestApp {
    TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), |name| store.setting(name)).await
}

/// With a store that may take a second for a call.
async fn start_impatient(store: &S3) -> TestApp {
    let setting = |name: &str| if name == "S3_TIMEOUT" { Some("1".to_owned()) } else { store.setting(name) };
    TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), setting).await
}

fn unavailable(answer: &Answer) -> Value {
    let problem = answer.problem(503, "unavailable");
    assert!(!answer.text.contains("127.0.0.1") && !answer.text.contains("requests/one"), "{}", answer.text);
    problem
}

async fn fetched(test: &TestApp, request: &Submitted, view: &Value) -> (u16, Option<Vec<u8>>) {
    let (status, _, body) = fetch(test, &request.path(&format!("/attachments/{}", id(view))), &request.token).await;
    (status, body)
}

#[tokio::test]
async fn files_go_into_the_bucket_sealed_and_come_back_byte_for_byte() {
    let store = S3::start();
    let test = start(&store).await;
    let request = test.submit("kazteleport", &forms::access()).await;
    // One part, and two of which only the last is small.
    for (number, size) in [100, 6 * 1024 * 1024].into_iter().enumerate() {
        let bytes = pdf(size);
        let view = sent(&test, &request, "a.pdf", bytes.clone()).await.expect(201);
        let (status, content) = fetched(&test, &request, &view).await;
        assert!(status == 200 && content.unwrap() == bytes, "{size}");
        assert_eq!((store.names().len(), store.open_uploads()), (number + 1, 0));
    }
    for name in store.names() {
        assert!(name.starts_with("one/deployment/"), "{name}");
        let sealed = store.bytes(&name);
        assert!(sealed.len() > 100 && !sealed.starts_with(&pdf(100)[..8]) && sealed[20..28] != pdf(100)[..8]);
    }
    sent(&test, &request, "a.pdf", b"MZ no document".to_vec()).await.problem(415, "unsupported_media_type");
    assert_eq!((store.names().len(), store.open_uploads()), (2, 0), "what is refused leaves nothing");
}

#[tokio::test]
async fn a_store_that_fails_is_a_503_and_leaves_nothing_half_stored() {
    let store = S3::start();
    let test = start_impatient(&store).await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let view = sent(&test, &request, "kept.pdf", pdf(300)).await.expect(201);
    let (before, kept) = (rows(&test.database), store.names());
    for mood in [Mood::Fails(500), Mood::Fails(503), Mood::Fails(403), Mood::FailsAtParts(500), Mood::Hangs] {
        store.now(mood);
        unavailable(&sent(&test, &request, "a.pdf", pdf(200_000)).await);
        assert_eq!(rows(&test.database), before, "{mood:?}");
        if !matches!(mood, Mood::FailsAtParts(_)) {
            assert_eq!(fetched(&test, &request, &view).await.0, 503, "{mood:?}");
        }
        store.now(Mood::Works);
        assert_eq!((store.names(), store.open_uploads()), (kept.clone(), 0), "{mood:?}");
    }
    assert_eq!(fetched(&test, &request, &view).await, (200, Some(pdf(300))));
    assert_eq!(test.seen(&request).await["attachments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_store_that_fails_for_a_moment_is_asked_again_and_nobody_notices() {
    let store = S3::start();
    let test = start(&store).await;
    let request = test.submit("kazteleport", &forms::access()).await;
    store.now(Mood::FailsAtFirst(2));
    let view = sent(&test, &request, "a.pdf", pdf(200_000)).await.expect(201);
    assert!(store.take_calls().len() > 3);
    assert_eq!(fetched(&test, &request, &view).await, (200, Some(pdf(200_000))));
}

#[tokio::test]
async fn wrong_credentials_are_a_503_and_the_log_of_the_server_has_the_cause() {
    let store = S3::start();
    for wrong in ["S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "S3_REGION", "FILES_URL"] {
        let other = |name: &str| match name {
            "FILES_URL" if wrong == name => Some("s3://another".to_owned()),
            _ if wrong == name => Some("another".to_owned()),
            _ => store.setting(name),
        };
        let test = TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), other).await;
        let request = test.submit("kazteleport", &forms::access()).await;
        unavailable(&sent(&test, &request, "a.pdf", pdf(100)).await);
        assert_eq!((rows(&test.database)["attachments"], store.names().len(), store.open_uploads()), (0, 0, 0));
    }
}

#[tokio::test]
async fn files_are_destroyed_in_the_bucket_when_the_term_of_their_request_is_over() {
    let store = S3::start();
    let test = start(&store).await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let other = test.submit("kazteleport", &forms::of_kind("claim")).await;
    sent(&test, &request, "a.pdf", pdf(100)).await.expect(201);
    sent(&test, &request, "b.pdf", pdf(101)).await.expect(201);
    let kept = sent(&test, &other, "c.pdf", pdf(102)).await.expect(201);
    test.post(&request.path("/cancel"), Some(&request.token), &json!({})).await.expect(200);
    // A store that is away then gets the deletion later.
    store.now(Mood::Fails(503));
    test.travel_to("2029-11-24T00:00").await;
    assert_eq!(store.names().len(), 3);
    assert_eq!(rows(&test.database)["tombstones"], 1);
    store.now(Mood::Works);
    test.advance(chrono::Duration::minutes(10)).await;
    assert_eq!(store.names().len(), 1);
    assert_eq!(fetched(&test, &other, &kept).await, (200, Some(pdf(102))));
}

#[tokio::test]
async fn what_a_killed_process_left_in_the_bucket_is_swept_away_over_several_pages() {
    let store = S3::start();
    let test = start(&store).await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let view = sent(&test, &request, "a.pdf", pdf(100)).await.expect(201);
    let old = "2026-11-20T10:00:00Z".parse().unwrap();
    for number in 0..7 {
        store.put(&format!("one/deployment/{number}{}", "l".repeat(42)), b"sealed", old);
    }
    store.put(&format!("one/deployment/{}", "y".repeat(43)), b"sealed", "2026-11-23T04:00:00Z".parse().unwrap());
    store.put("one/deployment/backups/monday.tar", b"somebody's else", old);
    store.put("one/other", b"of another deployment", old);
    assert_eq!(sweep(&test.app).await.unwrap(), 7);
    assert_eq!(store.names().len(), 4, "its own, the young one, what has another's name and the other deployment's");
    assert_eq!(fetched(&test, &request, &view).await, (200, Some(pdf(100))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_writes_reads_and_deletes_in_the_store_and_says_what_is_wrong() {
    let store = S3::start();
    let names = ["FILES_URL", "S3_ENDPOINT", "S3_REGION", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"];
    let with = |wrong: Option<(&'static str, &str)>| {
        let mut place = Place::empty();
        let value = |name| wrong.filter(|(other, _)| *other == name).map(|(_, value)| value.to_owned());
        let settings = names.iter().filter_map(|name| Some((*name, value(*name).or_else(|| store.setting(name))?)));
        place.settings.extend(settings);
        place
    };
    let doctor = |place: &Place| place.run(&["doctor"], "");
    let ended = doctor(&with(None));
    assert!(ended.success, "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("ok       files in the bucket requests"), "{}", ended.out);
    assert!(store.names().is_empty() && store.open_uploads() == 0);

    let ended = doctor(&with(Some(("S3_SECRET_ACCESS_KEY", "another"))));
    assert!(!ended.success && ended.out.contains("error    FILES_URL: "), "{}", ended.out);
    assert!(ended.out.contains("SignatureDoesNotMatch"), "{}", ended.out);
    let ended = doctor(&with(Some(("FILES_URL", "s3://another"))));
    assert!(!ended.success && ended.out.contains("error    FILES_URL: "), "{}", ended.out);
    let ended = doctor(&with(Some(("S3_ENDPOINT", "http://127.0.0.1:1"))));
    assert!(!ended.success && ended.out.contains("error    FILES_URL: "), "{}", ended.out);
}

#[test]
fn the_doctor_checks_a_folder_too() {
    let place = Place::empty();
    let ended = place.run(&["doctor"], "");
    assert!(ended.out.contains("ok       files in the folder"), "{}", ended.out);
    let left: Vec<_> = std::fs::read_dir(place.folder().join("files")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}
