//! `delete_scorer`

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::find;
use super::record::Parts;
use crate::mlflow::scorers::{Scorer, delete};
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::{counted, quoted};
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// Delete a version of a scorer, or the scorer with all. MLflow has no call that brings it back.
#[derive(Deserialize, JsonSchema)]
pub struct DeleteScorer {
    /// Its experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// The scorer.
    #[schemars(length(min = 1))]
    name: String,
    /// A number, or all.
    #[schemars(length(min = 1))]
    version: String,
}

/// What was deleted.
#[derive(Serialize, JsonSchema)]
pub struct Deleted {
    success: bool,
    experiment_id: String,
    name: String,
    /// The versions that are gone.
    versions: Vec<i64>,
    /// The versions that are left.
    left: Vec<i64>,
}

impl Tool for DeleteScorer {
    const SPEC: Spec = Spec {
        name: "delete_scorer",
        title: "Delete a scorer",
        toolset: Toolset::Scorers,
        effect: Effect::Delete,
        progress: false,
    };

    type Output = Deleted;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (one, known) = self.look(cx).await?;
        delete(&cx.client, &self.experiment_id, &self.name, one).await.map_err(find::told)?;
        let (versions, left) = known
            .iter()
            .map(|scorer| scorer.scorer_version)
            .partition(|version| one.is_none_or(|one| one == *version));
        Ok(Deleted { success: true, experiment_id: self.experiment_id, name: self.name, versions, left })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let (one, known) = self.look(cx).await?;
        let newest = known.iter().rev().find(|scorer| one.is_none_or(|one| one == scorer.scorer_version));
        let Some(newest) = newest else { return Ok(None) };
        let what = match one {
            Some(_) => find::named(newest),
            None => format!(
                "scorer {} of experiment {} with {}",
                quoted(&self.name),
                newest.experiment_id,
                counted(known.len(), false, "version")
            ),
        };
        let instructions = Parts::of(newest).instructions;
        let told =
            instructions.map(|text| format!(" Its LLM is told: {}.", quoted(&text))).unwrap_or_default();
        Ok(Some(format!(
            "Delete {what} for good: this cannot be undone. Assessments that it made stay.{told}"
        )))
    }
}

impl DeleteScorer {
    /// The version, or nothing for all, and all that there are.
    async fn look(&self, cx: &Context<'_>) -> Result<(Option<i64>, Vec<Scorer>), Failure> {
        let one = match self.version.trim() {
            all if all.eq_ignore_ascii_case("all") => None,
            number => Some(number.parse::<i64>().map_err(|_| {
                ToolError::argument(format!(
                    "argument \"version\" is {number:?} and must be a number, or all; nothing was deleted"
                ))
            })?),
        };
        let known = find::versions(cx, &self.experiment_id, &self.name).await?;
        if one.is_none_or(|one| known.iter().any(|scorer| scorer.scorer_version == one)) {
            return Ok((one, known));
        }
        let versions: Vec<String> = known.iter().map(|scorer| scorer.scorer_version.to_string()).collect();
        let message = format!(
            "RESOURCE_DOES_NOT_EXIST: scorer {:?} has no version {}; nothing was deleted",
            self.name,
            self.version.trim()
        );
        Err(ToolError::new(Kind::NotFound, message, format!("It has {}.", versions.join(", "))).into())
    }
}
