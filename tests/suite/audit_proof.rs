//! The proof that a requester takes away, checked as `docs/audit.md` says: from the JSON alone, with none of the product's code.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{TestApp, forms};

fn text(value: &str) -> Vec<u8> {
    [&(value.len() as u64).to_be_bytes()[..], value.as_bytes()].concat()
}

fn int(value: &Value) -> Vec<u8> {
    value.as_i64().unwrap().to_be_bytes().to_vec()
}

fn unhex(value: &Value) -> Vec<u8> {
    let digits = value.as_str().unwrap();
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

fn sha(parts: &[&[u8]]) -> Vec<u8> {
    Sha256::digest(parts.concat()).to_vec()
}

/// Step 1 of the recipe: each event whose facts are told has the hash that follows from them and from the hash before it.
fn check_events(proof: &Value) -> Result<(), String> {
    let id = proof["request_id"].as_str().unwrap();
    let mut before = sha(&[&text("otinish.event-chain.v1"), &text(id)]);
    for (place, event) in proof["events"].as_array().unwrap().iter().enumerate() {
        if event["seq"] != json!(place + 1) {
            return Err(format!("event {} is missing", place + 1));
        }
        let facts = &event["facts"];
        if !facts.is_null() {
            let word = |name: &str| text(facts[name].as_str().unwrap());
            let actor = facts["actor_id"].as_str().map_or_else(|| vec![0], |id| [vec![1], text(id)].concat());
            let header = [
                text("otinish.event.v1"),
                text(id),
                int(&event["seq"]),
                int(&facts["at_microseconds"]),
                word("kind"),
                word("actor_kind"),
                actor,
                word("data"),
            ]
            .concat();
            let digest = if facts["sealed_digest"].is_null() { Vec::new() } else { unhex(&facts["sealed_digest"]) };
            if sha(&[&before, &header, &digest]) != unhex(&event["hash"]) {
                return Err(format!("event {} is not what its hash says", event["seq"]));
            }
        }
        before = unhex(&event["hash"]);
    }
    Ok(())
}

/// Steps 2 to 4: the hashes up to the checkpoint are the entry, the entry leads to the root, and the root is signed.
fn check_checkpoint(proof: &Value, published_key: &str) -> Result<(), String> {
    let checkpoint = &proof["checkpoint"];
    let (id, seq) = (proof["request_id"].as_str().unwrap(), checkpoint["seq"].as_u64().unwrap());
    let hashes: Vec<u8> = proof["events"]
        .as_array()
        .unwrap()
        .iter()
        .take(usize::try_from(seq).unwrap())
        .flat_map(|event| unhex(&event["hash"]))
        .collect();
    let history = sha(&[&text("otinish.history.v1"), &text(id), &seq.to_be_bytes(), &hashes]);
    let reference = proof["reference"].as_str().unwrap();
    let entry = [
        text("otinish.checkpoint-entry.v1"),
        text("request"),
        text(id),
        text(reference),
        int(&checkpoint["seq"]),
        history,
    ]
    .concat();
    let mut hash = sha(&[&[0], &entry]);
    // RFC 9162, 2.1.3.2.
    let mut node = checkpoint["place"].as_u64().unwrap();
    let mut last = checkpoint["size"].as_u64().unwrap() - 1;
    for sibling in checkpoint["path"].as_array().unwrap() {
        let sibling = unhex(sibling);
        if node % 2 == 1 || node == last {
            hash = sha(&[&[1], &sibling, &hash]);
            while node.is_multiple_of(2) && node != 0 {
                (node, last) = (node / 2, last / 2);
            }
        } else {
            hash = sha(&[&[1], &hash, &sibling]);
        }
        (node, last) = (node / 2, last / 2);
    }
    if last != 0 || hash != unhex(&checkpoint["root"]) {
        return Err("the checkpoint does not list this history".to_owned());
    }
    let signed = [
        text("otinish.checkpoint.v1"),
        int(&checkpoint["number"]),
        int(&checkpoint["at_microseconds"]),
        unhex(&checkpoint["previous"]),
        int(&checkpoint["size"]),
        unhex(&checkpoint["root"]),
        text(checkpoint["key_id"].as_str().unwrap()),
    ]
    .concat();
    let bytes = |text: &str| STANDARD.decode(text).unwrap();
    let key = VerifyingKey::from_bytes(&bytes(published_key).try_into().unwrap()).unwrap();
    let signature = Signature::from_slice(&bytes(checkpoint["signature"].as_str().unwrap())).unwrap();
    key.verify(&signed, &signature).map_err(|_| "the checkpoint is not signed".to_owned())
}

fn published(test: &TestApp) -> String {
    STANDARD.encode(test.app.vault.audit_public_keys()[0].1)
}

#[tokio::test]
async fn anybody_can_check_a_proof_from_its_json_and_the_published_key() {
    let test = TestApp::start().await;
    let mut desk = test.desk("kazteleport").await;
    let request = test.brought_to("review", &desk, "kazteleport", &forms::access()).await;
    for _ in 0..4 {
        test.submit("kazteleport", &forms::of_kind("claim")).await;
    }
    let early = test.get(&request.path("/proof"), Some(&request.token)).await.expect(200);
    check_events(&early).unwrap();
    let before = early["events"].as_array().unwrap().len();
    test.travel_to("2026-11-24T00:00").await;
    let proof = test.get(&request.path("/proof"), Some(&request.token)).await.expect(200);
    check_events(&proof).unwrap();
    check_checkpoint(&proof, &published(&test)).unwrap();
    assert!(proof["checkpoint"]["seq"].as_u64().unwrap() >= before as u64);
    assert_eq!(proof["checkpoint"]["public_key"], published(&test));

    // What was there at the time of the proof is proven also after more happened.
    test.renew(&mut desk.dpo).await;
    test.done(&desk.dpo, &request, "note", json!({"text": "Filed."})).await;
    let later = test.get(&request.path("/proof"), Some(&request.token)).await.expect(200);
    check_events(&later).unwrap();
    check_checkpoint(&later, &published(&test)).unwrap();
    assert_eq!(later["checkpoint"], proof["checkpoint"]);
}

#[tokio::test]
async fn a_proof_that_was_changed_does_not_hold() {
    let test = TestApp::start().await;
    let request = test.submit_confirmed("kazteleport", &forms::access()).await;
    for _ in 0..2 {
        test.submit("kazteleport", &forms::of_kind("claim")).await;
    }
    test.travel_to("2026-11-24T00:00").await;
    let proof = test.get(&request.path("/proof"), Some(&request.token)).await.expect(200);
    let key = published(&test);
    check_events(&proof).and_then(|()| check_checkpoint(&proof, &key)).unwrap();
    let changes: [(&str, Value); 8] = [
        ("/events/0/facts/kind", json!("recorded")),
        ("/events/0/facts/at_microseconds", json!(1)),
        ("/events/1/hash", proof["events"][0]["hash"].clone()),
        ("/checkpoint/number", json!(9)),
        ("/checkpoint/at_microseconds", json!(1)),
        ("/checkpoint/root", proof["checkpoint"]["previous"].clone()),
        ("/checkpoint/place", json!(proof["checkpoint"]["place"].as_i64().unwrap() + 1)),
        ("/reference", json!("KTP-0000-0000-0")),
    ];
    for (pointer, value) in changes {
        let mut forged = proof.clone();
        *forged.pointer_mut(pointer).unwrap() = value;
        assert!(check_events(&forged).and_then(|()| check_checkpoint(&forged, &key)).is_err(), "{pointer}");
    }
    let stranger = TestApp::start().await;
    assert!(check_checkpoint(&proof, &published(&stranger)).is_err(), "another deployment's key");
}

#[tokio::test]
async fn a_proof_tells_nothing_that_is_not_the_requesters_to_know() {
    let test = TestApp::start().await;
    let desk = test.desk("kazteleport").await;
    let request = test.brought_to("approval", &desk, "kazteleport", &forms::access()).await;
    test.done(&desk.agent, &request, "note", json!({"text": "Looks odd."})).await;
    let answer = test.get(&request.path("/proof"), Some(&request.token)).await;
    let proof = answer.expect(200);
    for told in ["answer_proposed", "note_added", "assigned", "granted", "agent.kazteleport", forms::IIN, forms::EMAIL]
    {
        assert!(!answer.text.contains(told), "{told}: {}", answer.text);
    }
    assert!(proof["checkpoint"].is_null() || proof["checkpoint"]["seq"].as_u64().is_some());
    check_events(&proof).unwrap();
    let other = test.submit("kazteleport", &forms::access()).await;
    test.get(&request.path("/proof"), Some(&other.token)).await.problem(404, "not_found");
    test.get(&request.path("/proof"), None).await.problem(401, "unauthorized");
}
