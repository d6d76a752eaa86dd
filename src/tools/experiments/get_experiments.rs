//! `get_experiments`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::experiments::{self, Experiment};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool, listing};

/// As many as fit into the largest answer at all.
const PAGE: usize = 1_000;

/// List the active experiments: name and id of each.
///
/// Start here to find the `experiment_id` that run tools want. Use search_experiments to filter, sort, or see
/// tags and deleted experiments.
#[derive(Deserialize, JsonSchema)]
pub struct GetExperiments {
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

/// An experiment's two names.
#[derive(Serialize, JsonSchema)]
pub struct Named {
    /// For people.
    pub name: String,
    /// For every other tool, as `experiment_id`.
    pub id: String,
}

impl Tool for GetExperiments {
    const SPEC: Spec = Spec {
        name: "get_experiments",
        title: "List experiments",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<Named>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let question = experiments::Search { max_results: PAGE, ..Default::default() };
        let page = experiments::page(&cx.client, &question, &from).await?;
        let named = |experiment: Experiment| Named { name: experiment.name, id: experiment.experiment_id };
        Ok(Listing::of_page(page.map(named), cx.budget))
    }
}
