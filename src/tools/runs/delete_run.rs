//! `delete_run`

use futures_lite::future::zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::experiments;
use crate::mlflow::page::Position;
use crate::mlflow::registry::versions;
use crate::mlflow::runs::change::delete;
use crate::mlflow::runs::{self, Run, RunInfo};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, quoted};
use crate::tool::{Context, Failure, Tool};

/// Nested runs and model versions that are looked for before a person is asked.
const LOOKED_AT: usize = 10;

/// Delete a run. It can be restored until the server purges deleted runs.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteRun {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    run_id: String,
    /// How to take it back.
    undo: String,
}

impl Tool for DeleteRun {
    const SPEC: Spec = Spec {
        name: "delete_run",
        title: "Delete a run",
        toolset: Toolset::Core,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Self { run_id } = self;
        delete(&cx.client, &run_id).await?;
        let undo = undo(&run_id);
        Ok(Deleted { success: true, run_id, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let Run { info, .. } = runs::get(&cx.client, &self.run_id).await?;
        let experiment = experiments::get(&cx.client, &info.experiment_id);
        let (experiment, (nested, versions)) =
            zip(experiment, zip(nested(cx, &info), versions(cx, &info))).await;
        let experiment = experiment.map_or_else(|_| info.experiment_id.clone(), |found| quoted(&found.name));
        let RunInfo { run_id, run_name, status, .. } = info;
        Ok(Some(format!(
            "Delete run {} ({run_id}, {status}) of experiment {experiment}.{nested}{versions} {}",
            quoted(&run_name),
            undo(&run_id)
        )))
    }
}

fn undo(run_id: &str) -> String {
    format!("Until it is purged, restore_run or `mlflow runs restore --run-id {run_id}` restores it.")
}

/// The runs that name it as their parent, in a sentence. Nothing where it cannot be told: who may delete a run may not
/// see all that hangs on it.
async fn nested(cx: &Context<'_>, info: &RunInfo) -> String {
    let filter = format!("tags.`mlflow.parentRunId` = '{}'", info.run_id);
    let question = runs::Search {
        experiment_ids: &[&info.experiment_id],
        filter: Some(&filter),
        max_results: LOOKED_AT,
        ..runs::Search::default()
    };
    match runs::search(&cx.client, &question).await {
        Ok((found, next)) if !found.is_empty() => {
            format!(" {} nested in it will stay without it.", counted(found.len(), next.is_some(), "run"))
        }
        _ => String::new(),
    }
}

/// The model versions that were made from it, likewise.
async fn versions(cx: &Context<'_>, info: &RunInfo) -> String {
    let filter = format!("run_id = '{}'", info.run_id);
    match versions::page(&cx.client, &filter, LOOKED_AT, &Position::default()).await {
        Ok(page) if !page.rows.is_empty() => {
            let named = page.rows.iter().map(|one| format!("{} {}", quoted(&one.name), one.version));
            let more = if page.next.is_some() { " and more" } else { "" };
            format!(" Model versions made from it stay: {}{more}.", named.collect::<Vec<_>>().join(", "))
        }
        _ => String::new(),
    }
}
