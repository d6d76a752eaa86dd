//! `create_logged_model`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mlflow::experiments::Experiment;
use crate::mlflow::logged_models::Info;
use crate::mlflow::logged_models::change::{NewModel, create};
use crate::mlflow::pairs::tags;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::preview::quoted;
use crate::tool::undo::undo;
use crate::tool::{Context, Failure, Tool};
use crate::tools::experiments::known;
use crate::tools::logged_models::missing::explain;
use crate::tools::runs::living;

/// Create a logged model (MLflow 3), which is PENDING until finalize_logged_model. Its files are not written by this.
#[derive(Deserialize, JsonSchema)]
pub struct CreateLoggedModel {
    /// The experiment.
    #[schemars(length(min = 1))]
    experiment_id: String,
    /// Its name; MLflow makes one up without.
    name: Option<String>,
    /// For instance classifier; free text.
    model_type: Option<String>,
    /// The run that makes it.
    source_run_id: Option<String>,
    /// Texts by name, for instance {"lr": "0.1"}.
    #[serde(default)]
    params: BTreeMap<String, String>,
    /// Its tags.
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

/// What was created.
#[derive(Serialize, JsonSchema)]
pub struct Created {
    model_id: String,
    name: String,
    experiment_id: String,
    status: String,
    /// The call that takes it back.
    undo: String,
}

impl Tool for CreateLoggedModel {
    const SPEC: Spec = Spec {
        name: "create_logged_model",
        title: "Create a logged model",
        toolset: Toolset::Models,
        effect: Effect::Append,
        progress: false,
    };

    type Output = Created;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        self.place(cx).await?;
        let new = NewModel {
            experiment_id: &self.experiment_id,
            name: self.name.as_deref(),
            model_type: self.model_type.as_deref(),
            source_run_id: self.source_run_id.as_deref(),
            params: tags(&self.params),
            tags: tags(&self.tags),
        };
        let created = create(&cx.client, &new).await.map_err(|error| explain(cx, error))?;
        let Info { model_id, name, experiment_id, status, .. } = created.info;
        let undo = undo("delete_logged_model", &[("model_id", &model_id)]);
        Ok(Created { model_id, name, experiment_id, status, undo })
    }

    async fn preview(&self, cx: &Context<'_>) -> Result<Option<String>, Failure> {
        let experiment = self.place(cx).await?;
        let name = self.name.as_deref().map_or(String::new(), |name| format!(" named {}", quoted(name)));
        Ok(Some(format!("Create a logged model{name} in {}, pending.", known::named(&experiment))))
    }
}

impl CreateLoggedModel {
    /// Where it is created, if it can be.
    async fn place(&self, cx: &Context<'_>) -> Result<Experiment, Failure> {
        let experiment = known::living(cx, &self.experiment_id).await?;
        if let Some(run_id) = &self.source_run_id {
            living::run(cx, run_id).await?;
        }
        Ok(experiment)
    }
}
