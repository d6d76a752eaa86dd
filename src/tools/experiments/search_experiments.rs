//! `search_experiments`

use schemars::JsonSchema;
use serde::Deserialize;

use super::record::ExperimentRecord;
use crate::mlflow::{ViewType, experiments};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool, listing};

/// Search experiments by name, tag or time, with all their details.
///
/// Filter examples: name LIKE 'demo-%', name ILIKE '%nlp%', tags.team = 'vision', creation_time > 1767225600000.
/// Conditions are joined by AND only; times are epoch milliseconds.
#[derive(Deserialize, JsonSchema)]
pub struct SearchExperiments {
    /// MLflow filter, for instance name LIKE 'demo-%'. All if left out.
    filter_string: Option<String>,
    /// For instance ["last_update_time DESC"]; also name, experiment_id, creation_time.
    #[serde(default)]
    order_by: Vec<String>,
    /// How many at most, 1 to 1000 (default 100).
    #[serde(default = "default_max_results")]
    #[schemars(range(min = 1, max = 1000))]
    max_results: usize,
    /// Active ones (default), deleted ones, or both.
    #[serde(default)]
    view_type: ViewType,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

fn default_max_results() -> usize {
    100
}

impl Tool for SearchExperiments {
    const SPEC: Spec = Spec {
        name: "search_experiments",
        title: "Search experiments",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<ExperimentRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let question = experiments::Search {
            max_results: self.max_results,
            filter: self.filter_string.as_deref().filter(|filter| !filter.trim().is_empty()),
            order_by: &self.order_by,
            view_type: self.view_type,
            page_token: None,
        };
        let page = experiments::page(&cx.client, &question, &from).await?;
        Ok(Listing::of_page(page.map(ExperimentRecord::from), cx.budget))
    }
}
