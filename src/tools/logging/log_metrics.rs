//! `log_metrics`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::{milliseconds, some};
use crate::mlflow::number::Number;
use crate::mlflow::runs::RunInfo;
use crate::mlflow::runs::change::{Batch, METRICS, Point, log};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::absent::is_zero;
use crate::tool::preview::{counted, quoted};
use crate::tool::{Context, Failure, Tool};
use crate::tools::runs::living;

/// The most names that an answer lists.
const LISTED: usize = 20;

/// One value of a metric.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PointGiven {
    /// The metric.
    key: String,
    /// The value.
    value: Number,
    /// The step (default 0).
    #[serde(default)]
    step: i64,
}

/// Log values of metrics to a run, all at one step, or several steps as points. MLflow keeps every value; none can be removed.
#[derive(Deserialize, JsonSchema)]
pub struct LogMetrics {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
    /// Values by name, for instance {"accuracy": 0.93}; a number, "NaN", "Infinity" or "-Infinity".
    #[serde(default)]
    metrics: BTreeMap<String, Number>,
    /// The step of metrics (default 0).
    #[serde(default)]
    step: i64,
    /// Values with steps of their own, for instance [{"key": "loss", "value": 0.5, "step": 10}].
    #[serde(default)]
    points: Vec<PointGiven>,
    /// When, in epoch milliseconds (default now).
    timestamp: Option<i64>,
}

/// What was logged.
#[derive(Serialize, JsonSchema)]
pub struct Logged {
    success: bool,
    run_id: String,
    /// How many values.
    logged: usize,
    /// Metrics that the run did not have before, the first 20.
    new_metrics: Vec<String>,
    /// How many more those are.
    #[serde(skip_serializing_if = "is_zero")]
    more_new_metrics: usize,
}

impl Tool for LogMetrics {
    const SPEC: Spec = Spec {
        name: "log_metrics",
        title: "Log metrics",
        toolset: Toolset::Logging,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Logged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (run, mut new_metrics) = self.look(cx).await?;
        let now = self.timestamp.unwrap_or_else(|| milliseconds(cx.clock.wall()));
        let metrics = self.metrics.iter().map(|(key, value)| (key, *value, self.step));
        let points = self.points.iter().map(|point| (&point.key, point.value, point.step));
        let metrics: Vec<Point<'_>> = metrics
            .chain(points)
            .map(|(key, value, step)| Point { key, value, timestamp: now, step })
            .collect();
        let logged = metrics.len();
        log(&cx.client, &Batch { run_id: &run.run_id, metrics, ..Batch::default() }).await?;
        let more_new_metrics = new_metrics.len().saturating_sub(LISTED);
        new_metrics.truncate(LISTED);
        Ok(Logged { success: true, run_id: self.run_id, logged, new_metrics, more_new_metrics })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (run, new) = self.look(cx).await?;
        let values = counted(self.metrics.len() + self.points.len(), false, "value");
        let named: Vec<String> = new.iter().take(LISTED).map(|name| quoted(name)).collect();
        let new = match new.len() {
            0 => String::new(),
            all if all > LISTED => format!(" New to it: {} and {} more.", named.join(", "), all - LISTED),
            _ => format!(" New to it: {}.", named.join(", ")),
        };
        Ok(Some(format!("Log {values} of metrics to {}, {}.{new}", living::named(&run), run.status)))
    }
}

impl LogMetrics {
    /// The run, and the metrics that it does not have yet.
    async fn look(&self, cx: &Context<'_>) -> Result<(RunInfo, Vec<String>), Failure> {
        some("metrics", self.metrics.len() + self.points.len(), METRICS)?;
        let run = living::run(cx, &self.run_id).await?;
        let mut new: Vec<String> = Vec::new();
        for key in self.metrics.keys().chain(self.points.iter().map(|point| &point.key)) {
            let known = new.contains(key) || run.data.metrics.iter().any(|metric| metric.key == *key);
            if !known {
                new.push(key.clone());
            }
        }
        Ok((run.info, new))
    }
}
