//! The token that names somebody (an ID token, OIDC Core 1.0 section 3.1.3.7), checked to the last claim.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What is longer is no token that is meant.
const LONGEST: usize = 16 * 1024;
/// So far the clocks of two machines may be apart, in seconds.
const SKEW: i64 = 60;
/// The longest subject that the standard allows.
const LONGEST_SUBJECT: usize = 255;
/// RSA keys below 2048 bits are no protection.
const SHORTEST_RSA: usize = 256;

/// What does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It is no token.
    Malformed,
    /// It is signed in a way that is not taken, or by a key that is not for that.
    Algorithm,
    /// None of the keys has its id.
    UnknownKey,
    /// The signature.
    Signature,
    /// Who issued it.
    Issuer,
    /// For whom it is.
    Audience,
    /// It does not hold at this time.
    Time,
    /// It belongs to another sign-in.
    Nonce,
    /// It names nobody.
    Subject,
}

impl Flaw {
    /// For the audit trail and the log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
            Self::Issuer => "issuer",
            Self::Audience => "audience",
            Self::Time => "time",
            Self::Nonce => "nonce",
            Self::Subject => "subject",
        }
    }
}

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    pub now: DateTime<Utc>,
}

/// One text or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Some services write truth as a text.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Truth {
    Plain(bool),
    Text(String),
}

/// What a token says, or the service when it is asked who somebody is. That all is there is checked.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Claims {
    #[serde(default)]
    pub sub: String,
    #[serde(default)]
    iss: String,
    aud: Option<Audience>,
    azp: Option<String>,
    exp: Option<i64>,
    iat: Option<i64>,
    nbf: Option<i64>,
    nonce: Option<String>,
    pub email: Option<String>,
    email_verified: Option<Truth>,
    #[serde(default)]
    amr: Vec<String>,
    acr: Option<String>,
}

impl Claims {
    /// The mail address, where the service says that it is proven.
    pub fn proven_email(&self) -> Option<String> {
        let is_proven = match &self.email_verified {
            Some(Truth::Plain(truth)) => *truth,
            Some(Truth::Text(text)) => text == "true",
            None => false,
        };
        self.email.clone().filter(|_| is_proven)
    }

    /// Whether the sign-in was of this kind.
    pub fn shows(&self, word: &str) -> bool {
        self.amr.iter().any(|shown| shown == word) || self.acr.as_deref() == Some(word)
    }

    fn check(&self, expected: Expected<'_>) -> Result<(), Flaw> {
        let now = expected.now.timestamp();
        if self.iss != expected.issuer {
            return Err(Flaw::Issuer);
        }
        let is_ours = match &self.aud {
            Some(Audience::One(one)) => one == expected.client_id,
            // One that is for others too must say that it was made for us.
            Some(Audience::Several(all)) => {
                all.iter().any(|one| one == expected.client_id) && (all.len() == 1 || self.azp.is_some())
            }
            None => false,
        };
        if !is_ours || self.azp.as_deref().is_some_and(|azp| azp != expected.client_id) {
            return Err(Flaw::Audience);
        }
        let holds = self.exp.is_some_and(|exp| now < exp.saturating_add(SKEW))
            && self.iat.is_some_and(|iat| iat <= now + SKEW)
            && self.nbf.is_none_or(|nbf| nbf <= now + SKEW);
        if !holds {
            return Err(Flaw::Time);
        }
        let nonce = self.nonce.as_deref().unwrap_or_default();
        let is_same: bool = nonce.as_bytes().ct_eq(expected.nonce.as_bytes()).into();
        if !is_same || nonce.is_empty() {
            return Err(Flaw::Nonce);
        }
        let is_subject = !self.sub.is_empty()
            && self.sub.len() <= LONGEST_SUBJECT
            && self.sub.chars().all(|letter| !letter.is_control());
        if is_subject { Ok(()) } else { Err(Flaw::Subject) }
    }
}

/// Checks a token. Which algorithms are taken stands here; what the header says only chooses among them, and each key is taken for
/// the one it is made for.
pub(super) fn verify(token: &str, keys: &[Jwk], expected: Expected<'_>) -> Result<Claims, Flaw> {
    if token.len() > LONGEST {
        return Err(Flaw::Malformed);
    }
    let (algorithm, kid) = head(token)?;
    let key = DecodingKey::from_jwk(choose(keys, kid.as_deref(), algorithm)?).map_err(|_| Flaw::Algorithm)?;
    let mut validation = Validation::new(algorithm);
    // The claims are checked below, by the clock of this process.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation).map_err(|error| match error.kind() {
        jsonwebtoken::errors::ErrorKind::InvalidSignature => Flaw::Signature,
        _ => Flaw::Malformed,
    })?;
    claims.claims.check(expected)?;
    Ok(claims.claims)
}

/// The algorithm and the key's id of the header, which is read by hand: of an algorithm that the library does not know it says
/// nothing.
fn head(token: &str) -> Result<(Algorithm, Option<String>), Flaw> {
    #[derive(Deserialize)]
    struct Head {
        alg: String,
        kid: Option<String>,
        crit: Option<serde_json::Value>,
    }
    let (head, _) = token.split_once('.').ok_or(Flaw::Malformed)?;
    let bytes = URL_SAFE_NO_PAD.decode(head).map_err(|_| Flaw::Malformed)?;
    let head: Head = serde_json::from_slice(&bytes).map_err(|_| Flaw::Malformed)?;
    // What must be understood and is not (RFC 7515 section 4.1.11).
    if head.crit.is_some() {
        return Err(Flaw::Malformed);
    }
    let algorithm = match head.alg.as_str() {
        "RS256" => Algorithm::RS256,
        "ES256" => Algorithm::ES256,
        "EdDSA" => Algorithm::EdDSA,
        _ => return Err(Flaw::Algorithm),
    };
    Ok((algorithm, head.kid))
}

/// The key that a token names; without a name the only one that is for its algorithm.
fn choose<'k>(keys: &'k [Jwk], kid: Option<&str>, algorithm: Algorithm) -> Result<&'k Jwk, Flaw> {
    let Some(kid) = kid else {
        let mut fit = keys.iter().filter(|key| is_for(key, algorithm));
        let only = fit.next().ok_or(Flaw::UnknownKey)?;
        return if fit.next().is_none() { Ok(only) } else { Err(Flaw::UnknownKey) };
    };
    let mut named = keys.iter().filter(|key| key.common.key_id.as_deref() == Some(kid)).peekable();
    if named.peek().is_none() {
        return Err(Flaw::UnknownKey);
    }
    named.find(|key| is_for(key, algorithm)).ok_or(Flaw::Algorithm)
}

fn is_for(key: &Jwk, algorithm: Algorithm) -> bool {
    let named = match algorithm {
        Algorithm::RS256 => KeyAlgorithm::RS256,
        Algorithm::ES256 => KeyAlgorithm::ES256,
        _ => KeyAlgorithm::EdDSA,
    };
    let common = &key.common;
    let is_signing = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
    let is_named = common.key_algorithm.as_ref().is_none_or(|own| *own == named);
    let is_kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(rsa), Algorithm::RS256) => {
            URL_SAFE_NO_PAD.decode(&rsa.n).is_ok_and(|modulus| modulus.len() >= SHORTEST_RSA)
        }
        (AlgorithmParameters::EllipticCurve(ec), Algorithm::ES256) => ec.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(ed), Algorithm::EdDSA) => ed.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    is_signing && is_named && is_kind
}

/// What the service is shown first of the verifier (RFC 7636, S256).
pub(super) fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use serde_json::{Value, json};

    const NOW: &str = "2026-11-23T05:00:00Z";
    const ISSUER: &str = "https://id.example.kz";

    fn expected() -> Expected<'static> {
        Expected { issuer: ISSUER, client_id: "otinish", nonce: "once", now: NOW.parse().unwrap() }
    }

    fn jwk(key: &SigningKey, kid: &str) -> Jwk {
        let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
        serde_json::from_value(json!({"kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid, "use": "sig"})).unwrap()
    }

    fn signed(key: &SigningKey, head: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(head), part(claims));
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(key.sign(message.as_bytes()).to_bytes()))
    }

    fn claims(changes: &Value) -> Value {
        let now = expected().now.timestamp();
        let mut claims = json!({"iss": ISSUER, "aud": "otinish", "sub": "u1", "exp": now + 300, "iat": now, "nonce": "once",
            "email": "a@example.kz", "email_verified": true});
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        claims
    }

    fn said(changes: &Value) -> Result<Claims, Flaw> {
        let key = SigningKey::from_bytes(&[7; 32]);
        let token = signed(&key, &json!({"alg": "EdDSA", "kid": "k"}), &claims(changes));
        verify(&token, &[jwk(&key, "k")], expected())
    }

    #[test]
    fn a_token_that_says_all_names_its_subject() {
        let named = said(&json!({})).unwrap();
        assert_eq!((named.sub.as_str(), named.proven_email().as_deref()), ("u1", Some("a@example.kz")));
        for email_verified in [json!(false), json!("no"), Value::Null] {
            assert_eq!(said(&json!({"email_verified": email_verified})).unwrap().proven_email(), None);
        }
        assert!(said(&json!({"email_verified": "true"})).unwrap().proven_email().is_some());
        assert!(said(&json!({"amr": ["pwd", "otp"]})).unwrap().shows("otp"));
        assert!(said(&json!({"acr": "mfa"})).unwrap().shows("mfa"));
        assert!(!named.shows("otp"));
    }

    #[test]
    fn every_claim_that_is_wrong_or_missing_is_a_flaw() {
        let now = expected().now.timestamp();
        let wrong = [
            (json!({"iss": "https://id.example.kz/"}), Flaw::Issuer),
            (json!({"iss": null}), Flaw::Issuer),
            (json!({"aud": "other"}), Flaw::Audience),
            (json!({"aud": null}), Flaw::Audience),
            (json!({"aud": ["otinish", "other"]}), Flaw::Audience),
            (json!({"aud": ["otinish", "other"], "azp": "other"}), Flaw::Audience),
            (json!({"azp": "other"}), Flaw::Audience),
            (json!({"exp": now - 60}), Flaw::Time),
            (json!({"exp": null}), Flaw::Time),
            (json!({"iat": now + 61}), Flaw::Time),
            (json!({"iat": null}), Flaw::Time),
            (json!({"nbf": now + 61}), Flaw::Time),
            (json!({"nonce": "twice"}), Flaw::Nonce),
            (json!({"nonce": null}), Flaw::Nonce),
            (json!({"sub": ""}), Flaw::Subject),
            (json!({"sub": null}), Flaw::Subject),
            (json!({"sub": "x".repeat(256)}), Flaw::Subject),
            (json!({"exp": "soon"}), Flaw::Malformed),
        ];
        for (changes, flaw) in wrong {
            assert_eq!(said(&changes).unwrap_err(), flaw, "{changes}");
        }
        assert!(said(&json!({"aud": ["otinish"]})).is_ok());
        assert!(said(&json!({"aud": ["otinish", "other"], "azp": "otinish"})).is_ok());
        assert!(said(&json!({"exp": now - 59})).is_ok(), "the clocks may be a minute apart");
    }

    #[test]
    fn a_key_is_taken_for_what_it_is_for_and_nothing_else() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let own = jwk(&key, "k");
        let with = |head: Value, keys: &[Jwk]| verify(&signed(&key, &head, &claims(&json!({}))), keys, expected());
        assert!(with(json!({"alg": "EdDSA"}), std::slice::from_ref(&own)).is_ok(), "the only one needs no name");
        let two = [own.clone(), jwk(&SigningKey::from_bytes(&[8; 32]), "l")];
        assert_eq!(with(json!({"alg": "EdDSA"}), &two).unwrap_err(), Flaw::UnknownKey);
        assert_eq!(with(json!({"alg": "EdDSA", "kid": "l"}), &two).unwrap_err(), Flaw::Signature);
        assert_eq!(with(json!({"alg": "EdDSA", "kid": "m"}), &two).unwrap_err(), Flaw::UnknownKey);
        for alg in ["none", "HS256", "RS512", "ES384", "EDDSA", ""] {
            assert_eq!(with(json!({"alg": alg, "kid": "k"}), &two).unwrap_err(), Flaw::Algorithm, "{alg}");
        }
        assert_eq!(with(json!({"alg": "RS256", "kid": "k"}), &two).unwrap_err(), Flaw::Algorithm);
        assert_eq!(with(json!({"alg": "EdDSA", "kid": "k", "crit": ["x"]}), &two).unwrap_err(), Flaw::Malformed);
        let mut of_another_use = own.clone();
        of_another_use.common.public_key_use = Some(PublicKeyUse::Encryption);
        assert_eq!(with(json!({"alg": "EdDSA", "kid": "k"}), &[of_another_use]).unwrap_err(), Flaw::Algorithm);
        let mut of_another_algorithm = own;
        of_another_algorithm.common.key_algorithm = Some(KeyAlgorithm::RS256);
        assert_eq!(with(json!({"alg": "EdDSA", "kid": "k"}), &[of_another_algorithm]).unwrap_err(), Flaw::Algorithm);
        let short: Jwk = serde_json::from_value(json!({"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "k"})).unwrap();
        assert_eq!(with(json!({"alg": "RS256", "kid": "k"}), &[short]).unwrap_err(), Flaw::Algorithm);
    }

    #[test]
    fn what_is_no_token_is_refused_before_any_key_is_looked_at() {
        let long = "x".repeat(LONGEST + 1);
        for token in ["", ".", "a.b", "a.b.c", "e30.e30.", long.as_str()] {
            assert_eq!(verify(token, &[], expected()).unwrap_err(), Flaw::Malformed, "{token}");
        }
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}
