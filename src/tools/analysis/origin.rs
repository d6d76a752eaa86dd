//! Where a lineage begins.

use http::StatusCode;

use crate::mlflow::experiments;
use crate::mlflow::filter;
use crate::mlflow::registry::versions::{self, ModelVersion};
use crate::mlflow::runs::{self, Run, Search};
use crate::tool::{Context, Failure, Kind, ToolError};
use crate::tools::model_uri::ModelUri;
use crate::tools::registry::missing;

/// How it may be written.
const FORMS: &str =
    "Write a run id, m-ID, models:/NAME/VERSION, NAME@ALIAS, or dataset: and a name or digest.";

/// The most experiments in which runs with a data set are searched.
const EXPERIMENTS: usize = 1_000;

/// What a text names.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Origin<'a> {
    Run(&'a str),
    LoggedModel(&'a str),
    Version { name: &'a str, version: &'a str },
    Alias { name: &'a str, alias: &'a str },
    Dataset(&'a str),
}

impl<'a> Origin<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, ToolError> {
        let text = text.trim();
        let wrong = |form: &str| {
            let message = format!("argument \"start\" is {text:?}, which is not {form}");
            ToolError::new(Kind::Argument, message, FORMS)
        };
        if let Some(dataset) = text.strip_prefix("dataset:") {
            let dataset = dataset.trim();
            return if dataset.is_empty() { Err(wrong("dataset:NAME")) } else { Ok(Self::Dataset(dataset)) };
        }
        match ModelUri::parse(text) {
            Ok(ModelUri::Run { run_id, .. }) => Ok(Self::Run(run_id)),
            Ok(ModelUri::LoggedModel(id)) => Ok(Self::LoggedModel(id)),
            Ok(ModelUri::Version { name, version }) => Ok(Self::Version { name, version }),
            Ok(ModelUri::Alias { name, alias }) => Ok(Self::Alias { name, alias }),
            Ok(ModelUri::Elsewhere) => Ok(match text.rsplit_once('@') {
                Some((name, alias)) if !name.is_empty() && !alias.is_empty() => Self::Alias { name, alias },
                _ if text.starts_with("m-") => Self::LoggedModel(text),
                _ => Self::Run(text),
            }),
            Err(_) if text.starts_with("runs:/") && text.len() > 6 => {
                Ok(Self::Run(text.trim_start_matches("runs:/").trim_matches('/')))
            }
            Err(form) => Err(wrong(form)),
        }
    }

    /// In words, for the answer.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Run(id) => format!("run {id}"),
            Self::LoggedModel(id) => format!("logged model {id}"),
            Self::Version { name, version } => format!("version {version} of registered model {name:?}"),
            Self::Alias { name, alias } => {
                format!("the version of registered model {name:?} with alias {alias:?}")
            }
            Self::Dataset(text) => format!("runs that read the data set with name or digest {text:?}"),
        }
    }
}

/// The run of an id.
///
/// # Errors
/// There is none: with the other forms of a beginning.
pub(super) async fn run(cx: &Context<'_>, id: &str) -> Result<Run, Failure> {
    match runs::get(&cx.client, id).await {
        Err(error) if error.is_missing() => {
            let message = format!("RESOURCE_DOES_NOT_EXIST: argument \"start\": there is no run {id:?}");
            Err(ToolError::new(Kind::NotFound, message, FORMS).into())
        }
        other => Ok(other?),
    }
}

/// A version by its number or by an alias.
///
/// # Errors
/// There is none: with what there is.
pub(super) async fn version(
    cx: &Context<'_>,
    name: &str,
    by: Result<&str, &str>,
) -> Result<ModelVersion, Failure> {
    let found = match by {
        Ok(number) => versions::get(&cx.client, name, number).await,
        Err(alias) => versions::by_alias(&cx.client, name, alias).await,
    };
    match found {
        // MLflow calls an unknown alias, and a version that is no number, a bad parameter.
        Err(error) if error.is_missing() || error.status() == Some(StatusCode::BAD_REQUEST) => {
            let model = missing::model(cx, name).await?;
            Err(match by {
                Ok(number) => missing::no_version(&model, number).into(),
                Err(alias) => missing::no_alias(name, alias, &model.aliases).into(),
            })
        }
        other => Ok(other?),
    }
}

/// The newest runs that read a data set of that name or digest, at most so many, and whether there are more.
///
/// # Errors
/// There are none.
pub(super) async fn readers(cx: &Context<'_>, text: &str, most: usize) -> Result<(Vec<Run>, bool), Failure> {
    let Ok(quoted) = filter::string(text) else {
        return Err(ToolError::argument(
            "argument \"start\": MLflow cannot search for a text with both ' and \"",
        )
        .into());
    };
    let all = experiments::Search { max_results: EXPERIMENTS, ..experiments::Search::default() };
    let (all, _) = experiments::search(&cx.client, &all).await?;
    let ids: Vec<&str> = all.iter().map(|experiment| experiment.experiment_id.as_str()).collect();
    for member in ["name", "digest"] {
        let filter = format!("dataset.{member} = {quoted}");
        let search =
            Search { experiment_ids: &ids, filter: Some(&filter), max_results: most, ..Search::default() };
        let (found, next) = runs::search(&cx.client, &search).await?;
        if !found.is_empty() {
            return Ok((found, next.is_some()));
        }
    }
    let message = format!("no active run has read a data set with the name or digest {text:?}");
    let hint = "get_run shows the data sets of a run in its inputs.";
    Err(ToolError::new(Kind::NotFound, message, hint).into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_begin_is_told_apart() {
        for (text, origin) in [
            (" 0123abcd ", Origin::Run("0123abcd")),
            ("runs:/0123abcd", Origin::Run("0123abcd")),
            ("runs:/0123abcd/model", Origin::Run("0123abcd")),
            ("m-0123", Origin::LoggedModel("m-0123")),
            ("models:/m-0123", Origin::LoggedModel("m-0123")),
            ("models:/churn/3", Origin::Version { name: "churn", version: "3" }),
            ("models:/churn@champion", Origin::Alias { name: "churn", alias: "champion" }),
            ("churn@champion", Origin::Alias { name: "churn", alias: "champion" }),
            ("dataset: a@b", Origin::Dataset("a@b")),
        ] {
            assert_eq!(Origin::parse(text), Ok(origin));
        }
        for text in ["models:/", "models:/churn", "runs:/", "dataset:"] {
            assert!(Origin::parse(text).unwrap_err().to_string().contains("NAME@ALIAS"), "{text}");
        }
    }
}
