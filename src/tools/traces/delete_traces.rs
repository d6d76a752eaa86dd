//! `delete_traces`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::existing;
use super::ids::ids;
use crate::mlflow::page::Position;
use crate::mlflow::traces::TraceInfo;
use crate::mlflow::traces::change::delete;
use crate::mlflow::traces::info::moment;
use crate::mlflow::traces::search::{self, Search};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, quoted};
use crate::tool::{Context, Failure, Kind, Tool, ToolError, parallel};
use crate::tools::experiments::known;

/// The most traces that are deleted by one call.
const MOST: usize = 500;

/// The most ids in one call: each trace is looked at first.
const NAMED: usize = 100;

/// Traces that a person is shown.
const SHOWN: usize = 5;

/// Delete traces for good, with spans and assessments: MLflow cannot restore them.
///
/// Either by trace_ids, or the oldest by max_timestamp_millis and max_traces. Try dry_run first.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteTraces {
    /// The experiment that they are in.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// These, up to 100.
    #[serde(default)]
    trace_ids: Vec<String>,
    /// Those that began then, in epoch milliseconds, or earlier.
    #[schemars(range(min = 1))]
    max_timestamp_millis: Option<i64>,
    /// With max_timestamp_millis: at most so many, the oldest (default 100).
    #[schemars(range(min = 1, max = 500))]
    max_traces: Option<usize>,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    experiment_id: String,
    /// How many.
    traces_deleted: usize,
    /// Those that were there just before.
    trace_ids: Vec<String>,
    /// How to take it back.
    undo: &'static str,
}

impl Tool for DeleteTraces {
    const SPEC: Spec = Spec {
        name: "delete_traces",
        title: "Delete traces",
        toolset: Toolset::Traces,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let found = self.found(cx).await?;
        let trace_ids: Vec<String> = found.into_iter().map(|info| info.trace_id).collect();
        let traces_deleted = if trace_ids.is_empty() {
            0
        } else {
            // By id, so that what goes is what was looked at, whatever comes in meanwhile.
            delete(&cx.client, self.experiment_id.trim(), &trace_ids).await?
        };
        let undo = "None: MLflow keeps nothing of deleted traces.";
        let experiment_id = self.experiment_id.trim().to_owned();
        Ok(Deleted { success: true, experiment_id, traces_deleted, trace_ids, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let found = self.found(cx).await?;
        let experiment = known::require(cx, self.experiment_id.trim()).await?;
        let starts = || found.iter().filter_map(TraceInfo::start);
        let times = match (starts().min(), starts().max()) {
            (Some(first), Some(last)) => format!(", begun from {} to {}", moment(first), moment(last)),
            _ => String::new(),
        };
        let failed = found.iter().filter(|info| info.state == "ERROR").count();
        let assessed = found.iter().filter(|info| !info.assessments.is_empty()).count();
        let some: Vec<String> = found
            .iter()
            .take(SHOWN)
            .map(|info| format!("{} ({})", quoted(info.name()), info.trace_id))
            .collect();
        let more = if found.len() > SHOWN { " and more" } else { "" };
        Ok(Some(format!(
            "Delete {} of {}{times}: {}{more}. {failed} of them failed, {assessed} have assessments. They cannot be restored.",
            counted(found.len(), false, "trace"),
            known::named(&experiment),
            if some.is_empty() { "none".to_owned() } else { some.join(", ") },
        )))
    }
}

impl DeleteTraces {
    /// The traces that go.
    async fn found(&self, cx: &Context<'_>) -> Result<Vec<TraceInfo>, Failure> {
        let ids = ids(&self.trace_ids);
        match self.max_timestamp_millis {
            Some(until) if ids.is_empty() => self.oldest(cx, until).await,
            None if self.max_traces.is_none() && !ids.is_empty() && ids.len() <= NAMED => self.named(cx, &ids).await,
            _ => Err(ToolError::argument(format!(
                "either \"trace_ids\" (1 to {NAMED}) or \"max_timestamp_millis\" (with \"max_traces\" up to {MOST}) says which \
                 traces go, and not both; nothing was deleted"
            ))
            .into()),
        }
    }

    async fn named(&self, cx: &Context<'_>, ids: &[&str]) -> Result<Vec<TraceInfo>, Failure> {
        let found = parallel::all(ids.iter().map(async |id| existing::trace(cx, id).await)).await?;
        match found.iter().find(|info| info.experiment_id != self.experiment_id.trim()) {
            // MLflow would leave it out without a word.
            Some(other) => Err(ToolError::new(
                Kind::Argument,
                format!(
                    "{} is in experiment {}, not in {}; nothing was deleted",
                    existing::named(other),
                    other.experiment_id,
                    self.experiment_id.trim()
                ),
                "Delete the traces of one experiment at a time.",
            )
            .into()),
            None => Ok(found),
        }
    }

    async fn oldest(&self, cx: &Context<'_>, until: i64) -> Result<Vec<TraceInfo>, Failure> {
        let experiment_ids = [self.experiment_id.trim().to_owned()];
        let search = Search {
            experiment_ids: &experiment_ids,
            filter: Some(&format!("timestamp_ms <= {until}")),
            max_results: self.max_traces.unwrap_or(NAMED),
            order_by: &["timestamp_ms ASC".to_owned()],
        };
        let page = search::page(&cx.client, &search, &Position::default()).await?;
        if page.rows.is_empty() {
            known::require(cx, &experiment_ids[0]).await?;
        }
        Ok(page.rows)
    }
}
