//! Values for the arguments of prompts and templates, as they are typed.

use std::collections::BTreeSet;

use super::Reading;
use crate::mcp::service::Completing;
use crate::mlflow::{Error, experiments, registry, runs};
use crate::tool::Context;

/// How many experiments, models and runs are looked at.
const EXPERIMENTS: usize = 200;
const MODELS: usize = 200;
const RUNS: usize = 200;

/// The kinds of value that can be completed, by the argument's name: the same name means the same thing in
/// every prompt and template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `experiment_id`: also found by the beginning of the experiment's name.
    ExperimentId,
    /// `experiment_name`
    ExperimentName,
    /// `run_id`: of the newest runs.
    RunId,
    /// `metric`: of the newest runs of `experiment_id`.
    Metric,
    /// `model_name`
    ModelName,
    /// `version`: the versions and aliases of `model_name`.
    Version,
    /// Whatever the person wants to write.
    Free,
}

impl Kind {
    /// What an argument of that name takes.
    #[must_use]
    pub fn of(argument: &str) -> Self {
        match argument {
            "experiment_id" => Self::ExperimentId,
            "experiment_name" => Self::ExperimentName,
            "run_id" | "run_ids" => Self::RunId,
            "metric" => Self::Metric,
            "model_name" => Self::ModelName,
            "version" => Self::Version,
            _ => Self::Free,
        }
    }
}

/// What shows as much as the values do, or `None` if there are none.
#[must_use]
pub fn reading(completing: &Completing<'_>) -> Option<Reading> {
    let other =
        |name: &str| completing.others.get(name).map(String::as_str).filter(|value| !value.is_empty());
    match Kind::of(completing.argument) {
        Kind::ExperimentId | Kind::ExperimentName => Reading::experiments(),
        Kind::RunId | Kind::Metric => Reading::runs(other("experiment_id")),
        Kind::ModelName => Reading::registered_models(),
        Kind::Version => Reading::registered_model(other("model_name")?),
        Kind::Free => None,
    }
}

/// The values that begin so, without doubles.
///
/// # Errors
/// MLflow could not be asked.
pub async fn values(cx: &Context<'_>, completing: &Completing<'_>) -> Result<Vec<String>, Error> {
    let other = |name: &str| completing.others.get(name).map(String::as_str);
    let beginning = completing.beginning.to_lowercase();
    let begins = |value: &str| value.to_lowercase().starts_with(&beginning);
    Ok(match Kind::of(completing.argument) {
        Kind::ExperimentId => all_experiments(cx)
            .await?
            .into_iter()
            .filter(|found| begins(&found.experiment_id) || begins(&found.name))
            .map(|found| found.experiment_id)
            .collect(),
        Kind::ExperimentName => {
            let names = all_experiments(cx).await?.into_iter().map(|found| found.name);
            names.filter(|name| begins(name)).collect()
        }
        Kind::RunId => {
            let ids = newest_runs(cx, other("experiment_id")).await?.into_iter().map(|run| run.info.run_id);
            ids.filter(|id| begins(id)).collect()
        }
        Kind::Metric => {
            let runs = newest_runs(cx, other("experiment_id")).await?;
            let keys: BTreeSet<String> =
                runs.into_iter().flat_map(|run| run.data.metrics).map(|metric| metric.key).collect();
            keys.into_iter().filter(|key| begins(key)).collect()
        }
        Kind::ModelName => {
            let names =
                registry::models::first(&cx.client, MODELS).await?.into_iter().map(|model| model.name);
            names.filter(|name| begins(name)).collect()
        }
        Kind::Version => {
            versions(cx, other("model_name")).await?.into_iter().filter(|value| begins(value)).collect()
        }
        Kind::Free => Vec::new(),
    })
}

async fn all_experiments(cx: &Context<'_>) -> Result<Vec<experiments::Experiment>, Error> {
    let question = experiments::Search { max_results: EXPERIMENTS, ..experiments::Search::default() };
    Ok(experiments::search(&cx.client, &question).await?.0)
}

/// Of one experiment, or of all.
async fn newest_runs(cx: &Context<'_>, experiment_id: Option<&str>) -> Result<Vec<runs::Run>, Error> {
    let all;
    let experiment_ids: Vec<&str> = match experiment_id.filter(|id| !id.is_empty()) {
        Some(id) => vec![id],
        None => {
            all = all_experiments(cx).await?;
            all.iter().map(|experiment| experiment.experiment_id.as_str()).collect()
        }
    };
    let order = ["start_time DESC".to_owned()];
    let question = runs::Search {
        experiment_ids: &experiment_ids,
        max_results: RUNS,
        order_by: &order,
        ..runs::Search::default()
    };
    Ok(runs::search(&cx.client, &question).await?.0)
}

async fn versions(cx: &Context<'_>, model_name: Option<&str>) -> Result<Vec<String>, Error> {
    let Some(name) = model_name.filter(|name| !name.is_empty()) else { return Ok(Vec::new()) };
    let model = registry::models::get(&cx.client, name).await?;
    let mut versions: BTreeSet<String> =
        model.latest_versions.into_iter().map(|version| version.version).collect();
    versions.extend(model.aliases.into_iter().map(|alias| alias.version));
    Ok(versions.into_iter().collect())
}
