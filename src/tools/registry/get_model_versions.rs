//! `get_model_versions`

use futures_lite::future::try_zip;
use schemars::JsonSchema;
use serde::Deserialize;

use super::missing;
use super::version::VersionRecord;
use crate::mlflow::filter;
use crate::mlflow::registry::{models, versions};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Listing, Tool, ToolError, listing};

/// List the versions of a registered model, the newest first: aliases, stage, run, source, tags.
///
/// get_model_version adds the metrics and params of a version's run.
#[derive(Deserialize, JsonSchema)]
pub struct GetModelVersions {
    /// The registered model's name.
    #[schemars(length(min = 1))]
    model_name: String,
    /// How many at most (default 100).
    #[serde(default = "default_max_results")]
    #[schemars(range(min = 1, max = 1000))]
    max_results: usize,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

fn default_max_results() -> usize {
    100
}

impl Tool for GetModelVersions {
    const SPEC: Spec = Spec {
        name: "get_model_versions",
        title: "List model versions",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<VersionRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let mut filter = self.filter()?;
        // The model has the aliases, which the search leaves out, and tells none at all from no versions.
        let page = async { Ok(versions::page(&cx.client, &filter, self.max_results, &from).await?) };
        let (mut page, model) = try_zip(page, missing::model(cx, &self.model_name)).await?;
        if page.rows.is_empty() && model.is_prompt() {
            filter.push_str(" AND ");
            filter.push_str(models::ONLY_PROMPTS);
            page = versions::page(&cx.client, &filter, self.max_results, &from).await?;
        }
        let record = |version| VersionRecord::named(version, &model.aliases).within(cx.budget);
        Ok(Listing::of_page(page.map(record), cx.budget))
    }
}

impl GetModelVersions {
    fn filter(&self) -> Result<String, ToolError> {
        match filter::string(&self.model_name) {
            Ok(name) => Ok(format!("name = {name}")),
            Err(filter::Unquotable) => Err(ToolError::new(
                Kind::Argument,
                format!(
                    "argument \"model_name\": MLflow's filters have no escape character, so the versions of {:?}, \
                     which has both ' and \", cannot be searched",
                    self.model_name
                ),
                "get_registered_model shows the newest, get_model_version any one.",
            )),
        }
    }
}
