//! `otinish retention`, as people run it beside a running server.

use serde_json::Value;

use crate::support::forms;
use crate::support::journey::{stored, tamper};
use crate::support::program::Place;

#[tokio::test]
async fn the_command_says_what_is_due_destroys_it_beside_a_running_server_and_lists_it() {
    let place = Place::empty();
    let process = place.start(&["serve", "--no-worker"]);
    let mut references = Vec::new();
    for kind in ["access", "claim", "objection"] {
        let receipt = process.post("/api/v1/operators/demo/requests", None, &forms::of_kind(kind)).await.expect(201);
        references
            .push((receipt["reference"].as_str().unwrap().to_owned(), receipt["token"].as_str().unwrap().to_owned()));
    }
    let nothing = place.run(&["retention", "run"], "");
    assert!(nothing.success && nothing.out.contains("0 destroyed, 0 kept by a legal hold"), "{nothing:?}");
    let close = "UPDATE requests SET status = 'cancelled', final_at = '2021-01-01 00:00:00'";
    tamper(&place.database, &format!("{close} WHERE kind <> 'objection'"));
    tamper(&place.database, "UPDATE requests SET legal_hold = true WHERE kind = 'claim'");

    let due = place.run(&["retention", "run", "--dry-run"], "");
    assert!(due.success, "{due:?}");
    assert!(due.out.contains(&format!("demo  {}  due", references[0].0)), "{}", due.out);
    assert!(due.out.contains(&format!("demo  {}  kept by a legal hold", references[1].0)), "{}", due.out);
    assert!(!due.out.contains(&references[2].0) && due.out.contains("1 would be destroyed, 1 kept"), "{}", due.out);
    assert!(stored(&place.database, &references[0].0).destroyed_at.is_none());

    let done = place.run(&["retention", "run", "--rewrite"], "");
    assert!(done.success && done.out.contains(&format!("{}  destroyed", references[0].0)), "{done:?}");
    for (number, (reference, token)) in references.iter().enumerate() {
        let path = format!("/api/v1/requests/{reference}");
        let status = process.get(&path, Some(token)).await.status;
        assert_eq!(status, if number == 0 { 404 } else { 200 }, "{reference}");
    }
    let list = place.run(&["retention", "tombstones"], "");
    let lines: Vec<Value> = list.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), lines[0]["reference"].as_str()), (1, Some(references[0].0.as_str())), "{list:?}");
    let mut names: Vec<&String> = lines[0].as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["destroyed_at", "operator_id", "reason", "reference", "request_id"]);
}

#[tokio::test]
async fn a_server_destroys_by_itself_at_its_start() {
    let place = Place::empty();
    let process = place.start(&["serve"]);
    let receipt = process.post("/api/v1/operators/demo/requests", None, &forms::access()).await.expect(201);
    let reference = receipt["reference"].as_str().unwrap();
    place.wait_for_mails(1);
    process.kill();
    tamper(&place.database, "UPDATE requests SET status = 'cancelled', final_at = '2021-01-01 00:00:00'");
    let _process = place.start(&["worker"]);
    let start = std::time::Instant::now();
    while stored(&place.database, reference).destroyed_at.is_none() || !place.mails().is_empty() {
        assert!(start.elapsed() < crate::support::program::PATIENCE);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}
