//! An evaluation dataset by its id or name, and what to say where there is none.

use crate::mlflow::Error;
use crate::mlflow::error::{Refusal, RefusalKind};
use crate::mlflow::evaluation_datasets::{self, EvaluationDataset, Search};
use crate::mlflow::filter;
use crate::mlflow::page::Position;
use crate::tool::nearest::suggestion;
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Kind, ToolError};

/// Datasets that are looked at for a name.
const CANDIDATES: usize = 100;

/// The dataset of that id.
///
/// # Errors
/// There is none, which is told with the id where a name was given, or the server has no evaluation datasets.
pub(super) async fn dataset(cx: &Context<'_>, dataset_id: &str) -> Result<EvaluationDataset, Failure> {
    let id = dataset_id.trim();
    if is_id(id) {
        match evaluation_datasets::get(&cx.client, id).await {
            Err(error) if error.is_missing() => {}
            found => return found.map_err(|error| lacking(cx, error)),
        }
    }
    let hint = match named(cx, id).await?.first() {
        Some(known) => format!("That is the name of dataset {}.", known.dataset_id),
        None => "search_datasets lists ids and names.".to_owned(),
    };
    let message = format!("RESOURCE_DOES_NOT_EXIST: there is no evaluation dataset with id {id:?}");
    Err(ToolError::new(Kind::NotFound, message, hint).into())
}

/// The experiments that are given, each once, the dataset, and those that it is in.
///
/// # Errors
/// No experiment is given, or there is no such dataset.
pub(super) async fn placed(
    cx: &Context<'_>,
    dataset_id: &str,
    experiment_ids: &[String],
) -> Result<(Vec<String>, EvaluationDataset, Vec<String>), Failure> {
    let given = super::each_once(experiment_ids);
    if given.is_empty() {
        return Err(ToolError::argument("argument \"experiment_ids\" is empty; nothing was changed").into());
    }
    let dataset = dataset(cx, dataset_id).await?;
    let known = evaluation_datasets::experiment_ids(&cx.client, &dataset.dataset_id).await;
    Ok((given, dataset, known.map_err(|error| lacking(cx, error))?))
}

/// The only dataset of that name.
///
/// # Errors
/// There is none, or there are several.
pub(super) async fn by_name(cx: &Context<'_>, name: &str) -> Result<EvaluationDataset, Failure> {
    let mut found = named(cx, name).await?;
    if found.len() > 1 {
        let ids: Vec<&str> = found.iter().map(|dataset| dataset.dataset_id.as_str()).collect();
        let message = format!("{} evaluation datasets are named {name:?}", found.len());
        let hint = format!("Give the dataset_id of one of them: {}.", ids.join(", "));
        return Err(ToolError::new(Kind::Argument, message, hint).into());
    }
    match found.pop() {
        Some(dataset) => Ok(dataset),
        None => Err(unnamed(cx, name).await?.into()),
    }
}

async fn unnamed(cx: &Context<'_>, name: &str) -> Result<ToolError, Failure> {
    let search = Search { max_results: CANDIDATES, ..Search::default() };
    let found = evaluation_datasets::page(&cx.client, &search, &Position::default()).await;
    let found = found.map_err(|error| lacking(cx, error))?.rows;
    let hint = match suggestion(name, "Datasets", found.iter().map(|dataset| dataset.name.as_str())) {
        hint if hint.is_empty() => "There are no evaluation datasets.".to_owned(),
        hint => hint,
    };
    let message = format!("RESOURCE_DOES_NOT_EXIST: there is no evaluation dataset named {name:?}");
    Ok(ToolError::new(Kind::NotFound, message, hint))
}

/// The datasets of that name, the newest first.
pub(super) async fn named(cx: &Context<'_>, name: &str) -> Result<Vec<EvaluationDataset>, Failure> {
    let filter = filter::is("name", name);
    let search = Search { filter_string: Some(&filter), max_results: CANDIDATES, ..Search::default() };
    let page = evaluation_datasets::page(&cx.client, &search, &Position::default()).await;
    let mut found = page.map_err(|error| lacking(cx, error))?.rows;
    found.retain(|dataset| dataset.name == name);
    Ok(found)
}

/// How it is spoken of.
pub(super) fn spoken(dataset: &EvaluationDataset) -> String {
    format!("evaluation dataset {} ({})", quoted(&dataset.name), dataset.dataset_id)
}

/// A server before MLflow 3.4 does not have the routes.
pub(super) fn lacking(cx: &Context<'_>, error: Error) -> Failure {
    match error {
        Error::Refused(Refusal { kind: RefusalKind::NoRoute, .. }) => ToolError::new(
            Kind::Refused,
            format!(
                "{} has no evaluation datasets: MLflow has them since 3.4, and this server is older",
                cx.client.tracking().base
            ),
            "search_run_datasets shows the data sets that runs have read. If health shows version 3.4 or newer, \
             MLFLOW_TRACKING_URI is not the server's root.",
        )
        .into(),
        error => error.into(),
    }
}

/// Whether MLflow makes such ids: nothing else becomes part of a path.
fn is_id(text: &str) -> bool {
    let made = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !text.is_empty() && text.len() <= 100 && text.bytes().all(made)
}
