//! Settings by environment variables. Each has a default that works on a laptop.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

mod variables;

pub use variables::{VARIABLES, Variable, example_file};

use crate::domain::alert::Thresholds;
use crate::domain::network::Network;
use crate::oidc::OidcSettings;
use crate::scanner::ScannerUrl;
use crate::storage::DatabaseUrl;
use crate::storage::files::FilesUrl;
use crate::vault::KeyRingSource;

/// A shorter token could be guessed; in characters.
const SHORTEST_TOKEN: usize = 24;

/// How logs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The settings of a process.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `DATABASE_URL`.
    pub database: DatabaseUrl,
    /// `BIND_ADDR`.
    pub bind_addr: String,
    /// `PUBLIC_URL` without a slash at its end.
    pub public_url: String,
    /// `TLS_CERT` and `TLS_KEY`.
    pub tls: Option<TlsFiles>,
    /// `DATA_DIR`.
    pub data_dir: PathBuf,
    /// `CONFIG_DIR`.
    pub config_dir: PathBuf,
    /// `SMTP_URL`; it may hold a password and never appears in logs.
    pub smtp_url: Option<Secret>,
    /// `MAIL_FROM`.
    pub mail_from: String,
    /// `KEY_RING`.
    pub key_ring: KeyRingSource,
    /// `FILES_URL`, with the settings of a bucket beside it.
    pub files: FilesUrl,
    /// `AUDIT_DIR`.
    pub audit_dir: PathBuf,
    /// `OIDC_ISSUER` and what belongs to it.
    pub oidc: Option<OidcSettings>,
    /// `CLAMD`.
    pub scanner: Option<ScannerUrl>,
    /// `CLAMD_TIMEOUT`.
    pub scanner_patience: Duration,
    /// `RATE_LIMITS`.
    pub rate_limits: bool,
    /// `TRUSTED_PROXIES`.
    pub trusted_proxies: Vec<Network>,
    /// `ALERTS`.
    pub alerts: Thresholds,
    /// `METRICS_TOKEN`; none shows the figures to the machine itself alone.
    pub metrics_token: Option<Secret>,
    /// `DATABASE_CONNECTIONS`.
    pub connections: u32,
    /// `LOG_FORMAT`.
    pub log_format: LogFormat,
    /// `RUST_LOG`.
    pub log_filter: String,
}

/// Where the server's certificate lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The chain, in PEM, the server's own certificate first.
    pub cert: PathBuf,
    /// The private key, in PEM.
    pub key: PathBuf,
}

/// A value that its `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("(secret)")
    }
}

/// A variable that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {expected}")]
pub struct SettingError {
    /// The variable.
    pub name: &'static str,
    /// What is expected.
    pub expected: String,
}

impl SettingError {
    fn new(name: &'static str, expected: impl Into<String>) -> Self {
        Self { name, expected: expected.into() }
    }
}

impl Settings {
    /// Reads `.env` and the environment, which goes before it.
    ///
    /// # Errors
    /// The first variable that cannot be used.
    #[allow(clippy::disallowed_methods)]
    pub fn from_environment() -> Result<Self, SettingError> {
        if let Err(error) = dotenvy::dotenv()
            && !error.not_found()
        {
            return Err(SettingError::new(
                ".env",
                "the file cannot be read: each line is NAME=value, with quotes around spaces",
            ));
        }
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads settings from any source.
    ///
    /// # Errors
    /// The first variable that cannot be used.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, SettingError> {
        let get = |name: &str| lookup(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let data_dir = PathBuf::from(get("DATA_DIR").unwrap_or_else(|| "./data".to_owned()));
        let database = match get("DATABASE_URL") {
            Some(url) => DatabaseUrl::parse(&url).map_err(|expected| SettingError::new("DATABASE_URL", expected))?,
            None => DatabaseUrl::Sqlite(data_dir.join("otinish.db").to_string_lossy().into_owned()),
        };
        let bind_addr = get("BIND_ADDR").unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        if !bind_addr.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok()) {
            return Err(SettingError::new("BIND_ADDR", "expected <address>:<port>, such as 127.0.0.1:8080"));
        }
        let tls = tls_files(get("TLS_CERT"), get("TLS_KEY"))?;
        let public_url = public_url(get("PUBLIC_URL"), &bind_addr, tls.is_some())?;
        let mail_from = get("MAIL_FROM").unwrap_or_else(|| "no-reply@otinish.example.kz".to_owned());
        if crate::domain::email_address::EmailAddress::parse(&mail_from).is_err() {
            return Err(SettingError::new("MAIL_FROM", "expected a mail address, such as no-reply@example.kz"));
        }
        let key_ring = get("KEY_RING")
            .map_or_else(|| KeyRingSource::File(data_dir.join("keyring.json")), |value| KeyRingSource::parse(&value));
        let files = FilesUrl::parse(get("FILES_URL"), data_dir.join("files"), get)
            .map_err(|(name, expected)| SettingError::new(name, expected))?;
        Ok(Self {
            audit_dir: get("AUDIT_DIR").map_or_else(|| data_dir.join("audit"), PathBuf::from),
            oidc: crate::oidc::parse_settings(get).map_err(|(name, expected)| SettingError::new(name, expected))?,
            scanner: scanner(get("CLAMD"))?,
            scanner_patience: seconds("CLAMD_TIMEOUT", get("CLAMD_TIMEOUT"), 30, 1..=300)?,
            files,
            database,
            bind_addr,
            public_url,
            tls,
            config_dir: PathBuf::from(get("CONFIG_DIR").unwrap_or_else(|| ".".to_owned())),
            data_dir,
            smtp_url: get("SMTP_URL").map(Secret),
            mail_from,
            key_ring,
            rate_limits: one_of("RATE_LIMITS", get("RATE_LIMITS").as_deref(), &[("on", true), ("off", false)])?,
            trusted_proxies: networks(get("TRUSTED_PROXIES"))?,
            alerts: Thresholds::parse(&get("ALERTS").unwrap_or_default())
                .map_err(|expected| SettingError::new("ALERTS", expected))?,
            metrics_token: metrics_token(get("METRICS_TOKEN"))?,
            connections: connections(get("DATABASE_CONNECTIONS"))?,
            log_format: one_of(
                "LOG_FORMAT",
                get("LOG_FORMAT").as_deref(),
                &[("text", LogFormat::Text), ("json", LogFormat::Json)],
            )?,
            log_filter: get("RUST_LOG").unwrap_or_else(|| "info".to_owned()),
        })
    }

    /// The domain of `MAIL_FROM`, which Message-IDs end with.
    #[must_use]
    pub fn mail_domain(&self) -> &str {
        self.mail_from.rsplit('@').next().unwrap_or("otinish.invalid")
    }

    /// The folder in which mails are written when there is no mail server.
    #[must_use]
    pub fn mail_dir(&self) -> PathBuf {
        self.data_dir.join("mail")
    }
}

fn tls_files(cert: Option<String>, key: Option<String>) -> Result<Option<TlsFiles>, SettingError> {
    match (cert, key) {
        (None, None) => Ok(None),
        (Some(cert), Some(key)) => Ok(Some(TlsFiles { cert: cert.into(), key: key.into() })),
        (Some(_), None) => {
            Err(SettingError::new("TLS_KEY", "expected the file of the private key, since TLS_CERT is set"))
        }
        (None, Some(_)) => {
            Err(SettingError::new("TLS_CERT", "expected the file of the certificate, since TLS_KEY is set"))
        }
    }
}

fn public_url(value: Option<String>, bind_addr: &str, tls: bool) -> Result<String, SettingError> {
    let Some(url) = value else { return Ok(default_url(bind_addr, tls)) };
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if host.is_none_or(|host| host.is_empty() || host.contains(['?', '#', ' '])) {
        return Err(SettingError::new("PUBLIC_URL", "expected https://<host> or http://<host>, with no query"));
    }
    Ok(url.trim_end_matches('/').to_owned())
}

fn one_of<T: Copy>(name: &'static str, value: Option<&str>, choices: &[(&str, T)]) -> Result<T, SettingError> {
    let names = choices.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" or ");
    let wanted = value.or_else(|| choices.first().map(|(name, _)| *name)).unwrap_or_default();
    choices
        .iter()
        .find(|(choice, _)| *choice == wanted)
        .map(|(_, value)| *value)
        .ok_or_else(|| SettingError::new(name, format!("expected {names}")))
}

fn networks(value: Option<String>) -> Result<Vec<Network>, SettingError> {
    let value = value.unwrap_or_default();
    let listed = value.split([',', ' ']).filter(|part| !part.is_empty()).map(Network::parse);
    listed.collect::<Result<_, _>>().map_err(|expected| SettingError::new("TRUSTED_PROXIES", expected))
}

fn scanner(value: Option<String>) -> Result<Option<ScannerUrl>, SettingError> {
    value.map(|url| ScannerUrl::parse(&url).map_err(|expected| SettingError::new("CLAMD", expected))).transpose()
}

fn seconds(
    name: &'static str,
    value: Option<String>,
    default: u64,
    range: RangeInclusive<u64>,
) -> Result<Duration, SettingError> {
    let seconds = match value {
        None => Some(default),
        Some(value) => value.parse().ok().filter(|seconds| range.contains(seconds)),
    };
    let expected = || format!("expected seconds, from {} to {}", range.start(), range.end());
    seconds.map(Duration::from_secs).ok_or_else(|| SettingError::new(name, expected()))
}

fn metrics_token(value: Option<String>) -> Result<Option<Secret>, SettingError> {
    let Some(token) = value else { return Ok(None) };
    if token.len() < SHORTEST_TOKEN || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let expected =
            format!("expected {SHORTEST_TOKEN} visible characters or more, such as openssl rand -hex 24 prints");
        return Err(SettingError::new("METRICS_TOKEN", expected));
    }
    Ok(Some(Secret(token)))
}

fn connections(value: Option<String>) -> Result<u32, SettingError> {
    let Some(value) = value else { return Ok(8) };
    value
        .parse()
        .ok()
        .filter(|count| (2..=200).contains(count))
        .ok_or_else(|| SettingError::new("DATABASE_CONNECTIONS", "expected a number from 2 to 200"))
}

/// `PUBLIC_URL` when it is not set.
#[must_use]
pub fn default_url(bind_addr: &str, tls: bool) -> String {
    format!("{}://{bind_addr}", if tls { "https" } else { "http" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: &'static str) -> Result<Settings, SettingError> {
        Settings::from_lookup(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn without_any_variable_the_defaults_are_those_of_the_table() {
        let settings = Settings::from_lookup(|_| None).unwrap();
        assert_eq!(settings.database, DatabaseUrl::Sqlite("./data/otinish.db".to_owned()));
        assert_eq!(settings.public_url, "http://127.0.0.1:8080");
        let from_table = Settings::from_lookup(|name| {
            VARIABLES.iter().find(|variable| variable.name == name).map(|variable| variable.default.to_owned())
        });
        assert_eq!(format!("{settings:?}"), format!("{:?}", from_table.unwrap()));
    }

    #[test]
    fn the_example_file_shows_every_variable_with_its_default() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/.env.example");
        assert_eq!(
            std::fs::read_to_string(path).unwrap(),
            example_file(),
            "write it anew: otinish settings > .env.example"
        );
    }

    #[test]
    fn each_wrong_value_names_its_variable() {
        let wrong = [
            ("DATABASE_URL", "mysql://x"),
            ("DATABASE_URL", "postgres:nohost"),
            ("DATABASE_URL", "sqlite:"),
            ("BIND_ADDR", "8080"),
            ("PUBLIC_URL", "otinish.kz"),
            ("MAIL_FROM", "nobody"),
            ("FILES_URL", "ftp://x"),
            ("OIDC_ISSUER", "http://id.example.kz"),
            ("CLAMD", "127.0.0.1:3310"),
            ("CLAMD", "tcp://127.0.0.1"),
            ("CLAMD_TIMEOUT", "0"),
            ("RATE_LIMITS", "maybe"),
            ("TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
            ("ALERTS", "wrong_secrets=many"),
            ("METRICS_TOKEN", "short"),
            ("METRICS_TOKEN", "four words with spaces in between"),
            ("DATABASE_CONNECTIONS", "1"),
            ("LOG_FORMAT", "xml"),
        ];
        for (name, value) in wrong {
            assert_eq!(with(name, value).unwrap_err().name, name, "{value}");
        }
    }

    #[test]
    fn a_bucket_needs_a_key_and_a_timeout_that_can_be() {
        let bucket = |name: &str, timeout: &str| match name {
            "FILES_URL" => Some("s3://bucket/prefix".to_owned()),
            "S3_ACCESS_KEY_ID" | "S3_SECRET_ACCESS_KEY" => Some("key".to_owned()),
            "S3_TIMEOUT" => Some(timeout.to_owned()),
            _ => None,
        };
        assert!(Settings::from_lookup(|name| bucket(name, "300")).is_ok());
        for wrong in ["0", "301", "soon"] {
            assert_eq!(Settings::from_lookup(|name| bucket(name, wrong)).unwrap_err().name, "S3_TIMEOUT");
        }
        assert_eq!(with("FILES_URL", "s3://bucket").unwrap_err().name, "S3_ACCESS_KEY_ID");
    }

    #[test]
    fn certificate_and_key_come_together_and_make_the_default_address_https() {
        let both = Settings::from_lookup(|name| match name {
            "TLS_CERT" => Some("chain.pem".to_owned()),
            "TLS_KEY" => Some("key.pem".to_owned()),
            _ => None,
        });
        let both = both.unwrap();
        assert_eq!(both.tls, Some(TlsFiles { cert: "chain.pem".into(), key: "key.pem".into() }));
        assert_eq!(both.public_url, "https://127.0.0.1:8080");
        assert_eq!(with("TLS_CERT", "chain.pem").unwrap_err().name, "TLS_KEY");
        assert_eq!(with("TLS_KEY", "key.pem").unwrap_err().name, "TLS_CERT");
    }

    #[test]
    fn secrets_do_not_appear_in_debug_output() {
        let shown = format!("{:?}", with("SMTP_URL", "smtp://u:hunter2@mail.example.kz").unwrap());
        assert!(!shown.contains("hunter2"));
        let shown = format!("{:?}", with("DATABASE_URL", "postgres://u:hunter2@db/x").unwrap());
        assert!(!shown.contains("hunter2"));
        let shown = format!("{:?}", with("METRICS_TOKEN", "hunter2-hunter2-hunter2-hunter2").unwrap());
        assert!(!shown.contains("hunter2"));
    }
}
