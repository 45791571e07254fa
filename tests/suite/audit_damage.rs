//! Every kind of damage that somebody can do who writes to the database or the folder of checkpoints, and how it is named.

use diesel::prelude::*;
use otinish::domain::event_chain::{genesis, hash_with_digest};
use otinish::services::audit_check::Damage;
use otinish::storage::checkpoint_files;
use otinish::storage::schema::{checkpoints, events, requests};
use otinish::vault::{KeyRing, Vault};
use serde_json::json;

use crate::audit_checkpoints::{all, checked};
use crate::support::journey::{stored, stored_chain, tamper};
use crate::support::{Submitted, TestApp, at, forms};

/// Three requests with histories and two checkpoints; the second of them saw the second request only.
struct Scene {
    test: TestApp,
    first: Submitted,
    second: Submitted,
}

impl Scene {
    async fn new() -> Self {
        let test = TestApp::start().await;
        let dpo = test.staff("dpo", otinish::domain::vocabulary::Role::Dpo, "kazteleport").await;
        let first = test.submit("kazteleport", &forms::access()).await;
        let second = test.submit("kazteleport", &forms::of_kind("claim")).await;
        test.submit("kazteleport", &forms::access()).await;
        for request in [&first, &second] {
            test.done(&dpo, request, "assign", json!({"assignee": "me"})).await;
            test.done(&dpo, request, "note", json!({"text": "Known."})).await;
        }
        test.work().await;
        test.done(&dpo, &second, "cancel", json!({"reason": "She called."})).await;
        test.travel_to("2026-11-24T00:00").await;
        let scene = Self { test, first, second };
        let report = checked(&scene.test);
        assert_eq!((report.damages, report.checkpoints, report.requests), (0, 2, 3), "{report:?}");
        scene
    }

    /// SQL with `{1}` and `{2}` for the ids of the two requests, as somebody runs it who is stopped by no rule of the database.
    fn tamper(&self, sql: &str) {
        let id = |request: &Submitted| format!("'{}'", stored(&self.test.database, &request.reference).id);
        let sql = sql.replace("{1}", &id(&self.first)).replace("{2}", &id(&self.second));
        let free = "SET session_replication_role = replica;";
        self.test.sql(&format!("PRAGMA foreign_keys = OFF; {sql}"), &format!("{free} {sql}"));
    }

    /// The first damage that is found: kind, what it is about, and the event.
    fn first_damage(&self) -> (Damage, String, Option<i64>) {
        let report = checked(&self.test);
        let first = report.findings.first().unwrap_or_else(|| panic!("nothing was found: {report:?}"));
        assert!(first.text.contains(&first.name), "{first:?}");
        (first.damage, format!("{} {}", first.subject, first.name), first.event)
    }

    fn file(&self, number: i64) -> std::path::PathBuf {
        checkpoint_files::path(&self.test.app.settings.audit_dir, number)
    }

    fn assert_request(&self, damage: Damage, request: &Submitted, event: i64, what: &str) {
        let name = format!("request {}", request.reference);
        assert_eq!(self.first_damage(), (damage, name, Some(event)), "{what}");
    }

    fn assert_checkpoint(&self, damage: Damage, number: i64, what: &str) {
        assert_eq!(self.first_damage(), (damage, format!("checkpoint {number}"), None), "{what}");
    }
}

const GONE: &str = "DELETE FROM events WHERE request_id = {1}; DELETE FROM requests WHERE id = {1};";

#[tokio::test]
async fn what_was_done_to_an_event_is_named_with_the_request_and_the_event() {
    let cases = [
        ("UPDATE events SET data = '{}' WHERE request_id = {1} AND seq = 2", Damage::Changed, 2),
        ("UPDATE events SET actor_id = 'somebody' WHERE request_id = {1} AND seq = 3", Damage::Changed, 3),
        ("DELETE FROM events WHERE request_id = {1} AND seq = 2", Damage::Removed, 2),
        ("DELETE FROM events WHERE request_id = {1} AND seq = 1", Damage::Removed, 1),
        (
            "UPDATE events SET seq = -2 WHERE request_id = {1} AND seq = 2; \
             UPDATE events SET seq = 2 WHERE request_id = {1} AND seq = 3; \
             UPDATE events SET seq = 3 WHERE request_id = {1} AND seq = -2",
            Damage::Reordered,
            2,
        ),
        ("DELETE FROM events WHERE request_id = {1} AND seq = 3", Damage::Truncated, 3),
        ("DELETE FROM events WHERE request_id = {1}", Damage::Truncated, 1),
        ("UPDATE request_keys SET wrapped = NULL WHERE request_id = {1}", Damage::Emptied, 1),
    ];
    for (sql, damage, event) in cases {
        let scene = Scene::new().await;
        scene.tamper(sql);
        scene.assert_request(damage, &scene.first, event, sql);
    }
}

#[tokio::test]
async fn a_legal_hold_that_the_history_does_not_know_is_named_with_the_request() {
    let scene = Scene::new().await;
    scene.tamper("UPDATE requests SET legal_hold = true WHERE id = {1}");
    assert_eq!(scene.first_damage(), (Damage::Changed, format!("request {}", scene.first.reference), None));
}

/// Counts the chain of a request anew from what stands in the database, as far as `keep` events, with its head.
fn count_anew(scene: &Scene, request: &Submitted, keep: usize) {
    let (id, links, _) = stored_chain(&scene.test.database, &request.reference);
    let mut connection = scene.test.database.connect();
    let mut hash = genesis(&id);
    for link in &links[..keep] {
        let digest = link.ciphertext_digest.as_deref().map(|digest| digest.try_into().unwrap());
        hash = hash_with_digest(&hash, &link.header, digest);
        let event = events::table.find((&id, link.header.seq));
        diesel::update(event).set(events::hash.eq(hash.to_vec())).execute(&mut connection).unwrap();
    }
    let kept = i64::try_from(keep).unwrap();
    diesel::delete(events::table.filter(events::request_id.eq(&id)).filter(events::seq.gt(kept)))
        .execute(&mut connection)
        .unwrap();
    diesel::update(requests::table.find(&id))
        .set((requests::event_seq.eq(kept), requests::event_head.eq(hash.to_vec())))
        .execute(&mut connection)
        .unwrap();
}

#[tokio::test]
async fn a_history_that_holds_in_itself_but_is_not_what_a_checkpoint_saw_is_found() {
    let scene = Scene::new().await;
    scene.tamper("UPDATE events SET data = '{}' WHERE request_id = {2} AND seq = 4");
    count_anew(&scene, &scene.second, 4);
    scene.assert_request(Damage::Rewritten, &scene.second, 4, "the first checkpoint saw three");

    let scene = Scene::new().await;
    scene.tamper("UPDATE events SET data = '{}' WHERE request_id = {1} AND seq = 2");
    count_anew(&scene, &scene.first, 3);
    scene.assert_request(Damage::Rewritten, &scene.first, 1, "one of the three");

    let scene = Scene::new().await;
    count_anew(&scene, &scene.second, 3);
    scene.assert_request(Damage::Truncated, &scene.second, 4, "the end was cut with the head");

    // The service goes on over it: the next checkpoint hides nothing.
    scene.test.work().await;
    scene.test.travel_to("2026-11-25T00:00").await;
    scene.assert_request(Damage::Truncated, &scene.second, 4, "a day later");
}

#[tokio::test]
async fn a_removed_request_is_named_also_when_its_traces_in_the_database_are_removed_with_it() {
    let scene = Scene::new().await;
    let name = format!("request {}", scene.first.reference);
    scene.tamper(GONE);
    assert_eq!(scene.first_damage(), (Damage::Removed, name.clone(), None));

    let scene = Scene::new().await;
    let name = format!("request {}", scene.first.reference);
    scene.tamper(&format!("DELETE FROM checkpoint_entries WHERE id = {{1}}; {GONE}"));
    scene.assert_checkpoint(Damage::Changed, 1, "its list");
    let report = checked(&scene.test);
    assert!(
        report.findings.iter().any(|found| found.damage == Damage::Removed && name.ends_with(&found.name)),
        "{report:?}"
    );

    let scene = Scene::new().await;
    let name = format!("request {}", scene.first.reference);
    scene.tamper(&format!("DELETE FROM checkpoint_entries; DELETE FROM checkpoints; {GONE}"));
    scene.assert_checkpoint(Damage::Removed, 1, "all checkpoints");
    let report = checked(&scene.test);
    assert!(
        report.findings.iter().any(|found| found.damage == Damage::Removed && name.ends_with(&found.name)),
        "{report:?}"
    );
}

#[tokio::test]
async fn a_forged_or_removed_checkpoint_in_the_database_is_named() {
    let cases = [
        ("UPDATE checkpoints SET at = '2026-11-20 00:00:00' WHERE number = 1", Damage::Forged, 1),
        ("UPDATE checkpoints SET size = 0 WHERE number = 2", Damage::Forged, 2),
        ("UPDATE checkpoint_entries SET seq = 9 WHERE id = {1}", Damage::Changed, 1),
        ("DELETE FROM checkpoint_entries WHERE number = 2", Damage::Changed, 2),
        ("DELETE FROM checkpoints WHERE number = 1", Damage::Removed, 1),
        ("DELETE FROM checkpoints WHERE number = 2", Damage::Removed, 2),
    ];
    for (sql, damage, number) in cases {
        let scene = Scene::new().await;
        scene.tamper(sql);
        scene.assert_checkpoint(damage, number, sql);
        let report = checked(&scene.test);
        let requests = report.findings.iter().filter(|found| found.subject == "request").count();
        assert_eq!(requests, 0, "the file stands in, so no request is accused: {report:?}");
    }
}

#[tokio::test]
async fn a_checkpoint_that_another_key_signed_is_forged() {
    let scene = Scene::new().await;
    let row = all(&scene.test.database)[1].clone();
    let mut forged = row.checkpoint().unwrap();
    let stranger = Vault::new(&KeyRing::generate(at("2026-11-23T10:00")).unwrap()).unwrap();
    forged.root = [7; 32];
    let signature = stranger.sign_checkpoint(&stranger.audit_key_id().unwrap(), &forged.bytes()).unwrap();
    diesel::update(checkpoints::table.find(2))
        .set((checkpoints::root.eq(forged.root.to_vec()), checkpoints::signature.eq(signature)))
        .execute(&mut scene.test.database.connect())
        .unwrap();
    scene.assert_checkpoint(Damage::Forged, 2, "a stranger's signature under the name of our key");
}

#[tokio::test]
async fn a_forged_or_removed_file_is_named() {
    let scene = Scene::new().await;
    let text = std::fs::read_to_string(scene.file(1)).unwrap();
    for forged in [
        text.replace(&scene.first.reference, &scene.second.reference),
        text.replacen("\"size\":", "\"size\":1", 1),
        text.lines().next().unwrap().to_owned(),
        String::new(),
    ] {
        assert_ne!(forged, text);
        std::fs::write(scene.file(1), forged).unwrap();
        scene.assert_checkpoint(Damage::Forged, 1, "the file");
        assert_eq!(checked(&scene.test).damages, 1);
    }
    std::fs::copy(scene.file(2), scene.file(1)).unwrap();
    scene.assert_checkpoint(Damage::Forged, 1, "the file of another checkpoint");
    std::fs::write(scene.file(1), text).unwrap();
    assert_eq!(checked(&scene.test).damages, 0);
    std::fs::remove_file(scene.file(2)).unwrap();
    assert_eq!(checked(&scene.test).damages, 0, "another process may be about to write it");
    scene.test.app.clock.advance(chrono::Duration::hours(1));
    scene.assert_checkpoint(Damage::Removed, 2, "its file");
}

#[tokio::test]
async fn an_older_database_that_was_put_back_and_used_on_differs_from_the_files() {
    let scene = Scene::new().await;
    scene.tamper("DELETE FROM checkpoints WHERE number = 2; DELETE FROM checkpoint_entries WHERE number = 2; UPDATE audit SET checkpoint = NULL WHERE checkpoint = 2");
    scene.test.submit("kazteleport", &forms::access()).await;
    scene.test.app.clock.advance(chrono::Duration::hours(1));
    otinish::worker::checkpoint::step(&scene.test.second_process()).await.unwrap();
    scene.assert_checkpoint(Damage::Forged, 2, "two signed ones");
}

#[tokio::test]
async fn a_line_of_the_audit_trail_that_was_changed_removed_or_slipped_in_is_named() {
    let cases = [
        ("UPDATE audit SET at = '2026-11-20 00:00:00' WHERE action = 'sign_in'", Damage::Changed),
        ("UPDATE audit SET actor_id = NULL WHERE action = 'sign_in'", Damage::Changed),
        ("DELETE FROM audit WHERE action = 'sign_in'", Damage::Removed),
        (
            "INSERT INTO audit (id, at, action, actor_kind, data, checkpoint) \
             VALUES ('0', '2026-11-23 05:00:00', 'sign_in', 'staff', '{}', 1)",
            Damage::Added,
        ),
    ];
    for (sql, damage) in cases {
        let scene = Scene::new().await;
        tamper(&scene.test.database, sql);
        let (found, name, event) = scene.first_damage();
        assert_eq!((found, event), (damage, None), "{sql}");
        assert!(name.starts_with("audit_line "), "{name}");
        assert_eq!(checked(&scene.test).damages, 1, "{sql}");
    }
}
