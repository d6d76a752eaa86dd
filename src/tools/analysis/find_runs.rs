//! `find_runs`

use std::collections::{BTreeMap, BTreeSet};

use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::interpretation::{Interpretation, Model, interpretations, model, time};
use crate::mlflow::page::Position;
use crate::mlflow::registry::{models, versions};
use crate::mlflow::runs::{self, Run, Search};
use crate::mlflow::{Error, ViewType, experiments, pages};
use crate::sorted::{sort, sorted};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::{Context, Failure, Tool, ToolError, parallel};

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
    /// What is known. Every run of the time window if left out.
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

/// What was found.
#[derive(Serialize, JsonSchema)]
pub struct Found {
    /// By interpretation, the surest first.
    pub result: Vec<Match>,
    /// What else the query may be, and is not.
    pub no_match_as: Vec<&'static str>,
    /// In how many experiments it was looked for.
    pub experiments: usize,
    /// Runs are left out because the answer would be too long.
    pub truncated: bool,
    /// What to know about this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Runs that match in one way.
#[derive(Serialize, JsonSchema)]
pub struct Match {
    /// What the query is.
    pub matched_as: &'static str,
    /// The runs, newest first.
    pub runs: Vec<FoundRun>,
    /// Whether there are more.
    pub more: bool,
}

/// A run, in short.
#[derive(Serialize, JsonSchema)]
pub struct FoundRun {
    /// For every other tool.
    pub run_id: String,
    /// For people; not unique.
    pub run_name: String,
    /// Its experiment.
    pub experiment_id: String,
    /// The experiment's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experiment_name: Option<String>,
    /// RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.
    pub status: String,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<i64>,
    /// Who started it.
    pub user_id: String,
    /// `active` or `deleted`.
    pub lifecycle_stage: String,
    /// Its page in MLflow, for people.
    pub url: String,
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
            None if window.is_empty() => {
                let message =
                    "there is nothing to find: give \"query\", \"started_after\" or \"started_before\"";
                return Err(ToolError::argument(message).into());
            }
            None => vec![Interpretation { name: "time window", filter: String::new() }],
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

/// Runs, and whether there are more.
type Matched = (Vec<Run>, bool);

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
                filter: Some(filter),
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

/// Each run once, where it matches most surely; as many as fit.
fn answer(
    cx: &Context<'_>,
    found: Vec<(&'static str, Matched)>,
    names: &BTreeMap<String, String>,
    mut notes: Vec<String>,
) -> Found {
    let mut seen = BTreeSet::new();
    let (mut result, mut no_match_as) = (Vec::new(), Vec::new());
    let (mut left, mut truncated) = (cx.budget, false);
    for (matched_as, (runs, more)) in found {
        if runs.is_empty() {
            no_match_as.push(matched_as);
        }
        let mut shown = Match { matched_as, runs: Vec::new(), more };
        for run in runs.into_iter().filter(|run| seen.insert(run.info.run_id.clone())) {
            let run = FoundRun::of(cx, run, names);
            let characters = size(&run) + 1;
            if characters > left.characters() {
                truncated = true;
                break;
            }
            left = left.minus(characters);
            shown.runs.push(run);
        }
        if !shown.runs.is_empty() {
            result.push(shown);
        }
    }
    if truncated {
        notes.push(
            "Not all that was found fits into one answer: a smaller limit shows some of each.".to_owned(),
        );
    }
    let note = (!notes.is_empty()).then(|| notes.join(" "));
    Found { result, no_match_as, experiments: names.len(), truncated, note }
}

impl FoundRun {
    fn of(cx: &Context<'_>, run: Run, names: &BTreeMap<String, String>) -> Self {
        let info = run.info;
        Self {
            url: pages::run(&cx.client.tracking().base, &info.experiment_id, &info.run_id),
            experiment_name: names.get(&info.experiment_id).filter(|name| !name.is_empty()).cloned(),
            run_id: info.run_id,
            run_name: info.run_name,
            experiment_id: info.experiment_id,
            status: info.status,
            start_time: info.start_time,
            user_id: info.user_id,
            lifecycle_stage: info.lifecycle_stage,
        }
    }
}
