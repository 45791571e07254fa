//! The settings of the external sign-in service.

use reqwest::Url;

use super::is_loopback;

/// Where the service is, and as whom this deployment is known to it.
#[derive(Clone, PartialEq, Eq)]
pub struct OidcSettings {
    /// `OIDC_ISSUER`, as the service writes it in its tokens.
    pub issuer: String,
    /// `OIDC_CLIENT_ID`.
    pub client_id: String,
    /// `OIDC_CLIENT_SECRET`; a client without one proves itself by PKCE alone.
    pub client_secret: Option<String>,
    /// `OIDC_NAME`: what stands on the button.
    pub name: String,
    /// `OIDC_SECOND_FACTOR`: words in `amr` or `acr` that are taken for a second factor.
    pub second_factor: Vec<String>,
}

impl std::fmt::Debug for OidcSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("OidcSettings").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl OidcSettings {
    /// Whether the service runs on this machine, so that it needs no TLS.
    #[must_use]
    pub fn is_local(&self) -> bool {
        Url::parse(&self.issuer).is_ok_and(|url| url.scheme() == "http" && is_loopback(&url))
    }
}

/// Reads the variables; nothing when there is no issuer.
///
/// # Errors
/// The variable that cannot be used, and what is expected.
pub fn parse(get: impl Fn(&str) -> Option<String>) -> Result<Option<OidcSettings>, (&'static str, String)> {
    let Some(issuer) = get("OIDC_ISSUER") else {
        let lonely = ["OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME", "OIDC_SECOND_FACTOR"];
        return match lonely.iter().find(|name| get(name).is_some()) {
            Some(name) => Err(("OIDC_ISSUER", format!("needed where {name} is set"))),
            None => Ok(None),
        };
    };
    let expected = || ("OIDC_ISSUER", "expected https://<host>/<path> as the service names itself".to_owned());
    let url = Url::parse(&issuer).map_err(|_| expected())?;
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    let Some(host) = url.host_str().filter(|_| is_plain && is_safe) else { return Err(expected()) };
    let client_id =
        get("OIDC_CLIENT_ID").ok_or_else(|| ("OIDC_CLIENT_ID", "needed where OIDC_ISSUER is set".to_owned()))?;
    let words = get("OIDC_SECOND_FACTOR").unwrap_or_default();
    Ok(Some(OidcSettings {
        name: get("OIDC_NAME").unwrap_or_else(|| host.to_owned()),
        issuer,
        client_id,
        client_secret: get("OIDC_CLIENT_SECRET"),
        second_factor: words.split([',', ' ']).filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Option<OidcSettings>, (&'static str, String)> {
        parse(|name| pairs.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn an_issuer_needs_a_client_and_tls_unless_it_is_this_machine() {
        assert_eq!(with(&[]), Ok(None));
        let id = ("OIDC_CLIENT_ID", "otinish");
        for issuer in
            ["https://id.example.kz", "https://id.example.kz/realms/staff", "http://127.0.0.1:9000", "http://[::1]:1/x"]
        {
            let settings = with(&[("OIDC_ISSUER", issuer), id]).unwrap().unwrap();
            assert_eq!((settings.issuer.as_str(), settings.is_local()), (issuer, issuer.starts_with("http:")));
        }
        for issuer in [
            "id.example.kz",
            "http://id.example.kz",
            "https://",
            "https://u@id.example.kz",
            "https://x.kz/?a",
            "ftp://x.kz",
        ] {
            assert_eq!(with(&[("OIDC_ISSUER", issuer), id]).unwrap_err().0, "OIDC_ISSUER", "{issuer}");
        }
        assert_eq!(with(&[("OIDC_ISSUER", "https://id.example.kz")]).unwrap_err().0, "OIDC_CLIENT_ID");
        assert_eq!(with(&[id]).unwrap_err().0, "OIDC_ISSUER");
    }

    #[test]
    fn the_name_is_the_host_when_none_is_given_and_secrets_are_not_shown() {
        let pairs = [
            ("OIDC_ISSUER", "https://id.example.kz"),
            ("OIDC_CLIENT_ID", "otinish"),
            ("OIDC_CLIENT_SECRET", "hunter2"),
            ("OIDC_SECOND_FACTOR", "mfa, otp hwk"),
        ];
        let settings = with(&pairs).unwrap().unwrap();
        assert_eq!((settings.name.as_str(), settings.second_factor.len()), ("id.example.kz", 3));
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
