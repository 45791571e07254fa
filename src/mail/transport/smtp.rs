//! Mails handed to a mail server over SMTP.
//!
//! The connections are driven step by step, and the idle ones are kept here, rather than by the mail library's own
//! transport. That one puts a connection back even when an attempt was cut short in the middle of a mail: the next mail
//! would then read the answers that belong to the one before, and count as accepted what was refused.

use std::{
    fmt,
    net::IpAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use lettre::{
    Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
        commands::{Data, Mail, Noop, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::{Response, Severity},
    },
};
use tokio::time::{Instant, timeout};

use super::{MAX_SEND_TIME, SendFailure, SendOutcome, Step};
use crate::mail::envelope::{MailError, OutgoingMail, build};

/// How many idle connections are kept.
const MAX_IDLE: usize = 4;
/// How long an idle connection is kept; servers hang up after a minute or more.
const MAX_IDLE_TIME: Duration = Duration::from_secs(30);
/// How long the server may take to show that an idle connection still lives, or to say goodbye.
const SMALL_TALK: Duration = Duration::from_secs(2);

/// Sends through one mail server, with TLS and authentication, over connections that are used again while they live.
/// A clone shares them.
#[derive(Clone)]
pub struct SmtpTransport {
    shared: Arc<Shared>,
}

struct Shared {
    target: Target,
    tls: Option<TlsParameters>,
    hello: ClientId,
    timeout: Duration,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl fmt::Debug for SmtpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Target { host, port, security, credentials, .. } = &self.shared.target;
        f.debug_struct("SmtpTransport")
            .field("host", host)
            .field("port", port)
            .field("security", security)
            .field("signs_in", &credentials.is_some())
            .finish_non_exhaustive()
    }
}

impl SmtpTransport {
    /// Reads the value of `SMTP_URL`; connects only when there is a mail to send.
    ///
    /// - `smtp://user:password@host:587`: STARTTLS, which the server must offer; port 587 when none is named.
    /// - `smtps://user:password@host:465`: TLS from the first byte; port 465 when none is named.
    /// - `smtp://localhost:25`: a relay on the same machine (`localhost`, `127.…`, `[::1]`): STARTTLS when it is
    ///   offered, whatever the certificate, otherwise plain, since nothing leaves the machine; port 25 when none is
    ///   named.
    ///
    /// User name and password are percent-encoded; both may be absent. Parameters after `?`, joined with `&`:
    /// - `tls=required` asks for STARTTLS and a trusted certificate, on the same machine too; `tls=opportunistic` and
    ///   `tls=off` ask for less, and are errors together with a password that would leave the machine.
    /// - `ca=/path/ca.pem` trusts the certificates in that file besides those of the system.
    /// - `roots=bundled` trusts Mozilla's list inside the program instead of the system's, for images without one.
    ///
    /// One attempt takes at most `timeout`, and never more than [`MAX_SEND_TIME`].
    ///
    /// # Errors
    /// When the URL is malformed or the certificate file cannot be used. The error repeats no part of the URL.
    pub fn new(url: &str, timeout: Duration) -> Result<Self, MailError> {
        let target = Target::parse(url)?;
        let tls = target.tls_parameters()?;
        let shared = Shared {
            target,
            tls,
            hello: ClientId::default(),
            timeout: timeout.min(MAX_SEND_TIME),
            idle: Mutex::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// How the connection is protected.
    #[must_use]
    pub fn security(&self) -> Security {
        self.shared.target.security
    }

    /// Makes one attempt. A permanent refusal is only what the server says to this very mail: a server that is away,
    /// cannot encrypt or does not take our password is the administrator's matter, and the mail can wait for it.
    pub async fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        let Ok(message) = build(mail) else { return Err(SendFailure::of("invalid")).into() };
        // When the time is over the connection goes down with the attempt, so that nobody takes it up midway.
        match timeout(self.shared.timeout, self.shared.deliver(&message)).await {
            Ok(result) => result.into(),
            Err(_) => Err(SendFailure::of("timeout")).into(),
        }
    }

    /// Connects, encrypts and signs in, without sending anything.
    ///
    /// # Errors
    /// What would keep the next mail from leaving.
    pub async fn check(&self) -> Result<(), SendFailure> {
        match timeout(self.shared.timeout, self.shared.connect()).await {
            Ok(connected) => connected.map(hang_up),
            Err(_) => Err(SendFailure::of("timeout")),
        }
    }
}

impl Shared {
    async fn deliver(&self, message: &Message) -> Result<(), SendFailure> {
        let mut connection = match self.take_idle().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let result = converse(&mut connection, message).await;
        match &result {
            Ok(()) => self.put_back(connection),
            Err(failure) if failure.code.is_some() => hang_up(connection),
            Err(_) => drop(connection),
        }
        result
    }

    async fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut connection, since) = self.idle().pop()?;
            if since.elapsed() < MAX_IDLE_TIME
                && timeout(SMALL_TALK, connection.command(Noop)).await.is_ok_and(|it| it.is_ok())
            {
                return Some(connection);
            }
            hang_up(connection);
        }
    }

    fn put_back(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle();
        if idle.len() < MAX_IDLE {
            idle.push((connection, Instant::now()));
        } else {
            drop(idle);
            hang_up(connection);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SendFailure> {
        let Target { host, port, security, credentials, .. } = &self.target;
        let wrapped = self.tls.clone().filter(|_| *security == Security::Tls);
        // Half of the time, so that the second address of a host gets its turn when the first is a black hole.
        let one_address = Some(self.timeout / 2);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1((host.as_str(), *port), one_address, &self.hello, wrapped, None)
                .await
                .map_err(|error| SendFailure::smtp(&error, Step::Connect))?;
        if let (Security::StartTls | Security::Opportunistic, Some(tls)) = (security, &self.tls)
            && (*security == Security::StartTls || connection.can_starttls())
        {
            connection
                .starttls(tls.clone(), &self.hello)
                .await
                .map_err(|error| SendFailure::smtp(&error, Step::StartTls))?;
        }
        if let Some(credentials) = credentials {
            connection
                .auth(DEFAULT_MECHANISMS, credentials)
                .await
                .map_err(|error| SendFailure::smtp(&error, Step::SignIn))?;
        }
        Ok(connection)
    }
}

/// Hands one mail over on a connection that stands ready.
async fn converse(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), SendFailure> {
    let (envelope, bytes) = (message.envelope(), message.formatted());
    let mut parameters = Vec::new();
    // Only an address can be other than ASCII here; see the envelope.
    if !bytes.is_ascii() {
        let server = connection.server_info();
        if !server.supports_feature(Extension::SmtpUtfEight) || !server.supports_feature(Extension::EightBitMime) {
            return Err(SendFailure::of("invalid"));
        }
        parameters.push(MailParameter::SmtpUtfEight);
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let done = Severity::PositiveCompletion;
    expect(done, connection.command(Mail::new(envelope.from().cloned(), parameters)).await)?;
    for to in envelope.to() {
        expect(done, connection.command(Rcpt::new(to.clone(), Vec::new())).await)?;
    }
    expect(Severity::PositiveIntermediate, connection.command(Data).await)?;
    expect(done, connection.message(&bytes).await)
}

/// Checks the class of a reply: to take any positive one would hide that a server lost the thread.
fn expect(severity: Severity, reply: Result<Response, Error>) -> Result<(), SendFailure> {
    match reply {
        Ok(reply) if reply.code().severity == severity => Ok(()),
        Ok(_) => Err(SendFailure::of("io")),
        Err(error) => Err(SendFailure::smtp(&error, Step::Mail)),
    }
}

/// Says goodbye without keeping anybody waiting.
fn hang_up(mut connection: AsyncSmtpConnection) {
    tokio::spawn(async move { timeout(SMALL_TALK, connection.quit()).await });
}

/// How a connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte, with a trusted certificate.
    Tls,
    /// STARTTLS with a trusted certificate, or no mail at all.
    StartTls,
    /// STARTTLS when it is offered, whatever the certificate.
    Opportunistic,
    /// None.
    Off,
}

/// What `SMTP_URL` says.
struct Target {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    ca: Option<PathBuf>,
    bundled_roots: bool,
}

const SHAPE: &str =
    "expected smtp://user:password@host:587 or smtps://user:password@host:465, user and password percent-encoded";

const fn wrong(expected: &'static str) -> MailError {
    MailError::Setting { variable: "SMTP_URL", expected }
}

impl Target {
    fn parse(url: &str) -> Result<Self, MailError> {
        let (scheme, rest) = url.split_once("://").ok_or(wrong(SHAPE))?;
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let address = address.strip_suffix('/').unwrap_or(address);
        let (user_info, host_port) =
            address.rsplit_once('@').map_or((None, address), |(user, host)| (Some(user), host));
        let credentials = user_info.map(credentials).transpose()?;
        let (host, port) = host_and_port(host_port)?;
        let Parameters { tls, ca, bundled_roots } = Parameters::parse(query)?;
        let local = is_loopback(&host);
        let security = match (scheme.to_ascii_lowercase().as_str(), tls.as_deref()) {
            ("smtps", None | Some("required")) => Security::Tls,
            ("smtp", None) if local && ca.is_none() => Security::Opportunistic,
            ("smtp", None | Some("required")) => Security::StartTls,
            ("smtp", Some("opportunistic")) => Security::Opportunistic,
            ("smtp", Some("off")) => Security::Off,
            ("smtp" | "smtps", _) => {
                return Err(wrong("tls must be required, opportunistic or off; with smtps:// only required"));
            }
            _ => return Err(wrong(SHAPE)),
        };
        let open = matches!(security, Security::Opportunistic | Security::Off);
        if open && credentials.is_some() && !local {
            return Err(wrong("a password may leave the machine only with tls=required or smtps://"));
        }
        let usual = match security {
            Security::Tls => 465,
            Security::StartTls => 587,
            Security::Opportunistic | Security::Off => 25,
        };
        Ok(Self { host, port: port.unwrap_or(usual), security, credentials, ca, bundled_roots })
    }

    fn tls_parameters(&self) -> Result<Option<TlsParameters>, MailError> {
        let builder = TlsParameters::builder(self.host.clone());
        let mut builder = match self.security {
            Security::Off => return Ok(None),
            // Plain would do as well here, so a certificate that nobody can check is no loss.
            Security::Opportunistic => builder
                .certificate_store(CertificateStore::None)
                .dangerous_accept_invalid_certs(true)
                .dangerous_accept_invalid_hostnames(true),
            Security::Tls | Security::StartTls if self.bundled_roots => {
                builder.certificate_store(CertificateStore::WebpkiRoots)
            }
            Security::Tls | Security::StartTls => builder,
        };
        if let Some(path) = &self.ca {
            const EXPECTED: &str = "ca must be the path of a readable PEM file with at least one certificate";
            let pem = std::fs::read(path).map_err(|_| wrong(EXPECTED))?;
            if !pem.windows(17).any(|window| window == b"BEGIN CERTIFICATE") {
                return Err(wrong(EXPECTED));
            }
            builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|_| wrong(EXPECTED))?);
        }
        builder.build_rustls().map(Some).map_err(|_| wrong("the trusted certificates could not be read"))
    }
}

#[derive(Default)]
struct Parameters {
    tls: Option<String>,
    ca: Option<PathBuf>,
    bundled_roots: bool,
}

impl Parameters {
    fn parse(query: &str) -> Result<Self, MailError> {
        let mut parameters = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (key, percent_decode(value)?) {
                ("tls", value) => parameters.tls = Some(value),
                ("ca", value) => parameters.ca = Some(value.into()),
                ("roots", value) if value == "bundled" => parameters.bundled_roots = true,
                _ => return Err(wrong("the parameters are tls, ca and roots=bundled")),
            }
        }
        Ok(parameters)
    }
}

fn credentials(user_info: &str) -> Result<Credentials, MailError> {
    let (user, password) = user_info.split_once(':').ok_or(wrong(SHAPE))?;
    let (user, password) = (percent_decode(user)?, percent_decode(password)?);
    if user.is_empty() || password.is_empty() {
        return Err(wrong(SHAPE));
    }
    Ok(Credentials::new(user, password))
}

fn host_and_port(text: &str) -> Result<(String, Option<u16>), MailError> {
    let (host, port) = match text.strip_prefix('[').map(|text| text.split_once(']').ok_or(wrong(SHAPE))).transpose()? {
        Some((host, rest)) if host.parse::<std::net::Ipv6Addr>().is_ok() => (host, rest.strip_prefix(':')),
        Some(_) => return Err(wrong(SHAPE)),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    if host.is_empty() || !host.chars().all(known) {
        return Err(wrong(SHAPE));
    }
    let port = port.map(|port| port.parse().ok().filter(|port| *port != 0).ok_or(wrong(SHAPE))).transpose()?;
    Ok((host.to_owned(), port))
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Decodes `%40` and the like. Control characters are refused: one of them ends the name in the server's eyes.
fn percent_decode(text: &str) -> Result<String, MailError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || rest.next().and_then(|byte| char::from(byte).to_digit(16)).ok_or(wrong(SHAPE));
            let value = digit()? * 16 + digit()?;
            bytes.push(u8::try_from(value).map_err(|_| wrong(SHAPE))?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains(char::is_control)).ok_or(wrong(SHAPE))
}
