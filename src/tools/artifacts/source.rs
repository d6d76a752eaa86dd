//! What has the files: a run, a logged model, or a version of a registered model.

use super::place::Place;
use crate::mlflow::Error;
use crate::mlflow::registry::versions::{self, ModelVersion};
use crate::tool::{Context, Failure, Kind, ToolError};
use crate::tools::model_uri::ModelUri;

/// The forms of a source, for errors.
const FORMS: &str = "Give a run id, a logged model id (m-...), models:/NAME/VERSION or models:/NAME@ALIAS.";

/// The place that a path of a source leads to. Only a registered version has to be looked up.
///
/// # Errors
/// The source has no such form, the version is not there, or the path leads out.
pub(super) async fn place(cx: &Context<'_>, source: &str, path: &str) -> Result<Place, Failure> {
    Ok(known(cx, source, path).await?.0)
}

/// The same, with the registered version if the source is one.
///
/// # Errors
/// As of [`place`].
pub(crate) async fn known(
    cx: &Context<'_>,
    source: &str,
    path: &str,
) -> Result<(Place, Option<ModelVersion>), Failure> {
    let source = source.trim();
    let wrong = |form: &str| {
        let message = format!("argument \"source\" is {source:?}, which is not {form}");
        ToolError::new(Kind::Argument, message, FORMS)
    };
    let version = match ModelUri::parse(source).map_err(wrong)? {
        ModelUri::Run { run_id, path: root } => {
            return Ok((Place::of_run(run_id, "", &format!("{root}/{}", path.trim_matches('/')))?, None));
        }
        ModelUri::LoggedModel(id) => return Ok((Place::of_model(id, path)?, None)),
        ModelUri::Elsewhere if source.starts_with("m-") => return Ok((Place::of_model(source, path)?, None)),
        ModelUri::Elsewhere if source.contains([':', '/']) || source.is_empty() => {
            return Err(wrong("a run id or a URI of a model").into());
        }
        ModelUri::Elsewhere => return Ok((Place::of_run(source, "", path)?, None)),
        ModelUri::Version { name, version } => versions::get(&cx.client, name, version).await,
        ModelUri::Alias { name, alias } => versions::by_alias(&cx.client, name, alias).await,
    };
    match version {
        Ok(version) => Ok((of_version(&version, path)?, Some(version))),
        Err(error) => Err(missing(error, source)),
    }
}

/// Where the files of a version are: its source is a logged model (MLflow 3), or a directory of its run.
fn of_version(version: &ModelVersion, path: &str) -> Result<Place, Failure> {
    let called = format!("models:/{}/{}", version.name, version.version);
    if let Some(id) = version.model_id() {
        return Ok(Place::of_model(id, path)?.called(called));
    }
    let of_run = match ModelUri::parse(&version.source) {
        Ok(ModelUri::Run { run_id, path: root }) => Some((run_id, root)),
        _ if version.run_id.is_empty() => None,
        _ => {
            let below = format!("/{}/artifacts/", version.run_id);
            let at = version.source.find(&below);
            at.map(|at| (version.run_id.as_str(), &version.source[at + below.len()..]))
        }
    };
    match of_run {
        Some((run_id, root)) => Ok(Place::of_run(run_id, root, path)?.called(called)),
        None => Err(ToolError::new(
            Kind::Refused,
            format!(
                "the files of {called} are at {:?}, which is neither of a run nor a logged model",
                version.source
            ),
            "Only MLflow's own client can read them there.",
        )
        .into()),
    }
}

fn missing(error: Error, source: &str) -> Failure {
    if !error.is_missing() {
        return error.into();
    }
    let message = format!("RESOURCE_DOES_NOT_EXIST: there is no model version {source:?}");
    ToolError::new(Kind::NotFound, message, "get_model_versions lists the versions of a model, get_registered_models the models and their aliases.").into()
}
