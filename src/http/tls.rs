//! TLS in the server: 1.2 and 1.3 only, with a certificate that is read again while the server runs.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::settings::TlsFiles;

/// Why a certificate cannot be used: the setting, its file and what is wrong with it. Never anything of the key itself.
#[derive(Debug, thiserror::Error)]
#[error("{setting} {file}: {problem}")]
pub struct TlsError {
    setting: &'static str,
    file: String,
    problem: String,
}

impl TlsError {
    fn new(setting: &'static str, file: &Path, problem: impl Into<String>) -> Self {
        Self { setting, file: file.display().to_string(), problem: problem.into() }
    }
}

/// The certificate that the server shows, as it was read last.
#[derive(Debug)]
pub struct Certificate {
    files: TlsFiles,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads chain and key, and warns when others may read the key's file.
    ///
    /// # Errors
    /// The first thing that does not hold, with its file.
    pub fn load(files: &TlsFiles) -> Result<Arc<Self>, TlsError> {
        let current = RwLock::new(Arc::new(read(files)?));
        Ok(Arc::new(Self { files: files.clone(), current }))
    }

    /// Reads the files again. What cannot be used changes nothing: the certificate that was shown so far stays.
    ///
    /// # Errors
    /// As [`Certificate::load`].
    pub fn reload(&self) -> Result<(), TlsError> {
        let new = Arc::new(read(&self.files)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = new;
        Ok(())
    }

    /// What the server answers handshakes by.
    ///
    /// # Errors
    /// When the library of ciphers cannot do TLS 1.2 and 1.3.
    pub fn config(self: &Arc<Self>) -> Result<ServerConfig, rustls::Error> {
        Ok(ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Self>::clone(self)))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn read(files: &TlsFiles) -> Result<CertifiedKey, TlsError> {
    let at_cert = |problem: String| TlsError::new("TLS_CERT", &files.cert, problem);
    let at_key = |problem: String| TlsError::new("TLS_KEY", &files.key, problem);
    let pem = fs::read(&files.cert).map_err(|error| at_cert(error.to_string()))?;
    let chain = CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| at_cert("a certificate in it is damaged; expected PEM".to_owned()))?;
    if chain.is_empty() {
        return Err(at_cert("no certificate in it; expected a chain in PEM, the server's own first".to_owned()));
    }
    let pem = zeroize::Zeroizing::new(fs::read(&files.key).map_err(|error| at_key(error.to_string()))?);
    let key = PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|_| at_key("no private key in it; expected one in PEM without a password".to_owned()))?;
    warn_when_open(&files.key);
    let provider = provider();
    provider
        .key_provider
        .load_private_key(key.clone_key())
        .map_err(|_| at_key("a private key of a kind that is not known; expected RSA, ECDSA or Ed25519".to_owned()))?;
    CertifiedKey::from_der(chain, key, &provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            at_key(format!("the key is not that of the first certificate in {}", files.cert.display()))
        }
        error => at_cert(format!("the first certificate cannot be used: {error}")),
    })
}

/// A key that others on the machine may read is as good as given away.
fn warn_when_open(key: &Path) {
    if let Ok(about) = fs::metadata(key)
        && about.permissions().mode() & 0o007 != 0
    {
        tracing::warn!(file = %key.display(), "TLS_KEY: everybody on this machine may open the file of the key; set its mode to 0600");
    }
}
