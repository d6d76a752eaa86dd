//! What stands behind a name, version or alias that MLflow does not know.

use crate::mlflow::registry::models::{self, Alias, RegisteredModel};
use crate::tool::nearest::{nearest, suggestion};
use crate::tool::{Context, Failure, Kind, ToolError};

/// How many models are looked at for a name like the one asked for.
const CANDIDATES: usize = 200;

/// The registered model; one that is not there is told with names like it.
///
/// # Errors
/// See [`Failure`].
pub(crate) async fn model(cx: &Context<'_>, name: &str) -> Result<RegisteredModel, Failure> {
    match models::get(&cx.client, name).await {
        Ok(model) => Ok(model),
        Err(error) if error.is_missing() => Err(no_model(cx, name).await?.into()),
        Err(error) => Err(error.into()),
    }
}

async fn no_model(cx: &Context<'_>, name: &str) -> Result<ToolError, Failure> {
    let found = models::first(&cx.client, CANDIDATES).await?;
    let hint = match suggestion(name, "Models", found.iter().map(|model| model.name.as_str())) {
        hint if hint.is_empty() => "The registry has no models.".to_owned(),
        hint => hint,
    };
    let message = format!("RESOURCE_DOES_NOT_EXIST: there is no registered model named {name:?}");
    Ok(ToolError::new(Kind::NotFound, message, hint))
}

/// That a model has no such version.
pub(crate) fn no_version(model: &RegisteredModel, version: &str) -> ToolError {
    let numbers = model.latest_versions.iter().filter_map(|version| version.version.parse::<u64>().ok());
    let hint = match (numbers.max(), aliases(&model.aliases)) {
        (None, _) => "It has no versions.".to_owned(),
        (Some(newest), aliases) => {
            format!("The newest is {newest}; get_model_versions lists all. {aliases}")
        }
    };
    let message =
        format!("RESOURCE_DOES_NOT_EXIST: registered model {:?} has no version {version:?}", model.name);
    ToolError::new(Kind::NotFound, message, hint.trim_end())
}

/// That a model has no such alias.
pub(crate) fn no_alias(name: &str, alias: &str, known: &[Alias]) -> ToolError {
    let near = nearest(alias, known.iter().map(|one| one.alias.as_str()));
    let near = near.map_or(String::new(), |near| format!("Did you mean {near:?}? "));
    let message = format!("RESOURCE_DOES_NOT_EXIST: registered model {name:?} has no alias {alias:?}");
    ToolError::new(Kind::NotFound, message, format!("{near}{}", aliases(known)))
}

/// A model's aliases in a sentence.
fn aliases(known: &[Alias]) -> String {
    /// More would not help.
    const LISTED: usize = 20;
    if known.is_empty() {
        return "It has no aliases.".to_owned();
    }
    let named = known.iter().take(LISTED).map(|one| format!("{} (version {})", one.alias, one.version));
    let more = if known.len() > LISTED { " and more" } else { "" };
    format!("Its aliases: {}{more}.", named.collect::<Vec<_>>().join(", "))
}
