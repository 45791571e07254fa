//! The page of a request and its answer, as a browser without scripts meets them.

use otinish::domain::vocabulary::Language;
use serde_json::json;

use crate::pages::seen;
use crate::support::browser::Browser;
use crate::support::{TestApp, code_in, forms};

#[tokio::test]
async fn the_secret_of_a_mailed_link_becomes_a_cookie_and_looking_changes_nothing() {
    let app = TestApp::start().await;
    let submitted = app.submit("demo", &forms::access()).await;
    let home = format!("/requests/{}", submitted.reference);
    let link = format!("{home}?token={}", submitted.token);
    let mut browser = Browser::new(&app);
    let before = app.get(&submitted.path(""), Some(&submitted.token)).await.expect(200);
    for _ in 0..2 {
        let page = browser.open(&link).await;
        let html = page.expect(200);
        assert_eq!(page.path, home);
        assert!(!html.contains(&submitted.token), "the secret stands on no page");
        assert_eq!(page.answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.answer.header("cache-control"), Some("no-store"));
        assert!(!page.answer.header("content-security-policy").unwrap().contains("unsafe"));
    }
    for path in [format!("{home}/receipt"), format!("{home}/answer")] {
        browser.open(&path).await;
    }
    assert_eq!(app.get(&submitted.path(""), Some(&submitted.token)).await.expect(200), before);
    let mut other = Browser::new(&app);
    let page = other.open(&format!("{home}?token={}x", submitted.token)).await;
    page.expect(404);
    assert!(other.cookies.keys().all(|name| !name.contains("request")));
    assert!(other.open(&home).await.expect(200).contains("name=\"secret\""));
    let page = other.open("/requests").await;
    let typed = [("reference", submitted.reference.to_lowercase()), ("secret", submitted.token.clone())];
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(other.send(&page, "/requests", &typed).await.path, home);
}

#[tokio::test]
async fn the_page_of_a_request_hands_out_the_proof_of_its_history_as_a_file() {
    let app = TestApp::start().await;
    let submitted = app.submit("demo", &forms::access()).await;
    app.work().await;
    let mut browser = Browser::new(&app);
    let page = browser.open(&format!("/requests/{}?token={}", submitted.reference, submitted.token)).await;
    let path = format!("/requests/{}/proof", submitted.reference);
    assert!(page.expect(200).contains(&format!("href=\"{path}\"")));
    let file = browser.open(&path).await.answer;
    let name = format!("attachment; filename=\"{}-proof.json\"", submitted.reference);
    assert_eq!((file.status, file.header("content-disposition")), (200, Some(name.as_str())));
    assert_eq!(file.json(), app.get(&submitted.path("/proof"), Some(&submitted.token)).await.expect(200));
    assert!(file.json()["checkpoint"]["number"] == 1, "{}", file.text);
    Browser::new(&app).open(&path).await.expect(404);
}

#[tokio::test]
async fn the_page_of_a_request_shows_every_status_in_every_language_and_the_answer_at_its_end() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let texts = &app.app.texts;
    let statuses = ["submitted", "verification", "review", "clarification", "preparation", "approval"];
    for status in statuses.into_iter().chain(["execution", "answered", "cancelled", "dismissed"]) {
        // Only what is to be taken out of public sources is carried out by a step of its own.
        let kind = if status == "execution" { "deletion" } else { "access" };
        let request = app.brought_to(status, &desk, "demo", &forms::of_kind(kind)).await;
        let home = format!("/requests/{}", request.reference);
        for (code, language) in [("kk", Language::Kk), ("ru", Language::Ru), ("en", Language::En)] {
            let mut browser = Browser { language: code, ..Browser::new(&app) };
            let html = browser.open(&format!("{home}?token={}", request.token)).await.expect(200).to_owned();
            let word = texts.get(language, &format!("status-{status}"), &[]);
            assert!(html.contains(&word), "{status} {code}: {html}");
            let is_closed = matches!(status, "cancelled" | "dismissed");
            assert_eq!(html.contains("<svg class=\"bar\""), !is_closed, "no deadline is left: {html}");
            assert_eq!(html.contains(&format!("{home}/answer")), status == "answered", "{html}");
            let is_over = matches!(status, "execution" | "answered" | "cancelled" | "dismissed");
            assert_eq!(html.contains(&format!("{home}/cancel")), !is_over, "{status}");
            assert_eq!(html.contains("Which account"), status == "clarification");
            browser.open(&format!("{home}/receipt")).await.expect(200);
            let answer = browser.open(&format!("{home}/answer")).await;
            if status == "answered" {
                assert!(answer.expect(200).contains("All is done as you asked."));
            } else {
                answer.expect(404);
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_is_shown_with_its_decisions_its_grounds_and_where_to_complain() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let request = app.brought_to("preparation", &desk, "demo", &forms::access()).await;
    let ground = json!([{"code": "wrong_operator", "text": "There is nothing & nobody."}]);
    let draft = json!({
        "outcome": "partly_granted", "letter": "In part.",
        "decisions": [
            {"about": "Phone <calls>", "result": "granted"},
            {"about": "Video", "result": "refused", "text": "No camera there.", "grounds": ground},
        ],
        "grounds": ground,
    });
    app.done(&desk.agent, &request, "propose", draft).await;
    app.done(&desk.dpo, &request, "approve", json!({})).await;
    let mut browser = Browser { language: "en", ..Browser::new(&app) };
    browser.open(&format!("/requests/{}?token={}", request.reference, request.token)).await.expect(200);
    let page = browser.open(&format!("/requests/{}/answer", request.reference)).await;
    let html = page.expect(200);
    for part in ["In part.", "Phone &#60;calls&#62;", "No camera there.", "nothing &#38; nobody", "Astana", "refused"] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[tokio::test]
async fn a_browser_that_says_less_is_served_and_what_mail_programs_add_is_overlooked() {
    let app = TestApp::start().await;
    let request = app.submit("demo", &forms::access()).await;
    let home = format!("/requests/{}", request.reference);
    let mut browser = Browser::new(&app);
    let page = browser.open(&format!("{home}?utm_source=mail&token={}&utm_source=x", request.token)).await;
    let body = format!("csrf={}", page.form(&format!("{home}/cancel"))[0].1);
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    // Under `Referrer-Policy: no-referrer` that is what browsers say of our own pages.
    let sent = app.http.post(format!("{}{home}/cancel", app.base)).header("cookie", cookies.join("; "));
    let sent = sent.header("content-type", "application/x-www-form-urlencoded").header("origin", "null").body(body);
    assert_eq!(sent.send().await.unwrap().status(), 303);
    assert_eq!(seen(&app, &browser, &request.reference).await["status"], "cancelled");
}

#[tokio::test]
async fn an_address_that_is_no_page_is_told_so_by_a_page() {
    let app = TestApp::start().await;
    let mut browser = Browser { language: "kk", ..Browser::new(&app) };
    for path in ["/requests/a/cancel", "/requests/a/b/c/d", "/operators", "/operators/demo/more"] {
        let page = browser.open(path).await;
        assert!(page.answer.status == 404 || page.answer.status == 405, "{path}: {}", page.answer.status);
        assert!(page.expect(page.answer.status).contains("<html lang=\"kk\">"));
    }
    let long = vec![("details".to_owned(), "x".repeat(300_000))];
    browser.post("/operators/demo/request", &long).await.expect(413);
}

/// The link of a mail, without the host.
fn link_in(text: &str) -> String {
    let link = text.lines().find_map(|line| line.trim().strip_prefix("https://requests.example.kz"));
    link.unwrap_or_else(|| panic!("no link in: {text}")).to_owned()
}

#[tokio::test]
async fn the_mailed_link_confirms_the_address_by_one_button_and_opening_it_confirms_nothing() {
    for (language, button) in [("kk", "Растау"), ("ru", "Подтвердить"), ("en", "Confirm")] {
        let app = TestApp::start().await;
        let mut form = forms::access();
        form["language"] = json!(language);
        let submitted = app.submit("demo", &form).await;
        app.work().await;
        let mail = app.last_mail_to(forms::EMAIL);
        assert!(
            mail.text.contains(&format!("{button}»")) || mail.text.contains(&format!("{button}”")),
            "{}",
            mail.text
        );
        let (link, home) = (link_in(&mail.text), format!("/requests/{}", submitted.reference));
        // What scanners of mails do.
        for _ in 0..3 {
            Browser::new(&app).open(&link).await.expect(200);
        }
        let mut browser = Browser { language, ..Browser::new(&app) };
        let page = browser.open(&link).await;
        let html = page.expect(200);
        assert_eq!(page.path, home, "neither secret nor code stays in the address");
        assert!(!html.contains(&code_in(&mail.text)) && !html.contains("name=\"code\""), "{html}");
        assert!(html.contains(&format!("<button class=\"button\" type=\"submit\">{button}</button>")), "{html}");
        assert_eq!(seen(&app, &browser, &submitted.reference).await["status"], "submitted");
        let page = browser.send(&page, &format!("{home}/confirm"), &[]).await;
        assert_eq!((page.path.as_str(), page.answer.status), (home.as_str(), 200));
        assert_eq!(seen(&app, &browser, &submitted.reference).await["status"], "verification");
        assert!(browser.cookies.keys().all(|name| !name.contains("code")), "the code is forgotten");
        assert!(
            !browser.open(&link).await.expect(200).contains(&format!("{home}/confirm")),
            "nothing is left to confirm"
        );
    }
}

#[tokio::test]
async fn a_link_whose_code_no_longer_holds_leads_to_a_new_code() {
    let app = TestApp::start().await;
    let submitted = app.submit("demo", &forms::access()).await;
    app.work().await;
    let link = link_in(&app.last_mail_to(forms::EMAIL).text);
    let home = format!("/requests/{}", submitted.reference);
    let mut browser = Browser { language: "en", ..Browser::new(&app) };
    app.app.clock.advance(chrono::Duration::minutes(31));
    let page = browser.open(&link).await;
    let page = browser.send(&page, &format!("{home}/confirm"), &[]).await;
    let html = page.expect(410);
    assert!(html.contains("id=\"code-mistake\"") && html.contains("name=\"code\""), "{html}");
    let page = browser.send(&page, &format!("{home}/resend"), &[]).await;
    assert!(page.expect(200).contains("name=\"code\""), "the code of the first link is forgotten");
    app.work().await;
    let page = browser.open(&link_in(&app.last_mail_to(forms::EMAIL).text)).await;
    browser.send(&page, &format!("{home}/confirm"), &[]).await.expect(200);
    assert_eq!(seen(&app, &browser, &submitted.reference).await["status"], "verification");
}

#[tokio::test]
async fn a_link_without_the_secret_or_with_something_else_for_a_code_confirms_nothing() {
    let app = TestApp::start().await;
    let submitted = app.submit("demo", &forms::access()).await;
    app.work().await;
    let home = format!("/requests/{}", submitted.reference);
    let code = code_in(&app.last_mail_to(forms::EMAIL).text);
    let mut stranger = Browser::new(&app);
    stranger.open(&format!("{home}?token=guess&code={code}")).await.expect(404);
    assert!(stranger.cookies.keys().all(|name| !name.contains("code") && !name.contains("request")));
    let mut browser = Browser::new(&app);
    for other in ["1", "12345a", "<b>"] {
        let page = browser.open(&format!("{home}?token={}&code={other}", submitted.token)).await;
        assert!(page.expect(200).contains("name=\"code\""), "the code is asked for");
    }
}

#[tokio::test]
async fn a_deadline_that_passed_says_so_in_words_and_in_its_picture() {
    let app = TestApp::start().await;
    let submitted = app.submit_confirmed("demo", &forms::access()).await;
    let link = format!("/requests/{}?token={}", submitted.reference, submitted.token);
    let mut browser = Browser { language: "en", ..Browser::new(&app) };
    let page = browser.open(&link).await;
    let html = page.expect(200);
    assert!(html.contains("class=\"clock running\"") && !html.contains("Overdue"), "{html}");
    app.app.clock.advance(chrono::Duration::days(20));
    let page = browser.open(&link).await;
    let html = page.expect(200);
    assert!(html.contains("class=\"clock running late\"") && html.contains("class=\"due-mark\""), "{html}");
    assert!(html.contains("<span class=\"tag alarm\">Overdue</span>") && html.contains(">Due "), "{html}");
}
