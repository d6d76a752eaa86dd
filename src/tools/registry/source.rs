//! What a model URI stands for, looked up before anything is created from it.

use crate::mlflow::artifacts::Owner;
use crate::mlflow::logged_models::{Info, LoggedModel};
use crate::mlflow::registry::versions;
use crate::mlflow::{Error, artifacts, logged_models, runs};
use crate::tool::{Context, Failure, Kind, ToolError, parallel};
use crate::tools::model_uri::ModelUri;

/// The file that makes a directory a model.
const MLMODEL: &str = "MLmodel";

/// A model that exists, as far as that can be known.
#[derive(Debug)]
pub(super) struct Source {
    /// What the registry keeps.
    pub(super) uri: String,
    /// The run that made it, or nothing.
    pub(super) run_id: String,
    /// The logged model, since MLflow 3.
    pub(super) model_id: Option<String>,
}

impl Source {
    /// Looks the model up.
    pub(super) async fn find(cx: &Context<'_>, uri: &str) -> Result<Self, Failure> {
        let uri = uri.trim();
        let parsed = ModelUri::parse(uri).map_err(|form| {
            ToolError::argument(format!(
                "argument \"model_uri\" is {uri:?}, which is not {form}; nothing was created"
            ))
        })?;
        match parsed {
            ModelUri::Run { run_id, path } => of_run(cx, run_id, path).await,
            ModelUri::LoggedModel(id) => {
                let model = logged_models::get(&cx.client, id).await?;
                Ok(of_logged_model(model))
            }
            ModelUri::Version { name, version } => {
                let known = versions::get(&cx.client, name, version).await?;
                Ok(of_version(known))
            }
            ModelUri::Alias { name, alias } => {
                let known = versions::by_alias(&cx.client, name, alias).await?;
                Ok(of_version(known))
            }
            // Where only the server can look; MLflow refuses local paths itself.
            ModelUri::Elsewhere => Ok(Self { uri: uri.to_owned(), run_id: String::new(), model_id: None }),
        }
    }
}

fn of_logged_model(model: LoggedModel) -> Source {
    let Info { model_id, source_run_id: run_id, .. } = model.info;
    Source { uri: format!("models:/{model_id}"), run_id, model_id: Some(model_id) }
}

fn of_version(version: versions::ModelVersion) -> Source {
    Source {
        uri: format!("models:/{}/{}", version.name, version.version),
        run_id: version.run_id,
        model_id: None,
    }
}

/// Files under the run itself (MLflow 2, and whoever logs so today), else the run's logged model of that name.
async fn of_run(cx: &Context<'_>, run_id: &str, path: &str) -> Result<Source, Failure> {
    let run = runs::get(&cx.client, run_id).await?;
    let root = run.info.artifact_uri.trim_end_matches('/').to_owned();
    let models = run.outputs.model_outputs;
    if let Some(model) = newest_of_name(cx, &models, path).await? {
        return Ok(of_logged_model(model));
    }
    if has_model(cx, run_id, path).await? {
        return Ok(Source { uri: format!("{root}/{path}"), run_id: run_id.to_owned(), model_id: None });
    }
    let hint = if models.is_empty() {
        "It logged no model: get_run_artifacts shows what it has.".to_owned()
    } else {
        let ids = models.iter().map(|model| format!("models:/{}", model.model_id));
        format!("It logged {}: register one of these.", ids.collect::<Vec<_>>().join(", "))
    };
    let message = format!("run {run_id} has no model {path:?}; nothing was created");
    Err(ToolError::new(Kind::NotFound, message, hint).into())
}

/// Of several models of one name, the one of the last step, as MLflow's own client chooses.
async fn newest_of_name(
    cx: &Context<'_>,
    outputs: &[runs::ModelOutput],
    name: &str,
) -> Result<Option<LoggedModel>, Error> {
    let asked = outputs.iter().map(|output| async {
        let model = logged_models::get(&cx.client, &output.model_id).await?;
        Ok::<_, Error>((output.step, model))
    });
    let found: Vec<(i64, LoggedModel)> = parallel::all(asked).await?;
    let named = found.into_iter().filter(|(_, model)| model.info.name == name);
    Ok(named.max_by_key(|(step, _)| *step).map(|(_, model)| model))
}

async fn has_model(cx: &Context<'_>, run_id: &str, path: &str) -> Result<bool, Error> {
    let files = artifacts::list(&cx.client, Owner::Run(run_id), path).await?;
    let model = format!("{path}/{MLMODEL}");
    Ok(files.iter().any(|file| file.path == model))
}
