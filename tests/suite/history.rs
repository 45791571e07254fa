//! The history of a request: complete, readable, and broken by any change.

use otinish::domain::event_chain::{Damage, verify};
use serde_json::{Value, json};

use crate::support::journey::{stored_chain, tamper};
use crate::support::{Submitted, TestApp, forms};

/// Checks the stored chain against the head that the request's row remembers.
fn check(test: &TestApp, request: &Submitted) -> Result<usize, (i64, Damage)> {
    let (id, links, head) = stored_chain(&test.database, &request.reference);
    verify(&id, &links, Some(&head)).map(|()| links.len()).map_err(|broken| (broken.seq, broken.damage))
}

#[tokio::test]
async fn every_step_is_an_event_with_its_actor_and_the_chain_verifies() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("answered", &desk, "kazteleport", &forms::access()).await;
    test.work().await;
    let path = format!("/api/v1/staff/requests/{}/events", request.reference);
    let events = test.get(&path, Some(&desk.dpo.token)).await.expect(200);
    let items = events["items"].as_array().unwrap();
    let steps: Vec<(&str, &str)> =
        items.iter().map(|event| (event["kind"].as_str().unwrap(), event["actor"]["kind"].as_str().unwrap())).collect();
    assert_eq!(
        steps,
        [
            ("received", "requester"),
            ("email_confirmed", "requester"),
            ("assigned", "staff"),
            ("identity_confirmed", "staff"),
            ("work_started", "staff"),
            ("answer_proposed", "staff"),
            ("approved", "staff"),
            ("answered", "staff"),
            ("answer_delivered", "system"),
        ]
    );
    for (place, event) in items.iter().enumerate() {
        assert_eq!(event["seq"], place + 1);
        assert_eq!(event["hash"].as_str().unwrap().len(), 64);
        assert!(event["at"].as_str().unwrap().ends_with('Z'));
        assert!(!event["text"].as_str().unwrap().is_empty() && event["data"].is_object());
    }
    assert_eq!(items[6]["actor"]["id"], desk.dpo.id.as_str());
    assert_eq!(check(&test, &request), Ok(9));
    let seen = test.seen(&request).await;
    let timeline: Vec<&str> =
        seen["timeline"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap()).collect();
    assert!(!timeline.contains(&"assigned") && timeline.contains(&"answered"), "{timeline:?}");
    assert!(!seen.to_string().contains("agent.kazteleport"), "the requester learns no names of staff");
}

#[tokio::test]
async fn any_change_in_the_database_breaks_the_chain_where_it_was_made() {
    let changes: [(&str, i64, Damage); 9] = [
        ("UPDATE events SET kind = 'cancelled' WHERE seq = 3", 3, Damage::Changed),
        ("UPDATE events SET actor_id = 'somebody' WHERE seq = 3", 3, Damage::Changed),
        ("UPDATE events SET actor_kind = 'system' WHERE seq = 2", 2, Damage::Changed),
        ("UPDATE events SET data = '{}' WHERE seq = 1", 1, Damage::Changed),
        ("UPDATE events SET at = '2026-11-20 05:00:00' WHERE seq = 4", 4, Damage::Changed),
        ("UPDATE events SET sealed = NULL, sealed_digest = NULL WHERE seq = 5", 5, Damage::Changed),
        ("DELETE FROM events WHERE seq = 3", 3, Damage::Removed),
        ("DELETE FROM events WHERE seq = 5", 5, Damage::Removed),
        ("DELETE FROM events", 1, Damage::Removed),
    ];
    for (sql, seq, damage) in changes {
        let test = TestApp::start().await;
        let dpo = test.desk("kazteleport").await.dpo;
        let request = test.submit("kazteleport", &forms::access()).await;
        let code = test.code_of(&request).await;
        test.confirm(&request, &code).await.expect(200);
        test.done(&dpo, &request, "assign", json!({"assignee": "me"})).await;
        test.done(&dpo, &request, "note", json!({"text": "Known."})).await;
        test.done(&dpo, &request, "cancel", json!({"reason": "She called."})).await;
        assert_eq!(check(&test, &request), Ok(5));
        tamper(&test.database, sql);
        assert_eq!(check(&test, &request), Err((seq, damage)), "{sql}");
    }
}

#[tokio::test]
async fn the_chain_holds_after_its_texts_were_destroyed() {
    let test = TestApp::start().await;
    let dpo = test.desk("kazteleport").await.dpo;
    let request = test.submit("kazteleport", &forms::access()).await;
    test.done(&dpo, &request, "cancel", json!({"reason": "She called."})).await;
    let path = format!("/api/v1/staff/requests/{}/events", request.reference);
    let events = test.get(&path, Some(&dpo.token)).await.expect(200);
    assert_eq!(events["items"][1]["data"]["text"], "She called.");
    tamper(&test.database, "UPDATE events SET sealed = NULL");
    assert_eq!(check(&test, &request), Ok(2));
    let events = test.get(&path, Some(&dpo.token)).await.expect(200);
    assert_eq!(events["items"][1]["data"]["text"], Value::Null);
}
