//! `create_experiment`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::taken;
use crate::mlflow::experiments::change::{NewExperiment, create};
use crate::mlflow::pairs::tags;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, quoted};
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool};

/// Create an experiment, which is where runs, traces and logged models belong.
#[derive(Deserialize, JsonSchema)]
pub struct CreateExperiment {
    /// Its name; unique, deleted experiments included.
    #[schemars(length(min = 1))]
    name: String,
    /// Where its artifacts go, if not where the server puts them.
    artifact_location: Option<String>,
    /// Its tags, for instance {"team": "nlp"}; mlflow.note.content is the description.
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

/// What was created.
#[derive(Serialize, JsonSchema)]
pub struct Created {
    experiment_id: String,
    name: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for CreateExperiment {
    const SPEC: Spec = Spec {
        name: "create_experiment",
        title: "Create an experiment",
        toolset: Toolset::Logging,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Created;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        taken::by_none(cx, &self.name).await?;
        let new = NewExperiment {
            name: &self.name,
            artifact_location: self.artifact_location.as_deref(),
            tags: tags(&self.tags),
        };
        let experiment_id = create(&cx.client, &new).await?;
        let undo = undo("delete_experiment", &[("experiment_id", &experiment_id)]);
        Ok(Created { experiment_id, name: self.name, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        taken::by_none(cx, &self.name).await?;
        let tags = counted(self.tags.len(), false, "tag");
        Ok(Some(format!("Create an experiment named {} with {tags}.", quoted(&self.name))))
    }
}
