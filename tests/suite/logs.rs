//! What the server writes down of a whole story holds nothing personal and no secret.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{PASSWORD, TestDatabase, code_in, forms};

/// The real binary, at its most talkative.
struct Server {
    child: Child,
    base: String,
    stdout: std::thread::JoinHandle<String>,
    stderr: std::thread::JoinHandle<String>,
}

fn command(database: &TestDatabase, data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otinish"));
    command
        .current_dir(data)
        .env_clear()
        .env("DATABASE_URL", &database.url)
        .env("DATA_DIR", data)
        .env("CONFIG_DIR", env!("CARGO_MANIFEST_DIR"))
        .env("BIND_ADDR", "127.0.0.1:0")
        .env("PUBLIC_URL", "https://requests.example.kz")
        .env("RUST_LOG", "trace,otinish=trace,actix_web=debug,lettre=debug,diesel=debug,r2d2=debug")
        .env("LOG_FORMAT", "json");
    command
}

impl Server {
    fn start(database: &TestDatabase, data: &Path) -> Self {
        let mut child = command(database, data).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let mut first = String::new();
        while !first.contains("listens on") {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the server did not start: {first}");
            first.push_str(&line);
        }
        let address = first.split("listens on ").nth(1).unwrap().split_whitespace().next().unwrap();
        let base = format!("http://{address}");
        let stdout = std::thread::spawn(move || {
            let mut text = first;
            lines.read_to_string(&mut text).unwrap();
            text
        });
        Self { child, base, stdout, stderr }
    }

    /// Stops it and returns all that it wrote.
    fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        Command::new("kill").arg(id).status().unwrap();
        self.child.wait().unwrap();
        format!("{}{}", self.stdout.join().unwrap(), self.stderr.join().unwrap())
    }
}

fn add_member(database: &TestDatabase, data: &Path, name: &str, role: &str) {
    let mut child = command(database, data)
        .args([
            "staff",
            "add",
            "--email",
            &format!("{name}@staff.example.kz"),
            "--name",
            "Гүлнар Тестова",
            "--role",
            role,
        ])
        .args(["--operator", "kazteleport", "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// The code and the token of the receipt, as they lie in the folder of mails.
async fn mailed(data: &Path) -> (String, String) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        for file in std::fs::read_dir(data.join("mail")).into_iter().flatten().flatten() {
            let bytes = std::fs::read(file.path()).unwrap();
            let Some(mail) = MessageParser::default().parse(&bytes) else { continue };
            let text = mail.body_text(0).unwrap_or_default().into_owned();
            if let Some((_, rest)) = text.split_once("?token=") {
                let token = rest.split(['&', '\r', '\n']).next().unwrap().to_owned();
                return (code_in(&text), token);
            }
        }
        assert!(Instant::now() < deadline, "no mail was written");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn call(
    server: &Server,
    method: Method,
    path: &str,
    token: &str,
    version: Option<&Value>,
    body: &Value,
) -> Value {
    let mut request = reqwest::Client::new().request(method, format!("{}{path}", server.base)).bearer_auth(token);
    if let Some(version) = version {
        request = request.header("If-Match", format!("\"{version}\""));
    }
    if !body.is_null() {
        request = request.json(body);
    }
    let text = request.send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}"))
}

#[tokio::test]
async fn nothing_personal_and_no_secret_is_logged_in_a_whole_story() {
    let database = TestDatabase::create();
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    for (name, role) in [("agent", "agent"), ("dpo", "dpo")] {
        add_member(&database, data, name, role);
    }
    let server = Server::start(&database, data);
    let none = Value::Null;
    let mut form = forms::of_kind("correction");
    form["details"] = json!("My neighbour knows.");
    let submit = "/api/v1/operators/kazteleport/requests";
    let receipt = call(&server, Method::POST, submit, "-", None, &form).await;
    let token = receipt["token"].as_str().unwrap().to_owned();
    let reference = receipt["reference"].as_str().unwrap();
    let (code, in_link) = mailed(data).await;
    assert_eq!(in_link, token);
    let own = format!("/api/v1/requests/{reference}");
    // What goes wrong is logged as well: wrong code, broken body, a mistake in each field, a wrong password.
    call(&server, Method::POST, &format!("{own}/confirm"), &token, None, &json!({"code": "x"})).await;
    call(&server, Method::POST, submit, "-", None, &json!({"kind": "access", "subject": {"iin": "900101400099"}}))
        .await;
    call(&server, Method::GET, &format!("{own}?token={token}"), &token, None, &none).await;
    call(&server, Method::GET, "/api/v1/requests/aigul@mail.example.kz", &token, None, &none).await;
    let wrong = json!({"email": "agent@staff.example.kz", "password": "wrong horse battery staple"});
    call(&server, Method::POST, "/api/v1/auth/login", "-", None, &wrong).await;
    let view = call(&server, Method::POST, &format!("{own}/confirm"), &token, None, &json!({"code": code})).await;
    assert_eq!(view["status"], "verification");

    let mut secrets = vec![token.clone(), code, PASSWORD.to_owned(), "wrong horse".to_owned()];
    let mut members = Vec::new();
    for name in ["agent", "dpo"] {
        let login = json!({"email": format!("{name}@staff.example.kz"), "password": PASSWORD});
        let tokens = call(&server, Method::POST, "/api/v1/auth/login", "-", None, &login).await;
        let access = tokens["access_token"].as_str().unwrap().to_owned();
        secrets.extend([access.clone(), tokens["refresh_token"].as_str().unwrap().to_owned()]);
        members.push(access);
    }
    let desk = format!("/api/v1/staff/requests/{reference}");
    let letter = json!({"outcome": "refused", "letter": "Dear Айгүл, no.", "grounds": [{"code": "wrong_operator", "text": "x"}]});
    let steps = [
        (0, "assign", json!({"assignee": "me"})),
        (0, "verify", json!({"result": "confirmed", "method": "phone", "note": "Her mother is Дана."})),
        (0, "ask", json!({"text": "Is Дана your mother?"})),
        (0, "reply", json!({"text": "Yes, Дана."})),
        (0, "propose", letter),
        (1, "approve", json!({})),
    ];
    for (who, action, body) in steps {
        let view = call(&server, Method::GET, &desk, &members[who], None, &none).await;
        let version = Some(&view["version"]);
        let after = call(&server, Method::POST, &format!("{desk}/{action}"), &members[who], version, &body).await;
        assert!(after["reference"].is_string(), "{action}: {after}");
        call(&server, Method::POST, &format!("{desk}/{action}"), &members[who], version, &body).await;
    }
    call(&server, Method::POST, "/api/v1/staff/requests/search", &members[1], None, &json!({"q": forms::IIN})).await;
    let answer = call(&server, Method::GET, &format!("{own}/answer"), &token, None, &none).await;
    assert_eq!(answer["outcome"], "refused");
    tokio::time::sleep(Duration::from_millis(1_500)).await;

    let logged = server.stop();
    assert!(logged.contains("/requests/{reference}"), "the pattern of each route is logged: {logged}");
    assert!(logged.lines().filter(|line| line.starts_with('{')).count() > 20, "{logged}");
    assert!(!logged.contains(r#""level":"ERROR""#), "{logged}");
    let personal = [
        "Айгүл",
        "Сәрсенова",
        "Дана",
        "Гүлнар",
        forms::IIN,
        "900101400099",
        "77010000000",
        "aigul",
        "mail.example.kz",
        "agent@",
        "dpo@",
        "neighbour",
        "mother",
        "Bearer",
    ];
    for secret in secrets.iter().map(String::as_str).chain(personal) {
        let line = logged.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is logged");
    }
}
