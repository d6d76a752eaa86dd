//! `get_scorer_jobs`

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::outcome::{Judged, judged};
use super::watch::{BEGUN, Watched, watch};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, ToolError};
use crate::tools::traces::ids::ids;
use crate::tools::uuid::uuid;

/// The most jobs of a call.
const MOST: usize = 100;

/// Get what came of jobs that evaluate_traces has begun.
#[derive(Deserialize, JsonSchema)]
pub struct GetScorerJobs {
    /// Up to 100, as evaluate_traces tells them.
    job_ids: Vec<String>,
    /// How long to wait until they are over.
    #[serde(default)]
    #[schemars(range(max = 45))]
    wait_seconds: u64,
}

impl Tool for GetScorerJobs {
    const SPEC: Spec = Spec {
        name: "get_scorer_jobs",
        title: "Get what came of judging jobs",
        toolset: Toolset::Scorers,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Judged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let given = ids(&self.job_ids);
        if given.is_empty() || given.len() > MOST {
            let message = format!("argument \"job_ids\" has {} and must have 1 to {MOST}", given.len());
            return Err(ToolError::argument(message).into());
        }
        let mut watched = Vec::new();
        for job_id in given {
            watched.push(Watched::of(uuid("job_ids", job_id, BEGUN)?));
        }
        watch(cx, &mut watched, Duration::from_secs(self.wait_seconds)).await?;
        Ok(judged(cx, watched, Vec::new()))
    }
}
