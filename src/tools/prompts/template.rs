//! Templates of prompts: what their variables are, and what they are with values for them.
//!
//! A variable is `{{ name }}` or `{{ name.member }}`, by the pattern of MLflow's own client
//! (`PROMPT_TEMPLATE_VARIABLE_PATTERN`).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::{Map, Value};

use crate::mlflow::registry::prompts::{CHAT, TEXT, TYPE};
use crate::mlflow::registry::versions::ModelVersion;
use crate::tool::{Kind, ToolError};

/// A message of a chat: `role`, `content`, and what else it has.
pub(crate) type Message = Map<String, Value>;

/// A template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Template {
    /// One text.
    Text(String),
    /// Messages.
    Chat(Vec<Message>),
}

impl Template {
    /// The template of a version.
    ///
    /// # Errors
    /// It has none, or one of a chat that is no list of messages.
    pub(crate) fn of(version: &ModelVersion) -> Result<Self, ToolError> {
        let broken = |what: &str| {
            let message = format!("version {} of prompt {:?} {what}", version.version, version.name);
            ToolError::new(Kind::Unexpected, message, "get_model_version shows its tags.")
        };
        let text = version.tags.get(TEXT).ok_or_else(|| broken("has no template"))?;
        if version.tags.get(TYPE).is_none_or(|kind| kind != CHAT) {
            return Ok(Self::Text(text.clone()));
        }
        let messages = serde_json::from_str(text);
        messages.map(Self::Chat).map_err(|_| broken("is a chat whose template is no list of messages"))
    }

    /// `text` or `chat`.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Chat(_) => CHAT,
        }
    }

    /// The names of its variables.
    pub(crate) fn variables(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        self.each_text(&mut |text| {
            for (_, name) in variables(text) {
                names.insert(name.to_owned());
            }
        });
        names
    }

    /// Whether MLflow's own client takes it for a Jinja2 template: it has statements.
    pub(crate) fn is_jinja(&self) -> bool {
        let mut is_jinja = false;
        self.each_text(&mut |text| is_jinja |= text.contains("{%") && text.contains("%}"));
        is_jinja
    }

    /// With values in the place of variables. What looks like a variable in a value stays as it is.
    pub(crate) fn fill(&mut self, values: &BTreeMap<String, String>) {
        match self {
            Self::Text(text) => *text = filled(text, values),
            Self::Chat(messages) => {
                for content in messages.iter_mut().filter_map(|message| message.get_mut("content")) {
                    fill(content, values);
                }
            }
        }
    }

    /// The template as one text; the messages of a chat each below their role.
    pub(crate) fn into_text(self) -> String {
        let messages = match self {
            Self::Text(text) => return text,
            Self::Chat(messages) => messages,
        };
        let mut text = String::new();
        for mut message in messages {
            let mut part = |name: &str| match message.remove(name) {
                Some(Value::String(text)) => text,
                Some(other) => other.to_string(),
                None => String::new(),
            };
            let (role, content) = (part("role"), part("content"));
            text.push_str(&format!("[{role}]\n{content}\n"));
            if !message.is_empty() {
                text.push_str(&format!("{}\n", Value::Object(message)));
            }
        }
        text
    }

    fn each_text(&self, look: &mut dyn FnMut(&str)) {
        match self {
            Self::Text(text) => look(text),
            Self::Chat(messages) => {
                messages
                    .iter()
                    .filter_map(|message| message.get("content"))
                    .for_each(|part| each(part, look));
            }
        }
    }
}

/// Every text in a message's content, which may be a list of parts.
fn each(value: &Value, look: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => look(text),
        Value::Array(parts) => parts.iter().for_each(|part| each(part, look)),
        Value::Object(members) => members.values().for_each(|member| each(member, look)),
        _ => {}
    }
}

fn fill(value: &mut Value, values: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => *text = filled(text, values),
        Value::Array(parts) => parts.iter_mut().for_each(|part| fill(part, values)),
        Value::Object(members) => members.values_mut().for_each(|member| fill(member, values)),
        _ => {}
    }
}

fn filled(text: &str, values: &BTreeMap<String, String>) -> String {
    let (mut out, mut from) = (String::new(), 0);
    for (place, name) in variables(text) {
        if let Some(value) = values.get(name) {
            out.push_str(text.get(from..place.start).unwrap_or_default());
            out.push_str(value);
            from = place.end;
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// The variables of a text, with where they stand.
pub(crate) fn variables(text: &str) -> Vec<(Range<usize>, &str)> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(rest) = text.get(from..)
        && let Some(at) = rest.find("{{")
    {
        let start = from + at;
        match text.get(start..).and_then(variable) {
            Some((name, length)) => {
                from = start + length;
                found.push((start..from, name));
            }
            // Of "{{{name}}" the second and third brace open it.
            None => from = start + 1,
        }
    }
    found
}

/// The variable that the text begins with, and how long it is with its braces.
fn variable(text: &str) -> Option<(&str, usize)> {
    let inner = text.strip_prefix("{{")?.trim_start();
    let end = inner
        .find(|character: char| !character.is_ascii_alphanumeric() && !matches!(character, '_' | '.'))?;
    let (name, rest) = inner.split_at_checked(end)?;
    let rest = rest.trim_start().strip_prefix("}}")?;
    let begins = |first: char| first.is_ascii_alphabetic() || first == '_';
    name.split('.').all(|part| part.starts_with(begins)).then_some((name, text.len() - rest.len()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(text: &str) -> Vec<String> {
        Template::Text(text.to_owned()).variables().into_iter().collect()
    }

    #[test]
    fn variables_are_those_that_mlflow_sees() {
        assert_eq!(names("{{b}} {{ a_1 }} {{\n user.name\t}} {{{c}}} {{b}}"), ["a_1", "b", "c", "user.name"]);
        let none =
            ["{{ }}", "{{1a}}", "{{a.}}", "{{.a}}", "{{a b}}", "{{a|upper}}", "{a}", "{{a}", "{{ä}}", "{{a"];
        for text in none {
            assert!(names(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn values_are_put_in_once_and_nothing_else_is_touched() {
        let values =
            BTreeMap::from([("a".to_owned(), "{{b}} \\1".to_owned()), ("b".to_owned(), "ü".to_owned())]);
        let mut text = Template::Text("{{ a }}, {{b}}: {{c}} {{{b}}}".to_owned());
        text.fill(&values);
        assert_eq!(text, Template::Text("{{b}} \\1, ü: {{c}} {ü}".to_owned()));
        let messages = json!([{"role": "user", "name": "{{b}}", "content": [{"text": "{{b}}!"}]}]);
        let mut chat = Template::Chat(serde_json::from_value(messages).unwrap());
        assert_eq!(chat.variables(), BTreeSet::from(["b".to_owned()]));
        chat.fill(&values);
        let expected = json!([{"role": "user", "name": "{{b}}", "content": [{"text": "ü!"}]}]);
        assert_eq!(chat, Template::Chat(serde_json::from_value(expected).unwrap()));
        assert_eq!(chat.into_text(), "[user]\n[{\"text\":\"ü!\"}]\n{\"name\":\"{{b}}\"}\n");
    }
}
