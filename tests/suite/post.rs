//! Letters on paper: printed, posted, come back.

use otinish::domain::vocabulary::Role;
use otinish::storage::staff::audit_of_request;
use serde_json::{Value, json};

use crate::support::journey::stored;
use crate::support::{Member, TestApp, clock, clock_states, forms};

const ADDRESS: &str = "050000, Алматы, Абай даңғылы 1, 2-пәтер";

/// A request of a kind with a postal address and no other.
pub fn on_paper(kind: &str, language: &str) -> Value {
    let mut form = forms::of_kind(kind);
    form["language"] = json!(language);
    let subject = form["subject"].as_object_mut().unwrap();
    subject.remove("email");
    subject.insert("postal_address".to_owned(), json!(ADDRESS));
    form
}

/// A request without a mail address, and who works on it.
pub struct Paper {
    pub test: TestApp,
    pub agent: Member,
    pub dpo: Member,
    pub reference: String,
}

impl Paper {
    pub async fn recorded(operator: &str, form: Value) -> Self {
        let test = TestApp::start().await;
        let agent = test.staff("agent", Role::Agent, operator).await;
        let dpo = test.staff("dpo", Role::Dpo, operator).await;
        let receipt = test.recorded(&agent, operator, form, json!({})).await;
        let reference = receipt["reference"].as_str().unwrap().to_owned();
        Self { test, agent, dpo, reference }
    }

    /// With a refusal that names grounds and decisions, approved.
    async fn answered(operator: &str, language: &str) -> Self {
        let paper = Self::recorded(operator, on_paper("deletion", language)).await;
        let (test, reference) = (&paper.test, &paper.reference);
        test.prepared(&paper.agent, reference).await;
        let answer = json!({
            "outcome": "refused", "letter": "Мы проверили записи.\nУдалить их нельзя <пока>.",
            "decisions": [{"about": "Договор & счета", "result": "refused", "text": "Хранение ещё не кончилось.",
                           "grounds": [{"code": "retention_required", "text": "Налоговый кодекс, статья 190, пять лет"}]}],
            "grounds": [{"code": "wrong_operator"}]
        });
        test.done_later(&paper.agent, reference, "propose", answer).await;
        test.done_later(&paper.dpo, reference, "approve", json!({})).await;
        test.work().await;
        paper
    }

    pub async fn item(&self, mail: &str) -> String {
        let items = self.test.outbox(&self.dpo, &format!("&reference={}", self.reference)).await;
        let found = items.iter().find(|item| item["mail"] == mail && item["to"] == "requester");
        found.unwrap_or_else(|| panic!("no {mail}"))["id"].as_str().unwrap().to_owned()
    }

    async fn print(&self, member: &Member, id: &str) -> crate::support::Answer {
        let member = self.test.again(member).await;
        self.test.get(&format!("/api/v1/staff/outbox/{id}/print"), Some(&member.token)).await
    }

    pub async fn mark(&self, member: &Member, id: &str, what: &str, body: Value) -> crate::support::Answer {
        let member = self.test.again(member).await;
        self.test.post(&format!("/api/v1/staff/outbox/{id}/{what}"), Some(&member.token), &body).await
    }

    fn audit(&self, action: &str) -> Vec<(Option<String>, Option<String>)> {
        let id = stored(&self.test.database, &self.reference).id;
        let lines = audit_of_request(&mut self.test.database.connect(), &id).unwrap();
        lines.into_iter().filter(|line| line.action == action).map(|line| (line.actor_id, line.reason)).collect()
    }
}

/// Every tag that is opened is closed, in its order.
fn assert_well_formed(html: &str) {
    let mut open: Vec<String> = Vec::new();
    for piece in html.split('<').skip(1) {
        let tag = piece.split('>').next().unwrap();
        let name = tag.trim_start_matches('/').split_whitespace().next().unwrap().to_owned();
        if tag.starts_with('!') || ["meta", "br"].contains(&name.as_str()) {
            continue;
        }
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "{html}");
        } else {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[tokio::test]
async fn a_printed_answer_carries_all_of_it_in_the_language_of_the_request() {
    let words = [
        ("kk", "Бас тартылды", "2026 жылғы 23 қараша", "Шығ. №", "жүгіне аласыз"),
        ("ru", "Отказано", "23 ноября 2026 года", "Исх. №", "Если Вы не согласны"),
        ("en", "Refused", "23 November 2026", "Our ref.", "If you do not agree"),
    ];
    for (language, outcome, date, number, complain) in words {
        let paper = Paper::answered("kazteleport", language).await;
        let id = paper.item("answer_ready").await;
        let answer = paper.print(&paper.agent, &id).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let header = |name: &str| answer.headers.get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/html; charset=utf-8");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        let html = &answer.text;
        assert_well_formed(html);
        for fact in [
            outcome,
            date,
            number,
            complain,
            &paper.reference,
            "Айгүл Сәрсенова",
            ADDRESS,
            "Мы проверили записи.\nУдалить их нельзя &#60;пока&#62;.",
            "Договор &#38; счета",
            "Хранение ещё не кончилось.",
            "Налоговый кодекс, статья 190, пять лет",
            &id,
            "answer_ready",
            &format!("<html lang=\"{language}\">"),
        ] {
            assert!(html.contains(fact), "{language}: {fact} in {html}");
        }
        for never in ["<script", "http://", "?token=", "href=", "src=", "letter-", "mail-", "{$", forms::IIN] {
            assert!(!html.contains(never), "{language}: {never} in {html}");
        }
    }
}

#[tokio::test]
async fn every_letter_stands_for_itself_without_link_and_code() {
    let paper = Paper::recorded("kazteleport", on_paper("correction", "en")).await;
    let test = &paper.test;
    test.prepared(&paper.agent, &paper.reference).await;
    test.done_later(&paper.agent, &paper.reference, "ask", json!({"text": "Which of the two\nphones?"})).await;
    test.done_later(&paper.agent, &paper.reference, "cancel", json!({"reason": "They called."})).await;
    let expected = [
        ("receipt", "Keep this letter"),
        ("identity_confirmed", "everything is confirmed"),
        ("work_started", "started preparing the answer"),
        ("question", "Which of the two\nphones?"),
        ("cancelled", "the request is withdrawn"),
    ];
    for (mail, words) in expected {
        let html = paper.print(&paper.agent, &paper.item(mail).await).await.text;
        assert_well_formed(&html);
        assert!(html.contains(words), "{mail}: {html}");
        for never in ["e-mail:", "this e-mail", "the page", "?token=", "Open the request", "/requests/", "confirm your"]
        {
            assert!(!html.contains(never), "{mail}: {never} in {html}");
        }
    }
    // By the web there is a code; on paper there is none.
    let request = test.submit("kazteleport", &forms::access()).await;
    test.work().await;
    let code = test.code_of(&request).await;
    let mails = test.outbox(&paper.dpo, &format!("&reference={}", request.reference)).await;
    let receipt = mails.iter().find(|mail| mail["mail"] == "receipt").unwrap();
    assert!(mails.iter().all(|mail| mail["reference"] == json!(request.reference)));
    let html = paper.print(&paper.dpo, receipt["id"].as_str().unwrap()).await.text;
    assert!(html.contains("Keep this letter") && !html.contains(&code) && html.contains("class=\"blank\""), "{html}");
}

#[tokio::test]
async fn a_letter_is_that_of_its_day_and_its_address_that_of_today() {
    let mut form = on_paper("access", "ru");
    form["submitted_by"] = json!({
        "capacity": "representative", "full_name": "Марат Сәрсенов", "postal_address": "Астана, Сарыарқа 5",
        "authority": "parent",
        "document": {"type": "свидетельство", "number": "123", "date": "2010-05-01", "issuer": "загс"}
    });
    let paper = Paper::recorded("citicom", form).await;
    let id = paper.item("receipt").await;
    let first = paper.print(&paper.dpo, &id).await.text;
    for fact in ["Марат Сәрсенов", "Астана, Сарыарқа 5", "представителю", "Айгүл Сәрсенова", "26 ноября 2026 года"]
    {
        assert!(first.contains(fact), "{fact}: {first}");
    }
    assert!(!first.contains(ADDRESS));
    paper.test.travel_to("2026-12-03T10:00").await;
    assert_eq!(paper.print(&paper.dpo, &id).await.text, first);
}

#[tokio::test]
async fn a_letter_is_printed_by_whoever_may_open_the_request_and_each_print_is_noted() {
    let paper = Paper::recorded("citicom", on_paper("access", "ru")).await;
    let test = &paper.test;
    let auditor = test.staff("auditor", Role::Auditor, "citicom").await;
    let elsewhere = test.staff("elsewhere", Role::Dpo, "kazteleport").await;
    let id = paper.item("receipt").await;
    paper.print(&paper.agent, &id).await.problem(403, "forbidden");
    paper.print(&auditor, &id).await.problem(403, "forbidden");
    paper.print(&elsewhere, &id).await.problem(404, "not_found");
    test.get(&format!("/api/v1/staff/outbox/{id}/print"), None).await.problem(401, "unauthorized");
    for unknown in ["x", "00000000-0000-7000-8000-000000000000"] {
        paper.print(&paper.dpo, unknown).await.problem(404, "not_found");
    }
    let to_staff = test.outbox(&paper.dpo, "").await.into_iter().find(|mail| mail["to"] == "staff").unwrap();
    paper.print(&paper.dpo, to_staff["id"].as_str().unwrap()).await.problem(404, "not_found");
    assert_eq!(paper.audit("print_mail"), []);
    test.done_later(&paper.agent, &paper.reference, "assign", json!({"assignee": "me"})).await;
    assert_eq!(paper.print(&paper.agent, &id).await.status, 200);
    assert_eq!(paper.print(&paper.dpo, &id).await.status, 200);
    let lines = paper.audit("print_mail");
    assert_eq!(
        lines,
        [
            (Some(paper.agent.id.clone()), Some("assignment".to_owned())),
            (Some(paper.dpo.id.clone()), Some("role".to_owned())),
        ]
    );
    let body = json!({"on": "2026-11-23"});
    paper.mark(&auditor, &id, "posted", body.clone()).await.problem(403, "forbidden");
    paper.mark(&elsewhere, &id, "posted", body.clone()).await.problem(404, "not_found");
    paper.mark(&elsewhere, &id, "returned", json!({"reason": "?"})).await.problem(404, "not_found");
    paper.mark(&paper.dpo, to_staff["id"].as_str().unwrap(), "posted", body).await.problem(404, "not_found");
    let destroy = "UPDATE request_keys SET wrapped = NULL";
    test.sql(destroy, destroy);
    paper.print(&paper.dpo, &id).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_posted_answer_meets_the_clocks_on_the_day_of_posting() {
    let paper = Paper::answered("citicom", "ru").await;
    let test = &paper.test;
    let id = paper.item("answer_ready").await;
    assert!(
        clock_states(&test.view(&paper.dpo, &paper.reference).await).contains(&"claim_response running".to_owned())
    );
    test.travel_to("2026-11-25T12:00").await;
    let wrong = [
        (json!({"on": "2026-11-26"}), "/on", "date_in_future"),
        (json!({"on": "2026-11-22"}), "/on", "date_too_early"),
        (json!({"on": "2026-11-24", "tracking": "a\nb"}), "/tracking", "control_character"),
        (json!({"on": "2026-11-24", "tracking": "1".repeat(101)}), "/tracking", "too_long"),
        (json!({"on": "2026-11-24", "how": "by_dove"}), "/how", "not_one_of"),
        (json!({"on": "24.11.2026"}), "/on", "date_format"),
        (json!({}), "/on", "required"),
        (json!({"on": "2026-11-24", "who": "me"}), "/who", "unknown_field"),
    ];
    for (body, pointer, code) in wrong {
        paper.mark(&paper.agent, &id, "posted", body).await.invalid(&[(pointer, code)]);
    }
    let body = json!({"on": "2026-11-24", "tracking": "KZ123456789KZ"});
    let version = test.seen_later(&paper.dpo, &paper.reference).await["version"].clone();
    let mail = paper.mark(&paper.agent, &id, "posted", body.clone()).await.expect(200);
    assert_eq!(
        [&mail["state"], &mail["posted_on"], &mail["tracking"], &mail["posted_how"], &mail["reference"]],
        ["posted", "2026-11-24", "KZ123456789KZ", "posted", paper.reference.as_str()]
    );
    paper.mark(&paper.dpo, &id, "posted", body).await.problem(409, "invalid_transition");
    let view = test.seen_later(&paper.dpo, &paper.reference).await;
    assert_eq!(clock(&view, "claim_response")["met_at"], "2026-11-24T18:59:00Z");
    assert_eq!((&view["headline"], &view["version"]), (&Value::Null, &version));
    let dpo = test.again(&paper.dpo).await;
    let path = format!("/api/v1/staff/requests/{}/events", paper.reference);
    let history = test.get(&path, Some(&dpo.token)).await;
    assert!(!history.text.contains("KZ123456789KZ"), "a tracking number stays with its item");
    let events = history.expect(200)["items"].clone();
    let find = |kind: &str| events.as_array().unwrap().iter().find(|event| event["kind"] == kind).unwrap().clone();
    assert_eq!(find("mail_posted")["data"]["on"], "2026-11-24");
    let delivered = find("answer_delivered");
    assert_eq!((&delivered["data"]["by"], &delivered["data"]["on"]), (&json!("post"), &json!("2026-11-24")));
    assert_eq!(delivered["actor"]["id"], paper.agent.id.as_str());
    assert_eq!(paper.print(&paper.dpo, &id).await.status, 200, "what was posted can be looked at");
}

#[tokio::test]
async fn an_answer_handed_over_today_is_met_now_and_what_is_no_answer_meets_nothing() {
    let paper = Paper::answered("citicom", "ru").await;
    let test = &paper.test;
    test.travel_to("2026-11-24T15:30").await;
    let receipt = paper.item("receipt").await;
    paper.mark(&paper.dpo, &receipt, "posted", json!({"on": "2026-11-24"})).await.expect(200);
    let view = test.seen_later(&paper.dpo, &paper.reference).await;
    assert_eq!(clock(&view, "claim_response")["state"], "running");
    let id = paper.item("answer_ready").await;
    paper.mark(&paper.dpo, &id, "posted", json!({"on": "2026-11-24", "how": "handed_over"})).await.expect(200);
    let view = test.seen_later(&paper.dpo, &paper.reference).await;
    assert_eq!(clock(&view, "claim_response")["met_at"], "2026-11-24T10:30:00Z");
    let kinds = test.events(&paper.dpo, &paper.reference).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "mail_posted").count(), 2);
    assert_eq!(kinds.iter().filter(|kind| *kind == "answer_delivered").count(), 1);
}

#[tokio::test]
async fn a_letter_that_comes_back_is_to_be_posted_again_and_its_clocks_run() {
    let paper = Paper::answered("citicom", "en").await;
    let test = &paper.test;
    let id = paper.item("answer_ready").await;
    paper.mark(&paper.dpo, &id, "returned", json!({"reason": "?"})).await.problem(409, "invalid_transition");
    paper.mark(&paper.dpo, &id, "posted", json!({"on": "2026-11-23", "tracking": "1"})).await.expect(200);
    test.travel_to("2026-11-25T12:00").await;
    test.take_mails();
    let wrong = [
        (json!({"reason": "Back.", "on": "2026-11-26"}), "/on", "date_in_future"),
        (json!({"reason": "Back.", "on": "2026-11-22"}), "/on", "date_too_early"),
        (json!({"reason": " "}), "/reason", "required"),
        (json!({}), "/reason", "required"),
    ];
    for (body, pointer, code) in wrong {
        paper.mark(&paper.agent, &id, "returned", body).await.invalid(&[(pointer, code)]);
    }
    let mail = paper.mark(&paper.agent, &id, "returned", json!({"reason": "Nobody lives there."})).await.expect(200);
    assert_eq!(
        (&mail["state"], &mail["posted_on"], &mail["tracking"]),
        (&json!("to_post"), &Value::Null, &Value::Null)
    );
    let view = test.seen_later(&paper.dpo, &paper.reference).await;
    let claim = clock(&view, "claim_response");
    assert_eq!((&claim["state"], &claim["met_at"]), (&json!("running"), &Value::Null));
    let kinds = test.events(&paper.dpo, &paper.reference).await;
    assert!(kinds.ends_with(&["mail_returned".to_owned(), "clock_reopened".to_owned()]), "{kinds:?}");
    test.work().await;
    let alert = test.last_mail_to(&paper.dpo.email);
    assert!(!alert.text.contains("Nobody lives there"), "{}", alert.text);
    assert!(test.mails().iter().any(|mail| mail.to == paper.dpo.email && mail.subject.ends_with("not delivered")));
    paper.mark(&paper.agent, &id, "posted", json!({"on": "2026-11-25"})).await.expect(200);
    let view = test.seen_later(&paper.dpo, &paper.reference).await;
    assert_eq!(clock(&view, "claim_response")["state"], "met");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_who_post_at_once_post_once() {
    let paper = Paper::answered("citicom", "ru").await;
    let id = paper.item("answer_ready").await;
    let body = json!({"on": "2026-11-23"});
    let (one, two) = tokio::join!(
        paper.mark(&paper.agent, &id, "posted", body.clone()),
        paper.mark(&paper.dpo, &id, "posted", body.clone())
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{} {}", one.text, two.text);
    let kinds = paper.test.events(&paper.dpo, &paper.reference).await;
    assert_eq!(kinds.iter().filter(|kind| *kind == "answer_delivered").count(), 1);
}
