//! The ways a mail can leave: a mail server, files in a folder, or memory for tests.

pub mod file;
pub mod memory;
pub mod smtp;

use std::{fmt, path::PathBuf, time::Duration};

pub use file::FileTransport;
use lettre::transport::smtp as smtp_client;
pub use memory::MemoryTransport;
pub use smtp::SmtpTransport;

use super::envelope::{MailError, OutgoingMail};

/// The longest that one attempt may take. A lease on a mail lasts 30 seconds, and what is left over pays for the
/// note about how the attempt ended.
pub const MAX_SEND_TIME: Duration = Duration::from_secs(18);

/// Where mails go. A clone is another handle to the same transport.
#[derive(Debug, Clone)]
pub enum Transport {
    /// To a mail server.
    Smtp(SmtpTransport),
    /// Into files, one a mail.
    File(FileTransport),
    /// Into memory, for tests.
    Memory(MemoryTransport),
    /// Nothing is sent or even written: the outbox notes each mail as sent when it is made, without its text. For made-up requests.
    Nowhere,
}

impl Transport {
    /// The transport that the settings ask for: the mail server of `SMTP_URL`, and files in `mail_dir` where that is
    /// absent or empty.
    ///
    /// # Errors
    /// When the URL is malformed or its certificate file cannot be read.
    pub fn from_settings(smtp_url: Option<&str>, mail_dir: PathBuf) -> Result<Self, MailError> {
        match smtp_url.map(str::trim).filter(|url| !url.is_empty()) {
            Some(url) => SmtpTransport::new(url, MAX_SEND_TIME).map(Self::Smtp),
            None => Ok(Self::File(FileTransport::new(mail_dir))),
        }
    }

    /// Makes one attempt to hand `mail` over. Never takes longer than [`MAX_SEND_TIME`] over a network.
    pub async fn send(&self, mail: &OutgoingMail) -> SendOutcome {
        match self {
            Self::Smtp(smtp) => smtp.send(mail).await,
            Self::File(file) => file.send(mail).await,
            Self::Memory(memory) => memory.send(mail),
            Self::Nowhere => SendOutcome::Accepted,
        }
    }

    /// Looks whether mails could be sent now, without sending one: connects, encrypts and signs in, or creates the
    /// folder.
    ///
    /// # Errors
    /// What would keep the next mail from leaving.
    pub async fn check(&self) -> Result<(), SendFailure> {
        match self {
            Self::Smtp(smtp) => smtp.check().await,
            Self::File(file) => file.check().await,
            Self::Memory(_) | Self::Nowhere => Ok(()),
        }
    }

    /// The word for logs and the doctor: `smtp`, `file`, `memory` or `nowhere`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Smtp(_) => "smtp",
            Self::File(_) => "file",
            Self::Memory(_) => "memory",
            Self::Nowhere => "nowhere",
        }
    }
}

/// How one attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The mail is in other hands: the server took it, or the file is on the disk.
    Accepted,
    /// It may work later.
    Retry {
        /// Why it did not work now.
        failure: SendFailure,
    },
    /// It will never work: a dead letter.
    Refused {
        /// Why.
        failure: SendFailure,
    },
}

impl SendOutcome {
    /// The failure, when there was one.
    #[must_use]
    pub const fn failure(&self) -> Option<&SendFailure> {
        match self {
            Self::Accepted => None,
            Self::Retry { failure } | Self::Refused { failure } => Some(failure),
        }
    }
}

impl From<Result<(), SendFailure>> for SendOutcome {
    fn from(result: Result<(), SendFailure>) -> Self {
        match result {
            Ok(()) => Self::Accepted,
            Err(failure) if failure.is_permanent() => Self::Refused { failure },
            Err(failure) => Self::Retry { failure },
        }
    }
}

/// Why an attempt failed. The server's own words are left out, since servers like to quote addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendFailure {
    /// The server's reply code, such as 550.
    pub code: Option<u16>,
    /// The server's enhanced status (RFC 3463), such as `5.1.1`.
    pub enhanced: Option<String>,
    /// What happened:
    /// `timeout` no end within the time allowed; `connect` the server is away or turned us off at the door;
    /// `tls` no encryption, or a certificate that is not trusted; `auth` our name or password was not taken;
    /// `refused` the server will never take this mail; `deferred` the server asks to come back later;
    /// `io` the connection or the disk failed midway; `invalid` the mail itself cannot be sent.
    pub kind: &'static str,
}

impl SendFailure {
    /// A failure without a reply of a server.
    #[must_use]
    pub const fn of(kind: &'static str) -> Self {
        Self { code: None, enhanced: None, kind }
    }

    /// A failure that the server answered with `code` and `text`; of the text only an enhanced status at its
    /// beginning is kept.
    #[must_use]
    pub fn replied(kind: &'static str, code: u16, text: &str) -> Self {
        Self { code: Some(code), enhanced: enhanced_status(code, text), kind }
    }

    /// The failure that `error` at `step` of an SMTP conversation means.
    fn smtp(error: &smtp_client::Error, step: Step) -> Self {
        if let Some(code) = error.status() {
            let kind = match (u16::from(code), step) {
                (_, Step::StartTls) => "tls",
                // Said at any step, these ask for a password or another one (RFC 4954 section 6).
                (_, Step::SignIn) | (530 | 534 | 535 | 538, _) => "auth",
                (400..=499, _) => "deferred",
                (_, Step::Connect) => "connect",
                (_, Step::Mail) => "refused",
            };
            let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            return Self::replied(kind, code.into(), &text);
        }
        Self::of(match step {
            _ if error.is_timeout() => "timeout",
            Step::StartTls => "tls",
            Step::Connect if is_handshake(error) => "tls",
            Step::Connect => "connect",
            Step::SignIn if error.is_client() => "auth",
            Step::SignIn | Step::Mail => "io",
        })
    }

    /// Whether another attempt would be in vain.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        matches!(self.kind, "refused" | "invalid")
    }
}

impl fmt::Display for SendFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind)?;
        if let Some(code) = self.code {
            write!(f, " {code}")?;
        }
        if let Some(enhanced) = &self.enhanced {
            write!(f, " {enhanced}")?;
        }
        Ok(())
    }
}

/// How far an attempt had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Connect,
    StartTls,
    SignIn,
    Mail,
}

/// Whether a TLS handshake failed. The library reports it as a failed connection, with an I/O error of that kind at the
/// end of the chain of causes.
fn is_handshake(error: &smtp_client::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return matches!(io.kind(), std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof);
        }
        cause = inner.source();
    }
    false
}

/// The status at the beginning of a reply. It must be of the class of the reply code (RFC 2034 section 4), or else it
/// might be anything, such as a part of an IP address.
fn enhanced_status(code: u16, text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let parts: Vec<&str> = word.split('.').collect();
    let [class, subject, detail] = parts.as_slice() else { return None };
    let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = *class == (code / 100).to_string() && number(subject) && number(detail);
    fits.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_and_status_of_a_reply_are_kept() {
        let failure = SendFailure::replied("refused", 550, "5.1.1 <aigerim@example.kz>: no such user");
        assert_eq!(failure.to_string(), "refused 550 5.1.1");
        assert!(!format!("{failure:?}").contains("aigerim"));
    }

    #[test]
    fn what_only_looks_like_a_status_is_not_kept() {
        for text in
            ["", "4.1.1 other class", "5.1 short", "5.1.1.1 long", "5.x.1 letters", "5..1", "5.1.1234", "5.1.1;x"]
        {
            assert_eq!(SendFailure::replied("refused", 550, text).enhanced, None, "{text}");
        }
    }

    #[test]
    fn without_a_mail_server_mails_become_files() {
        let none = Transport::from_settings(None, PathBuf::from("mail")).unwrap();
        let empty = Transport::from_settings(Some("  "), PathBuf::from("mail")).unwrap();
        assert_eq!((none.name(), empty.name()), ("file", "file"));
    }

    #[test]
    fn a_transport_may_be_shared_between_threads() {
        fn shared<T: Send + Sync + Clone + 'static>() {}
        shared::<Transport>();
    }
}
