//! `get_experiment_metrics`

use schemars::JsonSchema;
use serde::Deserialize;

use super::keys::{Names, Question};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// List the names of all metrics that an experiment's active runs have, sorted.
///
/// query_runs and get_best_run take these names; get_runs has the values.
#[derive(Deserialize, JsonSchema)]
pub struct GetExperimentMetrics {
    #[serde(flatten)]
    question: Question,
}

impl Tool for GetExperimentMetrics {
    const SPEC: Spec = Spec {
        name: "get_experiment_metrics",
        title: "List metric names",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Names;

    async fn call(self, cx: &Context<'_>) -> Result<Names, Failure> {
        self.question.answer(cx, |run| run.data.metrics).await
    }
}
