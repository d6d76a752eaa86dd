//! `list_scorers`

use schemars::JsonSchema;
use serde::Deserialize;

use super::find;
use super::record::{Parts, ScorerRecord};
use crate::mlflow::page::{Page, Position};
use crate::mlflow::scorers::Scorer;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::cut::clip;
use crate::tool::{Context, Failure, Listing, Tool, ToolError, listing};

/// List the scorers registered in an experiment, each in its newest version.
#[derive(Deserialize, JsonSchema)]
pub struct ListScorers {
    /// The experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// To go on: the `next_page_token` of the last answer.
    page_token: Option<String>,
}

impl Tool for ListScorers {
    const SPEC: Spec = Spec {
        name: "list_scorers",
        title: "List scorers",
        toolset: Toolset::Scorers,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<ScorerRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let from = position(self.page_token.as_deref())?;
        page(cx, find::all(cx, &self.experiment_id).await?, from)
    }
}

/// MLflow sends all there are, so a page is ours: its token counts rows.
pub(super) fn position(page_token: Option<&str>) -> Result<usize, ToolError> {
    let from = listing::position(page_token, 0)?;
    from.row()
        .ok_or_else(|| ToolError::argument("argument \"page_token\" is not one that this tool gave out"))
}

/// As many from that row on as fit.
pub(super) fn page(
    cx: &Context<'_>,
    scorers: Vec<Scorer>,
    from: usize,
) -> Result<Listing<ScorerRecord>, Failure> {
    let rows = scorers.iter().skip(from).map(|scorer| {
        let mut record = Parts::of(scorer).record;
        record.description.as_mut().map(clip);
        record
    });
    Ok(Listing::of_page(Page { rows: rows.collect(), from: Position::at(from), next: None }, cx.budget))
}
