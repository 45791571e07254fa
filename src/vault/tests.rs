//! The formats of `docs/data-protection.md`, byte for byte. What is stored was made by them: a change here needs a new version.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::key_ring::hex;
use super::*;

const RING: &str = r#"{"version": 1, "keys": [
    {"id": "m", "purpose": "master", "created_at": "2026-01-31T09:00:00Z", "secret": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", "retired": false},
    {"id": "i", "purpose": "index", "created_at": "2026-01-31T09:00:00Z", "secret": "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=", "retired": false},
    {"id": "c", "purpose": "code", "created_at": "2026-01-31T09:00:00Z", "secret": "AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM="},
    {"id": "j", "purpose": "jwt", "created_at": "2026-01-31T14:00:00+05:00", "secret": "BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ="}
]}"#;

fn ring() -> KeyRing {
    KeyRing::load(&KeyRingSource::parse(RING)).unwrap().unwrap()
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_be_bytes()[..], text.as_bytes()].concat()
}

fn decrypt(key: &[u8; 32], associated: &[Vec<u8>], stored: &[u8]) -> Vec<u8> {
    assert_eq!(stored[0], 1, "the version");
    let payload = Payload { msg: &stored[25..], aad: &associated.concat() };
    XChaCha20Poly1305::new(key.into()).decrypt(XNonce::from_slice(&stored[1..25]), payload).unwrap()
}

#[test]
fn hashes_are_the_documented_ones() {
    let (ring, vault) = (ring(), Vault::new(&ring()).unwrap());
    let expected = [
        (
            vault.blind_index("alpha", IndexField::Iin, "900101300017"),
            "723433a8252435b4c8076f83cfb19ebd1fd1de4f2fe3be93370480bcc16d206a",
        ),
        (vault.code_hash("r1", "c1", "012345"), "f0fb8eff44decfc6988769e4a90e3bcd899aca291d50598bfe5272eb50768d33"),
        (vault.fingerprint("submit", b"{}"), "863b067849ec5dae473679195a3ed7b6636d8502762ade02608d483f03abc24f"),
        (token_hash("abc"), "dab22ca6b0cc371cd4639f698ca5d700fecd3f52ade90603a890a7d80f8cb135"),
    ];
    for (bytes, hash) in expected {
        assert_eq!(hex(&bytes), hash);
    }
    assert_eq!(ring.fingerprints()[0].fingerprint, "2f7311a85b7388cad3693fe3feecff63");
    assert_eq!(ring.keys()[0].created_at, ring.keys()[3].created_at);
}

#[test]
fn wrapped_keys_and_sealed_values_are_laid_out_as_documented() {
    let vault = Vault::new(&ring()).unwrap();
    let (key, wrapped) = vault.new_request_key("r1").unwrap();
    let sealed = key.seal(&Place::new("requests", "r1", "subject"), b"Aigerim").unwrap();

    let keys = vault.keys();
    let wrapping = keys.wrapping["m"].bytes();
    assert_eq!(hex(wrapping), "d4f2d5ebf0df09ad7187430a35f7b81a982849106e59badf00f85ca1b46bd1e9");
    let request_key = decrypt(wrapping, &[text("otinish.request-key.v1"), text("m"), text("r1")], &wrapped.bytes);
    let place = [text("otinish.sealed.v1"), text("requests"), text("r1"), text("subject")];
    let plain = decrypt(&request_key.try_into().unwrap(), &place, &sealed);
    assert_eq!(plain, [&b"Aigerim\x80"[..], &[0; 56]].concat());
}
