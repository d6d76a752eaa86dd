//! `get_run_metrics`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::number::Number;
use crate::mlflow::runs::{self, Metric};
use crate::sorted::sorted;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::{Budget, Context, Failure, Tool};

/// Get the latest value of each of a run's metrics, as one object of name to value.
///
/// For how a metric developed use get_run_metric.
#[derive(Deserialize, JsonSchema)]
pub struct GetRunMetrics {
    /// The run's 32 hex digits.
    #[schemars(length(min = 1))]
    run_id: String,
    /// Only metrics whose name begins so, for instance val/.
    #[serde(default)]
    prefix: String,
    /// Only metrics whose name comes after this one; to go on after a cut answer.
    after: Option<String>,
}

/// Metrics by name.
#[derive(Serialize, JsonSchema)]
pub struct Metrics {
    /// Name to latest value; "NaN" where MLflow has that.
    #[serde(flatten)]
    pub metrics: BTreeMap<String, Number>,
    /// Present if metrics are left out because the answer would be too long. No metric has such a name.
    #[serde(rename = "_truncated", skip_serializing_if = "Option::is_none")]
    pub truncated: Option<Truncated>,
}

/// What is left out.
#[derive(Serialize, JsonSchema)]
pub struct Truncated {
    /// Metrics in this answer.
    pub returned: usize,
    /// Metrics that match.
    pub total: usize,
    /// To go on, call again with this as `after`.
    pub next_after: String,
}

impl Tool for GetRunMetrics {
    const SPEC: Spec = Spec {
        name: "get_run_metrics",
        title: "Get run metrics",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Metrics;

    async fn call(self, cx: &Context<'_>) -> Result<Metrics, Failure> {
        let run = runs::get(&cx.client, self.run_id.trim()).await?;
        let after = self.after.unwrap_or_default();
        let wanted = |metric: &Metric| metric.key.starts_with(&self.prefix) && metric.key > after;
        let metrics = run.data.metrics.into_iter().filter(wanted).map(|metric| (metric.key, metric.value));
        Ok(within(sorted(metrics), cx.budget))
    }
}

fn within(mut metrics: BTreeMap<String, Number>, budget: Budget) -> Metrics {
    let total = metrics.len();
    let mut used = 0;
    let returned = metrics
        .iter()
        .take_while(|(name, value)| {
            used += size(name) + size(value) + 2;
            used <= budget.characters()
        })
        .count();
    let Some(last) = metrics.keys().nth(returned.saturating_sub(1)).cloned().filter(|_| returned < total)
    else {
        return Metrics { metrics, truncated: None };
    };
    metrics = sorted(metrics.into_iter().take(returned));
    Metrics { metrics, truncated: Some(Truncated { returned, total, next_after: last }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_metrics_are_cut_and_the_answer_says_how_to_go_on() {
        let metrics = (0..5_000).map(|n| (format!("metric_{n:04}"), Number(0.25))).collect();
        let cut = within(metrics, Budget::of_answer(10_000));
        let truncated = cut.truncated.as_ref().map(|cut| (cut.returned, cut.total, cut.next_after.clone()));
        assert_eq!(truncated, Some((484, 5_000, "metric_0483".to_owned())));
        assert!(size(&cut) <= 10_000);
    }
}
