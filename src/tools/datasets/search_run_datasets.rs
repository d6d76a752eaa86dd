//! `search_run_datasets`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::datasets::{self, EXPERIMENTS, MOST};
use crate::mlflow::page::{Page, Position};
use crate::sorted::sort;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Listing, Tool, ToolError, listing, parallel};
use crate::tools::experiments::known;

/// The most experiments in one call.
const NAMED: usize = 100;

/// List the data sets that runs of experiments have read: name, digest, context.
///
/// search_runs_by_dataset finds the runs.
#[derive(Deserialize, JsonSchema)]
pub struct SearchRunDatasets {
    /// Up to 100.
    experiment_ids: Vec<String>,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

/// A data set that runs have read.
#[derive(Serialize, JsonSchema)]
pub struct RunDataset {
    name: String,
    /// Hash of its content.
    digest: String,
    /// What for, for instance training.
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<String>,
    experiment_id: String,
}

impl Tool for SearchRunDatasets {
    const SPEC: Spec = Spec {
        name: "search_run_datasets",
        title: "List data sets of runs",
        toolset: Toolset::Datasets,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<RunDataset>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let ids = super::each_once(&self.experiment_ids);
        if ids.is_empty() || ids.len() > NAMED {
            let message = format!(
                "argument \"experiment_ids\" names {} experiments, and must name 1 to {NAMED}",
                ids.len()
            );
            return Err(
                ToolError::new(Kind::Argument, message, "get_experiments lists ids and names.").into()
            );
        }
        let position = listing::position(self.page_token.as_deref(), 0)?;
        let Some(seen) = position.row() else {
            let message = "argument \"page_token\" is none of this list";
            return Err(ToolError::new(Kind::Argument, message, "Leave it out to begin anew.").into());
        };
        let asked = ids.chunks(EXPERIMENTS).map(|some| datasets::of_experiments(&cx.client, some));
        let found = parallel::all(asked).await?;
        // MLflow cuts them without a word.
        let full = found.iter().any(|some| some.len() >= MOST);
        let mut rows: Vec<RunDataset> = found
            .into_iter()
            .flatten()
            .map(|one| RunDataset {
                name: one.name,
                digest: one.digest,
                context: one.context,
                experiment_id: one.experiment_id,
            })
            .collect();
        if rows.is_empty() {
            parallel::all(ids.iter().map(|id| known::require(cx, id))).await?;
        }
        sort(&mut rows, |a, b| a.key() < b.key());
        rows.drain(..seen.min(rows.len()));
        let page = Page { rows, from: Position::default(), next: None };
        let mut list = Listing::of_page(page, cx.budget);
        if list.truncated {
            list.next_page_token = Some(Position::at(seen + list.result.len()).encode());
        }
        list.note = full.then(|| {
            format!("MLflow gives at most {MOST} for {EXPERIMENTS} experiments, so some are missing: ask for fewer experiments.")
        });
        Ok(list)
    }
}

impl RunDataset {
    fn key(&self) -> (&str, &str, &str, Option<&str>) {
        (&self.experiment_id, &self.name, &self.digest, self.context.as_deref())
    }
}
