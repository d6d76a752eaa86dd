//! `rename_run`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::runs::change::{Update, update};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool};
use crate::tools::runs::living;

/// Give a run another name; its id stays, and names need not be unique.
#[derive(Deserialize, JsonSchema)]
pub struct RenameRun {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
    /// Its new name; it need not be unique.
    #[schemars(length(min = 1))]
    run_name: String,
}

/// What it is called now.
#[derive(Serialize, JsonSchema)]
pub struct Renamed {
    success: bool,
    run_id: String,
    run_name: String,
    /// What it was called.
    previous_name: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for RenameRun {
    const SPEC: Spec = Spec {
        name: "rename_run",
        title: "Rename a run",
        toolset: Toolset::Logging,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Renamed;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Self { run_id, run_name } = self;
        let previous_name = living::run(cx, &run_id).await?.info.run_name;
        let change = Update { run_id: &run_id, run_name: Some(&run_name), ..Update::default() };
        update(&cx.client, &change).await?;
        let undo = undo("rename_run", &[("run_id", &run_id), ("run_name", &previous_name)]);
        Ok(Renamed { success: true, run_id, run_name, previous_name, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let run = living::run(cx, &self.run_id).await?;
        Ok(Some(format!("Rename {} to {}.", living::named(&run.info), quoted(&self.run_name))))
    }
}
