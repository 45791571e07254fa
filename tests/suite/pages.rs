//! The form for requesters and its pages around it, as a browser without scripts meets them.

use serde_json::Value;

use crate::support::browser::{Browser, Page};
use crate::support::{TestApp, code_in, forms};

const IIN: &str = forms::IIN;

/// The answers of the second step.
const PERSON: [(&str, &str); 3] =
    [("subject.full_name", "Ахметова Айгүл"), ("subject.iin", IIN), ("subject.email", "aigul@example.kz")];

/// What the third step needs, by kind.
fn details(kind: &str) -> &'static [(&'static str, &'static str)] {
    match kind {
        "correction" => &[("corrections.0.field", "Телефон"), ("corrections.0.desired", "+7 701 000 00 00")],
        "blocking" => &[("grounds", "no_consent"), ("published_at", "https://example.kz/a\nhttps://example.kz/b")],
        "deletion" => &[("grounds", "own_wish"), ("deletion.desired_result", "anonymise")],
        "consent_withdrawal" => &[("withdrawal.scope", "all"), ("acknowledged", "agreement_may_end")],
        "objection" => &[("objection.to", "Отказ в рассрочке")],
        "claim" => &[("claim.remedy", "Прекратить рассылку")],
        _ => &[("details", "Какие данные у Вас есть?")],
    }
}

impl Browser<'_> {
    /// The form of an operator up to its last step.
    pub(crate) async fn filled(&mut self, operator: &str, kind: &str) -> Page {
        let action = format!("/operators/{operator}/request");
        let page = self.open(&format!("{action}?kind={kind}")).await;
        page.expect(200);
        let page = self.send(&page, &action, &[("go", "next")]).await;
        let person = if kind == "cookies" { &PERSON[2..] } else { &PERSON };
        let mut typed = person.to_vec();
        typed.push(("go", "next"));
        page.expect(200);
        let page = self.send(&page, &action, &typed).await;
        page.expect(200);
        let mut typed = details(kind).to_vec();
        typed.push(("go", "next"));
        let page = self.send(&page, &action, &typed).await;
        page.expect(200);
        page
    }

    /// A request that was handed in: its receipt and its reference.
    async fn handed_in(&mut self, operator: &str, kind: &str) -> (Page, String) {
        let page = self.filled(operator, kind).await;
        let receipt = self.send(&page, &format!("/operators/{operator}/request"), &[("go", "send")]).await;
        receipt.expect(200);
        let reference = receipt.path.split('/').nth(2).unwrap().to_owned();
        (receipt, reference)
    }
}

fn view_of(cookies: &Browser<'_>, reference: &str) -> String {
    cookies.cookies[&format!("__Host-otinish_request_{reference}")].clone()
}

pub(crate) async fn seen(app: &TestApp, browser: &Browser<'_>, reference: &str) -> Value {
    app.get(&format!("/api/v1/requests/{reference}"), Some(&view_of(browser, reference))).await.expect(200)
}

#[tokio::test]
async fn a_person_asks_confirms_writes_sends_a_file_and_takes_it_back_in_each_language() {
    for (language, mistake, heading, done) in [
        ("kk", "Соңғы цифрын", "Сіз туралы", "Өтінішіңізді алдық"),
        ("ru", "Проверьте последнюю цифру", "О Вас", "Мы получили Ваше обращение"),
        ("en", "Check the last digit", "About you", "We have received your request"),
    ] {
        let app = TestApp::start().await;
        let mut browser = Browser { language, ..Browser::new(&app) };
        let action = "/operators/demo/request";
        assert!(browser.open("/").await.expect(200).contains("/operators/demo"));
        assert!(browser.open("/operators/demo").await.expect(200).contains("/operators/demo/request?kind=access"));
        let page = browser.open("/operators/demo/request").await;
        // Nothing chosen: the step stays, with the mistake beside the question and above the form.
        let page = browser.send(&page, action, &[("go", "next")]).await;
        let html = page.expect(422);
        assert!(html.contains("href=\"#kind-0\"") && html.contains("id=\"kind-mistake\""), "{html}");
        let page = browser.send(&page, action, &[("kind", "access"), ("go", "next")]).await;
        assert!(page.expect(200).contains(heading));
        let typed = [("subject.full_name", "Ахметова <Айгүл>"), ("subject.iin", "900101 400024"), ("go", "next")];
        let page = browser.send(&page, action, &typed).await;
        let html = page.expect(422);
        assert!(html.contains(mistake) && html.contains("href=\"#subject-email\""), "{html}");
        assert!(html.contains("900101 400024") && !html.contains("<Айгүл>"), "what was typed stays, and is no markup");
        let page = browser.send(&page, action, &[&PERSON[..], &[("go", "next")]].concat()).await;
        let page = browser.send(&page, action, &[("details", "Всё о договоре"), ("go", "next")]).await;
        assert!(page.expect(200).contains("Всё о договоре"));
        let receipt = browser.send(&page, action, &[("go", "send")]).await;
        let html = receipt.expect(200);
        let reference = receipt.path.split('/').nth(2).unwrap().to_owned();
        assert!(html.contains(done) && html.contains(&reference) && html.contains("2026"), "{html}");
        assert_eq!(receipt.path, format!("/requests/{reference}/receipt"));
        app.work().await;
        let mail = app.last_mail_to("aigul@example.kz");
        confirmed_and_written(&app, &mut browser, &reference, &code_in(&mail.text)).await;
    }
}

async fn confirmed_and_written(app: &TestApp, browser: &mut Browser<'_>, reference: &str, code: &str) {
    let home = format!("/requests/{reference}");
    let page = browser.open(&home).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    let page = browser.send(&page, &format!("{home}/confirm"), &[("code", wrong)]).await;
    assert!(page.expect(422).contains("id=\"code-mistake\""));
    let page = browser.send(&page, &format!("{home}/confirm"), &[("code", code)]).await;
    assert_eq!((page.path.as_str(), page.answer.status), (home.as_str(), 200));
    assert_eq!(seen(app, browser, reference).await["status"], "verification");
    let page = browser.send(&page, &format!("{home}/messages"), &[("text", "")]).await;
    assert!(page.expect(422).contains("id=\"text-mistake\""));
    let page = browser.send(&page, &format!("{home}/messages"), &[("text", "Ещё <b>вот</b> что")]).await;
    assert!(page.expect(200).contains("Ещё &#60;b&#62;вот&#60;/b&#62; что"), "{}", page.answer.text);
    let page = browser.send_file(&page, &format!("{home}/files"), "note.exe", b"MZ\x90\x00\x03").await;
    assert!(page.answer.status == 415 && page.expect(415).contains("id=\"file-mistake\""), "{}", page.answer.text);
    let page = browser.send_file(&page, &format!("{home}/files"), "справка.txt", "Справка".as_bytes()).await;
    let html = page.expect(200);
    assert!(html.contains("справка.txt"), "{html}");
    let file = html.split(&format!("{home}/files/")).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let file = browser.open(&format!("{home}/files/{file}")).await;
    assert_eq!((file.answer.status, file.answer.text.as_str()), (200, "Справка"));
    assert!(file.answer.header("content-disposition").unwrap().starts_with("attachment"));
    let page = browser.send(&page, &format!("{home}/cancel"), &[("reason", "Передумала")]).await;
    page.expect(200);
    assert_eq!(seen(app, browser, reference).await["status"], "cancelled");
    let page = browser.send(&page, &format!("{home}/leave"), &[]).await;
    assert_eq!(page.path, "/requests");
    assert!(browser.open(&home).await.expect(200).contains("name=\"secret\""), "closed on this device");
}

#[tokio::test]
async fn each_kind_can_be_handed_in_with_what_it_needs() {
    let app = TestApp::start().await;
    for kind in ["access", "correction", "blocking", "deletion", "consent_withdrawal", "objection", "claim", "cookies"]
    {
        let mut browser = Browser::new(&app);
        let (_, reference) = browser.handed_in("demo", kind).await;
        let view = seen(&app, &browser, &reference).await;
        let expected = if kind == "cookies" { "consent_withdrawal" } else { kind };
        assert_eq!(view["kind"], expected, "{view}");
        assert_eq!(view["language"], "ru");
    }
}

/// What a page promises.
fn promised(page: &Page) -> String {
    let html = page.expect(200);
    let (_, rest) = html.split_once("<p class=\"due\">").unwrap_or_else(|| panic!("no promise: {html}"));
    rest.split("</p>").next().unwrap().to_owned()
}

#[tokio::test]
async fn what_the_form_promises_before_it_is_sent_is_what_receipt_and_mail_say() {
    let app = TestApp::start().await;
    let action = "/operators/demo/request";
    for (kind, ground) in [
        ("access", ""),
        ("correction", ""),
        ("blocking", ""),
        ("deletion", "own_wish"),
        ("deletion", "no_consent"),
        ("deletion", "court_decision"),
        ("consent_withdrawal", ""),
        ("objection", ""),
        ("claim", ""),
    ] {
        let mut browser = Browser::new(&app);
        let mut form = browser.filled("demo", kind).await;
        if !ground.is_empty() {
            let details = browser.send(&form, action, &[("go", "3")]).await;
            form = browser.send(&details, action, &[("grounds", ground), ("go", "next")]).await;
        }
        let before = promised(&form);
        let receipt = browser.send(&form, action, &[("go", "send")]).await;
        assert_eq!(promised(&receipt), before, "{kind} {ground}");
        app.work().await;
        let mail = app.last_mail_to("aigul@example.kz").text;
        let lines = mail.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(lines.contains(&before), "{kind} {ground}: {before}: {lines}");
    }
}

#[tokio::test]
async fn a_representative_names_both_people_and_the_document() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let action = "/operators/demo/request";
    let page = browser.open(&format!("{action}?kind=access")).await;
    let page = browser.send(&page, action, &[("capacity", "representative"), ("go", "next")]).await;
    let page = browser.send(&page, action, &[&PERSON[..2], &[("go", "next")]].concat()).await;
    let html = page.expect(422);
    for question in
        ["submitted_by-full_name", "submitted_by-email", "submitted_by-authority-0", "submitted_by-document-type"]
    {
        assert!(html.contains(&format!("href=\"#{question}\"")), "{question}: {html}");
    }
    let representative = [
        ("submitted_by.full_name", "Серіков Ерлан"),
        ("submitted_by.email", "erlan@example.kz"),
        ("submitted_by.authority", "power_of_attorney"),
        ("submitted_by.document.type", "Доверенность"),
        ("submitted_by.document.number", "12"),
        ("submitted_by.document.date", "2026-10-01"),
        ("go", "next"),
    ];
    let page = browser.send(&page, action, &representative).await;
    let page = browser.send(&page, action, &[("go", "next")]).await;
    let html = page.expect(200);
    assert!(html.contains("Серіков Ерлан") && html.contains("1 октября 2026 года"), "{html}");
    browser.send(&page, action, &[("go", "send")]).await.expect(200);
    app.work().await;
    app.last_mail_to("erlan@example.kz");
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_with_a_page() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let (_, reference) = browser.handed_in("demo", "access").await;
    let home = format!("/requests/{reference}");
    let page = browser.open(&home).await;
    let action = format!("{home}/cancel");
    browser.post(&action, &[]).await.expect(403);
    browser.post(&action, &[("csrf".to_owned(), "AAAA".to_owned())]).await.expect(403);
    let mut stranger = Browser::new(&app);
    stranger.cookies.insert("__Host-otinish_form".to_owned(), "AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    stranger.cookies.extend(browser.cookies.clone().into_iter().filter(|(name, _)| name.contains("request")));
    stranger.send(&page, &action, &[]).await.expect(403);
    let fields = page.form(&action);
    let body = format!("csrf={}", fields.iter().find(|(name, _)| name == "csrf").unwrap().1);
    let cookies: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    for header in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example.kz")] {
        let sent = app.http.post(format!("{}{action}", app.base)).header("cookie", cookies.join("; "));
        let sent = sent.header("content-type", "application/x-www-form-urlencoded").header(header.0, header.1);
        assert_eq!(sent.body(body.clone()).send().await.unwrap().status(), 403, "{header:?}");
    }
    assert_eq!(seen(&app, &browser, &reference).await["status"], "submitted");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_makes_one_request() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let page = browser.filled("demo", "access").await;
    let action = "/operators/demo/request";
    let first = browser.send(&page, action, &[("go", "send")]).await;
    let second = browser.send(&page, action, &[("go", "send")]).await;
    second.expect(200);
    assert_eq!(first.path, second.path);
}

#[tokio::test]
async fn the_language_is_switched_anywhere_remembered_and_costs_no_answer() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    assert!(browser.open("/operators/demo").await.expect(200).contains("lang=\"ru\""));
    let page = browser.open("/operators/demo?lang=kk").await;
    assert!(page.path == "/operators/demo" && page.expect(200).contains("<html lang=\"kk\">"));
    assert_eq!(page.answer.header("content-language"), Some("kk"));
    let action = "/operators/demo/request";
    let page = browser.open(&format!("{action}?kind=objection")).await;
    let page = browser.send(&page, action, &[("go", "next")]).await;
    assert!(page.expect(200).contains("<html lang=\"kk\">"));
    let page = browser.send(&page, action, &[("subject.full_name", "Ахметова Айгүл"), ("lang", "en")]).await;
    let html = page.expect(200);
    assert!(
        html.contains("<html lang=\"en\">") && html.contains("About you") && html.contains("Ахметова Айгүл"),
        "{html}"
    );
    assert!(browser.open("/").await.expect(200).contains("<html lang=\"en\">"));
    let page = browser.open("/operators/nobody").await;
    assert!(page.expect(404).contains("<html lang=\"en\">"));
}

#[tokio::test]
async fn files_of_pages_are_kept_for_good_under_a_name_of_their_own() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let html = browser.open("/").await.expect(200).to_owned();
    for kind in ["css", "svg"] {
        let address = html.split('"').find(|part| part.starts_with("/assets/") && part.ends_with(kind)).unwrap();
        let asset = browser.open(address).await.answer;
        assert_eq!(asset.status, 200, "{address}");
        assert_eq!(asset.header("cache-control"), Some("public, max-age=31536000, immutable"));
        let old = address.split('.').collect::<Vec<_>>();
        let old = format!("{}.000000000000.{}", old[0], old[2]);
        assert_eq!(browser.open(&old).await.answer.header("cache-control"), Some("no-store"));
    }
    assert_eq!(browser.open("/assets/other.000000000000.css").await.answer.status, 404);
    for part in html.split(['"', '\'', '(']).filter(|part| part.starts_with("http")) {
        assert!(part.starts_with("http://www.w3.org/"), "a page loads from elsewhere: {part}");
    }
}

#[tokio::test]
async fn what_is_sent_once_more_is_no_second_message_and_no_second_request_unless_it_was_changed() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let page = browser.filled("demo", "access").await;
    let action = "/operators/demo/request";
    let receipt = browser.send(&page, action, &[("go", "send")]).await;
    let reference = receipt.path.split('/').nth(2).unwrap().to_owned();
    let home = format!("/requests/{reference}");
    let open = browser.open(&home).await;
    for _ in 0..2 {
        browser.send(&open, &format!("{home}/messages"), &[("text", "Один раз")]).await.expect(200);
    }
    assert_eq!(seen(&app, &browser, &reference).await["messages"].as_array().unwrap().len(), 1);
    // Back in the browser, another answer, and sent again: the person is asked, and nothing is lost.
    let changed = browser.send(&page, action, &[("details", "Ещё и видео"), ("go", "send")]).await;
    assert!(changed.expect(409).contains("Ещё и видео"));
    let second = browser.send(&changed, action, &[("go", "send")]).await;
    second.expect(200);
    assert_ne!(second.path, receipt.path);
}

#[tokio::test]
async fn no_answer_is_lost_when_the_form_cannot_be_sent() {
    let app = TestApp::start_at("2027-12-20T10:00").await;
    let mut browser = Browser::new(&app);
    let page = browser.filled("demo", "access").await;
    let page = browser.send(&page, "/operators/demo/request", &[("go", "send")]).await;
    let html = page.expect(503);
    assert!(html.contains("id=\"mistakes\"") && html.contains("Ахметова Айгүл"), "{html}");
    app.app.clock.set(crate::support::at("2026-11-23T10:00"));
    browser.send(&page, "/operators/demo/request", &[("go", "send")]).await.expect(200);
}

#[tokio::test]
async fn a_mistake_without_a_question_on_the_page_is_told_all_the_same() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let action = "/operators/demo/request";
    let page = browser.open(&format!("{action}?kind=access")).await;
    let page = browser.send(&page, action, &[("go", "next")]).await;
    let typed = [&PERSON[..], &[("subject.nickname", "x"), ("go", "next")]].concat();
    let page = browser.send(&page, action, &typed).await;
    assert!(page.expect(422).contains("<a href=\"#ask\">"), "{}", page.answer.text);
}

#[tokio::test]
async fn a_link_says_what_is_asked_for_and_answers_nothing_else() {
    let app = TestApp::start().await;
    let mut browser = Browser::new(&app);
    let query = "kind=access&capacity=representative&subject.full_name=Mallory&subject.email=m%40example.com\
        &submitted_by.email=m%40example.com&acknowledged=agreement_may_end&details=Mallory&service=shop";
    for (path, action) in [
        ("/operators/demo/request", "/operators/demo/request"),
        ("/operators/demo/embed", "/operators/demo/embed?lang=ru"),
    ] {
        let page = browser.open(&format!("{path}?{query}")).await;
        let html = page.expect(200);
        for typed in ["Mallory", "m@example.com", "acknowledged"] {
            assert!(!page.form(action).iter().any(|(name, value)| name == typed || value == typed), "{typed}: {html}");
        }
        assert!(page.form(action).contains(&("kind".to_owned(), "access".to_owned())));
        assert!(!page.form(action).contains(&("capacity".to_owned(), "representative".to_owned())));
        // Browsers press the first button of a form when the Enter key is pressed: it goes on, and leaves the language alone.
        let place = |what: &str| html.find(what).unwrap();
        assert!(place("form=\"ask\" name=\"go\" value=\"next\"") < place("name=\"lang\""), "{html}");
    }
}
