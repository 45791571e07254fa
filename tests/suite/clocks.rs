//! Which clocks a request gets: term, start, basis, certainty and last day of each.

use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::support::{TestApp, at, clock, forms};

/// One expected clock: name, state, basis, certainty, last day.
type Row<'a> = (&'a str, &'a str, &'a str, &'a str, Option<&'a str>);

#[track_caller]
fn assert_clocks(receipt: &Value, rows: &[Row<'_>]) {
    let found: Vec<Row<'_>> = receipt["clocks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|clock| {
            let text = |name: &str| clock[name].as_str().unwrap();
            (text("name"), text("state"), text("basis"), text("certainty"), clock["due_on"].as_str())
        })
        .collect();
    assert_eq!(found, rows, "{receipt}");
    for clock in receipt["clocks"].as_array().unwrap() {
        let due_at = clock["due_on"].as_str().map(|due_on| json!(format!("{due_on}T19:00:00Z")));
        assert_eq!(clock["due_at"], due_at.unwrap_or(Value::Null), "24:00 in Almaty of the last day");
        assert_eq!(clock["started_at"].is_null(), clock["state"] == "waiting", "{clock}");
        assert!(clock["met_at"].is_null());
        assert!(!clock["citation"].as_str().unwrap().is_empty() && !clock["explanation"].as_str().unwrap().is_empty());
    }
}

const OUTER: Row<'_> = ("claim_response", "running", "policy", "verified", Some("2026-12-23"));

#[tokio::test]
async fn each_kind_has_the_clocks_of_the_table_and_its_headline() {
    let test = TestApp::start().await;
    let expected: [(&str, &[Row<'_>], &str); 7] = [
        ("access", &[OUTER, ("information", "running", "statutory", "secondary", Some("2026-11-26"))], "information"),
        (
            "correction",
            &[
                OUTER,
                ("document_request", "running", "policy", "verified", Some("2026-11-24")),
                ("correction", "waiting", "statutory", "verified", None),
            ],
            "document_request",
        ),
        ("blocking", &[OUTER, ("blocking", "running", "statutory", "verified", Some("2026-11-24"))], "blocking"),
        (
            "deletion",
            &[
                OUTER,
                ("deletion_decision", "running", "policy", "inferred", Some("2026-11-26")),
                ("destruction", "waiting", "statutory", "verified", None),
            ],
            "deletion_decision",
        ),
        (
            "consent_withdrawal",
            &[OUTER, ("withdrawal", "running", "statutory", "verified", Some("2026-12-14"))],
            "withdrawal",
        ),
        ("objection", &[OUTER, ("objection", "running", "statutory", "verified", Some("2026-11-26"))], "objection"),
        ("claim", &[OUTER], "claim_response"),
    ];
    assert_eq!(expected.map(|(kind, ..)| kind), forms::KINDS);
    for (kind, rows, leads) in expected {
        let receipt = test.submit("citicom", &forms::of_kind(kind)).await.receipt;
        assert_clocks(&receipt, rows);
        let due_on = rows.iter().find(|row| row.0 == leads).unwrap().4;
        assert_eq!(receipt["headline"], json!({"clock": leads, "due_on": due_on}));
        assert_eq!(receipt["received_at"], "2026-11-23T05:00:00Z");
        for clock in receipt["clocks"].as_array().unwrap().iter().filter(|clock| clock["state"] == "running") {
            assert_eq!(clock["started_at"], receipt["received_at"], "{clock}");
            assert_eq!(clock["rule_set"], "2026-08-25");
        }
    }
}

#[tokio::test]
async fn facts_of_the_request_add_clocks_and_change_their_basis() {
    let test = TestApp::start().await;
    let submit = async |kind: &str, more: Value| {
        let mut form = forms::of_kind(kind);
        for (name, value) in more.as_object().unwrap() {
            form[name.as_str()] = value.clone();
        }
        test.submit("citicom", &form).await.receipt
    };
    for ground in ["unlawfully_obtained", "obtained_without_basis", "no_consent", "beyond_purpose"] {
        let receipt = submit("access", json!({"grounds": [ground]})).await;
        assert_eq!(clock(&receipt, "blocking")["due_on"], "2026-11-24", "{ground}");
        assert_eq!(receipt["headline"]["clock"], "blocking");
    }
    let receipt = submit("access", json!({"grounds": ["inaccurate", "outdated"]})).await;
    assert_eq!(receipt["clocks"].as_array().unwrap().len(), 2, "no violation is alleged: {receipt}");

    let receipt = submit("objection", json!({"published_at": ["https://example.kz/list"]})).await;
    assert_eq!(clock(&receipt, "publication_removal")["basis"], "statutory");
    assert_eq!(receipt["headline"], json!({"clock": "publication_removal", "due_on": "2026-11-24"}));

    let receipt = submit("deletion", json!({"grounds": ["own_wish"]})).await;
    assert_eq!(clock(&receipt, "destruction")["basis"], "policy");
    let receipt = submit("deletion", json!({"grounds": ["own_wish", "court_decision"]})).await;
    let destruction = clock(&receipt, "destruction");
    assert_eq!((&destruction["state"], &destruction["due_on"]), (&json!("running"), &json!("2026-11-24")));
    assert_eq!(destruction["basis"], "statutory");
    assert_eq!(receipt["headline"], json!({"clock": "destruction", "due_on": "2026-11-24"}));
}

#[tokio::test]
async fn the_promise_of_a_policy_is_a_contract_only_for_a_claim() {
    let test = TestApp::start().await;
    let claim = test.submit("kazteleport", &forms::of_kind("claim")).await.receipt;
    let outer = clock(&claim, "claim_response");
    assert_eq!((&outer["basis"], &outer["due_on"]), (&json!("contract"), &json!("2026-12-23")));
    assert!(outer["citation"].as_str().unwrap().contains("clause 30"), "{outer}");
    let access = test.submit("kazteleport", &forms::access()).await.receipt;
    assert_eq!(clock(&access, "claim_response")["basis"], "policy");
    let elsewhere = test.submit("aitu-sauda", &forms::of_kind("claim")).await.receipt;
    assert_eq!(clock(&elsewhere, "claim_response")["basis"], "policy");
}

#[tokio::test]
async fn a_block_from_the_profile_waits_for_the_decision_on_its_lifting() {
    let test = TestApp::start().await;
    let receipt = test.submit("kazteleport", &forms::of_kind("blocking")).await.receipt;
    assert_clocks(
        &receipt,
        &[
            OUTER,
            ("blocking", "running", "statutory", "verified", Some("2026-11-24")),
            ("unblocking", "waiting", "statutory", "verified", None),
        ],
    );
}

#[tokio::test]
async fn the_moment_of_receipt_decides_by_its_day_in_almaty() {
    let test = TestApp::start_at("2026-03-20T15:00").await;
    let moments = [
        ("2026-03-20T15:00", "access", "information", "2026-03-30", "the Friday before Nauryz"),
        ("2026-03-20T15:00", "blocking", "blocking", "2026-03-26", "the Friday before Nauryz"),
        ("2026-11-06T09:00", "claim", "claim_response", "2026-12-07", "30 days end on a Sunday"),
        ("2026-11-16T09:00", "claim", "claim_response", "2026-12-17", "30 days end on Independence Day"),
        ("2026-11-20T20:00", "access", "information", "2026-11-25", "Friday evening"),
        ("2026-11-21T12:00", "access", "information", "2026-11-25", "Saturday"),
        ("2026-11-22T23:59", "access", "information", "2026-11-25", "Sunday night"),
        ("2026-11-23T00:00", "access", "information", "2026-11-26", "the first moment of Monday"),
        ("2026-11-23T23:59", "access", "information", "2026-11-26", "the last minute of Monday"),
        ("2026-11-24T00:01", "access", "information", "2026-11-27", "the first minute of Tuesday"),
        ("2026-12-16T12:00", "access", "information", "2026-12-21", "Independence Day"),
        ("2026-12-30T10:00", "access", "information", "2027-01-06", "over New Year"),
        ("2026-12-31T10:00", "blocking", "blocking", "2027-01-05", "the last day of the year"),
    ];
    for (moment, kind, name, due_on, why) in moments {
        test.app.clock.set(at(moment));
        let receipt = test.submit("citicom", &forms::of_kind(kind)).await.receipt;
        assert_eq!(clock(&receipt, name)["due_on"], due_on, "{why}: {moment}");
    }
}

#[tokio::test]
async fn a_request_recorded_late_is_overdue_at_once() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let late = test.recorded(&agent, "citicom", forms::access(), json!({"received_at": "2026-11-16T06:00:00Z"})).await;
    assert_eq!(late["headline"], json!({"clock": "information", "due_on": "2026-11-19"}));
    assert_eq!(clock(&late, "information")["started_at"], "2026-11-16T06:00:00Z");
    let reference = late["reference"].as_str().unwrap();
    assert_eq!(test.view(&agent, reference).await["flags"]["overdue"], true);
    test.recorded(&agent, "citicom", forms::of_kind("claim"), json!({})).await;
    let overdue = test.get("/api/v1/staff/requests?due=overdue", Some(&agent.token)).await.expect(200);
    let found: Vec<&Value> = overdue["items"].as_array().unwrap().iter().map(|item| &item["reference"]).collect();
    assert_eq!(found, [reference]);
    let counts = test.get("/api/v1/staff/requests/counts", Some(&agent.token)).await.expect(200);
    assert_eq!(counts["overdue"], 1);
}

#[tokio::test]
async fn a_request_is_overdue_at_24_00_and_not_a_minute_earlier() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let request = test.submit("citicom", &forms::access()).await;
    for (moment, overdue, today) in
        [("2026-11-26T00:00", false, true), ("2026-11-26T23:59", false, true), ("2026-11-27T00:00", true, false)]
    {
        test.app.clock.set(at(moment));
        let flags = test.seen_later(&agent, &request.reference).await["flags"].clone();
        assert_eq!((&flags["overdue"], &flags["due_today"]), (&json!(overdue), &json!(today)), "{moment}");
    }
}

#[tokio::test]
async fn the_documents_of_a_paper_correction_start_its_clock_at_their_own_date() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    let with = json!({"received_at": "2026-11-20T06:00:00Z", "documents_at": "2026-11-20T06:00:00Z"});
    let receipt = test.recorded(&agent, "citicom", forms::of_kind("correction"), with).await;
    assert_clocks(
        &receipt,
        &[
            ("claim_response", "running", "policy", "verified", Some("2026-12-21")),
            ("correction", "running", "statutory", "verified", Some("2026-11-23")),
        ],
    );
    let receipt = test.recorded(&agent, "citicom", forms::of_kind("correction"), json!({})).await;
    assert_eq!(clock(&receipt, "document_request")["due_on"], "2026-11-24");
    assert_eq!(clock(&receipt, "correction")["state"], "waiting");
}

#[tokio::test]
async fn the_rule_set_is_that_of_the_day_on_which_the_clock_starts() {
    let test = TestApp::start().await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    for (received, kind, name, rule_set, basis, due_on) in [
        ("2026-01-17", "consent_withdrawal", "withdrawal", "2024-07-20", "policy", "2026-02-06"),
        ("2026-01-18", "consent_withdrawal", "withdrawal", "2026-01-18", "statutory", "2026-02-06"),
        ("2026-01-19", "consent_withdrawal", "withdrawal", "2026-01-18", "statutory", "2026-02-09"),
        ("2026-01-17", "objection", "objection", "2024-07-20", "policy", "2026-01-21"),
        ("2026-01-19", "objection", "objection", "2026-01-18", "statutory", "2026-01-22"),
    ] {
        let at = json!({"received_at": format!("{received}T10:00:00+05:00")});
        let receipt = test.recorded(&agent, "citicom", forms::of_kind(kind), at).await;
        let found = clock(&receipt, name);
        assert_eq!((&found["rule_set"], &found["basis"]), (&json!(rule_set), &json!(basis)), "{kind} of {received}");
        assert_eq!(found["due_on"], due_on, "{kind} of {received}");
    }
    // 24:00 in Almaty of 17 January is 19:00Z.
    let last = json!({"received_at": "2026-01-17T18:59:59Z"});
    let receipt = test.recorded(&agent, "citicom", forms::of_kind("objection"), last).await;
    assert_eq!(clock(&receipt, "objection")["basis"], "policy");

    let paper = json!({"received_at": "2026-01-16T10:00:00+05:00"});
    let receipt = test.recorded(&agent, "citicom", forms::of_kind("correction"), paper).await;
    let reference = receipt["reference"].as_str().unwrap();
    let documents = json!({"received_at": "2026-01-19T10:00:00+05:00"});
    let view = test.done_later(&agent, reference, "documents_received", documents).await;
    assert_eq!(clock(&view, "correction")["rule_set"], "2026-01-18");
    assert_eq!(clock(&view, "correction")["due_on"], "2026-01-20");
    assert_eq!(clock(&view, "claim_response")["rule_set"], "2024-07-20");
}

#[tokio::test]
async fn a_term_beyond_the_calendar_or_before_the_rules_is_an_error_and_nothing_is_stored() {
    let test = TestApp::start_at("2027-12-02T10:00").await;
    let agent = test.staff("agent", Role::Agent, "citicom").await;
    // Whoever asks on the web named no day: the calendar of the deployment ends too soon.
    let answer = test.post("/api/v1/operators/citicom/requests", None, &forms::access()).await;
    answer.problem(503, "unavailable");
    let path = "/api/v1/staff/operators/citicom/requests";
    let moments = [("2027-12-02T04:00:00Z", "date_not_in_calendar"), ("2019-01-10T06:00:00Z", "date_too_early")];
    for (received_at, code) in moments {
        let mut form = forms::access();
        form["channel"] = json!("paper");
        form["received_at"] = json!(received_at);
        test.post(path, Some(&agent.token), &form).await.invalid(&[("/received_at", code)]);
    }
    let queue = test.get("/api/v1/staff/requests", Some(&agent.token)).await.expect(200);
    assert_eq!(queue["items"], json!([]));
    test.work().await;
    assert_eq!(test.mails().len(), 0, "no mail either");

    // The day before, 30 days still end in 2027.
    let fits = test.recorded(&agent, "citicom", forms::access(), json!({"received_at": "2027-12-01T06:00:00Z"})).await;
    assert_eq!(clock(&fits, "claim_response")["due_on"], "2027-12-31");
}

#[tokio::test]
async fn an_internal_target_stands_beside_the_term_and_loosens_nothing() {
    let test = TestApp::start().await;
    let mut form = forms::access();
    form["subject"]["iin"] = json!(forms::IIN);
    let receipt = test.submit("demo", &form).await.receipt;
    let information = clock(&receipt, "information");
    assert_eq!((&information["due_on"], &information["target_on"]), (&json!("2026-11-26"), &json!("2026-11-25")));
    let receipt = test.submit("citicom", &form).await.receipt;
    assert!(clock(&receipt, "information").get("target_on").is_none());
}
