//! `get_dataset_records`

use futures_lite::future::zip;
use schemars::JsonSchema;
use serde::Deserialize;

use super::find;
use super::record::RecordShown;
use crate::mlflow::evaluation_datasets::records::{self, Record};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Listing, Tool, ToolError};

/// Read the records of an evaluation dataset, the oldest first: inputs, expectations, tags, source.
#[derive(Deserialize, JsonSchema)]
pub struct GetDatasetRecords {
    /// d- and 32 hex digits; get_dataset finds it by name.
    #[schemars(length(min = 1))]
    dataset_id: String,
    /// How many at most (default 50).
    #[serde(default = "default_max_results")]
    #[schemars(range(min = 1, max = 1000))]
    max_results: usize,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

fn default_max_results() -> usize {
    50
}

impl Tool for GetDatasetRecords {
    const SPEC: Spec = Spec {
        name: "get_dataset_records",
        title: "Read records of a dataset",
        toolset: Toolset::Datasets,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<RecordShown>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let token = self.page_token.as_deref().map(str::trim).filter(|token| !token.is_empty());
        if let Some(token) = token
            && !records::is_token(token)
        {
            // MLflow fails with a page of HTML.
            let message = format!("argument \"page_token\": {token:?} is none of this list");
            let hint = "Leave it out to begin with the first record.";
            return Err(ToolError::new(Kind::Argument, message, hint).into());
        }
        let id = self.dataset_id.trim();
        let page = records::page(&cx.client, id, self.max_results, token);
        // MLflow has no records of a dataset that does not exist, and says no more.
        let (dataset, page) = zip(find::dataset(cx, id), page).await;
        let page = dataset.and(page.map_err(Into::into))?;
        let ends: Vec<String> = page.records.iter().map(records::behind).collect();
        let shown = |record: Record| RecordShown::of(record, cx.budget);
        let mut list = Listing::complete(page.records.into_iter().map(shown).collect());
        let fitting = cx.budget.fitting(&list.result).max(1);
        list.truncated = fitting < list.result.len();
        list.result.truncate(fitting);
        list.next_page_token = match list.truncated {
            true => ends.into_iter().nth(fitting - 1),
            false => page.next,
        };
        Ok(list)
    }
}
