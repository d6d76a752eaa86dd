//! What came of jobs, trace by trace.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::watch::Watched;
use crate::tool::any::Any;
use crate::tool::budget::size;
use crate::tool::cut::clip;
use crate::tool::{Budget, Context};

/// What judges say.
#[derive(Serialize, JsonSchema)]
pub struct Judged {
    /// Whether every job is over.
    complete: bool,
    /// By trace, of jobs that are over.
    result: Vec<JudgedTrace>,
    jobs: Vec<JobRecord>,
    /// Whether traces are left out because the answer would be too long.
    truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// What judges say of a trace.
#[derive(Serialize, JsonSchema)]
struct JudgedTrace {
    trace_id: String,
    assessments: Vec<JudgedAssessment>,
}

/// What a judge says of a trace.
#[derive(Serialize, JsonSchema)]
struct JudgedAssessment {
    name: String,
    /// Null where the judge failed.
    value: Any,
    #[serde(skip_serializing_if = "Option::is_none")]
    rationale: Option<String>,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// As delete_trace_assessment takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    assessment_id: Option<String>,
}

/// A job.
#[derive(Serialize, JsonSchema)]
struct JobRecord {
    job_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scorer: Option<String>,
    /// PENDING, RUNNING, SUCCEEDED, FAILED, TIMEOUT or CANCELED.
    status: &'static str,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// What came of them. Errors are cut where they are long, rationales only if that makes room for more traces.
pub(super) fn judged(cx: &Context<'_>, watched: Vec<Watched>, mut notes: Vec<String>) -> Judged {
    let (mut result, mut jobs): (Vec<JudgedTrace>, Vec<JobRecord>) = (Vec::new(), Vec::new());
    let mut complete = true;
    for one in watched {
        let (status, error, said) = match one.job {
            Some(job) => {
                complete &= job.is_over();
                (job.status.name(), job.error_message, job.result)
            }
            None => {
                complete = false;
                ("PENDING", None, Value::Null)
            }
        };
        add(&mut result, &one.trace_ids, said, one.scorer.as_deref());
        let error = error.map(|mut error| {
            clip(&mut error);
            error
        });
        jobs.push(JobRecord { job_id: one.job_id, scorer: one.scorer, status, error });
    }
    if !complete {
        let more = "Not all jobs are over: get_scorer_jobs with their ids shows what comes of them, cancel_scorer_job ends one.";
        notes.push(more.to_owned());
    }
    let budget = cx.budget.minus(size(&jobs) + size(&notes));
    let (all, shown) = (result.len(), fitting(&mut result, budget));
    if shown < all {
        result.truncate(shown);
        notes.push(format!("{shown} of {all} traces are shown; get_trace shows the assessments of one."));
    }
    let note = (!notes.is_empty()).then(|| notes.join(" "));
    Judged { complete, result, jobs, truncated: shown < all, note }
}

/// How many fit, with long rationales cut if it takes that.
fn fitting(traces: &mut [JudgedTrace], budget: Budget) -> usize {
    if size(&traces) > budget.characters() {
        for assessment in traces.iter_mut().flat_map(|trace| &mut trace.assessments) {
            assessment.rationale.as_mut().map(clip);
        }
    }
    budget.fitting(traces)
}

/// Adds what a job says: by id of a trace `assessments` and `failures`. In the order in which the traces were named.
fn add(result: &mut Vec<JudgedTrace>, order: &[String], said: Value, scorer: Option<&str>) {
    let Value::Object(mut said) = said else { return };
    let named = order.iter().filter_map(|id| Some((id.clone(), said.remove(id)?)));
    let named: Vec<(String, Value)> = named.collect();
    for (trace_id, one) in named.into_iter().chain(said) {
        let mut assessments: Vec<JudgedAssessment> =
            one["assessments"].as_array().into_iter().flatten().map(JudgedAssessment::of).collect();
        // A judge that broke before it said anything leaves only this.
        if assessments.is_empty() {
            let failures = one["failures"].as_array().into_iter().flatten();
            assessments.extend(failures.map(|failure| JudgedAssessment::failed(failure, scorer)));
        }
        match result.iter_mut().find(|known| known.trace_id == trace_id) {
            Some(known) => known.assessments.extend(assessments),
            None => result.push(JudgedTrace { trace_id, assessments }),
        }
    }
}

impl JudgedAssessment {
    fn of(said: &Value) -> Self {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let error = &said["feedback"]["error"];
        Self {
            name: text(&said["assessment_name"]).unwrap_or_default(),
            value: Any(said["feedback"]["value"].clone()),
            rationale: text(&said["rationale"]),
            error: (!error.is_null()).then(|| message(error)),
            assessment_id: text(&said["assessment_id"]),
        }
    }

    fn failed(failure: &Value, scorer: Option<&str>) -> Self {
        Self {
            name: scorer.unwrap_or_default().to_owned(),
            value: Any(Value::Null),
            rationale: None,
            error: Some(message(failure)),
            assessment_id: None,
        }
    }
}

/// `CODE: what happened`, as far as it is said.
fn message(error: &Value) -> String {
    let part = |name: &str| error[name].as_str().filter(|part| !part.is_empty());
    let parts: Vec<&str> =
        [part("error_code"), part("error_message"), error.as_str()].into_iter().flatten().collect();
    let mut text = if parts.is_empty() { error.to_string() } else { parts.join(": ") };
    clip(&mut text);
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_error_is_told_as_far_as_it_is_said() {
        for (error, told) in [
            (
                json!({"error_code": "RATE", "error_message": "slow down", "stack_trace": "..."}),
                "RATE: slow down",
            ),
            (json!({"error_message": "slow down"}), "slow down"),
            (json!({"error_code": "RATE", "error_message": null}), "RATE"),
            (json!("slow down"), "slow down"),
            (json!({"why": 7}), "{\"why\":7}"),
        ] {
            assert_eq!(message(&error), told);
        }
    }
}
