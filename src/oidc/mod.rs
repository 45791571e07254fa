//! An external sign-in service that speaks OIDC: where it is, what it says of itself, its keys, and whom it names.
//!
//! Only the authorization code flow with PKCE. What the service says of itself and its keys are kept for an hour; a token that names
//! an unknown key has them fetched anew, at most once a minute.

mod settings;
mod token;
mod wire;

use std::sync::{PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::jwk::Jwk;
use reqwest::Url;
use serde::Deserialize;

pub use settings::{OidcSettings, parse as parse_settings};
use token::{Claims, Expected, Flaw};
use wire::Wire;

/// How long what is known of the service is believed.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// How long it is used when the service does not answer.
const STALE: TimeDelta = TimeDelta::hours(24);
/// Keys are asked for at most so often.
const ASK_AGAIN: TimeDelta = TimeDelta::minutes(1);
/// After a call that failed the service is left alone for so long, so that nobody waits in a row for it.
const LEAVE_ALONE: TimeDelta = TimeDelta::seconds(10);

/// Why nobody was named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// The service does not answer, or says of itself what cannot be.
    #[error("the sign-in service cannot be used: {0}")]
    Unavailable(String),
    /// It answered, and what it said does not hold; the word says what.
    #[error("the answer of the sign-in service was refused: {0}")]
    Refused(&'static str),
}

/// What the service says of itself (OIDC Discovery 1.0).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// What is known of the service.
#[derive(Debug, Clone)]
struct Known {
    metadata: Metadata,
    keys: Vec<Jwk>,
    at: DateTime<Utc>,
}

/// Somebody whom the service named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Who they are at the service, for good.
    pub subject: String,
    /// Their mail address, where the service says that it is proven.
    pub email: Option<String>,
    /// Whether the service says that they showed a second factor, in words that the settings take for that.
    pub second_factor: bool,
}

/// The service.
#[derive(Debug)]
pub struct Oidc {
    settings: OidcSettings,
    wire: Wire,
    known: RwLock<Option<Known>>,
    /// When it was asked last, and whether it answered.
    asked: RwLock<Option<(DateTime<Utc>, bool)>>,
    /// Only one asks at a time.
    asking: tokio::sync::Mutex<()>,
}

/// What belongs to one sign-in and is known to nobody else.
#[derive(Debug, Clone, Copy)]
pub struct Secrets<'a> {
    /// Comes back in the address.
    pub state: &'a str,
    /// Comes back in the token.
    pub nonce: &'a str,
    /// Proves that whoever began redeems the code (PKCE).
    pub verifier: &'a str,
}

impl Oidc {
    /// The service of the settings; nothing is asked of it yet.
    ///
    /// # Errors
    /// When no client for it can be built.
    pub fn new(settings: OidcSettings) -> Result<Self, OidcError> {
        let wire = Wire::new(settings.is_local())?;
        let (known, asked) = (RwLock::default(), RwLock::default());
        Ok(Self { settings, wire, known, asked, asking: tokio::sync::Mutex::default() })
    }

    /// As people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// The issuer as the settings name it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Where a browser is sent to sign in; it comes back to `redirect`.
    ///
    /// # Errors
    /// When the service does not answer.
    pub async fn address(&self, now: DateTime<Utc>, redirect: &str, secrets: Secrets<'_>) -> Result<String, OidcError> {
        let known = self.known(now).await?;
        let challenge = token::challenge(secrets.verifier);
        let pairs = [
            ("response_type", "code"),
            ("client_id", &self.settings.client_id),
            ("redirect_uri", redirect),
            ("scope", "openid email"),
            ("state", secrets.state),
            ("nonce", secrets.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let mut url = self.wire.url(&known.metadata.authorization_endpoint)?;
        url.query_pairs_mut().extend_pairs(pairs);
        Ok(url.into())
    }

    /// Redeems the code with which a browser came back, and checks who is named.
    ///
    /// # Errors
    /// `Unavailable` when the service does not answer, `Refused` when what it says does not hold.
    pub async fn redeem(
        &self,
        now: DateTime<Utc>,
        code: &str,
        redirect: &str,
        secrets: Secrets<'_>,
    ) -> Result<Identity, OidcError> {
        let known = self.known(now).await?;
        let tokens = self.wire.redeem(&self.settings, &known.metadata, code, redirect, secrets.verifier).await?;
        let expected =
            Expected { issuer: &self.settings.issuer, client_id: &self.settings.client_id, nonce: secrets.nonce, now };
        let claims = match token::verify(&tokens.id_token, &known.keys, expected) {
            // The service may have new keys.
            Err(Flaw::UnknownKey) => {
                let known = self.ask(now, Some(known.at)).await?;
                token::verify(&tokens.id_token, &known.keys, expected)
            }
            other => other,
        };
        let claims = claims.map_err(|flaw| OidcError::Refused(flaw.word()))?;
        let email = self.email(&known.metadata, &claims, tokens.access_token.as_deref()).await?;
        let second_factor = self.settings.second_factor.iter().any(|word| claims.shows(word));
        Ok(Identity { subject: claims.sub, email, second_factor })
    }

    /// The proven address: in the token, or where the service tells it apart from that.
    async fn email(
        &self,
        metadata: &Metadata,
        claims: &Claims,
        access_token: Option<&str>,
    ) -> Result<Option<String>, OidcError> {
        if claims.email.is_some() {
            return Ok(claims.proven_email());
        }
        let (Some(url), Some(token)) = (&metadata.userinfo_endpoint, access_token) else { return Ok(None) };
        let told: Claims = match self.wire.userinfo(url, token).await {
            Ok(told) => told,
            Err(OidcError::Refused(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        if told.sub == claims.sub { Ok(told.proven_email()) } else { Err(OidcError::Refused("subject")) }
    }

    /// Asks the service what it says of itself.
    ///
    /// # Errors
    /// `Unavailable` with what is wrong.
    pub async fn probe(&self, now: DateTime<Utc>) -> Result<(), OidcError> {
        self.known(now).await.map(|_| ())
    }

    fn seen(&self) -> Option<Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What is known, fetched anew when it is old. An old copy does while the service is away.
    async fn known(&self, now: DateTime<Utc>) -> Result<Known, OidcError> {
        let seen = self.seen();
        if let Some(known) = seen.as_ref().filter(|known| now - known.at < FRESH) {
            return Ok(known.clone());
        }
        match (self.ask(now, seen.as_ref().map(|known| known.at)).await, seen) {
            (Err(error @ OidcError::Unavailable(_)), Some(known)) if now - known.at < STALE => {
                tracing::warn!(%error, "what is known of the sign-in service is old and stays in use");
                Ok(known)
            }
            (asked, _) => asked,
        }
    }

    /// Fetches all anew, unless somebody did so since `seen`, or a moment ago.
    async fn ask(&self, now: DateTime<Utc>, seen: Option<DateTime<Utc>>) -> Result<Known, OidcError> {
        let _turn = self.asking.lock().await;
        if let Some(known) = self.seen().filter(|known| Some(known.at) != seen) {
            return Ok(known);
        }
        let asked = *self.asked.read().unwrap_or_else(PoisonError::into_inner);
        match (asked, self.seen()) {
            (Some((at, true)), Some(known)) if now - at < ASK_AGAIN => return Ok(known),
            (Some((at, false)), _) if now - at < LEAVE_ALONE => {
                return Err(OidcError::Unavailable("it did not answer a moment ago".to_owned()));
            }
            _ => {}
        }
        let fetched = self.fetch(now).await;
        *self.asked.write().unwrap_or_else(PoisonError::into_inner) = Some((now, fetched.is_ok()));
        let known = fetched?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }

    async fn fetch(&self, now: DateTime<Utc>) -> Result<Known, OidcError> {
        let metadata = self.wire.metadata(&self.settings.issuer).await?;
        let keys = self.wire.keys(&metadata.jwks_uri).await?;
        Ok(Known { metadata, keys, at: now })
    }
}

/// Whether a host is this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}
