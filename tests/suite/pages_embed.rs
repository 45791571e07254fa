//! The form in a frame on an operator's own site, and an operator's own host name.

use serde_json::Value;

use crate::support::browser::{Browser, Page, form_body};
use crate::support::{Answer, TestApp, TestDatabase, code_in, forms};

pub const SITE: &str = "https://www.company.kz";
const HOME: &str = "/operators/demo/embed";

/// A server whose operator `demo` has a site and a host name of its own.
pub async fn with_site() -> (TestApp, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("operators");
    std::fs::create_dir(folder.path().join("operators")).unwrap();
    for file in std::fs::read_dir(from).unwrap().flatten() {
        std::fs::copy(file.path(), folder.path().join("operators").join(file.file_name())).unwrap();
    }
    let path = folder.path().join("operators/demo.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let own = format!("allowed_origins = [\"{SITE}\", \"http://localhost:3000\"]\nhost = \"requests.demo.example.kz\"");
    std::fs::write(&path, format!("{own}\n{text}")).unwrap();
    let config = folder.path().display().to_string();
    let setting = move |name: &str| (name == "CONFIG_DIR").then(|| config.clone());
    (TestApp::start_with("2026-11-23T10:00", TestDatabase::create(), setting).await, folder)
}

/// A frame on another site: it keeps no cookie and sends none.
struct Frame<'a> {
    app: &'a TestApp,
    language: &'static str,
}

impl Frame<'_> {
    async fn get(&self, path: &str) -> Page {
        self.call(path, self.app.http.get(format!("{}{path}", self.app.base)), "cross-site").await
    }

    async fn call(&self, path: &str, request: reqwest::RequestBuilder, site: &str) -> Page {
        let request = request.header("accept", "text/html").header("accept-language", self.language);
        let response = request.header("sec-fetch-site", site).header("sec-fetch-dest", "iframe").send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        assert!(!headers.contains_key("set-cookie"), "a frame gets no cookie");
        Page { path: path.to_owned(), answer: Answer { status, headers, text: response.text().await.unwrap() } }
    }

    /// Sends the form of a page with these answers in place of its own.
    async fn send(&self, page: &Page, typed: &[(&str, &str)]) -> Page {
        self.send_from(page, typed, "same-origin").await
    }

    async fn send_from(&self, page: &Page, typed: &[(&str, &str)], site: &str) -> Page {
        let action = page.answer.text.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let mut fields = page.form(&action);
        fields.retain(|(name, _)| !typed.iter().any(|(other, _)| other == name));
        fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let request = self.app.http.post(format!("{}{action}", self.app.base));
        // What browsers say of pages that send no referrer.
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form_body(&fields));
        self.call(&action, request.header("origin", "null"), site).await
    }

    /// The form up to its last step.
    async fn filled(&self) -> Page {
        let page = self.get(&format!("{HOME}?lang={}&kind=access", self.language)).await;
        page.expect(200);
        let page = self.send(&page, &[("go", "next")]).await;
        let person =
            [("subject.full_name", "Ахметова Айгүл"), ("subject.iin", forms::IIN), ("subject.email", forms::EMAIL)];
        page.expect(200);
        let page = self.send(&page, &[&person[..], &[("go", "next")]].concat()).await;
        page.expect(200);
        let page = self.send(&page, &[("details", "Всё"), ("go", "next")]).await;
        page.expect(200);
        page
    }
}

#[tokio::test]
async fn only_the_operators_own_sites_may_show_the_form_in_a_frame() {
    let (app, _folder) = with_site().await;
    let frame = Frame { app: &app, language: "ru" };
    let page = frame.get(HOME).await;
    let policy = page.answer.header("content-security-policy").unwrap();
    assert!(policy.ends_with("frame-ancestors https://www.company.kz http://localhost:3000"), "{policy}");
    assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.answer.header("x-frame-options"), None, "it knows no list of sites");
    assert_eq!(page.answer.header("referrer-policy"), Some("no-referrer"));
    // Another operator, which names no site, and every other page.
    let closed =
        ["/operators/citicom/embed", "/operators/nobody/embed", "/operators/demo", "/", "/requests", "/nowhere"];
    for path in closed.into_iter().chain(["/operators/demo/request", "/staff/sign-in"]) {
        let page = Browser::new(&app).open(path).await;
        let policy = page.answer.header("content-security-policy").unwrap();
        assert!(policy.ends_with("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(page.answer.header("x-frame-options"), Some("DENY"), "{path}");
    }
}

#[tokio::test]
async fn a_person_asks_in_a_frame_without_any_cookie_and_opens_the_request_in_a_tab_of_its_own() {
    for (language, done) in
        [("kk", "Өтінішіңізді алдық"), ("ru", "Мы получили Ваше обращение"), ("en", "We have received your request")]
    {
        let (app, _folder) = with_site().await;
        let frame = Frame { app: &app, language };
        let page = frame.filled().await;
        let receipt = frame.send(&page, &[("go", "send")]).await;
        let html = receipt.expect(200);
        assert!(html.contains(done) && html.contains(&format!("<html lang=\"{language}\">")), "{html}");
        let link = html.split("href=\"").find(|part| part.contains("?token=")).unwrap();
        assert!(link.contains("target=\"_blank\" rel=\"noopener noreferrer\""), "{link}");
        let path = link.split('"').next().unwrap().to_owned();
        // Nothing else leads out of the frame.
        for href in html.split("<a ").skip(1).filter_map(|tag| tag.split("href=\"").nth(1)) {
            assert!(href.starts_with('#') || href.starts_with("mailto:") || href.starts_with(&path), "{href}");
        }
        let mut tab = Browser { language, ..Browser::new(&app) };
        let page = tab.open(&path).await;
        page.expect(200);
        let home = page.path.clone();
        app.work().await;
        let code = code_in(&app.last_mail_to(forms::EMAIL).text);
        tab.send(&page, &format!("{home}/confirm"), &[("code", &code)]).await.expect(200);
        let secret = path.split("?token=").nth(1).unwrap();
        let view: Value = app.get(&format!("/api/v1{home}"), Some(secret)).await.expect(200);
        assert_eq!((view["status"].as_str(), view["language"].as_str()), (Some("verification"), Some(language)));
    }
}

#[tokio::test]
async fn the_language_of_a_frame_is_changed_without_losing_an_answer_and_mistakes_stand_beside_their_questions() {
    let (app, _folder) = with_site().await;
    let frame = Frame { app: &app, language: "ru" };
    let page = frame.get(HOME).await;
    let page = frame.send(&page, &[("go", "next")]).await;
    assert!(page.expect(422).contains("id=\"kind-mistake\""));
    let page = frame.send(&page, &[("kind", "access"), ("lang", "kk")]).await;
    let html = page.expect(200);
    assert!(html.contains("<html lang=\"kk\">") && html.contains("value=\"access\" checked"), "{html}");
    let page = frame.send(&page, &[("go", "next")]).await;
    assert!(page.expect(200).contains("<html lang=\"kk\">"), "the language is kept by the address");
}

#[tokio::test]
async fn a_forged_form_of_another_site_is_refused_in_a_frame_too() {
    let (app, _folder) = with_site().await;
    let frame = Frame { app: &app, language: "en" };
    let page = frame.filled().await;
    for site in ["cross-site", "same-site"] {
        frame.send_from(&page, &[("go", "send")], site).await.expect(403);
    }
    let other = frame.get("/operators/citicom/embed").await;
    let foreign = other.form("/operators/citicom/embed?lang=en");
    let of = |name: &str| foreign.iter().find(|(field, _)| field == name).unwrap().1.clone();
    let (token, key) = (of("csrf"), of("key"));
    for typed in [
        [("csrf", ""), ("go", "send")],
        [("csrf", "AAAA"), ("go", "send")],
        // Of another form of the same operator, and of another operator.
        [("key", "another"), ("go", "send")],
        [("csrf", token.as_str()), ("key", key.as_str())],
    ] {
        frame.send(&page, &typed).await.expect(403);
    }
    app.work().await;
    assert!(app.mails().is_empty(), "nothing was handed in");
    frame.send(&page, &[("go", "send")]).await.expect(200);
}

#[tokio::test]
async fn a_form_that_was_open_too_long_is_shown_once_more_with_all_answers() {
    let (app, _folder) = with_site().await;
    let frame = Frame { app: &app, language: "en" };
    let page = frame.filled().await;
    app.app.clock.advance(chrono::Duration::hours(5));
    let page = frame.send(&page, &[("go", "send")]).await;
    let html = page.expect(403);
    assert!(html.contains("id=\"mistakes\"") && html.contains("Ахметова Айгүл"), "{html}");
    frame.send(&page, &[("go", "send")]).await.expect(200);
}

#[tokio::test]
async fn a_form_in_a_frame_that_is_sent_twice_makes_one_request() {
    let (app, _folder) = with_site().await;
    let frame = Frame { app: &app, language: "en" };
    let page = frame.filled().await;
    let first = frame.send(&page, &[("go", "send")]).await;
    let second = frame.send(&page, &[("go", "send")]).await;
    let link =
        |page: &Page| page.expect(200).split("href=\"").find(|part| part.contains("?token=")).unwrap().to_owned();
    assert_eq!(link(&first), link(&second));
}

#[tokio::test]
async fn an_error_in_a_frame_leads_to_no_other_page() {
    let (app, _folder) = with_site().await;
    let frame = Frame { app: &app, language: "kk" };
    let page = frame.get(HOME).await;
    let html = frame.send(&page, &[("csrf", "AAAA")]).await.expect(403).to_owned();
    assert!(html.contains("<html lang=\"kk\">") && html.contains(&format!("href=\"{HOME}?lang=kk\"")), "{html}");
    assert!(!html.contains("href=\"/\""), "{html}");
}

#[tokio::test]
async fn the_first_page_of_an_operators_own_host_is_that_operators() {
    let (app, _folder) = with_site().await;
    let at = |host: &'static str| {
        let request = app.http.get(format!("{}/", app.base)).header("host", host).header("accept-language", "en");
        async { request.send().await.unwrap().text().await.unwrap() }
    };
    let own = at("requests.demo.example.kz:8443").await;
    assert!(own.contains("/operators/demo/request?kind=access") && !own.contains("/operators/citicom"), "{own}");
    for host in ["requests.example.kz", "evil.example.kz"] {
        let all = at(host).await;
        assert!(all.contains("href=\"/operators/demo\"") && all.contains("href=\"/operators/citicom\""), "{all}");
    }
}
