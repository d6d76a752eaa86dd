//! `query_runs`

use schemars::JsonSchema;
use serde::Deserialize;

use super::get_runs::default_limit;
use super::page::{Question, fetch};
use super::record::RunRecord;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool};

/// Find an experiment's runs by a filter over metrics, params, tags and attributes.
///
/// Examples: metrics.accuracy > 0.9; params.lr = '0.01' and tags.model LIKE '%llama%'; status = 'FINISHED';
/// start_time > 1767225600000; run_name ILIKE '%baseline%'; metrics.`val/loss` < 0.2. Conditions are joined by AND
/// only (no OR, no parentheses). Strings are quoted, params compare as text (= != LIKE ILIKE), names with special
/// characters stand in backticks.
#[derive(Deserialize, JsonSchema)]
pub struct QueryRuns {
    /// The experiment; get_experiments lists ids.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// MLflow filter, for instance metrics.accuracy > 0.9
    query: String,
    /// How many at most (default 3).
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 50000))]
    limit: usize,
    /// How many to skip (default 0).
    #[serde(default)]
    offset: usize,
    /// For instance ["metrics.accuracy DESC"]. Newest first if left out.
    #[serde(default)]
    order_by: Vec<String>,
    /// To go on: the `next_page_token` of the last answer, with the other arguments unchanged and no offset.
    page_token: Option<String>,
}

impl Tool for QueryRuns {
    const SPEC: Spec = Spec {
        name: "query_runs",
        title: "Query runs",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Listing<RunRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let question = Question {
            experiment_id: &self.experiment_id,
            filter: Some(&self.query),
            order_by: &self.order_by,
            limit: self.limit,
            offset: self.offset,
            page_token: self.page_token.as_deref(),
        };
        fetch(cx, &question).await
    }
}
