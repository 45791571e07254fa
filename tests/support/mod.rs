//! A server under test: its own database, port 0, mails in memory, a clock that the test moves.
//!
//! With `TEST_DATABASE_URL` (a PostgreSQL server on which databases can be made) the same tests run on PostgreSQL.
#![allow(dead_code, clippy::missing_panics_doc, clippy::unused_async)]

pub mod browser;
pub mod clamd;
pub mod database;
pub mod forms;
pub mod issuer;
pub mod journey;
pub mod program;
pub mod s3;
pub mod smtp_server;
pub mod time;
pub mod tls;
pub mod totp;

use std::net::TcpListener;
use std::sync::Arc;

use chrono::{DateTime, Duration, FixedOffset, Utc};
use otinish::app::App;
use otinish::cli::staff::{AddArgs, add};
use otinish::clock::Clock;
use otinish::domain::vocabulary::{Language, Role};
use otinish::mail::envelope::OutgoingMail;
use otinish::mail::transport::{MemoryTransport, Transport};
use otinish::services::start::start_with;
use otinish::settings::Settings;
use otinish::{http, worker};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

pub use database::TestDatabase;

/// The password of every member in tests.
pub const PASSWORD: &str = "correct horse battery staple";

/// A server under test.
pub struct TestApp {
    pub app: Arc<App>,
    pub base: String,
    pub http: reqwest::Client,
    pub mail: MemoryTransport,
    pub database: TestDatabase,
    pub settings: Settings,
    handle: actix_web::dev::ServerHandle,
    checks_leftovers: bool,
    taken_digests: std::sync::Mutex<Vec<OutgoingMail>>,
}

/// An answer of the server.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON ({}): {}", self.status, self.text))
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body, which must have come with this status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// A problem document with this status and code.
    pub fn problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text);
        let body = self.json();
        assert_eq!(body["code"], code, "{}", self.text);
        for member in ["type", "title", "detail", "trace_id"] {
            assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {}", self.text);
        }
        assert_eq!(body["status"], status);
        body
    }

    /// A 422 whose errors name exactly these `(pointer, code)`.
    pub fn invalid(&self, expected: &[(&str, &str)]) -> Value {
        let body = self.problem(422, "validation_failed");
        let found: Vec<(&str, &str)> = body["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| (error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap()))
            .collect();
        assert_eq!(found, expected, "{}", self.text);
        body
    }
}

/// An instant in Almaty: `at("2026-11-23T10:00")`.
pub fn at(local: &str) -> DateTime<Utc> {
    format!("{local}:00+05:00").parse::<DateTime<FixedOffset>>().unwrap().to_utc()
}

impl TestApp {
    /// A server at 10:00 in Almaty on Monday, 23 November 2026.
    pub async fn start() -> Self {
        Self::start_at("2026-11-23T10:00").await
    }

    /// A server at this local time.
    pub async fn start_at(local: &str) -> Self {
        Self::start_with(local, TestDatabase::create(), |_| None).await
    }

    /// A server with settings of its own; `setting` goes before the harness's.
    pub async fn start_with(local: &str, database: TestDatabase, setting: impl Fn(&str) -> Option<String>) -> Self {
        let mail = MemoryTransport::new();
        Self::start_on(local, database, setting, Transport::Memory(mail.clone()), mail).await
    }

    /// A server that sends its mails by `transport`.
    pub async fn start_on(
        local: &str,
        database: TestDatabase,
        setting: impl Fn(&str) -> Option<String>,
        transport: Transport,
        mail: MemoryTransport,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let settings = Settings::from_lookup(|name| {
            setting(name).or_else(|| match name {
                "DATABASE_URL" => Some(database.url.clone()),
                "DATA_DIR" => Some(database.folder.path().display().to_string()),
                "CONFIG_DIR" => Some(env!("CARGO_MANIFEST_DIR").to_owned()),
                "PUBLIC_URL" => Some("https://requests.example.kz".to_owned()),
                "DATABASE_CONNECTIONS" => Some("4".to_owned()),
                // The clock stands still, so that nobody would ever be let through again.
                "RATE_LIMITS" => Some("off".to_owned()),
                _ => None,
            })
        })
        .unwrap();
        let app = start_with(settings.clone(), Clock::fixed(at(local)), transport).unwrap();
        let (server, handle) = http::server::bind_and_run(Arc::clone(&app), listener, http::configure).unwrap();
        tokio::spawn(server);
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self {
            app,
            base,
            http: client,
            mail,
            database,
            settings,
            handle,
            checks_leftovers: true,
            taken_digests: std::sync::Mutex::default(),
        }
    }

    /// Stops the server, keeps the database.
    pub async fn stop(mut self) -> TestDatabase {
        self.handle.stop(true).await;
        self.checks_leftovers = false;
        std::mem::replace(&mut self.database, TestDatabase::none())
    }

    /// Calls the server.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status: status.as_u16(), headers, text: response.text().await.unwrap() }
    }

    pub async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        self.call(Method::GET, path, token, None, &[]).await
    }

    pub async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Answer {
        self.call(Method::POST, path, token, Some(body), &[]).await
    }

    /// Hands in a request by the public API.
    pub async fn submit(&self, operator: &str, body: &Value) -> Submitted {
        let receipt = self.post(&format!("/api/v1/operators/{operator}/requests"), None, body).await.expect(201);
        Submitted {
            reference: receipt["reference"].as_str().unwrap().to_owned(),
            token: receipt["token"].as_str().unwrap().to_owned(),
            receipt,
        }
    }

    /// Hands in a request and proves its mail address.
    pub async fn submit_confirmed(&self, operator: &str, body: &Value) -> Submitted {
        let submitted = self.submit(operator, body).await;
        self.work().await;
        let email = body["submitted_by"]["email"].as_str().or(body["subject"]["email"].as_str()).unwrap();
        let code = code_in(&self.last_mail_to(email).text);
        self.post(&submitted.path("/confirm"), Some(&submitted.token), &json!({"code": code})).await.expect(200);
        submitted
    }

    /// Lets the worker do all that is due.
    pub async fn work(&self) -> usize {
        worker::run_until_idle(&self.app).await.unwrap()
    }

    /// Moves the clock and lets the worker do all that is due then.
    pub async fn advance(&self, by: Duration) {
        self.app.clock.advance(by);
        self.work().await;
    }

    /// Sets the clock to a local time and lets the worker do all that is due then.
    pub async fn travel_to(&self, local: &str) {
        self.app.clock.set(at(local));
        self.work().await;
    }

    /// All mails that left so far, oldest first. Morning digests are left out, since they come on every morning on which anything
    /// waits, whatever a test is about; see [`TestApp::digests`].
    pub fn mails(&self) -> Vec<OutgoingMail> {
        self.apart(self.mail.sent()).0
    }

    /// Takes the mails that left since the last time; without morning digests, which are kept for [`TestApp::digests`].
    pub fn take_mails(&self) -> Vec<OutgoingMail> {
        let (others, digests) = self.apart(self.mail.take());
        self.taken_digests.lock().unwrap().extend(digests);
        others
    }

    /// All morning digests that left so far, oldest first.
    pub fn digests(&self) -> Vec<OutgoingMail> {
        let mut all = self.taken_digests.lock().unwrap().clone();
        all.extend(self.apart(self.mail.sent()).1);
        all
    }

    /// Parts morning digests from other mails: the outbox knows which mail has which Message-ID.
    fn apart(&self, mails: Vec<OutgoingMail>) -> (Vec<OutgoingMail>, Vec<OutgoingMail>) {
        use diesel::prelude::*;
        use otinish::storage::schema::outbox;
        if mails.iter().all(|mail| mail.reference.is_some()) {
            return (mails, Vec::new());
        }
        let digests: Vec<String> = outbox::table
            .filter(outbox::mail.eq(worker::digest::DIGEST))
            .select(outbox::message_id)
            .load(&mut self.database.connect())
            .unwrap();
        mails.into_iter().partition(|mail| !digests.contains(&mail.message_id))
    }

    /// The last mail to an address.
    pub fn last_mail_to(&self, address: &str) -> OutgoingMail {
        self.mails().into_iter().rev().find(|mail| mail.to == address).unwrap_or_else(|| panic!("no mail to {address}"))
    }

    /// Adds a member of the staff and signs them in.
    pub async fn staff(&self, name: &str, role: Role, operator: &str) -> Member {
        let email = format!("{name}@staff.example.kz");
        let args = AddArgs {
            email: email.clone(),
            name: name.to_owned(),
            role,
            operator: (role != Role::Admin).then(|| operator.to_owned()),
            language: Language::En,
            password: Some(PASSWORD.to_owned()),
        };
        add(&self.app, args).await.unwrap();
        self.sign_in(&email).await
    }

    /// Signs a member in.
    pub async fn sign_in(&self, email: &str) -> Member {
        let tokens =
            self.post("/api/v1/auth/login", None, &json!({"email": email, "password": PASSWORD})).await.expect(200);
        let token = tokens["access_token"].as_str().unwrap().to_owned();
        let me = self.get("/api/v1/staff/me", Some(&token)).await.expect(200);
        Member {
            id: me["id"].as_str().unwrap().to_owned(),
            email: email.to_owned(),
            refresh_token: tokens["refresh_token"].as_str().unwrap().to_owned(),
            token,
        }
    }

    /// A member's access token anew: it holds 15 minutes of the test's time.
    pub async fn renew(&self, member: &mut Member) {
        *member = self.sign_in(&member.email).await;
    }

    /// The request as a member sees it.
    pub async fn view(&self, member: &Member, reference: &str) -> Value {
        self.get(&format!("/api/v1/staff/requests/{reference}"), Some(&member.token)).await.expect(200)
    }

    /// Does an action with the version that stands.
    pub async fn act(&self, member: &Member, reference: &str, action: &str, body: Value) -> Answer {
        let version = self.view(member, reference).await["version"].as_i64().unwrap();
        self.act_on(member, reference, version, action, body).await
    }

    /// Does an action with a version that the test names.
    pub async fn act_on(&self, member: &Member, reference: &str, version: i64, action: &str, body: Value) -> Answer {
        let path = format!("/api/v1/staff/requests/{reference}/{action}");
        let etag = format!("\"{version}\"");
        self.call(Method::POST, &path, Some(&member.token), Some(&body), &[("If-Match", &etag)]).await
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // Stops the server without waiting: the test is over.
        drop(self.handle.stop(false));
    }
}

/// A request that was handed in.
#[derive(Debug, Clone)]
pub struct Submitted {
    pub reference: String,
    pub token: String,
    pub receipt: Value,
}

impl Submitted {
    /// The requester's path of this request.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/v1/requests/{}{rest}", self.reference)
    }
}

/// A member of the staff, signed in.
#[derive(Debug, Clone)]
pub struct Member {
    pub id: String,
    pub email: String,
    pub token: String,
    pub refresh_token: String,
}

/// The code of a mail: six digits alone on a line.
pub fn code_in(text: &str) -> String {
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    text.lines().map(str::trim).find(is_code).unwrap_or_else(|| panic!("no code in: {text}")).to_owned()
}

/// The clock of this name in a view or receipt.
pub fn clock<'v>(view: &'v Value, name: &str) -> &'v Value {
    view["clocks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|clock| clock["name"] == name)
        .unwrap_or_else(|| panic!("no clock {name} in {view}"))
}

/// Names of the clocks with their states: `["claim_response running", …]`.
pub fn clock_states(view: &Value) -> Vec<String> {
    let name = |clock: &Value| format!("{} {}", clock["name"].as_str().unwrap(), clock["state"].as_str().unwrap());
    view["clocks"].as_array().unwrap().iter().map(name).collect()
}

/// A status as number.
pub fn status(code: StatusCode) -> u16 {
    code.as_u16()
}
