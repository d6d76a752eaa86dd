//! `get_parent_run`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::get_run::WholeRun;
use crate::mlflow::runs;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// The tag by which MLflow's clients nest a run in another.
const PARENT: &str = "mlflow.parentRunId";

/// Get the run that a nested run belongs to, as get_run shows it; {"result": null} if it has no parent.
///
/// For the children of a run: query_runs with tags.mlflow.parentRunId = 'its run_id'.
#[derive(Deserialize, JsonSchema)]
pub struct GetParentRun {
    /// The nested run's 32 hex digits.
    #[schemars(length(min = 1))]
    run_id: String,
}

/// The parent, or that there is none.
#[derive(Serialize, JsonSchema)]
pub struct Parent {
    /// The parent.
    #[serde(flatten)]
    run: Option<WholeRun>,
    /// Null, and there only if there is no parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<()>,
}

impl Tool for GetParentRun {
    const SPEC: Spec = Spec {
        name: "get_parent_run",
        title: "Get parent run",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Parent;

    async fn call(self, cx: &Context<'_>) -> Result<Parent, Failure> {
        let run_id = self.run_id.trim();
        let child = runs::get(&cx.client, run_id).await?;
        let Some(parent_id) = child.data.tags.get(PARENT).filter(|id| !id.is_empty()) else {
            return Ok(Parent { run: None, result: Some(()) });
        };
        match runs::get(&cx.client, parent_id).await {
            Ok(parent) => Ok(Parent { run: Some(WholeRun::from(parent).within(cx.budget)), result: None }),
            Err(error) if error.is_missing() => Err(ToolError::new(
                Kind::NotFound,
                format!("run {run_id} names {parent_id:?} as its parent, and MLflow has no such run"),
                format!("Its tag {PARENT} may be a slip, or the parent was deleted for good."),
            )
            .into()),
            Err(error) => Err(error.into()),
        }
    }
}
