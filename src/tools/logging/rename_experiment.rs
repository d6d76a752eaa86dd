//! `rename_experiment`

use futures_lite::future::try_zip;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::taken;
use crate::mlflow::experiments::Experiment;
use crate::mlflow::experiments::change::rename;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool};
use crate::tools::experiments::known::{living, named};

/// Give an experiment another name; its id and its runs stay.
#[derive(Deserialize, JsonSchema)]
pub struct RenameExperiment {
    /// The experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// Its new name; unique, deleted experiments included.
    #[schemars(length(min = 1))]
    name: String,
}

/// What it is called now.
#[derive(Serialize, JsonSchema)]
pub struct Renamed {
    success: bool,
    experiment_id: String,
    name: String,
    /// What it was called.
    previous_name: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for RenameExperiment {
    const SPEC: Spec = Spec {
        name: "rename_experiment",
        title: "Rename an experiment",
        toolset: Toolset::Logging,
        effect: Effect::Overwrite,
        progress: false,
    };

    type Output = Renamed;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let known = self.known(cx).await?;
        let Self { experiment_id, name } = self;
        rename(&cx.client, &experiment_id, &name).await?;
        let previous_name = known.name;
        let undo = undo("rename_experiment", &[("experiment_id", &experiment_id), ("name", &previous_name)]);
        Ok(Renamed { success: true, experiment_id, name, previous_name, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let known = self.known(cx).await?;
        Ok(Some(format!("Rename {} to {}.", named(&known), quoted(&self.name))))
    }
}

impl RenameExperiment {
    /// The experiment, if it can have that name.
    async fn known(&self, cx: &Context<'_>) -> Result<Experiment, Failure> {
        let (known, ()) = try_zip(living(cx, &self.experiment_id), taken::by_none(cx, &self.name)).await?;
        Ok(known)
    }
}
