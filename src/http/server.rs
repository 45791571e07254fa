//! The HTTP server: its limits, its middlewares, its orderly end.

use std::io;
use std::net::TcpListener;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Server, ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{Data, ServiceConfig};
use actix_web::{Error, HttpServer};

use super::cors::{cors, one_vary};
use super::limit::limit;
use super::problem::{ApiError, problems};
use super::tls::Certificate;
use super::trace::trace;
use crate::app::App;
use crate::services::error::ServiceError;

/// How long requests in flight may take to end when the server stops; in seconds.
pub const GRACE_SECONDS: u64 = 20;

/// How long a caller may take to send the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// How long a caller may take to agree on TLS.
const HANDSHAKE_TIME: Duration = Duration::from_secs(5);

/// How long a connection may stay idle between two requests.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How long the rest of a body that nobody reads is waited for.
const DISCONNECT_TIME: Duration = Duration::from_secs(5);

/// Connections of one worker; further ones wait.
const MOST_CONNECTIONS: usize = 10_000;

/// Starts the server on a socket that listens already. It runs while the future is awaited, on any Tokio runtime, and heeds no
/// signals: `handle.stop(true)` lets requests in flight end, for at most [`GRACE_SECONDS`].
///
/// # Errors
/// When the socket cannot be used.
pub fn bind_and_run(
    app: Arc<App>,
    listener: TcpListener,
    configure: fn(&mut ServiceConfig),
) -> io::Result<(Server, ServerHandle)> {
    bind_and_run_tls(app, listener, configure, None)
}

/// As [`bind_and_run`]; with a certificate the server speaks HTTPS, and nothing else.
///
/// # Errors
/// When the socket or the certificate cannot be used.
pub fn bind_and_run_tls(
    app: Arc<App>,
    listener: TcpListener,
    configure: fn(&mut ServiceConfig),
    certificate: Option<&Arc<Certificate>>,
) -> io::Result<(Server, ServerHandle)> {
    let workers = std::thread::available_parallelism().map_or(2, |count| count.get().clamp(2, 16));
    let server = HttpServer::new(move || application(Arc::clone(&app), configure))
        .workers(workers)
        .max_connections(MOST_CONNECTIONS)
        .client_request_timeout(HEAD_TIME)
        .client_disconnect_timeout(DISCONNECT_TIME)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(GRACE_SECONDS)
        .tls_handshake_timeout(HANDSHAKE_TIME)
        .disable_signals();
    let server = match certificate {
        Some(certificate) => server.listen_rustls_0_23(listener, certificate.config().map_err(io::Error::other)?)?,
        None => server.listen(listener)?,
    };
    let server = server.run();
    let handle = server.handle();
    Ok((server, handle))
}

/// The application with the routes that `configure` adds, behind the middlewares that every answer goes through.
pub fn application(
    app: Arc<App>,
    configure: fn(&mut ServiceConfig),
) -> actix_web::App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>,
> {
    // The last one is the outermost.
    actix_web::App::new()
        .app_data(Data::from(Arc::clone(&app)))
        .configure(configure)
        .wrap(from_fn(guard))
        .wrap(from_fn(limit))
        .wrap(from_fn(one_vary))
        .wrap(cors(app))
        .wrap(from_fn(problems))
        .wrap(from_fn(trace))
}

/// Middleware, innermost: answers HEAD by what GET would say, and makes an error of a panic.
async fn guard<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    if request.method() == Method::HEAD {
        // The connection remembers the method and leaves out the body.
        request.head_mut().method = Method::GET;
    }
    let mut answer = std::pin::pin!(async move { next.call(request).await });
    // Without this the panic would end the connection with no answer and the log with no line. What the handler left half done is
    // dropped with it; a unit of work in the database is rolled back.
    std::future::poll_fn(move |context| match catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context))) {
        Ok(progress) => progress,
        Err(_) => Poll::Ready(Err(ApiError::from(ServiceError::Internal("a handler panicked".to_owned())).into())),
    })
    .await
}

#[cfg(test)]
mod tests;
