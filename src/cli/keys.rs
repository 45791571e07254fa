//! `otinish keys`: the keys of the deployment, beside a running service.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;

use crate::app::App;
use crate::services::keys::{self, Retired};

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Shows all keys, and what is still sealed under each master key.
    List,
    /// Adds a master key. The worker wraps the keys of all requests anew with it, while the service runs.
    Rotate,
    /// Takes a master key out of the ring that nothing uses any more.
    Retire {
        /// Its id, as `keys list` shows it.
        id: String,
    },
}

pub(super) async fn run(app: &Arc<App>, command: KeysCommand) -> Result<ExitCode, String> {
    match command {
        KeysCommand::List => list(app).await,
        KeysCommand::Rotate => {
            let (new, old) = keys::rotate(app).await.map_err(|error| error.to_string())?;
            println!("{new} is the master key now; {old} still opens what it wrapped");
            println!("Copy the key ring to its safe places, and to all other machines that run Otinish, now.");
            println!(
                "The worker wraps the keys of all requests anew; when `otinish keys list` shows nothing under {old}:"
            );
            println!("  otinish keys retire {old}");
            Ok(ExitCode::SUCCESS)
        }
        KeysCommand::Retire { id } => match keys::retire(app, id.clone()).await.map_err(|error| error.to_string())? {
            Retired::Out => {
                println!(
                    "{id} is out of the key ring; what is still sealed under it in backups opens with older copies of the ring only"
                );
                Ok(ExitCode::SUCCESS)
            }
            Retired::InUse(uses) => Err(format!(
                "{id} stays in the key ring: {} requests, {} second factors and {} mails are sealed under it; is the worker running?",
                uses.requests, uses.second_factors, uses.mails
            )),
        },
    }
}

async fn list(app: &Arc<App>) -> Result<ExitCode, String> {
    for key in keys::list(app).await.map_err(|error| error.to_string())? {
        let state = if key.retired { "retired" } else { "active" };
        let uses = key.uses.map_or_else(String::new, |uses| {
            format!("  {} requests, {} second factors, {} mails", uses.requests, uses.second_factors, uses.mails)
        });
        println!("{:<24} {:<8} {:<8} {}{uses}", key.id, key.purpose.as_str(), state, key.created_at.format("%Y-%m-%d"));
    }
    Ok(ExitCode::SUCCESS)
}
