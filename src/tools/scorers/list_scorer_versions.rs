//! `list_scorer_versions`

use schemars::JsonSchema;
use serde::Deserialize;

use super::find;
use super::list_scorers::{page, position};
use super::record::ScorerRecord;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool};

/// List the versions of a scorer, the newest first.
#[derive(Deserialize, JsonSchema)]
pub struct ListScorerVersions {
    /// Its experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// The scorer.
    #[schemars(length(min = 1))]
    name: String,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

impl Tool for ListScorerVersions {
    const SPEC: Spec = Spec {
        name: "list_scorer_versions",
        title: "List scorer versions",
        toolset: Toolset::Scorers,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<ScorerRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let from = position(self.page_token.as_deref())?;
        let mut versions = find::versions(cx, &self.experiment_id, &self.name).await?;
        versions.reverse();
        page(cx, versions, from)
    }
}
