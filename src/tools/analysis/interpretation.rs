//! What a text that stands for runs may be.

use crate::mlflow::filter;
use crate::tool::ToolError;

/// One thing that a text may be, and the filter that finds its runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interpretation {
    pub(super) name: &'static str,
    pub(super) filter: String,
}

/// A version of a registered model, as texts name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Model<'a> {
    Alias {
        name: &'a str,
        alias: &'a str,
    },
    Version {
        name: &'a str,
        version: &'a str,
    },
    /// An alias of any model.
    AnyAlias(&'a str),
}

/// All that a text may be, the surest first.
///
/// # Errors
/// No filter can say the text.
pub(super) fn interpretations(text: &str) -> Result<Vec<Interpretation>, ToolError> {
    let string = |text: &str| {
        filter::string(text).map_err(|_| {
            ToolError::argument(format!(
                "argument \"query\" {text:?} has both ' and \", and MLflow's filters have no escape character: leave one out"
            ))
        })
    };
    let (whole, beginning, part) =
        (string(text)?, string(&format!("{text}%"))?, string(&format!("%{text}%"))?);
    let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut found = Vec::new();
    let mut add = |name, filter: String| found.push(Interpretation { name, filter });
    match text.len() {
        32 if hex => add("run id", format!("attributes.run_id = {whole}")),
        4..32 if hex => add("beginning of a run id", format!("attributes.run_id LIKE {beginning}")),
        _ => {}
    }
    if let Some((key, value)) = text.split_once('=')
        && let (Ok(key), value) = (filter::key(key.trim()), string(value.trim())?)
    {
        add("tag", format!("tags.{key} = {value}"));
        add("param", format!("params.{key} = {value}"));
    }
    add("invocation id", format!("tags.`invocation_id` = {whole}"));
    if hex && (7..=40).contains(&text.len()) {
        add("git commit", format!("tags.`mlflow.source.git.commit` LIKE {beginning}"));
    }
    add("run name", format!("attributes.run_name = {whole}"));
    add("user", format!("attributes.user_id = {whole}"));
    add("dataset digest", format!("dataset.digest = {whole}"));
    add("dataset name", format!("dataset.name = {whole}"));
    add("part of a run name", format!("attributes.run_name ILIKE {part}"));
    Ok(found)
}

/// The version that a text names, or may name.
pub(super) fn model(text: &str) -> Option<Model<'_>> {
    let (uri, rest) = text.strip_prefix("models:/").map_or((false, text), |rest| (true, rest));
    match (rest.rsplit_once('@'), rest.rsplit_once('/')) {
        (Some((name, alias)), _) if !name.is_empty() && !alias.is_empty() => {
            Some(Model::Alias { name, alias })
        }
        (_, Some((name, version))) if uri || version.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(Model::Version { name, version })
        }
        (None, None) if !uri && rest.len() < 64 => Some(Model::AnyAlias(rest)),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        interpretations(text).unwrap().into_iter().map(|one| one.name).collect()
    }

    #[test]
    fn a_text_is_what_it_can_be() {
        let any =
            ["invocation id", "run name", "user", "dataset digest", "dataset name", "part of a run name"];
        assert_eq!(names("trial 3"), any);
        assert_eq!(names(&"a".repeat(32))[..3], ["run id", "invocation id", "git commit"]);
        assert_eq!(names("a1f0c3d95e7b2846")[..3], ["beginning of a run id", "invocation id", "git commit"]);
        assert_eq!(names("team = nlp")[..2], ["tag", "param"]);
        let tag = interpretations("it's=\"so\"").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(tag.contains("no escape character"), "{tag}");
    }

    #[test]
    fn versions_are_named_by_alias_and_by_number() {
        assert_eq!(model("models:/churn@champion"), Some(Model::Alias { name: "churn", alias: "champion" }));
        assert_eq!(model("churn@champion"), Some(Model::Alias { name: "churn", alias: "champion" }));
        assert_eq!(model("models:/a/b/3"), Some(Model::Version { name: "a/b", version: "3" }));
        assert_eq!(model("champion"), Some(Model::AnyAlias("champion")));
        assert_eq!(model("val/loss"), None);
    }
}
