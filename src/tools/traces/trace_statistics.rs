//! `trace_statistics`

use std::collections::BTreeMap;

use futures_lite::future::zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::known;
use super::measured::{self, Figures, Groups};
use super::scan::{newest, scan};
use super::tally::Tally;
use crate::mlflow::Error;
use crate::mlflow::page::Position;
use crate::mlflow::traces::info::moment;
use crate::mlflow::traces::metrics::Among;
use crate::mlflow::traces::search::{self, Search};
use crate::mlflow::traces::{TraceInfo, is_lacking};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, ToolError};
use crate::tools::time::time;

/// The most traces that are read where the server does not work out figures.
const MOST: usize = 5_000;

/// The states that a trace can have.
const STATES: [&str; 3] = ["OK", "ERROR", "IN_PROGRESS"];

/// Work out figures over traces: count, error rate, latency percentiles, tokens, cost; over time, by name or by status.
#[derive(Deserialize, JsonSchema)]
pub struct TraceStatistics {
    /// Ids or names.
    experiment_ids: Vec<String>,
    /// Each one condition with =: trace.status = 'ERROR', trace.tag.team = 'blue', trace.metadata.`mlflow.trace.session` = 's1'.
    #[serde(default)]
    filters: Vec<String>,
    /// Only traces begun then or later, UTC: 2026-11-21 or 2026-11-21T18:00:00Z.
    started_after: Option<String>,
    /// Only traces begun before.
    started_before: Option<String>,
    /// All in one group if left out.
    group_by: Option<Common>,
    /// Figures for each so many seconds: 3600 for hours, 86400 for days.
    #[schemars(range(min = 60, max = 31_536_000))]
    bucket_seconds: Option<u64>,
}

/// What the traces of a group have in common.
#[derive(Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Common {
    Name,
    Status,
}

/// Figures by group.
#[derive(Serialize, JsonSchema)]
pub struct Statistics {
    /// One row for each group that has traces.
    pub result: Vec<Figures>,
    /// Rows are left out because the answer would be too long.
    pub truncated: bool,
    /// Who worked them out: `server` over all traces, `here` over those that were read.
    pub computed: &'static str,
    /// What to know about them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Tool for TraceStatistics {
    const SPEC: Spec = Spec {
        name: "trace_statistics",
        title: "Work out figures of traces",
        toolset: Toolset::Traces,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Statistics;

    async fn call(self, cx: &Context<'_>) -> Result<Statistics, Failure> {
        let window = self.window()?;
        let filters: Vec<String> = self.filters.iter().map(|text| text.trim().to_owned()).collect();
        let filters: Vec<String> = filters.into_iter().filter(|text| !text.is_empty()).collect();
        let conditions = conditions(&filters, window)?;
        let ids = known::ids(cx, &self.experiment_ids).await?;
        let mut notes = Vec::new();
        let asked = match self.ask(cx, &ids, &filters, window, &conditions).await {
            Err(error) if is_lacking(&error, "metrics") => None,
            outcome => Some(outcome?),
        };
        let (groups, computed) = match asked {
            Some(groups) => (groups, "server"),
            None => (self.read(cx, &ids, &conditions, &mut notes).await?, "here"),
        };
        if groups.is_empty() {
            known::require(cx, &ids).await?;
        }
        if computed == "server" && self.group_by == Some(Common::Name) {
            notes.push("MLflow has no cost by the name of a trace.".to_owned());
        }
        let mut result: Vec<Figures> = groups.into_iter().map(|(group, one)| one.rated(group)).collect();
        let gone = cx.budget.keep(&mut result);
        if gone > 0 {
            let (shown, all) = (result.len(), result.len() + gone);
            notes.push(format!("{shown} of {all} rows are shown: take longer buckets or a shorter time."));
        }
        let note = (!notes.is_empty()).then(|| notes.join(" "));
        Ok(Statistics { result, truncated: gone > 0, computed, note })
    }
}

type Window = (Option<i64>, Option<i64>);

impl TraceStatistics {
    fn window(&self) -> Result<Window, ToolError> {
        let read =
            |name: &str, text: &Option<String>| text.as_deref().map(|text| time(name, text)).transpose();
        let window =
            (read("started_after", &self.started_after)?, read("started_before", &self.started_before)?);
        match window {
            (Some(after), Some(before)) if before <= after => Err(ToolError::argument(
                "argument \"started_before\" is not later than \"started_after\", so no trace can lie between",
            )),
            window => Ok(window),
        }
    }

    /// The figures as the server works them out.
    async fn ask(
        &self,
        cx: &Context<'_>,
        ids: &[String],
        filters: &[String],
        (after, before): Window,
        conditions: &str,
    ) -> Result<Groups, Error> {
        let mut groups = Groups::new();
        // The server's window has its end within.
        let mut among = Among {
            experiment_ids: ids,
            filters,
            start: after,
            end: before.map(|before| before.saturating_sub(1)),
            interval: self.bucket_seconds,
        };
        if among.interval.is_some() && (after.is_none() || before.is_none()) {
            let (first, last) = ends(cx, ids, conditions).await?;
            among.start = among.start.or(first);
            among.end = among.end.or(last);
            if among.start.is_none() || among.end.is_none() {
                return Ok(groups);
            }
        }
        let by_name = self.group_by == Some(Common::Name);
        if self.group_by != Some(Common::Status) {
            measured::add(cx, &among, by_name, &[], &mut groups).await?;
            return Ok(groups);
        }
        for state in STATES {
            let mut filters = filters.to_vec();
            filters.push(format!("trace.status = '{state}'"));
            let label = [("status".to_owned(), state.to_owned())];
            measured::add(cx, &Among { filters: &filters, ..among.clone() }, false, &label, &mut groups)
                .await?;
        }
        groups.retain(|_, figures| figures.traces > 0);
        Ok(groups)
    }

    /// The same over the traces themselves.
    async fn read(
        &self,
        cx: &Context<'_>,
        ids: &[String],
        conditions: &str,
        notes: &mut Vec<String>,
    ) -> Result<Groups, Error> {
        let search = Search {
            experiment_ids: ids,
            filter: Some(conditions).filter(|text| !text.is_empty()),
            order_by: &newest(),
            ..Search::default()
        };
        let (mut tallies, mut read) = (BTreeMap::<BTreeMap<String, String>, Tally>::new(), 0);
        let more = scan(cx, &search, MOST, |info| {
            read += 1;
            tallies.entry(self.group(&info)).or_default().add(&info);
        })
        .await?;
        notes.push(if more {
            format!("Of the newest {read} traces: this server does not work out figures (MLflow does since 3.9).")
        } else {
            format!("Of all {read} traces, read one by one: this server does not work out figures (MLflow does since 3.9).")
        });
        let figures = |mut tally: Tally| Figures {
            traces: tally.traces,
            errors: tally.errors,
            latency_ms: tally.latency(),
            tokens: tally.tokens(),
            cost: tally.cost(),
            ..Figures::default()
        };
        Ok(tallies.into_iter().map(|(group, tally)| (group, figures(tally))).collect())
    }

    fn group(&self, info: &TraceInfo) -> BTreeMap<String, String> {
        let mut group = BTreeMap::new();
        match self.group_by {
            Some(Common::Name) => drop(group.insert("name".to_owned(), info.name().to_owned())),
            Some(Common::Status) => drop(group.insert("status".to_owned(), info.state.clone())),
            None => {}
        }
        if let Some(milliseconds) =
            self.bucket_seconds.and_then(|seconds| i64::try_from(seconds * 1_000).ok())
        {
            let start = info.start().unwrap_or(0);
            let begins = moment(start - start.rem_euclid(milliseconds));
            group.insert("time_bucket".to_owned(), begins.replace(".000Z", "Z"));
        }
        group
    }
}

/// When the first and the last trace began.
async fn ends(cx: &Context<'_>, ids: &[String], conditions: &str) -> Result<Window, Error> {
    let one = async |order: &str| {
        let search = Search {
            experiment_ids: ids,
            filter: Some(conditions).filter(|text| !text.is_empty()),
            max_results: 1,
            order_by: &[format!("timestamp_ms {order}")],
        };
        let page = search::page(&cx.client, &search, &Position::default()).await?;
        Ok::<_, Error>(page.rows.first().and_then(TraceInfo::start))
    };
    let (first, last) = zip(one("ASC"), one("DESC")).await;
    Ok((first?, last?))
}

/// The same conditions as a search has them.
fn conditions(filters: &[String], (after, before): Window) -> Result<String, ToolError> {
    let mut conditions = Vec::new();
    for filter in filters {
        let translated =
            [("trace.tag.", "tags."), ("trace.metadata.", "metadata."), ("trace.status", "status")]
                .into_iter()
                .find_map(|(own, theirs)| Some(format!("{theirs}{}", filter.strip_prefix(own)?)));
        conditions.push(translated.ok_or_else(|| {
            ToolError::argument(format!(
                "argument \"filters\" has {filter:?}, and each must be like trace.status = 'ERROR', trace.tag.team = 'blue' \
                 or trace.metadata.`mlflow.trace.session` = 's1'"
            ))
        })?);
    }
    conditions.extend(after.map(|after| format!("timestamp_ms >= {after}")));
    conditions.extend(before.map(|before| format!("timestamp_ms < {before}")));
    Ok(conditions.join(" AND "))
}
