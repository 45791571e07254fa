//! Logs: one line per event on standard error, as text or JSON. No line holds personal data.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::settings::LogFormat;

/// Libraries that tell much at `info`, and whose `debug` would show mails and queries.
const NOISY: &str = "lettre=warn,diesel=warn,diesel_migrations=warn,r2d2=warn,actix_server=warn,mio=warn,rustls=warn";

/// Why logs cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error(
        "RUST_LOG: `{0}` is not understood: expected off, error, warn, info, debug, trace, or <module>=<level>, with commas between"
    )]
    Filter(String),
    /// Somebody else writes them already.
    #[error("the logs were set up twice")]
    Twice,
}

/// Sets up the logs of the process. A panic is logged by its place only: its message may quote what was being worked on.
///
/// # Errors
/// When the filter cannot be read, or the logs were set up before.
pub fn init(format: LogFormat, filter: &str) -> Result<(), TelemetryError> {
    let colours = std::io::stderr().is_terminal();
    let subscriber = subscriber(format, read_filter(filter)?, colours, std::io::stderr);
    tracing::subscriber::set_global_default(subscriber).map_err(|_| TelemetryError::Twice)?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a thread panicked");
    }));
    Ok(())
}

fn subscriber<W>(
    format: LogFormat,
    filter: EnvFilter,
    colours: bool,
    writer: W,
) -> Box<dyn tracing::Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    match format {
        LogFormat::Text => Box::new(builder.with_ansi(colours).finish()),
        LogFormat::Json => Box::new(builder.json().flatten_event(true).with_span_list(false).finish()),
    }
}

/// Reads `RUST_LOG`. A level alone is that of Otinish; libraries stay at `info` at most unless they are named.
fn read_filter(text: &str) -> Result<EnvFilter, TelemetryError> {
    let text = text.trim();
    let mut directives = String::from("info,");
    directives.push_str(NOISY);
    for directive in text.split(',').map(str::trim).filter(|directive| !directive.is_empty()) {
        // A module with no level is more often a level with a slip in it, and would be passed over silently.
        let is_word = !directive.contains(['=', '[', ']', '{', '}']);
        match directive.to_ascii_lowercase().as_str() {
            level @ ("debug" | "trace") => directives.extend([",otinish=", level]),
            "info" => {}
            // Less than usual: the libraries' own lines go as well.
            level @ ("off" | "error" | "warn") => level.clone_into(&mut directives),
            _ if is_word => return Err(TelemetryError::Filter(directive.to_owned())),
            _ => {
                directives.push(',');
                directives.push_str(directive);
            }
        }
    }
    EnvFilter::builder().parse(&directives).map_err(|_| TelemetryError::Filter(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

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

    fn logged(format: LogFormat, filter: &str) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(format, read_filter(filter).unwrap(), false, move || writer.clone());
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!(target: "otinish::http", "request", trace_id = "abc");
            let _entered = span.enter();
            tracing::info!(target: "otinish::http", status = 200, "own info");
            tracing::debug!(target: "otinish::http", "own debug");
            tracing::warn!(target: "lettre::transport", "lettre warn");
            tracing::info!(target: "lettre::transport", "lettre info");
            tracing::debug!(target: "lettre::transport", "lettre debug");
            tracing::info!(target: "other", "other info");
            tracing::debug!(target: "other", "other debug");
        });
        String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
    }

    fn assert_logged(filter: &str, expected: &[&str]) {
        let text = logged(LogFormat::Text, filter);
        let all = ["own info", "own debug", "lettre warn", "lettre info", "lettre debug", "other info", "other debug"];
        let found: Vec<&str> = all.into_iter().filter(|line| text.contains(line)).collect();
        assert_eq!(found, expected, "{filter}");
    }

    #[test]
    fn libraries_are_quiet_unless_they_are_named() {
        assert_logged("info", &["own info", "lettre warn", "other info"]);
        assert_logged("", &["own info", "lettre warn", "other info"]);
        assert_logged("debug", &["own info", "own debug", "lettre warn", "other info"]);
        assert_logged("TRACE", &["own info", "own debug", "lettre warn", "other info"]);
        assert_logged("otinish=debug", &["own info", "own debug", "lettre warn", "other info"]);
        assert_logged("info,lettre=debug", &["own info", "lettre warn", "lettre info", "lettre debug", "other info"]);
        assert_logged("warn", &["lettre warn"]);
        assert_logged("error", &[]);
        assert_logged("off", &[]);
        assert_logged("warn,otinish=info", &["own info", "lettre warn"]);
    }

    #[test]
    fn a_filter_that_is_not_understood_is_named_in_the_error() {
        for filter in ["inof", "info,debgu", "otinish=loud", "=", "otinish::http", "info;debug"] {
            let error = read_filter(filter).unwrap_err();
            let wrong = filter.split(',').next_back().unwrap();
            assert!(error.to_string().contains(wrong), "{filter}: {error}");
            assert!(error.to_string().starts_with("RUST_LOG: "));
        }
    }

    #[test]
    fn json_lines_are_flat_and_carry_the_trace_id_of_their_request() {
        let text = logged(LogFormat::Json, "info");
        let line: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        assert_eq!(line["message"], "own info");
        assert_eq!(line["status"], 200);
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["target"], "otinish::http");
        assert_eq!(line["span"]["trace_id"], "abc");
    }
}
