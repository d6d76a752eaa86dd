//! Figures of traces as the server works them out.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::Error;
use crate::mlflow::number::Number;
use crate::mlflow::traces::metrics::{self, Among, Point};
use crate::sorted::sorted;
use crate::tool::{Context, parallel};

/// Figures of a group of traces.
#[derive(Default, Serialize, JsonSchema)]
pub struct Figures {
    /// What they have in common: `time_bucket` (when it begins), `name`, `status`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub group: BTreeMap<String, String>,
    /// How many.
    pub traces: usize,
    /// How many failed.
    pub errors: usize,
    /// The share of those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_rate: Option<Number>,
    /// `mean`, `p50`, `p95`, `p99`, `max` of how long they took.
    pub latency_ms: BTreeMap<&'static str, Number>,
    /// Sums: `input_tokens`, `output_tokens`, `total_tokens`.
    pub tokens: BTreeMap<String, Number>,
    /// Sums: `total_cost`, in US dollars.
    pub cost: BTreeMap<String, Number>,
}

/// By what the traces of a group have in common.
pub(super) type Groups = BTreeMap<BTreeMap<String, String>, Figures>;

/// A question, and under which names its values are shown.
struct Question {
    metric: (&'static str, &'static str),
    values: &'static [(&'static str, &'static str)],
}

const QUESTIONS: [Question; 6] = [
    Question { metric: ("TRACES", "trace_count"), values: &[("COUNT", "traces")] },
    Question {
        metric: ("TRACES", "latency"),
        values: &[("AVG", "mean"), ("P50", "p50"), ("P95", "p95"), ("P99", "p99"), ("MAX", "max")],
    },
    Question { metric: ("TRACES", "input_tokens"), values: &[("SUM", "input_tokens")] },
    Question { metric: ("TRACES", "output_tokens"), values: &[("SUM", "output_tokens")] },
    Question { metric: ("TRACES", "total_tokens"), values: &[("SUM", "total_tokens")] },
    Question { metric: ("SPANS", "total_cost"), values: &[("SUM", "total_cost")] },
];

/// Adds the figures of such traces, by name if so wished; `label` is what all of them have in common.
///
/// # Errors
/// See [`Error`]; a server before 3.9 has no such route.
pub(super) async fn add(
    cx: &Context<'_>,
    among: &Among<'_>,
    by_name: bool,
    label: &[(String, String)],
    groups: &mut Groups,
) -> Result<(), Error> {
    // The server has no cost by the name of a trace.
    let asked = QUESTIONS.iter().filter(|question| !by_name || question.metric.0 == "TRACES");
    let answers = asked.map(async |question| {
        let aggregations: Vec<&str> = question.values.iter().map(|(name, _)| *name).collect();
        let mut dimensions: Vec<&str> = if by_name { vec!["trace_name"] } else { Vec::new() };
        if question.metric.1 == "trace_count" {
            dimensions.push("trace_status");
        }
        let points = metrics::query(&cx.client, among, question.metric, &aggregations, &dimensions).await?;
        Ok::<_, Error>((question, points))
    });
    for (question, points) in parallel::all(answers).await? {
        for point in points {
            let (group, status) = group(&point, label);
            let figures = groups.entry(group).or_default();
            figures.take(question, &point, status.as_deref());
        }
    }
    Ok(())
}

/// What the traces of a point have in common, and their status apart.
fn group(point: &Point, label: &[(String, String)]) -> (BTreeMap<String, String>, Option<String>) {
    let mut group = sorted(label.iter().cloned());
    let mut status = None;
    for (name, value) in &point.dimensions {
        match name.as_str() {
            "trace_status" => status = Some(value.clone()),
            "trace_name" => drop(group.insert("name".to_owned(), value.clone())),
            // RFC 3339 has a shorter word for UTC.
            _ => drop(group.insert(name.clone(), value.replace("+00:00", "Z"))),
        }
    }
    (group, status)
}

impl Figures {
    fn take(&mut self, question: &Question, point: &Point, status: Option<&str>) {
        for (aggregation, shown) in question.values {
            let name = match aggregation.strip_prefix('P') {
                Some(q) => format!("P{q}.0"),
                None => (*aggregation).to_owned(),
            };
            let Some(value) = point.values.get(&name) else { continue };
            match question.metric {
                ("TRACES", "trace_count") => self.count(value.0, status),
                ("TRACES", "latency") => drop(self.latency_ms.insert(shown, *value)),
                ("TRACES", _) => drop(self.tokens.insert((*shown).to_owned(), *value)),
                _ => drop(self.cost.insert((*shown).to_owned(), *value)),
            }
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count that is a double in JSON"
    )]
    fn count(&mut self, count: f64, status: Option<&str>) {
        self.traces += count as usize;
        self.errors += if status == Some("ERROR") { count as usize } else { 0 };
    }

    /// The share of those that failed.
    #[expect(clippy::cast_precision_loss, reason = "counts of traces are far below 2^53")]
    pub(super) fn rated(mut self, group: BTreeMap<String, String>) -> Self {
        self.error_rate = (self.traces > 0).then(|| Number(self.errors as f64 / self.traces as f64));
        self.group = group;
        self
    }
}
