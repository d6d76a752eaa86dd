//! A run as tools show it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::number::Number;
use crate::mlflow::runs::Run;
use crate::sorted::sorted;
use crate::tool::Budget;
use crate::tool::budget::size;
use crate::tool::cut::{Cut, Omitted};

/// A run with the latest value of each metric.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunRecord {
    /// For every other tool.
    pub run_id: String,
    /// For people; not unique.
    pub run_name: String,
    /// Its experiment.
    pub experiment_id: String,
    /// RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.
    pub status: String,
    /// Epoch milliseconds.
    #[schemars(extend("x-nullable" = true))]
    pub start_time: Option<i64>,
    /// Epoch milliseconds; null while it runs.
    #[schemars(extend("x-nullable" = true))]
    pub end_time: Option<i64>,
    /// Who started it.
    pub user_id: String,
    /// `active` or `deleted`.
    pub lifecycle_stage: String,
    /// Name to latest value; "NaN" where MLflow has that.
    pub metrics: BTreeMap<String, Number>,
    /// Name to value, as logged.
    pub params: BTreeMap<String, String>,
    /// Name to value, `mlflow.*` included.
    pub tags: BTreeMap<String, String>,
    /// Present if this run alone would be too long: how much of it is left out.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    pub omitted: Omitted,
}

impl From<Run> for RunRecord {
    fn from(run: Run) -> Self {
        Self {
            run_id: run.info.run_id,
            run_name: run.info.run_name,
            experiment_id: run.info.experiment_id,
            status: run.info.status,
            start_time: run.info.start_time,
            end_time: run.info.end_time.filter(|end| *end > 0),
            user_id: run.info.user_id,
            lifecycle_stage: run.info.lifecycle_stage,
            metrics: sorted(run.data.metrics.into_iter().map(|metric| (metric.key, metric.value))),
            params: run.data.params,
            tags: run.data.tags,
            omitted: Omitted::new(),
        }
    }
}

impl RunRecord {
    /// The run in at most that many characters: long values are cut first, then whole entries go, the
    /// tags before the parameters before the metrics.
    #[must_use]
    pub fn within(mut self, budget: Budget) -> Self {
        if size(&self) <= budget.characters() {
            return self;
        }
        let cut = Cut::default().texts(&mut self.params).texts(&mut self.tags).down_to(budget, size(&self));
        let cut = cut.entries("tags", &mut self.tags).entries("params", &mut self.params);
        self.omitted = cut.entries("metrics", &mut self.metrics).omitted();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(tags: usize, params: usize, long: usize) -> RunRecord {
        let many = |count: usize| (0..count).map(|n| (format!("name_{n:05}"), "v".repeat(long))).collect();
        RunRecord {
            run_id: "r".into(),
            run_name: "n".into(),
            experiment_id: "1".into(),
            status: "FINISHED".into(),
            start_time: Some(1),
            end_time: None,
            user_id: "u".into(),
            lifecycle_stage: "active".into(),
            metrics: (0..10).map(|n| (format!("metric_{n}"), Number(0.5))).collect(),
            params: many(params),
            tags: many(tags),
            omitted: Omitted::new(),
        }
    }

    #[test]
    fn a_run_that_fits_is_left_as_it_is() {
        let whole = run(3, 3, 6_000).within(Budget::of_answer(40_800));
        assert_eq!((whole.omitted, whole.params.len()), (Omitted::new(), 3));
    }

    #[test]
    fn long_values_are_cut_before_any_entry_goes() {
        let cut = run(5, 5, 6_000).within(Budget::of_answer(10_800));
        assert_eq!(cut.omitted, Omitted::from([("clipped_values", 10)]));
        assert!(cut.params.values().all(|value| value.ends_with("... (6000 characters)")));
    }

    #[test]
    fn a_run_never_takes_more_than_its_budget_and_counts_what_is_gone() {
        let cut = run(1_000, 500, 300).within(Budget::of_answer(40_800));
        let omitted = |what| cut.omitted.get(what).copied().unwrap_or_default();
        assert!(size(&cut) <= 40_000, "{}", size(&cut));
        assert_eq!((omitted("tags"), cut.tags.len()), (1_000, 0));
        assert_eq!(omitted("params") + cut.params.len(), 500);
        assert_eq!((omitted("metrics"), cut.metrics.len()), (0, 10));
    }
}
