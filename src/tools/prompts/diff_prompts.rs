//! `diff_prompts`

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::find::{self, Which};
use super::template::Template;
use crate::mlflow::registry::prompts::{MODEL_CONFIG, RESPONSE_FORMAT, is_reserved};
use crate::mlflow::registry::versions::ModelVersion;
use crate::sorted::sorted;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::budget::size;
use crate::tool::cut::{clip, piece};
use crate::tool::{Budget, Context, Failure, Tool, ToolError};
use crate::tools::artifacts::line_diff::line_diff;

/// Compare two versions of a prompt: lines of the template, variables, model config, response format, tags.
#[derive(Deserialize, JsonSchema)]
pub struct DiffPrompts {
    /// The prompt.
    #[schemars(length(min = 1))]
    name: String,
    /// A version or alias.
    #[schemars(length(min = 1))]
    baseline: String,
    /// The version or alias that is compared with it; the newest if left out.
    source: Option<String>,
}

/// What differs.
#[derive(Default, Serialize, JsonSchema)]
pub struct Difference {
    name: String,
    /// Its version.
    baseline: String,
    /// Its version.
    source: String,
    /// The templates are the same.
    same_template: bool,
    /// Of the templates, in the unified format (diff -u); messages of a chat are below their roles.
    diff: String,
    lines_added: usize,
    lines_removed: usize,
    /// Only the source has them.
    variables_added: Vec<String>,
    /// Only the baseline has them.
    variables_removed: Vec<String>,
    /// type, model_config.KEY, response_format and tags.KEY that differ.
    changed: Vec<Changed>,
    /// Something is left out because the answer would be too long; `note` says what.
    truncated: bool,
    /// What to know about this difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// A setting that differs.
#[derive(Serialize, JsonSchema)]
pub struct Changed {
    key: String,
    /// Its value in the baseline; null if it has none.
    #[schemars(extend("x-nullable" = true))]
    baseline: Option<String>,
    /// Its value in the source.
    #[schemars(extend("x-nullable" = true))]
    source: Option<String>,
}

impl Tool for DiffPrompts {
    const SPEC: Spec = Spec {
        name: "diff_prompts",
        title: "Compare versions of a prompt",
        toolset: Toolset::Prompts,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Difference;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (name, which) = Which::read(&self.name, None, None)?;
        if which != Which::Newest {
            let message =
                "argument \"name\" must be a name only; \"baseline\" and \"source\" are the versions";
            return Err(ToolError::argument(message).into());
        }
        let prompt = find::prompt(cx, name).await?;
        let source = self.source.as_deref().filter(|source| !source.trim().is_empty());
        let source = source.map_or(Which::Newest, Which::named);
        let old = find::version(cx, &prompt, Which::named(&self.baseline)).await?;
        let new = find::version(cx, &prompt, source).await?;
        let found = Difference {
            name: prompt.name,
            baseline: old.version.clone(),
            source: new.version.clone(),
            ..Difference::default()
        };
        Ok(found.of(old, new, cx.budget)?)
    }
}

impl Difference {
    fn of(mut self, old: ModelVersion, new: ModelVersion, budget: Budget) -> Result<Self, ToolError> {
        let (old_template, new_template) = (Template::of(&old)?, Template::of(&new)?);
        let (before, after) = (old_template.variables(), new_template.variables());
        self.variables_added = after.difference(&before).cloned().collect();
        self.variables_removed = before.difference(&after).cloned().collect();
        self.changed = changed(&settings(&old_template, old.tags), &settings(&new_template, new.tags));
        self.same_template = old_template == new_template;
        let mut notes = Vec::new();
        let lists = [
            ("variables_added", &mut self.variables_added),
            ("variables_removed", &mut self.variables_removed),
        ];
        for (name, list) in lists {
            let gone = budget.share(8).keep(list);
            if gone > 0 {
                notes.push(format!("{name} has {} of {}.", list.len(), list.len() + gone));
            }
        }
        if size(&self.changed) > budget.share(4).characters() {
            for text in self.changed.iter_mut().flat_map(|one| [&mut one.baseline, &mut one.source]).flatten()
            {
                clip(text);
            }
            let gone = budget.share(4).keep(&mut self.changed);
            let fitting = self.changed.len();
            notes.push(format!("changed has {fitting} of {}; long values are cut.", fitting + gone));
        }
        let left = budget.minus(size(&self) + 200);
        notes.extend(self.lines(&old_template.into_text(), &new_template.into_text(), left));
        self.truncated = !notes.is_empty();
        self.note = (!notes.is_empty()).then(|| notes.join(" "));
        Ok(self)
    }

    /// Compares line by line; a sentence if that is not all.
    fn lines(&mut self, old: &str, new: &str, budget: Budget) -> Option<String> {
        let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        let Some(diff) = line_diff(&a, &b) else {
            return Some("The templates differ too much to be compared line by line.".to_owned());
        };
        (self.lines_added, self.lines_removed) = (diff.added, diff.removed);
        (self.diff, _) = piece(&diff.text, 0, budget.characters());
        if self.diff.len() < diff.text.len() {
            return Some("Only the beginning of the difference is shown; load_prompt has both.".to_owned());
        }
        let only_ends = diff.text.is_empty() && !self.same_template;
        only_ends.then(|| "The templates differ in line ends, or in what is no text, only.".to_owned())
    }
}

/// What a version has beside its template, as texts.
fn settings(template: &Template, mut tags: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut all = sorted([("type".to_owned(), template.kind().to_owned())]);
    if let Some(config) = tags.remove(MODEL_CONFIG) {
        match serde_json::from_str::<Map<String, Value>>(&config) {
            Ok(members) => {
                for (key, value) in members {
                    all.insert(format!("model_config.{key}"), value.to_string());
                }
            }
            Err(_) => {
                all.insert("model_config".to_owned(), config);
            }
        }
    }
    if let Some(format) = tags.remove(RESPONSE_FORMAT) {
        // The same JSON may be written in several ways.
        let format = serde_json::from_str(&format).map_or(format, |value: Value| value.to_string());
        all.insert("response_format".to_owned(), format);
    }
    for (key, value) in tags {
        if !is_reserved(&key) {
            all.insert(format!("tags.{key}"), value);
        }
    }
    all
}

fn changed(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Vec<Changed> {
    let mut keys = BTreeSet::new();
    keys.extend(old.keys().chain(new.keys()));
    let differing = keys.into_iter().filter(|key| old.get(*key) != new.get(*key));
    differing
        .map(|key| Changed {
            key: key.clone(),
            baseline: old.get(key).cloned(),
            source: new.get(key).cloned(),
        })
        .collect()
}
