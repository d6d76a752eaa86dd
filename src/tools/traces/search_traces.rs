//! `search_traces`

use schemars::JsonSchema;
use serde::Deserialize;

use super::known;
use super::record::TraceRecord;
use super::scan::newest;
use crate::mlflow::traces::search::{self, Search};
use crate::mlflow::{filter, logged_models, runs};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Listing, Tool, ToolError, listing};

/// Search traces, newest first: state, duration, previews, session, tokens, tags, assessments. get_trace shows the spans.
///
/// Filters, joined by AND: status = 'ERROR'; name = 'agent'; timestamp_ms > 1767225600000; execution_time_ms > 2000;
/// tags.team = 'blue'; metadata.`mlflow.trace.session` = 's1'; span.name = 'search'; span.type = 'TOOL';
/// feedback.correctness = 'false'; trace.text LIKE '%refund%' (slow).
#[derive(Deserialize, JsonSchema)]
pub struct SearchTraces {
    /// One experiment, by id or name.
    experiment_id: Option<String>,
    /// Several, by id or name.
    #[serde(default)]
    experiment_ids: Vec<String>,
    /// MLflow filter. All if left out.
    filter_string: Option<String>,
    /// Only traces of this run, whose experiment is searched if none is named.
    run_id: Option<String>,
    /// Only traces of this logged model, likewise.
    model_id: Option<String>,
    /// How many at most (default 20).
    #[serde(default = "default_max_results")]
    #[schemars(range(min = 1, max = 500))]
    max_results: usize,
    /// For instance ["execution_time_ms DESC"]; also timestamp_ms, status, name.
    #[serde(default)]
    order_by: Vec<String>,
    /// To go on: the `next_page_token` of the last answer, other arguments unchanged.
    page_token: Option<String>,
}

fn default_max_results() -> usize {
    20
}

impl Tool for SearchTraces {
    const SPEC: Spec = Spec {
        name: "search_traces",
        title: "Search traces",
        toolset: Toolset::Traces,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Listing<TraceRecord>;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let from = listing::position(self.page_token.as_deref(), 0)?;
        let run = self.run_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let model = self.model_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let of_run = condition("run_id", "run_id", run)?;
        let of_model = condition("model_id", "request_metadata.`mlflow.modelId`", model)?;
        let experiment_ids = self.experiments(cx, run, model).await?;
        let filter = known::joined([self.filter_string.as_deref(), of_run.as_deref(), of_model.as_deref()]);
        let order_by =
            self.order_by.iter().flat_map(|text| text.split(',')).map(|text| text.trim().to_owned());
        let order_by: Vec<String> = order_by.filter(|text| !text.is_empty()).collect();
        let search = Search {
            experiment_ids: &experiment_ids,
            filter: filter.as_deref(),
            max_results: self.max_results,
            order_by: if order_by.is_empty() { &newest() } else { &order_by },
        };
        let page = search::page(&cx.client, &search, &from).await?;
        if page.rows.is_empty() {
            known::require(cx, &experiment_ids).await?;
        }
        Ok(Listing::of_page(page.map(|info| TraceRecord::brief(&info, cx.budget)), cx.budget))
    }
}

impl SearchTraces {
    async fn experiments(
        &self,
        cx: &Context<'_>,
        run: Option<&str>,
        model: Option<&str>,
    ) -> Result<Vec<String>, Failure> {
        let mut named = self.experiment_ids.clone();
        named.extend(self.experiment_id.clone());
        match (run, model) {
            (Some(run), _) if named.is_empty() => {
                Ok(vec![runs::get(&cx.client, run).await?.info.experiment_id])
            }
            (None, Some(model)) if named.is_empty() => {
                Ok(vec![logged_models::get(&cx.client, model).await?.info.experiment_id])
            }
            _ => known::ids(cx, &named).await,
        }
    }
}

/// That the field has that id, of the argument of that name, if it has one.
fn condition(argument: &str, field: &str, id: Option<&str>) -> Result<Option<String>, ToolError> {
    let Some(id) = id else { return Ok(None) };
    match filter::string(id) {
        Ok(text) => Ok(Some(format!("{field} = {text}"))),
        Err(_) => Err(ToolError::argument(format!("argument {argument:?}: {id:?} is no id"))),
    }
}
