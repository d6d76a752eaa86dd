//! `evaluate_traces`

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::find;
use super::outcome::{Judged, judged};
use super::watch::{Watched, watch};
use crate::mlflow::Error;
use crate::mlflow::scorers::{self, Scorer, invoke};
use crate::mlflow::traces::TraceInfo;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, quoted};
use crate::tool::{Context, Failure, Kind, Tool, ToolError, parallel};
use crate::tools::experiments::known;
use crate::tools::since::since;
use crate::tools::traces::existing;
use crate::tools::traces::ids::ids;

/// The most traces, and the most scorers, of a call.
const TRACES: usize = 100;
const SCORERS: usize = 10;

/// Judge traces by registered scorers, in jobs of MLflow's server, which calls the LLMs. The assessments are written to the traces.
#[derive(Deserialize, JsonSchema)]
pub struct EvaluateTraces {
    /// The experiment of the traces and scorers.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// Up to 100; of whole sessions where a scorer judges conversations.
    trace_ids: Vec<String>,
    /// Names of up to 10, as list_scorers shows them; each in its newest version.
    scorers: Vec<String>,
    /// How long to wait for what comes of it; 0 only begins it.
    #[serde(default = "most")]
    #[schemars(range(max = 45))]
    wait_seconds: u64,
}

fn most() -> u64 {
    45
}

impl Tool for EvaluateTraces {
    const SPEC: Spec = Spec {
        name: "evaluate_traces",
        title: "Judge traces by scorers",
        toolset: Toolset::Scorers,
        effect: Effect::Append,
        progress: true,
    };

    type Output = Judged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (scorers, traces) = self.look(cx).await?;
        let trace_ids: Vec<String> = traces.into_iter().map(|info| info.trace_id).collect();
        let (mut watched, mut notes) = (Vec::new(), Vec::new());
        for scorer in &scorers {
            let begun = match invoke(&cx.client, scorer, &self.experiment_id, &trace_ids).await {
                Ok(begun) => begun,
                // What was begun before goes on, and its ids must not be lost.
                Err(error) if !watched.is_empty() => {
                    let error = begin(error).explain(cx.client.tracking());
                    notes.push(format!(
                        "Scorer {:?} and those after it were not begun: {error}",
                        scorer.scorer_name
                    ));
                    break;
                }
                Err(error) => return Err(begin(error)),
            };
            if begun.is_empty() {
                notes.push(format!(
                    "Scorer {:?} judges conversations, and none of the traces has a session.",
                    scorer.scorer_name
                ));
            }
            watched.extend(begun.into_iter().map(|begun| Watched {
                job_id: begun.job_id,
                scorer: Some(scorer.scorer_name.clone()),
                trace_ids: begun.trace_ids,
                job: None,
            }));
        }
        if self.wait_seconds > 0
            && let Err(failure) = watch(cx, &mut watched, Duration::from_secs(self.wait_seconds)).await
        {
            let error = failure.explain(cx.client.tracking());
            notes.push(format!("How far the jobs are could not be told: {error}"));
        }
        Ok(judged(cx, watched, notes))
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (scorers, traces) = self.look(cx).await?;
        let experiment = known::living(cx, &self.experiment_id).await?;
        let named = scorers
            .iter()
            .map(|scorer| format!("{} (version {})", quoted(&scorer.scorer_name), scorer.scorer_version));
        Ok(Some(format!(
            "Judge {} of {} by {}. MLflow's server calls their LLMs, and writes the assessments to the traces; \
             delete_trace_assessment removes one.",
            counted(traces.len(), false, "trace"),
            known::named(&experiment),
            named.collect::<Vec<_>>().join(", ")
        )))
    }
}

impl EvaluateTraces {
    /// Each name once. A text with commas is one name where there is such a scorer, and several otherwise, as MLflow's own
    /// server takes them.
    async fn names(&self, cx: &Context<'_>) -> Result<Vec<&str>, Failure> {
        let mut names: Vec<&str> = Vec::new();
        for text in self.scorers.iter().map(|text| text.trim()) {
            let is_one = text.contains(',')
                && match scorers::get(&cx.client, &self.experiment_id, text, None).await {
                    Ok(_) => true,
                    Err(error) if error.is_missing() => false,
                    Err(error) => return Err(find::told(error)),
                };
            for name in text.split(|letter| letter == ',' && !is_one).map(str::trim) {
                if !name.is_empty() && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        Ok(names)
    }

    /// The scorers and the traces, which are all there: a job fails as a whole where one is not.
    async fn look(&self, cx: &Context<'_>) -> Result<(Vec<Scorer>, Vec<TraceInfo>), Failure> {
        let (trace_ids, names) = (ids(&self.trace_ids), self.names(cx).await?);
        for (argument, given, most) in
            [("trace_ids", trace_ids.len(), TRACES), ("scorers", names.len(), SCORERS)]
        {
            if given == 0 || given > most {
                return Err(ToolError::argument(format!(
                    "argument {argument:?} has {given} and must have 1 to {most}; nothing was begun"
                ))
                .into());
            }
        }
        let scorers = names.iter().map(|name| find::scorer(cx, &self.experiment_id, name, None));
        let scorers = parallel::all(scorers.collect::<Vec<_>>()).await?;
        let traces = trace_ids.into_iter().map(|id| existing::trace(cx, id));
        let traces = parallel::all(traces.collect::<Vec<_>>()).await?;
        if let Some(other) = traces.iter().find(|info| info.experiment_id != self.experiment_id.trim()) {
            let message = format!(
                "{} is in experiment {}, not in {}; nothing was begun",
                existing::named(other),
                other.experiment_id,
                self.experiment_id
            );
            let hint = "Judge the traces of each experiment by a call of its own.";
            return Err(ToolError::new(Kind::Argument, message, hint).into());
        }
        Ok((scorers, traces))
    }
}

/// Why no job was begun.
fn begin(error: Error) -> Failure {
    match since("3.9", "Judging traces in a job", error) {
        Failure::Mlflow(Error::Refused(refusal)) if refusal.message.contains("JOB_EXECUTION") => {
            let message = "MLflow's server runs no jobs, so it cannot judge; nothing was begun";
            let hint =
                "Its operator must start it with MLFLOW_SERVER_ENABLE_JOB_EXECUTION=true and a database.";
            ToolError::new(Kind::Configuration, message, hint).into()
        }
        failure => failure,
    }
}
