//! The text form of a key ring: JSON, in a file or in the environment.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::key_ring::{Key, KeyRing, Purpose, is_id};
use super::secret::{LENGTH, Secret};
use super::{VaultError, key_ring};

const VERSION: u32 = 1;

/// What one key takes at most in the text, in bytes; enough that writing never leaves an outgrown copy of secrets in memory.
const ROOM_PER_KEY: usize = 512;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RingText {
    version: u32,
    keys: Vec<KeyText>,
}

/// Everything as text, so that a mistake is told by our words: those of serde quote what they found, which may be a secret.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct KeyText {
    id: String,
    purpose: String,
    created_at: String,
    secret: String,
    #[serde(default)]
    retired: bool,
}

impl KeyRing {
    /// The ring as JSON, secrets included: for its file, or for the environment variable that replaces the file.
    ///
    /// # Errors
    /// When it cannot be written as JSON, which no ring causes.
    pub fn to_json(&self) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let keys = self.keys().iter().map(|key| KeyText {
            id: key.id.clone(),
            purpose: key.purpose.to_string(),
            created_at: key.created_at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            secret: STANDARD.encode(key.secret.bytes()),
            retired: key.retired,
        });
        let text = RingText { version: VERSION, keys: keys.collect() };
        let mut json = Zeroizing::new(Vec::with_capacity((text.keys.len() + 1) * ROOM_PER_KEY));
        serde_json::to_writer_pretty(&mut *json, &text)
            .map_err(|_| VaultError::Shape { place: "the key ring".to_owned() })?;
        json.push(b'\n');
        Ok(json)
    }

    /// Reads a ring from JSON that came from `origin`.
    pub(super) fn from_json(json: &[u8], origin: &str) -> Result<Self, VaultError> {
        let malformed = |problem| VaultError::Malformed { origin: origin.to_owned(), problem };
        if json.trim_ascii().is_empty() {
            return Err(malformed("it is empty".to_owned()));
        }
        let text: RingText = serde_json::from_slice(json).map_err(|error| malformed(in_our_words(&error)))?;
        if text.version != VERSION {
            return Err(malformed(format!(
                "its version is {}, and this program reads version {VERSION}",
                text.version
            )));
        }
        let keys = text.keys.iter().enumerate().map(|(index, key)| read_key(index, key).map_err(malformed));
        Self::of(keys.collect::<Result<_, _>>()?, origin)
    }
}

fn read_key(index: usize, text: &KeyText) -> Result<Key, String> {
    let name = if is_id(&text.id) { format!("the key {}", text.id) } else { format!("keys[{index}]") };
    let purpose = Purpose::parse(&text.purpose).ok_or_else(|| {
        let known: Vec<&str> = Purpose::ALL.iter().map(|purpose| purpose.as_str()).collect();
        format!("the purpose of {name} is none of {}", known.join(", "))
    })?;
    let created_at = DateTime::parse_from_rfc3339(&text.created_at)
        .map_err(|_| format!("created_at of {name} is no instant such as 2026-01-31T09:00:00Z"))?;
    let bytes = Zeroizing::new(
        STANDARD.decode(&text.secret).map_err(|_| format!("the secret of {name} is not base64 with its padding"))?,
    );
    let secret = Secret::from_slice(&bytes)
        .ok_or_else(|| format!("the secret of {name} has {} bytes instead of {LENGTH}", bytes.len()))?;
    Ok(key_ring::Key {
        id: text.id.clone(),
        purpose,
        created_at: created_at.with_timezone(&Utc),
        retired: text.retired,
        secret,
    })
}

/// Tells where a mistake is. Of serde's own words only those are passed on that quote nothing but names of this module.
fn in_our_words(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let (line, column) = (error.line(), error.column());
    let what = match error.classify() {
        serde_json::error::Category::Data if words.starts_with("missing field") => {
            words.split(" at line").next().unwrap_or_default().to_owned()
        }
        serde_json::error::Category::Data => {
            "a value of the wrong type, or a name that does not belong there".to_owned()
        }
        _ => "this is not JSON".to_owned(),
    };
    format!("line {line}, column {column}: {what}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn valid() -> Value {
        let key = |id: &str, purpose: &str, byte: u8| json!({"id": id, "purpose": purpose, "created_at": "2026-01-31T09:00:00Z", "secret": STANDARD.encode([byte; 32])});
        json!({"version": 1, "keys": [
            key("m", "master", 1), key("i", "index", 2), key("c", "code", 3), key("j", "jwt", 4),
        ]})
    }

    fn problem(value: &Value) -> String {
        KeyRing::from_json(value.to_string().as_bytes(), "the file ring.json").unwrap_err().to_string()
    }

    fn problem_after(change: impl Fn(&mut Value)) -> String {
        let mut value = valid();
        change(&mut value);
        problem(&value)
    }

    #[test]
    fn a_ring_survives_being_written_and_read() {
        let ring = KeyRing::generate("2026-01-31T09:00:00.123456Z".parse().unwrap()).unwrap();
        let ring = ring.rotated(Purpose::Master, DateTime::UNIX_EPOCH).unwrap();
        let json = ring.to_json().unwrap();
        assert!(json.len() < (ring.keys().len() + 1) * ROOM_PER_KEY);
        let again = KeyRing::from_json(&json, "x").unwrap();
        assert_eq!(again.fingerprints(), ring.fingerprints());
        assert_eq!(again.to_json().unwrap(), json);
    }

    #[test]
    fn text_that_is_no_ring_is_told_apart_by_what_is_wrong_with_it() {
        let read = |text: &[u8]| KeyRing::from_json(text, "the file ring.json").unwrap_err().to_string();
        assert!(read(b" \n").ends_with("ring.json is no usable key ring: it is empty"), "{}", read(b" \n"));
        assert!(read(b"version = 1").contains("line 1, column 1: this is not JSON"));
        assert!(read(b"{\"version\": 1, \"keys\": [").contains("not JSON"));
        assert!(read(&[0xff, 0xfe]).contains("not JSON"));
        assert!(read(b"{\"version\": 1}").contains("missing field `keys`"));
        assert!(read(b"[]").contains("line 1"));
        assert!(read(b"{\"version\": 2, \"keys\": []}").contains("its version is 2"));
        assert!(read(b"{\"version\": 1, \"keys\": []}").contains("no active master key"));
    }

    #[test]
    fn each_flaw_of_a_key_is_named_with_the_key() {
        for (length, byte) in [(0, 9), (31, 9), (33, 9), (64, 9)] {
            let text = problem_after(|ring| ring["keys"][0]["secret"] = STANDARD.encode(vec![byte; length]).into());
            assert!(text.ends_with(&format!("the secret of the key m has {length} bytes instead of 32")), "{text}");
        }
        let text = problem_after(|ring| ring["keys"][1]["secret"] = "no base64!".into());
        assert!(text.contains("secret of the key i is not base64"), "{text}");
        let text = problem_after(|ring| ring["keys"][2]["purpose"] = "sealing".into());
        assert!(text.contains("purpose of the key c is none of master, index, code, jwt, audit"), "{text}");
        let text = problem_after(|ring| ring["keys"][2]["created_at"] = "yesterday".into());
        assert!(text.contains("created_at of the key c"), "{text}");
        let text = problem_after(|ring| ring["keys"][3]["id"] = "a b".into());
        assert!(text.contains("1 to 64 of"), "{text}");
    }

    #[test]
    fn keys_that_do_not_make_a_ring_together_are_refused() {
        let text = problem_after(|ring| ring["keys"][1]["id"] = "m".into());
        assert!(text.contains("two keys have the id m"), "{text}");
        let text = problem_after(|ring| ring["keys"][0]["retired"] = true.into());
        assert!(text.contains("no active master key"), "{text}");
        let text = problem_after(|ring| ring["keys"][1]["purpose"] = "master".into());
        assert!(text.contains("only one master key may be active, but m and i are"), "{text}");
        let text = problem_after(|ring| ring["keys"][1]["secret"] = ring["keys"][0]["secret"].clone());
        assert!(text.contains("the keys m and i hold the same bytes"), "{text}");
    }

    #[test]
    fn no_message_quotes_a_secret_that_stands_in_a_wrong_place() {
        let secret = STANDARD.encode([0xa5; 32]);
        let places = ["id", "purpose", "created_at", "retired", "unknown"];
        for place in places {
            let text = problem_after(|ring| ring["keys"][0][place] = secret.clone().into());
            assert!(!text.contains(&secret), "{text}");
        }
        let text = problem_after(|ring| ring["keys"][0][secret.as_str()] = 1.into());
        assert!(!text.contains(&secret), "{text}");
        let text = problem_after(|ring| ring["version"] = secret.clone().into());
        assert!(!text.contains(&secret), "{text}");
    }

    proptest! {
        #[test]
        fn a_damaged_ring_is_an_error_or_another_ring_and_never_a_panic(
            at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(),
        ) {
            let mut text = valid().to_string().into_bytes();
            let at = at.index(text.len());
            text[at] = byte;
            let _ = KeyRing::from_json(&text, "x");
            text.truncate(cut.index(text.len()));
            prop_assert!(KeyRing::from_json(&text, "x").is_err());
        }

        #[test]
        fn any_bytes_at_all_are_an_error_and_never_a_panic(bytes in any::<Vec<u8>>(), text in "[\\[\\]{}\":,a-z0-9 ]{0,40}") {
            prop_assert!(KeyRing::from_json(&bytes, "x").is_err());
            prop_assert!(KeyRing::from_json(text.as_bytes(), "x").is_err());
        }
    }
}
