//! Many traces, page after page.

use crate::mlflow::Error;
use crate::mlflow::page::Position;
use crate::mlflow::traces::TraceInfo;
use crate::mlflow::traces::search::{self, MOST, Search};
use crate::tool::Context;

/// Hands over the traces that match, a page at a time, up to so many of them; whether there are more.
///
/// # Errors
/// See [`Error`].
pub(super) async fn scan(
    cx: &Context<'_>,
    search: &Search<'_>,
    most: usize,
    mut take: impl FnMut(TraceInfo),
) -> Result<bool, Error> {
    let (end, mut read, mut from) = (cx.end(), 0, Position::default());
    loop {
        let search = Search { max_results: MOST.min(most - read), ..search.clone() };
        let page = search::page(&cx.client, &search, &from).await?;
        let rows = page.rows.len();
        read += rows;
        page.rows.into_iter().for_each(&mut take);
        say(cx, read);
        match page.next {
            Some(next) if rows > 0 && read < most && cx.clock.now() < end => from = next,
            next => return Ok(next.is_some()),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of rows are far below 2^53")]
fn say(cx: &Context<'_>, read: usize) {
    cx.progress.report(read as f64, None, &format!("{read} traces read"));
}

/// The newest first, as MLflow takes it.
pub(super) fn newest() -> Vec<String> {
    search::NEWEST.map(str::to_owned).to_vec()
}
