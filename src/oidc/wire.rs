//! Calls to the sign-in service: short, small, to the hosts that it names and nowhere else.

use std::time::Duration;

use jsonwebtoken::jwk::Jwk;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Metadata, OidcError, OidcSettings, is_loopback};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(3);
/// How long a whole call may take.
const TIMEOUT: Duration = Duration::from_secs(8);
/// What is longer is no answer that is meant.
const LONGEST: usize = 256 * 1024;

/// What a code was redeemed for.
#[derive(Deserialize)]
pub(super) struct Tokens {
    pub id_token: String,
    pub access_token: Option<String>,
}

/// The client.
#[derive(Debug)]
pub(super) struct Wire {
    client: Client,
    /// Whether the service runs on this machine, without TLS.
    is_local: bool,
}

fn unavailable(error: &reqwest::Error) -> OidcError {
    // The address stands in the service's own description and holds no secret; a query of it might.
    let what = match error {
        error if error.is_timeout() => "it does not answer in time",
        error if error.is_connect() => "no connection",
        error if error.is_redirect() => "it leads elsewhere",
        _ => "the call failed",
    };
    OidcError::Unavailable(what.to_owned())
}

impl Wire {
    pub fn new(is_local: bool) -> Result<Self, OidcError> {
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .timeout(TIMEOUT)
            .redirect(Policy::none())
            .user_agent(concat!("otinish/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| OidcError::Unavailable("no client for it can be built".to_owned()))?;
        Ok(Self { client, is_local })
    }

    /// An address that may be called: over TLS, unless all is on this machine.
    pub fn url(&self, address: &str) -> Result<Url, OidcError> {
        let wrong = || OidcError::Unavailable("it names an address that is not https://…".to_owned());
        let url = Url::parse(address).map_err(|_| wrong())?;
        let is_safe = url.scheme() == "https" || (self.is_local && url.scheme() == "http" && is_loopback(&url));
        if is_safe { Ok(url) } else { Err(wrong()) }
    }

    /// What the service says of itself. It must name itself as the settings do: else another's tokens would be taken for its own.
    pub async fn metadata(&self, issuer: &str) -> Result<Metadata, OidcError> {
        let url = self.url(&format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')))?;
        let metadata: Metadata = self.fetch(self.client.get(url)).await?;
        if metadata.issuer != issuer {
            return Err(OidcError::Unavailable("it names another issuer than OIDC_ISSUER".to_owned()));
        }
        Ok(metadata)
    }

    /// Its keys; those of kinds that nobody here knows are left out.
    pub async fn keys(&self, address: &str) -> Result<Vec<Jwk>, OidcError> {
        #[derive(Deserialize)]
        struct Keys {
            keys: Vec<Value>,
        }
        let found: Keys = self.fetch(self.client.get(self.url(address)?)).await?;
        Ok(found.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
    }

    /// Redeems a code.
    pub async fn redeem(
        &self,
        settings: &OidcSettings,
        metadata: &Metadata,
        code: &str,
        redirect: &str,
        verifier: &str,
    ) -> Result<Tokens, OidcError> {
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", verifier),
        ];
        let mut request = self.client.post(self.url(&metadata.token_endpoint)?);
        match &settings.client_secret {
            None => pairs.push(("client_id", &settings.client_id)),
            Some(secret) if takes_basic(metadata) => {
                request = request.basic_auth(encoded(&settings.client_id), Some(encoded(secret)));
            }
            Some(secret) => pairs.extend([("client_id", settings.client_id.as_str()), ("client_secret", secret)]),
        }
        let body = form(&pairs);
        let response = request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ACCEPT, "application/json")
            .body(body)
            .send()
            .await
            .map_err(|error| unavailable(&error))?;
        let status = response.status();
        let bytes = whole(response).await?;
        if status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS {
            let said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let said: String = said
                .get("error")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .chars()
                .filter(char::is_ascii_graphic)
                .take(60)
                .collect();
            tracing::warn!(error = said, "the sign-in service did not redeem a code");
            return Err(OidcError::Refused("code"));
        }
        if !status.is_success() {
            return Err(OidcError::Unavailable(format!("it answers {}", status.as_u16())));
        }
        serde_json::from_slice(&bytes).map_err(|_| OidcError::Refused("no_token"))
    }

    /// What the service says of whom an access token stands for.
    pub async fn userinfo<T: DeserializeOwned>(&self, address: &str, token: &str) -> Result<T, OidcError> {
        self.fetch(self.client.get(self.url(address)?).bearer_auth(token)).await
    }

    async fn fetch<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, OidcError> {
        let response = request.header(ACCEPT, "application/json").send().await.map_err(|error| unavailable(&error))?;
        let status = response.status();
        if !status.is_success() {
            return Err(OidcError::Unavailable(format!("it answers {}", status.as_u16())));
        }
        let bytes = whole(response).await?;
        serde_json::from_slice(&bytes)
            .map_err(|_| OidcError::Unavailable("its answer is not what it should be".to_owned()))
    }
}

/// The first of the ways that the service knows and this client does: in the header unless the service says otherwise.
fn takes_basic(metadata: &Metadata) -> bool {
    let known = metadata.token_endpoint_auth_methods_supported.as_ref();
    known.is_none_or(|known| known.iter().any(|way| way == "client_secret_basic"))
}

async fn whole(mut response: Response) -> Result<Vec<u8>, OidcError> {
    let mut bytes = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(|error| unavailable(&error))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > LONGEST {
            return Err(OidcError::Unavailable("its answer does not end".to_owned()));
        }
    }
    Ok(bytes)
}

/// Pairs as a form sends them.
fn form(pairs: &[(&str, &str)]) -> String {
    Url::parse_with_params("form:", pairs).ok().and_then(|url| url.query().map(ToOwned::to_owned)).unwrap_or_default()
}

/// Text as a form would send it, for the header (RFC 6749 section 2.3.1).
fn encoded(text: &str) -> String {
    form(&[("", text)]).trim_start_matches('=').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_credentials_are_written_as_forms_are() {
        assert_eq!(form(&[("a", "x y&z"), ("b", "ә+/")]), "a=x+y%26z&b=%D3%99%2B%2F");
        assert_eq!(encoded("p:w ="), "p%3Aw+%3D");
    }

    #[test]
    fn only_tls_is_called_unless_all_is_on_this_machine() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (local, remote) = (Wire::new(true).unwrap(), Wire::new(false).unwrap());
        assert!(remote.url("https://id.example.kz/token").is_ok() && local.url("http://127.0.0.1:1/token").is_ok());
        for address in ["http://id.example.kz/token", "http://127.0.0.1:1/token", "file:///etc/passwd", "token"] {
            assert!(remote.url(address).is_err(), "{address}");
        }
        assert!(local.url("http://id.example.kz/token").is_err());
    }
}
