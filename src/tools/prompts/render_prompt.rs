//! `render_prompt`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::find::{self, Which};
use super::shown::show;
use super::template::{Message, Template};
use crate::mlflow::registry::versions::ModelVersion;
use crate::spec::{Effect, Spec, Toolset};
use crate::tool::nearest::nearest;
use crate::tool::{Context, Failure, Kind, Tool, ToolError};

/// Put values into a prompt's template, as PromptVersion.format does: text, or messages of a chat.
#[derive(Deserialize, JsonSchema)]
pub struct RenderPrompt {
    /// The prompt; or prompts:/NAME/VERSION, prompts:/NAME@ALIAS.
    #[schemars(length(min = 1))]
    name: String,
    /// A value for each variable, for instance {"question": "Why?"}.
    #[serde(default)]
    variables: BTreeMap<String, String>,
    /// The version; the newest if left out.
    version: Option<String>,
    /// Or its alias.
    alias: Option<String>,
    /// Of a long one: the `next_offset` of the last answer.
    #[serde(default)]
    #[schemars(range(min = 0))]
    offset: usize,
}

/// The prompt with values.
#[derive(Serialize, JsonSchema)]
pub struct Rendered {
    name: String,
    version: String,
    /// Of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    /// Of a chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<BTreeMap<String, Value>>>")]
    messages: Option<Vec<Message>>,
    /// It goes on: call again with `next_offset`.
    truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    /// Of a message that is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

impl Tool for RenderPrompt {
    const SPEC: Spec = Spec {
        name: "render_prompt",
        title: "Render a prompt",
        toolset: Toolset::Prompts,
        effect: Effect::Read,
        progress: false,
    };

    type Output = Rendered;

    async fn call(self, cx: &Context<'_>) -> Result<Self::Output, Failure> {
        let (name, which) = Which::read(&self.name, self.version.as_deref(), self.alias.as_deref())?;
        let (version, template) =
            rendered(cx, name, which, &self.variables, "argument \"variables\"").await?;
        let shown = show(template, self.offset, cx.budget)?;
        Ok(Rendered {
            name: version.name,
            version: version.version,
            truncated: shown.is_cut(),
            text: shown.text,
            messages: shown.messages,
            next_offset: shown.next_offset,
            note: shown.note,
        })
    }
}

/// A version of a prompt with values for its variables; `given` is what the caller calls those.
///
/// # Errors
/// There is no such version, it is a Jinja2 template, or the values are not those of its variables.
pub(crate) async fn rendered(
    cx: &Context<'_>,
    name: &str,
    which: Which<'_>,
    values: &BTreeMap<String, String>,
    given: &str,
) -> Result<(ModelVersion, Template), Failure> {
    let prompt = find::prompt(cx, name).await?;
    let version = find::version(cx, &prompt, which).await?;
    let mut template = Template::of(&version)?;
    if template.is_jinja() {
        let message = format!(
            "version {} of prompt {name:?} is a Jinja2 template, which is not rendered here",
            version.version
        );
        let hint = "load_prompt has the template; mlflow.genai.load_prompt(...).format(...) renders it.";
        return Err(ToolError::new(Kind::Refused, message, hint).into());
    }
    fits(&template, values, given)?;
    template.fill(values);
    Ok((version, template))
}

/// Every variable has a value, and every value a variable.
fn fits(template: &Template, values: &BTreeMap<String, String>, given: &str) -> Result<(), ToolError> {
    let known = template.variables();
    let missing: Vec<String> =
        known.iter().filter(|name| !values.contains_key(*name)).map(|name| format!("{name:?}")).collect();
    let unknown: Vec<String> = values
        .keys()
        .filter(|name| !known.contains(*name))
        .map(|name| match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => format!("{name:?} (did you mean {near:?}?)"),
            None => format!("{name:?}"),
        })
        .collect();
    let problem = match (missing.join(", "), unknown.join(", ")) {
        (missing, unknown) if missing.is_empty() && unknown.is_empty() => return Ok(()),
        (missing, unknown) if unknown.is_empty() => format!("lacks {missing}"),
        (missing, unknown) if missing.is_empty() => format!("has what the template does not: {unknown}"),
        (missing, unknown) => format!("lacks {missing}, and has what the template does not: {unknown}"),
    };
    let names = known.into_iter().collect::<Vec<_>>().join(", ");
    let hint = match names.is_empty() {
        true => "The template has no variables.".to_owned(),
        false => format!("Its variables: {names}."),
    };
    Err(ToolError::new(Kind::Argument, format!("{given} {problem}"), hint))
}
