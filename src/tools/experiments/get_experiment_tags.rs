//! `get_experiment_tags`

use schemars::JsonSchema;
use serde::Deserialize;

use super::keys::{Names, Question};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::{Context, Failure, Tool};

/// List the names of all tags that an experiment's active runs have, sorted, `mlflow.*` included.
///
/// These are tags of runs, for search_runs_by_tags; search_experiments has the experiment's own.
#[derive(Deserialize, JsonSchema)]
pub struct GetExperimentTags {
    #[serde(flatten)]
    question: Question,
}

impl Tool for GetExperimentTags {
    const SPEC: Spec = Spec {
        name: "get_experiment_tags",
        title: "List tag names",
        toolset: Toolset::Core,
        effect: Effect::Read,
        progress: true,
    };

    type Output = Names;

    async fn call(self, cx: &Context<'_>) -> Result<Names, Failure> {
        let mut names = self.question.answer(cx, |run| run.data.tags).await?;
        let more = names.names.note.map_or(String::new(), |note| format!(" {note}"));
        names.names.note = Some(format!("Tags of runs, not of the experiment.{more}"));
        Ok(names)
    }
}
