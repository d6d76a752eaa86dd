//! Scorers as answers show them.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::mlflow::python_json::json;
use crate::mlflow::scorers::Scorer;

/// A version of a scorer in a list.
#[derive(Serialize, JsonSchema)]
pub struct ScorerRecord {
    /// Its name in the experiment.
    pub name: String,
    /// Counted from 1.
    pub version: i64,
    /// instructions (an LLM judge), guidelines, builtin, decorator (code), memory_augmented, third_party or ensemble.
    pub kind: &'static str,
    /// For people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The LLM that judges, for instance openai:/gpt-4.1-mini.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether it judges conversations, not single traces.
    pub session_level: bool,
    /// Epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub creation_time: Option<i64>,
}

/// The member of a serialized scorer that each kind has.
const KINDS: [(&str, &str); 6] = [
    ("instructions_judge_pydantic_data", "instructions"),
    ("builtin_scorer_pydantic_data", "builtin"),
    ("call_source", "decorator"),
    ("memory_augmented_judge_data", "memory_augmented"),
    ("third_party_scorer_data", "third_party"),
    ("ensemble_scorer_data", "ensemble"),
];

/// What a scorer is made of.
pub(super) struct Parts {
    pub record: ScorerRecord,
    /// What an LLM is told.
    pub instructions: Option<String>,
    /// All else that it says of itself, without what is null.
    pub rest: Map<String, Value>,
}

impl Parts {
    pub(super) fn of(scorer: &Scorer) -> Self {
        let said = json(&scorer.serialized_scorer).unwrap_or_default();
        let mut said = match said {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        said.retain(|_, value| !value.is_null());
        let found = KINDS.into_iter().find(|(member, _)| said.contains_key(*member));
        let (member, mut kind) = found.unwrap_or(("", "unknown"));
        if kind == "builtin" && said.get("builtin_scorer_class").and_then(Value::as_str) == Some("Guidelines")
        {
            kind = "guidelines";
        }
        let data = said.get_mut(member).and_then(Value::as_object_mut);
        let (mut model, mut instructions) = (None, None);
        if let Some(data) = data {
            data.retain(|_, value| !value.is_null());
            model = text(data, "model");
            if kind == "instructions" {
                instructions = text(data, "instructions");
            }
        }
        let description = text(&mut said, "description");
        let session_level = said.remove("is_session_level_scorer") == Some(Value::Bool(true));
        said.remove("name");
        let record = ScorerRecord {
            name: scorer.scorer_name.clone(),
            version: scorer.scorer_version,
            kind,
            description,
            model,
            session_level,
            creation_time: scorer.creation_time,
        };
        Self { record, instructions, rest: said }
    }
}

fn text(members: &mut Map<String, Value>, name: &str) -> Option<String> {
    match members.remove(name)? {
        Value::String(text) => Some(text),
        other => {
            members.insert(name.to_owned(), other);
            None
        }
    }
}
