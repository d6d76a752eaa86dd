//! `finish_run`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::milliseconds;
use crate::mlflow::runs::change::{Update, update};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::runs::living;

/// How a run can end. MLflow says yes to other names, and leaves the run as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum End {
    /// As it should.
    #[default]
    Finished,
    /// By a fault.
    Failed,
    /// By somebody.
    Killed,
}

/// End a run. One that has ended already keeps its end and gets the new status.
#[derive(Deserialize, JsonSchema)]
pub struct FinishRun {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
    /// How it ended (default FINISHED).
    #[serde(default)]
    status: End,
}

/// How the run stands.
#[derive(Serialize, JsonSchema)]
pub struct Ended {
    success: bool,
    run_id: String,
    status: String,
    previous_status: String,
    /// Epoch milliseconds.
    end_time: i64,
}

impl Tool for FinishRun {
    const SPEC: Spec = Spec {
        name: "finish_run",
        title: "Finish a run",
        toolset: Toolset::Logging,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Ended;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let Self { run_id, status } = self;
        let before = living::run(cx, &run_id).await?.info;
        let end_time = before.end_time.unwrap_or_else(|| milliseconds(cx.clock.wall()));
        let change = Update {
            run_id: &run_id,
            status: Some(status.name()),
            end_time: Some(end_time),
            ..Update::default()
        };
        update(&cx.client, &change).await?;
        let status = status.name().to_owned();
        Ok(Ended { success: true, run_id, status, previous_status: before.status, end_time })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let info = living::run(cx, &self.run_id).await?.info;
        let end = if info.end_time.is_some() { " Its end stays." } else { "" };
        Ok(Some(format!(
            "End {} as {}; it is {} now.{end}",
            living::named(&info),
            self.status.name(),
            info.status
        )))
    }
}

impl End {
    const fn name(self) -> &'static str {
        match self {
            Self::Finished => "FINISHED",
            Self::Failed => "FAILED",
            Self::Killed => "KILLED",
        }
    }
}
