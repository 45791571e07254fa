//! A small but real SMTP server on loopback: STARTTLS or TLS from the first byte, AUTH PLAIN and LOGIN, and on request
//! the misbehaviour that real servers show.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::{
    collections::VecDeque,
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self,
        pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// How the server wants to be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Never encrypted.
    None,
    /// STARTTLS, and nothing of use before it.
    StartTls,
    /// TLS from the first byte.
    Implicit,
}

/// What the server is like.
#[derive(Debug, Clone)]
pub struct SmtpOptions {
    pub encryption: Encryption,
    /// Name and password, without which it takes no mail.
    pub credentials: Option<(String, String)>,
    /// What it offers after `AUTH`.
    pub mechanisms: &'static str,
}

impl Default for SmtpOptions {
    fn default() -> Self {
        Self {
            encryption: Encryption::StartTls,
            credentials: Some(("otinish@example.kz".to_owned(), "p@ss:w/rd?%#ә".to_owned())),
            mechanisms: "PLAIN LOGIN",
        }
    }
}

impl SmtpOptions {
    /// A relay without encryption and passwords.
    pub fn plain() -> Self {
        Self { encryption: Encryption::None, credentials: None, ..Self::default() }
    }

    /// TLS from the first byte.
    pub fn implicit_tls() -> Self {
        Self { encryption: Encryption::Implicit, ..Self::default() }
    }
}

/// What the server does with the next mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes it.
    Accept,
    /// 421 instead of a greeting.
    Unavailable,
    /// 554 instead of a greeting.
    TurnAway,
    /// Never greets.
    HangAtGreeting,
    /// 550 5.1.1 to RCPT, quoting the address.
    RefuseRecipient,
    /// 451 4.7.1 to RCPT, quoting the address.
    DeferRecipient,
    /// 554 5.7.1 after the contents.
    RefuseContents,
    /// Takes the contents for good, then closes without an answer.
    DropBeforeAnswer,
    /// Closes at DATA, with nothing taken.
    DropAtData,
    /// Takes the contents for good, and answers nothing for as long as the client waits.
    HangAfterContents,
    /// Takes the contents for good, and answers after that many milliseconds.
    AnswerAfter(u64),
}

/// A mail that the server took.
#[derive(Debug, Clone)]
pub struct ReceivedMail {
    pub from: String,
    pub to: Vec<String>,
    /// The message as it was before dot-stuffing.
    pub data: Vec<u8>,
    pub encrypted: bool,
    /// Who had signed in.
    pub user: Option<String>,
    /// Whether the client was told that the mail was taken.
    pub answered: bool,
}

/// The server. It stops when it is dropped.
pub struct SmtpServer {
    shared: Arc<Shared>,
    port: u16,
    task: Option<JoinHandle<()>>,
    ca_pem: String,
    folder: tempfile::TempDir,
}

struct Shared {
    options: SmtpOptions,
    tls: TlsAcceptor,
    script: Mutex<Script>,
    mails: watch::Sender<Vec<ReceivedMail>>,
    connections: watch::Sender<usize>,
}

struct Script {
    always: Behaviour,
    once: VecDeque<Behaviour>,
}

impl SmtpServer {
    /// Starts a server on a free port of 127.0.0.1 with a certificate for `localhost` of an authority of its own.
    pub async fn start(options: SmtpOptions) -> Self {
        let (ca_pem, tls) = certificates();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), &ca_pem).unwrap();
        let shared = Arc::new(Shared {
            options,
            tls,
            script: Mutex::new(Script { always: Behaviour::Accept, once: VecDeque::new() }),
            mails: watch::Sender::new(Vec::new()),
            connections: watch::Sender::new(0),
        });
        let mut server = Self { shared, port: 0, task: None, ca_pem, folder };
        server.start_again().await;
        server
    }

    /// Hangs up on everybody and leaves the port.
    pub async fn stop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
            let _ = task.await;
        }
    }

    /// Comes back on the same port. The mails taken before are still there.
    pub async fn start_again(&mut self) {
        self.stop().await;
        let mut patience = 50;
        let listener = loop {
            match TcpListener::bind(("127.0.0.1", self.port)).await {
                Ok(listener) => break listener,
                Err(error) if patience == 0 => panic!("port {} does not become free: {error}", self.port),
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
            patience -= 1;
        };
        self.port = listener.local_addr().unwrap().port();
        let shared = Arc::clone(&self.shared);
        self.task = Some(tokio::spawn(async move {
            // Goes down with the task, and the connections with it.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.send_modify(|count| *count += 1);
                let shared = Arc::clone(&shared);
                connections.spawn(async move { Session::serve(shared, Box::new(stream)).await });
            }
        }));
    }

    /// The whole `SMTP_URL`: name and password, the server's encryption demanded, its authority trusted.
    pub fn url(&self) -> String {
        match self.shared.options.encryption {
            Encryption::None => format!("{}?tls=off", self.url_bare()),
            Encryption::StartTls => format!("{}?tls=required&ca={}", self.url_bare(), self.ca_path().display()),
            Encryption::Implicit => format!("{}?ca={}", self.url_bare(), self.ca_path().display()),
        }
    }

    /// `SMTP_URL` without parameters.
    pub fn url_bare(&self) -> String {
        match &self.shared.options.credentials {
            None => self.url_as(None),
            Some((user, password)) => self.url_as(Some((user, password))),
        }
    }

    /// `SMTP_URL` without parameters, for another user or none.
    pub fn url_as(&self, credentials: Option<(&str, &str)>) -> String {
        let scheme = if self.shared.options.encryption == Encryption::Implicit { "smtps" } else { "smtp" };
        let user = credentials.map_or_else(String::new, |(user, password)| {
            format!("{}:{}@", percent_encode(user), percent_encode(password))
        });
        format!("{scheme}://{user}localhost:{}", self.port)
    }

    /// The certificate of the authority.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// A file with the certificate of the authority, there as long as the server.
    pub fn ca_path(&self) -> PathBuf {
        Path::new(self.folder.path()).join("ca.pem")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The mails taken so far, oldest first.
    pub fn mails(&self) -> Vec<ReceivedMail> {
        self.shared.mails.borrow().clone()
    }

    /// Waits up to ten seconds until there are `count` mails.
    pub async fn wait_for_mails(&self, count: usize) -> Vec<ReceivedMail> {
        let mut mails = self.shared.mails.subscribe();
        let waited = tokio::time::timeout(Duration::from_secs(10), mails.wait_for(|mails| mails.len() >= count)).await;
        let found = self.mails();
        assert!(waited.is_ok(), "waited for {count} mails, got {}", found.len());
        found
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        *self.shared.connections.borrow()
    }

    /// From now on.
    pub fn set_behaviour(&self, behaviour: Behaviour) {
        self.shared.script.lock().unwrap().always = behaviour;
    }

    /// For the next `times` mails, before what was set by [`set_behaviour`](Self::set_behaviour).
    pub fn behave_next(&self, behaviour: Behaviour, times: usize) {
        self.shared.script.lock().unwrap().once.extend(std::iter::repeat_n(behaviour, times));
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

impl Shared {
    /// What to do now, if it is one of `here`; a behaviour asked for a number of times is used up by that.
    fn act(&self, here: impl Fn(Behaviour) -> bool) -> Behaviour {
        let mut script = self.script.lock().unwrap();
        let current = script.once.front().copied().unwrap_or(script.always);
        if !here(current) {
            return Behaviour::Accept;
        }
        script.once.pop_front();
        current
    }
}

fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").unwrap();
        }
        out
    })
}

/// An authority's certificate, and TLS with a certificate that it signed.
fn certificates() -> (String, TlsAcceptor) {
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::new(Vec::new()).unwrap();
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    let ca_pem = ca.self_signed(&ca_key).unwrap().pem();

    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let certificate =
        CertificateParams::new(names).unwrap().signed_by(&key, &Issuer::from_params(&ca, &ca_key)).unwrap();
    let chain: Vec<CertificateDer<'static>> = vec![certificate.der().clone()];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    (ca_pem, TlsAcceptor::from(Arc::new(config)))
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + 'static> Stream for T {}

/// One connection. A step gives `None` when the connection is to end.
struct Session {
    shared: Arc<Shared>,
    stream: BufReader<Box<dyn Stream>>,
    encrypted: bool,
    user: Option<String>,
    from: Option<String>,
    to: Vec<String>,
}

impl Session {
    async fn serve(shared: Arc<Shared>, stream: Box<dyn Stream>) {
        let mut session =
            Self { shared, stream: BufReader::new(stream), encrypted: false, user: None, from: None, to: Vec::new() };
        let _ = session.converse().await;
    }

    async fn converse(&mut self) -> Option<()> {
        if self.shared.options.encryption == Encryption::Implicit {
            self.encrypt().await?;
        }
        match self
            .shared
            .act(|it| matches!(it, Behaviour::Unavailable | Behaviour::TurnAway | Behaviour::HangAtGreeting))
        {
            Behaviour::Unavailable => return self.say("421 4.3.2 localhost is closing").await,
            Behaviour::TurnAway => return self.say("554 5.3.2 localhost takes no mail").await,
            Behaviour::HangAtGreeting => return self.wait_until_left().await,
            _ => self.say("220 localhost ESMTP").await?,
        }
        loop {
            let line = self.line().await?;
            let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
            match verb.to_ascii_uppercase().as_str() {
                "EHLO" => self.greet().await?,
                "STARTTLS" if self.shared.options.encryption == Encryption::StartTls && !self.encrypted => {
                    self.say("220 2.0.0 go ahead").await?;
                    self.encrypt().await?;
                }
                "AUTH" if self.offers_auth() => self.authenticate(rest).await?,
                "MAIL" => self.mail(rest).await?,
                "RCPT" => self.rcpt(rest).await?,
                "DATA" => self.data().await?,
                "RSET" => {
                    self.forget();
                    self.say("250 2.0.0 forgotten").await?;
                }
                "NOOP" => self.say("250 2.0.0 still here").await?,
                "QUIT" => return self.say("221 2.0.0 bye").await,
                _ => self.say("502 5.5.1 not here").await?,
            }
        }
    }

    async fn say(&mut self, text: &str) -> Option<()> {
        self.stream.get_mut().write_all(format!("{text}\r\n").as_bytes()).await.ok()?;
        self.stream.get_mut().flush().await.ok()
    }

    async fn line_bytes(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).await.ok()?;
        line.strip_suffix(b"\r\n").map(<[u8]>::to_vec)
    }

    async fn line(&mut self) -> Option<String> {
        String::from_utf8(self.line_bytes().await?).ok()
    }

    async fn wait_until_left(&mut self) -> Option<()> {
        while !self.stream.fill_buf().await.ok()?.is_empty() {
            let length = self.stream.buffer().len();
            self.stream.consume(length);
        }
        None
    }

    async fn encrypt(&mut self) -> Option<()> {
        // What came before the handshake might be somebody else's.
        assert!(self.stream.buffer().is_empty(), "the client did not wait for the answer to STARTTLS");
        let plain = std::mem::replace(&mut self.stream, BufReader::new(Box::new(tokio::io::empty())));
        let stream = self.shared.tls.accept(plain.into_inner()).await.ok()?;
        self.stream = BufReader::new(Box::new(stream));
        self.encrypted = true;
        Some(())
    }

    fn offers_auth(&self) -> bool {
        let options = &self.shared.options;
        options.credentials.is_some() && (self.encrypted || options.encryption == Encryption::None)
    }

    async fn greet(&mut self) -> Option<()> {
        let mut offers = vec!["localhost".to_owned(), "SIZE 10485760".to_owned(), "8BITMIME".to_owned()];
        if self.shared.options.encryption == Encryption::StartTls && !self.encrypted {
            offers.push("STARTTLS".to_owned());
        }
        if self.offers_auth() {
            offers.push(format!("AUTH {}", self.shared.options.mechanisms));
        }
        let last = offers.len() - 1;
        let text: Vec<_> = offers
            .iter()
            .enumerate()
            .map(|(at, it)| format!("250{}{it}", if at == last { ' ' } else { '-' }))
            .collect();
        self.say(&text.join("\r\n")).await
    }

    async fn authenticate(&mut self, rest: &str) -> Option<()> {
        let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let given = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let text = if initial.is_empty() { self.ask("").await? } else { decode(initial)? };
                let mut parts = text.split('\0').skip(1).map(str::to_owned);
                (parts.next()?, parts.next()?)
            }
            "LOGIN" => (self.ask("Username:").await?, self.ask("Password:").await?),
            _ => return self.say("504 5.5.4 not that one").await,
        };
        if self.shared.options.credentials.as_ref() == Some(&given) {
            self.user = Some(given.0);
            return self.say("235 2.7.0 welcome").await;
        }
        self.say(&format!("535 5.7.8 {} is not known with this password", given.0)).await
    }

    async fn ask(&mut self, prompt: &str) -> Option<String> {
        self.say(&format!("334 {}", STANDARD.encode(prompt))).await?;
        decode(&self.line().await?)
    }

    async fn mail(&mut self, rest: &str) -> Option<()> {
        if self.shared.options.encryption == Encryption::StartTls && !self.encrypted {
            return self.say("530 5.7.0 STARTTLS first").await;
        }
        if self.shared.options.credentials.is_some() && self.user.is_none() {
            return self.say("530 5.7.0 sign in first").await;
        }
        if self.from.is_some() {
            return self.say("503 5.5.1 one mail at a time").await;
        }
        match path(rest, "FROM:") {
            Some(from) => self.from = Some(from),
            None => return self.say("501 5.5.4 MAIL FROM:<address>").await,
        }
        self.say("250 2.1.0 sender ok").await
    }

    async fn rcpt(&mut self, rest: &str) -> Option<()> {
        if self.from.is_none() {
            return self.say("503 5.5.1 MAIL first").await;
        }
        let Some(to) = path(rest, "TO:") else { return self.say("501 5.5.4 RCPT TO:<address>").await };
        match self.shared.act(|it| matches!(it, Behaviour::RefuseRecipient | Behaviour::DeferRecipient)) {
            Behaviour::RefuseRecipient => self.say(&format!("550 5.1.1 <{to}>: no such user here")).await,
            Behaviour::DeferRecipient => self.say(&format!("451-4.7.1 <{to}>: come\r\n451 4.7.1 back later")).await,
            _ => {
                self.to.push(to);
                self.say("250 2.1.5 recipient ok").await
            }
        }
    }

    async fn data(&mut self) -> Option<()> {
        if self.to.is_empty() {
            return self.say("503 5.5.1 RCPT first").await;
        }
        if self.shared.act(|it| it == Behaviour::DropAtData) == Behaviour::DropAtData {
            return None;
        }
        self.say("354 end with a dot").await?;
        let mut data = Vec::new();
        loop {
            let line = self.line_bytes().await?;
            if line == b"." {
                break;
            }
            data.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            data.extend_from_slice(b"\r\n");
        }
        // Behaviours of the other steps are left for them.
        let behaviour = self.shared.act(|it| {
            use Behaviour::{Accept, AnswerAfter, DropBeforeAnswer, HangAfterContents, RefuseContents};
            matches!(it, Accept | AnswerAfter(_) | DropBeforeAnswer | HangAfterContents | RefuseContents)
        });
        match behaviour {
            Behaviour::RefuseContents => {
                self.forget();
                return self.say("554 5.7.1 looks like spam").await;
            }
            Behaviour::DropBeforeAnswer => {
                self.keep(data, false);
                return None;
            }
            Behaviour::HangAfterContents => {
                self.keep(data, false);
                return self.wait_until_left().await;
            }
            Behaviour::AnswerAfter(milliseconds) => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            }
            _ => {}
        }
        self.keep(data, true);
        self.say("250 2.0.0 taken").await
    }

    fn forget(&mut self) {
        self.from = None;
        self.to.clear();
    }

    fn keep(&mut self, data: Vec<u8>, answered: bool) {
        let mail = ReceivedMail {
            from: self.from.take().unwrap_or_default(),
            to: std::mem::take(&mut self.to),
            data,
            encrypted: self.encrypted,
            user: self.user.clone(),
            answered,
        };
        self.shared.mails.send_modify(|mails| mails.push(mail));
    }
}

fn decode(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

/// The address in `FROM:<a@b> SIZE=…`.
fn path(rest: &str, prefix: &str) -> Option<String> {
    let head = rest.get(..prefix.len())?;
    let rest = rest.get(prefix.len()..)?.trim_start();
    let (address, _) = rest.strip_prefix('<')?.rsplit_once('>')?;
    head.eq_ignore_ascii_case(prefix).then(|| address.to_owned())
}
