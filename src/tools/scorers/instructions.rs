//! An LLM judge as `make_judge` of MLflow's own client makes it, serialized as its `Scorer.model_dump` does.

use serde_json::{Value, json};

use crate::tool::ToolError;
use crate::tools::prompts::template::variables;

/// What instructions can stand for.
const VARIABLES: [&str; 5] = ["inputs", "outputs", "trace", "expectations", "conversation"];

/// The model that MLflow's own client takes where none is named.
pub(super) const DEFAULT_MODEL: &str = "openai:/gpt-4.1-mini";

/// The first version whose form of a serialized scorer is known here in every member.
const KNOWN: (u64, u64) = (3, 17);

/// A judge.
pub(super) struct Judge<'a> {
    pub name: &'a str,
    pub instructions: &'a str,
    pub model: &'a str,
    pub description: Option<&'a str>,
}

impl Judge<'_> {
    /// That MLflow's own client would make it.
    ///
    /// # Errors
    /// What it would find fault with.
    pub(super) fn check(&self) -> Result<(), ToolError> {
        if self.name.trim().is_empty() {
            return Err(ToolError::argument("argument \"name\" is empty; nothing was changed"));
        }
        let named = self.variables();
        let wrong = |what: &str| {
            Err(ToolError::argument(format!("argument \"instructions\" {what}; nothing was changed")))
        };
        let all = VARIABLES.map(|name| format!("{{{{ {name} }}}}")).join(", ");
        if let Some(other) = named.iter().find(|name| !VARIABLES.contains(name)) {
            return wrong(&format!("has {{{{ {other} }}}}, and only {all} can be filled in"));
        }
        if named.is_empty() {
            return wrong(&format!("has none of {all}, so there would be nothing to judge"));
        }
        if self.session_level() && named.iter().any(|name| !["conversation", "expectations"].contains(name)) {
            return wrong("has {{ conversation }}, beside which only {{ expectations }} can be filled in");
        }
        match self.model.split_once(":/") {
            Some((provider, model)) if !provider.is_empty() && !model.trim_matches('/').is_empty() => Ok(()),
            _ if self.model == "databricks" => Ok(()),
            _ => Err(ToolError::argument(format!(
                "argument \"model\" is {:?} and must be provider:/model, for instance {DEFAULT_MODEL}; nothing was changed",
                self.model
            ))),
        }
    }

    /// Whether it judges conversations.
    pub(super) fn session_level(&self) -> bool {
        self.variables().contains(&"conversation")
    }

    fn variables(&self) -> Vec<&str> {
        variables(self.instructions).into_iter().map(|(_, name)| name).collect()
    }

    /// What a server of that version is given. Clients before 3.12 fail on members that they do not know, so an older
    /// server gets those only that there have been from the first on.
    pub(super) fn serialized(&self, mlflow_version: &str) -> Value {
        let mut parts = mlflow_version.split('.').map(|part| part.parse::<u64>().unwrap_or(0));
        let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        let mut data = json!({"instructions": self.instructions, "model": self.model});
        let mut scorer = json!({
            "name": self.name,
            "aggregations": [],
            "mlflow_version": mlflow_version,
            "serialization_version": 1,
        });
        if version < KNOWN {
            if let Some(description) = self.description {
                scorer["description"] = description.into();
            }
        } else {
            data["feedback_value_type"] = json!({"title": "Result", "type": "string"});
            scorer["description"] = json!(self.description);
            scorer["is_session_level_scorer"] = self.session_level().into();
            scorer["timeout"] = 0.into();
            for none in [
                "builtin_scorer_class",
                "builtin_scorer_pydantic_data",
                "call_source",
                "call_signature",
                "original_func_name",
                "memory_augmented_judge_data",
                "third_party_scorer_data",
                "ensemble_scorer_data",
            ] {
                scorer[none] = Value::Null;
            }
        }
        scorer["instructions_judge_pydantic_data"] = data;
        scorer
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn judge(instructions: &str) -> Judge<'_> {
        Judge { name: "polite", instructions, model: DEFAULT_MODEL, description: None }
    }

    #[test]
    fn instructions_are_held_to_what_mlflow_takes() {
        for fine in ["Is {{ outputs }} polite?", "{{conversation}} {{ expectations }}", "{{ trace }} {x}"] {
            assert!(judge(fine).check().is_ok(), "{fine}");
        }
        for (wrong, says) in [
            ("Is it polite?", "has none of {{ inputs }}"),
            ("{{ outputs }} {{ answer }}", "has {{ answer }}, and only {{ inputs }}"),
            ("{{ conversation }} {{ inputs }}", "beside which only {{ expectations }}"),
        ] {
            let error = judge(wrong).check().unwrap_err();
            assert!(error.message.contains(says) && error.message.contains("nothing was changed"), "{error}");
        }
        let model = Judge { model: "gpt-4", ..judge("{{ trace }}") };
        assert!(model.check().unwrap_err().message.contains("must be provider:/model"));
    }

    #[test]
    fn an_older_server_gets_what_its_clients_can_read() {
        let new = judge("{{ conversation }}").serialized("3.17.2");
        assert_eq!(
            (&new["is_session_level_scorer"], new.as_object().unwrap().len()),
            (&Value::Bool(true), 16)
        );
        let old = judge("{{ trace }}").serialized("3.9.0rc1");
        assert_eq!(old.as_object().unwrap().len(), 5);
        assert_eq!(old["instructions_judge_pydantic_data"].as_object().unwrap().len(), 2);
    }
}
