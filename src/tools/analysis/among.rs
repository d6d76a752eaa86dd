//! Which runs are looked at, and why there are none.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::mlflow::runs::{self, Search};
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Kind, ToolError, parallel};
use crate::tools::experiments::known;

/// The most experiments that are looked at together.
const MOST: usize = 100;

/// Runs that are looked at for the names of metrics when there is none of the name asked for.
const LOOKED_AT: usize = 200;

/// The arguments that say which runs.
#[derive(Deserialize, JsonSchema)]
pub(super) struct Among {
    /// One or more experiments; get_experiments lists ids.
    experiment_ids: Vec<String>,
    /// Only runs that match this MLflow filter, as query_runs takes it: metrics.latency < 20 and params.model = 'gbdt'
    filter: Option<String>,
}

impl Among {
    /// The runs of these experiments that match.
    pub(super) fn of(experiment_ids: &[String], filter: Option<&str>) -> Self {
        Self { experiment_ids: experiment_ids.to_vec(), filter: filter.map(str::to_owned) }
    }

    /// The experiments.
    ///
    /// # Errors
    /// There are none, or too many.
    pub(super) fn experiment_ids(&self) -> Result<Vec<&str>, ToolError> {
        let ids: Vec<&str> =
            self.experiment_ids.iter().map(|id| id.trim()).filter(|id| !id.is_empty()).collect();
        match ids.len() {
            0 => Err(ToolError::argument(
                "argument \"experiment_ids\" names no experiment: get_experiments lists ids",
            )),
            1..=MOST => Ok(ids),
            many => Err(ToolError::argument(format!(
                "argument \"experiment_ids\" has {many} experiments, and at most {MOST} can be looked at together"
            ))),
        }
    }

    /// The filter, if there is one.
    pub(super) fn filter(&self) -> Option<&str> {
        self.filter.as_deref().map(str::trim).filter(|filter| !filter.is_empty())
    }

    /// Why none of the runs has those metrics: no experiment, no run, no such metric, or none that counts.
    pub(super) async fn explain(&self, cx: &Context<'_>, ids: &[&str], metrics: &[&str]) -> Failure {
        let known = ids.iter().map(|id| known::require(cx, id));
        if let Err(failure) = parallel::all(known).await {
            return failure;
        }
        let newest = Search { experiment_ids: ids, max_results: LOOKED_AT, ..Search::default() };
        let newest = match runs::search(&cx.client, &newest).await {
            Ok((newest, _)) => newest,
            Err(error) => return error.into(),
        };
        let listed = ids.join(", ");
        if newest.is_empty() {
            return not_found(format!("there are no active runs in {listed}"), String::new());
        }
        let names: BTreeSet<&str> =
            newest.iter().flat_map(|run| &run.data.metrics).map(|metric| metric.key.as_str()).collect();
        if let Some(unknown) = metrics.iter().find(|metric| !names.contains(*metric)) {
            let hint = match suggestion(unknown, "Metrics of the newest runs", names) {
                hint if hint.is_empty() => "The newest runs have no metrics.".to_owned(),
                hint => hint,
            };
            return not_found(format!("no run that counts has a metric {unknown:?}"), hint);
        }
        let metrics = metrics.iter().map(|metric| format!("{metric:?}")).collect::<Vec<_>>().join(", ");
        not_found(
            format!("no run that counts has a finite value of {metrics}"),
            "Only active runs count, unless it says otherwise only FINISHED ones, and of those the ones that the \
             filter lets through: query_runs shows what there is."
                .to_owned(),
        )
    }
}

fn not_found(message: String, hint: String) -> Failure {
    ToolError::new(Kind::NotFound, message, hint).into()
}
