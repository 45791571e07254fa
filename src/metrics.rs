//! Figures of this process for Prometheus: calls by route, and what somebody who should not get in did.
//!
//! Labels come from short lists in the code or in the data files. No reference, no id, no address and nothing of a person stands in
//! them. What the database knows is added when somebody asks; see [`crate::services::figures`].

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode_registry;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Upper ends of the buckets of durations, in seconds.
const SECONDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

crate::vocabulary! {
    /// What is counted of attempts to get in, and of damage.
    SecurityEvent {
        /// A sign-in with a wrong password or code.
        FailedSignIn = "failed_sign_in",
        /// A member asked for personal data that they may not see.
        RefusedLook = "refused_look",
        /// Somebody showed a wrong secret for a request.
        WrongSecret = "wrong_secret",
        /// A verification found damage in a history, in the audit trail or in a checkpoint.
        BrokenChain = "broken_chain",
        /// The virus scanner found something in a file.
        HarmfulFile = "harmful_file",
        /// A mail was given up.
        DeadMail = "dead_mail",
        /// A call was one too many, or came while an account was locked.
        RateLimited = "rate_limited",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Call {
    route: String,
    method: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
    method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Event {
    event: &'static str,
}

type Histograms = Family<Route, Histogram, fn() -> Histogram>;

/// The counters of a process.
pub struct Metrics {
    registry: Registry,
    calls: Family<Call, Counter>,
    seconds: Histograms,
    security: Family<Event, Counter>,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("otinish");
        let calls = Family::default();
        let seconds = Histograms::new_with_constructor(|| Histogram::new(SECONDS));
        let security = Family::default();
        registry.register("http_requests", "Calls by route, method and class of the status", calls.clone());
        registry.register("http_request_duration_seconds", "How long answering took", seconds.clone());
        registry.register("security_events", "Failed sign-ins and their like, and damage", security.clone());
        let metrics = Self { registry, calls, seconds, security };
        // All are there from the start: what appears with its first case cannot be seen to rise.
        for event in SecurityEvent::ALL {
            metrics.of(*event).inc_by(0);
        }
        metrics
    }
}

impl Metrics {
    fn of(&self, event: SecurityEvent) -> Counter {
        self.security.get_or_create_owned(&Event { event: event.as_str() })
    }

    /// Counts one of these.
    pub fn count(&self, event: SecurityEvent) {
        self.of(event).inc();
    }

    /// How many were counted since the process began.
    #[must_use]
    pub fn counted(&self, event: SecurityEvent) -> u64 {
        self.of(event).get()
    }

    /// Counts a call. `route` is the pattern, never the path; none for an address that nothing answers at.
    pub fn call(&self, route: Option<&str>, method: &'static str, status: u16, took: Duration) {
        let route = route.unwrap_or("unmatched").to_owned();
        self.calls.get_or_create_owned(&Call { route: route.clone(), method, status: class(status) }).inc();
        self.seconds.get_or_create_owned(&Route { route, method }).observe(took.as_secs_f64());
    }

    /// Writes all in the text form.
    ///
    /// # Errors
    /// None that a `String` could cause.
    pub fn write(&self, text: &mut String) -> std::fmt::Result {
        encode_registry(text, &self.registry)
    }
}

const fn class(status: u16) -> &'static str {
    match status {
        ..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_route_method_and_class() {
        let metrics = Metrics::default();
        metrics.call(Some("/api/v1/requests/{reference}"), "GET", 200, Duration::from_millis(30));
        metrics.call(Some("/api/v1/requests/{reference}"), "GET", 404, Duration::from_millis(300));
        metrics.call(None, "POST", 404, Duration::ZERO);
        let mut text = String::new();
        metrics.write(&mut text).unwrap();
        let route = "route=\"/api/v1/requests/{reference}\",method=\"GET\"";
        for line in [
            format!("otinish_http_requests_total{{{route},status=\"2xx\"}} 1"),
            format!("otinish_http_requests_total{{{route},status=\"4xx\"}} 1"),
            "otinish_http_requests_total{route=\"unmatched\",method=\"POST\",status=\"4xx\"} 1".to_owned(),
            format!("otinish_http_request_duration_seconds_count{{{route}}} 2"),
            format!("otinish_http_request_duration_seconds_bucket{{le=\"0.05\",{route}}} 1"),
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn every_kind_of_event_is_there_before_it_happens() {
        let metrics = Metrics::default();
        metrics.count(SecurityEvent::DeadMail);
        let mut text = String::new();
        metrics.write(&mut text).unwrap();
        for event in SecurityEvent::ALL {
            let number = u64::from(*event == SecurityEvent::DeadMail);
            assert_eq!(metrics.counted(*event), number);
            let line = format!("otinish_security_events_total{{event=\"{event}\"}} {number}");
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
