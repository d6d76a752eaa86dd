//! A page of runs, for every tool that lists them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::record::RunRecord;
use super::shape::{Format, Row, Selection, Shape};
use crate::mlflow::page::Position;
use crate::mlflow::{ViewType, runs};
use crate::tool::budget::size;
use crate::tool::{Budget, Context, Failure, Listing, listing};
use crate::tools::experiments::known;

/// Runs asked for at once. Each costs the server about 0.7 ms and 2 KB, and about so many fill an answer.
const CHUNK: usize = 100;

/// The arguments that every list of runs takes.
#[derive(Deserialize, JsonSchema)]
pub(super) struct Paging {
    /// How many at most (default 3).
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 50000))]
    pub(super) limit: usize,
    /// How many to skip (default 0).
    #[serde(default)]
    pub(super) offset: usize,
    /// For instance ["metrics.accuracy DESC"]. Newest first if left out.
    #[serde(default)]
    pub(super) order_by: Vec<String>,
    /// Active ones (default), deleted ones, or both.
    #[serde(default)]
    pub(super) view_type: ViewType,
    /// To go on: the `next_page_token` of the last answer, with the other arguments unchanged and no offset.
    pub(super) page_token: Option<String>,
    #[serde(flatten)]
    pub(super) shape: Shape,
}

fn default_limit() -> usize {
    3
}

/// As many of them as were asked for, as fit, and as there are.
pub(super) async fn fetch(
    cx: &Context<'_>,
    experiment_id: &str,
    filter: Option<&str>,
    paging: &Paging,
) -> Result<Listing<Row>, Failure> {
    let mut from = listing::position(paging.page_token.as_deref(), paging.offset)?;
    let selection = paging.shape.selection(Format::Detailed)?;
    let mut list = Listing::complete(Vec::new());
    let mut left = cx.budget;
    let next = loop {
        let wanted = (paging.limit - list.result.len()).min(CHUNK);
        let search = runs::Search {
            experiment_ids: &[experiment_id],
            filter: filter.filter(|filter| !filter.trim().is_empty()),
            max_results: wanted,
            order_by: &paging.order_by,
            run_view_type: paging.view_type,
            ..runs::Search::default()
        };
        let page = runs::page(&cx.client, &search, &from).await?;
        let is_empty = page.rows.is_empty();
        if !is_empty {
            say(cx, list.result.len() + page.rows.len(), paging.limit);
        }
        if let Some(cut) = take(&mut list, &mut left, &selection, page.rows) {
            list.truncated = true;
            break Some(page.from.advance(cut));
        }
        match page.next {
            // A page without runs says nothing of those behind it: the caller decides whether to go on.
            Some(next) if !is_empty && list.result.len() < paging.limit => from = next,
            next => break next,
        }
    };
    if list.result.is_empty() && next.is_none() {
        known::require(cx, experiment_id).await?;
    }
    list.next_page_token = next.as_ref().map(Position::encode);
    Ok(list)
}

/// How many of the runs that were asked for have come.
#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
fn say(cx: &Context<'_>, come: usize, asked: usize) {
    let come = come.min(asked);
    cx.progress.report(come as f64, Some(asked as f64), &format!("{come} of at most {asked} runs"));
}

/// Moves runs over while they fit; the index of the first that does not.
fn take(
    list: &mut Listing<Row>,
    left: &mut Budget,
    selection: &Selection,
    found: Vec<runs::Run>,
) -> Option<usize> {
    for (index, run) in found.into_iter().enumerate() {
        // The first is always shown, if need be in part: an answer without any would lead nowhere.
        let record = selection.of(RunRecord::from(run));
        let record = if list.result.is_empty() { record.within(*left) } else { record };
        let row = selection.row(&record);
        let characters = size(&row) + 1;
        if !list.result.is_empty() && characters > left.characters() {
            return Some(index);
        }
        *left = left.minus(characters);
        list.result.push(row);
    }
    None
}
