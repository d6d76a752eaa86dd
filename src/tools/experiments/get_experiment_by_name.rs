//! `get_experiment_by_name`

use schemars::JsonSchema;
use serde::Deserialize;

use super::record::ExperimentRecord;
use crate::mlflow::experiments;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::nearest::suggestion;
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// How many experiments are looked at for a name like the one asked for.
const CANDIDATES: usize = 200;

/// Get one experiment by its exact name: id, tags, times, artifact location.
///
/// A deleted experiment is found too; `lifecycle_stage` tells. If only part of the name is known, use
/// search_experiments with name ILIKE '%part%'.
#[derive(Deserialize, JsonSchema)]
pub struct GetExperimentByName {
    /// The whole name; case matters.
    #[schemars(length(min = 1))]
    name: String,
}

impl Tool for GetExperimentByName {
    const SPEC: Spec = Spec {
        name: "get_experiment_by_name",
        title: "Get experiment by name",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = ExperimentRecord;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        match experiments::get_by_name(&cx.client, &self.name).await {
            Ok(experiment) => Ok(experiment.into()),
            Err(error) if error.is_missing() => Err(self.unknown(cx).await?.into()),
            Err(error) => Err(error.into()),
        }
    }
}

impl GetExperimentByName {
    async fn unknown(&self, cx: &Context<'_>) -> Result<ToolError, Failure> {
        let question = experiments::Search { max_results: CANDIDATES, ..Default::default() };
        let (found, _) = experiments::search(&cx.client, &question).await?;
        let names = found.iter().map(|experiment| experiment.name.as_str());
        Ok(ToolError::new(
            Kind::NotFound,
            format!("RESOURCE_DOES_NOT_EXIST: there is no experiment named {:?}", self.name),
            suggestion(&self.name, "Experiments", names),
        ))
    }
}
