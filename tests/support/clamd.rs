//! Virus scanners for tests: one that only plays at it and checks how it is spoken to, and the real one where it is installed.
#![allow(missing_docs)]

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::program::PATIENCE;

/// What the scanner that plays takes for harmful.
pub const HARMFUL: &[u8] = b"HARMFUL-ONLY-IN-TESTS";

/// How the scanner that plays behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Scans.
    Works,
    /// Scans, and knows nothing harmful yet.
    KnowsNothing,
    /// Takes at most so many bytes, and says so in the middle of a longer file.
    AtMost(usize),
    /// Says that it cannot.
    Fails,
    /// Reads and never answers.
    Hangs,
    /// Hangs up at once.
    HangsUp,
    /// Hangs up after the first chunk.
    HangsUpLater,
}

/// One file as it came.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub chunks: Vec<usize>,
    pub bytes: Vec<u8>,
    pub ended: bool,
}

#[derive(Debug)]
struct State {
    manner: Manner,
    seen: Vec<Seen>,
    pings: usize,
    mistakes: Vec<String>,
}

/// A scanner that plays.
pub struct FakeClamd {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl FakeClamd {
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = State { manner, seen: Vec::new(), pings: 0, mistakes: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    if let Err(mistake) = serve(stream, &state).await {
                        state.lock().unwrap().mistakes.push(mistake);
                    }
                });
            }
        });
        Self { address, state }
    }

    pub fn url(&self) -> String {
        format!("tcp://{}", self.address)
    }

    pub fn now(&self, manner: Manner) {
        self.state.lock().unwrap().manner = manner;
    }

    /// The files that came since the last look. Whatever came in another form than the protocol's is a failure.
    pub fn take_seen(&self) -> Vec<Seen> {
        let mut state = self.state.lock().unwrap();
        assert!(state.mistakes.is_empty(), "{:?}", state.mistakes);
        std::mem::take(&mut state.seen)
    }

    pub fn pings(&self) -> usize {
        self.state.lock().unwrap().pings
    }
}

async fn serve(mut stream: TcpStream, state: &Mutex<State>) -> Result<(), String> {
    let manner = state.lock().unwrap().manner;
    if manner == Manner::HangsUp {
        return Ok(());
    }
    let mut command = Vec::new();
    while command.last() != Some(&0) {
        command.push(stream.read_u8().await.map_err(|error| format!("no command: {error}"))?);
    }
    match command.as_slice() {
        b"zPING\0" => {
            state.lock().unwrap().pings += 1;
            let _ = stream.write_all(b"PONG\0").await;
            return Ok(());
        }
        b"zINSTREAM\0" => {}
        other => return Err(format!("a foreign command: {other:?}")),
    }
    let mut seen = Seen::default();
    let answer = take(&mut stream, manner, &mut seen).await;
    state.lock().unwrap().seen.push(seen);
    if let Some(answer) = answer? {
        let _ = stream.write_all(answer).await;
    }
    Ok(())
}

async fn take(stream: &mut TcpStream, manner: Manner, seen: &mut Seen) -> Result<Option<&'static [u8]>, String> {
    loop {
        // A caller that gives up in the middle of a file is none that speaks wrongly.
        let Ok(length) = stream.read_u32().await else { return Ok(None) };
        let length = usize::try_from(length).unwrap();
        if length == 0 {
            seen.ended = true;
            break;
        }
        if length > 64 * 1024 {
            return Err(format!("a chunk of {length}"));
        }
        let mut chunk = vec![0; length];
        if stream.read_exact(&mut chunk).await.is_err() {
            return Ok(None);
        }
        seen.chunks.push(length);
        seen.bytes.extend_from_slice(&chunk);
        match manner {
            Manner::AtMost(most) if seen.bytes.len() > most => {
                return Ok(Some(b"INSTREAM size limit exceeded. ERROR\0"));
            }
            Manner::HangsUpLater => return Ok(None),
            _ => {}
        }
    }
    let harmful = manner != Manner::KnowsNothing && seen.bytes.windows(HARMFUL.len()).any(|window| window == HARMFUL);
    Ok(match manner {
        Manner::Fails => Some(b"stream: Can't allocate memory ERROR\0"),
        Manner::Hangs => {
            // Until the caller has enough.
            let _ = stream.read_u8().await;
            None
        }
        _ if harmful => Some(b"stream: Test.Harmful-1 FOUND\0"),
        _ => Some(b"stream: OK\0"),
    })
}

/// The real scanner, started with a signature database of its own.
pub struct RealClamd {
    child: Child,
    folder: TempDir,
}

impl RealClamd {
    /// Starts `clamd` with these signatures (`.ndb` lines), if it is installed. It takes files of at most `most` bytes.
    pub fn start(signatures: &str, most: usize) -> Option<Self> {
        let program = ["/usr/sbin/clamd", "/usr/local/sbin/clamd", "/usr/bin/clamd", "/opt/homebrew/sbin/clamd"]
            .into_iter()
            .find(|path| Path::new(path).exists())?;
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("signatures");
        std::fs::create_dir(&database).unwrap();
        std::fs::write(database.join("test.ndb"), signatures).unwrap();
        let socket = folder.path().join("clamd.ctl");
        let config = format!(
            "LocalSocket {}\nDatabaseDirectory {}\nForeground yes\nStreamMaxLength {most}\nTemporaryDirectory {}\n",
            socket.display(),
            database.display(),
            folder.path().display(),
        );
        let config_file = folder.path().join("clamd.conf");
        std::fs::write(&config_file, config).unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new(program);
        command.arg("--config-file").arg(&config_file).stdin(Stdio::null());
        let child = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let mut clamd = Self { child, folder };
        let start = Instant::now();
        while std::os::unix::net::UnixStream::connect(&socket).is_err() {
            assert!(clamd.child.try_wait().unwrap().is_none(), "clamd ended: {}", clamd.log());
            assert!(start.elapsed() < PATIENCE, "clamd does not start: {}", clamd.log());
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Some(clamd)
    }

    pub fn url(&self) -> String {
        format!("unix:{}", self.folder.path().join("clamd.ctl").display())
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }
}

impl Drop for RealClamd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
