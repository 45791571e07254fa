//! The program itself, started as people start it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;

use super::{Answer, TestDatabase};

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Where a program runs: its database, its folder, its data files.
pub struct Place {
    pub database: TestDatabase,
    pub url: String,
    pub config: Option<PathBuf>,
    pub bind: String,
    /// More settings.
    pub settings: Vec<(&'static str, String)>,
}

impl Place {
    /// An empty database and folder, as on a first start.
    pub fn empty() -> Self {
        // The client of the tests speaks TLS by the same library.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let database = TestDatabase::empty();
        Self { url: database.url.clone(), database, config: None, bind: "127.0.0.1:0".to_owned(), settings: Vec::new() }
    }

    /// The data folder.
    pub fn folder(&self) -> PathBuf {
        self.database.folder.path().to_owned()
    }

    /// The key ring.
    pub fn key_ring(&self) -> PathBuf {
        self.folder().join("keyring.json")
    }

    /// The mails that left as files so far.
    pub fn mails(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.folder().join("mail")) else { return Vec::new() };
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|end| end == "eml")).collect();
        paths.sort();
        paths
            .iter()
            .map(|path| {
                let bytes = std::fs::read(path).unwrap();
                let mail = mail_parser::MessageParser::default().parse(&bytes).unwrap();
                mail.body_text(0).unwrap().replace("\r\n", "\n")
            })
            .collect()
    }

    /// Waits until so many mails left.
    pub fn wait_for_mails(&self, count: usize) -> Vec<String> {
        let start = Instant::now();
        while self.mails().len() < count {
            assert!(start.elapsed() < PATIENCE, "waited for {count} mails, got {}", self.mails().len());
            std::thread::sleep(Duration::from_millis(50));
        }
        self.mails()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_otinish"));
        command
            .args(arguments)
            .env_clear()
            .env("DATABASE_URL", &self.url)
            .env("DATA_DIR", self.folder())
            .env("BIND_ADDR", &self.bind)
            .env("CONFIG_DIR", self.config.clone().unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into()))
            .env("DATABASE_CONNECTIONS", "4")
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let id = child.id();
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(child.wait_with_output()));
        let Ok(output) = receiver.recv_timeout(PATIENCE) else {
            signal(id, "KILL");
            panic!("{arguments:?} did not end");
        };
        Ended::of(&output.unwrap())
    }

    /// Starts `otinish <arguments>` and waits until it says that it runs.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let mut command = self.command(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let output = Arc::new(Mutex::new(String::new()));
        collect(child.stdout.take().unwrap(), &output);
        collect(child.stderr.take().unwrap(), &output);
        let mut running = Running { child, output, base: String::new() };
        let start = Instant::now();
        loop {
            let text = running.output();
            if let Some((_, rest)) = text.split_once(" listens on ") {
                running.base = format!("http://{}", rest.lines().next().unwrap_or_default());
                break;
            }
            if text.contains("worker runs") {
                break;
            }
            assert!(running.child.try_wait().unwrap().is_none(), "it ended: {text}");
            assert!(start.elapsed() < PATIENCE, "it does not start: {text}");
            std::thread::sleep(Duration::from_millis(20));
        }
        running
    }
}

fn collect(stream: impl Read + Send + 'static, output: &Arc<Mutex<String>>) {
    let output = Arc::clone(output);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut output = output.lock().unwrap();
            output.push_str(&line);
            output.push('\n');
        }
    });
}

/// Sends a signal to a process.
pub fn signal(process: u32, name: &str) {
    let sent = Command::new("/bin/sh").args(["-c", &format!("kill -{name} {process}")]).status().unwrap();
    assert!(sent.success(), "kill -{name} {process}");
}

/// A command that ended.
#[derive(Debug)]
pub struct Ended {
    pub success: bool,
    pub out: String,
    pub err: String,
}

impl Ended {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { success: output.status.success(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

/// A process that runs; it is killed when it is dropped.
pub struct Running {
    child: Child,
    output: Arc<Mutex<String>>,
    pub base: String,
}

impl Running {
    /// All that it said so far.
    pub fn output(&self) -> String {
        self.output.lock().unwrap().clone()
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "it does not end: {}", self.output());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Asks it to stop, as a service manager does, and waits.
    pub fn stop(&mut self) -> ExitStatus {
        signal(self.id(), "TERM");
        self.wait()
    }

    /// Kills it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Calls it.
    pub async fn call(&self, method: Method, path: &str, token: Option<&str>, body: Option<&Value>) -> Answer {
        // No app runs in this process that would have chosen the provider of cryptography.
        let _ = tokio_rustls::rustls::crypto::ring::default_provider().install_default();
        let mut request = reqwest::Client::new().request(method, format!("{}{path}", self.base));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.timeout(PATIENCE).send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        Answer { status: status.as_u16(), headers, text: response.text().await.unwrap() }
    }

    pub async fn get(&self, path: &str, token: Option<&str>) -> Answer {
        self.call(Method::GET, path, token, None).await
    }

    pub async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Answer {
        self.call(Method::POST, path, token, Some(body)).await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A PostgreSQL server of one test, which it may stop and start.
pub struct OwnPostgres {
    folder: tempfile::TempDir,
    programs: PathBuf,
    owner: Option<(u32, u32)>,
    port: u16,
    child: Option<Child>,
}

impl OwnPostgres {
    /// Makes and starts one; nothing where PostgreSQL's programs are not installed.
    pub fn start() -> Option<Self> {
        let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
            .ok()?
            .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
            .filter(|programs| programs.join("initdb").is_file())
            .collect();
        found.sort();
        let programs = found.pop()?;
        let ask = |arguments: &[&str]| {
            let output = Command::new("/usr/bin/id").args(arguments).output().ok()?;
            String::from_utf8(output.stdout).ok()?.trim().parse::<u32>().ok()
        };
        // PostgreSQL does not run as root.
        let owner =
            if ask(&["-u"])? == 0 { Some((ask(&["-u", "postgres"])?, ask(&["-g", "postgres"])?)) } else { None };
        let folder = tempfile::tempdir().unwrap();
        if let Some((user, group)) = owner {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).unwrap();
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Self { folder, programs, owner, port, child: None };
        let data = server.data();
        let arguments = ["-D", &data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"];
        let made = server.program("initdb").args(arguments).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        server.start_again();
        Some(server)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn program(&self, name: &str) -> Command {
        use std::os::unix::process::CommandExt;
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((user, group)) = self.owner {
            command.gid(group).uid(user);
        }
        command
    }

    /// Starts it on the same port with the same data.
    pub fn start_again(&mut self) {
        let (data, port) = (self.data(), self.port.to_string());
        let sockets = self.folder.path().display().to_string();
        let arguments =
            ["-D", &data, "-p", &port, "-k", &sockets, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"];
        self.child = Some(self.program("postgres").args(arguments).spawn().unwrap());
        let start = Instant::now();
        while !self.program("pg_isready").args(["-h", "127.0.0.1", "-p", &port]).status().unwrap().success() {
            assert!(start.elapsed() < PATIENCE, "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Stops it and hangs up on everybody.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            signal(child.id(), "INT");
            child.wait().unwrap();
        }
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        self.stop();
    }
}
