//! `get_experiment_params`

use schemars::JsonSchema;
use serde::Deserialize;

use super::keys::{Names, Question};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// List the names of all parameters that an experiment's active runs have, sorted.
///
/// query_runs filters by these names; get_runs has the values.
#[derive(Deserialize, JsonSchema)]
pub struct GetExperimentParams {
    #[serde(flatten)]
    question: Question,
}

impl Tool for GetExperimentParams {
    const SPEC: Spec = Spec {
        name: "get_experiment_params",
        title: "List parameter names",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Names;

    async fn call(self, cx: &Context<'_>) -> Result<Names, Failure> {
        self.question.answer(cx, |run| run.data.params).await
    }
}
