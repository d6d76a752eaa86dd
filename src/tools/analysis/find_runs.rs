//! `find_runs`

use std::collections::BTreeMap;

use http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;

use super::found::{Found, Matched, answer};
use super::interpretation::{Interpretation, Model, interpretations, model};
use crate::mlflow::page::Position;
use crate::mlflow::registry::{models, versions};
use crate::mlflow::runs::{self, Run, Search};
use crate::mlflow::{Error, ViewType, experiments};
use crate::sorted::{sort, sorted};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, ToolError, parallel};
use crate::tools::time::time;

/// Experiments that MLflow is asked for at once, and in which it looks for runs at once.
const CHUNK: usize = 1_000;

/// The most experiments that are looked through.
const EXPERIMENTS: usize = 10_000;

/// The most registered models that are looked at for an alias.
const MODELS: usize = 200;

/// What a text is said to be that names a version of a model.
const MODEL: &str = "model version or alias";

/// Find runs in all experiments by anything that is known of them.
///
/// query may be a run id or its beginning, a run name or part of it, an invocation id, git commit, user, dataset name or
/// digest, tag or param as key=value, model alias, name@alias or models:/name/3. The answer says as what it matched. Deleted
/// runs are found, too.
#[derive(Deserialize, JsonSchema)]
pub struct FindRuns {
    /// What is known. The newest runs, of the time window, if left out.
    query: Option<String>,
    /// Only runs started then or later, UTC: 2026-11-21 or 2026-11-21T18:00:00Z.
    started_after: Option<String>,
    /// Only runs started before.
    started_before: Option<String>,
    /// Only in these experiments (default all).
    #[serde(default)]
    experiment_ids: Vec<String>,
    /// How many runs to show of each interpretation, newest first (default 5).
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 100))]
    limit: usize,
}

fn default_limit() -> usize {
    5
}

impl Tool for FindRuns {
    const SPEC: Spec = Spec {
        name: "find_runs",
        title: "Find runs",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Found;

    async fn call(self, cx: &Context<'_>) -> Result<Found, Failure> {
        let window = self.window()?;
        let query = self.query.as_deref().map(str::trim).filter(|query| !query.is_empty());
        let ways = match query {
            Some(query) => interpretations(query)?,
            None => {
                let name = if window.is_empty() { "any run" } else { "time window" };
                vec![Interpretation { name, filter: String::new() }]
            }
        };
        let (names, mut notes) = self.experiments(cx).await?;
        let ids: Vec<&str> = names.keys().map(String::as_str).collect();
        let search = ways.iter().map(async |way| {
            let conditions = [way.filter.as_str(), window.as_str()];
            let conditions: Vec<&str> = conditions.into_iter().filter(|text| !text.is_empty()).collect();
            self.search(cx, &ids, &conditions.join(" AND ")).await
        });
        let (mut found, mut refused) = (Vec::new(), None);
        for (way, outcome) in ways.iter().zip(parallel::all(search).await?) {
            match outcome {
                Ok(matched) => found.push((way.name, matched)),
                Err(error) => {
                    notes.push(format!("This MLflow cannot look for a {}.", way.name));
                    refused = Some(error);
                }
            }
        }
        // A server may not know all of these filters; if it understands none, something else is wrong.
        if let Some(error) = refused.filter(|_| found.is_empty()) {
            return Err(error.into());
        }
        if let Some(model) = query.and_then(model) {
            found.push((MODEL, (self.of_model(cx, model, &names).await?, false)));
        }
        Ok(answer(cx, found, &names, notes))
    }
}

impl FindRuns {
    /// The condition on the time.
    fn window(&self) -> Result<String, ToolError> {
        let mut conditions = Vec::new();
        if let Some(after) = &self.started_after {
            conditions.push(format!("attributes.start_time >= {}", time("started_after", after)?));
        }
        if let Some(before) = &self.started_before {
            conditions.push(format!("attributes.start_time < {}", time("started_before", before)?));
        }
        Ok(conditions.join(" AND "))
    }

    /// The experiments to look in, with their names as far as these are known.
    async fn experiments(&self, cx: &Context<'_>) -> Result<(BTreeMap<String, String>, Vec<String>), Error> {
        if !self.experiment_ids.is_empty() {
            let given = self.experiment_ids.iter().map(|id| (id.trim().to_owned(), String::new()));
            return Ok((sorted(given), Vec::new()));
        }
        let (mut names, mut from) = (BTreeMap::new(), Position::default());
        let search = experiments::Search {
            max_results: CHUNK,
            view_type: ViewType::All,
            ..experiments::Search::default()
        };
        loop {
            let page = experiments::page(&cx.client, &search, &from).await?;
            names.extend(page.rows.into_iter().map(|experiment| (experiment.experiment_id, experiment.name)));
            match page.next {
                None => return Ok((names, Vec::new())),
                Some(_) if names.len() >= EXPERIMENTS => {
                    return Ok((names, vec![format!("Only {EXPERIMENTS} experiments were looked through.")]));
                }
                Some(next) => from = next,
            }
        }
    }

    /// The newest runs that match; an error within if the server does not understand the filter.
    async fn search(
        &self,
        cx: &Context<'_>,
        ids: &[&str],
        filter: &str,
    ) -> Result<Result<Matched, Error>, Error> {
        let (mut found, mut more) = (Vec::new(), false);
        for experiment_ids in ids.chunks(CHUNK) {
            let search = Search {
                experiment_ids,
                filter: Some(filter).filter(|filter| !filter.is_empty()),
                run_view_type: ViewType::All,
                max_results: self.limit,
                ..Search::default()
            };
            match runs::search(&cx.client, &search).await {
                Ok((runs, next)) => {
                    found.extend(runs);
                    more |= next.is_some();
                }
                Err(error) if error.status() == Some(StatusCode::BAD_REQUEST) => return Ok(Err(error)),
                Err(error) => return Err(error),
            }
        }
        sort(&mut found, |a, b| a.info.start_time > b.info.start_time);
        more |= found.len() > self.limit;
        found.truncate(self.limit);
        Ok(Ok((found, more)))
    }

    /// The runs that made the versions that a text names.
    async fn of_model(
        &self,
        cx: &Context<'_>,
        model: Model<'_>,
        names: &BTreeMap<String, String>,
    ) -> Result<Vec<Run>, Error> {
        let version = match model {
            Model::Alias { name, alias } => {
                versions::by_alias(&cx.client, name, alias).await.map(|one| vec![one])
            }
            Model::Version { name, version } => {
                versions::get(&cx.client, name, version).await.map(|one| vec![one])
            }
            Model::AnyAlias(alias) => by_any_alias(cx, alias).await,
        };
        let versions = match version {
            Ok(versions) => versions,
            // An unknown alias is 400.
            Err(error)
                if error.is_missing() || error.status().is_some_and(|status| status.is_client_error()) =>
            {
                return Ok(Vec::new());
            }
            Err(error) => return Err(error),
        };
        let made = versions.iter().map(|version| version.run_id.as_str()).filter(|id| !id.is_empty());
        let made = made.map(async |id| match runs::get(&cx.client, id).await {
            Ok(run) => Ok(Some(run)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        });
        let known = |run: &Run| names.contains_key(&run.info.experiment_id);
        Ok(parallel::all(made).await?.into_iter().flatten().filter(known).collect())
    }
}

/// The versions that have that alias, of any model.
async fn by_any_alias(cx: &Context<'_>, alias: &str) -> Result<Vec<versions::ModelVersion>, Error> {
    let found = models::first(&cx.client, MODELS).await?;
    let named = found.iter().filter_map(|model| {
        let version = model.aliases.iter().find(|one| one.alias == alias)?;
        Some(versions::get(&cx.client, &model.name, &version.version))
    });
    parallel::all(named).await
}
