//! Runs by their ids, or the newest that match.

use schemars::JsonSchema;
use serde::Deserialize;

use super::among::Among;
use super::metric_history::nothing;
use crate::mlflow::runs::{self, Run, Search};
use crate::tool::{Context, Failure, ToolError};
use crate::tools::runs::named;

/// The most runs that are looked at.
const MOST: usize = 500;

/// The arguments that say which runs.
#[derive(Deserialize, JsonSchema)]
pub(super) struct SomeRuns {
    /// These runs, of any experiments.
    #[serde(default)]
    run_ids: Vec<String>,
    /// Or the newest active runs of these experiments.
    #[serde(default)]
    experiment_ids: Vec<String>,
    /// That match this MLflow filter, as query_runs takes it.
    filter: Option<String>,
}

/// The runs, newest first unless they were named.
pub(super) struct Found {
    pub(super) runs: Vec<Run>,
    /// Whether more match than were looked at.
    pub(super) more: bool,
}

impl SomeRuns {
    /// Whether it is clear which runs are meant.
    ///
    /// # Errors
    /// They are said in no way, or in two.
    pub(super) fn check(&self) -> Result<(), ToolError> {
        let among = Among::of(&self.experiment_ids, self.filter.as_deref());
        match (self.ids().is_empty(), self.experiment_ids.is_empty()) {
            (true, true) => Err(ToolError::argument(
                "no runs: name them in \"run_ids\", or their experiments in \"experiment_ids\"",
            )),
            (false, false) => Err(ToolError::argument(
                "\"run_ids\" and \"experiment_ids\" both say which runs: leave out one of them",
            )),
            (false, true) if among.filter().is_some() => {
                Err(ToolError::argument("\"filter\" is for \"experiment_ids\", and there are \"run_ids\""))
            }
            (true, false) => among.experiment_ids().map(|_| ()),
            _ if self.ids().len() > MOST => Err(ToolError::argument(format!(
                "argument \"run_ids\" names {} runs, and at most {MOST} are drawn",
                self.ids().len()
            ))),
            _ => Ok(()),
        }
    }

    /// Each id once.
    fn ids(&self) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for id in self.run_ids.iter().map(|id| id.trim()).filter(|id| !id.is_empty()) {
            if !found.iter().any(|one| one == id) {
                found.push(id.to_owned());
            }
        }
        found
    }

    /// Reads them.
    ///
    /// # Errors
    /// An id is unknown, or MLflow refuses.
    pub(super) async fn find(&self, cx: &Context<'_>) -> Result<Found, Failure> {
        let ids = self.ids();
        if !ids.is_empty() {
            return Ok(Found { runs: named::find(cx, None, &ids).await?, more: false });
        }
        let among = Among::of(&self.experiment_ids, self.filter.as_deref());
        let experiment_ids = among.experiment_ids()?;
        let search = Search {
            experiment_ids: &experiment_ids,
            filter: among.filter(),
            max_results: MOST,
            ..Search::default()
        };
        let (runs, rest) = runs::search(&cx.client, &search).await?;
        Ok(Found { runs, more: rest.is_some() })
    }

    /// Why none of them can be drawn.
    pub(super) async fn explain(&self, cx: &Context<'_>, found: &Found, metrics: &[String]) -> Failure {
        if self.experiment_ids.is_empty() {
            return nothing(&found.runs, metrics).into();
        }
        let among = Among::of(&self.experiment_ids, self.filter.as_deref());
        match among.experiment_ids() {
            Ok(ids) => {
                let metrics: Vec<&str> = metrics.iter().map(String::as_str).collect();
                among.explain(cx, &ids, &metrics).await
            }
            Err(error) => error.into(),
        }
    }
}
