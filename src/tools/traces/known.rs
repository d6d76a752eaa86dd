//! Experiments by id or name.

use crate::mlflow::experiments::{self, Search};
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Kind, ToolError, parallel};
use crate::tools::experiments::known;

/// Experiments that are looked at for the one that was meant.
const CANDIDATES: usize = 200;

/// The most experiments in one question.
const MOST: usize = 100;

/// The ids of the experiments.
///
/// # Errors
/// None are named, or one by a name that none has: then the nearest is named.
pub(super) async fn ids(cx: &Context<'_>, named: &[String]) -> Result<Vec<String>, Failure> {
    let named: Vec<&str> = named.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    if named.is_empty() || named.len() > MOST {
        return Err(ToolError::new(
            Kind::Argument,
            format!(
                "argument \"experiment_ids\" names {} experiments, and must name 1 to {MOST}",
                named.len()
            ),
            "get_experiments lists ids and names.",
        )
        .into());
    }
    parallel::all(named.into_iter().map(async |name| one(cx, name).await)).await
}

async fn one(cx: &Context<'_>, name: &str) -> Result<String, Failure> {
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(name.to_owned());
    }
    match experiments::get_by_name(&cx.client, name).await {
        Ok(experiment) => Ok(experiment.experiment_id),
        Err(error) if error.is_missing() => {
            let question = Search { max_results: CANDIDATES, ..Search::default() };
            let (found, _) = experiments::search(&cx.client, &question).await?;
            let names = found.iter().map(|experiment| experiment.name.as_str());
            let message = format!("RESOURCE_DOES_NOT_EXIST: there is no experiment named {name:?}");
            Err(ToolError::new(Kind::NotFound, message, suggestion(name, "Experiments", names)).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// That they exist: MLflow finds nothing in an experiment that does not, and says no more.
///
/// # Errors
/// One does not.
pub(super) async fn require(cx: &Context<'_>, ids: &[String]) -> Result<(), Failure> {
    parallel::all(ids.iter().map(|id| known::require(cx, id))).await.map(|_| ())
}

/// Conditions, joined; `None` if there are none.
pub(super) fn joined<'a>(conditions: impl IntoIterator<Item = Option<&'a str>>) -> Option<String> {
    let conditions = conditions.into_iter().flatten().map(str::trim).filter(|text| !text.is_empty());
    let conditions: Vec<&str> = conditions.collect();
    (!conditions.is_empty()).then(|| conditions.join(" AND "))
}
