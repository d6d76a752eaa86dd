//! `get_runs`

use schemars::JsonSchema;
use serde::Deserialize;

use super::page::{Question, fetch};
use super::record::RunRecord;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool};

/// List an experiment's active runs, newest first, with metrics, params and tags.
///
/// Use query_runs to filter, and search_runs_by_tags to find runs by tag.
#[derive(Deserialize, JsonSchema)]
pub struct GetRuns {
    /// The experiment; get_experiments lists ids.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// How many at most (default 3).
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 50000))]
    limit: usize,
    /// How many to skip (default 0).
    #[serde(default)]
    offset: usize,
    /// For instance ["metrics.accuracy DESC", "start_time ASC"].
    #[serde(default)]
    order_by: Vec<String>,
    /// To go on: the `next_page_token` of the last answer, with the other arguments unchanged and no offset.
    page_token: Option<String>,
}

pub(super) fn default_limit() -> usize {
    3
}

impl Tool for GetRuns {
    const SPEC: Spec = Spec {
        name: "get_runs",
        title: "List runs",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Listing<RunRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let question = Question {
            experiment_id: &self.experiment_id,
            filter: None,
            order_by: &self.order_by,
            limit: self.limit,
            offset: self.offset,
            page_token: self.page_token.as_deref(),
        };
        fetch(cx, &question).await
    }
}
