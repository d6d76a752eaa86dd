//! What a resource, a completion or a prompt of the registry shows, as the call of a tool that shows the same.
//!
//! What the policy says of that call holds here, too: a tool that is denied must not be got around.

use serde_json::{Map, Value, json};

use crate::spec::Spec;
use crate::tools;
use crate::uri::Uri;

/// The call of a tool.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The tool.
    pub spec: &'static Spec,
    /// Its arguments, as far as they are known.
    pub arguments: Map<String, Value>,
}

impl Reading {
    /// `None` if there is no such tool.
    fn by(tool: &str, arguments: &[(&str, &str)]) -> Option<Self> {
        let spec = tools::find(tool)?.spec;
        let arguments = arguments.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        Some(Self { spec, arguments })
    }

    /// What a resource shows.
    #[must_use]
    pub fn of(uri: &Uri) -> Option<Self> {
        match uri {
            Uri::Server => Self::by("health", &[]),
            // No tool takes an experiment's id alone; this one shows as much of any.
            Uri::Experiment(_) => Self::experiments(),
            Uri::ExperimentByName(name) => Self::by("get_experiment_by_name", &[("name", name)]),
            Uri::Run(id) => Self::by("get_run", &[("run_id", id)]),
            Uri::Artifact { run_id, path } => {
                Self::by("get_artifact_content", &[("run_id", run_id), ("artifact_path", path)])
            }
            Uri::RegisteredModel(name) => Self::registered_model(name),
            Uri::ModelVersion { name, version } => {
                Self::by("get_model_version", &[("model_name", name), ("version", version)])
            }
        }
    }

    /// A list of experiments.
    #[must_use]
    pub fn experiments() -> Option<Self> {
        Self::by("search_experiments", &[])
    }

    /// A list of runs, of one experiment or of all.
    #[must_use]
    pub fn runs(experiment_id: Option<&str>) -> Option<Self> {
        match experiment_id {
            Some(id) => Self::by("query_runs", &[("experiment_id", id)]),
            None => Self::by("query_runs", &[]),
        }
    }

    /// The prompts of the registry.
    #[must_use]
    pub fn prompts() -> Option<Self> {
        Self::by("search_prompts", &[])
    }

    /// A prompt of the registry with values.
    #[must_use]
    pub fn prompt(name: &str) -> Option<Self> {
        Self::by("render_prompt", &[("name", name)])
    }

    /// A list of registered models.
    #[must_use]
    pub fn registered_models() -> Option<Self> {
        Self::by("get_registered_models", &[])
    }

    /// A registered model.
    #[must_use]
    pub fn registered_model(name: &str) -> Option<Self> {
        Self::by("get_registered_model", &[("name", name)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::Effect;

    #[test]
    fn every_resource_and_list_is_a_read_that_exists_with_arguments_that_the_tool_has() {
        let text = String::new;
        let uris = [
            Uri::Server,
            Uri::Experiment(text()),
            Uri::ExperimentByName(text()),
            Uri::Run(text()),
            Uri::Artifact { run_id: text(), path: text() },
            Uri::RegisteredModel(text()),
            Uri::ModelVersion { name: text(), version: text() },
        ];
        let lists = [
            Reading::experiments(),
            Reading::runs(Some("7")),
            Reading::registered_models(),
            Reading::prompts(),
            Reading::prompt("greet"),
        ];
        for reading in uris.iter().map(Reading::of).chain(lists) {
            let reading = reading.unwrap_or_else(|| unreachable!("no such tool"));
            assert_eq!(reading.spec.effect, Effect::Read, "{}", reading.spec.name);
            let entry = tools::find(reading.spec.name).unwrap_or_else(|| unreachable!("no such tool"));
            let schema = entry.input_schema();
            for name in reading.arguments.keys() {
                assert!(schema["properties"].get(name).is_some(), "{} {name}", reading.spec.name);
            }
        }
    }
}
