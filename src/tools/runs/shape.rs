//! How much of each run is shown.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::record::RunRecord;
use crate::sorted::set;
use crate::tool::ToolError;
use crate::tool::nearest::suggestion;

/// The members of a run, as [`RunRecord`] has them.
const MEMBERS: [&str; 11] = [
    "run_id",
    "run_name",
    "experiment_id",
    "status",
    "start_time",
    "end_time",
    "user_id",
    "lifecycle_stage",
    "metrics",
    "params",
    "tags",
];
const CONCISE: [&str; 6] = ["run_id", "run_name", "status", "start_time", "metrics", "params"];

/// The arguments that say how much of each run is shown.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub(crate) struct Shape {
    /// Only these of each run, for instance ["run_name", "metrics.loss", "params"].
    #[serde(default)]
    pub(crate) fields: Vec<String>,
    /// concise leaves out tags, user and the like.
    pub(crate) response_format: Option<Format>,
}

/// How much, by one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    Concise,
    Detailed,
}

/// A run, or the part of it that was asked for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Row(#[schemars(with = "RunRecord")] Map<String, Value>);

/// What is shown of each run.
#[derive(Debug)]
pub(crate) struct Selection {
    members: BTreeSet<&'static str>,
    metrics: Names,
    params: Names,
    tags: Names,
}

/// Those names, or all if there are none.
type Names = BTreeSet<String>;

impl Shape {
    /// What is asked for; `format` counts where nothing is.
    ///
    /// # Errors
    /// A field that no run has.
    pub(crate) fn selection(&self, format: Format) -> Result<Selection, ToolError> {
        let members = match self.response_format.unwrap_or(format) {
            Format::Concise => set(CONCISE),
            Format::Detailed => set(MEMBERS),
        };
        let none = BTreeSet::new;
        let mut selection = Selection { members, metrics: none(), params: none(), tags: none() };
        if !self.fields.is_empty() {
            selection.members = set(["run_id"]);
            let mut whole = BTreeSet::new();
            for field in &self.fields {
                whole.extend(selection.add(field)?);
            }
            // A whole member wins over names in it.
            for member in whole {
                selection.names(member).map(Names::clear);
            }
        }
        Ok(selection)
    }
}

impl Selection {
    /// Adds a field; the member, if the whole of it was meant.
    fn add(&mut self, field: &str) -> Result<Option<&'static str>, ToolError> {
        let known = |name: &str| MEMBERS.into_iter().find(|member| *member == name);
        if let Some(member) = known(field) {
            self.members.insert(member);
            return Ok(Some(member));
        }
        if let Some((member, name)) = field.split_once('.')
            && let Some(names) = self.names(member)
        {
            names.insert(name.trim_matches('`').to_owned());
            self.members.extend(known(member));
            return Ok(None);
        }
        let valid = suggestion(field, "Fields", MEMBERS);
        let problem = format!("argument \"fields\" has {field:?}, which is no field of a run. {valid}");
        Err(ToolError::argument(format!("{problem} A dot takes one of them: \"metrics.loss\".")))
    }

    fn names(&mut self, member: &str) -> Option<&mut Names> {
        match member {
            "metrics" => Some(&mut self.metrics),
            "params" => Some(&mut self.params),
            "tags" => Some(&mut self.tags),
            _ => None,
        }
    }

    /// The run without what is not shown.
    pub(crate) fn of(&self, mut run: RunRecord) -> RunRecord {
        let shown = |member, names: &Names, name: &str| {
            self.members.contains(member) && (names.is_empty() || names.contains(name))
        };
        run.metrics.retain(|name, _| shown("metrics", &self.metrics, name));
        run.params.retain(|name, _| shown("params", &self.params, name));
        run.tags.retain(|name, _| shown("tags", &self.tags, name));
        run
    }

    /// The run as it is sent.
    pub(crate) fn row(&self, run: &RunRecord) -> Row {
        let mut members = match serde_json::to_value(run) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        members.retain(|name, _| name == "omitted" || self.members.contains(name.as_str()));
        Row(members)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mlflow::number::Number;
    use crate::tool::cut::Omitted;

    fn run() -> RunRecord {
        RunRecord {
            run_id: "r".into(),
            run_name: "n".into(),
            experiment_id: "1".into(),
            status: "FINISHED".into(),
            start_time: Some(1),
            end_time: None,
            user_id: "u".into(),
            lifecycle_stage: "active".into(),
            metrics: [("loss".into(), Number(0.5)), ("val.auc".into(), Number(0.9))].into(),
            params: [("lr".into(), "0.1".into())].into(),
            tags: [("team".into(), "nlp".into())].into(),
            omitted: Omitted::new(),
        }
    }

    fn shown(shape: Value) -> Value {
        let shape: Shape = serde_json::from_value(shape).unwrap();
        let selection = shape.selection(Format::Detailed).unwrap();
        json!(selection.row(&selection.of(run())))
    }

    #[test]
    fn without_a_word_all_members_are_shown() {
        let all = shown(json!({}));
        let names: Vec<&str> = all.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, MEMBERS);
        assert_eq!(all, json!(run()));
    }

    #[test]
    fn concise_keeps_what_tells_runs_apart() {
        let concise = shown(json!({"response_format": "concise"}));
        assert_eq!(concise["params"], json!({"lr": "0.1"}));
        assert_eq!(concise.as_object().unwrap().len(), CONCISE.len());
    }

    #[test]
    fn fields_take_whole_members_or_names_in_them() {
        let some = shown(json!({"fields": ["run_name", "metrics.val.auc"]}));
        assert_eq!(some, json!({"run_id": "r", "run_name": "n", "metrics": {"val.auc": 0.9}}));
        let both = shown(json!({"fields": ["metrics", "metrics.`loss`"]}));
        assert_eq!(both["metrics"], json!({"loss": 0.5, "val.auc": 0.9}));
    }

    #[test]
    fn a_field_that_no_run_has_is_named_with_those_there_are() {
        let shape = Shape { fields: vec!["metric".into()], response_format: None };
        let error = shape.selection(Format::Detailed).unwrap_err().to_string();
        assert!(error.contains("\"fields\" has \"metric\"") && error.contains("\"metrics\""), "{error}");
        let shape = Shape { fields: vec!["status.x".into()], response_format: None };
        assert!(shape.selection(Format::Detailed).is_err());
    }
}
