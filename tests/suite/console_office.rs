//! The console around the queue: mails and letters, the calendar, what came on paper, and reports.

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use otinish::mail::transport::{SendFailure, SendOutcome};
use serde_json::{Value, json};

use crate::post::{Paper, on_paper};
use crate::support::browser::{Browser, Page};
use crate::support::{TestApp, clock, forms};

pub const EACH: [&str; 3] = ["en", "ru", "kk"];

fn refused() -> SendOutcome {
    SendOutcome::Refused { failure: SendFailure::replied("refused", 550, "5.1.1 no such user") }
}

/// The address of the first link to a part of the console that has an id.
fn first_link(page: &Page, start: &str) -> String {
    let html = &page.answer.text;
    let place = html.find(&format!("href=\"{start}")).unwrap_or_else(|| panic!("no link to {start}: {html}"));
    html[place + 6..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_dead_letter_is_found_and_sent_again_to_a_corrected_address() {
    let test = TestApp::start().await;
    let desk = test.desk("demo").await;
    let request = test.submit("demo", &forms::access()).await;
    test.mail.fail_next(&refused(), 1);
    test.work().await;
    let mut browser = Browser::of_staff(&test, &desk.dpo).await;
    for language in EACH {
        browser.language = language;
        browser.open(&format!("/staff/mails?lang={language}&state=dead")).await.expect(200);
    }
    let page = browser.open("/staff/mails?lang=en").await;
    let page = if page.path.contains("state") { page } else { browser.open("/staff/mails?state=dead").await };
    let html = page.expect(200);
    assert!(html.contains("Receipt") && html.contains("The mail server refused it (550 5.1.1)"), "{html}");
    assert!(!html.contains("aigul"), "an address stands in no list");
    let mail = first_link(&page, "/staff/mails/0");
    let page = browser.open(&mail).await;
    assert!(page.expect(200).contains("Send it again"));
    let page = browser.send(&page, &format!("{mail}/resend"), &[("email", "no address")]).await;
    assert!(page.expect(422).contains("aria-invalid=\"true\"") && page.answer.text.contains("value=\"no address\""));
    let page = browser.send(&page, &format!("{mail}/resend"), &[("email", "aigul.new@mail.example.kz")]).await;
    assert!(page.expect(200).contains("It is on its way again."));
    test.work().await;
    assert_eq!(test.last_mail_to("aigul.new@mail.example.kz").to, "aigul.new@mail.example.kz");
    // What was sent again offers that no more, and points to what followed.
    let page = browser.open(&mail).await;
    assert!(!page.expect(200).contains("/resend\""));
    assert!(page.answer.text.contains("Not delivered, sent again") && page.answer.text.contains("Sent again as"));
    let page = browser.open(&format!("/staff/mails?reference={}", request.reference)).await;
    assert!(page.expect(200).contains(&request.reference));
    browser.open("/staff/mails?reference=nonsense").await.expect(422);
    browser.open("/staff/mails/0192f0c0-0000-7000-8000-000000000000").await.expect(404);
}

#[tokio::test]
async fn mails_are_shown_to_those_who_see_them_by_the_api_and_offered_what_they_may_do() {
    let test = TestApp::start().await;
    let desk = test.desk("demo").await;
    test.submit("demo", &forms::access()).await;
    test.mail.fail_next(&refused(), 1);
    test.work().await;
    let dead = test.outbox(&desk.dpo, "&state=dead").await[0]["id"].as_str().unwrap().to_owned();
    let mail = format!("/staff/mails/{dead}");
    let auditor = test.staff("auditor", Role::Auditor, "demo").await;
    let foreign = test.staff("foreign", Role::Dpo, "digital-rocket").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let mut browser = Browser::of_staff(&test, &auditor).await;
    let page = browser.open(&mail).await;
    assert!(!page.expect(200).contains("<form method=\"post\" action=\"/staff/mails"), "{}", page.answer.text);
    assert!(!page.answer.text.contains("/print"));
    let mut fields = page.form("/staff/sign-out");
    fields.push(("email".to_owned(), String::new()));
    browser.post(&format!("{mail}/resend"), &fields).await.expect(403);
    // An agent sees the mails of the requests that they have.
    for (member, status) in [(&foreign, 404), (&desk.agent, 404)] {
        Browser::of_staff(&test, member).await.open(&mail).await.expect(status);
    }
    let mut browser = Browser::of_staff(&test, &admin).await;
    browser.open("/staff/mails").await.expect(403);
    assert!(!browser.open("/staff/users").await.expect(200).contains("href=\"/staff/mails\""));
}

#[tokio::test]
async fn a_letter_is_printed_posted_and_comes_back_in_the_console() {
    let paper = Paper::recorded("demo", on_paper("access", "ru")).await;
    let test = &paper.test;
    test.work().await;
    let item = paper.item("receipt").await;
    let mut browser = Browser::of_staff(test, &paper.dpo).await;
    let page = browser.open("/staff/mails?state=to_post").await;
    assert!(page.expect(200).contains("To be posted"));
    let page = browser.open(&format!("/staff/mails/{item}")).await;
    page.expect(200);
    let letter = browser.open(&format!("/staff/mails/{item}/print")).await;
    assert_eq!(letter.answer.status, 200);
    assert!(letter.answer.text.contains("Абай даңғылы"));
    assert!(letter.answer.header("content-security-policy").unwrap().contains("default-src 'none'"));
    let action = format!("/staff/mails/{item}/posted");
    for (day, mistake) in [("", "Fill in this field"), ("2027-01-01", "has not come yet"), ("soon", "Write the date")] {
        let wrong = browser.send(&page, &action, &[("on", day), ("how", "posted")]).await;
        assert!(wrong.expect(422).contains(mistake), "{day}: {}", wrong.answer.text);
    }
    let today = otinish::domain::almaty::local_date(test.app.clock.now()).to_string();
    let sent = [("on", today.as_str()), ("how", "handed_over"), ("tracking", "KZ 123")];
    let page = browser.send(&page, &action, &sent).await;
    assert!(page.expect(200).contains("Noted as posted.") && page.answer.text.contains("Handed over in person"));
    let action = format!("/staff/mails/{item}/returned");
    let wrong = browser.send(&page, &action, &[("reason", "")]).await;
    wrong.expect(422);
    let page = browser.send(&page, &action, &[("reason", "Nobody lives there")]).await;
    assert!(page.expect(200).contains("The letter is to be posted again."));
    assert_eq!(test.outbox(&paper.dpo, "&state=to_post").await.len(), 1);
}

#[tokio::test]
async fn the_calendar_shows_the_year_and_a_change_is_looked_at_before_it_is_made() {
    let test = TestApp::start().await;
    let desk = test.desk("demo").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let request = test.submit("demo", &forms::access()).await;
    let before = test.view(&desk.dpo, &request.reference).await;
    let due = clock(&before, "information")["due_on"].as_str().unwrap().to_owned();
    // Everybody sees it; only administrators change it.
    let mut browser = Browser::of_staff(&test, &desk.agent).await;
    let page = browser.open("/staff/calendar").await;
    assert!(page.expect(200).contains("November") && !page.answer.text.contains("action=\"/staff/calendar/day\""));
    let mut fields = page.form("/staff/sign-out");
    fields.push(("date".to_owned(), due.clone()));
    browser.post("/staff/calendar/day", &fields).await.expect(403);
    let mut browser = Browser::of_staff(&test, &admin).await;
    for language in EACH {
        browser.open(&format!("/staff/calendar?lang={language}")).await.expect(200);
    }
    let page = browser.open("/staff/calendar?lang=en").await;
    let typed = [
        ("date", due.as_str()),
        ("working", "no"),
        ("name.kk", "Күн"),
        ("name.ru", "День"),
        ("name.en", "A day"),
        ("source", "Order 1"),
    ];
    let wrong = browser.send(&page, "/staff/calendar/day", &[("date", due.as_str())]).await;
    assert!(wrong.expect(422).contains("aria-invalid=\"true\""));
    browser.send(&page, "/staff/calendar/day", &[("date", "")]).await.expect(422);
    browser.send(&page, "/staff/calendar/day", &[("date", "1999-01-04"), ("source", "x")]).await.expect(422);
    let look = browser.send(&page, "/staff/calendar/day", &typed).await;
    let html = look.expect(200);
    assert!(html.contains(&request.reference) && html.contains("move"), "{html}");
    let stands = test.view(&desk.dpo, &request.reference).await;
    assert_eq!(clock(&stands, "information")["due_on"], json!(due), "a look changes nothing");
    // Both forms lead to the same address: that of the preview comes first.
    let done = browser.send(&look, "/staff/calendar/day", &[("go", "save")]).await;
    assert!(done.expect(200).contains("The day was changed"), "{}", done.answer.text);
    assert!(done.answer.text.contains("A day"));
    let moved = test.view(&desk.dpo, &request.reference).await;
    assert_ne!(clock(&moved, "information")["due_on"], json!(due));
    // Somebody else changed the calendar in between.
    let stale = browser.send(&look, "/staff/calendar/day", &[("go", "save")]).await;
    stale.expect(409);
    let typed = [("certainty", "verified"), ("year_source", "")];
    let wrong = browser.send(&done, "/staff/calendar/year", &typed).await;
    assert!(wrong.expect(422).contains("year-year_source-mistake"), "{}", wrong.answer.text);
    let page =
        browser.send(&wrong, "/staff/calendar/year", &[("certainty", "verified"), ("year_source", "Order 2")]).await;
    assert!(page.expect(200).contains("The year was confirmed."));
}

#[tokio::test]
async fn what_came_on_paper_is_recorded_in_two_pages() {
    let test = TestApp::start_at("2026-11-25 12:00").await;
    let desk = test.desk("demo").await;
    let mut browser = Browser::of_staff(&test, &desk.agent).await;
    for language in EACH {
        browser.open(&format!("/staff/record?lang={language}")).await.expect(200);
    }
    let page = browser.open("/staff/record?lang=en").await;
    let wrong = browser.send(&page, "/staff/record", &[("received_on", "2026-11-26")]).await;
    let html = wrong.expect(422);
    assert!(html.contains("has not come yet") && html.contains("href=\"#kind-0\""), "{html}");
    let first = [("kind", "access"), ("received_on", "2026-11-20"), ("channel", "paper"), ("language", "kk")];
    let page = browser.send(&wrong, "/staff/record", &first).await;
    let html = page.expect(200);
    assert!(html.contains("Postal address") && html.contains("20 November 2026"), "{html}");
    let person = [("subject.full_name", "Ахметова Айгүл"), ("subject.iin", "900101400024")];
    let wrong = browser.send(&page, "/staff/record", &person).await;
    let html = wrong.expect(422);
    assert!(html.contains("href=\"#subject-iin\"") && html.contains("value=\"Ахметова Айгүл\""), "{html}");
    let person = [
        ("subject.iin", "900101400023"),
        ("subject.postal_address", "050000, Алматы, Абай даңғылы 1"),
        ("identity_confirmed", "yes"),
    ];
    let page = browser.send(&wrong, "/staff/record", &person).await;
    assert!(page.expect(200).contains("The request was recorded."), "{}", page.answer.text);
    let reference = page.path.split(['/', '?']).nth(3).unwrap().to_owned();
    let view = test.view(&desk.dpo, &reference).await;
    assert_eq!((&view["channel"], &view["kind"], &view["language"]), (&json!("paper"), &json!("access"), &json!("kk")));
    assert_eq!(view["received_at"], json!("2026-11-20T07:00:00Z"));
    assert_eq!(view["status"], json!("review"), "who was identified in person is not verified again: {view}");
    // The same form sent again makes no second request.
    let again = browser.send(&wrong, "/staff/record", &person).await;
    assert_eq!(again.path, page.path);
    // Back keeps what was answered.
    let page = browser.send(&wrong, "/staff/record", &[("go", "back")]).await;
    assert!(page.form("/staff/record").contains(&("received_on".to_owned(), "2026-11-20".to_owned())));
    let auditor = test.staff("auditor", Role::Auditor, "demo").await;
    let mut browser = Browser::of_staff(&test, &auditor).await;
    browser.open("/staff/record").await.expect(403);
    let page = browser.open("/staff/requests").await;
    assert!(!page.expect(200).contains("/staff/record"));
}

#[tokio::test]
async fn reports_count_for_agents_and_tell_dpos_how_deadlines_were_kept() {
    let test = TestApp::start_at("2026-11-02 10:00").await;
    let desk = test.desk("demo").await;
    let answered = test.brought_to("answered", &desk, "demo", &forms::access()).await;
    test.work().await;
    test.submit("demo", &forms::of_kind("deletion")).await;
    let spam = test.submit("demo", &forms::of_kind("objection")).await;
    test.act(&desk.dpo, &spam.reference, "dismiss", json!({"reason": "A test"})).await.expect(200);
    test.submit("digital-rocket", &forms::access()).await;
    test.app.clock.advance(Duration::days(40));
    let (mut dpo, mut agent) = (desk.dpo, desk.agent);
    test.renew(&mut dpo).await;
    test.renew(&mut agent).await;
    let path = "/api/v1/staff/reports/summary?from=2026-11-01&to=2026-11-30";
    let report = test.get(path, Some(&dpo.token)).await.expect(200);
    let counts = &report["counts"];
    assert_eq!((&counts["received"], &counts["open"], &counts["answered"]), (&json!(2), &json!(1), &json!(1)));
    assert_eq!(counts["kind"], json!({"access": 1, "deletion": 1}), "what was none is not counted: {report}");
    assert_eq!(counts["overdue"], json!(1));
    let details = &report["details"];
    assert_eq!(details["clocks"]["information"]["share_in_time"], json!(1.0));
    assert_eq!(details["requests"]["late"], json!(1), "the deletion is overdue");
    assert_eq!(details["days"]["answers"], json!(1));
    assert_eq!(details["due"][0], json!({"monday": null, "what": "overdue", "open": 1}));
    let of_agent = test.get(path, Some(&agent.token)).await.expect(200);
    assert_eq!((&of_agent["counts"], &of_agent["details"]), (counts, &Value::Null));
    let empty = test.get("/api/v1/staff/reports/summary?from=2026-10-01&to=2026-10-31", Some(&dpo.token)).await;
    assert_eq!(empty.expect(200)["details"]["days"], json!({"answers": 0, "median": null, "p95": null}));
    for (query, pointer) in [("?from=2026-12-02&to=2026-12-01", "/query/from"), ("?from=2020-01-01", "/query/from")] {
        let refused = test.get(&format!("/api/v1/staff/reports/summary{query}"), Some(&dpo.token)).await;
        assert_eq!(refused.expect(422)["errors"][0]["pointer"], json!(pointer));
    }
    let foreign = "/api/v1/staff/reports/summary?operator=digital-rocket";
    test.get(foreign, Some(&dpo.token)).await.problem(404, "not_found");
    let table = test.get("/api/v1/staff/reports/requests.csv?from=2026-11-01&to=2026-11-30", Some(&dpo.token)).await;
    assert_eq!((table.status, table.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    let lines: Vec<Vec<&str>> = table.text.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 3, "{}", table.text);
    assert!(lines.iter().all(|line| line.len() == lines[0].len()));
    let of = |name: &str| lines[0].iter().position(|column| *column == name).unwrap();
    let row = lines.iter().find(|line| line[0] == answered.reference).unwrap();
    assert_eq!((row[of("outcome")], row[of("kept")], row[of("clock_information")]), ("granted", "in_time", "in_time"));
    assert!(!table.text.contains("Айгүл") && !table.text.contains("900101"));
    test.get("/api/v1/staff/reports/requests.csv", Some(&agent.token)).await.problem(403, "forbidden");
}

#[tokio::test]
async fn a_refusal_counts_by_its_grounds_each_once() {
    let test = TestApp::start().await;
    let desk = test.desk("demo").await;
    let request = test.brought_to("preparation", &desk, "demo", &forms::of_kind("deletion")).await;
    let law = "Tax code, article 190, five years";
    let answer = json!({
        "outcome": "refused", "letter": "We looked.",
        "decisions": [{"about": "Bills", "result": "refused", "text": "Kept.",
                       "grounds": [{"code": "retention_required", "text": law}]}],
        "grounds": [{"code": "retention_required", "text": law}, {"code": "wrong_operator"}]
    });
    test.act(&desk.agent, &request.reference, "propose", answer).await.expect(200);
    let report = test.get("/api/v1/staff/reports/summary", Some(&desk.dpo.token)).await.expect(200);
    assert_eq!(report["details"]["refusals"], json!({}), "a draft refuses nothing yet");
    test.act(&desk.dpo, &request.reference, "approve", json!({})).await.expect(200);
    let report = test.get("/api/v1/staff/reports/summary", Some(&desk.dpo.token)).await.expect(200);
    assert_eq!(report["details"]["refusals"], json!({"retention_required": 1, "wrong_operator": 1}));
}

#[tokio::test]
async fn the_dashboard_shows_figures_and_bars_in_each_language() {
    let test = TestApp::start().await;
    let desk = test.desk("demo").await;
    test.brought_to("answered", &desk, "demo", &forms::access()).await;
    test.submit("demo", &forms::of_kind("deletion")).await;
    let mut browser = Browser::of_staff(&test, &desk.dpo).await;
    for language in EACH {
        let page = browser.open(&format!("/staff/reports?lang={language}")).await;
        let html = page.expect(200);
        assert!(html.contains("<svg class=\"bar") && html.contains("requests.csv?from="), "{html}");
    }
    let page = browser.open("/staff/reports?from=&to=&operator=").await;
    page.expect(200);
    assert!(browser.open("/staff/reports?from=2026-12-02&to=2026-12-01").await.expect(422).contains("role=\"alert\""));
    browser.open("/staff/reports?from=yesterday").await.expect(422);
    let table = browser.open("/staff/reports/requests.csv").await;
    assert_eq!(table.answer.header("content-type"), Some("text/csv; charset=utf-8"));
    let mut browser = Browser::of_staff(&test, &desk.agent).await;
    let page = browser.open("/staff/reports").await;
    assert!(page.expect(200).contains("By kind") && !page.answer.text.contains("requests.csv"));
    browser.open("/staff/reports/requests.csv").await.expect(403);
}
