//! `get_model_version`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::missing;
use super::version::VersionRecord;
use crate::mlflow::number::Number;
use crate::mlflow::registry::versions::{self, ModelVersion};
use crate::mlflow::{Error, runs};
use crate::sorted::sorted;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::cut::Cut;
use crate::tool::{Budget, Context, Failure, Kind, Tool, ToolError};

/// Get one version of a registered model: aliases, stage, tags, source, and its run's metrics and params.
///
/// For an alias such as champion use get_model_version_by_alias.
#[derive(Deserialize, JsonSchema)]
pub struct GetModelVersion {
    /// The registered model's name.
    #[schemars(length(min = 1))]
    model_name: String,
    /// The version's number.
    #[schemars(length(min = 1))]
    version: String,
}

/// A version and what its run logged.
#[derive(Serialize, JsonSchema)]
pub struct WholeVersion {
    /// What it has in lists.
    #[serde(flatten)]
    pub version: VersionRecord,
    /// The latest of each metric of the run.
    pub run_metrics: BTreeMap<String, Number>,
    /// The run's parameters.
    pub run_params: BTreeMap<String, String>,
    /// Why there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Tool for GetModelVersion {
    const SPEC: Spec = Spec {
        name: "get_model_version",
        title: "Get a model version",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = WholeVersion;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let version = self.find(cx).await?;
        Ok(WholeVersion::of(cx, version).await?.within(cx.budget))
    }
}

impl GetModelVersion {
    async fn find(&self, cx: &Context<'_>) -> Result<ModelVersion, Failure> {
        let number = self.version.trim();
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ToolError::new(
                Kind::Argument,
                format!("argument \"version\" must be a whole number, not {number:?}"),
                "If it is an alias, get_model_version_by_alias finds its version.",
            )
            .into());
        }
        match versions::get(&cx.client, &self.model_name, number).await {
            Ok(version) => Ok(version),
            Err(error) if error.is_missing() => {
                let model = missing::model(cx, &self.model_name).await?;
                Err(missing::no_version(&model, number).into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl WholeVersion {
    /// The version with what its run logged. A run that cannot be shown takes nothing from the version.
    async fn of(cx: &Context<'_>, version: ModelVersion) -> Result<Self, Error> {
        let (run, note) = match version.run_id.as_str() {
            "" => (None, Some("The version has no run.".to_owned())),
            run_id => match runs::get(&cx.client, run_id).await {
                Ok(run) => (Some(run), None),
                Err(Error::Refused(refusal)) => {
                    (None, Some(format!("MLflow does not show its run: {}", refusal.message)))
                }
                Err(error) => return Err(error),
            },
        };
        let data = run.map(|run| run.data).unwrap_or_default();
        Ok(Self {
            version: version.into(),
            run_metrics: sorted(data.metrics.into_iter().map(|metric| (metric.key, metric.value))),
            run_params: data.params,
            note,
        })
    }

    /// The version in at most that many characters.
    fn within(mut self, budget: Budget) -> Self {
        if size(&self) > budget.characters() {
            let VersionRecord { description, tags, .. } = &mut self.version;
            let cut = Cut::default().text(description).texts(tags).texts(&mut self.run_params);
            let cut = cut.down_to(budget, size(&self));
            let VersionRecord { tags, aliases, .. } = &mut self.version;
            let cut = cut.entries("tags", tags).entries("run_params", &mut self.run_params);
            let cut = cut.entries("run_metrics", &mut self.run_metrics).items("aliases", aliases);
            self.version.omitted = cut.omitted();
        }
        self
    }
}
