//! `link_traces_to_run`

use futures_lite::future::zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ids::ids;
use super::{existing, missing};
use crate::mlflow::filter;
use crate::mlflow::page::Position;
use crate::mlflow::runs::Run;
use crate::mlflow::traces::TraceInfo;
use crate::mlflow::traces::change::{LINKED, link};
use crate::mlflow::traces::search::{self, MOST, Search};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, quoted};
use crate::tool::{Context, Failure, Tool, ToolError, parallel};
use crate::tools::runs::living;

/// Link traces to a run, whose page and search then show them. MLflow cannot unlink them.
#[derive(Deserialize, JsonSchema)]
pub struct LinkTracesToRun {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
    /// Up to 100.
    trace_ids: Vec<String>,
}

/// What was linked.
#[derive(Serialize, JsonSchema)]
pub struct Linked {
    success: bool,
    run_id: String,
    /// Those that are linked now and were not before.
    linked: Vec<String>,
    /// Those that were linked already.
    already_linked: Vec<String>,
    /// How to take it back.
    undo: &'static str,
}

impl Tool for LinkTracesToRun {
    const SPEC: Spec = Spec {
        name: "link_traces_to_run",
        title: "Link traces to a run",
        toolset: Toolset::Traces,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Linked;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (run, linked, already_linked) = self.change(cx).await?;
        if !linked.is_empty() {
            link(&cx.client, &linked, &run.info.run_id).await.map_err(|error| {
                let instead = "There a trace belongs to the run in which it was made.";
                missing::lacking(cx, error, "links from traces to runs", "3.3", instead)
            })?;
        }
        let undo = "None: MLflow cannot unlink traces.";
        Ok(Linked { success: true, run_id: run.info.run_id, linked, already_linked, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (run, linked, already) = self.change(cx).await?;
        let stay = match already.len() {
            0 => String::new(),
            many => format!(" {} linked already.", counted(many, false, "trace")),
        };
        let named: Vec<String> = linked.iter().take(5).map(|id| quoted(id)).collect();
        let more = if linked.len() > named.len() { " and more" } else { "" };
        Ok(Some(format!(
            "Link {} ({}{more}) to {}.{stay} MLflow cannot unlink them.",
            counted(linked.len(), false, "trace"),
            named.join(", "),
            living::named(&run.info)
        )))
    }
}

impl LinkTracesToRun {
    /// The run, the traces that are to be linked to it, and those that are; MLflow links any id.
    async fn change(&self, cx: &Context<'_>) -> Result<(Run, Vec<String>, Vec<String>), Failure> {
        let ids = ids(&self.trace_ids);
        if ids.is_empty() || ids.len() > LINKED {
            return Err(ToolError::argument(format!(
                "argument \"trace_ids\" names {} traces, and 1 to {LINKED} are linked at a time; nothing was changed",
                ids.len()
            ))
            .into());
        }
        let all = parallel::all(ids.into_iter().map(async |id| existing::trace(cx, id).await));
        let (run, all) = zip(living::run(cx, self.run_id.trim()), all).await;
        let (run, all) = (run?, all?);
        let already = already(cx, &run.info.run_id, &all).await?;
        let ids = all.into_iter().map(|info| info.trace_id);
        let (already, new) = ids.partition(|id| already.contains(id));
        Ok((run, new, already))
    }
}

/// The traces, in the experiments of these, that are linked to the run.
async fn already(cx: &Context<'_>, run_id: &str, all: &[TraceInfo]) -> Result<Vec<String>, Failure> {
    let mut experiment_ids: Vec<String> = Vec::new();
    for info in all {
        if !experiment_ids.contains(&info.experiment_id) {
            experiment_ids.push(info.experiment_id.clone());
        }
    }
    let id = filter::string(run_id).ok().map(|id| format!("run_id = {id}"));
    let search =
        Search { experiment_ids: &experiment_ids, filter: id.as_deref(), max_results: MOST, order_by: &[] };
    let page = search::page(&cx.client, &search, &Position::default()).await?;
    Ok(page.rows.into_iter().map(|info| info.trace_id).collect())
}
