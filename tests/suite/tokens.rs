//! Credentials that are missing, malformed, forged, old or somebody else's.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use otinish::domain::vocabulary::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::journey::rows;
use crate::support::{TestApp, forms};

const ME: &str = "/api/v1/staff/me";

fn claims_of(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn missing_and_malformed_credentials_are_401_everywhere() {
    let test = TestApp::start().await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let before = rows(&test.database);
    let paths = [
        (Method::GET, ME.to_owned()),
        (Method::GET, "/api/v1/staff/requests".to_owned()),
        (Method::GET, format!("/api/v1/staff/requests/{}", request.reference)),
        (Method::GET, format!("/api/v1/staff/requests/{}/events", request.reference)),
        (Method::GET, "/api/v1/staff/requests/counts".to_owned()),
        (Method::GET, "/api/v1/staff/outbox".to_owned()),
        (Method::GET, "/api/v1/staff/users".to_owned()),
        (Method::POST, "/api/v1/staff/requests/search".to_owned()),
        (Method::POST, format!("/api/v1/staff/requests/{}/start", request.reference)),
        (Method::POST, "/api/v1/staff/operators/kazteleport/requests".to_owned()),
        (Method::GET, request.path("")),
        (Method::GET, request.path("/answer")),
        (Method::POST, request.path("/confirm")),
        (Method::POST, request.path("/confirm/resend")),
        (Method::POST, request.path("/messages")),
        (Method::POST, request.path("/cancel")),
    ];
    let long = format!("Bearer {}", "x".repeat(5_000));
    let values = ["Bearer", "Bearer ", "Basic YTpi", "abc", "Bearer a b", "Token abc", &long];
    for (method, path) in paths {
        for value in values.iter().map(|value| Some(*value)).chain([None]) {
            let mut headers = vec![("Content-Type", "application/json"), ("If-Match", "\"1\"")];
            headers.extend(value.map(|value| ("Authorization", value)));
            let answer = test.raw(method.clone(), &path, &headers, b"{}".to_vec()).await;
            answer.problem(401, "unauthorized");
            assert!(answer.header("www-authenticate").is_some(), "{path}");
        }
    }
    assert_eq!(rows(&test.database), before);
}

#[tokio::test]
async fn a_forged_access_token_opens_nothing() {
    let test = TestApp::start().await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    test.get(ME, Some(&member.token)).await.expect(200);
    let claims = claims_of(&member.token);
    let key = test.app.vault.jwt_key();
    let ours = EncodingKey::from_ed_der(&key.pkcs8_der().unwrap());
    let eddsa = Header::new(Algorithm::EdDSA);
    let signed = |claims: &Value| encode(&eddsa, claims, &ours).unwrap();
    let with = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        signed(&claims)
    };
    let without = |name: &str| {
        let mut claims = claims.clone();
        claims.as_object_mut().unwrap().remove(name);
        signed(&claims)
    };
    test.get(ME, Some(&signed(&claims))).await.expect(200);

    let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
    let none = |header: Value, signature: &str| {
        format!("{}.{payload}.{signature}", URL_SAFE_NO_PAD.encode(header.to_string()))
    };
    let (head, rest) = member.token.split_once('.').unwrap();
    let (body, signature) = rest.split_once('.').unwrap();
    let by_public_key =
        |algorithm| encode(&Header::new(algorithm), &claims, &EncodingKey::from_secret(&key.public_key())).unwrap();
    let strange = SigningKey::from_bytes(&[7; 32]).to_pkcs8_der().unwrap();
    let strangers = encode(&eddsa, &claims, &EncodingKey::from_ed_der(strange.as_bytes())).unwrap();
    let now = test.app.clock.now().timestamp();
    let forged = [
        ("alg none", none(json!({"alg": "none", "typ": "JWT"}), "")),
        ("alg none with the signature", none(json!({"alg": "none"}), signature)),
        ("alg in capitals", none(json!({"alg": "NONE"}), "")),
        ("HS256 with the public key", by_public_key(Algorithm::HS256)),
        ("HS512 with the public key", by_public_key(Algorithm::HS512)),
        ("a stranger's key", strangers),
        ("another audience", with("aud", json!("otinish-requester"))),
        ("several audiences but ours", with("aud", json!(["a", "b"]))),
        ("another issuer", with("iss", json!("somebody"))),
        ("no issuer", without("iss")),
        ("no audience", without("aud")),
        ("no subject", without("sub")),
        ("no id", without("jti")),
        ("no expiry", without("exp")),
        ("no beginning", without("nbf")),
        ("not yet", with("nbf", json!(now + 1))),
        ("just over", with("exp", json!(now))),
        ("another session", with("sid", json!("018f0000-0000-7000-8000-000000000000"))),
        ("nobody", with("sub", json!("018f0000-0000-7000-8000-000000000000"))),
        ("an injection", with("sub", json!("' OR 1=1 --"))),
        ("a zero byte", with("sub", json!("a\u{0}b"))),
        ("a zero byte as session", with("sid", json!("a\u{0}b"))),
        ("a changed body", format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(b"{}"))),
        ("no signature", format!("{head}.{body}.")),
        ("two parts", format!("{head}.{body}")),
        ("four parts", format!("{}.x", member.token)),
        ("garbage", "garbage".to_owned()),
        ("dots", "...".to_owned()),
        ("the refresh token", member.refresh_token.clone()),
    ];
    for (what, token) in forged {
        let answer = test.get(ME, Some(&token)).await;
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (401, Some("unauthorized")),
            "{what}: {}",
            answer.text
        );
        assert!(!answer.text.contains(&token) || token.len() < 5, "{what}");
    }
}

#[tokio::test]
async fn an_access_token_ends_after_a_quarter_of_an_hour() {
    let test = TestApp::start().await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    test.app.clock.advance(Duration::seconds(899));
    test.get(ME, Some(&member.token)).await.expect(200);
    test.app.clock.advance(Duration::seconds(1));
    test.get(ME, Some(&member.token)).await.problem(401, "unauthorized");
}

#[tokio::test]
async fn the_token_of_one_request_opens_no_other_and_a_request_that_is_not_there_looks_the_same() {
    let test = TestApp::start().await;
    let member = test.staff("dpo", Role::Dpo, "kazteleport").await;
    let mine = test.submit("kazteleport", &forms::access()).await;
    let other = test.submit("kazteleport", &forms::of_kind("claim")).await;
    let before = rows(&test.database);
    let missing = "/api/v1/requests/KTP-0000-0000-0";
    let mut bodies = Vec::new();
    for (path, token) in [
        (mine.path(""), other.token.as_str()),
        (missing.to_owned(), &mine.token),
        ("/api/v1/requests/nonsense".to_owned(), &mine.token),
        (format!("{}0", mine.path("")), &mine.token),
        (mine.path(""), &member.token),
    ] {
        for rest in ["", "/answer"] {
            let mut body = test.get(&format!("{path}{rest}"), Some(token)).await.problem(404, "not_found");
            body.as_object_mut().unwrap().remove("trace_id");
            bodies.push(body);
        }
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "one and the same 404");
    for (path, body) in [
        ("/confirm", json!({"code": "000000"})),
        ("/confirm/resend", json!({})),
        ("/messages", json!({"text": "x"})),
        ("/cancel", json!({})),
    ] {
        test.post(&mine.path(path), Some(&other.token), &body).await.problem(404, "not_found");
    }
    assert_eq!(rows(&test.database), before);
    assert_eq!(test.status_of(&mine).await, "submitted");
}

#[tokio::test]
async fn a_request_of_another_operator_does_not_exist_for_a_member() {
    let test = TestApp::start().await;
    let foreign = test.staff("foreign", Role::Dpo, "demo").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let request = test.submit("kazteleport", &forms::access()).await;
    let before = rows(&test.database);
    let path = format!("/api/v1/staff/requests/{}", request.reference);
    for member in [&foreign, &admin] {
        let token = Some(member.token.as_str());
        let mut there = test.get(&path, token).await.problem(404, "not_found");
        let mut nowhere = test.get("/api/v1/staff/requests/KTP-0000-0000-0", token).await.problem(404, "not_found");
        for body in [&mut there, &mut nowhere] {
            body.as_object_mut().unwrap().remove("trace_id");
        }
        assert_eq!(there, nowhere);
        test.get(&format!("{path}/events"), token).await.problem(404, "not_found");
        for action in ["assign", "start", "approve", "no_such_action"] {
            let headers = [("If-Match", "\"1\"")];
            let body = json!({"assignee": "me"});
            test.call(Method::POST, &format!("{path}/{action}"), token, Some(&body), &headers)
                .await
                .problem(404, "not_found");
            // Not even the missing version tells that it is there.
            test.post(&format!("{path}/{action}"), token, &body).await.problem(404, "not_found");
        }
    }
    // Three looks each, which the audit trail keeps.
    let mut expected = before;
    *expected.get_mut("audit").unwrap() += 6;
    assert_eq!(rows(&test.database), expected);
}
