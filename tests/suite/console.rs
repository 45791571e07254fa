//! The console as a browser without scripts meets it: the queue, and a request from its arrival to its answer.

use otinish::domain::vocabulary::{Language, Role};
use serde_json::json;

use crate::support::browser::{Browser, Page};
use crate::support::{TestApp, forms};

/// The texts of the buttons and links by which actions are begun.
fn actions_on(page: &Page) -> Vec<String> {
    let html = &page.answer.text;
    html.split("/do/").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

pub fn case(reference: &str) -> String {
    format!("/staff/requests/{reference}")
}

#[tokio::test]
async fn each_sees_in_the_console_what_the_api_shows_them_and_no_more() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let foreign = app.staff("foreign", Role::Agent, "digital-rocket").await;
    let idle = app.staff("idle", Role::Agent, "demo").await;
    let auditor = app.staff("auditor", Role::Auditor, "demo").await;
    let admin = app.staff("admin", Role::Admin, "").await;
    let request = app.brought_to("review", &desk, "demo", &forms::access()).await;
    let home = case(&request.reference);
    // Who, the status of the page, whether the person is shown, what they can begin.
    let table = [
        (&foreign, 404, false),
        (&idle, 200, false),
        (&desk.agent, 200, true),
        (&desk.dpo, 200, true),
        (&auditor, 200, false),
        (&admin, 404, false),
    ];
    for (member, status, is_shown) in table {
        let mut browser = Browser::of_staff(&app, member).await;
        let page = browser.open(&home).await;
        let html = page.expect(status);
        for personal in [forms::IIN, forms::EMAIL, "Сәрсенова"] {
            assert_eq!(html.contains(personal), is_shown, "{}: {personal}", member.email);
        }
        if status == 200 {
            let view = app.view(member, &request.reference).await;
            let mut allowed: Vec<&str> =
                view["actions"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
            let mut offered = actions_on(&page);
            allowed.sort_unstable();
            offered.sort_unstable();
            offered.dedup();
            assert_eq!(offered, allowed, "{}", member.email);
            assert_eq!(html.contains("id=\"file\""), is_shown);
        }
        let queue = browser.open("/staff/requests").await;
        match member.email.split('@').next().unwrap() {
            "admin" => assert_eq!(queue.answer.status, 403),
            "foreign" => assert!(!queue.expect(200).contains(&request.reference)),
            _ => assert!(queue.expect(200).contains(&request.reference)),
        }
        assert!(!queue.answer.text.contains("Сәрсенова"), "the queue is masked");
    }
}

#[tokio::test]
async fn every_action_that_is_offered_has_a_page_in_every_language_and_opening_it_changes_nothing() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let statuses = ["submitted", "verification", "review", "clarification", "preparation", "approval", "execution"];
    let mut seen = std::collections::BTreeSet::new();
    for status in statuses.into_iter().chain(["answered", "cancelled", "dismissed"]) {
        let kind = match status {
            "execution" => "deletion",
            "verification" => "correction",
            "review" => "blocking",
            _ => "claim",
        };
        let request = app.brought_to(status, &desk, "demo", &forms::of_kind(kind)).await;
        app.work().await;
        let before = app.view(&desk.deputy, &request.reference).await;
        for member in [&desk.agent, &desk.deputy] {
            let mut browser = Browser::of_staff(&app, member).await;
            for language in [Language::Kk, Language::Ru, Language::En] {
                let page = browser.open(&format!("{}?lang={}", case(&request.reference), language.as_str())).await;
                assert!(page.expect(200).contains(&format!("<html lang=\"{}\"", language.as_str())));
                for action in actions_on(&page) {
                    let path = format!("{}/do/{action}", case(&request.reference));
                    let page = browser.open(&path).await;
                    assert_eq!(page.path, path, "it is offered, so it is there");
                    page.expect(200);
                    page.form(&path);
                    seen.insert(action);
                }
            }
        }
        let after = app.view(&desk.deputy, &request.reference).await;
        assert_eq!(before, after, "{status}");
        assert_eq!(app.work().await, 0, "nothing was left to send");
    }
    for action in [
        "assign",
        "verify",
        "ask",
        "reply",
        "start",
        "propose",
        "approve",
        "send_back",
        "complete",
        "reopen",
        "cancel",
        "dismiss",
        "block",
        "documents_received",
        "waive_documents",
        "reclassify",
        "amend_receipt",
        "note",
        "hold",
    ] {
        assert!(seen.contains(action), "{action} was offered nowhere: {seen:?}");
    }
}

#[tokio::test]
async fn a_request_goes_from_its_arrival_to_its_answer_by_the_console_alone() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let request = app.submit_confirmed("demo", &forms::access()).await;
    let home = case(&request.reference);
    let mut agent = Browser::of_staff(&app, &desk.agent).await;
    let page = agent.open("/staff/requests").await;
    assert!(page.expect(200).contains(&format!("href=\"{home}\"")));
    let page = agent.open(&home).await;
    let page = agent.send(&page, &format!("{home}/do/assign"), &[("go", "send")]).await;
    assert!(page.expect(200).contains("Айгүл Сәрсенова"), "{}", page.answer.text);
    app.take_mails();
    let typed = [("result", "confirmed"), ("method", "records"), ("checked", "subject")];
    let page = agent.perform(&home, "verify", &typed).await;
    assert_eq!(page.path, home);
    let page = agent.perform(&home, "start", &[]).await;
    assert_eq!(page.path, home);
    // A text to begin with comes in the requester's language and holds places to fill in.
    let act = format!("{home}/do/propose");
    let page = agent.open(&act).await;
    let page = agent.send(&page, &act, &[("outcome", "granted"), ("go", "compose")]).await;
    let letter = page.form(&act).into_iter().find(|(name, _)| name == "letter").unwrap().1;
    assert!(letter.starts_with("You asked which of your personal data we hold") && letter.contains('['), "{letter}");
    // It stands in no answer by mistake.
    let page = agent.send(&page, &act, &[("outcome", "granted"), ("go", "check")]).await;
    assert!(page.expect(422).contains("[data by category]"), "{}", page.answer.text);
    let answer = "Your data: name and phone. Nothing was passed on.";
    let typed = [("outcome", "granted"), ("letter", answer), ("go", "check")];
    let page = agent.send(&page, &act, &typed).await;
    let html = page.expect(200);
    assert!(html.contains("Nothing is sent by this.") && html.contains(answer), "{html}");
    assert_eq!(app.status_of(&request).await, "preparation", "a look changes nothing");
    let page = agent.send(&page, &act, &[("outcome", "granted"), ("go", "send")]).await;
    assert_eq!(page.path, home);
    assert!(page.expect(200).contains("Answer proposed by"));
    assert!(!actions_on(&page).contains(&"approve".to_owned()));
    let mut dpo = Browser::of_staff(&app, &desk.dpo).await;
    app.work().await;
    app.take_mails();
    let act = format!("{home}/do/approve");
    let page = dpo.open(&act).await;
    let html = page.expect(200);
    assert!(html.contains("E-mail to the requester"), "what asks nothing shows its mails at once: {html}");
    assert!(html.contains(answer), "whoever approves sees what");
    assert!(!html.contains(&request.token), "the secret of the requester is shown to nobody");
    let planned: String = html.split("<pre").nth(1).unwrap().split('>').nth(1).unwrap().chars().take(40).collect();
    let page = dpo.send(&page, &act, &[("go", "send")]).await;
    assert_eq!(page.path, home);
    assert_eq!(app.status_of(&request).await, "answered");
    app.work().await;
    let mail = app.last_mail_to(forms::EMAIL);
    assert!(mail.text.starts_with(planned.trim()), "{planned} / {}", mail.text);
    let said = app.get(&request.path("/answer"), Some(&request.token)).await.expect(200);
    assert!(said["letter"].as_str().unwrap().contains(answer), "{said}");
}

impl Browser<'_> {
    /// Opens an action's page, looks at what it would send, and does it.
    async fn perform(&mut self, home: &str, action: &str, typed: &[(&str, &str)]) -> Page {
        let path = format!("{home}/do/{action}");
        let page = self.open(&path).await;
        page.expect(200);
        let check = [typed, &[("go", "check")]].concat();
        let page = self.send(&page, &path, &check).await;
        page.expect(200);
        let send = [typed, &[("go", "send")]].concat();
        self.send(&page, &path, &send).await
    }
}

#[tokio::test]
async fn four_eyes_hold_in_the_console_too_and_say_so() {
    let app = TestApp::start().await;
    let desk = app.desk("digital-rocket").await;
    let request = app.brought_to("preparation", &desk, "digital-rocket", &forms::access()).await;
    let home = case(&request.reference);
    let mut dpo = Browser::of_staff(&app, &desk.dpo).await;
    let typed = [("outcome", "granted"), ("letter", "All is well.")];
    let page = dpo.perform(&home, "propose", &typed).await;
    assert!(!actions_on(&page).contains(&"approve".to_owned()));
    assert_eq!(dpo.open(&format!("{home}/do/approve")).await.path, home, "an action that is not there leads back");
    let mut fields = page.form("/staff/sign-out");
    let version = app.view(&desk.dpo, &request.reference).await["version"].to_string();
    fields.extend([("version".to_owned(), version), ("go".to_owned(), "send".to_owned())]);
    let page = dpo.post(&format!("{home}/do/approve"), &fields).await;
    assert!(page.expect(403).contains("href=\"#act\"") || page.answer.text.contains("role=\"alert\""));
    assert_eq!(app.status_of(&request).await, "approval");
    let mut deputy = Browser::of_staff(&app, &desk.deputy).await;
    let page = deputy.perform(&home, "approve", &[]).await;
    assert_eq!(page.path, home);
    assert_eq!(app.status_of(&request).await, "answered");
}

#[tokio::test]
async fn whoever_comes_second_keeps_the_text_sees_what_stands_and_overwrites_nothing() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let request = app.brought_to("preparation", &desk, "demo", &forms::access()).await;
    let home = case(&request.reference);
    let mut slow = Browser::of_staff(&app, &desk.agent).await;
    let act = format!("{home}/do/propose");
    let page = slow.open(&act).await;
    let draft = json!({"outcome": "granted", "letter": "The first answer."});
    app.done(&desk.dpo, &request, "propose", draft).await;
    app.done(&desk.deputy, &request, "send_back", json!({"text": "Too short."})).await;
    let typed = [("outcome", "partly_granted"), ("letter", "A long text <that> took an hour."), ("go", "send")];
    let page = slow.send(&page, &act, &typed).await;
    let html = page.expect(412);
    assert!(html.contains("Somebody was faster"), "{html}");
    let form = page.form(&act);
    let field = |name: &str| form.iter().find(|(field, _)| field == name).unwrap().1.clone();
    assert_eq!(field("letter"), "A long text <that> took an hour.");
    assert_eq!(field("outcome"), "partly_granted");
    assert_eq!(app.status_of(&request).await, "preparation");
    // What was kept can be looked at and sent with the version that was shown.
    let page = slow.send(&page, &act, &[("outcome", "granted"), ("go", "check")]).await;
    let page = slow.send(&page, &act, &[("go", "send")]).await;
    assert_eq!(page.path, home, "{}", page.answer.text);
    assert_eq!(app.status_of(&request).await, "approval");
    // A page that asks whether something changed hears the version and nothing else.
    let version = slow.open(&format!("{home}/version")).await;
    let view = app.view(&desk.agent, &request.reference).await;
    assert_eq!(version.answer.json(), json!({"version": view["version"]}));
}

#[tokio::test]
async fn the_queue_is_filtered_by_its_address_and_searched_without_one() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let mine = app.brought_to("review", &desk, "demo", &forms::access()).await;
    let other = app.submit("demo", &forms::of_kind("claim")).await;
    let mut browser = Browser::of_staff(&app, &desk.agent).await;
    let all = browser.open("/staff/requests").await;
    assert!(all.expect(200).contains(&mine.reference) && all.answer.text.contains(&other.reference));
    // Address, whether the one that is mine and the other one are in it.
    let table = [
        ("?assignee=me", true, false),
        ("?assignee=none", false, true),
        ("?kind=claim", false, true),
        ("?status=review&kind=&due=", true, false),
        ("?received_from=2026-11-24", false, false),
        ("?sort=received", true, true),
    ];
    for (query, has_mine, has_other) in table {
        let page = browser.open(&format!("/staff/requests{query}")).await;
        let html = page.expect(200);
        assert_eq!((html.contains(&mine.reference), html.contains(&other.reference)), (has_mine, has_other), "{query}");
    }
    for query in ["?kind=nonsense", "?due=never", "?cursor=x", "?received_from=31.12.2026", "?unknown=1"] {
        let page = browser.open(&format!("/staff/requests{query}")).await;
        assert!(page.expect(422).contains("role=\"alert\""), "{query}");
    }
    for typed in [forms::IIN, forms::EMAIL, "+7 701 000-00-00"] {
        let found = browser.send(&all, "/staff/search", &[("q", typed)]).await;
        assert_eq!(found.path, "/staff/search", "what was searched for stands in no address");
        let html = found.expect(200);
        assert!(html.contains(&mine.reference) && html.contains(&other.reference), "{typed}: {html}");
        assert!(!html.contains("Сәрсенова"));
    }
    let found = browser.send(&all, "/staff/search", &[("q", &mine.reference.to_lowercase())]).await;
    assert_eq!(found.path, case(&mine.reference));
    browser.send(&all, "/staff/search", &[("q", "Сәрсенова")]).await.expect(422);
    assert!(
        browser.send(&all, "/staff/search", &[("q", forms::OTHER_IIN)]).await.expect(200).contains("Nothing found")
    );
}

#[tokio::test]
async fn mistakes_stand_beside_their_questions_and_cost_no_answer() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let request = app.brought_to("preparation", &desk, "demo", &forms::access()).await;
    let home = case(&request.reference);
    let mut browser = Browser::of_staff(&app, &desk.agent).await;
    let act = format!("{home}/do/propose");
    let page = browser.open(&act).await;
    let typed = [
        ("outcome", "refused"),
        ("letter", "No."),
        ("decisions.0.about", "Phone"),
        ("decisions.0.result", "refused"),
        ("decisions.0.text", "Kept by law."),
        ("go", "send"),
    ];
    let page = browser.send(&page, &act, &typed).await;
    let html = page.expect(422);
    assert!(html.contains("href=\"#ground\"") || html.contains("href=\"#ground-0\""), "{html}");
    let form = page.form(&act);
    for (name, value) in &typed[..5] {
        assert!(form.contains(&((*name).to_owned(), (*value).to_owned())), "{name} is kept: {form:?}");
    }
    let page = browser.open(&format!("{home}/do/note")).await;
    let page = browser.send(&page, &format!("{home}/do/note"), &[("text", "  "), ("go", "send")]).await;
    assert!(page.expect(422).contains("href=\"#text\""), "{}", page.answer.text);
    let page =
        browser.send(&page, &format!("{home}/do/note"), &[("text", "Called the <billing>."), ("go", "send")]).await;
    assert!(page.expect(200).contains("Called the &#60;billing&#62;."));
    // What nobody offers is no page.
    browser.open(&format!("{home}/do/nonsense")).await;
    browser.open("/staff/requests/DEM-0000-0000-0").await.expect(404);
    browser.open("/staff/nonsense").await.expect(404);
}

#[tokio::test]
async fn a_legal_hold_is_set_by_one_and_lifted_by_another_in_the_console() {
    let app = TestApp::start().await;
    let desk = app.desk("demo").await;
    let request = app.brought_to("answered", &desk, "demo", &forms::access()).await;
    let home = case(&request.reference);
    let mut dpo = Browser::of_staff(&app, &desk.dpo).await;
    let path = format!("{home}/do/hold");
    let page = dpo.open(&path).await;
    let page = dpo.send(&page, &path, &[("reason", "A lawsuit."), ("go", "send")]).await;
    assert!(page.expect(200).contains("Legal hold"));
    let path = format!("{home}/do/release_hold");
    let page = dpo.open(&path).await;
    let page = dpo.send(&page, &path, &[("reason", "It is over."), ("go", "send")]).await;
    assert_eq!(page.answer.status, 403);
    let mut deputy = Browser::of_staff(&app, &desk.deputy).await;
    let page = deputy.open(&path).await;
    let page = deputy.send(&page, &path, &[("reason", "It is over."), ("go", "send")]).await;
    assert_eq!(page.path, home);
    assert_eq!(app.view(&desk.dpo, &request.reference).await["flags"]["legal_hold"], false);
}
