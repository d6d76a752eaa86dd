//! `log_params`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::{not_cut, some};
use crate::mlflow::pairs::Tag;
use crate::mlflow::runs::RunInfo;
use crate::mlflow::runs::change::{Batch, PAIRS, PARAM_CHARACTERS, log};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, quoted};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};
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
        let params = counted(new.len(), false, "parameter");
        let known = self.params.len() - new.len();
        Ok(Some(format!("Log {params} of {}; it has {known} of those given already.", living::named(&run))))
    }
}

impl LogParams {
    /// The run, and the parameters that it does not have yet.
    async fn look(&self, cx: &Context<'_>) -> Result<(RunInfo, Vec<Tag<'_>>), Failure> {
        some("params", self.params.len(), PAIRS)?;
        not_cut("params", &self.params, PARAM_CHARACTERS)?;
        let run = living::run(cx, &self.run_id).await?;
        let mut new = Vec::new();
        for (key, value) in &self.params {
            match run.data.params.get(key) {
                None => new.push(Tag { key, value }),
                Some(known) if known == value => {}
                Some(known) => {
                    let message = format!(
                        "parameter {} of {} is {} and cannot become {}; nothing was logged",
                        quoted(key),
                        living::named(&run.info),
                        quoted(known),
                        quoted(value)
                    );
                    let hint =
                        "MLflow never changes a parameter: log it to another run, or under another name.";
                    return Err(ToolError::new(Kind::Refused, message, hint).into());
                }
            }
        }
        Ok((run.info, new))
    }
}
