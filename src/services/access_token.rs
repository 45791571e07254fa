//! Access tokens of the staff: JWTs that live for a quarter of an hour, signed with Ed25519.

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::error::ServiceError;
use crate::app::App;
use crate::ids::new_id;

/// How long an access token holds, in seconds.
pub const LIFETIME_SECONDS: i64 = 15 * 60;
/// Who issues the tokens.
pub const ISSUER: &str = "otinish";
/// Whom they are for: the staff API.
pub const AUDIENCE: &str = "otinish-staff";

/// Ours have about 500 bytes. What is longer is refused before anything is decoded.
const MAX_BYTES: usize = 2_048;

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// [`ISSUER`].
    pub iss: String,
    /// [`AUDIENCE`].
    pub aud: String,
    /// Id of the member.
    pub sub: String,
    /// Id of the session.
    pub sid: String,
    /// Id of the token.
    pub jti: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// From when it holds.
    pub nbf: i64,
    /// From when it no longer holds.
    pub exp: i64,
}

/// Issues a token for a session.
///
/// # Errors
/// `Internal` when the key cannot sign, which no valid key causes.
pub fn issue(app: &App, staff_id: &str, session_id: &str, now: DateTime<Utc>) -> Result<String, ServiceError> {
    let issued = now.timestamp();
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: staff_id.to_owned(),
        sid: session_id.to_owned(),
        jti: new_id(now),
        iat: issued,
        nbf: issued,
        exp: issued + LIFETIME_SECONDS,
    };
    let key = app.vault.jwt_key();
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(key.id().to_owned());
    let signing = EncodingKey::from_ed_der(&key.pkcs8_der()?);
    jsonwebtoken::encode(&header, &claims, &signing)
        .map_err(|error| ServiceError::Internal(format!("an access token could not be signed: {:?}", error.kind())))
}

/// Checks a token: the signature by this deployment's key and algorithm, whatever its header says, and every claim.
///
/// # Errors
/// `Unauthorized` when anything does not hold; what it was is only logged, at level debug.
pub fn verify(app: &App, token: &str) -> Result<Claims, ServiceError> {
    if token.len() > MAX_BYTES {
        return Err(ServiceError::Unauthorized);
    }
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
    // The library would take the time from the system and be lenient by a minute; the app's clock is asked below.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    // Despite its name it takes the bare 32 bytes.
    let key = DecodingKey::from_ed_der(&app.vault.jwt_key().public_key());
    let claims = match jsonwebtoken::decode::<Claims>(token, &key, &validation) {
        Ok(data) => data.claims,
        Err(error) => {
            tracing::debug!(reason = reason(error.kind()), "an access token was refused");
            return Err(ServiceError::Unauthorized);
        }
    };
    let now = app.clock.now().timestamp();
    let is_now = claims.nbf <= now && claims.iat <= now && now < claims.exp;
    let is_named = [&claims.sub, &claims.sid, &claims.jti].iter().all(|id| !id.is_empty());
    if is_now && is_named { Ok(claims) } else { Err(ServiceError::Unauthorized) }
}

/// The kind of a failure; some of the library's own texts quote the token.
const fn reason(kind: &jsonwebtoken::errors::ErrorKind) -> &'static str {
    use jsonwebtoken::errors::ErrorKind;
    match kind {
        ErrorKind::InvalidSignature => "signature",
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => "algorithm",
        ErrorKind::InvalidIssuer => "issuer",
        ErrorKind::InvalidAudience => "audience",
        ErrorKind::MissingRequiredClaim(_) => "a claim is missing",
        _ => "malformed",
    }
}

#[cfg(test)]
mod tests {
    use super::super::sign_in::testing;
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use chrono::Duration;
    use ed25519_dalek::{Signer, SigningKey};
    use hmac::{Hmac, Mac};
    use serde_json::{Value, json};

    fn encode(value: &Value) -> String {
        URL_SAFE_NO_PAD.encode(value.to_string())
    }

    fn good_claims(now: i64) -> Value {
        json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": "member", "sid": "session", "jti": "token",
            "iat": now, "nbf": now, "exp": now + LIFETIME_SECONDS,
        })
    }

    fn signed(key: &SigningKey, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = key.sign(message.as_bytes()).to_bytes();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn assert_refused(app: &App, token: &str, why: &str) {
        assert!(matches!(verify(app, token), Err(ServiceError::Unauthorized)), "{why}");
    }

    #[tokio::test]
    async fn a_token_holds_from_its_issue_for_a_quarter_of_an_hour_to_the_second() {
        let (app, _folder) = testing::app();
        let start = app.clock.now();
        let token = issue(&app, "member", "session", start).unwrap();
        let claims = verify(&app, &token).unwrap();
        assert_eq!((claims.sub.as_str(), claims.sid.as_str()), ("member", "session"));
        assert_eq!((claims.iss.as_str(), claims.aud.as_str()), ("otinish", "otinish-staff"));
        assert_eq!((claims.nbf, claims.exp), (start.timestamp(), start.timestamp() + 900));
        let header = jsonwebtoken::decode_header(&token).unwrap();
        assert_eq!((header.alg, header.kid.as_deref()), (Algorithm::EdDSA, Some(app.vault.jwt_key().id())));
        assert_ne!(claims.jti, verify(&app, &issue(&app, "member", "session", start).unwrap()).unwrap().jti);
        app.clock.set(start + Duration::seconds(899));
        verify(&app, &token).unwrap();
        app.clock.set(start + Duration::seconds(900));
        assert_refused(&app, &token, "expired");
        app.clock.set(start - Duration::seconds(1));
        assert_refused(&app, &token, "from the future");
    }

    #[tokio::test]
    async fn each_claim_must_be_there_and_right() {
        let (app, _folder) = testing::app();
        let now = app.clock.now().timestamp();
        let key = app.vault.jwt_key().signing_key().clone();
        let header = json!({"alg": "EdDSA", "typ": "JWT"});
        verify(&app, &signed(&key, &header, &good_claims(now))).unwrap();
        for name in ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"] {
            for wrong in [Value::Null, json!(""), json!([]), json!({}), json!("x"), json!(-1), json!(1.5), json!(true)]
            {
                // Any text is an id.
                if wrong == json!("x") && ["sub", "sid", "jti"].contains(&name) {
                    continue;
                }
                // A moment long ago is right for when it began to hold.
                if wrong == json!(-1) && ["iat", "nbf"].contains(&name) {
                    continue;
                }
                let mut claims = good_claims(now);
                claims[name] = wrong.clone();
                assert_refused(&app, &signed(&key, &header, &claims), &format!("{name}: {wrong}"));
            }
            let mut claims = good_claims(now);
            claims.as_object_mut().unwrap().remove(name);
            assert_refused(&app, &signed(&key, &header, &claims), &format!("without {name}"));
        }
        for (name, wrong) in [
            ("iss", json!("otinish2")),
            ("iss", json!(["otinish"])),
            ("aud", json!("otinish")),
            ("aud", json!(["otinish-staff", "other"])),
            ("nbf", json!(now + 1)),
            ("iat", json!(now + 1)),
            ("exp", json!(now)),
            ("exp", json!(i64::MIN)),
            ("exp", json!(u64::MAX)),
        ] {
            let mut claims = good_claims(now);
            claims[name] = wrong.clone();
            assert_refused(&app, &signed(&key, &header, &claims), &format!("{name}: {wrong}"));
        }
    }

    #[tokio::test]
    async fn forged_tokens_are_refused() {
        let (app, _folder) = testing::app();
        let now = app.clock.now().timestamp();
        let claims = good_claims(now);
        let key = app.vault.jwt_key();
        for algorithm in ["none", "None", "NONE", "", "HS256", "ES256", "RS256", "eddsa", "EdDSA "] {
            let message = format!("{}.{}", encode(&json!({"alg": algorithm, "typ": "JWT"})), encode(&claims));
            assert_refused(&app, &format!("{message}."), algorithm);
            assert_refused(&app, &message, algorithm);
        }
        for secret in [key.public_key().to_vec(), URL_SAFE_NO_PAD.encode(key.public_key()).into_bytes(), Vec::new()] {
            let message = format!("{}.{}", encode(&json!({"alg": "HS256", "typ": "JWT"})), encode(&claims));
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap();
            mac.update(message.as_bytes());
            let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
            assert_refused(&app, &format!("{message}.{signature}"), "HS256 with the public key");
        }
        let stranger = SigningKey::from_bytes(&[7; 32]);
        let kid = json!({"alg": "EdDSA", "kid": key.id()});
        assert_refused(&app, &signed(&stranger, &kid, &claims), "another key");
        let jwk =
            json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(stranger.verifying_key().to_bytes())});
        assert_refused(&app, &signed(&stranger, &json!({"alg": "EdDSA", "jwk": jwk}), &claims), "a key of its own");
        let right_key_wrong_algorithm = signed(key.signing_key(), &json!({"alg": "HS256"}), &claims);
        assert_refused(&app, &right_key_wrong_algorithm, "signed by us, but named otherwise");
        let (other, _other_folder) = testing::app();
        let theirs = issue(&other, "member", "session", other.clock.now()).unwrap();
        assert_refused(&app, &theirs, "of another deployment");
    }

    #[tokio::test]
    async fn a_token_that_was_changed_or_is_garbage_is_refused() {
        let (app, _folder) = testing::app();
        let token = issue(&app, "member", "session", app.clock.now()).unwrap();
        for index in (0..token.len()).step_by(7) {
            let mut bytes = token.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            assert_refused(&app, &String::from_utf8(bytes).unwrap(), &format!("byte {index}"));
        }
        let long = "a".repeat(5_000_000);
        let dots = ".".repeat(2_000);
        for garbage in
            ["", ".", "..", "...", "a.b.c", "Bearer", "өтініш.өтініш.өтініш", "e30.e30.", "\0.\0.\0", &dots, &long]
        {
            assert_refused(&app, garbage, "garbage");
        }
        for end in [0, 1, 10, token.len() - 1] {
            assert_refused(&app, &token[..end], "cut");
        }
        assert_refused(&app, &format!("{token}="), "padded");
        assert_refused(&app, &format!("{token} "), "with a space");
        assert_refused(&app, &format!("{token}.{token}"), "twice");
    }
}
