//! A legal hold beats the term; one DPO sets it, another lifts it.

use otinish::domain::vocabulary::Role;
use serde_json::{Value, json};

use crate::support::journey::{rows, stored, stored_chain};
use crate::support::{TestApp, forms};

const DAY_AFTER: &str = "2029-11-24T00:00";

#[tokio::test]
async fn a_request_under_a_legal_hold_outlives_its_term_until_another_person_lifts_the_hold() {
    let test = TestApp::start().await;
    let mut desk = test.desk("kazteleport").await;
    let request = test.brought_to("answered", &desk, "kazteleport", &forms::access()).await;
    test.work().await;
    let view = test.done(&desk.dpo, &request, "hold", json!({"reason": "A lawsuit of Айгүл."})).await;
    assert_eq!(view["flags"]["legal_hold"], true);
    assert!(view["actions"].as_array().unwrap().contains(&json!("release_hold")));
    assert!(!view["actions"].as_array().unwrap().contains(&json!("hold")));
    let queue = test.get("/api/v1/staff/requests", Some(&desk.agent.token)).await.expect(200);
    assert_eq!(queue["items"][0]["flags"]["legal_hold"], true);

    for day in [DAY_AFTER, "2039-11-24T00:00"] {
        test.travel_to(day).await;
        assert!(stored(&test.database, &request.reference).destroyed_at.is_none(), "{day}");
    }
    test.renew_desk(&mut desk).await;
    test.seen(&request).await;
    let events = test.get(&format!("/api/v1/staff/requests/{}/events", request.reference), Some(&desk.dpo.token)).await;
    let events = events.expect(200);
    let set = events["items"].as_array().unwrap().iter().find(|event| event["kind"] == "hold_set").unwrap();
    assert_eq!((&set["data"]["text"], &set["actor"]["id"]), (&json!("A lawsuit of Айгүл."), &json!(desk.dpo.id)));

    let lift = json!({"reason": "The court has decided."});
    let refused = test.act(&desk.dpo, &request.reference, "release_hold", lift.clone()).await.problem(403, "four_eyes");
    assert!(refused["detail"].as_str().unwrap().contains("запрет на уничтожение"), "{refused}");
    let view = test.done(&desk.deputy, &request, "release_hold", lift).await;
    assert_eq!(view["flags"]["legal_hold"], false);
    assert!(stored(&test.database, &request.reference).destroyed_at.is_none(), "not in the same breath");
    test.travel_to("2039-11-25T00:00").await;
    assert!(stored(&test.database, &request.reference).destroyed_at.is_some(), "with the pass of the next day");
    let (_, links, _) = stored_chain(&test.database, &request.reference);
    let kinds: Vec<&str> = links.iter().rev().take(3).map(|link| link.header.kind.as_str()).collect();
    assert_eq!(kinds, ["data_destroyed", "hold_lifted", "hold_set"]);
}

#[tokio::test]
async fn a_hold_can_be_set_on_an_open_request_and_again_after_it_was_lifted_and_changes_no_status() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    for status in ["submitted", "review", "approval", "cancelled"] {
        let request = test.brought_to(status, &desk, "kazteleport", &forms::of_kind("claim")).await;
        let because = json!({"reason": "A lawsuit."});
        test.done(&desk.dpo, &request, "hold", because.clone()).await;
        test.act(&desk.deputy, &request.reference, "hold", because.clone()).await.problem(409, "invalid_transition");
        test.done(&desk.deputy, &request, "release_hold", because.clone()).await;
        test.act(&desk.dpo, &request.reference, "release_hold", because.clone())
            .await
            .problem(409, "invalid_transition");
        // The last who set it counts, not the first.
        test.done(&desk.deputy, &request, "hold", because.clone()).await;
        test.act(&desk.deputy, &request.reference, "release_hold", because.clone()).await.problem(403, "four_eyes");
        let view = test.done(&desk.dpo, &request, "release_hold", because).await;
        assert_eq!((&view["status"], &view["flags"]["legal_hold"]), (&json!(status), &json!(false)));
        let seen = test.seen(&request).await;
        assert!(!seen.to_string().contains("hold"), "the requester's page does not tell of it: {seen}");
    }
}

#[tokio::test]
async fn a_hold_needs_a_dpo_of_the_operator_a_reason_and_the_version_that_stands() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let auditor = test.staff("auditor", Role::Auditor, "kazteleport").await;
    let foreign = test.staff("foreign", Role::Dpo, "citicom").await;
    let request = test.brought_to("review", &desk, "kazteleport", &forms::of_kind("claim")).await;
    let version = test.view(&desk.dpo, &request.reference).await["version"].as_i64().unwrap();
    let because = json!({"reason": "A lawsuit."});
    for (action, by) in [("hold", &desk.dpo), ("release_hold", &desk.deputy)] {
        let before = rows(&test.database)["events"];
        let call = async |member, version, body| test.act_on(member, &request.reference, version, action, body).await;
        let version = version + i64::from(action == "release_hold");
        call(&foreign, version, because.clone()).await.problem(404, "not_found");
        call(&auditor, version, because.clone()).await.problem(403, "forbidden");
        call(&desk.agent, version, because.clone()).await.problem(403, "forbidden");
        call(by, version - 1, because.clone()).await.problem(412, "stale_version");
        call(by, version, json!({"reason": "  "})).await.invalid(&[("/reason", "required")]);
        call(by, version, json!({})).await.invalid(&[("/reason", "required")]);
        call(by, version, json!({"reason": "A lawsuit.", "until": "2030-01-01"}))
            .await
            .invalid(&[("/until", "unknown_field")]);
        assert_eq!(rows(&test.database)["events"], before);
        call(by, version, because.clone()).await.expect(200);
        assert_eq!(rows(&test.database)["events"], before + 1);
    }
    let view = test.get(&format!("/api/v1/staff/requests/{}", request.reference), Some(&desk.agent.token)).await;
    let actions = view.expect(200)["actions"].clone();
    assert!(!actions.as_array().unwrap().iter().any(|action| action == "hold"), "{actions}");
    assert_eq!(view.json()["kept_until"], Value::Null, "an open one has no term yet");
}

#[tokio::test]
async fn of_a_hold_and_the_destruction_at_the_same_moment_one_comes_first() {
    let test = TestApp::start().await;
    let mut desk = test.desk("kazteleport").await;
    let mut requests = Vec::new();
    for _ in 0..3 {
        requests.push(test.brought_to("cancelled", &desk, "kazteleport", &forms::of_kind("claim")).await);
    }
    test.work().await;
    test.app.clock.set(crate::support::at(DAY_AFTER));
    test.renew_desk(&mut desk).await;
    for request in requests {
        let version = stored(&test.database, &request.reference).version;
        let hold = test.act_on(&desk.dpo, &request.reference, version, "hold", json!({"reason": "A lawsuit."}));
        let go = || false;
        let (answer, pass) = tokio::join!(hold, otinish::services::retention::pass(&test.app, false, &go));
        pass.unwrap();
        let row = stored(&test.database, &request.reference);
        if answer.status == 200 {
            assert!(row.legal_hold && row.destroyed_at.is_none() && row.sealed_contents.is_some());
        } else {
            answer.problem(409, "data_destroyed");
            assert!(row.destroyed_at.is_some() && row.sealed_contents.is_none());
        }
    }
}
