//! `otinish backup` and `otinish restore`, as people run them: beside a running server, and into an empty place.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::forms;
use crate::support::journey::{stored, tamper};
use crate::support::program::{Place, Running};

/// A request with a file, over a running server: its reference and its secret.
async fn with_file(process: &Running) -> (String, String) {
    let receipt = process.post("/api/v1/operators/demo/requests", None, &forms::access()).await.expect(201);
    let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
    let (reference, token) = (text("reference"), text("token"));
    let url = format!("{}/api/v1/requests/{reference}/attachments", process.base);
    let call = reqwest::Client::new().post(url).bearer_auth(&token);
    let call = forms::with_file(call, &[], "proof.pdf", "application/pdf", b"%PDF-1.7\nsynthetic");
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 201);
    (reference, token)
}

/// A place with the same key ring and nothing else, as a new machine has.
fn new_machine(old: &Place) -> Place {
    let new = Place::empty();
    std::fs::copy(old.key_ring(), new.key_ring()).unwrap();
    new
}

fn path(folder: &Path) -> &str {
    folder.to_str().unwrap()
}

/// The files of a request as its requester gets them.
async fn files_of(process: &Running, reference: &str, token: &str) -> Vec<(u16, String)> {
    let view = process.get(&format!("/api/v1/requests/{reference}"), Some(token)).await.expect(200);
    let mut files = Vec::new();
    for file in view["attachments"].as_array().unwrap() {
        let id = file["id"].as_str().unwrap();
        let answer = process.get(&format!("/api/v1/requests/{reference}/attachments/{id}"), Some(token)).await;
        files.push((answer.status, answer.text));
    }
    files
}

#[tokio::test]
async fn a_backup_beside_a_running_server_brings_requests_and_files_to_a_new_machine() {
    let place = Place::empty();
    let process = place.start(&["serve", "--no-worker"]);
    let (reference, token) = with_file(&process).await;
    let folder = place.folder().join("backup");
    let made = place.run(&["backup", path(&folder)], "");
    assert!(made.success && made.out.contains("the database and 1 file(s)"), "{made:?}");
    assert!(made.out.contains("keyring.json"), "{made:?}");
    let again = place.run(&["backup", path(&folder)], "");
    assert!(!again.success && again.err.contains("is there already"), "{again:?}");
    let (later, later_token) = with_file(&process).await;

    let new = new_machine(&place);
    let back = new.run(&["restore", path(&folder)], "");
    assert!(back.success && back.out.contains("1 file(s)"), "{back:?}");
    assert!(back.out.contains("0 request(s) that were destroyed since"), "{back:?}");
    let process = new.start(&["serve", "--no-worker"]);
    assert_eq!(files_of(&process, &reference, &token).await, [(200, "%PDF-1.7\nsynthetic".to_owned())]);
    let unknown = process.get(&format!("/api/v1/requests/{later}"), Some(&later_token)).await;
    assert_eq!(unknown.status, 404, "it came after the backup");
    let verified = new.run(&["audit", "verify"], "");
    assert!(verified.success, "{verified:?}");
    let second = new.run(&["restore", path(&folder)], "");
    assert!(!second.success && second.err.contains("stop all processes"), "{second:?}");
}

#[tokio::test]
async fn what_was_destroyed_after_the_backup_is_destroyed_again_by_the_list_of_tombstones() {
    let place = Place::empty();
    let process = place.start(&["serve", "--no-worker"]);
    let (reference, token) = with_file(&process).await;
    let (kept, kept_token) = with_file(&process).await;
    let folder = place.folder().join("backup");
    assert!(place.run(&["backup", path(&folder)], "").success);
    let close = "UPDATE requests SET status = 'cancelled', final_at = '2021-01-01 00:00:00'";
    tamper(&place.database, &format!("{close} WHERE reference = '{reference}'"));
    assert!(place.run(&["retention", "run"], "").out.contains("1 destroyed"));
    let list = place.folder().join("newer.jsonl");
    std::fs::write(&list, place.run(&["retention", "tombstones"], "").out).unwrap();
    let destroyed_at = stored(&place.database, &reference).destroyed_at.unwrap();

    let new = new_machine(&place);
    let back = new.run(&["restore", path(&folder), "--tombstones", path(&list)], "");
    assert!(back.success && back.out.contains("1 request(s) that were destroyed since"), "{back:?}");
    let row = stored(&new.database, &reference);
    assert_eq!((row.destroyed_at, row.sealed_contents), (Some(destroyed_at), None), "at its time, and not now");
    assert_eq!(std::fs::read_dir(new.folder().join("files")).unwrap().count(), 1);
    let process = new.start(&["serve", "--no-worker"]);
    assert_eq!(process.get(&format!("/api/v1/requests/{reference}"), Some(&token)).await.status, 404);
    assert_eq!(files_of(&process, &kept, &kept_token).await.len(), 1);
    assert!(new.run(&["audit", "verify"], "").success);
    // Legal holds that were set since the backup are not in it: nothing else is destroyed for a week.
    tamper(&new.database, &format!("{close} WHERE reference = '{kept}'"));
    let early = new.run(&["retention", "run"], "");
    assert!(!early.success && early.err.contains("legal holds"), "{early:?}");
    assert_eq!(stored(&new.database, &kept).destroyed_at, None);
    assert!(new.run(&["retention", "run", "--despite-restore"], "").out.contains("1 destroyed"));
}

#[tokio::test]
async fn a_restore_that_ended_between_the_database_and_the_cleaning_is_finished_by_the_next_start() {
    let place = Place::empty();
    let process = place.start(&["serve", "--no-worker"]);
    let (reference, _) = with_file(&process).await;
    let row = stored(&place.database, &reference);
    process.kill();
    let stone =
        format!("INSERT INTO tombstones VALUES ('{}', '{reference}', 'demo', '2025-01-01 00:00:00', 'term')", row.id);
    tamper(&place.database, &stone);
    let process = place.start(&["serve", "--no-worker"]);
    assert!(stored(&place.database, &reference).destroyed_at.is_some(), "before anything was served");
    process.kill();
    // The same by the command, for a database that was put back by other means.
    tamper(&place.database, "DELETE FROM tombstones");
    tamper(&place.database, "UPDATE requests SET destroyed_at = NULL");
    let line = json!({
        "request_id": row.id, "reference": reference, "operator_id": "demo",
        "destroyed_at": "2025-01-01T00:00:00", "reason": "term",
    });
    let list = place.folder().join("list.jsonl");
    std::fs::write(&list, format!("{line}\n")).unwrap();
    let done = place.run(&["retention", "replay", path(&list)], "");
    assert!(done.success && done.out.contains("1 request(s) that were destroyed since"), "{done:?}");
    std::fs::write(&list, "{\"reference\": 1}\n").unwrap();
    let wrong = place.run(&["retention", "replay", path(&list)], "");
    assert!(!wrong.success && wrong.err.contains("list.jsonl, line 1"), "{wrong:?}");
}

#[tokio::test]
async fn a_damaged_incomplete_or_foreign_backup_is_refused_and_nothing_is_put_back() {
    let place = Place::empty();
    let process = place.start(&["serve", "--no-worker"]);
    with_file(&process).await;
    let folder = place.folder().join("backup");
    assert!(place.run(&["backup", path(&folder)], "").success);
    let manifest = folder.join("manifest.json");
    let written = std::fs::read_to_string(&manifest).unwrap();
    let new = new_machine(&place);
    let refused = |why: &str| {
        let back = new.run(&["restore", path(&folder)], "");
        assert!(!back.success && back.err.contains(why), "{why}: {back:?}");
        assert!(!new.folder().join("files").exists() && !new.folder().join("otinish.db").exists(), "{why}");
    };
    let changed = |pointer: &str, value: Value| {
        let mut manifest: Value = serde_json::from_str(&written).unwrap();
        *manifest.pointer_mut(pointer).unwrap() = value;
        manifest.to_string()
    };
    for (text, why) in [
        (changed("/format", json!(9)), "this version reads 1"),
        (changed("/database", json!("oracle")), "the backup is of oracle"),
        (changed("/parts/1/name", json!("files/../../x")), "no part of a backup has such a name"),
        (changed("/parts/0/sha256", json!("00")), "changed or damaged"),
        ("{".to_owned(), "manifest.json"),
    ] {
        std::fs::write(&manifest, text).unwrap();
        refused(why);
    }
    std::fs::remove_file(&manifest).unwrap();
    refused("this is no whole backup");
    std::fs::write(&manifest, &written).unwrap();
    let object = std::fs::read_dir(folder.join("files")).unwrap().next().unwrap().unwrap().path();
    let bytes = std::fs::read(&object).unwrap();
    std::fs::write(&object, &bytes[1..]).unwrap();
    refused("changed or damaged");
    std::fs::write(&object, &bytes).unwrap();
    assert!(new.run(&["restore", path(&folder)], "").success);
}
