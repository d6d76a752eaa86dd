//! `get_experiment`

use schemars::JsonSchema;
use serde::Deserialize;

use super::known;
use super::record::ExperimentRecord;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// Get one experiment by its id: name, tags, times, artifact location. A deleted one is found too.
#[derive(Deserialize, JsonSchema)]
pub struct GetExperiment {
    /// The experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
}

impl Tool for GetExperiment {
    const SPEC: Spec = Spec {
        name: "get_experiment",
        title: "Get experiment",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: false,
    };

    type Output = ExperimentRecord;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        Ok(known::require(cx, self.experiment_id.trim()).await?.into())
    }
}
