//! `correlate_traces`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::candidates::Candidates;
use super::known;
use super::missing;
use super::scan::{newest, scan};
use crate::mlflow::filter::string;
use crate::mlflow::number::Number;
use crate::mlflow::traces::correlation::{self, Correlation};
use crate::mlflow::traces::metrics::{self, Among};
use crate::mlflow::traces::search::Search;
use crate::mlflow::{Error, traces};
use crate::sorted::sort;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, ToolError, parallel};

/// Traces whose tags are looked at for conditions: the newest of all, and the newest that meet the target.
const LOOKED_AT: usize = 500;

/// The most conditions that are compared.
const MOST: usize = 60;

/// Of these at most so many are about names, tags and metadata; the rest is for spans.
const OF_TRACES: usize = 40;

/// Find what goes together with failing, or with any condition on traces: tags, metadata, names, spans.
///
/// npmi is 1 where two conditions always go together, 0 where they are independent, -1 where never. Believe npmi_smoothed
/// where traces are few. `rate` is the share of the target among traces that meet the condition.
#[derive(Deserialize, JsonSchema)]
pub struct CorrelateTraces {
    /// Ids or names.
    experiment_ids: Vec<String>,
    /// The condition to explain (default status = 'ERROR'), as for search_traces.
    target: Option<String>,
    /// Conditions to compare with it. Found among names, tags, metadata and spans if left out.
    #[serde(default)]
    candidates: Vec<String>,
    /// Only among traces that match.
    filter_string: Option<String>,
}

/// What goes together with the target.
#[derive(Serialize, JsonSchema)]
pub struct Correlations {
    /// What was explained.
    pub target: String,
    /// Traces that meet it.
    pub target_traces: i64,
    /// Traces that were looked at.
    pub traces: i64,
    /// What goes together with it most first.
    pub result: Vec<Row>,
    /// Conditions are left out because the answer would be too long.
    pub truncated: bool,
    /// What to know about them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A condition beside the target.
#[derive(Serialize, JsonSchema)]
pub struct Row {
    /// As a filter for search_traces.
    pub condition: String,
    /// From -1 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub npmi: Option<Number>,
    /// The same with one added to each count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub npmi_smoothed: Option<Number>,
    /// Traces that meet the condition.
    pub traces: i64,
    /// Of these the ones that meet the target.
    pub target_traces: i64,
    /// The share of those.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Number>,
    /// The share among traces that do not meet the condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_without: Option<Number>,
}

impl Tool for CorrelateTraces {
    const SPEC: Spec = Spec {
        name: "correlate_traces",
        title: "Find what goes with failing",
        toolset: Toolset::Traces,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Correlations;

    async fn call(self, cx: &Context<'_>) -> Result<Correlations, Failure> {
        let target = known::joined([self.target.as_deref()]).unwrap_or_else(|| "status = 'ERROR'".to_owned());
        if self.candidates.len() > MOST {
            let message = format!(
                "argument \"candidates\" has {} items, and at most {MOST} are compared",
                self.candidates.len()
            );
            return Err(ToolError::argument(message).into());
        }
        let ids = known::ids(cx, &self.experiment_ids).await?;
        let among = known::joined([self.filter_string.as_deref()]);
        let mut notes = Vec::new();
        // The target with itself says how many there are, and whether the server can say so at all.
        let itself = correlation::calculate(&cx.client, &ids, [&target, &target], among.as_deref()).await;
        let itself = itself.map_err(|error| {
            let instead = "There, compare the numbers of traces that search_traces finds.";
            missing::lacking(cx, error, "correlations of traces", "3.4", instead)
        })?;
        let [target_traces, _, _, traces] = itself.counts();
        if traces == 0 {
            known::require(cx, &ids).await?;
        }
        let given = self.candidates.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut conditions: Vec<String> = given.collect();
        if conditions.is_empty() && target_traces > 0 {
            conditions = find(cx, &ids, &target, among.as_deref(), &mut notes).await?;
        }
        if target_traces == 0 || target_traces == traces {
            notes.push(format!(
                "{target_traces} of {traces} traces meet the target: nothing can go with that."
            ));
        }
        let mut result = compare(cx, &ids, &target, &conditions, among.as_deref()).await?;
        let gone = cx.budget.keep(&mut result);
        if gone > 0 {
            notes.push(format!("{} of {} conditions are shown.", result.len(), result.len() + gone));
        }
        let note = (!notes.is_empty()).then(|| notes.join(" "));
        Ok(Correlations { target, target_traces, traces, result, truncated: gone > 0, note })
    }
}

/// The conditions beside the target, in order.
async fn compare(
    cx: &Context<'_>,
    ids: &[String],
    target: &str,
    conditions: &[String],
    among: Option<&str>,
) -> Result<Vec<Row>, Error> {
    let asked = conditions.iter().map(async |condition| {
        let found = correlation::calculate(&cx.client, ids, [target, condition], among).await?;
        Ok::<_, Error>(Row::of(condition.clone(), &found))
    });
    let mut rows = parallel::all(asked).await?;
    let rank = |row: &Row| row.npmi_smoothed.or(row.npmi).map_or(f64::NEG_INFINITY, |npmi| npmi.0);
    sort(&mut rows, |a, b| match rank(b).total_cmp(&rank(a)) {
        std::cmp::Ordering::Equal => a.condition < b.condition,
        order => order.is_lt(),
    });
    Ok(rows)
}

impl Row {
    fn of(condition: String, found: &Correlation) -> Self {
        let [target, traces, joint, total] = found.counts();
        #[expect(clippy::cast_precision_loss, reason = "counts of traces are far below 2^53")]
        let share = |part: i64, whole: i64| (whole > 0).then(|| Number(part as f64 / whole as f64));
        Self {
            condition,
            npmi: found.npmi,
            npmi_smoothed: found.npmi_smoothed,
            traces,
            target_traces: joint,
            rate: share(joint, traces),
            rate_without: share(target.saturating_sub(joint), total.saturating_sub(traces)),
        }
    }
}

/// What can be said of the traces, and of their spans.
async fn find(
    cx: &Context<'_>,
    ids: &[String],
    target: &str,
    among: Option<&str>,
    notes: &mut Vec<String>,
) -> Result<Vec<String>, Error> {
    let (mut candidates, mut read) = (Candidates::default(), 0);
    let mut older = false;
    for condition in [None, Some(target)] {
        let filter = known::joined([among, condition]);
        let search = Search {
            experiment_ids: ids,
            filter: filter.as_deref(),
            order_by: &newest(),
            ..Search::default()
        };
        older |= scan(cx, &search, LOOKED_AT, |info| {
            read += 1;
            candidates.add(&info);
        })
        .await?;
    }
    if older {
        notes.push(format!("Conditions come from the newest {LOOKED_AT} traces, counts from all."));
    }
    let mut conditions = candidates.conditions(read, OF_TRACES);
    let room = (MOST - conditions.len()) / 2;
    let all = Among { experiment_ids: ids, ..Among::default() };
    for (dimension, field) in [("span_type", "span.type"), ("span_name", "span.name")] {
        let points =
            metrics::query(&cx.client, &all, ("SPANS", "span_count"), &["COUNT"], &[dimension]).await;
        let points = match points {
            Ok(points) => points,
            Err(error) if traces::is_lacking(&error, "metrics") => {
                notes.push("Spans are not among the conditions: MLflow counts them since 3.9.".to_owned());
                break;
            }
            Err(error) => return Err(error),
        };
        let names = points.iter().filter_map(|point| point.dimensions.get(dimension));
        let written = names.filter_map(|name| string(name).ok()).take(room);
        conditions.extend(written.map(|name| format!("{field} = {name}")));
    }
    Ok(conditions)
}
