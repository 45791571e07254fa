//! What comes back: clocks run again as they would, and a letter cannot have left before it returned.

use serde_json::{Value, json};

use crate::support::{TestApp, clock, forms};

#[tokio::test]
async fn what_a_letter_had_closed_is_open_again_by_the_calendar_of_today() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let admin = test.admin().await;
    let mut form = forms::access();
    form["subject"].as_object_mut().unwrap().remove("email");
    form["channel"] = json!("paper");
    form["grounds"] = json!(["no_consent"]);
    let path = "/api/v1/staff/operators/citicom/requests";
    let receipt = test.post(path, Some(&desk.agent.token), &form).await.expect(201);
    let reference = receipt["reference"].as_str().unwrap();
    for (member, action, body) in [
        (&desk.agent, "assign", json!({"assignee": "me"})),
        (&desk.agent, "verify", json!({"result": "confirmed", "method": "records"})),
        (&desk.agent, "start", json!({})),
        (&desk.agent, "propose", json!({"outcome": "granted", "letter": "This is what we hold."})),
        (&desk.dpo, "approve", json!({})),
    ] {
        test.act(member, reference, action, body).await.expect(200);
    }
    let id = test.outbox(&desk.dpo, "&state=to_post").await[0]["id"].as_str().unwrap().to_owned();
    let call = async |what: &str, body: Value| {
        test.post(&format!("/api/v1/staff/outbox/{id}/{what}"), Some(&desk.dpo.token), &body).await
    };
    call("posted", json!({"on": "2026-11-23"})).await.expect(200);
    let state = |view: &Value, name: &str| clock(view, name)["state"].clone();
    let view = test.view(&desk.dpo, reference).await;
    assert_eq!((state(&view, "information"), state(&view, "blocking")), (json!("met"), json!("void")));
    let day_off = json!({"working": false, "name": "Storm", "source": "Order No. 1 of 23.11.2026"});
    test.put_day(&admin, "2026-11-25", "", &day_off).await.expect(200);
    call("returned", json!({"reason": "Addressee unknown."})).await.expect(200);
    let view = test.view(&desk.dpo, reference).await;
    assert_eq!((state(&view, "information"), state(&view, "blocking")), (json!("running"), json!("running")));
    assert_eq!(clock(&view, "information")["due_on"], "2026-11-27", "one day more, as it would have been");
    let events = test.events(&desk.dpo, reference).await;
    assert!(events.contains(&"clock_recounted".to_owned()) && events.contains(&"clock_reopened".to_owned()));
    test.app.clock.advance(chrono::Duration::minutes(5));
    call("posted", json!({"on": "2026-11-22"})).await.invalid(&[("/on", "date_too_early")]);
    call("posted", json!({"on": "2026-11-23"})).await.expect(200);
}

#[tokio::test]
async fn a_dismissed_request_leaves_no_letter_to_post() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let mut form = forms::access();
    form["subject"].as_object_mut().unwrap().remove("email");
    form["channel"] = json!("paper");
    let path = "/api/v1/staff/operators/citicom/requests";
    let receipt = test.post(path, Some(&desk.agent.token), &form).await.expect(201);
    let reference = receipt["reference"].as_str().unwrap();
    test.act(&desk.dpo, reference, "dismiss", json!({"reason": "An advertisement."})).await.expect(200);
    assert!(test.outbox(&desk.dpo, "&state=to_post").await.is_empty());
    assert_eq!(test.outbox(&desk.dpo, "&state=withdrawn").await.len(), 1);
    test.work().await;
    test.take_mails();
    test.travel_to("2026-11-24T09:30").await;
    assert!(test.take_mails().is_empty(), "and nobody is reminded of it");
}

#[tokio::test]
async fn parts_of_a_microsecond_do_not_hold_up_the_queue() {
    let test = TestApp::start().await;
    let desk = test.desk("citicom").await;
    let mut form = forms::access();
    form["channel"] = json!("paper");
    form["received_at"] = json!("2026-11-20T05:00:00.123456789Z");
    let path = "/api/v1/staff/operators/citicom/requests";
    for _ in 0..3 {
        test.post(path, Some(&desk.agent.token), &form).await.expect(201);
    }
    let mut seen = std::collections::BTreeSet::new();
    let mut cursor = String::new();
    for _ in 0..3 {
        let from = if cursor.is_empty() { String::new() } else { format!("&cursor={cursor}") };
        let path = format!("/api/v1/staff/requests?sort=received&limit=1{from}");
        let page = test.get(&path, Some(&desk.agent.token)).await.expect(200);
        seen.insert(page["items"][0]["reference"].as_str().unwrap().to_owned());
        cursor = page["next_cursor"].as_str().unwrap_or_default().to_owned();
    }
    assert_eq!((seen.len(), cursor.as_str()), (3, ""));
}
