//! The records of a dataset in turn, as far as one call goes: MLflow finds none by its inputs or id.

use crate::mlflow::evaluation_datasets::records::{self, Record};
use crate::tool::{Context, Failure};

/// Records that are asked for at once.
const PAGE: usize = 1_000;

/// The most that are looked at.
const MOST: usize = 10_000;

/// How far it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scan {
    /// Records that were looked at.
    pub(super) read: usize,
    /// Whether nothing is left to look at, or to look for.
    pub(super) is_done: bool,
}

/// Shows each record to `take` until it wants no more.
pub(super) async fn scan(
    cx: &Context<'_>,
    dataset_id: &str,
    take: &mut dyn FnMut(Record) -> bool,
) -> Result<Scan, Failure> {
    let end = cx.end();
    let (mut read, mut token) = (0, None);
    loop {
        let page = records::page(&cx.client, dataset_id, PAGE, token.as_deref()).await?;
        for record in page.records {
            read += 1;
            if !take(record) {
                return Ok(Scan { read, is_done: true });
            }
        }
        token = page.next;
        if token.is_none() || read >= MOST || cx.clock.now() >= end {
            return Ok(Scan { read, is_done: token.is_none() });
        }
    }
}
