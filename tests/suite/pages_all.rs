//! Every page, for requesters and for staff, with its states and its mistakes, in every language: each must be whole.

use std::collections::BTreeSet;

use otinish::domain::vocabulary::Role;

use crate::support::browser::{Browser, Page};
use crate::support::journey::Desk;
use crate::support::{Submitted, TestApp, forms};

const LANGUAGES: [&str; 3] = ["kk", "ru", "en"];

/// What no title may tell.
const PERSONAL: [&str; 5] = ["Айгүл", "Ахмет", forms::IIN, forms::EMAIL, "Серіков"];

/// Looks at pages and remembers the words that a missing text would leave.
struct Looker {
    prefixes: BTreeSet<String>,
    seen: usize,
}

impl Looker {
    fn of(app: &TestApp) -> Self {
        let first = |key: &str| key.split('-').next().unwrap_or_default().to_owned();
        Self { prefixes: app.app.texts.keys().map(first).collect(), seen: 0 }
    }

    /// A page must be whole, whatever it says.
    fn look(&mut self, page: &Page, language: &str, status: u16) {
        let (html, answer, name) = (page.expect(status), &page.answer, page.path.as_str());
        assert!(html.starts_with(&format!("<!DOCTYPE html>\n<html lang=\"{language}\">")), "{name}: {html}");
        assert_eq!(answer.header("content-language"), Some(language), "{name}");
        assert_eq!(html.matches("<h1").count(), 1, "{name}: {html}");
        let title = html.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
        assert!(title.ends_with(" · Otinish") && title.trim_start() == title, "{name}: {title}");
        assert!(PERSONAL.iter().all(|personal| !title.contains(personal)), "{name}: {title}");
        assert_eq!(html.matches("<title>").count(), 1, "{name}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{name}: {policy}");
        for never in [" style=\"", "<style", " onclick=", " onload=", "javascript:", "{{", "{%", "{$", "{ $"] {
            assert!(!html.contains(never), "{name}: {never}: {html}");
        }
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{name}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{name}");
        self.no_key_is_shown(name, html);
        // The summary and the questions say the same, and every link of it leads to a question.
        if let Some(summary) = html.split("id=\"mistakes\"").nth(1) {
            assert!(html.contains("autofocus"), "{name}: the summary is focused");
            let summary = summary.split("</div>").next().unwrap();
            for target in summary.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                assert!(html.contains(&format!("id=\"{target}\"")), "{name}: #{target}: {html}");
            }
        }
        self.seen += 1;
    }

    /// A text that is missing shows as its key: in what is read, and in what is read out.
    fn no_key_is_shown(&self, name: &str, html: &str) {
        let mut shown: Vec<String> = html.split('>').map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
        for attribute in ["aria-label=\"", "alt=\"", "placeholder=\"", "<iframe title=\""] {
            shown.extend(html.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        }
        for word in
            shown.iter().flat_map(|text| text.split(|letter: char| letter.is_whitespace() || ":,.;".contains(letter)))
        {
            let is_key = word.split_once('-').is_some_and(|(first, rest)| {
                let rest_is = rest
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte));
                self.prefixes.contains(first) && rest_is && !rest.is_empty()
            });
            // Words of the English texts that look like keys.
            assert!(!is_key || ["pre-trial"].contains(&word), "{name}: {word}: {html}");
        }
    }
}

fn browser<'a>(app: &'a TestApp, language: &'static str) -> Browser<'a> {
    Browser { language, ..Browser::new(app) }
}

/// What the third step needs, by kind, and what is wrong with it.
fn wrong_details(kind: &str) -> &'static [(&'static str, &'static str)] {
    match kind {
        "correction" => &[("corrections.0.field", "Телефон")],
        "blocking" => &[("published_at", "no link")],
        "deletion" => &[("deletion.desired_result", "delete")],
        _ => &[],
    }
}

#[tokio::test]
async fn the_first_pages_and_every_step_of_the_form_are_whole_with_and_without_mistakes() {
    let app = TestApp::start().await;
    let mut looker = Looker::of(&app);
    for language in LANGUAGES {
        let mut person = browser(&app, language);
        for operator in app.app.operators.iter() {
            looker.look(&person.open(&format!("/operators/{}", operator.id)).await, language, 200);
        }
        looker.look(&person.open("/").await, language, 200);
        for frame in ["request", "embed"] {
            let action = format!("/operators/demo/{frame}");
            let sent = if frame == "embed" { format!("{action}?lang={language}") } else { action.clone() };
            let first = person.open(&format!("{action}?lang={language}")).await;
            looker.look(&first, language, 200);
            let wrong = person.send(&first, &sent, &[("go", "next")]).await;
            looker.look(&wrong, language, 422);
            for kind in
                ["access", "correction", "blocking", "deletion", "consent_withdrawal", "objection", "claim", "cookies"]
            {
                for capacity in ["subject", "representative"] {
                    let typed = [("kind", kind), ("capacity", capacity), ("go", "next")];
                    let who = person.send(&first, &sent, &typed).await;
                    looker.look(&who, language, 200);
                    let typed = [
                        ("subject.full_name", "1"),
                        ("subject.iin", "900101400099"),
                        ("subject.email", "a"),
                        ("go", "next"),
                    ];
                    looker.look(&person.send(&who, &sent, &typed).await, language, 422);
                    let typed: Vec<(&str, &str)> =
                        PERSON.iter().chain(&REPRESENTATIVE).copied().chain([("go", "next")]).collect();
                    let details = person.send(&who, &sent, &typed).await;
                    looker.look(&details, language, 200);
                    let typed = [wrong_details(kind), &[("go", "next")]].concat();
                    let next = person.send(&details, &sent, &typed).await;
                    looker.look(&next, language, next.answer.status);
                }
            }
        }
    }
    assert!(looker.seen > 250, "{}", looker.seen);
}

const PERSON: [(&str, &str); 3] =
    [("subject.full_name", "Ахметова Айгүл"), ("subject.iin", forms::IIN), ("subject.email", forms::EMAIL)];

const REPRESENTATIVE: [(&str, &str); 6] = [
    ("submitted_by.full_name", "Серіков Ерлан"),
    ("submitted_by.email", "erlan@example.kz"),
    ("submitted_by.authority", "power_of_attorney"),
    ("submitted_by.document.type", "Доверенность"),
    ("submitted_by.document.number", "12"),
    ("submitted_by.document.date", "2026-10-01"),
];

#[tokio::test]
async fn the_last_step_and_the_receipt_are_whole_in_a_frame_and_without() {
    let app = TestApp::start().await;
    let mut looker = Looker::of(&app);
    for language in LANGUAGES {
        for frame in ["request", "embed"] {
            let mut person = browser(&app, language);
            let action = format!("/operators/demo/{frame}");
            let sent = if frame == "embed" { format!("{action}?lang={language}") } else { action.clone() };
            let page = person.open(&format!("{action}?kind=access")).await;
            let page = person.send(&page, &sent, &[("go", "next")]).await;
            let page = person.send(&page, &sent, &[&PERSON[..], &[("go", "next")]].concat()).await;
            let last = person.send(&page, &sent, &[("details", "Всё"), ("go", "next")]).await;
            looker.look(&last, language, 200);
            looker.look(&person.send(&last, &sent, &[("go", "send")]).await, language, 200);
            if frame == "request" {
                // Sent before, gone back and changed.
                looker.look(&person.send(&last, &sent, &[("details", "Ещё"), ("go", "send")]).await, language, 409);
            }
            looker.look(&person.send(&last, &sent, &[("csrf", "AAAA"), ("go", "send")]).await, language, 403);
        }
    }
}

#[tokio::test]
async fn every_page_of_a_request_is_whole_in_every_status_with_and_without_mistakes() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let mut looker = Looker::of(&app);
    let cases = every_status(&app, &desk).await;
    for language in LANGUAGES {
        for (status, request) in &cases {
            let home = format!("/requests/{}", request.reference);
            let mut person = browser(&app, language);
            let page = person.open(&format!("{home}?token={}", request.token)).await;
            looker.look(&page, language, 200);
            looker.look(&person.open(&format!("{home}/receipt")).await, language, 200);
            let is_answered = *status == "answered";
            looker.look(&person.open(&format!("{home}/answer")).await, language, if is_answered { 200 } else { 404 });
            let mistakes = [("confirm", ("code", "12")), ("messages", ("text", "")), ("cancel", ("reason", "\u{7}"))];
            for (what, typed) in mistakes {
                if page.answer.text.contains(&format!("action=\"{home}/{what}\"")) {
                    looker.look(&person.send(&page, &format!("{home}/{what}"), &[typed]).await, language, 422);
                }
            }
            if page.answer.text.contains(&format!("action=\"{home}/files\"")) {
                let wrong = person.send_file(&page, &format!("{home}/files"), "a.exe", b"MZ\x90\x00\x03").await;
                looker.look(&wrong, language, 415);
            }
            let linked = browser(&app, language).open(&format!("{home}?token={}&code=000000", request.token)).await;
            looker.look(&linked, language, 200);
        }
        let mut stranger = browser(&app, language);
        let page = stranger.open("/requests").await;
        looker.look(&page, language, 200);
        let wrong = [("reference", "DEM-1"), ("secret", "x")];
        looker.look(&stranger.send(&page, "/requests", &wrong).await, language, 404);
        looker.look(&stranger.open("/requests/DEM-0000-0000-0/receipt").await, language, 404);
    }
    assert!(looker.seen > 150, "{}", looker.seen);
}

/// A request in each status.
async fn every_status(app: &TestApp, desk: &Desk) -> Vec<(&'static str, Submitted)> {
    let mut cases = Vec::new();
    let all = ["submitted", "verification", "review", "clarification", "preparation", "approval", "execution"];
    for status in all.into_iter().chain(["answered", "cancelled", "dismissed"]) {
        let kind = if status == "execution" { "deletion" } else { "access" };
        cases.push((status, app.brought_to(status, desk, "demo", &forms::of_kind(kind)).await));
    }
    cases
}

#[tokio::test]
async fn every_page_of_the_console_is_whole_for_every_role() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let auditor = app.staff("auditor", Role::Auditor, "demo").await;
    let admin = app.staff("admin", Role::Admin, "").await;
    let cases = every_status(&app, &desk).await;
    let mut looker = Looker::of(&app);
    for language in LANGUAGES {
        let mut nobody = browser(&app, language);
        let page = nobody.open("/staff/sign-in").await;
        looker.look(&page, language, 200);
        let wrong = [("email", "a@example.kz"), ("password", "x")];
        looker.look(&nobody.send(&page, "/staff/sign-in", &wrong).await, language, 401);
        for member in [&desk.agent, &desk.dpo, &auditor] {
            let mut browser = Browser::of_staff(&app, member).await;
            browser.language = language;
            looker.look(&browser.open(&format!("/staff/requests?lang={language}")).await, language, 200);
            for filter in ["assignee=me", "due=overdue", "kind=objection&status=execution"] {
                looker.look(&browser.open(&format!("/staff/requests?{filter}")).await, language, 200);
            }
            looker.look(&browser.open("/staff/requests?kind=nonsense").await, language, 422);
            looker.look(&browser.open("/staff/account").await, language, 200);
            looker.look(&browser.open("/staff/requests/DEM-0000-0000-0").await, language, 404);
            for (_, request) in &cases {
                let home = format!("/staff/requests/{}", request.reference);
                let page = browser.open(&home).await;
                looker.look(&page, language, 200);
                let start = format!("{home}/do/");
                let actions = page.answer.text.split(&start).skip(1);
                let actions: BTreeSet<String> =
                    actions.map(|rest| rest.split('"').next().unwrap().to_owned()).collect();
                for action in actions {
                    let form = format!("{home}/do/{action}");
                    let page = browser.open(&form).await;
                    looker.look(&page, language, 200);
                    // Looked at before it is sent, with nothing filled in.
                    if page.answer.text.contains("value=\"check\"") {
                        let checked = browser.send(&page, &form, &[("go", "check")]).await;
                        looker.look(&checked, language, checked.answer.status);
                    }
                }
            }
        }
        let mut browser = Browser::of_staff(&app, &admin).await;
        browser.language = language;
        looker.look(&browser.open(&format!("/staff/users?lang={language}")).await, language, 200);
        looker.look(&browser.open(&format!("/staff/users/{}", desk.agent.id)).await, language, 200);
        let page = browser.open("/staff/users").await;
        looker.look(&browser.send(&page, "/staff/users", &[("email", "x")]).await, language, 422);
        looker.look(&browser.open("/staff/nothing").await, language, 404);
    }
    assert!(looker.seen > 200, "{}", looker.seen);
}
