//! `diagnose_run`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::finding::{self, Finding};
use super::fit::fit;
use super::histories::{Histories, SystemMetric};
use super::log_tail::{LogTail, log_tails};
use super::status;
use super::trend::{Curve, CurveRecord};
use crate::mlflow::pages;
use crate::mlflow::runs::{self, Run};
use crate::sorted::sort;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::{Budget, Context, Failure, Tool};

/// Diagnose a run by stated rules, with the evidence: failed (last log lines), stalled, NaN from step n, diverged,
/// overfit, plateau, converged, still improving; system metrics.
///
/// Histories are sampled on the server, up to 500 points of up to 20 metrics. The findings are what the rules say of these
/// numbers, not causes.
#[derive(Deserialize, JsonSchema)]
pub struct DiagnoseRun {
    /// The run's 32 hex digits.
    #[schemars(length(min = 1))]
    run_id: String,
    /// Only these metrics, up to 20. If left out those with a history, losses and scores first.
    #[serde(default)]
    metrics: Vec<String>,
    /// A RUNNING run without a metric for so long may be stalled (default 30).
    #[serde(default = "default_stalled_after")]
    #[schemars(range(min = 1, max = 10080))]
    stalled_after_minutes: u32,
}

fn default_stalled_after() -> u32 {
    30
}

/// A run, and what was found about it.
#[derive(Serialize, JsonSchema)]
pub struct Diagnosis {
    /// The run.
    pub run_id: String,
    /// For people; not unique.
    pub run_name: String,
    /// Its experiment.
    pub experiment_id: String,
    /// RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.
    pub status: String,
    /// `active` or `deleted`.
    pub lifecycle_stage: String,
    /// Its page in MLflow, for people.
    pub url: String,
    /// Epoch milliseconds.
    #[schemars(extend("x-nullable" = true))]
    pub start_time: Option<i64>,
    /// Epoch milliseconds; null while it runs.
    #[schemars(extend("x-nullable" = true))]
    pub end_time: Option<i64>,
    /// When its last metric was logged, system/ aside, in epoch milliseconds.
    #[schemars(extend("x-nullable" = true))]
    pub last_metric_time: Option<i64>,
    /// What was found, what matters most first.
    pub findings: Vec<Finding>,
    /// The rule behind each finding.
    #[schemars(with = "BTreeMap<String, String>")]
    pub rules: BTreeMap<&'static str, &'static str>,
    /// The metrics that were looked at.
    pub metrics: Vec<CurveRecord>,
    /// What MLflow measured on the machine.
    pub system_metrics: Vec<SystemMetric>,
    /// The ends of logs, of a run that failed, was killed or is stalled.
    pub logs: Vec<LogTail>,
    /// Whether something is left out because the answer would be too long.
    pub truncated: bool,
    /// What to know about this answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Tool for DiagnoseRun {
    const SPEC: Spec = Spec {
        name: "diagnose_run",
        title: "Diagnose run",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Diagnosis;

    async fn call(self, cx: &Context<'_>) -> Result<Diagnosis, Failure> {
        let run = runs::get(&cx.client, self.run_id.trim()).await?;
        let histories = Histories::read(cx, &run, &self.metrics).await?;
        let mut findings = status::ended(&run);
        findings.extend(status::stalled(cx, &run, &histories, self.stalled_after_minutes));
        let mut notes = histories.notes();
        let logs = if findings.is_empty() { Vec::new() } else { logs(cx, &run, &mut notes).await };
        findings.extend(of_curves(&histories));
        sort(&mut findings, |one, other| key(one) < key(other));
        let metrics = histories.curves.iter().map(Curve::record).collect();
        let diagnosis = Diagnosis {
            url: pages::run(&cx.client.tracking().base, &run.info.experiment_id, &run.info.run_id),
            last_metric_time: status::last_metric(&run).map(|metric| metric.timestamp),
            run_id: run.info.run_id,
            run_name: run.info.run_name,
            experiment_id: run.info.experiment_id,
            status: run.info.status,
            lifecycle_stage: run.info.lifecycle_stage,
            start_time: run.info.start_time,
            end_time: run.info.end_time.filter(|end| *end > 0),
            rules: finding::rules(&findings),
            findings,
            metrics,
            system_metrics: histories.system,
            logs,
            truncated: false,
            note: None,
        };
        Ok(diagnosis.within(cx.budget, notes))
    }
}

fn key(finding: &Finding) -> (usize, Option<&str>) {
    (finding::place(finding), finding.metric.as_deref())
}

fn of_curves(histories: &Histories) -> Vec<Finding> {
    let mut findings = Vec::new();
    for curve in &histories.curves {
        let onsets = histories.onsets.iter().filter(|(metric, _)| *metric == curve.metric);
        findings.extend(onsets.map(|(_, onset)| Finding::onset(curve, *onset)));
        let overfit = Finding::overfit(curve, &histories.curves);
        // Overfitting says why it is worsening.
        findings.extend(overfit.or_else(|| Finding::trend(curve)));
    }
    findings
}

/// Logs are welcome and not needed: artifacts may be where MLflow cannot reach them.
async fn logs(cx: &Context<'_>, run: &Run, notes: &mut Vec<String>) -> Vec<LogTail> {
    match log_tails(cx, &run.info.run_id).await {
        Ok(logs) => {
            if logs.is_empty() {
                notes.push("No log files (*.log, *.err, *.out, stderr, error, traceback) in the run's root or logs/.".to_owned());
            }
            logs
        }
        Err(error) => {
            notes.push(format!(
                "Its artifacts could not be read: {}",
                Failure::from(error).explain(cx.client.tracking())
            ));
            Vec::new()
        }
    }
}

impl Diagnosis {
    /// The diagnosis in at most that many characters.
    fn within(mut self, budget: Budget, mut notes: Vec<String>) -> Self {
        let mut left = budget.minus(size(&self.rules) + size(&notes) + size(&self.run_name));
        let parts = [fit(&mut self.findings, &mut left), fit(&mut self.logs, &mut left)];
        let rest = [fit(&mut self.metrics, &mut left), fit(&mut self.system_metrics, &mut left)];
        self.truncated = parts.into_iter().chain(rest).any(|cut| cut);
        if self.truncated {
            notes.push("Not all fits into this answer: name the metrics to look at.".to_owned());
        }
        self.note = (!notes.is_empty()).then(|| notes.join(" "));
        self
    }
}
