//! A virus scanner that speaks the protocol of clamd. A file goes to it chunk by chunk while it arrives, so that no more of it is in
//! memory than the chunk at hand.
//!
//! One connection a file: `zINSTREAM\0`, then for each chunk its length (four bytes, the highest first) and its bytes, then a length
//! of zero. The answer ends with a zero byte: `stream: OK`, `stream: <what was found> FOUND` or `<what went wrong> ERROR`.

use std::path::PathBuf;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

/// Longest answer that is read.
const LONGEST_ANSWER: usize = 4096;
/// Longest name of a finding that is kept.
const LONGEST_NAME: usize = 100;
/// A scanner that was away is left alone for so long.
pub const AWAY_FOR: TimeDelta = TimeDelta::minutes(1);
/// How long a connection may take to come about, at most.
const CONNECT: Duration = Duration::from_secs(5);

/// Where a scanner listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannerUrl {
    /// A host and a port.
    Tcp(String),
    /// A socket in the file system.
    Unix(PathBuf),
}

impl ScannerUrl {
    /// Reads `tcp://<host>:<port>` or `unix:<path>`.
    ///
    /// # Errors
    /// What is expected.
    pub fn parse(url: &str) -> Result<Self, String> {
        let expected = || "expected tcp://<host>:<port> or unix:<path>".to_owned();
        if let Some(path) = url.strip_prefix("unix:").map(|path| path.strip_prefix("//").unwrap_or(path)) {
            return if path.is_empty() { Err(expected()) } else { Ok(Self::Unix(PathBuf::from(path))) };
        }
        let place = url.strip_prefix("tcp://").ok_or_else(expected)?;
        match place.rsplit_once(':') {
            Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0) => {
                Ok(Self::Tcp(place.to_owned()))
            }
            _ => Err(expected()),
        }
    }
}

impl std::fmt::Display for ScannerUrl {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp(place) => write!(formatter, "tcp://{place}"),
            Self::Unix(path) => write!(formatter, "unix:{}", path.display()),
        }
    }
}

/// What a scanner says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was found.
    Clean,
    /// This was found.
    Infected(String),
    /// It takes no file of this size.
    TooLarge,
}

/// Why a scanner said nothing of a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// It cannot be reached, does not answer or hangs up.
    #[error("the virus scanner cannot be used: {0}")]
    Away(String),
    /// It is there and cannot scan this file.
    #[error("the virus scanner could not scan a file: {0}")]
    Failed(String),
}

fn away(error: impl std::fmt::Display) -> ScanError {
    ScanError::Away(error.to_string())
}

/// A scanner.
#[derive(Debug, Clone)]
pub struct Scanner {
    url: ScannerUrl,
    patience: Duration,
}

/// The scanner of a process, if it has one, and what the process knows of it.
#[derive(Debug, Default)]
pub struct KnownScanner {
    scanner: Option<Scanner>,
    away_until: RwLock<Option<DateTime<Utc>>>,
    /// When this process let files from before there was a scanner wait for it.
    pub caught_up: RwLock<Option<DateTime<Utc>>>,
}

impl KnownScanner {
    /// The scanner of the settings; nothing is asked of it yet.
    #[must_use]
    pub fn new(url: Option<ScannerUrl>, patience: Duration) -> Self {
        Self { scanner: url.map(|url| Scanner::new(url, patience)), ..Self::default() }
    }

    /// The scanner, whether it is there or not.
    #[must_use]
    pub const fn scanner(&self) -> Option<&Scanner> {
        self.scanner.as_ref()
    }

    /// The scanner, unless it was away a moment ago: nobody should wait for that again and again.
    #[must_use]
    pub fn there(&self, now: DateTime<Utc>) -> Option<&Scanner> {
        let away_until = *self.away_until.read().unwrap_or_else(PoisonError::into_inner);
        self.scanner.as_ref().filter(|_| away_until.is_none_or(|until| until <= now))
    }

    /// It did not answer.
    pub fn note_away(&self, now: DateTime<Utc>) {
        *self.away_until.write().unwrap_or_else(PoisonError::into_inner) = Some(now + AWAY_FOR);
    }
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

impl Scanner {
    /// The scanner that listens there; each of its steps may take as long as `patience`.
    #[must_use]
    pub const fn new(url: ScannerUrl, patience: Duration) -> Self {
        Self { url, patience }
    }

    /// Where it listens.
    #[must_use]
    pub const fn url(&self) -> &ScannerUrl {
        &self.url
    }

    /// Asks whether it is there.
    ///
    /// # Errors
    /// `Away` with what is wrong.
    pub async fn ping(&self) -> Result<(), ScanError> {
        let mut scan = self.begin(b"zPING\0").await?;
        match scan.answer().await?.as_str() {
            "PONG" => Ok(()),
            _ => Err(away("what listens there is no virus scanner")),
        }
    }

    /// Begins with a file.
    ///
    /// # Errors
    /// `Away` with what is wrong.
    pub async fn scan(&self) -> Result<Scan, ScanError> {
        self.begin(b"zINSTREAM\0").await
    }

    async fn begin(&self, command: &[u8]) -> Result<Scan, ScanError> {
        let connected = timeout(self.patience.min(CONNECT), self.connect()).await;
        let wire = connected.map_err(|_| away("no connection came about in time"))?.map_err(away)?;
        let (reader, writer) = split(wire);
        let mut scan = Scan { reader, writer, patience: self.patience, answer: Vec::new(), early: false };
        scan.send(command).await?;
        Ok(scan)
    }

    async fn connect(&self) -> std::io::Result<Box<dyn Wire>> {
        Ok(match &self.url {
            ScannerUrl::Tcp(place) => {
                let stream = TcpStream::connect(place).await?;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
            ScannerUrl::Unix(path) => Box::new(UnixStream::connect(path).await?),
        })
    }
}

/// A file on its way through the scanner.
pub struct Scan {
    reader: ReadHalf<Box<dyn Wire>>,
    writer: WriteHalf<Box<dyn Wire>>,
    patience: Duration,
    answer: Vec<u8>,
    /// The answer came before the end of the file: the scanner takes no more of it.
    early: bool,
}

impl std::fmt::Debug for Scan {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Scan(…)")
    }
}

impl Scan {
    /// Gives it the next bytes of the file.
    ///
    /// # Errors
    /// `Away` when it hung up or takes none.
    pub async fn feed(&mut self, bytes: &[u8]) -> Result<(), ScanError> {
        // A length of zero would end the file.
        if bytes.is_empty() {
            return Ok(());
        }
        let length = u32::try_from(bytes.len()).map_err(|_| ScanError::Failed("a chunk is too long".to_owned()))?;
        self.send(&length.to_be_bytes()).await?;
        self.send(bytes).await
    }

    /// Ends the file and waits for what the scanner says.
    ///
    /// # Errors
    /// `Away` when it says nothing, `Failed` when it could not scan the file.
    pub async fn finish(mut self) -> Result<Verdict, ScanError> {
        self.send(&0_u32.to_be_bytes()).await?;
        let is_early = self.early;
        match verdict(&self.answer().await?) {
            // It cannot know that yet.
            Ok(Verdict::Clean) if is_early => {
                Err(ScanError::Failed("it answered before the end of the file".to_owned()))
            }
            other => other,
        }
    }

    /// Sends bytes, and listens meanwhile: a scanner that takes no more says why and hangs up.
    async fn send(&mut self, bytes: &[u8]) -> Result<(), ScanError> {
        if self.early {
            return Ok(());
        }
        let Self { reader, writer, answer, .. } = self;
        let sending = async {
            tokio::select! {
                biased;
                answered = read_answer(reader, answer) => answered.map(|()| true),
                sent = writer.write_all(bytes) => sent.map(|()| false).map_err(away),
            }
        };
        match timeout(self.patience, sending).await {
            Ok(Ok(early)) => self.early = early,
            // What it said before it hung up may still lie there.
            Ok(Err(error)) => {
                self.answer().await.map_err(|_| error)?;
                self.early = true;
            }
            Err(_) => return Err(away("it takes no bytes")),
        }
        Ok(())
    }

    async fn answer(&mut self) -> Result<String, ScanError> {
        let reading = read_answer(&mut self.reader, &mut self.answer);
        timeout(self.patience, reading).await.map_err(|_| away("it does not answer"))??;
        let text = String::from_utf8_lossy(&self.answer);
        Ok(text.trim_end_matches('\0').trim().to_owned())
    }
}

/// Reads up to the zero byte at the end of an answer. What was read stays in `answer` when the future is dropped.
async fn read_answer(reader: &mut ReadHalf<Box<dyn Wire>>, answer: &mut Vec<u8>) -> Result<(), ScanError> {
    while answer.last() != Some(&0) {
        if answer.len() > LONGEST_ANSWER {
            return Err(away("its answer does not end"));
        }
        if reader.read_buf(answer).await.map_err(away)? == 0 {
            return Err(away("it hung up without an answer"));
        }
    }
    Ok(())
}

fn verdict(answer: &str) -> Result<Verdict, ScanError> {
    if answer == "stream: OK" {
        return Ok(Verdict::Clean);
    }
    if let Some(found) = answer.strip_prefix("stream: ").and_then(|rest| rest.strip_suffix(" FOUND")) {
        return Ok(Verdict::Infected(plain(found)));
    }
    if answer.ends_with("size limit exceeded. ERROR") {
        return Ok(Verdict::TooLarge);
    }
    Err(ScanError::Failed(plain(answer)))
}

/// Words of the scanner, as they may stand in a log and in the history.
fn plain(words: &str) -> String {
    let is_plain = |letter: &char| letter.is_ascii_graphic() || *letter == ' ';
    words.chars().filter(is_plain).take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_with_a_port_or_a_socket() {
        let tcp = |place: &str| Ok(ScannerUrl::Tcp(place.to_owned()));
        assert_eq!(ScannerUrl::parse("tcp://127.0.0.1:3310"), tcp("127.0.0.1:3310"));
        assert_eq!(ScannerUrl::parse("tcp://[::1]:3310"), tcp("[::1]:3310"));
        let socket = Ok(ScannerUrl::Unix(PathBuf::from("/run/clamav/clamd.ctl")));
        assert_eq!(ScannerUrl::parse("unix:/run/clamav/clamd.ctl"), socket);
        assert_eq!(ScannerUrl::parse("unix:///run/clamav/clamd.ctl"), socket);
        for wrong in ["", "clamd", "tcp://", "tcp://host", "tcp://:3310", "tcp://host:0", "tcp://host:x", "unix:"] {
            assert!(ScannerUrl::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn answers_are_told_apart_and_lose_what_is_not_plain() {
        assert_eq!(verdict("stream: OK"), Ok(Verdict::Clean));
        let found = Verdict::Infected("Eicar-Test-Signature".to_owned());
        assert_eq!(verdict("stream: Eicar-Test-Signature FOUND"), Ok(found));
        let odd = format!("stream: a\u{202e}\nb{} FOUND", "x".repeat(500));
        assert_eq!(verdict(&odd), Ok(Verdict::Infected(format!("ab{}", "x".repeat(98)))));
        assert_eq!(verdict("INSTREAM size limit exceeded. ERROR"), Ok(Verdict::TooLarge));
        for wrong in ["", "OK", "stream: OK FOUN", "stream: Can't allocate memory ERROR", "UNKNOWN COMMAND"] {
            assert!(matches!(verdict(wrong), Err(ScanError::Failed(_))), "{wrong}");
        }
    }
}
