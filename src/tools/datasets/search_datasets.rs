//! `search_datasets`

use schemars::JsonSchema;
use serde::Deserialize;

use super::find::lacking;
use super::record::DatasetRecord;
use crate::mlflow::evaluation_datasets::{self, Search};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool, listing, parallel};
use crate::tools::experiments::known;

/// Find evaluation datasets (MLflow 3.4), the newest first, with tags and number of records.
#[derive(Deserialize, JsonSchema)]
pub struct SearchDatasets {
    /// Only those of these.
    #[serde(default)]
    experiment_ids: Vec<String>,
    /// For instance name LIKE '%qa%' AND tags.team = 'nlp'; also created_by, last_updated_by, created_time, last_update_time. No backticks.
    filter_string: Option<String>,
    /// name, created_time or last_update_time, for instance ["name ASC"].
    #[serde(default)]
    order_by: Vec<String>,
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

impl Tool for SearchDatasets {
    const SPEC: Spec = Spec {
        name: "search_datasets",
        title: "Search evaluation datasets",
        toolset: Toolset::Datasets,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<DatasetRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let filter_string = self.filter_string.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let search = Search {
            experiment_ids: &self.experiment_ids,
            filter_string,
            max_results: self.max_results,
            order_by: &self.order_by,
            page_token: None,
        };
        let page = evaluation_datasets::page(&cx.client, &search, &from).await;
        let page = page.map_err(|error| lacking(cx, error))?;
        if page.rows.is_empty() {
            // MLflow finds nothing in an experiment that does not exist, and says no more.
            parallel::all(self.experiment_ids.iter().map(|id| known::require(cx, id))).await?;
        }
        let quoted = |filter: &str| filter.contains('`') || filter.contains("tags.\"");
        let misled = page.rows.is_empty() && filter_string.is_some_and(quoted);
        let mut list = Listing::of_page(page.map(|dataset| DatasetRecord::of(dataset, cx.budget)), cx.budget);
        list.note = misled.then(|| {
            "MLflow takes quotes around a tag's key for a part of the key here, and finds nothing: write tags.team = 'nlp'."
                .to_owned()
        });
        Ok(list)
    }
}
