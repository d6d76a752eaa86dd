//! A prompt, and one of its versions: by number, by alias, or the newest.

use crate::mlflow::page::Position;
use crate::mlflow::registry::models::{self, ONLY_PROMPTS, RegisteredModel, Search};
use crate::mlflow::registry::versions::{self, ModelVersion};
use crate::tool::nearest::suggestion;
use crate::tool::preview::quoted;
use crate::tool::{Context, Failure, Kind, ToolError};

/// How many prompts are looked at for a name like the one asked for.
const CANDIDATES: usize = 200;

/// Which version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which<'a> {
    Newest,
    Version(&'a str),
    Alias(&'a str),
}

impl<'a> Which<'a> {
    /// The name of a prompt, or its URI as MLflow writes it, and which version of it.
    ///
    /// # Errors
    /// More than one is named.
    pub(crate) fn read(
        name: &'a str,
        version: Option<&'a str>,
        alias: Option<&'a str>,
    ) -> Result<(&'a str, Self), ToolError> {
        let uri = name.strip_prefix("prompts:/").map(|rest| rest.trim_start_matches('/'));
        let (name, inner) = match uri.map(|rest| (rest, rest.split_once('@'), rest.split_once('/'))) {
            Some((_, Some((name, alias)), _)) => (name, Some(Self::alias(alias))),
            Some((_, None, Some((name, version)))) => (name, Some(Self::Version(version))),
            Some((name, None, None)) => (name, None),
            None => (name, None),
        };
        let text = |text: Option<&'a str>| text.map(str::trim).filter(|text| !text.is_empty());
        match (inner, text(version), text(alias)) {
            (None, None, None) => Ok((name, Self::Newest)),
            (Some(which), None, None) => Ok((name, which)),
            (None, Some(version), None) => Ok((name, Self::Version(version))),
            (None, None, Some(alias)) => Ok((name, Self::alias(alias))),
            _ => Err(ToolError::argument(
                "a version is named more than once: give one of \"version\", \"alias\" and a prompts:/ URI",
            )),
        }
    }

    /// A number, or an alias; one of digits only is written with an `@`.
    pub(super) fn named(text: &'a str) -> Self {
        match text.trim() {
            number if number.bytes().all(|byte| byte.is_ascii_digit()) => Self::Version(number),
            alias => Self::alias(alias),
        }
    }

    /// MLflow 2 knows no alias `latest`.
    fn alias(text: &'a str) -> Self {
        match text.trim().trim_start_matches('@') {
            latest if latest.eq_ignore_ascii_case("latest") => Self::Newest,
            alias => Self::Alias(alias),
        }
    }
}

/// The prompt of that name.
///
/// # Errors
/// There is none, which is told with names like it, or it is a registered model.
pub(super) async fn prompt(cx: &Context<'_>, name: &str) -> Result<RegisteredModel, Failure> {
    match perhaps(cx, name).await? {
        Some(prompt) => Ok(prompt),
        None => Err(no_prompt(cx, name).await?.into()),
    }
}

/// The prompt of that name, if there is one.
///
/// # Errors
/// It is a registered model.
pub(super) async fn perhaps(cx: &Context<'_>, name: &str) -> Result<Option<RegisteredModel>, Failure> {
    match models::get(&cx.client, name).await {
        Ok(known) if known.is_prompt() => Ok(Some(known)),
        Ok(known) => {
            let message = format!("{:?} is a registered model, not a prompt", known.name);
            let hint = "get_registered_model shows it. A prompt cannot have the name of a model.";
            Err(ToolError::new(Kind::Refused, message, hint).into())
        }
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn no_prompt(cx: &Context<'_>, name: &str) -> Result<ToolError, Failure> {
    let search = Search { filter: Some(ONLY_PROMPTS), max_results: CANDIDATES };
    let found = models::page(&cx.client, &search, &Position::default()).await?.rows;
    let hint = match suggestion(name, "Prompts", found.iter().map(|prompt| prompt.name.as_str())) {
        hint if hint.is_empty() => "The registry has no prompts.".to_owned(),
        hint => hint,
    };
    let message = format!("RESOURCE_DOES_NOT_EXIST: there is no prompt named {name:?}");
    Ok(ToolError::new(Kind::NotFound, message, hint))
}

/// That version of a prompt, with its aliases.
///
/// # Errors
/// There is none.
pub(super) async fn version(
    cx: &Context<'_>,
    prompt: &RegisteredModel,
    which: Which<'_>,
) -> Result<ModelVersion, Failure> {
    let newest = newest(prompt);
    let number = match which {
        Which::Newest => newest.map(|newest| newest.version.as_str()),
        Which::Version(number) => Some(number),
        Which::Alias(alias) => Some(named_by(prompt, alias)?),
    };
    let Some(number) = number else {
        let message = format!("RESOURCE_DOES_NOT_EXIST: prompt {:?} has no versions", prompt.name);
        return Err(ToolError::new(Kind::NotFound, message, "register_prompt creates one.").into());
    };
    let mut version = match newest.filter(|newest| newest.version == number) {
        Some(newest) => newest.clone(),
        None => match versions::get(&cx.client, &prompt.name, number).await {
            Ok(version) => version,
            Err(error) if error.is_missing() => return Err(no_version(prompt, number).into()),
            Err(error) => return Err(error.into()),
        },
    };
    version.aliases = aliases(prompt, &version.version);
    Ok(version)
}

/// The highest version: without stages it is the only one that a prompt comes with.
pub(crate) fn newest(prompt: &RegisteredModel) -> Option<&ModelVersion> {
    prompt.latest_versions.iter().max_by_key(|version| version.version.parse::<u64>().unwrap_or_default())
}

/// Those of a prompt's aliases that name a version.
pub(super) fn aliases(prompt: &RegisteredModel, version: &str) -> Vec<String> {
    let names = prompt.aliases.iter().filter(|alias| alias.version == version);
    names.map(|alias| alias.alias.clone()).collect()
}

/// The version that an alias names.
///
/// # Errors
/// The prompt has no such alias.
pub(super) fn named_by<'p>(prompt: &'p RegisteredModel, alias: &str) -> Result<&'p str, ToolError> {
    if let Some(known) = prompt.aliases.iter().find(|known| known.alias == alias) {
        return Ok(&known.version);
    }
    let names = prompt.aliases.iter().map(|known| known.alias.as_str());
    let hint = match suggestion(alias, "Its aliases", names) {
        hint if hint.is_empty() => "It has no aliases.".to_owned(),
        hint => hint,
    };
    let message = format!("RESOURCE_DOES_NOT_EXIST: prompt {:?} has no alias {alias:?}", prompt.name);
    Err(ToolError::new(Kind::NotFound, message, hint))
}

fn no_version(prompt: &RegisteredModel, number: &str) -> ToolError {
    let hint = match newest(prompt) {
        Some(newest) => format!("The newest is {}; search_prompt_versions lists all.", newest.version),
        None => "It has no versions.".to_owned(),
    };
    let message = format!("RESOURCE_DOES_NOT_EXIST: prompt {:?} has no version {number:?}", prompt.name);
    ToolError::new(Kind::NotFound, message, hint)
}

/// How a prompt is spoken of.
pub(super) fn named(prompt: &RegisteredModel) -> String {
    format!("prompt {}", quoted(&prompt.name))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_named_in_one_way() {
        let read = |name, version, alias| Which::read(name, version, alias);
        assert_eq!(read("greet", None, None).unwrap(), ("greet", Which::Newest));
        assert_eq!(read("greet", Some("2"), Some("")).unwrap(), ("greet", Which::Version("2")));
        assert_eq!(read("greet", None, Some("@prod")).unwrap(), ("greet", Which::Alias("prod")));
        assert_eq!(read("prompts:/greet/3", None, None).unwrap(), ("greet", Which::Version("3")));
        assert_eq!(read("prompts:/greet@Latest", None, None).unwrap(), ("greet", Which::Newest));
        assert_eq!(read("prompts:/greet", Some("3"), None).unwrap(), ("greet", Which::Version("3")));
        for (name, version, alias) in
            [("greet", Some("2"), Some("prod")), ("prompts:/greet/3", Some("3"), None)]
        {
            assert!(read(name, version, alias).unwrap_err().message.contains("more than once"));
        }
        assert_eq!((Which::named("7"), Which::named("@7")), (Which::Version("7"), Which::Alias("7")));
        assert_eq!((Which::named("prod"), Which::named("latest")), (Which::Alias("prod"), Which::Newest));
    }
}
