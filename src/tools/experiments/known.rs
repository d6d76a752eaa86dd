//! Whether there is such an experiment.

use http::StatusCode;

use crate::mlflow::experiments::{self, Experiment};
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Kind, ToolError};

/// The experiment of that id. MLflow answers a search in an unknown one with nothing, which a model would take
/// for a finding.
///
/// # Errors
/// There is none, or MLflow cannot be asked.
pub(crate) async fn require(cx: &Context<'_>, experiment_id: &str) -> Result<Experiment, Failure> {
    match experiments::get(&cx.client, experiment_id).await {
        Ok(experiment) => Ok(experiment),
        Err(error) if error.is_missing() || error.status() == Some(StatusCode::BAD_REQUEST) => {
            Err(ToolError::new(
                Kind::NotFound,
                format!("RESOURCE_DOES_NOT_EXIST: there is no experiment with id {experiment_id:?}"),
                "get_experiments lists names and ids; if this is a name, get_experiment_by_name gives its id.",
            )
            .into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The experiment of that id, if it can be changed: MLflow changes none that is deleted.
///
/// # Errors
/// As for [`require`], or it is deleted; nothing was changed.
pub(crate) async fn living(cx: &Context<'_>, experiment_id: &str) -> Result<Experiment, Failure> {
    let experiment = require(cx, experiment_id).await?;
    if experiment.lifecycle_stage != "deleted" {
        return Ok(experiment);
    }
    let message = format!("experiment {experiment_id} is deleted, and nothing was changed");
    Err(ToolError::new(Kind::Refused, message, "restore_experiment brings it back, until it is purged.")
        .into())
}

/// How it is spoken of.
pub(crate) fn named(experiment: &Experiment) -> String {
    format!("experiment {} ({})", quoted(&experiment.name), experiment.experiment_id)
}
