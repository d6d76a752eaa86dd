//! `get_runs`

use schemars::JsonSchema;
use serde::Deserialize;

use super::page::{Paging, fetch};
use super::shape::Row;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool};

/// List an experiment's runs, newest first, with metrics, params and tags.
///
/// Use query_runs to filter, and search_runs_by_tags to find runs by tag.
#[derive(Deserialize, JsonSchema)]
pub struct GetRuns {
    /// The experiment; get_experiments lists ids.
    #[schemars(length(min = 1))]
    experiment_id: String,
    #[serde(flatten)]
    paging: Paging,
}

impl Tool for GetRuns {
    const SPEC: Spec = Spec {
        name: "get_runs",
        title: "List runs",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Listing<Row>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        fetch(cx, &self.experiment_id, None, &self.paging).await
    }
}
