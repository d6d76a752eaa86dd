//! What the status of a run tells, and the clock.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::finding::Finding;
use super::histories::Histories;
use super::naming::is_system;
use crate::mlflow::runs::{Metric, Run};
use crate::sorted::sorted;
use crate::tool::Context;
use crate::tool::cut::beginning;

/// Parts of the names of tags in which scripts leave why they ended.
const TELLING: [&str; 5] = ["error", "exception", "failure", "reason", "traceback"];

/// Characters of such a tag that are shown.
const CHARACTERS: usize = 500;

/// The most such tags that are shown.
const TAGS: usize = 10;

const MINUTE: i64 = 60_000;

/// That it failed or was killed, with how far it came and what its tags say.
pub(super) fn ended(run: &Run) -> Vec<Finding> {
    let finding = match run.info.status.as_str() {
        "FAILED" => "failed",
        "KILLED" => "killed",
        _ => return Vec::new(),
    };
    let mut evidence = BTreeMap::new();
    if let (Some(start), Some(end)) = (run.info.start_time, run.info.end_time.filter(|end| *end > 0)) {
        evidence.insert("minutes", minutes(end.saturating_sub(start)));
    }
    insert_last(&mut evidence, run);
    let telling = |name: &str| TELLING.iter().any(|part| name.to_lowercase().contains(part));
    let tags = run.data.tags.iter().filter(|(name, _)| telling(name)).take(TAGS);
    let tags = tags.map(|(name, value)| (name.clone(), beginning(value, CHARACTERS).into()));
    let tags: Map<String, Value> = tags.collect();
    if !tags.is_empty() {
        evidence.insert("tags", tags.into());
    }
    vec![Finding::of_run(finding, evidence)]
}

/// That it says it runs and has been silent for too long.
pub(super) fn stalled(cx: &Context<'_>, run: &Run, histories: &Histories, after: u32) -> Option<Finding> {
    if run.info.status != "RUNNING" {
        return None;
    }
    let last = last_metric(run).map(|metric| metric.timestamp).or(run.info.start_time)?;
    let now = i64::try_from(cx.clock.wall().as_millis()).ok()?;
    let (silent, pause) = (now.saturating_sub(last), histories.longest_pause());
    if silent <= i64::from(after) * MINUTE || silent <= pause.saturating_mul(2) {
        return None;
    }
    let mut evidence = sorted([
        ("silent_minutes", minutes(silent)),
        ("longest_pause_minutes", minutes(pause)),
        ("checked_at", now.into()),
    ]);
    insert_last(&mut evidence, run);
    let system = run.data.metrics.iter().filter(|metric| is_system(&metric.key));
    if let Some(time) = system.map(|metric| metric.timestamp).max() {
        evidence.insert("last_system_metric_time", time.into());
    }
    Some(Finding::of_run("stalled", evidence))
}

/// The metric that was logged last, those of the machine aside, which go on when training hangs.
pub(super) fn last_metric(run: &Run) -> Option<&Metric> {
    run.data.metrics.iter().filter(|metric| !is_system(&metric.key)).max_by_key(|metric| metric.timestamp)
}

fn insert_last(evidence: &mut BTreeMap<&'static str, Value>, run: &Run) {
    if let Some(last) = last_metric(run) {
        evidence.insert("last_metric", last.key.clone().into());
        evidence.insert("last_metric_step", last.step.into());
        evidence.insert("last_metric_time", last.timestamp.into());
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a run are far below 2^53")]
fn minutes(milliseconds: i64) -> Value {
    (milliseconds as f64 / MINUTE as f64).into()
}
