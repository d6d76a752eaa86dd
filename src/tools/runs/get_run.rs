//! `get_run`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::record::RunRecord;
use crate::mlflow::runs::{self, Run};
use crate::sorted::sorted;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::cut::beginning;
use crate::tool::{Budget, Context, Failure, Tool};

/// The most characters of what a data set's source, schema or profile is: schemas may have thousands of columns.
const DETAIL: usize = 2_000;

/// Get everything about one run: status, times, user, metrics with their steps, params, tags, data set inputs,
/// and the models it used and logged.
///
/// A deleted run is found too; `lifecycle_stage` tells. For a metric's history use get_run_metric.
#[derive(Deserialize, JsonSchema)]
pub struct GetRun {
    /// The run's 32 hex digits.
    #[schemars(length(min = 1))]
    run_id: String,
}

/// A run with all that MLflow has of it.
#[derive(Serialize, JsonSchema)]
pub struct WholeRun {
    /// What it has in lists.
    #[serde(flatten)]
    pub run: RunRecord,
    /// Root of its artifacts.
    pub artifact_uri: String,
    /// The data sets it read.
    pub inputs: Vec<Input>,
    /// The ids of the models it used (MLflow 3).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub model_inputs: Vec<String>,
    /// The models it logged (MLflow 3).
    pub outputs: Vec<Output>,
    /// Step and time of the value in `metrics`.
    pub metric_points: BTreeMap<String, Point>,
}

/// A data set that the run read.
#[derive(Serialize, JsonSchema)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Hash of its content.
    pub digest: String,
    /// For instance `s3`.
    pub source_type: String,
    /// Where it is, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Its columns, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Its size, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// `mlflow.data.context` tells what for.
    pub tags: BTreeMap<String, String>,
}

/// A model that the run logged.
#[derive(Serialize, JsonSchema)]
pub struct Output {
    /// `m-` and 32 hex digits.
    pub model_id: String,
    /// The step it was logged at.
    pub step: i64,
}

/// When a metric had its latest value.
#[derive(Serialize, JsonSchema)]
pub struct Point {
    /// The step.
    pub step: i64,
    /// Epoch milliseconds.
    pub timestamp: i64,
}

impl Tool for GetRun {
    const SPEC: Spec = Spec {
        name: "get_run",
        title: "Get run",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = WholeRun;

    async fn call(self, cx: &Context<'_>) -> Result<WholeRun, Failure> {
        let whole = WholeRun::from(runs::get(&cx.client, self.run_id.trim()).await?);
        Ok(whole.within(cx.budget))
    }
}

impl WholeRun {
    /// The run in at most that many characters. What is least asked for goes first.
    pub(super) fn within(mut self, budget: Budget) -> Self {
        let mut clipped = 0;
        for input in &mut self.inputs {
            for detail in [&mut input.source, &mut input.schema, &mut input.profile].into_iter().flatten() {
                let short = beginning(detail, DETAIL);
                clipped += usize::from(short != *detail);
                *detail = short;
            }
        }
        let share = budget.share(4);
        let mut gone = [
            ("inputs", share.keep(&mut self.inputs)),
            ("outputs", share.keep(&mut self.outputs)),
            ("model_inputs", share.keep(&mut self.model_inputs)),
            ("metric_points", 0),
            ("clipped_values", clipped),
        ];
        let budget = budget.minus(size(&self.inputs) + size(&self.outputs) + size(&self.model_inputs));
        if size(&self.run) + size(&self.metric_points) > budget.characters() {
            gone[3].1 = self.metric_points.len();
            self.metric_points.clear();
        }
        self.run = self.run.within(budget);
        for (what, count) in gone.into_iter().filter(|(_, count)| *count > 0) {
            *self.run.omitted.entry(what).or_default() += count;
        }
        self
    }
}

impl From<Run> for WholeRun {
    fn from(mut run: Run) -> Self {
        let inputs = std::mem::take(&mut run.inputs);
        let models = inputs.model_inputs.into_iter().map(|input| input.model_id);
        let inputs = inputs.dataset_inputs.into_iter().map(|input| Input {
            name: input.dataset.name,
            digest: input.dataset.digest,
            source_type: input.dataset.source_type,
            source: input.dataset.source,
            schema: input.dataset.schema,
            profile: input.dataset.profile,
            tags: input.tags,
        });
        let outputs = run
            .outputs
            .model_outputs
            .iter()
            .map(|output| Output { model_id: output.model_id.clone(), step: output.step });
        let points = run
            .data
            .metrics
            .iter()
            .map(|metric| (metric.key.clone(), Point { step: metric.step, timestamp: metric.timestamp }));
        Self {
            artifact_uri: run.info.artifact_uri.clone(),
            inputs: inputs.collect(),
            model_inputs: models.collect(),
            outputs: outputs.collect(),
            metric_points: sorted(points),
            run: run.into(),
        }
    }
}
