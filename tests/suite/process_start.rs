//! Starting the program: what it says, and what it refuses to start with.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;

use crate::support::forms;
use crate::support::program::{Place, copy_folder};

#[tokio::test]
async fn a_first_start_says_where_to_go_next_and_makes_a_private_key_ring() {
    let place = Place::empty();
    let mut process = place.start(&[]);
    process.get("/health/ready", None).await.expect(200);
    let start = std::time::Instant::now();
    while !process.output().contains("staff add") {
        assert!(start.elapsed().as_secs() < 10, "{}", process.output());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let said = process.output();
    let mail = place.folder().join("mail").display().to_string();
    for part in ["/api/v1/operators", "/docs", "/openapi.json", mail.as_str(), "kazteleport", "--role dpo"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    for path in ["/api/v1/operators", "/docs/", "/openapi.json"] {
        assert_eq!(process.get(path, None).await.status, 200, "{path}");
    }
    let mode = std::fs::metadata(place.key_ring()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);

    let receipt = process.post("/api/v1/operators/demo/requests", None, &forms::access()).await.expect(201);
    assert_eq!(process.stop().code(), Some(0), "{}", process.output());
    let ring = std::fs::read(place.key_ring()).unwrap();
    let process = place.start(&["serve"]);
    assert_eq!(std::fs::read(place.key_ring()).unwrap(), ring, "a second start keeps the ring");
    let path = format!("/api/v1/requests/{}", receipt["reference"].as_str().unwrap());
    process.get(&path, receipt["token"].as_str()).await.expect(200);
}

#[test]
fn a_start_without_the_ring_of_the_database_is_refused_and_makes_no_new_one() {
    let place = Place::empty();
    drop(place.start(&["serve"]));
    let kept = place.folder().join("kept.json");
    std::fs::rename(place.key_ring(), &kept).unwrap();
    for command in ["serve", "worker"] {
        let ended = place.run(&[command], "");
        assert!(!ended.success);
        for part in ["keyring.json", "is missing", "restore the copy"] {
            assert!(ended.err.contains(part), "{command}: {part}: {}", ended.err);
        }
        assert!(!place.key_ring().exists(), "no new ring over sealed data");
    }
    let other = Place::empty();
    drop(other.start(&["serve"]));
    std::fs::copy(other.key_ring(), place.key_ring()).unwrap();
    let ended = place.run(&["serve"], "");
    assert!(!ended.success && ended.err.contains("restore the copy"), "a foreign ring: {}", ended.err);

    std::fs::rename(&kept, place.key_ring()).unwrap();
    std::fs::set_permissions(place.key_ring(), std::fs::Permissions::from_mode(0o644)).unwrap();
    let ended = place.run(&["serve"], "");
    assert!(!ended.success && ended.err.contains("chmod 600"), "open to others: {}", ended.err);
    std::fs::set_permissions(place.key_ring(), std::fs::Permissions::from_mode(0o600)).unwrap();
    drop(place.start(&["serve"]));
}

#[test]
fn a_database_newer_than_the_program_is_refused() {
    let place = Place::empty();
    drop(place.start(&["serve"]));
    place
        .database
        .connect()
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')")
        .unwrap();
    for command in ["serve", "worker", "migrate"] {
        let ended = place.run(&[command], "");
        assert!(!ended.success, "{command}: {ended:?}");
        for part in ["newer than this program", "29991231000000", "backup"] {
            assert!(ended.err.contains(part), "{command}: {part}: {}", ended.err);
        }
    }
    let ended = place.run(&["doctor"], "");
    assert!(!ended.success && ended.out.contains("newer than this program"), "{ended:?}");
}

/// A configuration folder with everything in it.
fn config() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["operators", "rules", "calendars", "locales"] {
        copy_folder(&root.join(name), &folder.path().join(name));
    }
    let path = folder.path().to_owned();
    (folder, path)
}

/// Puts `by` in the place of the first `what` in a file; returns the number of its line.
fn damage(folder: &Path, file: &str, what: &str, by: &str) -> usize {
    let path = folder.join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let place = text.find(what).unwrap_or_else(|| panic!("{what} in {file}"));
    std::fs::write(&path, text.replacen(what, by, 1)).unwrap();
    text[..place].lines().count() + 1
}

#[test]
fn a_damaged_data_file_stops_the_start_and_is_named_with_its_line_and_key() {
    let cases = [
        ("operators/citicom.toml", "storage_country = \"KZ\"", "storage_country = 7", "storage_country"),
        ("operators/citicom.toml", "head_contact = \"head@", "head_contact = \"head", "head_contact"),
        ("operators/demo.toml", "edition_rule = ", "edition_role = ", "edition_role"),
        ("operators/demo.toml", "information = 2", "information = 4", "information"),
        ("rules/2022-03-01.toml", "basis = \"statutory\"", "basis = \"custom\"", "basis"),
        ("rules/2026-01-18.toml", "days = 15", "days = 0", "days"),
        ("calendars/kz.toml", "date = \"2026-03-23\"", "date = \"2026-03-32\"", "date"),
        ("calendars/kz.toml", "date = \"2026-01-02\"", "date = \"2026-01-03\"", "working"),
        ("locales/en/mail.ftl", "mail-greeting = Hello,", "mail-greeting = Hello { $who", "(file)"),
        ("locales/ru/mail.ftl", "{ $name }", "{ $nick }", "mail-greeting-staff"),
    ];
    let mut place = Place::empty();
    for (file, what, by, key) in cases {
        let (_folder, path) = config();
        let line = damage(&path, file, what, by);
        place.config = Some(path);
        let ended = place.run(&["serve"], "");
        assert!(!ended.success, "{file} with {by}: {ended:?}");
        assert!(ended.err.contains(file) && ended.err.contains(key), "{file}, {key}: {}", ended.err);
        let named = ended.err.split(file).nth(1).unwrap().trim_start_matches(':');
        let named: usize = named.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap();
        // The line of the entry, or of the one value in it that is wrong with it.
        assert!(named.abs_diff(line) <= 1, "{file}:{line} with {by}: {}", ended.err);
        let doctor = place.run(&["doctor"], "");
        let message = ended.err.trim().trim_start_matches("otinish: ");
        assert!(!doctor.success && doctor.out.contains(message), "{message}: {}", doctor.out);
    }
    let (_folder, path) = config();
    std::fs::remove_file(path.join("calendars/kz.toml")).unwrap();
    let ended = Place { config: Some(path), ..Place::empty() }.run(&["serve"], "");
    assert!(!ended.success && ended.err.contains("calendars/kz.toml"), "{}", ended.err);
}

#[tokio::test]
async fn an_operator_with_open_requests_may_not_lose_its_profile() {
    let (_folder, path) = config();
    let place = Place { config: Some(path.clone()), ..Place::empty() };
    let mut process = place.start(&["serve"]);
    process.post("/api/v1/operators/citicom/requests", None, &forms::access()).await.expect(201);
    assert_eq!(process.stop().code(), Some(0));
    let (profile, aside) = (path.join("operators/citicom.toml"), path.join("citicom.toml"));
    std::fs::rename(&profile, &aside).unwrap();
    let ended = place.run(&["serve"], "");
    assert!(!ended.success && ended.err.contains("operators/citicom.toml is missing"), "{}", ended.err);
    std::fs::rename(&aside, &profile).unwrap();
    // A profile that nobody asked anything of may go.
    std::fs::remove_file(path.join("operators/aitu-sauda.toml")).unwrap();
    drop(place.start(&["serve"]));
}

#[test]
fn without_a_configuration_folder_the_built_in_files_serve() {
    let nothing = tempfile::tempdir().unwrap();
    let place = Place { config: Some(nothing.path().to_owned()), ..Place::empty() };
    let process = place.start(&["serve"]);
    let start = std::time::Instant::now();
    while process.output().matches("built in").count() < 4 {
        assert!(start.elapsed().as_secs() < 10, "{}", process.output());
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn an_address_in_use_is_a_clear_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ended = Place { bind: address.clone(), ..Place::empty() }.run(&["serve"], "");
    assert!(!ended.success);
    for part in ["BIND_ADDR", address.as_str(), "another port"] {
        assert!(ended.err.contains(part), "{part}: {}", ended.err);
    }
    let ended = Place { bind: "everywhere".to_owned(), ..Place::empty() }.run(&["serve"], "");
    assert!(!ended.success && ended.err.contains("BIND_ADDR: expected"), "{}", ended.err);
}

#[test]
fn a_database_that_cannot_be_opened_is_named_without_its_password() {
    for (url, part) in [
        ("mysql://root:s3cret@localhost/x", "DATABASE_URL has an unknown scheme"),
        ("postgres://otinish:s3cret@127.0.0.1:1/x", "the database cannot be used"),
        ("sqlite:", "DATABASE_URL names no file"),
    ] {
        let ended = Place { url: url.to_owned(), ..Place::empty() }.run(&["serve"], "");
        assert!(!ended.success && ended.err.contains(part), "{url}: {}", ended.err);
        assert!(!ended.err.contains("s3cret"), "{}", ended.err);
    }
}

#[test]
fn migrate_brings_an_empty_database_up_to_date_once() {
    let place = Place::empty();
    let first = place.run(&["migrate"], "");
    let changes = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite")).unwrap().count();
    assert!(first.success && first.out.contains(&format!("{changes} change(s)")), "{first:?}");
    let second = place.run(&["migrate"], "");
    assert!(second.success && second.out.contains("0 change(s)"), "{second:?}");
}

#[test]
fn doctor_is_content_with_a_trial_and_warns_of_what_is_missing() {
    let place = Place::empty();
    let ended = place.run(&["doctor"], "");
    assert!(ended.success, "{ended:?}");
    assert!(ended.out.contains("there is no staff yet") && ended.out.contains("0 error(s)"), "{}", ended.out);
    let add = ["staff", "add", "--name", "Dana", "--role", "dpo", "--operator", "citicom", "--email"];
    assert!(place.run(&[&add[..], &["dpo@citicom.example.kz"]].concat(), "").success);
    let ended = place.run(&["doctor"], "");
    assert!(ended.success && ended.out.contains("operator citicom: fewer than two"), "{}", ended.out);
    assert!(place.run(&[&add[..], &["deputy@citicom.example.kz"]].concat(), "").success);
    let ended = place.run(&["doctor"], "");
    assert!(!ended.out.contains("fewer than two"), "{}", ended.out);
    assert!(ended.success, "{}", ended.out);
}
