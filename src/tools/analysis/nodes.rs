//! Runs, models and what belongs to them, as a lineage shows them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::mlflow::BaseUrl;
use crate::mlflow::logged_models::{LoggedModel, ModelMetric};
use crate::mlflow::number::Number;
use crate::mlflow::pages;
use crate::mlflow::registry::models::Alias;
use crate::mlflow::registry::versions::ModelVersion;
use crate::mlflow::runs::Run;
use crate::mlflow::traces::TraceInfo;
use crate::sorted::sorted;
use crate::tool::Budget;
use crate::tool::budget::size;
use crate::tool::cut::{Cut, Omitted};

/// A run.
#[derive(Serialize, JsonSchema)]
pub struct RunNode {
    /// The run.
    pub run_id: String,
    /// Its page in MLflow, for people.
    pub url: String,
    /// For people; not unique.
    pub run_name: String,
    /// `start`, `trained` or `evaluated` a model here, or `read_dataset`.
    pub why: &'static str,
    /// Its experiment.
    pub experiment_id: String,
    /// RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.
    pub status: String,
    /// `active` or `deleted`.
    pub lifecycle_stage: String,
    /// Who started it.
    pub user_id: String,
    /// Epoch milliseconds.
    #[schemars(extend("x-nullable" = true))]
    pub start_time: Option<i64>,
    /// The run that it is a child of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_run_id: Option<String>,
    /// What was started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_name: Option<String>,
    /// Its commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git_commit: Option<String>,
    /// Name to latest value.
    pub metrics: BTreeMap<String, Number>,
    /// Name to value.
    pub params: BTreeMap<String, String>,
    /// Present if this run alone would be too long.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    pub omitted: Omitted,
}

/// A data set that a run read.
#[derive(Serialize, JsonSchema)]
pub struct DatasetNode {
    /// Its name.
    pub name: String,
    /// Hash of its content.
    pub digest: String,
    /// For instance `s3`.
    pub source_type: String,
    /// What for, for instance `training`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The runs here that read it so.
    pub run_ids: Vec<String>,
}

/// A logged model.
#[derive(Serialize, JsonSchema)]
pub struct ModelNode {
    /// `m-` and 32 hex digits.
    pub model_id: String,
    /// Its page in MLflow, for people.
    pub url: String,
    /// For people; not unique.
    pub name: String,
    /// Free text.
    pub model_type: String,
    /// The run that made it; empty if there is none.
    pub source_run_id: String,
    /// The latest of each metric, run and data set.
    pub metrics: Vec<Measured>,
    /// Present if this model alone would be too long.
    #[serde(skip_serializing_if = "Omitted::is_empty")]
    pub omitted: Omitted,
}

/// A value of a model's metric.
#[derive(Serialize, JsonSchema)]
pub struct Measured {
    /// Its name.
    pub key: String,
    /// The value.
    pub value: Number,
    /// The data set it was measured on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset_name: Option<String>,
    /// Hash of that data set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset_digest: Option<String>,
    /// The run that measured it.
    pub run_id: String,
}

/// A version of a registered model.
#[derive(Serialize, JsonSchema)]
pub struct VersionNode {
    /// The registered model.
    pub name: String,
    /// A number in text.
    pub version: String,
    /// Its page in MLflow, for people.
    pub url: String,
    /// Its names.
    pub aliases: Vec<String>,
    /// None, Staging, Production or Archived.
    pub current_stage: String,
    /// READY, or what it waits for.
    pub status: String,
    /// The run that made it; empty if there is none.
    pub run_id: String,
    /// The logged model that it is (MLflow 3).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_id: Option<String>,
    /// Where its files are.
    pub source: String,
}

/// A trace.
#[derive(Serialize, JsonSchema)]
pub struct TraceNode {
    /// `tr-` and 32 hex digits.
    pub trace_id: String,
    /// Its run.
    pub run_id: String,
    /// OK, ERROR or IN_PROGRESS.
    pub state: String,
    /// When it began, RFC 3339.
    pub request_time: String,
    /// For instance `0.219s`.
    pub execution_duration: String,
}

impl RunNode {
    /// The run in at most that many characters.
    pub(super) fn of(base: &BaseUrl, run: Run, why: &'static str, budget: Budget) -> Self {
        let tag = |name: &str| run.data.tags.get(name).filter(|value| !value.is_empty()).cloned();
        let mut node = Self {
            parent_run_id: tag("mlflow.parentRunId"),
            source_name: tag("mlflow.source.name"),
            git_commit: tag("mlflow.source.git.commit"),
            url: pages::run(base, &run.info.experiment_id, &run.info.run_id),
            run_id: run.info.run_id,
            run_name: run.info.run_name,
            why,
            experiment_id: run.info.experiment_id,
            status: run.info.status,
            lifecycle_stage: run.info.lifecycle_stage,
            user_id: run.info.user_id,
            start_time: run.info.start_time,
            metrics: sorted(run.data.metrics.into_iter().map(|metric| (metric.key, metric.value))),
            params: run.data.params,
            omitted: Omitted::new(),
        };
        if size(&node) > budget.characters() {
            let cut = Cut::default().texts(&mut node.params).down_to(budget, size(&node));
            let cut = cut.entries("params", &mut node.params).entries("metrics", &mut node.metrics);
            node.omitted = cut.omitted();
        }
        node
    }
}

impl DatasetNode {
    /// Each data set once for each use.
    pub(super) fn of_runs(runs: &[(Run, &'static str)]) -> Vec<Self> {
        let mut nodes: Vec<Self> = Vec::new();
        for (run, _) in runs {
            for input in &run.inputs.dataset_inputs {
                let context = input.tags.get("mlflow.data.context").cloned();
                let is = |node: &&mut Self| {
                    node.name == input.dataset.name
                        && node.digest == input.dataset.digest
                        && node.context == context
                };
                match nodes.iter_mut().find(is) {
                    Some(node) => node.run_ids.push(run.info.run_id.clone()),
                    None => nodes.push(Self {
                        name: input.dataset.name.clone(),
                        digest: input.dataset.digest.clone(),
                        source_type: input.dataset.source_type.clone(),
                        context,
                        run_ids: vec![run.info.run_id.clone()],
                    }),
                }
            }
        }
        nodes
    }
}

impl ModelNode {
    /// The model in at most that many characters.
    pub(super) fn of(base: &BaseUrl, LoggedModel { info, data }: LoggedModel, budget: Budget) -> Self {
        let measured = |metric: ModelMetric| Measured {
            key: metric.key,
            value: metric.value,
            dataset_name: metric.dataset_name,
            dataset_digest: metric.dataset_digest,
            run_id: metric.run_id,
        };
        let mut node = Self {
            url: pages::logged_model(base, &info.experiment_id, &info.model_id),
            model_id: info.model_id,
            name: info.name,
            model_type: info.model_type,
            source_run_id: info.source_run_id,
            metrics: data.metrics.into_iter().map(measured).collect(),
            omitted: Omitted::new(),
        };
        if size(&node) > budget.characters() {
            let cut = Cut::default().down_to(budget, size(&node));
            node.omitted = cut.items("metrics", &mut node.metrics).omitted();
        }
        node
    }
}

impl VersionNode {
    /// The version with those of its model's aliases that name it.
    pub(super) fn of(base: &BaseUrl, version: &ModelVersion, aliases: &[Alias]) -> Self {
        let named = aliases.iter().filter(|alias| alias.version == version.version);
        Self {
            aliases: named.map(|alias| alias.alias.clone()).collect(),
            model_id: version.model_id().map(str::to_owned),
            url: pages::version(base, &version.name, &version.version),
            name: version.name.clone(),
            version: version.version.clone(),
            current_stage: version.current_stage.clone(),
            status: version.status.clone(),
            run_id: version.run_id.clone(),
            source: version.source.clone(),
        }
    }
}

impl TraceNode {
    pub(super) fn of(run_id: String, trace: TraceInfo) -> Self {
        Self {
            trace_id: trace.trace_id,
            run_id,
            state: trace.state,
            request_time: trace.request_time,
            execution_duration: trace.execution_duration,
        }
    }
}
