//! `log_inputs`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limits::some;
use crate::mlflow::pairs::Tag;
use crate::mlflow::runs::RunInfo;
use crate::mlflow::runs::change::{Input, InputDataset, PAIRS, log_inputs};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::counted;
use crate::tool::{Context, Failure, Tool, ToolError};
use crate::tools::runs::living;

/// The tag of a use that says what for.
const CONTEXT: &str = "mlflow.data.context";

/// The longest digest that MLflow's database holds.
const DIGEST_CHARACTERS: usize = 36;

/// A data set.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DatasetGiven {
    /// Its name.
    name: String,
    /// Hash of its content.
    digest: String,
    /// What kind of place it is in.
    source_type: String,
    /// Where it is.
    source: String,
    /// What it was used for.
    context: Option<String>,
}

/// Log which data sets a run has read, for training, evaluation or else.
#[derive(Deserialize, JsonSchema)]
pub struct LogInputs {
    /// The run.
    #[schemars(length(min = 1))]
    run_id: String,
    /// At most 100, for instance [{"name": "churn", "digest": "5f2b9c01", "source_type": "s3", "source": "s3://data/churn.csv", "context": "training"}].
    datasets: Vec<DatasetGiven>,
}

/// What was logged.
#[derive(Serialize, JsonSchema)]
pub struct Logged {
    success: bool,
    run_id: String,
    /// How many were logged.
    logged: usize,
    /// How many the run had.
    unchanged: usize,
}

impl Tool for LogInputs {
    const SPEC: Spec = Spec {
        name: "log_inputs",
        title: "Log data sets of a run",
        toolset: Toolset::Logging,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Logged;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (run, new) = self.look(cx).await?;
        let (logged, unchanged) = (new.len(), self.datasets.len() - new.len());
        if logged > 0 {
            log_inputs(&cx.client, &run.run_id, &new).await?;
        }
        Ok(Logged { success: true, run_id: run.run_id, logged, unchanged })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (run, new) = self.look(cx).await?;
        let datasets = counted(new.len(), false, "data set");
        let known = self.datasets.len() - new.len();
        Ok(Some(format!("Log {datasets} to {}; it has {known} of those given already.", living::named(&run))))
    }
}

impl LogInputs {
    /// The run, and the data sets that it has not read yet, as far as it says.
    async fn look(&self, cx: &Context<'_>) -> Result<(RunInfo, Vec<Input<'_>>), Failure> {
        some("datasets", self.datasets.len(), PAIRS)?;
        if let Some(long) = self.datasets.iter().find(|one| one.digest.chars().count() > DIGEST_CHARACTERS) {
            return Err(ToolError::argument(format!(
                "argument \"datasets\": the digest of {:?} has more than {DIGEST_CHARACTERS} characters; nothing was logged",
                long.name
            ))
            .into());
        }
        let run = living::run(cx, &self.run_id).await?;
        let known = &run.inputs.dataset_inputs;
        let is_new = |given: &&DatasetGiven| {
            !known.iter().any(|one| {
                one.dataset.name == given.name
                    && one.dataset.digest == given.digest
                    && one.tags.get(CONTEXT) == given.context.as_ref()
            })
        };
        Ok((run.info, self.datasets.iter().filter(is_new).map(DatasetGiven::input).collect()))
    }
}

impl DatasetGiven {
    fn input(&self) -> Input<'_> {
        let Self { name, digest, source_type, source, context } = self;
        Input {
            tags: context.iter().map(|value| Tag { key: CONTEXT, value }).collect(),
            dataset: InputDataset { name, digest, source_type, source },
        }
    }
}
