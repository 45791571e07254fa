//! Tests of the key ring's file.

use std::collections::BTreeSet;
use std::sync::Barrier;

use super::*;
use crate::vault::Purpose;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn ring() -> KeyRing {
    KeyRing::generate(NOW).unwrap()
}

fn place() -> (tempfile::TempDir, PathBuf, KeyRingSource) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys.json");
    let source = KeyRingSource::File(path.clone());
    (directory, path, source)
}

fn names(directory: &tempfile::TempDir) -> Vec<String> {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_new_ring_is_written_for_its_owner_alone_and_leaves_nothing_beside_it() {
    let (directory, path, source) = place();
    let ring = ring();
    assert!(KeyRing::load(&source).unwrap().is_none());
    KeyRing::create(&path, &ring).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    assert_eq!(names(&directory), ["keys.json"]);
    assert_eq!(KeyRing::load(&source).unwrap().unwrap().fingerprints(), ring.fingerprints());
}

#[test]
fn a_ring_that_is_there_is_never_overwritten() {
    let (directory, path, source) = place();
    let first = ring();
    KeyRing::create(&path, &first).unwrap();
    assert!(matches!(KeyRing::create(&path, &ring()), Err(VaultError::AlreadyThere { .. })));
    assert_eq!(KeyRing::load(&source).unwrap().unwrap().fingerprints(), first.fingerprints());
    assert_eq!(names(&directory), ["keys.json"]);
    fs::write(&path, "").unwrap();
    assert!(matches!(KeyRing::create(&path, &first), Err(VaultError::AlreadyThere { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"", "even an empty file is somebody's");
}

#[test]
fn a_ring_that_others_may_use_is_refused_with_the_command_that_helps() {
    let (_directory, path, source) = place();
    KeyRing::create(&path, &ring()).unwrap();
    for mode in [0o604, 0o602, 0o640, 0o620, 0o644, 0o660, 0o666, 0o777] {
        chmod(&path, mode);
        let error = KeyRing::load(&source).unwrap_err();
        assert!(matches!(error, VaultError::OpenToOthers { .. }), "{mode:o}");
        assert!(error.to_string().ends_with(&format!("chmod 600 {}", path.display())), "{error}");
    }
    for mode in [0o600, 0o400] {
        chmod(&path, mode);
        KeyRing::load(&source).unwrap();
    }
}

#[test]
fn what_is_no_ring_file_is_an_error_that_names_the_path() {
    let (directory, path, source) = place();
    fs::write(&path, " \n").unwrap();
    chmod(&path, 0o600);
    let error = KeyRing::load(&source).unwrap_err().to_string();
    assert!(error.contains("keys.json") && error.ends_with("it is empty"), "{error}");
    File::options().write(true).open(&path).unwrap().set_len(LARGEST + 1).unwrap();
    assert!(KeyRing::load(&source).unwrap_err().to_string().contains("larger than"));
    let error = KeyRing::load(&KeyRingSource::File(directory.path().to_owned())).unwrap_err().to_string();
    assert!(error.contains("no regular file"), "{error}");
    let error = KeyRing::load(&KeyRingSource::File(path.join("below"))).unwrap_err();
    assert!(matches!(error, VaultError::Io { action: "open", .. }), "{error}");
}

#[test]
fn a_place_that_cannot_be_written_is_an_error_that_names_it() {
    let (directory, ..) = place();
    for path in [directory.path().join("missing").join("keys.json"), PathBuf::from("/"), PathBuf::new()] {
        let error = KeyRing::create(&path, &ring()).unwrap_err();
        assert!(matches!(&error, VaultError::Io { .. }) && error.to_string().contains("cannot write"), "{error}");
    }
}

#[test]
fn an_inline_ring_is_read_from_its_value_and_never_shown() {
    let json = String::from_utf8(ring().to_json().unwrap().to_vec()).unwrap();
    let source = KeyRingSource::parse(&format!(" \n{json}"));
    assert!(matches!(source, KeyRingSource::Inline(_)));
    assert_eq!(format!("{source:?}"), "KeyRingSource(the variable KEY_RING)");
    KeyRing::load(&source).unwrap().unwrap();
    assert_eq!(KeyRingSource::parse("data/keys.json"), KeyRingSource::File("data/keys.json".into()));
    let error = KeyRing::load(&KeyRingSource::parse("{")).unwrap_err().to_string();
    assert!(error.starts_with("the variable KEY_RING is no usable key ring: line 1"), "{error}");
    let stored = ring().fingerprints();
    let error = KeyRing::load_or_create(&source, &stored, NOW).unwrap_err().to_string();
    assert!(error.contains("restore the copy of the variable KEY_RING"), "{error}");
}

#[test]
fn a_ring_is_made_only_for_a_database_that_knows_no_key() {
    let (_directory, path, source) = place();
    let stored = ring().fingerprints();
    let error = KeyRing::load_or_create(&source, &stored, NOW).unwrap_err().to_string();
    assert!(error.contains("is missing") && error.contains(&stored[0].id) && error.contains("keys.json"), "{error}");
    assert!(!path.exists());
    let (made, new) = KeyRing::load_or_create(&source, &[], NOW).unwrap();
    assert_eq!(new, made.fingerprints());
    let (again, new) = KeyRing::load_or_create(&source, &made.fingerprints(), NOW).unwrap();
    assert_eq!((again.fingerprints(), new), (made.fingerprints(), Vec::new()));
    assert!(KeyRing::load_or_create(&source, &stored, NOW).is_err());
}

#[test]
fn of_many_that_start_at_once_one_makes_the_ring_and_all_use_it() {
    for _ in 0..10 {
        let (directory, path, _) = place();
        let barrier = Barrier::new(8);
        let start = || {
            barrier.wait();
            KeyRing::load_or_create(&KeyRingSource::File(path.clone()), &[], NOW).unwrap().0.fingerprints()
        };
        let rings: BTreeSet<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(rings.len(), 1);
        assert_eq!(names(&directory), ["keys.json"]);
    }
}

#[test]
fn a_link_that_leads_nowhere_is_an_error_and_not_followed() {
    let (directory, path, source) = place();
    std::os::unix::fs::symlink(directory.path().join("gone"), &path).unwrap();
    assert!(matches!(KeyRing::load_or_create(&source, &[], NOW), Err(VaultError::Io { .. })));
    assert_eq!(names(&directory), ["keys.json"]);
}

#[test]
fn a_ring_is_replaced_only_by_whoever_saw_what_is_there() {
    let (directory, path, source) = place();
    let first = ring();
    KeyRing::create(&path, &first).unwrap();
    let second = first.rotated(Purpose::Master, NOW).unwrap();
    KeyRing::replace(&path, &first, &second).unwrap();
    assert_eq!(KeyRing::load(&source).unwrap().unwrap().fingerprints(), second.fingerprints());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    assert!(matches!(KeyRing::replace(&path, &first, &ring()), Err(VaultError::NotAllowed(_))));
    assert_eq!(KeyRing::load(&source).unwrap().unwrap().fingerprints(), second.fingerprints());
    assert_eq!(names(&directory), ["keys.json"]);
    fs::remove_file(&path).unwrap();
    assert!(KeyRing::replace(&path, &second, &first).is_err());
    assert!(!path.exists());
}
