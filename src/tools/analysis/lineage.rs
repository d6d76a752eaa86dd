//! `lineage`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fit::fit;
use super::graph::Graph;
use super::nodes::{DatasetNode, ModelNode, RunNode, TraceNode, VersionNode};
use super::origin::Origin;
use crate::mlflow::BaseUrl;
use crate::sorted::sorted;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::{Budget, Context, Failure, Tool};

/// Show what belongs together, in both directions: runs with their metrics, data sets, logged models, registered
/// versions with aliases, prompts, traces. What is champion, who trained it, on what?
#[derive(Deserialize, JsonSchema)]
pub struct Lineage {
    /// A run id, m-ID, models:/NAME/VERSION, NAME@ALIAS, or dataset: and a name or digest (dataset:churn-2025).
    #[schemars(length(min = 1))]
    start: String,
}

/// What was found.
#[derive(Default, Serialize, JsonSchema)]
pub struct Related {
    /// What `start` was taken for.
    pub start: String,
    /// Versions of registered models.
    pub model_versions: Vec<VersionNode>,
    /// Runs, each with why it is here.
    pub runs: Vec<RunNode>,
    /// Data sets that these runs read.
    pub datasets: Vec<DatasetNode>,
    /// Models that these runs made or measured (MLflow 3).
    pub logged_models: Vec<ModelNode>,
    /// Versions of prompts that runs, models or traces name.
    pub prompts: Vec<Prompt>,
    /// The newest traces of these runs.
    pub traces: Vec<TraceNode>,
    /// What this server does not have, and since when MLflow does.
    pub missing: Vec<&'static str>,
    /// Whether something is left out because the answer would be too long.
    pub truncated: bool,
    /// What to know about this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A version of a prompt.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Prompt {
    /// The prompt.
    pub name: String,
    /// A number in text.
    pub version: String,
    /// What names it.
    pub linked_to: String,
}

impl Tool for Lineage {
    const SPEC: Spec = Spec {
        name: "lineage",
        title: "Show lineage",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Related;

    async fn call(self, cx: &Context<'_>) -> Result<Related, Failure> {
        let origin = Origin::parse(&self.start)?;
        let graph = Graph::begin(cx, &origin).await?.follow(cx).await?;
        Ok(Related::of(&cx.client.tracking().base, origin.words(), graph, cx.budget))
    }
}

impl Related {
    /// The graph in at most that many characters.
    fn of(base: &BaseUrl, start: String, graph: Graph, budget: Budget) -> Self {
        let aliases: BTreeMap<&str, _> =
            sorted(graph.aliases.iter().map(|(name, aliases)| (name.as_str(), aliases.as_slice())));
        let of_name = |name: &str| aliases.get(name).copied().unwrap_or_default();
        let versions =
            graph.versions.iter().map(|version| VersionNode::of(base, version, of_name(&version.name)));
        let model_versions = versions.collect();
        let mut notes = graph.notes;
        // Half of the room is for what the runs logged, whatever else there is.
        let share = budget.share(2 * graph.runs.len());
        let models = budget.share(4 * graph.models.len());
        let mut related = Self {
            start,
            model_versions,
            datasets: DatasetNode::of_runs(&graph.runs),
            logged_models: graph.models.into_iter().map(|model| ModelNode::of(base, model, models)).collect(),
            runs: graph.runs.into_iter().map(|(run, why)| RunNode::of(base, run, why, share)).collect(),
            prompts: graph.prompts,
            traces: graph.traces.into_iter().map(|(run, trace)| TraceNode::of(run, trace)).collect(),
            missing: graph.missing,
            truncated: false,
            note: None,
        };
        let mut left = budget.minus(size(&notes));
        let first = [fit(&mut related.model_versions, &mut left), fit(&mut related.runs, &mut left)];
        let then = [fit(&mut related.datasets, &mut left), fit(&mut related.logged_models, &mut left)];
        let last = [fit(&mut related.prompts, &mut left), fit(&mut related.traces, &mut left)];
        related.truncated = [first, then, last].concat().contains(&true);
        if related.truncated {
            notes.push(
                "Not all fits into this answer: start from one of the runs or models shown.".to_owned(),
            );
        }
        related.note = (!notes.is_empty()).then(|| notes.join(" "));
        related
    }
}
