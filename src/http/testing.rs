//! What the tests of this layer share.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, Once, PoisonError};

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, init_service, try_call_service};
use actix_web::web::ServiceConfig;
use serde_json::Value;
use tracing::instrument::WithSubscriber;

use super::server::application;
use crate::app::App;
use crate::clock::Clock;
use crate::mail::transport::Transport;
use crate::settings::Settings;

/// The time of the tests.
pub const NOW: &str = "2026-11-23T09:00:00Z";

/// A process with a database of its own in `folder`.
pub fn app(folder: &Path) -> Arc<App> {
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let settings = Settings::from_lookup(|name| match name {
        "DATA_DIR" => Some(path("data")),
        "DATABASE_URL" => Some(format!("sqlite:{}", path("test.db"))),
        "KEY_RING" => Some(path("keyring.json")),
        "CONFIG_DIR" => Some(path("no-such-folder")),
        "PUBLIC_URL" => Some("https://otinish.example.kz".to_owned()),
        _ => None,
    });
    let transport = Transport::from_settings(None, folder.join("mail")).unwrap();
    App::build_with(settings.unwrap(), Clock::fixed(NOW.parse().unwrap()), transport).unwrap()
}

/// An answer, whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The code of the problem that it must be.
    pub fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let document = self.json();
        assert_eq!(document["status"], self.status.as_u16());
        assert_eq!(document["trace_id"].as_str(), self.header("x-trace-id"));
        document["code"].as_str().unwrap().to_owned()
    }

    /// Pointer and code of each field.
    pub fn fields(&self) -> Vec<(String, String)> {
        let text = |field: &Value, name: &str| field[name].as_str().unwrap().to_owned();
        let document = self.json();
        let fields = document["errors"].as_array().cloned().unwrap_or_default();
        fields.iter().map(|field| (text(field, "pointer"), text(field, "code"))).collect()
    }
}

/// Sends one request to a server with these routes, none of which asks the database: it is shared and its files are gone.
pub async fn send(configure: fn(&mut ServiceConfig), request: TestRequest) -> Answer {
    static SHARED: LazyLock<Arc<App>> = LazyLock::new(|| app(tempfile::tempdir().unwrap().path()));
    send_to(&SHARED, configure, request).await
}

/// Sends one request to a server of this process.
pub async fn send_to(app: &Arc<App>, configure: fn(&mut ServiceConfig), request: TestRequest) -> Answer {
    let service = init_service(application(Arc::clone(app), configure)).await;
    let response: HttpResponse<BoxBody> = match try_call_service(&service, request.to_request()).await {
        Ok(answer) => answer.into_parts().1,
        Err(error) => error.error_response(),
    };
    let (status, headers) = (response.status(), response.headers().clone());
    let body = actix_web::body::to_bytes(response.into_body()).await.unwrap().to_vec();
    Answer { status, headers, body }
}

/// Somebody listens to everything while tests run. Without that a line that another test comes upon first, with nobody
/// listening, could be switched off for all in the moment in which this test listens.
static LISTENER: Once = Once::new();

/// What is logged meanwhile, one JSON object a line.
pub async fn logged<T>(work: impl Future<Output = T>) -> (T, String) {
    LISTENER.call_once(|| tracing::subscriber::set_global_default(Listener).unwrap());
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let result = work.with_subscriber(subscriber).await;
    let text = lines.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (result, String::from_utf8(text).unwrap())
}

/// Listens to everything and keeps nothing.
struct Listener;

impl tracing::Subscriber for Listener {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {}

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
