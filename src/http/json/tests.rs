use actix_web::HttpResponse;
use actix_web::test::TestRequest;
use actix_web::web::{self, ServiceConfig};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;

use super::*;
use crate::domain::intake::{FieldError, RequestForm};
use crate::domain::vocabulary::Kind;
use crate::http::testing::{Answer, logged, send};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    name: String,
    count: Option<u32>,
    kind: Option<Kind>,
    on: Option<NaiveDate>,
    items: Option<Vec<Item>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    #[serde(rename = "a/b~c")]
    strange: Option<u8>,
    size: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Filter {
    limit: Option<Bounded<1, 200>>,
    kind: Option<Vec<Kind>>,
    assignee: Option<String>,
    blocked: Option<bool>,
    year: Option<i32>,
    on: Option<NaiveDate>,
    sort: Option<Kind>,
}

fn routes(config: &mut ServiceConfig) {
    let shown = |form: Json<Form>| async move { HttpResponse::Ok().body(form.canonical) };
    let empty = |form: EmptyOr<Nothing>| async move { HttpResponse::Ok().body(form.0.canonical) };
    let filter = |filter: Query<Filter>| async move { HttpResponse::Ok().body(format!("{:?}", filter.0)) };
    config
        .service(web::resource("/form").route(web::post().to(shown)))
        .service(web::resource("/empty").route(web::post().to(empty)))
        .service(web::resource("/list").route(web::get().to(filter)));
}

fn post(path: &str) -> TestRequest {
    TestRequest::post().uri(path).insert_header(("content-type", "application/json"))
}

async fn posted(body: impl Into<web::Bytes>) -> Answer {
    send(routes, post("/form").set_payload(body)).await
}

/// Status and code of the problem that the body is.
async fn refused(request: TestRequest) -> (u16, String) {
    let answer = send(routes, request).await;
    (answer.status.as_u16(), answer.problem())
}

fn problem(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// The only mistake in a form.
fn mistake(value: Value) -> FieldError {
    mistake_in::<Form>(value)
}

fn mistake_in<T: DeserializeOwned + std::fmt::Debug>(value: Value) -> FieldError {
    match from_value::<T>(value).unwrap_err() {
        ServiceError::Invalid(mut errors) => errors.remove(0),
        other => panic!("{other}"),
    }
}

#[actix_web::test]
async fn equal_bodies_have_equal_canonical_bytes() {
    let first = posted(r#"{"name": "A",  "count": 2, "items": [{"size": 1}]}"#).await;
    let second = posted("{\"items\":[{\"size\":1}],\n\"count\":2,\"name\":\"\\u0041\"}").await;
    assert_eq!(first.status, 200);
    assert_eq!(first.text(), r#"{"count":2,"items":[{"size":1}],"name":"A"}"#);
    assert_eq!(first.body, second.body);
    assert_ne!(first.body, posted(r#"{"name":"A","count":3,"items":[{"size":1}]}"#).await.body);
}

#[actix_web::test]
async fn bodies_that_are_no_json_are_malformed() {
    let deep_list = "[".repeat(100_000);
    let deep_object = r#"{"name":"#.repeat(20_000);
    let wrong: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b" ".to_vec(),
        b"{".to_vec(),
        b"{\"name\":}".to_vec(),
        b"{\"name\":\"a\"} x".to_vec(),
        b"{\"name\":\"a\"}{}".to_vec(),
        b"{'name':'a'}".to_vec(),
        b"{\"name\":\"a\",}".to_vec(),
        b"{\"name\":\"a\",\"name\":\"b\"}".to_vec(),
        b"{\"name\":\"a\",\"items\":[{\"size\":1,\"size\":1}]}".to_vec(),
        b"{\"name\":\"\xff\"}".to_vec(),
        b"{\"name\":\"\\ud800\"}".to_vec(),
        b"{\"name\":\"a\nb\"}".to_vec(),
        b"{\"name\":1e999}".to_vec(),
        b"{\"name\":NaN}".to_vec(),
        b"\xef\xbb\xbf{\"name\":\"a\"}".to_vec(),
        b"\xff\xfe\x00".to_vec(),
        deep_list.into_bytes(),
        deep_object.into_bytes(),
    ];
    for body in wrong {
        let shown = String::from_utf8_lossy(&body).chars().take(40).collect::<String>();
        assert_eq!(refused(post("/form").set_payload(body)).await, problem(400, "malformed_json"), "{shown}");
    }
    assert_eq!(refused(TestRequest::post().uri("/form")).await, problem(400, "malformed_json"));
}

#[actix_web::test]
async fn deep_nesting_that_is_still_json_is_only_a_wrong_type() {
    let body = format!("{{\"name\":{}{}}}", "[".repeat(100), "]".repeat(100));
    assert_eq!(posted(body).await.fields(), [("/name".to_owned(), "wrong_type".to_owned())]);
}

#[actix_web::test]
async fn other_media_types_are_415() {
    let body = r#"{"name":"a"}"#;
    let with =
        |value: &'static str| TestRequest::post().uri("/form").insert_header(("content-type", value)).set_payload(body);
    for value in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "json",
        "",
        "text/json",
        "application/jsonx",
        "application/json; charset=koi8-r",
        "multipart/form-data; boundary=x",
    ] {
        assert_eq!(refused(with(value)).await, problem(415, "unsupported_media_type"), "{value}");
    }
    for value in ["application/json", "Application/JSON; charset=UTF-8", "application/merge-patch+json"] {
        assert_eq!(send(routes, with(value)).await.status, 200, "{value}");
    }
    let bare = TestRequest::post().uri("/form").insert_header(("content-length", "12")).set_payload(body);
    assert_eq!(refused(bare).await, problem(415, "unsupported_media_type"));
    let zipped = post("/form").insert_header(("content-encoding", "gzip")).set_payload(body);
    assert_eq!(refused(zipped).await, problem(415, "unsupported_media_type"));
}

#[actix_web::test]
async fn bodies_over_the_limit_are_413_whatever_their_length_was_said_to_be() {
    let body = |size: usize| format!("{{\"name\":\"{}\"}}", "a".repeat(size - 11));
    assert_eq!(posted(body(LARGEST_BODY)).await.status, 200);
    assert_eq!(refused(post("/form").set_payload(body(LARGEST_BODY + 1))).await, problem(413, "payload_too_large"));
    let lying = post("/form").set_payload(body(LARGEST_BODY + 1)).insert_header(("content-length", "10"));
    assert_eq!(refused(lying).await, problem(413, "payload_too_large"));
    let stated = post("/form").insert_header(("content-length", "10000000"));
    assert_eq!(refused(stated).await, problem(413, "payload_too_large"));
    assert_eq!(refused(post("/empty").set_payload(body(LARGEST_BODY + 1))).await, problem(413, "payload_too_large"));
}

#[actix_web::test]
async fn a_mistake_names_its_place_also_inside_lists() {
    let cases = [
        (json!({}), "/name", "required"),
        (json!({"name": "a", "foo": 1}), "/foo", "unknown_field"),
        (json!({"name": "a", "a/b~": 1}), "/a~1b~0", "unknown_field"),
        (json!({"name": "a", "": 1}), "/", "unknown_field"),
        (json!({"name": 1}), "/name", "wrong_type"),
        (json!({"name": null}), "/name", "wrong_type"),
        (json!({"name": "a", "count": "1"}), "/count", "wrong_type"),
        (json!({"name": "a", "count": 1.5}), "/count", "wrong_type"),
        (json!({"name": "a", "count": -1}), "/count", "invalid_value"),
        (json!({"name": "a", "kind": "Access"}), "/kind", "not_one_of"),
        (json!({"name": "a", "kind": 7}), "/kind", "wrong_type"),
        (json!({"name": "a", "kind": []}), "/kind", "wrong_type"),
        (json!({"name": "a", "on": "2026-13-01"}), "/on", "date_format"),
        (json!({"name": "a", "on": "today"}), "/on", "date_format"),
        (json!({"name": "a", "on": 20_261_122}), "/on", "wrong_type"),
        (json!({"name": "a", "items": {}}), "/items", "wrong_type"),
        (json!({"name": "a", "items": [{"size": 1}, {"size": 1, "foo": 2}]}), "/items/1/foo", "unknown_field"),
        (json!({"name": "a", "items": [{"size": 1}, {}]}), "/items/1/size", "required"),
        (json!({"name": "a", "items": [{"size": 1, "a/b~c": 300}]}), "/items/0/a~1b~0c", "invalid_value"),
        (json!({"name": "a", "items": [[]]}), "/items/0", "wrong_type"),
        (json!(["a"]), "", "wrong_type"),
        (json!("a"), "", "wrong_type"),
        (json!(null), "", "wrong_type"),
    ];
    for (value, pointer, code) in cases {
        let shown = value.to_string();
        let mistake = mistake(value);
        assert_eq!((mistake.pointer.as_str(), mistake.code), (pointer, code), "{shown}");
    }
}

#[actix_web::test]
async fn mistakes_in_a_whole_request_form_point_to_their_fields() {
    let form =
        json!({"kind": "correction", "subject": {"full_name": "A", "foo": 1}, "submitted_by": {"capacity": "subject"}});
    let mistake = mistake_in::<RequestForm>(form);
    assert_eq!((mistake.pointer.as_str(), mistake.code), ("/subject/foo", "unknown_field"));
    let form =
        json!({"kind": "access", "subject": {}, "submitted_by": {"capacity": "subject"}, "grounds": ["other", "x"]});
    let mistake = mistake_in::<RequestForm>(form);
    assert_eq!((mistake.pointer.as_str(), mistake.code), ("/grounds/1", "not_one_of"));
}

#[actix_web::test]
async fn the_words_that_are_allowed_are_listed_and_what_was_typed_is_not() {
    let typed = "`secret`, expected one of `hunter2`";
    let mistake = mistake(json!({"name": "a", "kind": typed}));
    let allowed = "access, correction, blocking, deletion, consent_withdrawal, objection, claim";
    assert_eq!(mistake.args, [("allowed", allowed.to_owned())]);
    let body = json!({"name": "a", "kind": "hunter2"}).to_string();
    let (answer, log) = logged(posted(body)).await;
    assert!(answer.text().contains(allowed));
    assert!(!answer.text().contains("hunter2") && !log.contains("hunter2"));
    let two = mistake_in::<Two>(json!("three"));
    assert_eq!(two.args, [("allowed", "one, two".to_owned())]);
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Two {
    One,
    Two,
}

#[test]
fn unknown_names_that_imitate_serdes_words_or_are_very_long_do_no_harm() {
    let imitation = "x`, expected `y";
    assert_eq!(mistake(json!({"name": "a", imitation: 1})).pointer, format!("/{imitation}"));
    let long = "k".repeat(100_000);
    let mistake = mistake(json!({"name": "a", long: 1}));
    assert_eq!((mistake.pointer.as_str(), mistake.code), ("", "unknown_field"));
    assert_eq!(mistake_in::<Nothing>(json!({"foo": 1})).pointer, "/foo");
}

#[test]
fn values_are_read_as_serde_json_reads_them() {
    let form: Form = from_value(
        json!({"name": "a\u{0}b", "count": 3, "kind": "claim", "on": "2026-11-22", "items": [{"size": -5}]}),
    )
    .unwrap();
    assert_eq!((form.name.as_str(), form.count, form.kind), ("a\u{0}b", Some(3), Some(Kind::Claim)));
    assert_eq!(form.on, NaiveDate::from_ymd_opt(2026, 11, 22));
    let item = &form.items.unwrap()[0];
    assert_eq!((item.size, item.strange), (-5, None));
    assert!(matches!(from_value::<Two>(json!("two")), Ok(Two::Two)));
    assert!(matches!(from_value::<Two>(json!({"one": null})), Ok(Two::One)));
}

#[actix_web::test]
async fn a_body_may_be_left_out_where_nothing_is_needed() {
    assert_eq!(send(routes, TestRequest::post().uri("/empty")).await.text(), "{}");
    assert_eq!(send(routes, post("/empty").set_payload("{}")).await.text(), "{}");
    assert_eq!(refused(post("/empty").set_payload("{")).await, problem(400, "malformed_json"));
    let plain = TestRequest::post().uri("/empty").set_payload("{}");
    assert_eq!(refused(plain).await, problem(415, "unsupported_media_type"));
    let answer = send(routes, post("/empty").set_payload("{\"a\":1}")).await;
    assert_eq!(answer.fields(), [("/a".to_owned(), "unknown_field".to_owned())]);
}

async fn list(query: &str) -> Answer {
    send(routes, TestRequest::get().uri(&format!("/list?{query}"))).await
}

#[actix_web::test]
async fn parameters_of_the_query_are_read_by_their_types() {
    let answer =
        list("limit=200&kind=access,claim&kind=deletion&assignee=%D0%90+b&blocked=true&year=-3&on=2026-11-22").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    for part in
        ["Bounded(200)", "[Access, Claim, Deletion]", "\"А b\"", "Some(true)", "Some(-3)", "2026-11-22", "sort: None"]
    {
        assert!(answer.text().contains(part), "{part}: {}", answer.text());
    }
    assert_eq!(list("").await.status, 200);
}

#[actix_web::test]
async fn parameters_that_do_not_fit_are_422_and_named() {
    let cases = [
        ("foo=1", "/query/foo", "unknown_field"),
        ("limit=0", "/query/limit", "out_of_range"),
        ("limit=201", "/query/limit", "out_of_range"),
        ("limit=-1", "/query/limit", "out_of_range"),
        ("limit=99999999999999999999999999", "/query/limit", "out_of_range"),
        ("limit=ten", "/query/limit", "wrong_type"),
        ("limit=", "/query/limit", "wrong_type"),
        ("limit=1.5", "/query/limit", "wrong_type"),
        ("limit=1&limit=2", "/query/limit", "duplicate"),
        ("kind=access,wish", "/query/kind", "not_one_of"),
        ("sort=", "/query/sort", "not_one_of"),
        ("blocked=yes", "/query/blocked", "wrong_type"),
        ("year=x", "/query/year", "wrong_type"),
        ("on=22.11.2026", "/query/on", "date_format"),
        ("assignee=%ff", "/query/assignee", "invalid_value"),
        ("a%2Fb=1", "/query/a~1b", "unknown_field"),
    ];
    for (query, pointer, code) in cases {
        let answer = list(query).await;
        assert_eq!((answer.status.as_u16(), answer.problem().as_str()), (422, "validation_failed"), "{query}");
        assert_eq!(answer.fields(), [(pointer.to_owned(), code.to_owned())], "{query}");
    }
    assert!(list("limit=0").await.text().contains("200"));
}
