//! The form of an action: what is put into a letter, which version it is about, and that what is sent is what was looked at.

use serde_json::json;

use crate::console::case;
use crate::support::browser::{Browser, Page};
use crate::support::{TestApp, forms};

/// What stands in a field of the action's form.
fn field(page: &Page, act: &str, name: &str) -> String {
    page.form(act).into_iter().find(|(field, _)| field == name).map(|(_, value)| value).unwrap_or_default()
}

#[tokio::test]
async fn a_text_to_begin_with_never_replaces_what_was_written() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let request = app.brought_to("preparation", &desk, "demo", &forms::access()).await;
    let act = format!("{}/do/propose", case(&request.reference));
    let mut browser = Browser::of_staff(&app, &desk.agent).await;
    let page = browser.open(&act).await;
    let html = page.expect(200);
    let first = html.find("form=\"act\" name=\"go\" value=\"check\"").unwrap();
    assert!(first < html.find("value=\"compose\"").unwrap(), "the Enter key checks: {html}");
    let page = browser.send(&page, &act, &[("letter", "Dear Aigul."), ("go", "compose")]).await;
    page.expect(200);
    assert_eq!(field(&page, &act, "letter"), "Dear Aigul.", "no outcome, no text");
    let page = browser.send(&page, &act, &[("outcome", "granted"), ("go", "compose")]).await;
    let letter = field(&page, &act, "letter");
    assert!(letter.starts_with("Dear Aigul.\n\nYou asked which of your personal data we hold"), "{letter}");
    let page = browser.send(&page, &act, &[("go", "compose")]).await;
    assert_eq!(field(&page, &act, "letter"), letter, "once is enough");
}

#[tokio::test]
async fn whatever_a_form_is_shown_for_it_stays_one_of_the_version_that_was_seen() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let request = app.brought_to("preparation", &desk, "demo", &forms::access()).await;
    let act = format!("{}/do/propose", case(&request.reference));
    let mut browser = Browser::of_staff(&app, &desk.agent).await;
    let mut page = browser.open(&act).await;
    let seen = field(&page, &act, "version");
    app.done(&desk.dpo, &request, "note", json!({"text": "Wait for the archive."})).await;
    let steps: [&[(&str, &str)]; 3] = [
        &[("letter", "An answer."), ("go", "next")],
        &[("outcome", "granted"), ("go", "compose")],
        &[("letter", "We hold: [data by category]."), ("outcome", "granted"), ("go", "send")],
    ];
    for typed in steps {
        page = browser.send(&page, &act, typed).await;
        assert_eq!(field(&page, &act, "version"), seen, "{typed:?}: {}", page.answer.text);
    }
    for go in ["check", "send"] {
        let typed = [("outcome", "granted"), ("letter", "An answer."), ("go", go)];
        let stale = browser.send(&page, &act, &typed).await;
        assert!(stale.expect(412).contains("Somebody was faster"), "{}", stale.answer.text);
        assert_ne!(field(&stale, &act, "version"), seen, "what stands now was told");
    }
    assert_eq!(app.status_of(&request).await, "preparation");
}

#[tokio::test]
async fn what_is_sent_is_what_was_looked_at() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let request = app.brought_to("preparation", &desk, "demo", &forms::access()).await;
    let home = case(&request.reference);
    let act = format!("{home}/do/propose");
    let mut browser = Browser::of_staff(&app, &desk.agent).await;
    let page = browser.open(&act).await;
    let typed = [("outcome", "granted"), ("letter", "The first text."), ("go", "send")];
    let page = browser.send(&page, &act, &typed).await;
    assert_eq!(page.path, act, "nothing was looked at yet");
    assert!(page.expect(200).contains("Nothing is sent by this."), "{}", page.answer.text);
    for other in [("letter", "The second text."), ("shown", ""), ("shown", "made-up")] {
        let again = browser.send(&page, &act, &[other, ("go", "send")]).await;
        assert_eq!(again.path, act, "{other:?}");
        assert!(again.expect(200).contains("You changed something after you looked"), "{}", again.answer.text);
    }
    assert_eq!(app.status_of(&request).await, "preparation");
    let page = browser.send(&page, &act, &[("letter", "The second text."), ("go", "send")]).await;
    let page = browser.send(&page, &act, &[("go", "send")]).await;
    assert_eq!(page.path, home, "{}", page.answer.text);
    assert!(page.expect(200).contains("The second text."));
    assert_eq!(app.status_of(&request).await, "approval");
}

#[tokio::test]
async fn the_history_says_what_changed_from_what_to_what() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let request = app.brought_to("review", &desk, "demo", &forms::access()).await;
    let stamp = json!({"received_at": "2026-11-19T05:00:00Z", "reason": "The stamp."});
    app.act(&desk.dpo, &request.reference, "amend_receipt", stamp).await.expect(200);
    let kind = json!({"kind": "claim", "claim": {"remedy": "An apology."}});
    app.act(&desk.dpo, &request.reference, "reclassify", kind).await.expect(200);
    let mut browser = Browser::of_staff(&app, &desk.dpo).await;
    let page = browser.open(&case(&request.reference)).await;
    let html = page.expect(200);
    for change in [
        "23 November, 10:00 → 19 November, 10:00",
        "Information about the data: 26 November → 24 November",
        "Access → Claim",
        "agent.demo",
    ] {
        assert!(html.contains(change), "{change}: {html}");
    }
}

#[tokio::test]
async fn a_question_that_waits_for_the_person_stands_above_the_deadlines() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let request = app.brought_to("clarification", &desk, "demo", &forms::access()).await;
    let mut browser = Browser { language: "en", ..Browser::new(&app) };
    let page = browser.open(&format!("/requests/{}?token={}", request.reference, request.token)).await;
    let html = page.expect(200);
    let place = |text: &str| html.find(text).unwrap_or_else(|| panic!("no {text}: {html}"));
    assert!(place("href=\"#messages\"") < place("class=\"clock "), "{html}");
    assert!(html.contains("id=\"messages\""));
}
