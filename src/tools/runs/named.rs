//! Runs by their ids.

use std::collections::BTreeMap;

use crate::mlflow::runs::{self, Run};
use crate::mlflow::{Error, ViewType};
use crate::sorted::sorted;
use crate::tool::{Context, Failure, Kind, ToolError, parallel};

/// Up to so many runs are asked for one by one, which is faster: a search costs MLflow as much as five of them.
const FEW: usize = 5;

/// Runs that are looked at to find what was meant by an id that no run has.
const LOOKED_AT: usize = 100;

/// The most unknown ids that an error names.
const LISTED: usize = 5;

/// The runs of those ids, in that order. Most of them are probably of that experiment; without one, of the first run's.
///
/// # Errors
/// Names the ids that no run has, and what was probably meant.
pub(crate) async fn find(
    cx: &Context<'_>,
    experiment_id: Option<&str>,
    ids: &[String],
) -> Result<Vec<Run>, Failure> {
    let mut found = match (ids.first(), experiment_id) {
        (Some(_), Some(experiment_id)) if ids.len() > FEW => search(cx, experiment_id, ids).await?,
        // If there is no such run, that is said below.
        (Some(first), None) if ids.len() > FEW => match runs::get(&cx.client, first).await {
            Ok(run) => search(cx, &run.info.experiment_id, ids).await?,
            Err(_) => BTreeMap::new(),
        },
        _ => BTreeMap::new(),
    };
    let missing = ids.iter().filter(|id| !found.contains_key(*id)).collect::<Vec<_>>();
    let asked = missing.into_iter().map(async |id| match runs::get(&cx.client, id).await {
        Ok(run) => Ok((id, Some(run))),
        Err(error) if error.is_missing() || error.status() == Some(http::StatusCode::BAD_REQUEST) => {
            Ok((id, None))
        }
        Err(error) => Err(error),
    });
    let mut unknown = Vec::new();
    for (id, run) in parallel::all(asked).await? {
        match run {
            Some(run) => drop(found.insert(id.clone(), run)),
            None => unknown.push(id.as_str()),
        }
    }
    if !unknown.is_empty() {
        return Err(nothing(cx, experiment_id, &unknown).await.into());
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Those that one question finds: the runs of this experiment, deleted ones included.
async fn search(
    cx: &Context<'_>,
    experiment_id: &str,
    ids: &[String],
) -> Result<BTreeMap<String, Run>, Error> {
    // A text that is no id has no place in a filter.
    let plain = |id: &&String| id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    let list = ids.iter().filter(plain).map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
    if list.is_empty() {
        return Ok(BTreeMap::new());
    }
    let filter = format!("attributes.run_id IN ({list})");
    let question = runs::Search {
        experiment_ids: &[experiment_id],
        filter: Some(&filter),
        run_view_type: ViewType::All,
        max_results: ids.len(),
        ..runs::Search::default()
    };
    let (found, _) = runs::search(&cx.client, &question).await?;
    Ok(sorted(found.into_iter().map(|run| (run.info.run_id.clone(), run))))
}

async fn nothing(cx: &Context<'_>, experiment_id: Option<&str>, unknown: &[&str]) -> ToolError {
    // Help is welcome and not needed.
    let newest = match experiment_id {
        Some(id) => {
            let question =
                runs::Search { experiment_ids: &[id], max_results: LOOKED_AT, ..runs::Search::default() };
            runs::search(&cx.client, &question).await.map(|(runs, _)| runs).unwrap_or_default()
        }
        None => Vec::new(),
    };
    let mut hints: Vec<String> = unknown.iter().filter_map(|id| meant(id, &newest)).take(LISTED).collect();
    hints.push("get_runs lists run ids.".to_owned());
    let listed = unknown.iter().take(LISTED).map(|id| format!("{id:?}")).collect::<Vec<_>>().join(", ");
    let more = if unknown.len() > LISTED { " and more" } else { "" };
    let message = format!("RESOURCE_DOES_NOT_EXIST: there is no run {listed}{more}");
    ToolError::new(Kind::NotFound, message, hints.join(" "))
}

/// What an id that no run has may be.
fn meant(id: &str, newest: &[Run]) -> Option<String> {
    if let Some(run) = newest.iter().find(|run| run.info.run_name == id) {
        return Some(format!("{id:?} is the name of run {}.", run.info.run_id));
    }
    if id.len() >= 4
        && let Some(run) = newest.iter().find(|run| run.info.run_id.starts_with(id))
    {
        return Some(format!("{id:?} is the beginning of run {}.", run.info.run_id));
    }
    let invocation = id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    invocation.then(|| {
        format!("{id:?} looks like an invocation_id: search_runs_by_tags with {{\"invocation_id\": {id:?}}} finds its runs.")
    })
}
