//! The review desk: the queue, the masks, the search, the counts.

use std::collections::BTreeSet;

use chrono::Duration;
use otinish::domain::vocabulary::Role;
use otinish::storage::staff::audit_of_request;
use serde_json::{Value, json};

use crate::support::journey::stored;
use crate::support::{Member, Submitted, TestApp, forms};

const QUEUE: &str = "/api/v1/staff/requests";

async fn queue(test: &TestApp, member: &Member, query: &str) -> Vec<String> {
    let page = test.get(&format!("{QUEUE}?{query}"), Some(&member.token)).await.expect(200);
    references(&page)
}

fn references(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["reference"].as_str().unwrap().to_owned()).collect()
}

fn of(requests: &[&Submitted]) -> Vec<String> {
    requests.iter().map(|request| request.reference.clone()).collect()
}

async fn on_paper(test: &TestApp, member: &Member, received_at: &str) -> Submitted {
    let mut form = forms::access();
    form["channel"] = json!("paper");
    form["received_at"] = json!(received_at);
    let path = "/api/v1/staff/operators/kazteleport/requests";
    let receipt = test.post(path, Some(&member.token), &form).await.expect(201);
    Submitted { reference: receipt["reference"].as_str().unwrap().to_owned(), token: String::new(), receipt }
}

#[tokio::test]
async fn the_queue_is_filtered_and_sorted() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let overdue = on_paper(&test, &desk.agent, "2026-11-10T09:00:00+05:00").await; // due 13.11.
    let today = on_paper(&test, &desk.agent, "2026-11-18T09:00:00+05:00").await; // due 23.11.
    let blocking = test.brought_to("review", &desk, "kazteleport", &forms::of_kind("blocking")).await; // 30 days: its clock is met
    test.app.clock.advance(Duration::seconds(1));
    let objection = test.submit("kazteleport", &forms::of_kind("objection")).await; // due 26.11.
    let withdrawal = test.submit("kazteleport", &forms::of_kind("consent_withdrawal")).await; // due 14.12.
    let closed = test.brought_to("cancelled", &desk, "kazteleport", &forms::access()).await;
    test.submit("demo", &forms::access()).await;
    let agent = &desk.agent;
    let all = queue(&test, agent, "").await;
    assert_eq!(all, of(&[&overdue, &today, &objection, &withdrawal, &blocking, &closed]), "the headline first");
    let received = queue(&test, agent, "sort=received").await;
    assert_eq!(received[..2], of(&[&overdue, &today]), "the oldest first");
    assert_eq!(received[2..3], of(&[&blocking]));
    let me = format!("assignee={}", agent.id);
    let find = format!("q={}", objection.reference.to_lowercase());
    let cases: [(&str, Vec<&Submitted>); 22] = [
        ("operator=kazteleport&kind=access", vec![&overdue, &today, &closed]),
        ("operator=demo", vec![]),
        ("operator=nobody", vec![]),
        ("kind=objection", vec![&objection]),
        ("status=verification", vec![&overdue, &today]),
        ("status=submitted", vec![&objection, &withdrawal]),
        ("status=cancelled", vec![&closed]),
        ("status=answered", vec![]),
        ("assignee=me", vec![&blocking, &closed]),
        ("assignee=none", vec![&overdue, &today, &objection, &withdrawal]),
        (&me, vec![&blocking, &closed]),
        ("due=overdue", vec![&overdue]),
        ("due=today", vec![&today]),
        ("due=week", vec![&today, &objection]),
        ("blocking=provisional", vec![&blocking]),
        ("channel=paper", vec![&overdue, &today]),
        ("channel=email", vec![]),
        ("received_from=2026-11-18&received_to=2026-11-18", vec![&today]),
        ("received_to=2026-11-22", vec![&overdue, &today]),
        ("received_from=2026-11-24", vec![]),
        (&find, vec![&objection]),
        ("channel=web&status=submitted&kind=consent_withdrawal", vec![&withdrawal]),
    ];
    for (query, expected) in cases {
        assert_eq!(queue(&test, agent, query).await, of(&expected), "{query}");
    }
}

#[tokio::test]
async fn pages_have_no_gaps_and_no_repeats_while_requests_come_in() {
    for sort in ["due", "received"] {
        let test = TestApp::start().await;
        let agent = test.staff("agent", Role::Agent, "kazteleport").await;
        let mut known = BTreeSet::new();
        for number in 0..9 {
            let kind = ["access", "consent_withdrawal", "objection"][number % 3];
            known.insert(test.submit("kazteleport", &forms::of_kind(kind)).await.reference);
            if number % 4 == 0 {
                test.app.clock.advance(Duration::seconds(1));
            }
        }
        let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let path = format!("{QUEUE}?limit=2&sort={sort}{cursor}");
            let page = test.get(&path, Some(&agent.token)).await.expect(200);
            assert!(references(&page).len() <= 2);
            seen.extend(references(&page));
            pages += 1;
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
            if pages <= 3 {
                // One that sorts before the place reached, and one that sorts after.
                on_paper(&test, &agent, "2026-11-10T09:00:00+05:00").await;
                known.insert(test.submit("kazteleport", &forms::of_kind("claim")).await.reference);
            }
        }
        let distinct: BTreeSet<String> = seen.iter().cloned().collect();
        assert_eq!(distinct.len(), seen.len(), "{sort}: a repeat");
        assert!(known.is_subset(&distinct), "{sort}: a gap");
        let other = if sort == "due" { "received" } else { "due" };
        let path = format!("{QUEUE}?limit=2&sort={other}{cursor}");
        test.get(&path, Some(&agent.token)).await.invalid(&[("/query/cursor", "invalid_cursor")]);
    }
}

/// All that is personal in [`private_form`], as it was typed or stored.
const PRIVATE: [&str; 13] = [
    "Айгүл",
    "Сәрсенова",
    forms::IIN,
    forms::EMAIL,
    "77010000000",
    "Abay 1",
    "an old grudge",
    "Дамир",
    "damir@",
    "AB-77",
    "forum.example.kz",
    "1990-01-01",
    "old number",
];

fn private_form() -> Value {
    let mut form = forms::of_kind("correction");
    form["subject"]["birth_date"] = json!("1990-01-01");
    form["subject"]["postal_address"] = json!("Almaty, Abay 1");
    form["details"] = json!("It is an old grudge.");
    form["corrections"] = json!([{"field": "phone", "current": "old number", "desired": "+77019999999"}]);
    form["published_at"] = json!(["https://forum.example.kz/t/1"]);
    form["submitted_by"] = json!({
        "capacity": "representative", "full_name": "Дамир Ахметов", "email": "damir@mail.example.kz", "authority": "advocate",
        "document": {"type": "warrant", "number": "AB-77", "date": "2026-11-01"},
    });
    form
}

#[tokio::test]
async fn whoever_may_not_open_a_request_finds_no_plain_value_anywhere() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let other = test.staff("other", Role::Agent, "kazteleport").await;
    let auditor = test.staff("auditor", Role::Auditor, "kazteleport").await;
    let request = test.brought_to("review", &desk, "kazteleport", &private_form()).await;
    test.done(&desk.agent, &request, "ask", json!({"text": "Is it the old number of Айгүл?"})).await;
    test.post(&request.path("/messages"), Some(&request.token), &json!({"text": "Yes, old number."})).await.expect(201);
    test.done(&desk.agent, &request, "note", json!({"text": "Сәрсенова is known to us."})).await;
    test.done(&desk.agent, &request, "block", json!({"reason": "Айгүл asked."})).await;
    let letter = json!({"outcome": "refused", "letter": "Dear Айгүл …", "grounds": [{"code": "wrong_operator", "text": "Дамир erred."}]});
    test.done(&desk.agent, &request, "propose", letter).await;
    let path = format!("{QUEUE}/{}", request.reference);
    for (member, masked) in [(&other, true), (&auditor, true), (&desk.agent, false), (&desk.dpo, false)] {
        let view = test.get(&path, Some(&member.token)).await;
        assert_eq!(view.expect(200)["masked"], masked);
        let events = test.get(&format!("{path}/events"), Some(&member.token)).await;
        events.expect(200);
        let list = test.get(QUEUE, Some(&member.token)).await;
        let outbox = test.get("/api/v1/staff/outbox", Some(&member.token)).await;
        let search = test.post(&format!("{QUEUE}/search"), Some(&member.token), &json!({"q": forms::IIN})).await;
        assert_eq!(references(&search.expect(200)), of(&[&request]));
        for value in PRIVATE {
            for text in [&list.text, &outbox.text, &search.text] {
                assert!(!text.contains(value), "lists are masked for everybody: {value}: {text}");
            }
            if masked {
                assert!(!view.text.contains(value) && !events.text.contains(value), "{}: {value}", member.email);
            } else {
                assert!(view.text.contains(value), "{}: {value}", member.email);
            }
        }
        let subject = view.json()["subject"].clone();
        if masked {
            assert_eq!((&subject["full_name"], &subject["iin"]), (&json!("А. С."), &json!("•••")));
            assert_eq!(view.json()["contents"], Value::Null);
        } else {
            assert!(events.text.contains("Айгүл asked."));
        }
    }
}

#[tokio::test]
async fn each_look_at_personal_data_leaves_its_audit_line_with_the_reason() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let other = test.staff("other", Role::Agent, "kazteleport").await;
    let auditor = test.staff("auditor", Role::Auditor, "kazteleport").await;
    let request = test.submit("kazteleport", &forms::access()).await;
    test.done(&desk.agent, &request, "assign", json!({"assignee": "me"})).await;
    let id = stored(&test.database, &request.reference).id;
    let lines = || {
        let rows = audit_of_request(&mut test.database.connect(), &id).unwrap();
        rows.into_iter()
            .map(|row| (row.actor_id.unwrap(), row.action, row.reason.unwrap(), row.data))
            .collect::<Vec<_>>()
    };
    let before = lines().len();
    test.view(&desk.agent, &request.reference).await;
    test.view(&desk.dpo, &request.reference).await;
    test.view(&other, &request.reference).await;
    test.view(&auditor, &request.reference).await;
    let path = format!("{QUEUE}/{}/events", request.reference);
    test.get(&path, Some(&desk.dpo.token)).await.expect(200);
    test.get(&path, Some(&auditor.token)).await.expect(200);
    test.get(QUEUE, Some(&desk.dpo.token)).await.expect(200);
    let line = |member: &Member, reason: &str, on: &str| {
        (member.id.clone(), "open_request".to_owned(), reason.to_owned(), json!({"on": on}).to_string())
    };
    let expected =
        [line(&desk.agent, "assignment", "view"), line(&desk.dpo, "role", "view"), line(&desk.dpo, "role", "events")];
    assert_eq!(lines()[before..], expected);
}

#[tokio::test]
async fn the_search_finds_iin_mail_and_phone_at_the_members_own_operators_only() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "kazteleport").await;
    test.staff("both", Role::Auditor, "kazteleport").await;
    let both = test.staff("both", Role::Auditor, "demo").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    let here = test.submit("kazteleport", &forms::access()).await;
    let there = test.submit("demo", &forms::access()).await;
    let mut other = forms::access();
    other["subject"] = json!({"full_name": "Дамир Ахметов", "iin": forms::OTHER_IIN, "email": "damir@mail.example.kz"});
    test.submit("kazteleport", &other).await;
    let search = async |member: &Member, q: &str| {
        test.post(&format!("{QUEUE}/search"), Some(&member.token), &json!({"q": q})).await
    };
    for q in [forms::IIN, "900101 400-023", forms::EMAIL, "Aigul@MAIL.example.kz", "+77010000000", "8 701 000 00 00"] {
        assert_eq!(references(&search(&agent, q).await.expect(200)), of(&[&here]), "{q}");
        let found: BTreeSet<String> = references(&search(&both, q).await.expect(200)).into_iter().collect();
        assert_eq!(found, BTreeSet::from([here.reference.clone(), there.reference.clone()]), "{q}");
    }
    for q in ["aigul@mail.example.k", "nobody@mail.example.kz", "+77010000001"] {
        let answer = search(&agent, q).await;
        assert!(answer.status == 422 || references(&answer.expect(200)).is_empty(), "only exact values: {q}");
    }
    search(&admin, forms::IIN).await.problem(403, "forbidden");
    let lines: Vec<String> = {
        use diesel::prelude::*;
        use otinish::storage::schema::audit;
        let query = audit::table.filter(audit::action.eq("search")).select(audit::data);
        query.load(&mut test.database.connect()).unwrap()
    };
    assert!(lines.len() >= 18, "each search is audited");
    assert!(
        lines.iter().all(|line| !line.contains("900101") && !line.contains('@') && !line.contains("701")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn counts_tell_how_much_waits() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let admin = test.staff("admin", Role::Admin, "").await;
    on_paper(&test, &desk.agent, "2026-11-10T09:00:00+05:00").await;
    on_paper(&test, &desk.agent, "2026-11-18T09:00:00+05:00").await;
    test.brought_to("review", &desk, "kazteleport", &forms::of_kind("objection")).await;
    test.brought_to("cancelled", &desk, "kazteleport", &forms::access()).await;
    test.submit("demo", &forms::access()).await;
    for (member, mine) in [(&desk.agent, 1), (&desk.dpo, 0)] {
        let counts = test.get(&format!("{QUEUE}/counts"), Some(&member.token)).await.expect(200);
        assert_eq!(
            counts,
            json!({
                "status": {"verification": 2, "review": 1, "cancelled": 1}, "kind": {"access": 2, "objection": 1},
                "overdue": 1, "due_today": 1, "unassigned": 2, "mine": mine, "blocked": 0,
            })
        );
    }
    test.get(&format!("{QUEUE}/counts"), Some(&admin.token)).await.problem(403, "forbidden");
    test.get(QUEUE, Some(&admin.token)).await.problem(403, "forbidden");
}
