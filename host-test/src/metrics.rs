//! Numbers about the host at work, in Prometheus' text format.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// Upper ends of the buckets that times are counted in, seconds.
const BUCKETS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// Numbers about the host at work.
#[derive(Default)]
pub(crate) struct Metrics {
    /// Requests that were answered, by the first digit of the status.
    answered: [AtomicU64; 5],
    /// From a request's head to its answer's.
    answer_time: Histogram,
    /// Requests being worked on.
    pub(crate) working: Gauge,
    /// Connections that are open.
    pub(crate) connections: Gauge,
    /// Instances that were made.
    pub(crate) instances: Count,
    /// Requests that went to an instance that had worked before.
    pub(crate) reuses: Count,
    /// Guests that failed or took too long.
    pub(crate) failures: Count,
    /// Requests that found no free place.
    pub(crate) busy: Count,
    /// Guests' requests that were not let out.
    pub(crate) denied: Count,
    /// Guests' requests that got no answer.
    pub(crate) unanswered: Count,
    /// From a guest's request to the head of its answer.
    pub(crate) upstream_time: Histogram,
}

impl Metrics {
    /// One request was answered with this status after this time.
    pub(crate) fn answered(&self, status: http::StatusCode, time: Duration) {
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(count) = self.answered.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        self.answer_time.record(time);
    }

    /// All of it, as Prometheus reads it.
    pub(crate) fn text(&self) -> String {
        let mut page = Page(String::new());
        page.head("requests_total", "counter", "Requests answered, by status class.");
        for (class, count) in self.answered.iter().enumerate() {
            let count = count.load(Ordering::Relaxed);
            page.line(&format!("requests_total{{status=\"{}xx\"}}", class + 1), count);
        }
        page.histogram("request_seconds", "From a request's head to its answer's.", &self.answer_time);
        for (name, help, gauge) in [
            ("requests_working", "Requests being worked on.", &self.working),
            ("connections_open", "Connections that are open.", &self.connections),
        ] {
            page.head(name, "gauge", help);
            page.line(name, gauge.0.load(Ordering::Relaxed));
        }
        for (name, help, count) in [
            ("instances_made_total", "Instances of the component that were made.", &self.instances),
            (
                "instances_reused_total",
                "Requests that went to an instance that had worked before.",
                &self.reuses,
            ),
            ("guests_failed_total", "Guests that failed or took too long.", &self.failures),
            (
                "requests_busy_total",
                "Requests turned away because too many were being worked on.",
                &self.busy,
            ),
            ("upstream_denied_total", "Guests' requests to servers that are not allowed.", &self.denied),
            ("upstream_unanswered_total", "Guests' requests that got no answer.", &self.unanswered),
        ] {
            page.head(name, "counter", help);
            page.line(name, count.0.load(Ordering::Relaxed));
        }
        page.histogram(
            "upstream_seconds",
            "From a guest's request to its answer's head.",
            &self.upstream_time,
        );
        page.0
    }
}

/// A number that only grows.
#[derive(Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    /// One more.
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// How many there are.
#[derive(Default)]
pub(crate) struct Gauge(AtomicI64);

impl Gauge {
    /// One more, until the result is dropped.
    pub(crate) fn one(&self) -> One<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        One(self)
    }
}

/// One of those that a [`Gauge`] shows.
pub(crate) struct One<'a>(&'a Gauge);

impl Drop for One<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many times fell into each bucket.
#[derive(Default)]
pub(crate) struct Histogram {
    buckets: [AtomicU64; BUCKETS.len() + 1],
    microseconds: AtomicU64,
}

impl Histogram {
    /// Counts one time.
    pub(crate) fn record(&self, time: Duration) {
        let bucket = BUCKETS.partition_point(|end| *end < time.as_secs_f64());
        self.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        let microseconds = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.microseconds.fetch_add(microseconds, Ordering::Relaxed);
    }
}

/// Prometheus' text format, version 0.0.4.
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string does not fail.
        let _ = write!(self.0, "# HELP mlflow_mcp_{name} {help}\n# TYPE mlflow_mcp_{name} {kind}\n");
    }

    fn line(&mut self, name: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "mlflow_mcp_{name} {value}");
    }

    fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.head(name, "histogram", help);
        let mut sum = 0;
        for (index, count) in histogram.buckets.iter().enumerate() {
            sum += count.load(Ordering::Relaxed);
            let end = BUCKETS.get(index).map_or("+Inf".to_owned(), f64::to_string);
            self.line(&format!("{name}_bucket{{le=\"{end}\"}}"), sum);
        }
        let seconds = Duration::from_micros(histogram.microseconds.load(Ordering::Relaxed)).as_secs_f64();
        self.line(&format!("{name}_sum"), seconds);
        self.line(&format!("{name}_count"), sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_counted_in_every_bucket_that_holds_them() {
        let metrics = Metrics::default();
        metrics.answered(http::StatusCode::OK, Duration::from_millis(1));
        metrics.answered(http::StatusCode::NOT_FOUND, Duration::from_secs(60));
        let text = metrics.text();
        for line in [
            "mlflow_mcp_requests_total{status=\"2xx\"} 1",
            "mlflow_mcp_requests_total{status=\"4xx\"} 1",
            "mlflow_mcp_request_seconds_bucket{le=\"0.001\"} 1",
            "mlflow_mcp_request_seconds_bucket{le=\"30\"} 1",
            "mlflow_mcp_request_seconds_bucket{le=\"+Inf\"} 2",
            "mlflow_mcp_request_seconds_sum 60.001",
            "mlflow_mcp_request_seconds_count 2",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
