//! `diff_runs`

use futures_lite::future::zip;
use schemars::JsonSchema;
use serde::Deserialize;

use super::difference::Difference;
use super::environment;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool, ToolError};
use crate::tools::runs::named;

/// Show what is different between two runs, of any experiments: params, metrics, tags, data sets, environment files.
///
/// Environment files are requirements.txt, conda.yaml and python_env.yaml of the run and of its models, compared line by line.
#[derive(Deserialize, JsonSchema)]
pub struct DiffRuns {
    /// The run to compare with.
    #[schemars(length(min = 1))]
    baseline_run_id: String,
    /// The other run.
    #[schemars(length(min = 1))]
    run_id: String,
}

impl Tool for DiffRuns {
    const SPEC: Spec = Spec {
        name: "diff_runs",
        title: "Diff two runs",
        toolset: Toolset::Analysis,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Difference;

    async fn call(self, cx: &Context<'_>) -> Result<Difference, Failure> {
        let ids = [self.baseline_run_id.trim().to_owned(), self.run_id.trim().to_owned()];
        let runs = named::find(cx, None, &ids).await?;
        // A run is found once, however often it is named.
        let [baseline, run] = runs.as_slice() else {
            return Err(ToolError::argument("\"baseline_run_id\" and \"run_id\" are the same run").into());
        };
        let (ours, theirs) = zip(environment::files(cx, baseline), environment::files(cx, run)).await;
        Ok(Difference::of(cx, baseline, run, [&ours?, &theirs?]).within(cx.budget))
    }
}
