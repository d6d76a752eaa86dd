//! `create_run`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::{few, milliseconds, not_cut};
use crate::mlflow::experiments::Experiment;
use crate::mlflow::pairs::{Tag, tags};
use crate::mlflow::runs::RunInfo;
use crate::mlflow::runs::change::{NewRun, PAIRS, TAG_CHARACTERS, create};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool, ToolError};
use crate::tools::experiments::known;
use crate::tools::runs::living;

/// The tag that names the run that another belongs to.
const PARENT: &str = "mlflow.parentRunId";

/// Create a run, which is RUNNING until finish_run.
#[derive(Deserialize, JsonSchema)]
pub struct CreateRun {
    /// The experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// Its name; MLflow makes one up without.
    run_name: Option<String>,
    /// Its tags, for instance {"team": "nlp"}; mlflow.note.content is the description.
    #[serde(default)]
    tags: BTreeMap<String, String>,
    /// The run that it belongs to, of the same experiment.
    parent_run_id: Option<String>,
}

/// What was created.
#[derive(Serialize, JsonSchema)]
pub struct Created {
    run_id: String,
    run_name: String,
    experiment_id: String,
    status: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for CreateRun {
    const SPEC: Spec = Spec {
        name: "create_run",
        title: "Create a run",
        toolset: Toolset::Logging,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Created;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        self.place(cx).await?;
        let mut tags = tags(&self.tags);
        if let Some(parent) = &self.parent_run_id {
            tags.push(Tag { key: PARENT, value: parent });
        }
        let new = NewRun {
            experiment_id: &self.experiment_id,
            run_name: self.run_name.as_deref(),
            start_time: milliseconds(cx.clock.wall()),
            tags,
        };
        let RunInfo { run_id, run_name, experiment_id, status, .. } = create(&cx.client, &new).await?.info;
        let undo = undo("delete_run", &[("run_id", &run_id)]);
        Ok(Created { run_id, run_name, experiment_id, status, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let experiment = self.place(cx).await?;
        let name = self.run_name.as_deref().map_or(String::new(), |name| format!(" named {}", quoted(name)));
        let parent = self.parent_run_id.as_deref();
        let parent = parent.map_or(String::new(), |parent| format!(", nested in run {}", quoted(parent)));
        Ok(Some(format!("Create a run{name} in {}{parent}.", known::named(&experiment))))
    }
}

impl CreateRun {
    /// Where it is created, if it can be.
    async fn place(&self, cx: &Context<'_>) -> Result<Experiment, Failure> {
        few("tags", self.tags.len(), PAIRS)?;
        not_cut("tags", &self.tags, TAG_CHARACTERS)?;
        let experiment = known::living(cx, &self.experiment_id).await?;
        let Some(parent) = &self.parent_run_id else { return Ok(experiment) };
        if self.tags.contains_key(PARENT) {
            let message = "arguments \"parent_run_id\" and \"tags\" both name a parent; nothing was created";
            return Err(ToolError::argument(message).into());
        }
        let info = living::run(cx, parent).await?.info;
        if info.experiment_id == experiment.experiment_id {
            return Ok(experiment);
        }
        let message = format!(
            "argument \"parent_run_id\" is {}, which is in experiment {}; nothing was created",
            living::named(&info),
            info.experiment_id
        );
        Err(ToolError::argument(message).into())
    }
}
