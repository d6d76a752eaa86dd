//! `query_runs`

use schemars::JsonSchema;
use serde::Deserialize;

use super::page::{Paging, fetch};
use super::shape::Row;
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
    #[serde(flatten)]
    paging: Paging,
}

impl Tool for QueryRuns {
    const SPEC: Spec = Spec {
        name: "query_runs",
        title: "Query runs",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Listing<Row>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        fetch(cx, &self.experiment_id, Some(&self.query), &self.paging).await
    }
}
