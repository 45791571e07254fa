//! Rotation of the master key beside a running service, and rings that are lost, mistyped or older than the database.

use diesel::prelude::*;
use otinish::domain::vocabulary::Role;
use otinish::services::keys::{self, Retired, rewrap_step, rewrap_up_to};
use otinish::storage::keys::Uses;
use otinish::storage::schema::{key_fingerprints, request_keys, totp};
use otinish::vault::{KeyRing, Purpose};
use serde_json::json;

use crate::audit_checkpoints::{checked, checked_by};
use crate::support::journey::{stored, tamper};
use crate::support::program::{PATIENCE, Place, Running};
use crate::support::{Submitted, TestApp, TestDatabase, forms};

/// How many requests are wrapped with each master key, as the database has it.
fn wrapped_with(database: &TestDatabase, id: &str) -> i64 {
    request_keys::table
        .filter(request_keys::master_key_id.eq(id))
        .filter(request_keys::wrapped.is_not_null())
        .count()
        .get_result(&mut database.connect())
        .unwrap()
}

fn wait_for_checkpoint(place: &Place, process: &Running) {
    let start = std::time::Instant::now();
    while !place.folder().join("audit/checkpoint-000001.jsonl").exists() {
        assert!(start.elapsed() < PATIENCE, "{}", process.output());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

async fn opens(test: &TestApp, request: &Submitted) {
    test.get(&request.path(""), Some(&request.token)).await.expect(200);
}

fn ring(test: &TestApp) -> KeyRing {
    KeyRing::load(&test.app.settings.key_ring).unwrap().unwrap()
}

#[tokio::test]
async fn the_master_key_is_rotated_while_the_service_runs_and_the_old_one_goes_when_nothing_uses_it() {
    let test = TestApp::start().await;
    let before = test.submit("demo", &forms::access()).await;
    for _ in 0..3 {
        test.submit("demo", &forms::access()).await;
    }
    test.work().await;
    let other = test.second_process();
    let (new, old) = keys::rotate(&other).await.unwrap();
    assert_eq!(test.app.vault.active_master_key_id(), new, "the running service takes the new ring over");
    let after = test.submit("demo", &forms::access()).await;
    assert_eq!((wrapped_with(&test.database, &old), wrapped_with(&test.database, &new)), (4, 1));
    opens(&test, &before).await;
    let Ok(Retired::InUse(uses)) = keys::retire(&test.app, old.clone()).await else { panic!("it is in use") };
    assert_eq!(uses, Uses { requests: 4, second_factors: 0, mails: 0 });
    assert!(ring(&test).keys().iter().any(|key| key.id == old));

    test.work().await;
    assert_eq!((wrapped_with(&test.database, &old), wrapped_with(&test.database, &new)), (0, 5));
    for request in [&before, &after] {
        opens(&test, request).await;
    }
    assert_eq!(keys::retire(&test.app, old.clone()).await.unwrap(), Retired::Out);
    assert!(ring(&test).keys().iter().all(|key| key.id != old));
    for request in [&before, &after] {
        opens(&test, request).await;
    }
    let again = test.second_process();
    otinish::worker::run_until_idle(&again).await.unwrap();
    assert_eq!(checked(&test).damages, 0, "the histories are as they were");
    let actions: Vec<String> = {
        use otinish::storage::schema::audit;
        let lines = audit::table.filter(audit::action.like("master_key_%")).order(audit::id).select(audit::action);
        lines.load(&mut test.database.connect()).unwrap()
    };
    assert_eq!(actions, ["master_key_rotated", "master_key_retired"]);
}

#[tokio::test]
async fn wrapping_anew_goes_in_small_steps_and_on_where_it_was_ended() {
    let test = TestApp::start().await;
    let mut requests = Vec::new();
    for _ in 0..5 {
        requests.push(test.submit("demo", &forms::access()).await);
    }
    let (_, old) = keys::rotate(&test.app).await.unwrap();
    assert_eq!(rewrap_up_to(&test.app, 2).await.unwrap(), 2);
    assert_eq!(wrapped_with(&test.database, &old), 3);
    // Another process goes on, as after a crash of the first.
    let other = test.second_process();
    assert_eq!(rewrap_up_to(&other, 2).await.unwrap(), 2);
    assert_eq!(rewrap_up_to(&test.app, 2).await.unwrap(), 1);
    assert_eq!(wrapped_with(&test.database, &old), 0);
    for request in &requests {
        opens(&test, request).await;
    }
}

#[tokio::test]
async fn a_damaged_key_keeps_no_other_under_the_old_master_key() {
    let test = TestApp::start().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(stored(&test.database, &test.submit("demo", &forms::access()).await.reference).id);
    }
    let (_, old) = keys::rotate(&test.app).await.unwrap();
    let foreign = "UPDATE request_keys SET wrapped = (SELECT wrapped FROM request_keys WHERE request_id = '{1}') WHERE request_id = '{0}'";
    tamper(&test.database, &foreign.replace("{0}", &ids[0]).replace("{1}", &ids[1]));
    while rewrap_up_to(&test.app, 1).await.unwrap() > 0 {}
    assert_eq!(wrapped_with(&test.database, &old), 1);
    let Ok(Retired::InUse(uses)) = keys::retire(&test.app, old).await else { panic!("a backup may still mend it") };
    assert_eq!(uses.requests, 1);
}

#[tokio::test]
async fn a_key_that_was_destroyed_meanwhile_does_not_come_back() {
    let test = TestApp::start().await;
    test.submit("demo", &forms::access()).await;
    let (_, old) = keys::rotate(&test.app).await.unwrap();
    tamper(&test.database, "UPDATE request_keys SET wrapped = NULL");
    test.work().await;
    let left: i64 = request_keys::table
        .filter(request_keys::wrapped.is_not_null())
        .count()
        .get_result(&mut test.database.connect())
        .unwrap();
    assert_eq!(left, 0);
    assert_eq!(keys::retire(&test.app, old).await.unwrap(), Retired::Out, "a destroyed key uses nothing");
}

#[tokio::test]
async fn second_factors_and_mails_to_members_move_to_the_new_key_too() {
    let test = TestApp::start().await;
    let member = test.staff("agent", Role::Agent, "demo").await;
    let body = json!({"password": crate::support::PASSWORD});
    test.post("/api/v1/auth/totp", Some(&member.token), &body).await.expect(200);
    let (_, old) = keys::rotate(&test.app).await.unwrap();
    let Ok(Retired::InUse(uses)) = keys::retire(&test.app, old.clone()).await else { panic!("it is in use") };
    assert_eq!((uses.requests, uses.second_factors), (0, 1));
    let sealed =
        |test: &TestApp| totp::table.select(totp::sealed).first::<Vec<u8>>(&mut test.database.connect()).unwrap();
    let before = sealed(&test);
    while rewrap_step(&test.app).await.unwrap() > 0 {}
    assert_ne!(sealed(&test), before);
    assert_eq!(keys::retire(&test.app, old).await.unwrap(), Retired::Out);
}

#[tokio::test]
async fn only_a_retired_master_key_can_be_taken_out() {
    let test = TestApp::start().await;
    for key in ring(&test).keys() {
        let error = keys::retire(&test.app, key.id.clone()).await.unwrap_err().to_string();
        let expected =
            if key.purpose == Purpose::Master { "an active key is never taken out" } else { "is no master key" };
        assert!(error.contains(expected), "{error}");
    }
    let error = keys::retire(&test.app, "nobody".to_owned()).await.unwrap_err().to_string();
    assert!(error.contains("has no retired key nobody"), "{error}");
    let gone: i64 = key_fingerprints::table
        .filter(key_fingerprints::retired_at.is_not_null())
        .count()
        .get_result(&mut test.database.connect())
        .unwrap();
    assert_eq!(gone, 0);
}

#[tokio::test]
async fn a_process_with_an_older_ring_writes_nothing_that_nobody_could_open() {
    let test = TestApp::start().await;
    let json = String::from_utf8(ring(&test).to_json().unwrap().to_vec()).unwrap();
    let database = test.database.url.clone();
    let old_ring = move |name: &str| match name {
        "KEY_RING" => Some(json.clone()),
        "DATABASE_URL" => Some(database.clone()),
        _ => None,
    };
    let stale = TestApp::start_with("2026-11-23T10:00", TestDatabase::none(), old_ring).await;
    let (_, old) = keys::rotate(&test.app).await.unwrap();
    let request = stale.submit("demo", &forms::access()).await;
    opens(&test, &request).await;
    let newer = test.submit("demo", &forms::access()).await;
    stale.get(&newer.path(""), Some(&newer.token)).await.problem(503, "unavailable");
    test.work().await;
    assert_eq!(keys::retire(&test.app, old).await.unwrap(), Retired::Out);
    let body = forms::access();
    stale.post("/api/v1/operators/demo/requests", None, &body).await.problem(503, "unavailable");
    let all: i64 = request_keys::table.count().get_result(&mut test.database.connect()).unwrap();
    assert_eq!(all, 2);
}

#[tokio::test]
async fn a_ring_from_before_there_were_checkpoints_gets_their_key_at_the_start() {
    let test = TestApp::start().await;
    let path = test.database.folder.path().join("keyring.json");
    let stored = std::fs::read_to_string(&path).unwrap();
    let mut kept: serde_json::Value = serde_json::from_str(&stored).unwrap();
    kept["keys"].as_array_mut().unwrap().retain(|key| key["purpose"] != "audit");
    std::fs::write(&path, kept.to_string()).unwrap();
    tamper(&test.database, "DELETE FROM key_fingerprints WHERE purpose = 'audit'");
    let after = test.second_process();
    let id = after.vault.audit_key_id().unwrap();
    assert!(ring(&test).keys().iter().any(|key| key.id == id && key.purpose == Purpose::Audit));
    otinish::worker::run_until_idle(&after).await.unwrap();
    let report = checked_by(&after, &test.database);
    assert_eq!((report.checkpoints, report.damages), (1, 0), "{report:?}");
}

#[test]
fn keys_are_rotated_and_an_older_copy_of_the_ring_or_one_without_the_audit_key_is_refused_at_start() {
    let place = Place::empty();
    drop(place.start(&["serve"]));
    let older = std::fs::read(place.key_ring()).unwrap();
    let rotated = place.run(&["keys", "rotate"], "");
    assert!(rotated.success && rotated.out.contains("keys retire"), "{rotated:?}");
    let old = rotated.out.lines().next().unwrap().split("; ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    let listed = place.run(&["keys", "list"], "").out;
    assert_eq!(listed.lines().count(), 6, "{listed}");
    let newer = std::fs::read(place.key_ring()).unwrap();
    std::fs::write(place.key_ring(), &older).unwrap();
    let ended = place.run(&["serve"], "");
    assert!(!ended.success && ended.err.contains("does not hold") && ended.err.contains("master-"), "{ended:?}");
    std::fs::write(place.key_ring(), &newer).unwrap();
    let retired = place.run(&["keys", "retire", &old], "");
    assert!(retired.success && retired.out.contains("is out of the key ring"), "{retired:?}");
    let process = place.start(&["serve"]);
    wait_for_checkpoint(&place, &process);
    drop(process);

    let mut value: serde_json::Value = serde_json::from_slice(&std::fs::read(place.key_ring()).unwrap()).unwrap();
    value["keys"].as_array_mut().unwrap().retain(|key| key["purpose"] != "audit");
    std::fs::write(place.key_ring(), value.to_string()).unwrap();
    for forget in [false, true] {
        if forget {
            tamper(&place.database, "DELETE FROM key_fingerprints WHERE purpose = 'audit'");
        }
        for command in [&["serve"][..], &["audit", "verify"]] {
            let ended = place.run(command, "");
            assert!(!ended.success, "{command:?} {ended:?}");
            assert_eq!(std::fs::read_to_string(place.key_ring()).unwrap(), value.to_string(), "no new key");
            if !forget || command[0] == "serve" {
                assert!(
                    ended.err.contains("the audit key audit-") && ended.err.contains("restore the copy"),
                    "{ended:?}"
                );
            }
        }
    }
}

#[test]
fn verification_by_the_program_ends_with_0_only_when_all_holds_and_changes_nothing() {
    let place = Place::empty();
    let early = place.run(&["audit", "verify"], "");
    assert!(!early.success && early.err.contains("is missing"), "{early:?}");
    assert!(!place.key_ring().exists(), "looking makes no ring");
    let process = place.start(&["serve"]);
    wait_for_checkpoint(&place, &process);
    let running = place.run(&["audit", "verify"], "");
    assert!(running.success && running.out.contains("all holds"), "{running:?}");
    drop(process);
    let stopped = place.run(&["audit", "verify", "--json"], "");
    let report: serde_json::Value = serde_json::from_str(&stopped.out).unwrap();
    assert!(stopped.success && report["damages"] == 0 && report["checkpoints"] == 1, "{stopped:?}");
    let key = place.run(&["audit", "key"], "");
    assert!(key.success && key.out.starts_with("audit-"), "{key:?}");

    tamper(&place.database, "UPDATE checkpoints SET at = '2020-01-01 00:00:00'");
    let damaged = place.run(&["audit", "verify"], "");
    assert!(!damaged.success, "{damaged:?}");
    assert!(damaged.out.contains("the first: checkpoint 1 in the database is not what was signed"), "{damaged:?}");
    let damaged = place.run(&["audit", "verify", "--json"], "");
    let report: serde_json::Value = serde_json::from_str(&damaged.out).unwrap();
    assert_eq!(report["findings"][0]["damage"], "forged");
    assert_eq!(
        (&report["findings"][0]["subject"], &report["findings"][0]["name"]),
        (&json!("checkpoint"), &json!("1"))
    );
}
