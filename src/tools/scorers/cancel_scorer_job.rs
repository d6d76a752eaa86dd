//! `cancel_scorer_job`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::watch;
use crate::mlflow::jobs::{Job, cancel};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};
use crate::tools::since::since;

/// End a job of evaluate_traces before it is over. What it has written to traces stays.
#[derive(Deserialize, JsonSchema)]
pub struct CancelScorerJob {
    /// As evaluate_traces tells it.
    #[schemars(length(min = 1))]
    job_id: String,
}

/// What was ended.
#[derive(Serialize, JsonSchema)]
pub struct Canceled {
    success: bool,
    job_id: String,
    /// CANCELED.
    status: &'static str,
    /// What it was before.
    previous_status: &'static str,
}

impl Tool for CancelScorerJob {
    const SPEC: Spec = Spec {
        name: "cancel_scorer_job",
        title: "Cancel a judging job",
        toolset: Toolset::Scorers,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Canceled;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let previous_status = self.look(cx).await?.status.name();
        let job_id = self.job_id.trim().to_owned();
        let job = cancel(&cx.client, &job_id).await;
        let status = job.map_err(|error| since("3.9", "A job of scorers", error))?.status.name();
        Ok(Canceled { success: true, job_id, status, previous_status })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let job = self.look(cx).await?;
        Ok(Some(format!(
            "End job {}, which is {}. Assessments that it has written stay; evaluate_traces begins a new one.",
            self.job_id.trim(),
            job.status.name()
        )))
    }
}

impl CancelScorerJob {
    async fn look(&self, cx: &Context<'_>) -> Result<Job, Failure> {
        let job = watch::one(cx, &self.job_id).await?;
        if job.is_over() {
            let message = format!(
                "job {} is over already ({}), and nothing was changed",
                self.job_id.trim(),
                job.status.name()
            );
            return Err(
                ToolError::new(Kind::Refused, message, "get_scorer_jobs shows what came of it.").into()
            );
        }
        Ok(job)
    }
}
