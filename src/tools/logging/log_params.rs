//! `log_params`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::{not_cut, some};
use crate::mlflow::pairs::Tag;
use crate::mlflow::runs::RunInfo;
use crate::mlflow::runs::change::{Batch, PAIRS, PARAM_CHARACTERS, log};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};
use crate::tools::parameters;
use crate::tools::runs::living;

/// Log parameters of a run. MLflow never changes one: if one has another value already, nothing is logged.
#[derive(Deserialize, JsonSchema)]
pub struct LogParams {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
    /// Texts by name, at most 100, for instance {"lr": "0.001"}.
    params: BTreeMap<String, String>,
}

/// What was logged.
#[derive(Serialize, JsonSchema)]
pub struct Logged {
    success: bool,
    run_id: String,
    /// How many are new.
    logged: usize,
    /// How many it had with that value.
    unchanged: usize,
}

impl Tool for LogParams {
    const SPEC: Spec = Spec {
        name: "log_params",
        title: "Log parameters",
        toolset: Toolset::Logging,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Logged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (run, new) = self.look(cx).await?;
        let (logged, unchanged) = (new.len(), self.params.len() - new.len());
        if logged > 0 {
            log(&cx.client, &Batch { run_id: &run.run_id, params: new, ..Batch::default() }).await?;
        }
        Ok(Logged { success: true, run_id: run.run_id, logged, unchanged })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (run, new) = self.look(cx).await?;
        Ok(Some(parameters::would(&living::named(&run), new.len(), self.params.len())))
    }
}

impl LogParams {
    /// The run, and the parameters that it does not have yet.
    async fn look(&self, cx: &Context<'_>) -> Result<(RunInfo, Vec<Tag<'_>>), Failure> {
        some("params", self.params.len(), PAIRS)?;
        not_cut("params", &self.params, PARAM_CHARACTERS)?;
        let run = living::run(cx, &self.run_id).await?;
        let instead = "Log it to another run, or under another name.";
        let new = parameters::new(&living::named(&run.info), &run.data.params, &self.params, instead)?;
        Ok((run.info, new))
    }
}
