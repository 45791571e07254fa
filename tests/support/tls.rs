//! A certificate on disk, and clients that look at how a server shows it.
#![allow(missing_docs)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A chain and its key in a folder, as `TLS_CERT` and `TLS_KEY` name them.
pub struct Pair {
    pub cert: PathBuf,
    pub key: PathBuf,
    pub der: CertificateDer<'static>,
}

impl Pair {
    /// Writes a new certificate for `localhost` into `folder`, over the one that is there.
    pub fn write(folder: &Path) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, "Otinish under test");
        params.distinguished_name = name;
        let made = params.self_signed(&key).unwrap();
        let (cert, key_file) = (folder.join("chain.pem"), folder.join("key.pem"));
        std::fs::write(&cert, made.pem()).unwrap();
        std::fs::write(&key_file, key.serialize_pem()).unwrap();
        std::fs::set_permissions(&key_file, std::fs::Permissions::from_mode(0o600)).unwrap();
        Self { cert, key: key_file, der: made.der().clone() }
    }

    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![("TLS_CERT", self.cert.display().to_string()), ("TLS_KEY", self.key.display().to_string())]
    }

    /// Asks for `path` over TLS, trusting this certificate alone, with these versions. Gives the version that was agreed on and all
    /// that was said.
    pub async fn ask(
        &self,
        address: &str,
        versions: &[&'static SupportedProtocolVersion],
        path: &str,
    ) -> Result<(ProtocolVersion, String), std::io::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let tcp = TcpStream::connect(address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
        let version = stream.get_ref().1.protocol_version().unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await?;
        let mut said = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut said)).await;
        Ok((version, String::from_utf8_lossy(&said).into_owned()))
    }
}

/// What a server answers to the greeting of an old client, which can do nothing newer than `version` (`[3, 1]` is TLS 1.0).
pub async fn greet_as_old(address: &str, version: [u8; 2]) -> Vec<u8> {
    let ciphers: [u8; 8] = [0xc0, 0x2f, 0xc0, 0x2b, 0xc0, 0x13, 0x00, 0x2f];
    let mut hello = version.to_vec();
    hello.extend([7; 32]);
    hello.push(0);
    hello.extend([0, 8]);
    hello.extend(ciphers);
    hello.extend([1, 0]);
    // Curves and signatures that the server could use, but no list of versions: nothing but the version is wrong.
    hello.extend([0, 16, 0, 10, 0, 4, 0, 2, 0, 23, 0, 13, 0, 4, 0, 2, 4, 3]);
    let length = u8::try_from(hello.len()).unwrap();
    let mut record = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(hello);
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(&record).await.unwrap();
    let mut said = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut said)).await;
    said
}
