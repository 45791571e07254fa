//! The command line: one file each for what is more than a call.

mod audit;
mod backup;
mod deadlines;
pub mod demo;
mod doctor;
mod keys;
mod retention;
mod serve;
pub mod staff;

use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};

use crate::app::App;
use crate::clock::Clock;
use crate::domain::vocabulary::{Kind, Language, Role};
use crate::services::retention as retention_service;
use crate::services::start::{look, start};
use crate::settings::{self, Settings};
use crate::{http, storage, telemetry};

/// Takes people's requests about their personal data and drives each to an answer on time.
#[derive(Debug, Parser)]
#[command(name = "otinish", version, about, long_about = None)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves HTTP and does the background work (the default).
    Serve {
        /// Serves HTTP only; another process runs `otinish worker`.
        #[arg(long)]
        no_worker: bool,
    },
    /// Does the background work only: mails and reminders.
    Worker,
    /// Brings the database up to date and ends.
    Migrate,
    /// Staff accounts.
    Staff {
        #[command(subcommand)]
        command: StaffCommand,
    },
    /// How long personal data is kept, and its destruction after that.
    Retention {
        #[command(subcommand)]
        command: retention::Command,
    },
    /// Copies the database and the files into a new folder, beside running servers. The key ring is not in it.
    Backup {
        /// The folder; it must not be there yet.
        folder: std::path::PathBuf,
    },
    /// Puts a backup back into an empty database, and destroys again what was destroyed since.
    Restore(backup::RestoreArgs),
    /// Prints the deadlines that a request would get.
    Deadlines(deadlines::Args),
    /// Fills a database with made-up requests, history included, to look at and to measure.
    Demo(demo::Args),
    /// Whether what was written is still what is there.
    Audit {
        #[command(subcommand)]
        command: audit::AuditCommand,
    },
    /// The keys of the deployment.
    Keys {
        #[command(subcommand)]
        command: keys::KeysCommand,
    },
    /// Checks settings, data files, database, keys, mail and staff, and says what to mend.
    Doctor,
    /// Prints the description of the API (OpenAPI 3.1).
    Openapi,
    /// Prints all settings with their defaults, as in .env.example.
    Settings,
}

#[derive(Debug, Subcommand)]
enum StaffCommand {
    /// Adds an account, or a role to an account that is there.
    Add {
        /// Mail address, by which they sign in.
        #[arg(long)]
        email: String,
        /// As they are shown to colleagues.
        #[arg(long)]
        name: String,
        /// agent, dpo, auditor or admin.
        #[arg(long, value_parser = role)]
        role: Role,
        /// The operator's id; not for admin.
        #[arg(long)]
        operator: Option<String>,
        /// The language of mails to them: kk, ru or en.
        #[arg(long, value_parser = language, default_value = "ru")]
        language: Language,
        /// Reads the password from standard input; without it one is made up and printed once.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Turns the second factor of an account off, whose owner lost it, and ends the account's sessions.
    TotpReset {
        /// Mail address of the account.
        #[arg(long)]
        email: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "expected agent, dpo, auditor or admin".to_owned())
}

fn language(text: &str) -> Result<Language, String> {
    Language::parse(text).ok_or_else(|| "expected kk, ru or en".to_owned())
}

fn kind(text: &str) -> Result<Kind, String> {
    let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    Kind::parse(text).ok_or_else(|| format!("expected one of {}", names.join(", ")))
}

/// Runs the command that was asked for.
#[must_use]
pub fn main() -> ExitCode {
    let command = Cli::parse().command.unwrap_or(Command::Serve { no_worker: false });
    match run(command) {
        Ok(code) => code,
        Err(message) => {
            eprintln!("otinish: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, String> {
    match command {
        Command::Openapi => {
            print!("{}", http::openapi::as_json().map_err(|error| error.to_string())?);
            return Ok(ExitCode::SUCCESS);
        }
        Command::Settings => {
            print!("{}", settings::example_file());
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let settings = Settings::from_environment().map_err(|error| error.to_string())?;
    let filter = if matches!(command, Command::Serve { .. } | Command::Worker) { &settings.log_filter } else { "warn" };
    telemetry::init(settings.log_format, filter).map_err(|error| error.to_string())?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async move {
        match command {
            Command::Doctor => Ok(doctor::run(settings).await),
            Command::Serve { no_worker } => {
                let mut settings = settings;
                let listener = serve::bind(&mut settings)?;
                serve::serve(build(settings).await?, listener, !no_worker).await
            }
            Command::Worker => serve::work(build(settings).await?).await,
            Command::Migrate => migrate(&settings),
            Command::Retention { command } => {
                let app = look(settings, Clock::System).map_err(|error| error.to_string())?;
                retention::run(&app, command).await
            }
            Command::Backup { folder } => {
                let app = look(settings, Clock::System).map_err(|error| error.to_string())?;
                backup::make(&app, &folder).await
            }
            Command::Restore(args) => backup::put_back(settings, args).await,
            Command::Deadlines(args) => deadlines::run(&settings, args),
            Command::Demo(args) => demo::run(settings, args).await,
            Command::Staff { command } => {
                let app = look(settings, Clock::System).map_err(|error| error.to_string())?;
                staff_command(app, command).await
            }
            Command::Audit { command } => audit::run(&settings, &command),
            Command::Keys { command } => {
                let app = look(settings, Clock::System).map_err(|error| error.to_string())?;
                keys::run(&app, command).await
            }
            Command::Openapi | Command::Settings => Ok(ExitCode::SUCCESS),
        }
    })
}

/// A process that may serve: what a restored database still holds and should not is destroyed first.
async fn build(settings: Settings) -> Result<Arc<App>, String> {
    let app = start(settings, Clock::System).map_err(|error| error.to_string())?;
    retention_service::finish_destructions(&app).await.map_err(|error| {
        format!("what was destroyed before the database was put back could not be destroyed again: {error}")
    })?;
    Ok(app)
}

fn migrate(settings: &Settings) -> Result<ExitCode, String> {
    if let storage::DatabaseUrl::Sqlite(path) = &settings.database
        && let Some(folder) = std::path::Path::new(path).parent()
    {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut connection = storage::AnyConnection::open(&settings.database).map_err(|error| error.to_string())?;
    let done = storage::migrate(&mut connection).map_err(|error| error.to_string())?;
    for change in &done {
        println!("{change}");
    }
    println!("{} change(s) made; the database is up to date", done.len());
    Ok(ExitCode::SUCCESS)
}

async fn staff_command(app: Arc<App>, command: StaffCommand) -> Result<ExitCode, String> {
    let (email, name, role, operator, language, password_stdin) = match command {
        StaffCommand::Add { email, name, role, operator, language, password_stdin } => {
            (email, name, role, operator, language, password_stdin)
        }
        StaffCommand::TotpReset { email } => {
            println!("{}", staff::reset_totp(&app, &email).await?);
            return Ok(ExitCode::SUCCESS);
        }
    };
    let password = if password_stdin {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map_err(|error| format!("standard input: {error}"))?;
        Some(line.trim_end_matches(['\r', '\n']).to_owned())
    } else {
        None
    };
    println!("{}", staff::add(&app, staff::AddArgs { email, name, role, operator, language, password }).await?);
    Ok(ExitCode::SUCCESS)
}
