//! What makes runs a group.

use crate::mlflow::runs::Run;
use crate::tool::ToolError;
use crate::tool::nearest::suggestion;

/// The attributes that runs can be grouped by.
const ATTRIBUTES: [&str; 4] = ["status", "user_id", "run_name", "experiment_id"];

/// The most that a group is made by.
const MOST: usize = 5;

/// One thing that runs have in common.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Label {
    Param(String),
    Tag(String),
    Attribute(&'static str),
}

/// Reads `params.model`, `tags.team` or an attribute.
///
/// # Errors
/// There is no such thing, or there are too many.
pub(super) fn labels(group_by: &[String]) -> Result<Vec<Label>, ToolError> {
    if group_by.len() > MOST {
        let message =
            format!("argument \"group_by\" has {} items, and at most {MOST} make a group", group_by.len());
        return Err(ToolError::argument(message));
    }
    group_by.iter().map(|text| label(text.trim())).collect()
}

fn label(text: &str) -> Result<Label, ToolError> {
    let name = |name: &str| name.trim_matches('`').to_owned();
    if let Some(param) = text.strip_prefix("params.") {
        return Ok(Label::Param(name(param)));
    }
    if let Some(tag) = text.strip_prefix("tags.") {
        return Ok(Label::Tag(name(tag)));
    }
    let plain = text.strip_prefix("attributes.").unwrap_or(text);
    let attribute = ATTRIBUTES.into_iter().find(|attribute| *attribute == plain).ok_or_else(|| {
        let valid = suggestion(plain, "Attributes", ATTRIBUTES);
        ToolError::argument(format!(
            "argument \"group_by\" has {text:?}, by which runs cannot be grouped. Write params.{plain} or tags.{plain} \
             for a param or a tag. {valid}"
        ))
    })?;
    Ok(Label::Attribute(attribute))
}

impl Label {
    /// What a run has for it.
    pub(super) fn of(&self, run: &Run) -> Option<String> {
        let info = &run.info;
        match self {
            Self::Param(name) => run.data.params.get(name).cloned(),
            Self::Tag(name) => run.data.tags.get(name).cloned(),
            Self::Attribute("status") => Some(info.status.clone()),
            Self::Attribute("user_id") => Some(info.user_id.clone()),
            Self::Attribute("run_name") => Some(info.run_name.clone()),
            Self::Attribute(_) => Some(info.experiment_id.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_makes_a_group_is_written_as_in_filters() {
        assert_eq!(label("params.`a b`"), Ok(Label::Param("a b".to_owned())));
        assert_eq!(label("tags.mlflow.user"), Ok(Label::Tag("mlflow.user".to_owned())));
        assert_eq!(label("attributes.status"), Ok(Label::Attribute("status")));
        let error = label("model").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("params.model or tags.model") && error.contains("\"user_id\""), "{error}");
    }
}
