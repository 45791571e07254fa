//! A sign-in service of the tests: a process of its own that speaks OIDC and does as it is told.
//!
//! It is this test program, started once more: see `serve`. Tests tell it what to say by `order`.
#![allow(missing_docs)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use actix_web::http::StatusCode;
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use reqwest::redirect::Policy;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// Set for the process that is the service.
const VARIABLE: &str = "OTINISH_TEST_ISSUER";
pub const CLIENT: &str = "otinish: staff";
pub const SECRET: &str = "s€cret & more";
const REDIRECT: &str = "https://requests.example.kz/staff/oidc/callback";
/// Made for this file, used nowhere else.
const RSA: &[u8] = include_bytes!("../data/issuer-rsa.der");

/// The service, as a test sees it.
pub struct Issuer {
    child: Child,
    pub url: String,
    http: reqwest::Client,
}

impl Issuer {
    /// Starts it. `test` is the full name of the test that calls `serve`.
    pub fn start(test: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args([test, "--exact", "--nocapture"]).env(VARIABLE, "1");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("the service did not start").unwrap();
            if let Some((_, url)) = line.split_once("issuer at ") {
                break url.to_owned();
            }
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        Self { child, url, http }
    }

    /// The settings that lead to it.
    pub fn setting(&self, name: &str) -> Option<String> {
        match name {
            "OIDC_ISSUER" => Some(self.url.clone()),
            "OIDC_CLIENT_ID" => Some(CLIENT.to_owned()),
            "OIDC_CLIENT_SECRET" => Some(SECRET.to_owned()),
            "OIDC_NAME" => Some("Company ID".to_owned()),
            _ => None,
        }
    }

    /// Tells it what to do from now on; what is not named is as at the start.
    pub async fn order(&self, order: Value) {
        let answer = self.http.post(format!("{}/order", self.url)).body(order.to_string()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    /// How often each address was called.
    pub async fn calls(&self) -> BTreeMap<String, usize> {
        let answer = self.http.get(format!("{}/calls", self.url)).send().await.unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// A browser goes where Otinish sent it and signs in there; where it is sent back to, without the host.
    pub async fn visit(&self, address: &str) -> String {
        let answer = self.http.get(address).send().await.unwrap();
        assert_eq!(answer.status(), 302, "{}", answer.text().await.unwrap());
        let back = answer.headers()["location"].to_str().unwrap();
        back.strip_prefix("https://requests.example.kz").unwrap().to_owned()
    }

    /// Ends the process.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What the service knows.
#[derive(Default)]
struct State {
    url: String,
    order: Value,
    /// Private keys by their ids.
    keys: BTreeMap<String, (Algorithm, Vec<u8>)>,
    /// What was asked for, by the code that was given out.
    codes: BTreeMap<String, BTreeMap<String, String>>,
    calls: BTreeMap<String, usize>,
    next: usize,
}

/// Is the service, in the process that was started for that; in any other it does nothing.
#[allow(clippy::disallowed_methods)]
pub fn serve() {
    if std::env::var(VARIABLE).is_err() {
        return;
    }
    // When whoever started it is gone, so is it.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut state = State { url: url.clone(), ..State::default() };
    new_keys(&mut state);
    let state = Data::new(Mutex::new(state));
    actix_web::rt::System::new()
        .block_on(async move {
            let server = HttpServer::new(move || App::new().app_data(state.clone()).default_service(web::to(answer)));
            let running = server.workers(1).listen(listener)?.run();
            println!("issuer at {url}");
            std::io::stdout().flush()?;
            running.await
        })
        .unwrap();
}

/// New keys for Ed25519 and P-256; RSA keeps its own, under a new id.
fn new_keys(state: &mut State) {
    state.next += 1;
    let number = state.next;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).unwrap();
    let ed = SigningKey::from_bytes(&secret).to_pkcs8_der().unwrap().as_bytes().to_vec();
    let ec = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap().serialize_der();
    state.keys = BTreeMap::from([
        (format!("ed-{number}"), (Algorithm::EdDSA, ed)),
        (format!("ec-{number}"), (Algorithm::ES256, ec)),
        (format!("rsa-{number}"), (Algorithm::RS256, RSA.to_vec())),
    ]);
}

async fn answer(request: HttpRequest, body: Bytes, state: Data<Mutex<State>>) -> HttpResponse {
    let mut state = state.lock().unwrap();
    let path = request.path().to_owned();
    match path.as_str() {
        "/order" => {
            state.order = serde_json::from_slice(&body).unwrap();
            if state.order["new_keys"] == true {
                new_keys(&mut state);
            }
            return HttpResponse::Ok().finish();
        }
        "/calls" => return HttpResponse::Ok().json(&state.calls),
        _ => {}
    }
    *state.calls.entry(path.clone()).or_default() += 1;
    if let Some(status) = state.order["fails"][path.as_str()].as_u64() {
        return HttpResponse::build(StatusCode::from_u16(u16::try_from(status).unwrap()).unwrap()).finish();
    }
    match path.as_str() {
        "/.well-known/openid-configuration" => HttpResponse::Ok().json(metadata(&state)),
        "/keys" => HttpResponse::Ok().json(json!({"keys": keys(&state)})),
        "/authorize" => authorize(&mut state, request.query_string()),
        "/token" => token(&mut state, &request, &body),
        "/userinfo" => HttpResponse::Ok().json(&state.order["userinfo"]),
        _ => HttpResponse::NotFound().finish(),
    }
}

fn merged(mut into: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap_or(&Map::new()) {
        match value {
            Value::Null => drop(into.as_object_mut().unwrap().remove(name)),
            value => into[name] = value.clone(),
        }
    }
    into
}

fn metadata(state: &State) -> Value {
    let url = &state.url;
    let plain = json!({"issuer": url, "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"), "jwks_uri": format!("{url}/keys"),
        "userinfo_endpoint": format!("{url}/userinfo"), "response_types_supported": ["code"]});
    merged(plain, &state.order["metadata"])
}

fn keys(state: &State) -> Vec<Value> {
    // One of a kind that nobody knows yet.
    let mut keys = vec![json!({"kty": "AKP", "alg": "ML-DSA-44", "kid": "new", "pub": "AAAA"})];
    for (kid, (algorithm, der)) in &state.keys {
        keys.push(if *algorithm == Algorithm::EdDSA {
            let public = SigningKey::from_pkcs8_der(der).unwrap().verifying_key();
            json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": URL_SAFE_NO_PAD.encode(public.as_bytes())})
        } else {
            let jwk = Jwk::from_encoding_key(&encoding(*algorithm, der), *algorithm).unwrap();
            merged(serde_json::to_value(jwk).unwrap(), &json!({"kid": kid, "use": "sig"}))
        });
    }
    keys
}

fn encoding(algorithm: Algorithm, der: &[u8]) -> EncodingKey {
    match algorithm {
        Algorithm::EdDSA => EncodingKey::from_ed_der(der),
        Algorithm::ES256 => EncodingKey::from_ec_der(der),
        _ => EncodingKey::from_rsa_der(der),
    }
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    web::Query::<BTreeMap<String, String>>::from_query(text).unwrap().into_inner()
}

/// Signs in at once whoever is ordered, and sends the browser back.
fn authorize(state: &mut State, query: &str) -> HttpResponse {
    let asked = pairs(query);
    let expected = [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in expected {
        if asked.get(name).map(String::as_str) != Some(value) {
            return HttpResponse::BadRequest().body(format!("{name} of {query}"));
        }
    }
    let is_whole = asked["scope"].split(' ').any(|scope| scope == "openid")
        && ["state", "nonce", "code_challenge"]
            .iter()
            .all(|name| asked.get(*name).is_some_and(|value| value.len() >= 43));
    if !is_whole {
        return HttpResponse::BadRequest().body(query.to_owned());
    }
    let mut back = reqwest::Url::parse(REDIRECT).unwrap();
    if let Some(error) = state.order["error"].as_str() {
        back.query_pairs_mut().append_pair("error", error).append_pair("state", &asked["state"]);
    } else {
        state.next += 1;
        let code = format!("code-{}", state.next);
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &asked["state"]);
        let issuer = state.order["iss"].as_str().unwrap_or(&state.url).to_owned();
        back.query_pairs_mut().append_pair("iss", &issuer);
        state.codes.insert(code, asked);
    }
    HttpResponse::Found().insert_header(("location", back.as_str())).finish()
}

fn token(state: &mut State, request: &HttpRequest, body: &[u8]) -> HttpResponse {
    let refused = |error: &str| HttpResponse::BadRequest().json(json!({"error": error}));
    let form = pairs(std::str::from_utf8(body).unwrap());
    let field = |name: &str| form.get(name).cloned().unwrap_or_default();
    // RFC 6749, 2.3.1: both are written as forms are, before base64.
    let credentials = STANDARD.encode("otinish%3A+staff:s%E2%82%ACcret+%26+more");
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let in_form = state.order["metadata"]["token_endpoint_auth_methods_supported"] == json!(["client_secret_post"]);
    let is_client = if in_form {
        field("client_id") == CLIENT && field("client_secret") == SECRET && header.is_none()
    } else {
        header == Some(&format!("Basic {credentials}")) && !form.contains_key("client_secret")
    };
    if !is_client {
        return HttpResponse::Unauthorized().json(json!({"error": "invalid_client"}));
    }
    let Some(asked) = state.codes.remove(&field("code")) else { return refused("invalid_grant") };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier").as_bytes()));
    if field("grant_type") != "authorization_code"
        || field("redirect_uri") != REDIRECT
        || asked["code_challenge"] != challenge
    {
        return refused("invalid_grant");
    }
    let id_token = signed(state, &asked["nonce"]);
    HttpResponse::Ok().json(json!({"token_type": "Bearer", "access_token": "access", "id_token": id_token}))
}

/// The token as it is ordered: `algorithm`, changes of `head` and `claims`, and `seal`: how it is signed, if not by the key.
fn signed(state: &State, nonce: &str) -> String {
    let order = &state.order;
    let algorithm = match order["algorithm"].as_str().unwrap_or("EdDSA") {
        "ES256" => Algorithm::ES256,
        "RS256" => Algorithm::RS256,
        _ => Algorithm::EdDSA,
    };
    let (kid, (_, der)) = state.keys.iter().find(|(_, (own, _))| *own == algorithm).unwrap();
    // The clock of the tests stands still.
    let now = order["now"].as_i64().unwrap_or(1_795_410_000);
    let claims = json!({"iss": state.url, "aud": CLIENT, "sub": "subject-1", "iat": now, "exp": now + 300, "nonce": nonce,
        "email": "dpo.kazteleport@staff.example.kz", "email_verified": true});
    let head = merged(json!({"typ": "JWT", "alg": format!("{algorithm:?}"), "kid": kid}), &order["head"]);
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(&head), part(&merged(claims, &order["claims"])));
    let signature = match order["seal"].as_str() {
        Some("nothing") => String::new(),
        Some("secret") => mac(SECRET.as_bytes(), &message),
        Some("public key") => {
            let public = keys(state).iter().find(|key| key["kid"] == kid.as_str()).unwrap()["x"].clone();
            mac(&URL_SAFE_NO_PAD.decode(public.as_str().unwrap()).unwrap(), &message)
        }
        Some("another") => URL_SAFE_NO_PAD.encode([7; 64]),
        _ => jsonwebtoken::crypto::sign(message.as_bytes(), &encoding(algorithm, der), algorithm).unwrap(),
    };
    format!("{message}.{signature}")
}

fn mac(key: &[u8], message: &str) -> String {
    use hmac::{Hmac, Mac};
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}
