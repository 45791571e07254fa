//! `otinish serve` and `otinish worker`: start, say where to go next, and stop in an orderly way.

use std::net::TcpListener;
use std::process::ExitCode;
use std::sync::Arc;

use tokio::sync::watch;

use crate::app::App;
use crate::domain::phone::Phone;
use crate::domain::vocabulary::Role;
use crate::http;
use crate::http::tls::Certificate;
use crate::services::error::ServiceError;
use crate::settings::{Settings, default_url};
use crate::storage::{self, DatabaseUrl};
use crate::worker;

/// Takes the address first: nothing is changed when it is in use. With port 0 the free port that was found stands in links.
pub(super) fn bind(settings: &mut Settings) -> Result<(TcpListener, Option<Arc<Certificate>>), String> {
    let certificate = settings.tls.as_ref().map(Certificate::load).transpose().map_err(|error| error.to_string())?;
    let address = &settings.bind_addr;
    let listener = TcpListener::bind(address).map_err(|error| {
        format!("BIND_ADDR {address}: {error}. Choose another port, for instance BIND_ADDR=127.0.0.1:8081")
    })?;
    if settings.public_url == default_url(address, certificate.is_some()) {
        let bound = listener.local_addr().map_err(|error| error.to_string())?;
        settings.public_url = default_url(&bound.to_string(), certificate.is_some());
    }
    Ok((listener, certificate))
}

pub(super) async fn serve(
    app: Arc<App>,
    (listener, certificate): (TcpListener, Option<Arc<Certificate>>),
    with_worker: bool,
) -> Result<ExitCode, String> {
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    let (server, handle) =
        http::server::bind_and_run_tls(Arc::clone(&app), listener, http::configure, certificate.as_ref())
            .map_err(|error| format!("{bound}: {error}"))?;
    if let Some(certificate) = certificate {
        reload_on_signal(certificate).map_err(|error| error.to_string())?;
    }
    let (stop, stopped) = watch::channel(false);
    let mut worker = with_worker.then(|| tokio::spawn(worker::run(Arc::clone(&app), stopped)));
    // The numbering plans of all countries are read on first use; the first requester should not wait for that.
    tokio::task::spawn_blocking(|| Phone::parse("+77010000000").is_ok());
    let mut server = std::pin::pin!(server);
    welcome(&app, &bound.to_string(), with_worker).await;
    tokio::select! {
        ended = &mut server => return Err(format!("the server ended by itself: {ended:?}")),
        // Serving on without mails and reminders would be worse than a restart.
        () = ended(worker.as_mut()) => return Err("the worker ended by itself; see the log".to_owned()),
        () = signal() => {}
    }
    tracing::info!("stopping: requests in flight are finished, leases are given back");
    let _ = stop.send(true);
    let stopping = handle.stop(true);
    // The server's future has to be driven while it stops.
    let ((), ended) = tokio::join!(stopping, &mut server);
    ended.map_err(|error| error.to_string())?;
    if let Some(worker) = worker
        && worker.await.is_err()
    {
        tracing::error!("the worker ended with a fault");
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn work(app: Arc<App>) -> Result<ExitCode, String> {
    let (stop, stopped) = watch::channel(false);
    let worker = tokio::spawn(worker::run(Arc::clone(&app), stopped));
    println!("Otinish worker runs: mails leave by {}, reminders go out", app.transport.name());
    signal().await;
    let _ = stop.send(true);
    worker.await.map_err(|_| "the worker ended with a fault".to_owned())?;
    Ok(ExitCode::SUCCESS)
}

/// Waits for the end of the worker, which comes only by a fault; for ever where there is none.
async fn ended(worker: Option<&mut tokio::task::JoinHandle<()>>) {
    match worker {
        Some(worker) => {
            let _ = worker.await;
        }
        None => std::future::pending().await,
    }
}

/// How this program was called, for people: through cargo while it is built there.
fn program() -> &'static str {
    let path = std::env::current_exe().unwrap_or_default();
    if path.components().any(|part| part.as_os_str() == "target") { "cargo run --" } else { "otinish" }
}

/// Reads the certificate again whenever the process gets SIGHUP, as certificate programs send it after a renewal. A pair that cannot
/// be used is only logged: people go on with the old one.
fn reload_on_signal(certificate: Arc<Certificate>) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal as unix};
    let mut hangups = unix(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            match certificate.reload() {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(error) => tracing::error!(%error, "the new certificate cannot be used; the old one stays"),
            }
        }
    });
    Ok(())
}

/// Waits for Ctrl-C or the signal by which services are stopped.
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal as unix};
    let Ok(mut terminate) = unix(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Says where to go next.
async fn welcome(app: &Arc<App>, bound: &str, with_worker: bool) {
    let base = &app.settings.public_url;
    let database = match &app.settings.database {
        DatabaseUrl::Sqlite(path) => format!("SQLite, {path}"),
        DatabaseUrl::Postgres(_) => "PostgreSQL".to_owned(),
    };
    let mails = match app.settings.smtp_url {
        Some(_) => "by SMTP".to_owned(),
        None => format!("as files in {}", app.settings.mail_dir().display()),
    };
    let names: Vec<&str> = app.operators.iter().map(|operator| operator.id.as_str()).collect();
    println!("Otinish {} listens on {bound}", env!("CARGO_PKG_VERSION"));
    println!("  people       {base}/");
    println!("  API          {base}/api/v1/operators");
    println!("  its pages    {base}/docs/   (description: {base}/openapi.json)");
    println!("  operators    {}", names.join(", "));
    println!("  database     {database}");
    println!("  mails        {mails}{}", if with_worker { "" } else { " — by another process: otinish worker" });
    for (folder, source) in app.sources.iter().filter(|(_, source)| source == "built in") {
        println!("  {folder:<12} {source}");
    }
    match short_of_approvers(app).await {
        Ok((0, _)) => {
            println!("  Next: add the first member of the staff in another terminal:");
            println!(
                "    {} staff add --email you@example.kz --name \"Your Name\" --role dpo --operator {}",
                program(),
                names.iter().find(|name| **name == "demo").or(names.last()).copied().unwrap_or("demo")
            );
        }
        Ok((_, few)) => {
            for operator in few {
                tracing::warn!(operator, "fewer than two members can approve here: four eyes need a second DPO");
            }
        }
        Err(error) => tracing::warn!(%error, "the staff could not be counted"),
    }
}

/// How many accounts there are, and the operators with staff where fewer than two members can approve though two are needed.
pub(super) async fn short_of_approvers(app: &Arc<App>) -> Result<(usize, Vec<String>), ServiceError> {
    let process = Arc::clone(app);
    app.db
        .read("approvers", move |connection| {
            let all = storage::staff::page(connection, None, 2)?.len();
            let mut few = Vec::new();
            for operator in process.operators.iter().filter(|operator| !operator.options.single_person_approval) {
                let members =
                    storage::staff::with_role(connection, &operator.id, &[Role::Agent, Role::Dpo, Role::Auditor])?;
                let dpos = storage::staff::with_role(connection, &operator.id, &[Role::Dpo])?;
                if !members.is_empty() && dpos.len() < 2 {
                    few.push(operator.id.clone());
                }
            }
            Ok((all, few))
        })
        .await
}
