//! What belongs together: runs, the models they made, what was registered from those, prompts and traces.

use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::lineage::Prompt;
use super::origin::{self, Origin};
use crate::mlflow::error::{Refusal, RefusalKind};
use crate::mlflow::logged_models::{self, LoggedModel};
use crate::mlflow::page::Position;
use crate::mlflow::registry::models::{self, Alias, ONLY_PROMPTS};
use crate::mlflow::registry::versions::{self, ModelVersion};
use crate::mlflow::runs::{self, Run};
use crate::mlflow::traces::{self, TraceInfo};
use crate::mlflow::{Error, filter};
use crate::tool::{Context, Failure, parallel};
use crate::tools::logged_models::missing::explain;
use crate::tools::logged_models::record;

/// The most runs that are followed.
const RUNS: usize = 10;

/// The most logged models.
const MODELS: usize = 20;

/// The most versions, and prompts, that one search gives.
const VERSIONS: usize = 50;

/// The most registered models whose aliases are read, and versions that only a model's tag names.
const NAMES: usize = 10;

/// The most traces of each run.
const TRACES: usize = 5;

/// In tags of runs, logged models and traces: the prompts that were used, as JSON.
const LINKED_PROMPTS: &str = "mlflow.linkedPrompts";

/// In tags of versions of prompts: the runs that used them, by clients of MLflow 2 and of 3.
const PROMPT_RUNS: [&str; 2] = ["mlflow.prompt.run_ids", "mlflow.prompt.associatedRunIds"];

/// What was found so far.
#[derive(Default)]
pub(super) struct Graph {
    /// Each with why it belongs to it.
    pub(super) runs: Vec<(Run, &'static str)>,
    pub(super) models: Vec<LoggedModel>,
    pub(super) versions: Vec<ModelVersion>,
    /// By registered model.
    pub(super) aliases: Vec<(String, Vec<Alias>)>,
    pub(super) prompts: Vec<Prompt>,
    /// Each with its run.
    pub(super) traces: Vec<(String, TraceInfo)>,
    /// What this server does not have.
    pub(super) missing: Vec<&'static str>,
    /// What was not followed.
    pub(super) notes: Vec<String>,
}

impl Graph {
    /// What the beginning itself names.
    pub(super) async fn begin(cx: &Context<'_>, origin: &Origin<'_>) -> Result<Self, Failure> {
        let mut graph = Self::default();
        match origin {
            Origin::Run(id) => graph.runs.push((origin::run(cx, id).await?, "start")),
            Origin::LoggedModel(id) => {
                let model = logged_models::get(&cx.client, id).await.map_err(|error| explain(cx, error))?;
                graph.models.push(model);
            }
            Origin::Version { name, version } => {
                graph.versions.push(origin::version(cx, name, Ok(version)).await?);
            }
            Origin::Alias { name, alias } => {
                graph.versions.push(origin::version(cx, name, Err(alias)).await?)
            }
            Origin::Dataset(text) => {
                let (found, more) = origin::readers(cx, text, RUNS).await?;
                graph.runs = found.into_iter().map(|run| (run, "read_dataset")).collect();
                if more {
                    graph.notes.push(format!("More runs read it than the newest {RUNS}."));
                }
            }
        }
        Ok(graph)
    }

    /// Follows every link, in both directions.
    pub(super) async fn follow(mut self, cx: &Context<'_>) -> Result<Self, Failure> {
        let of_versions = self.versions.iter().filter_map(|version| version.model_id().map(str::to_owned));
        self.add_models(cx, of_versions.collect()).await?;
        let of_versions = self.versions.iter().map(|version| (version.run_id.clone(), "trained"));
        self.add_runs(cx, of_versions.chain(self.runs_of_models()).collect()).await?;
        let inputs =
            self.runs.iter().flat_map(|(run, _)| run.inputs.model_inputs.iter().map(|model| &model.model_id));
        let outputs = self
            .runs
            .iter()
            .flat_map(|(run, _)| run.outputs.model_outputs.iter().map(|model| &model.model_id));
        self.add_models(cx, outputs.chain(inputs).cloned().collect()).await?;
        self.add_runs(cx, self.runs_of_models()).await?;
        self.add_versions(cx).await?;
        self.add_prompts(cx).await?;
        self.add_traces(cx).await?;
        self.add_aliases(cx).await?;
        self.read_links();
        Ok(self)
    }

    /// Who made the models and who measured them.
    fn runs_of_models(&self) -> Vec<(String, &'static str)> {
        let made = self.models.iter().map(|model| (model.info.source_run_id.clone(), "trained"));
        let measured = self.models.iter().flat_map(|model| &model.data.metrics);
        made.chain(measured.map(|metric| (metric.run_id.clone(), "evaluated"))).collect()
    }

    async fn add_runs(&mut self, cx: &Context<'_>, wanted: Vec<(String, &'static str)>) -> Result<(), Error> {
        let mut new: Vec<(String, &'static str)> = Vec::new();
        for (id, why) in wanted {
            let known = self.runs.iter().any(|(run, _)| run.info.run_id == id)
                || new.iter().any(|(one, _)| *one == id);
            if !known && !id.is_empty() {
                new.push((id, why));
            }
        }
        self.cut(&mut new, RUNS, self.runs.len(), "runs");
        let asked = new
            .iter()
            .map(async |(id, why)| Ok::<_, Error>((found(runs::get(&cx.client, id).await)?, id, *why)));
        for (run, id, why) in parallel::all(asked).await? {
            match run {
                Some(run) => self.runs.push((run, why)),
                None => self.notes.push(format!("Run {id} is gone, or not shown to this user.")),
            }
        }
        say(cx, self.runs.len(), self.models.len());
        Ok(())
    }

    async fn add_models(&mut self, cx: &Context<'_>, wanted: Vec<String>) -> Result<(), Error> {
        let mut new: Vec<String> = Vec::new();
        for id in wanted {
            if !new.contains(&id) && !self.models.iter().any(|model| model.info.model_id == id) {
                new.push(id);
            }
        }
        self.cut(&mut new, MODELS, self.models.len(), "logged models");
        let asked =
            new.iter().map(async |id| Ok::<_, Error>((found(logged_models::get(&cx.client, id).await)?, id)));
        for (model, id) in parallel::all(asked).await? {
            match model {
                Some(model) => self.models.push(model),
                None => self.notes.push(format!("Logged model {id} is gone, or not shown to this user.")),
            }
        }
        say(cx, self.runs.len(), self.models.len());
        Ok(())
    }

    /// What was registered from the runs and the models.
    async fn add_versions(&mut self, cx: &Context<'_>) -> Result<(), Error> {
        let ids = self.runs.iter().filter_map(|(run, _)| filter::string(&run.info.run_id).ok());
        let ids = ids.collect::<Vec<_>>().join(", ");
        if !ids.is_empty() {
            let filter = format!("run_id IN ({ids})");
            let page = versions::page(&cx.client, &filter, VERSIONS, &Position::default()).await?;
            if page.next.is_some() {
                self.notes.push(format!("More than {VERSIONS} versions were registered from these runs."));
            }
            page.rows.into_iter().for_each(|version| self.add_version(version));
        }
        let known = |name: &str, version: &str| {
            self.versions.iter().any(|known| known.name == name && known.version == version)
        };
        // Versions that were registered without a run.
        let tagged = self.models.iter().flat_map(|model| record::versions(&model.info.tags));
        let tagged: Vec<_> = tagged.filter(|one| !known(&one.name, &one.version)).take(NAMES).collect();
        let asked =
            tagged.iter().map(async |one| found(versions::get(&cx.client, &one.name, &one.version).await));
        let found = parallel::all(asked).await?;
        found.into_iter().flatten().for_each(|version| self.add_version(version));
        Ok(())
    }

    fn add_version(&mut self, version: ModelVersion) {
        let is = |known: &ModelVersion| known.name == version.name && known.version == version.version;
        if !self.versions.iter().any(is) {
            self.versions.push(version);
        }
    }

    /// The prompts whose own tags name the runs.
    async fn add_prompts(&mut self, cx: &Context<'_>) -> Result<(), Error> {
        let ids = self.runs.iter().map(|(run, _)| &run.info.run_id);
        let asked = ids.flat_map(|id| PROMPT_RUNS.map(|tag| (id, tag))).map(async |(id, tag)| {
            let filter = format!("tags.`{tag}` LIKE '%{id}%' AND {ONLY_PROMPTS}");
            let page = versions::page(&cx.client, &filter, VERSIONS, &Position::default()).await?;
            Ok::<_, Error>((format!("run {id}"), page.rows))
        });
        for (linked_to, found) in parallel::all(asked).await? {
            for version in found {
                self.add_prompt(version.name, version.version, &linked_to);
            }
        }
        Ok(())
    }

    async fn add_traces(&mut self, cx: &Context<'_>) -> Result<(), Error> {
        let asked = self.runs.iter().map(async |(run, _)| {
            let (id, experiment) = (&run.info.run_id, &run.info.experiment_id);
            match traces::of_run(&cx.client, experiment, id, TRACES).await {
                Ok((traces, more)) => Ok(Some((id.clone(), traces, more))),
                Err(Error::Refused(Refusal { kind: RefusalKind::NoRoute, .. })) => Ok(None),
                Err(error) => Err(error),
            }
        });
        for found in parallel::all(asked).await? {
            let Some((run_id, traces, more)) = found else {
                self.missing = vec![
                    "Logged models: MLflow has them since 3.0, and this server is older.",
                    "Traces of a run: they can be searched since MLflow 3.0, and this server is older.",
                ];
                return Ok(());
            };
            if more {
                self.notes.push(format!("Run {run_id} has more than the newest {TRACES} traces."));
            }
            self.traces.extend(traces.into_iter().map(|trace| (run_id.clone(), trace)));
        }
        Ok(())
    }

    /// Searches leave the aliases of versions out: their models have them.
    async fn add_aliases(&mut self, cx: &Context<'_>) -> Result<(), Error> {
        let mut names: Vec<&str> = Vec::new();
        for version in &self.versions {
            if !names.contains(&version.name.as_str()) {
                names.push(&version.name);
            }
        }
        names.truncate(NAMES);
        let asked = names.iter().map(async |name| found(models::get(&cx.client, name).await));
        let found = parallel::all(asked).await?.into_iter().flatten();
        self.aliases = found.map(|model| (model.name, model.aliases)).collect();
        Ok(())
    }

    /// The prompts that runs, models and traces name in their tags.
    fn read_links(&mut self) {
        #[derive(Deserialize)]
        struct Link {
            name: String,
            version: Value,
        }
        let runs = self.runs.iter().map(|(run, _)| (format!("run {}", run.info.run_id), &run.data.tags));
        let models = self
            .models
            .iter()
            .map(|model| (format!("logged model {}", model.info.model_id), &model.info.tags));
        let traces = self.traces.iter().map(|(_, trace)| (format!("trace {}", trace.trace_id), &trace.tags));
        let tags = runs.chain(models).chain(traces);
        let linked: Vec<(String, String)> = tags
            .filter_map(|(linked_to, tags)| Some((linked_to, tags.get(LINKED_PROMPTS)?.clone())))
            .collect();
        for (linked_to, text) in linked {
            for Link { name, version } in serde_json::from_str::<Vec<Link>>(&text).unwrap_or_default() {
                let version = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
                self.add_prompt(name, version, &linked_to);
            }
        }
    }

    fn add_prompt(&mut self, name: String, version: String, linked_to: &str) {
        let prompt = Prompt { name, version, linked_to: linked_to.to_owned() };
        if !self.prompts.contains(&prompt) {
            self.prompts.push(prompt);
        }
    }

    /// Keeps as many new ones as there is room for besides those that are known.
    fn cut<T>(&mut self, new: &mut Vec<T>, most: usize, known: usize, what: &str) {
        let room = most.saturating_sub(known);
        if new.len() > room {
            self.notes.push(format!("{} more {what} were not followed.", new.len() - room));
            new.truncate(room);
        }
    }
}

/// What is not there any more, or not for this user, takes nothing from the rest.
fn found<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_missing() || error.status() == Some(StatusCode::FORBIDDEN) => Ok(None),
        Err(error) => Err(error),
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are few")]
fn say(cx: &Context<'_>, runs: usize, models: usize) {
    cx.progress.report((runs + models) as f64, None, &format!("{runs} runs and {models} logged models"));
}
