//! What a prompt is: a name, arguments, and the text that they make. A person picks it; a model follows it.

use std::collections::BTreeMap;

use crate::mcp::types::PromptArgument;

/// A prompt of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Prompt {
    /// `verb_noun`, as clients call it.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// What a person gets.
    pub description: &'static str,
    /// In the order in which clients ask for them.
    pub arguments: &'static [PromptArgument],
    /// The message, from arguments that are there if they are required.
    pub text: fn(&Given) -> String,
}

/// Argument values by name.
#[derive(Clone, Debug, Default)]
pub struct Given(BTreeMap<String, String>);

impl Prompt {
    /// The message for these arguments.
    ///
    /// # Errors
    /// Names the argument that is missing or unknown.
    pub fn render(&self, given: BTreeMap<String, String>) -> Result<String, String> {
        let known = |name: &str| self.arguments.iter().any(|argument| argument.name == name);
        if let Some(name) = given.keys().find(|name| !known(name)) {
            return Err(format!("prompt {:?} has no argument {name:?}", self.name));
        }
        let empty = |name: &str| given.get(name).is_none_or(|value| value.trim().is_empty());
        if let Some(argument) =
            self.arguments.iter().find(|argument| argument.required && empty(&argument.name))
        {
            return Err(format!("argument {:?} is missing: {}", argument.name, argument.description));
        }
        Ok((self.text)(&Given(given)))
    }
}

impl Given {
    /// The value of an argument, or nothing.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    /// A list, as people and clients write it: `a, b`, one per line, or JSON.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        let text = self.get(name);
        if let Ok(items) = serde_json::from_str::<Vec<String>>(text) {
            return items;
        }
        let separators = |c: char| c == ',' || c.is_whitespace();
        text.split(separators).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }
}
