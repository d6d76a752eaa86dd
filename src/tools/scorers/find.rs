//! Scorers by name, and what to say where there is none.

use crate::mlflow::Error;
use crate::mlflow::scorers::{self, Scorer};
use crate::tool::nearest::suggestion;
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Kind, ToolError};
use crate::tools::experiments::known;
use crate::tools::since::since;

/// A failure of a route for scorers.
pub(super) fn told(error: Error) -> Failure {
    since("3.4", "A scorer", error)
}

/// A version of a scorer, or its newest.
///
/// # Errors
/// There is none: with what there is.
pub(super) async fn scorer(
    cx: &Context<'_>,
    experiment_id: &str,
    name: &str,
    version: Option<&str>,
) -> Result<Scorer, Failure> {
    match scorers::get(&cx.client, experiment_id, name, version).await {
        Ok(scorer) => Ok(scorer),
        Err(error) if error.is_missing() => Err(missing(cx, experiment_id, name, version).await?.into()),
        Err(error) => Err(told(error)),
    }
}

/// All versions of a scorer.
///
/// # Errors
/// As of [`scorer`].
pub(super) async fn versions(
    cx: &Context<'_>,
    experiment_id: &str,
    name: &str,
) -> Result<Vec<Scorer>, Failure> {
    match scorers::versions(&cx.client, experiment_id, name).await {
        Ok(versions) => Ok(versions),
        Err(error) if error.is_missing() => Err(missing(cx, experiment_id, name, None).await?.into()),
        Err(error) => Err(told(error)),
    }
}

/// The newest of each of an experiment's.
///
/// # Errors
/// There is no such experiment.
pub(super) async fn all(cx: &Context<'_>, experiment_id: &str) -> Result<Vec<Scorer>, Failure> {
    match scorers::list(&cx.client, experiment_id).await {
        Ok(all) => Ok(all),
        Err(error) if error.is_missing() => {
            known::require(cx, experiment_id).await?;
            Err(error.into())
        }
        Err(error) => Err(told(error)),
    }
}

/// Why there is no such scorer or version.
async fn missing(
    cx: &Context<'_>,
    experiment_id: &str,
    name: &str,
    version: Option<&str>,
) -> Result<ToolError, Failure> {
    let all = all(cx, experiment_id).await?;
    if let (Some(version), Some(newest)) = (version, all.iter().find(|known| known.scorer_name == name)) {
        let message = format!("RESOURCE_DOES_NOT_EXIST: scorer {name:?} has no version {version}");
        let hint = format!("The newest is {}; list_scorer_versions lists all.", newest.scorer_version);
        return Ok(ToolError::new(Kind::NotFound, message, hint));
    }
    let hint = match suggestion(name, "Its scorers", all.iter().map(|known| known.scorer_name.as_str())) {
        hint if hint.is_empty() => "It has no scorers: register_llm_judge_scorer registers one.".to_owned(),
        hint => hint,
    };
    let message = format!("RESOURCE_DOES_NOT_EXIST: experiment {experiment_id} has no scorer {name:?}");
    Ok(ToolError::new(Kind::NotFound, message, hint))
}

/// How a version is spoken of.
pub(super) fn named(scorer: &Scorer) -> String {
    format!(
        "version {} of scorer {} of experiment {}",
        scorer.scorer_version,
        quoted(&scorer.scorer_name),
        scorer.experiment_id
    )
}
