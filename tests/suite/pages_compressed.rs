//! What is compressed on its way, and what is not because its length would tell something.

use crate::support::browser::Browser;
use crate::support::{Submitted, TestApp, forms};

/// What came back: headers and the bytes on the wire.
struct Wire {
    headers: reqwest::header::HeaderMap,
    bytes: Vec<u8>,
}

impl Wire {
    fn is_compressed(&self) -> bool {
        let said = self.headers.get("content-encoding").is_some_and(|value| value == "gzip");
        assert_eq!(said, self.bytes.starts_with(&[0x1f, 0x8b]), "{:?}", self.headers);
        said
    }
}

async fn fetch(browser: &Browser<'_>, path: &str, site: Option<&str>) -> Wire {
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut request = browser.app.http.get(format!("{}{path}", browser.app.base)).header("cookie", cookies.join("; "));
    request = request.header("accept-encoding", "gzip, deflate, br").header("accept", "text/html");
    if let Some(site) = site {
        request = request.header("sec-fetch-site", site);
    }
    let response = request.send().await.unwrap();
    // The queue knows no filter of that name, and says so by a page.
    let expected = if path.starts_with("/staff/requests?") { 422 } else { 200 };
    assert_eq!(response.status(), expected, "{path}");
    Wire { headers: response.headers().clone(), bytes: response.bytes().await.unwrap().to_vec() }
}

async fn opened<'a>(app: &'a TestApp, request: &Submitted) -> Browser<'a> {
    let mut browser = Browser::new(app);
    browser.open(&format!("/requests/{}?token={}", request.reference, request.token)).await.expect(200);
    browser
}

#[tokio::test]
async fn a_page_is_compressed_only_for_a_browser_that_says_that_it_was_asked_for_from_here() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let request = app.submit("demo", &forms::access()).await;
    let person = opened(&app, &request).await;
    let agent = Browser::of_staff(&app, &desk.agent).await;
    let home = format!("/requests/{}", request.reference);
    let case = format!("/staff/requests/{}", request.reference);
    let pages = [
        (&person, "/"),
        (&person, "/operators/demo"),
        (&person, "/operators/demo/request"),
        (&person, "/operators/demo/embed"),
        (&person, "/requests"),
        (&person, home.as_str()),
        (&agent, "/staff/requests"),
        (&agent, case.as_str()),
    ];
    for (browser, path) in pages {
        for site in ["same-origin", "none"] {
            let wire = fetch(browser, path, Some(site)).await;
            assert!(wire.is_compressed(), "{path} {site}");
            let vary = wire.headers.get("vary").unwrap().to_str().unwrap().to_lowercase();
            assert!(vary.contains("accept-encoding") && vary.contains("accept-language"), "{path}: {vary}");
        }
        // A guess in the address, asked for by another site, would show in the length.
        for site in [Some("cross-site"), Some("same-site"), None] {
            assert!(
                !fetch(browser, &format!("{path}?guess=900101400023"), site).await.is_compressed(),
                "{path} {site:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_api_and_files_of_requests_are_never_compressed() {
    let app = TestApp::start().await;
    let request = app.submit("demo", &forms::access()).await;
    let mut person = opened(&app, &request).await;
    let home = format!("/requests/{}", request.reference);
    let page = person.open(&home).await;
    let page = person.send_file(&page, &format!("{home}/files"), "a.txt", &b"A letter. ".repeat(500)).await;
    let file = page.answer.text.split(&format!("{home}/files/")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let file = fetch(&person, &format!("{home}/files/{file}"), Some("same-origin")).await;
    assert!(!file.is_compressed() && file.bytes.len() == 5000);
    assert_eq!(file.headers.get("content-length").unwrap(), "5000");
    assert!(!fetch(&person, "/api/v1/operators", Some("same-origin")).await.is_compressed());
}

#[tokio::test]
async fn the_token_of_a_form_is_another_one_each_time() {
    let app = TestApp::start().await;
    let mut person = Browser::new(&app);
    let mut tokens = Vec::new();
    for path in ["/requests", "/requests", "/operators/demo/request"] {
        let page = person.open(path).await;
        let action = path;
        let token = page.form(action).into_iter().find(|(name, _)| name == "csrf").unwrap().1;
        let halves = token.split_at(token.len() / 2);
        tokens.extend([halves.0.to_owned(), halves.1.to_owned()]);
    }
    let count = tokens.len();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), count, "no part of a token stays the same: {tokens:?}");
}

#[tokio::test]
async fn the_queue_with_fifty_rows_and_its_style_come_in_less_than_thirty_kilobytes() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    for _ in 0..50 {
        app.submit("demo", &forms::access()).await;
    }
    let dpo = Browser::of_staff(&app, &desk.dpo).await;
    let plain = fetch(&dpo, "/staff/requests", Some("cross-site")).await;
    let html = String::from_utf8(plain.bytes).unwrap();
    assert!(html.matches("/staff/requests/DEM-").count() >= 50, "{html}");
    let page = fetch(&dpo, "/staff/requests", Some("same-origin")).await;
    let style = html.split('"').find(|part| part.starts_with("/assets/console.") && part.ends_with("css")).unwrap();
    let style = fetch(&dpo, style, Some("same-origin")).await;
    assert!(page.is_compressed() && style.is_compressed());
    let vary = style.headers.get("vary").unwrap().to_str().unwrap().to_lowercase();
    assert!(vary.contains("accept-encoding"), "it is kept for good, so caches must know: {vary}");
    let sum = page.bytes.len() + style.bytes.len();
    assert!(sum < 30 * 1024, "{} + {} of {}", page.bytes.len(), style.bytes.len(), html.len());
}
