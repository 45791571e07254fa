//! Whatever comes in: a 4xx problem that names what is wrong, nothing stored, no panic.

use otinish::domain::vocabulary::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::journey::rows;
use crate::support::{Answer, TestApp, forms};

const KTP: &str = "/api/v1/operators/kazteleport/requests";
const JSON: [(&str, &str); 1] = [("Content-Type", "application/json")];

#[tokio::test]
async fn a_body_that_cannot_be_read_is_a_problem_and_stores_nothing() {
    let test = TestApp::start().await;
    let before = rows(&test.database);
    let whole = forms::access().to_string();
    let doubled = whole.replacen('{', r#"{"kind":"claim","#, 1);
    let cut = whole[..whole.len() - 2].to_owned();
    let cases: [(&str, Vec<u8>, u16, &str); 16] = [
        ("empty", Vec::new(), 400, "malformed_json"),
        ("white space", b"  \n ".to_vec(), 400, "malformed_json"),
        ("broken", b"{\"kind\": ".to_vec(), 400, "malformed_json"),
        ("cut off", cut.into_bytes(), 400, "malformed_json"),
        ("a comma too many", b"{\"kind\":\"access\",}".to_vec(), 400, "malformed_json"),
        ("two documents", format!("{whole}{whole}").into_bytes(), 400, "malformed_json"),
        ("a key twice", doubled.into_bytes(), 400, "malformed_json"),
        ("no UTF-8", b"{\"kind\":\"\xff\xfe\"}".to_vec(), 400, "malformed_json"),
        ("a lone surrogate", br#"{"kind":"\ud800"}"#.to_vec(), 400, "malformed_json"),
        ("a raw NUL", b"{\"kind\":\"a\0b\"}".to_vec(), 400, "malformed_json"),
        ("a thousand brackets", "[".repeat(1_000).into_bytes(), 400, "malformed_json"),
        ("not a number", b"NaN".to_vec(), 400, "malformed_json"),
        ("null", b"null".to_vec(), 422, "validation_failed"),
        ("a list", b"[]".to_vec(), 422, "validation_failed"),
        ("a text", b"\"access\"".to_vec(), 422, "validation_failed"),
        ("a number", b"1e400".to_vec(), 400, "malformed_json"),
    ];
    for (what, body, status, code) in cases {
        let answer = test.raw(Method::POST, KTP, &JSON, body).await;
        assert_eq!((answer.status, answer.json()["code"].as_str().unwrap()), (status, code), "{what}: {}", answer.text);
        answer.problem(status, code);
    }
    assert_eq!(rows(&test.database), before);
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_refused_before_it_is_read() {
    let test = TestApp::start().await;
    let mut form = forms::access();
    form["details"] = json!("a".repeat(10 * 1024 * 1024));
    let body = form.to_string().into_bytes();
    // The server may close the connection while the client still writes.
    let sent = test.http.post(format!("{}{KTP}", test.base)).header("Content-Type", "application/json").body(body);
    if let Ok(response) = sent.send().await {
        assert_eq!(response.status().as_u16(), 413);
    }
    let body = format!("{{\"details\":\"{}\"}}", "a".repeat(300_000)).into_bytes();
    test.raw(Method::POST, KTP, &JSON, body).await.problem(413, "payload_too_large");
    assert_eq!(rows(&test.database)["requests"], 0);
    test.submit("kazteleport", &forms::access()).await;
}

#[tokio::test]
async fn another_media_type_or_encoding_is_415() {
    let test = TestApp::start().await;
    let body = forms::access().to_string().into_bytes();
    for headers in [
        vec![("Content-Type", "text/plain")],
        vec![("Content-Type", "application/x-www-form-urlencoded")],
        vec![("Content-Type", "multipart/form-data; boundary=x")],
        vec![("Content-Type", "application/json; charset=windows-1251")],
        vec![("Content-Type", "nonsense")],
        vec![("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
        vec![],
    ] {
        test.raw(Method::POST, KTP, &headers, body.clone()).await.problem(415, "unsupported_media_type");
    }
    assert_eq!(rows(&test.database)["requests"], 0);
    test.raw(Method::POST, KTP, &[("Content-Type", "application/json; charset=UTF-8")], body).await.expect(201);
}

#[tokio::test]
async fn unknown_places_and_methods_are_problems_too() {
    let test = TestApp::start().await;
    let form = forms::access();
    test.post("/api/v1/operators/nobody/requests", None, &form).await.problem(404, "not_found");
    test.get("/api/v1/operators/nobody", None).await.problem(404, "not_found");
    for path in [
        "/api/v1",
        "/api/v1/nothing",
        "/api/v2/operators",
        "/nothing",
        "/api/v1/operators/%00",
        "/api/v1/operators/..%2f..%2fetc",
    ] {
        test.get(path, None).await.problem(404, "not_found");
    }
    for (method, path) in [
        (Method::DELETE, "/api/v1/operators/kazteleport/requests"),
        (Method::GET, "/api/v1/auth/login"),
        (Method::PUT, "/api/v1/operators"),
        (Method::PATCH, "/api/v1/requests/KTP-0000-0000-0"),
    ] {
        let answer = test.raw(method, path, &[], Vec::new()).await;
        answer.problem(405, "method_not_allowed");
        assert!(answer.header("allow").is_some(), "{path}");
    }
    assert_eq!(rows(&test.database)["requests"], 0);
}

#[tokio::test]
async fn wrong_types_and_dates_that_do_not_exist_are_named_at_their_place() {
    let test = TestApp::start().await;
    let cases = [
        ("/kind", json!(1), "/kind", "wrong_type"),
        ("/subject", json!([]), "/subject", "wrong_type"),
        ("/subject", json!("Айгүл"), "/subject", "wrong_type"),
        ("/submitted_by", json!(null), "/submitted_by", "wrong_type"),
        ("/grounds", json!("inaccurate"), "/grounds", "wrong_type"),
        ("/grounds", json!([1]), "/grounds/0", "wrong_type"),
        ("/details", json!({}), "/details", "wrong_type"),
        ("/published_at", json!([null]), "/published_at/0", "wrong_type"),
        ("/subject/birth_date", json!("2026-02-30"), "/subject/birth_date", "date_format"),
        ("/subject/birth_date", json!("1990-13-01"), "/subject/birth_date", "date_format"),
        ("/subject/birth_date", json!("01.01.1990"), "/subject/birth_date", "date_format"),
        ("/subject/birth_date", json!(""), "/subject/birth_date", "date_format"),
        ("/subject/birth_date", json!("1990-01-01T00:00:00Z"), "/subject/birth_date", "date_format"),
        ("/subject/birth_date", json!(19_900_101), "/subject/birth_date", "wrong_type"),
        ("/a~b", json!(1), "/a~0b", "unknown_field"),
    ];
    for (pointer, value, at, code) in cases {
        let mut form = forms::access();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        form.pointer_mut(parent).unwrap()[name] = value;
        test.post(KTP, None, &form).await.invalid(&[(at, code)]);
    }
    for date in ["2026-11-24", "1870-01-01", "-0001-01-01", "+12026-01-01"] {
        let mut form = forms::access();
        form["subject"].as_object_mut().unwrap().remove("iin");
        form["subject"]["birth_date"] = json!(date);
        let body = test.post(KTP, None, &form).await.problem(422, "validation_failed");
        assert_eq!(body["errors"][0]["pointer"], "/subject/birth_date", "{date}");
    }
    assert_eq!(rows(&test.database)["requests"], 0);
}

#[tokio::test]
async fn a_query_value_outside_its_set_is_422_and_never_clamped() {
    let test = TestApp::start().await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let queue = "/api/v1/staff/requests";
    let cases = [
        ("limit=0", "/query/limit", "out_of_range"),
        ("limit=201", "/query/limit", "out_of_range"),
        ("limit=-1", "/query/limit", "out_of_range"),
        ("limit=ten", "/query/limit", "wrong_type"),
        ("limit=", "/query/limit", "wrong_type"),
        ("limit=99999999999999999999", "/query/limit", "wrong_type"),
        ("limit=1&limit=2", "/query/limit", "duplicate"),
        ("colour=red", "/query/colour", "unknown_field"),
        ("kind=erasure", "/query/kind", "not_one_of"),
        ("status=open", "/query/status", "not_one_of"),
        ("blocking=yes", "/query/blocking", "not_one_of"),
        ("channel=fax", "/query/channel", "not_one_of"),
        ("due=never", "/query/due", "not_one_of"),
        ("sort=name", "/query/sort", "not_one_of"),
        ("received_from=2026-02-30", "/query/received_from", "date_format"),
        ("received_to=today", "/query/received_to", "date_format"),
        ("cursor=garbage", "/query/cursor", "invalid_cursor"),
        ("cursor=%00", "/query/cursor", "invalid_cursor"),
        ("q=nonsense", "/query/q", "reference_format"),
        ("q=KTP-0000-0000-1", "/query/q", "reference_check"),
        ("assignee=%FF", "/query/assignee", "invalid_value"),
        ("assignee=%00", "/query/assignee", "not_one_of"),
        ("assignee=nobody", "/query/assignee", "not_one_of"),
    ];
    for (query, pointer, code) in cases {
        test.get(&format!("{queue}?{query}"), Some(&member.token)).await.invalid(&[(pointer, code)]);
    }
    for path in ["/api/v1/staff/users", "/api/v1/staff/outbox"] {
        let token = if path.ends_with("users") { &admin.token } else { &member.token };
        for query in ["limit=0", "limit=201"] {
            test.get(&format!("{path}?{query}"), Some(token)).await.invalid(&[("/query/limit", "out_of_range")]);
        }
        for cursor in ["x", "%00", &"%00".repeat(36), &"z".repeat(36)] {
            let answer = test.get(&format!("{path}?cursor={cursor}"), Some(token)).await;
            answer.invalid(&[("/query/cursor", "invalid_cursor")]);
        }
    }
    for query in ["operator=%00", "operator=%27%20OR%201=1"] {
        let answer = test.get(&format!("{queue}?{query}"), Some(&member.token)).await;
        assert!(answer.status == 422 || answer.expect(200)["items"] == json!([]), "{query}: {}", answer.text);
    }
}

#[tokio::test]
async fn texts_of_actions_and_messages_are_checked_like_those_of_forms() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("review", &desk, "kazteleport", &forms::access()).await;
    let texts = [
        (json!("a\u{0}b"), "control_character"),
        (json!("a\u{1b}[31mb"), "control_character"),
        (json!("a\u{202e}b"), "bidi_character"),
        (json!("  \n "), "required"),
        (json!("x".repeat(10_001)), "too_long"),
        (json!(5), "wrong_type"),
    ];
    let events = rows(&test.database)["events"];
    for (text, code) in texts {
        for action in ["ask", "note"] {
            let answer = test.act(&desk.agent, &request.reference, action, json!({"text": text})).await;
            answer.invalid(&[("/text", code)]);
        }
        let answer = test.post(&request.path("/messages"), Some(&request.token), &json!({"text": text})).await;
        answer.invalid(&[("/text", code)]);
        let body = json!({"reason": text});
        test.act(&desk.agent, &request.reference, "block", body).await.invalid(&[("/reason", code)]);
    }
    for (action, body, pointer, code) in [
        ("start", json!({"now": true}), "/now", "unknown_field"),
        ("assign", json!({}), "/assignee", "required"),
        ("assign", json!({"assignee": "a\u{0}b"}), "/assignee", "not_one_of"),
        ("assign", json!({"assignee": 7}), "/assignee", "wrong_type"),
        ("verify", json!({"result": "confirmed"}), "/method", "required"),
        ("verify", json!({"result": "perhaps", "method": "records"}), "/result", "not_one_of"),
        ("propose", json!({"letter": "x"}), "/outcome", "required"),
        ("documents_received", json!({"received_at": "2026-13-01T00:00:00Z"}), "/received_at", "date_format"),
    ] {
        test.act(&desk.dpo, &request.reference, action, body).await.invalid(&[(pointer, code)]);
    }
    test.act(&desk.dpo, &request.reference, "no_such_action", json!({})).await.problem(404, "not_found");
    assert_eq!(rows(&test.database)["events"], events);
    assert_eq!(test.status_of(&request).await, "review");
}

#[tokio::test]
async fn an_action_needs_the_version_that_stands() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("review", &desk, "kazteleport", &forms::access()).await;
    let path = format!("/api/v1/staff/requests/{}/start", request.reference);
    let call = async |headers: &[(&str, &str)]| -> Answer {
        test.call(Method::POST, &path, Some(&desk.agent.token), Some(&json!({})), headers).await
    };
    let stands = test.view(&desk.agent, &request.reference).await["version"].as_i64().unwrap();
    let events = rows(&test.database)["events"];
    call(&[]).await.problem(428, "precondition_required");
    for tag in ["*", "5", "\"\"", "\"x\"", "\"-1\"", "\"1\", \"2\"", "garbage", "\"99999999999999999999\""] {
        call(&[("If-Match", tag)]).await.invalid(&[("/headers/If-Match", "invalid_value")]);
    }
    for version in [0, stands - 1, stands + 1] {
        let body = call(&[("If-Match", &format!("\"{version}\""))]).await.problem(412, "stale_version");
        assert_eq!((&body["current_version"], &body["assignee"]["id"]), (&json!(stands), &json!(desk.agent.id)));
    }
    assert_eq!(rows(&test.database)["events"], events);
    let answer = call(&[("If-Match", &format!("W/\"{stands}\""))]).await;
    let view = answer.expect(200);
    assert_eq!(
        (&view["version"], answer.header("etag")),
        (&json!(stands + 1), Some(format!("\"{}\"", stands + 1).as_str()))
    );
}

#[tokio::test]
async fn ids_with_zero_bytes_and_other_garbage_in_a_path_are_not_found() {
    let test = TestApp::start().await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    for id in ["%00", "a%00b", "x", "018f0000-0000-7000-8000-000000000000", "%F0%9F%98%80"] {
        let path = format!("/api/v1/staff/outbox/{id}/resend");
        test.post(&path, Some(&member.token), &json!({})).await.problem(404, "not_found");
        let path = format!("/api/v1/staff/users/{id}");
        let body = json!({"disabled": true});
        test.call(Method::PATCH, &path, Some(&admin.token), Some(&body), &[]).await.problem(404, "not_found");
        let path = format!("/api/v1/staff/requests/{id}");
        test.get(&path, Some(&member.token)).await.problem(404, "not_found");
    }
    for (q, code) in [
        ("", "required"),
        ("a\u{0}@b.kz", "control_character"),
        ("12", "phone_format"),
        ("x", "phone_format"),
        ("a@b", "email_format"),
    ] {
        let answer = test.post("/api/v1/staff/requests/search", Some(&member.token), &json!({"q": q})).await;
        let body = answer.problem(422, "validation_failed");
        assert_eq!(body["errors"][0]["pointer"], "/q", "{q}");
        let found = body["errors"][0]["code"].as_str().unwrap();
        assert!(found == code || found == "invalid_value", "{q}: {found}");
    }
    let emails: [Value; 5] =
        [json!(""), json!("a\u{0}@b.kz"), json!("' OR 1=1 --"), json!("x".repeat(100_000)), json!("ә@b.kz")];
    for email in emails {
        let body = json!({"email": email, "password": "a\u{0}b"});
        test.post("/api/v1/auth/login", None, &body).await.problem(401, "unauthorized");
    }
}
