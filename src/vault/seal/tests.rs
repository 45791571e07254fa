//! Tests of sealing.

use std::collections::BTreeMap;

use chrono::DateTime;
use proptest::prelude::*;

use super::*;
use crate::vault::{KeyRing, Purpose};

const PLACE: Place<'static> = Place::new("requests", "r1", "subject");

fn ring() -> KeyRing {
    KeyRing::generate(DateTime::UNIX_EPOCH).unwrap()
}

fn key() -> RequestKey {
    RequestKey(Secret::random(&mut random::system).unwrap())
}

fn fails<T>(result: &Result<T, VaultError>) -> bool {
    matches!(result, Err(VaultError::Unopened { .. }))
}

proptest! {
    #[test]
    fn what_is_sealed_opens_to_the_same_bytes_in_its_place(plain in proptest::collection::vec(any::<u8>(), 0..300)) {
        let key = key();
        let sealed = key.seal(&PLACE, &plain).unwrap();
        prop_assert_eq!(sealed.len(), 1 + 24 + 16 + (plain.len() / 64 + 1) * 64);
        prop_assert_eq!(key.open(&PLACE, &sealed).unwrap(), plain);
    }

    #[test]
    fn it_opens_in_no_other_table_row_or_field(table in "[a-z]{0,3}", row in "[a-z]{0,3}", field in "[a-z]{0,3}") {
        let (key, place) = (key(), Place::new("ab", "c", "de"));
        let sealed = key.seal(&place, b"x").unwrap();
        let other = Place::new(&table, &row, &field);
        prop_assert_eq!(other == place, key.open(&other, &sealed).is_ok());
    }

    #[test]
    fn any_bytes_at_all_do_not_open_and_do_not_panic(bytes in any::<Vec<u8>>()) {
        prop_assert!(fails(&key().open(&PLACE, &bytes)));
        let vault = Vault::new(&ring()).unwrap();
        let wrapped = WrappedKey { master_key_id: vault.active_master_key_id().clone(), bytes };
        prop_assert!(fails(&vault.unwrap("r1", &wrapped)));
    }
}

#[test]
fn each_part_of_the_place_is_bound_and_none_runs_into_the_next() {
    let key = key();
    let sealed = key.seal(&PLACE, b"900101300017").unwrap();
    for other in [
        Place { table: "messages", ..PLACE },
        Place { row: "r2", ..PLACE },
        Place { field: "requester", ..PLACE },
        Place::new("requestsr", "1", "subject"),
        Place::new("requests", "r1s", "ubject"),
    ] {
        assert!(fails(&key.open(&other, &sealed)), "{other}");
    }
    assert_eq!(PLACE.to_string(), "subject of r1 in requests");
}

#[test]
fn one_flipped_bit_anywhere_and_any_other_length_is_found() {
    let key = key();
    let sealed = key.seal(&PLACE, b"900101300017").unwrap();
    for bit in 0..sealed.len() * 8 {
        let mut damaged = sealed.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(fails(&key.open(&PLACE, &damaged)), "bit {bit}");
    }
    for length in 0..sealed.len() {
        assert!(fails(&key.open(&PLACE, &sealed[..length])), "{length} bytes");
    }
    assert!(fails(&key.open(&PLACE, &[sealed.as_slice(), &[0]].concat())));
}

#[test]
fn another_key_opens_nothing_and_equal_values_look_different() {
    let key = key();
    let one = key.seal(&PLACE, b"Aigerim").unwrap();
    assert_ne!(one, key.seal(&PLACE, b"Aigerim").unwrap());
    assert!(fails(&super::tests::key().open(&PLACE, &one)));
}

#[test]
fn short_values_have_equal_lengths_whatever_they_say() {
    let key = key();
    let length = |plain: &str| key.seal(&PLACE, plain.as_bytes()).unwrap().len();
    assert_eq!(length(""), length("Нұрсұлтан Сейітқазыұлы"));
    assert_eq!(length(""), length(&"x".repeat(63)));
    assert_eq!(length("") + 64, length(&"x".repeat(64)));
}

#[test]
fn bytes_that_were_sealed_without_padding_do_not_open_as_a_value() {
    let key = key();
    for plain in [&b""[..], b"\0\0\0", b"text", b"\x80x"] {
        let sealed = lock(&key.0, &PLACE.associated_data(), plain, 0, &mut random::system).unwrap();
        assert!(fails(&key.open(&PLACE, &sealed)), "{plain:?}");
    }
}

#[test]
fn json_survives_and_json_of_another_shape_is_an_error_that_quotes_nothing() {
    let key = key();
    let value = BTreeMap::from([("name".to_owned(), "Әсел".to_owned())]);
    let sealed = key.seal_json(&PLACE, &value).unwrap();
    assert_eq!(key.open_json::<BTreeMap<String, String>>(&PLACE, &sealed).unwrap(), value);
    let error = key.open_json::<Vec<u8>>(&PLACE, &sealed).unwrap_err();
    assert!(matches!(error, VaultError::Shape { .. }));
    assert!(!format!("{error} {error:?}").contains("Әсел"));
    let no_json = BTreeMap::from([((1, 2), 3)]);
    assert!(matches!(key.seal_json(&PLACE, &no_json), Err(VaultError::Shape { .. })));
}

#[test]
fn a_request_key_opens_for_its_own_request_only() {
    let vault = Vault::new(&ring()).unwrap();
    let (key, wrapped) = vault.new_request_key("r1").unwrap();
    assert_eq!(wrapped.bytes.len(), 73);
    let sealed = key.seal(&PLACE, b"x").unwrap();
    assert_eq!(vault.unwrap("r1", &wrapped).unwrap().open(&PLACE, &sealed).unwrap(), b"x");
    assert!(fails(&vault.unwrap("r2", &wrapped)));
    for bit in 0..wrapped.bytes.len() * 8 {
        let mut damaged = wrapped.clone();
        damaged.bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(fails(&vault.unwrap("r1", &damaged)), "bit {bit}");
    }
}

#[test]
fn another_master_key_unwraps_nothing_whether_its_id_differs_or_not() {
    let ring = ring();
    let vault = Vault::new(&ring).unwrap();
    let (_, wrapped) = vault.new_request_key("r1").unwrap();
    let stranger = Vault::new(&super::tests::ring()).unwrap();
    let error = stranger.unwrap("r1", &wrapped).unwrap_err();
    assert!(matches!(&error, VaultError::UnknownMasterKey { id } if *id == wrapped.master_key_id), "{error}");
    let own_id = stranger.active_master_key_id();
    assert!(fails(&stranger.unwrap("r1", &WrappedKey { master_key_id: own_id, ..wrapped.clone() })));
    let mut twin = Vault::new(&super::tests::ring()).unwrap();
    let keys = std::sync::Arc::get_mut(twin.keys.get_mut().unwrap()).unwrap();
    let other = keys.wrapping.pop_first().unwrap().1;
    keys.wrapping.insert(wrapped.master_key_id.clone(), other);
    assert!(fails(&twin.unwrap("r1", &wrapped)));
}

#[test]
fn after_a_rotation_old_keys_open_and_are_wrapped_anew_without_touching_what_they_sealed() {
    let before = ring();
    let (key, old) = Vault::new(&before).unwrap().new_request_key("r1").unwrap();
    let sealed = key.seal(&PLACE, b"x").unwrap();
    let retired = before.rotated(Purpose::Master, DateTime::UNIX_EPOCH).unwrap();
    let vault = Vault::new(&retired).unwrap();
    vault.unwrap("r1", &old).unwrap();
    let new = vault.rewrap("r1", &old).unwrap().unwrap();
    assert_eq!(new.master_key_id, vault.active_master_key_id());
    assert!(vault.rewrap("r1", &new).unwrap().is_none());
    assert!(fails(&vault.rewrap("r2", &old)));
    let without = Vault::new(&retired.without(&old.master_key_id).unwrap()).unwrap();
    assert_eq!(without.unwrap("r1", &new).unwrap().open(&PLACE, &sealed).unwrap(), b"x");
    assert!(matches!(without.unwrap("r1", &old), Err(VaultError::UnknownMasterKey { .. })));
}

#[test]
fn without_randomness_nothing_is_sealed() {
    assert!(matches!(lock(&key().0, b"", b"x", 1, &mut random::broken), Err(VaultError::Randomness(_))));
    assert!(matches!(Secret::random(&mut random::broken), Err(VaultError::Randomness(_))));
}

#[test]
fn a_key_never_shows_its_bytes() {
    assert_eq!(format!("{:?}", key()), "RequestKey(Secret(…))");
}
