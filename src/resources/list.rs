//! `resources/list`

use crate::mcp::types::Resource;
use crate::mlflow::{experiments, runs};
use crate::tool::Context;
use crate::uri::Uri;

/// Experiments and runs that are listed, the newest first.
const EXPERIMENTS: usize = 20;
const RUNS: usize = 20;

const JSON: &str = "application/json";

/// The server itself: always there, also when MLflow is not.
#[must_use]
pub fn server() -> Resource {
    Resource {
        uri: Uri::Server.to_string(),
        name: "server".to_owned(),
        title: "MLflow server".to_owned(),
        description: "Whether MLflow can be reached and lets us in, and its version.".to_owned(),
        mime_type: JSON,
    }
}

/// What a caller may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Experiments.
    pub experiments: bool,
    /// Runs.
    pub runs: bool,
}

/// What was last worked on. What cannot be reached is left out.
pub async fn recent(cx: &Context<'_>, shown: Shown) -> Vec<Resource> {
    let order = ["last_update_time DESC".to_owned()];
    let question =
        experiments::Search { max_results: EXPERIMENTS, order_by: &order, ..experiments::Search::default() };
    let Ok((found, _)) = experiments::search(&cx.client, &question).await else { return Vec::new() };
    let ids: Vec<&str> = found.iter().map(|experiment| experiment.experiment_id.as_str()).collect();
    let runs = if shown.runs { recent_runs(cx, &ids).await } else { Vec::new() };
    let experiments = found.iter().filter(|_| shown.experiments).map(|experiment| Resource {
        uri: Uri::Experiment(experiment.experiment_id.clone()).to_string(),
        name: format!("experiment-{}", experiment.experiment_id),
        title: experiment.name.clone(),
        description: format!("Experiment {:?}.", experiment.name),
        mime_type: JSON,
    });
    experiments.chain(runs).collect()
}

async fn recent_runs(cx: &Context<'_>, experiment_ids: &[&str]) -> Vec<Resource> {
    if experiment_ids.is_empty() {
        return Vec::new();
    }
    let order = ["start_time DESC".to_owned()];
    let question =
        runs::Search { experiment_ids, max_results: RUNS, order_by: &order, ..runs::Search::default() };
    let Ok((found, _)) = runs::search(&cx.client, &question).await else { return Vec::new() };
    let resource = |run: runs::Run| Resource {
        uri: Uri::Run(run.info.run_id.clone()).to_string(),
        name: format!("run-{}", run.info.run_id),
        title: run.info.run_name.clone(),
        description: format!(
            "Run {:?} of experiment {}, {}.",
            run.info.run_name, run.info.experiment_id, run.info.status
        ),
        mime_type: JSON,
    };
    found.into_iter().map(resource).collect()
}
