//! TLS in the server: which versions, which certificate, and how it is renewed.

use std::time::{Duration, Instant};

use rustls::version::{TLS12, TLS13};

use crate::support::program::{PATIENCE, Place, Running, signal};
use crate::support::tls::{Pair, greet_as_old};

fn place_with(pair: &Pair) -> Place {
    Place { settings: pair.settings(), ..Place::empty() }
}

fn address(process: &Running) -> String {
    process.base.trim_start_matches("http://").to_owned()
}

async fn wait_for(process: &Running, text: &str) {
    let start = Instant::now();
    while !process.output().contains(text) {
        assert!(start.elapsed() < PATIENCE, "it never says {text}: {}", process.output());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn with_a_certificate_the_server_speaks_tls_1_2_and_1_3_and_nothing_older() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::write(folder.path());
    let place = place_with(&pair);
    let mut process = place.start(&["serve"]);
    let address = address(&process);
    for (version, name) in [(&TLS12, "TLSv1_2"), (&TLS13, "TLSv1_3")] {
        let (agreed, said) = pair.ask(&address, &[version], "/api/v1/operators").await.unwrap();
        assert_eq!(format!("{agreed:?}"), name);
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
        assert!(said.contains("strict-transport-security: max-age=63072000\r\n"), "{said}");
    }
    for old in [[3, 1], [3, 2]] {
        let said = greet_as_old(&address, old).await;
        // A fatal alert, "protocol version".
        assert_eq!((said.first(), said.get(5..7)), (Some(&21), Some([2, 70].as_slice())), "{old:?}: {said:?}");
    }
    let plain = reqwest::Client::new().get(format!("http://{address}/health/live")).send().await;
    assert!(plain.is_err(), "plain HTTP is not answered");
    let (_, said) = pair.ask(&address, &[&TLS13], "/problems/not_found").await.unwrap();
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert!(process.output().contains(&format!("https://{address}/api/v1/operators")), "{}", process.output());
    assert_eq!(process.stop().code(), Some(0));
}

#[tokio::test]
async fn after_a_hangup_signal_the_new_certificate_is_shown_and_a_broken_one_leaves_the_old() {
    let folder = tempfile::tempdir().unwrap();
    let first = Pair::write(folder.path());
    let place = place_with(&first);
    let mut process = place.start(&["serve"]);
    let address = address(&process);
    let second = Pair::write(folder.path());
    assert!(second.ask(&address, &[&TLS13], "/health/live").await.is_err(), "it was not read yet");
    signal(process.id(), "HUP");
    wait_for(&process, "the certificate was read again").await;
    second.ask(&address, &[&TLS13], "/health/live").await.unwrap();
    assert!(first.ask(&address, &[&TLS13], "/health/live").await.is_err(), "the old one is shown no more");

    std::fs::write(&second.cert, "no certificate").unwrap();
    signal(process.id(), "HUP");
    wait_for(&process, "the old one stays").await;
    assert!(process.output().contains("TLS_CERT"), "{}", process.output());
    second.ask(&address, &[&TLS13], "/health/live").await.unwrap();
    assert_eq!(process.stop().code(), Some(0));
}

#[test]
fn a_certificate_that_cannot_be_used_stops_the_start_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::write(folder.path());
    let other = tempfile::tempdir().unwrap();
    let stranger = Pair::write(other.path());
    let none = folder.path().join("none.pem");
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let cases = [
        (&none, &pair.key, "TLS_CERT", "none.pem"),
        (&empty, &pair.key, "TLS_CERT", "no certificate in it"),
        (&pair.cert, &none, "TLS_KEY", "none.pem"),
        (&pair.cert, &empty, "TLS_KEY", "no private key in it"),
        (&pair.cert, &stranger.key, "TLS_KEY", "is not that of the first certificate"),
    ];
    for (cert, key, setting, problem) in cases {
        let shown = |path: &std::path::PathBuf| path.display().to_string();
        let settings = vec![("TLS_CERT", shown(cert)), ("TLS_KEY", shown(key))];
        let ended = Place { settings, ..Place::empty() }.run(&["serve"], "");
        assert!(!ended.success && ended.err.contains(setting) && ended.err.contains(problem), "{problem}: {ended:?}");
        assert!(!ended.err.contains("PRIVATE"), "{ended:?}");
    }
    let alone = vec![("TLS_CERT", pair.cert.display().to_string())];
    let ended = Place { settings: alone, ..Place::empty() }.run(&["serve"], "");
    assert!(!ended.success && ended.err.contains("TLS_KEY"), "{ended:?}");
}

#[tokio::test]
async fn a_key_that_everybody_may_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let pair = Pair::write(folder.path());
    std::fs::set_permissions(&pair.key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let place = place_with(&pair);
    let process = place.start(&["serve"]);
    wait_for(&process, "set its mode to 0600").await;
    assert!(process.output().contains("key.pem"), "{}", process.output());
}
