//! What a model needs to run: requirements.txt, python_env.yaml and conda.yaml beside its file MLmodel.

use serde_json::Value;

use crate::tool::{Context, Failure};
use crate::tools::artifacts::content::{Content, decode};
use crate::tools::artifacts::document;
use crate::tools::artifacts::place::Place;

/// The most of requirements.txt that is read, in bytes: longer ones hold something else.
const LENGTH: u64 = 256 << 10;

/// What a model needs.
#[derive(Default)]
pub(super) struct Requirements {
    /// As pip reads them.
    pub lines: Vec<String>,
    /// The version of Python.
    pub python: Option<String>,
}

/// What the files beside `mlmodel` say. conda.yaml is read only where the others leave something open: it repeats them.
pub(super) async fn requirements(cx: &Context<'_>, mlmodel: &Place) -> Result<Requirements, Failure> {
    let files = mlmodel.siblings(cx).await?;
    let named = |name: &str| {
        let found = files.iter().find(|file| !file.is_dir && file.path.rsplit('/').next() == Some(name));
        found.map(|file| mlmodel.at(&file.path))
    };
    let mut needs = Requirements::default();
    if let Some(mut place) = named("requirements.txt") {
        let part = place.read(cx, 0, LENGTH).await?;
        if let Content::Text { text, .. } = decode(&part.bytes, true, part.total <= LENGTH) {
            needs.lines =
                text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        }
    }
    if let Some(mut place) = named("python_env.yaml") {
        let (environment, _) = document::read(cx, &mut place).await?;
        needs.python = version(&environment["python"]);
    }
    if (needs.lines.is_empty() || needs.python.is_none())
        && let Some(mut place) = named("conda.yaml")
    {
        let (environment, _) = document::read(cx, &mut place).await?;
        needs.complete(&environment);
    }
    Ok(needs)
}

impl Requirements {
    /// From `dependencies` of conda.yaml: packages of conda, and a list for pip among them.
    fn complete(&mut self, conda: &Value) {
        let empty = self.lines.is_empty();
        for dependency in conda["dependencies"].as_array().into_iter().flatten() {
            if self.python.is_none()
                && let Some(python) = dependency.as_str().and_then(|text| text.strip_prefix("python="))
            {
                self.python = Some(python.trim_start_matches('=').to_owned());
            }
            if empty {
                let lines = dependency["pip"].as_array().into_iter().flatten();
                self.lines.extend(lines.filter_map(Value::as_str).map(str::to_owned));
            }
        }
    }
}

/// A version that YAML may take for a number.
fn version(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn conda_s_file_completes_what_is_left_open() {
        let conda = json!({"dependencies": ["python=3.9.2", "pip<=21", {"pip": ["mlflow==2.1", "numpy"]}]});
        let mut needs = Requirements::default();
        needs.complete(&conda);
        assert_eq!(
            (needs.lines, needs.python.as_deref()),
            (vec!["mlflow==2.1".into(), "numpy".into()], Some("3.9.2"))
        );
        let mut known = Requirements { lines: vec!["mlflow".into()], python: None };
        known.complete(&conda);
        assert_eq!((known.lines, known.python.as_deref()), (vec!["mlflow".into()], Some("3.9.2")));
    }
}
