//! As much of a template as an answer holds, and where it goes on.

use serde_json::Value;

use super::template::{Message, Template};
use crate::tool::budget::size;
use crate::tool::cut::piece;
use crate::tool::{Budget, ToolError};

/// A part of a template.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) text: Option<String>,
    pub(super) messages: Option<Vec<Message>>,
    /// The character, or the message of a chat, that comes next.
    pub(super) next_offset: Option<usize>,
    /// Of a message that is cut.
    pub(super) note: Option<String>,
}

impl Shown {
    /// Whether it is not all that comes.
    pub(super) fn is_cut(&self) -> bool {
        self.next_offset.is_some() || self.note.is_some()
    }
}

/// What is shown from a character, or a message of a chat, on.
///
/// # Errors
/// It ends before.
pub(super) fn show(template: Template, offset: usize, budget: Budget) -> Result<Shown, ToolError> {
    match template {
        Template::Text(text) => from_character(&text, offset, budget),
        Template::Chat(messages) => from_message(messages, offset, budget),
    }
}

fn from_character(text: &str, offset: usize, budget: Budget) -> Result<Shown, ToolError> {
    let all = text.chars().count();
    if offset > 0 && offset >= all {
        return Err(beyond(all, "characters"));
    }
    let (part, length) = piece(text, offset, budget.characters());
    let next_offset = Some(offset + length).filter(|next| *next < all);
    Ok(Shown { text: Some(part), next_offset, ..Shown::default() })
}

fn from_message(mut messages: Vec<Message>, offset: usize, budget: Budget) -> Result<Shown, ToolError> {
    let all = messages.len();
    if offset > 0 && offset >= all {
        return Err(beyond(all, "messages"));
    }
    messages.drain(..offset);
    let (fitting, mut note) = (budget.fitting(&messages), None);
    if fitting == 0
        && let Some(message) = messages.first_mut()
    {
        let content = match message.remove("content") {
            Some(Value::String(text)) => text,
            other => other.unwrap_or_default().to_string(),
        };
        let (part, _) = piece(&content, 0, budget.minus(size(message)).share(2).characters());
        note = Some(format!(
            "Message {offset} is too long: this is the beginning of its {} characters.",
            content.chars().count()
        ));
        let role = message.remove("role").unwrap_or_default();
        message.clear();
        message.insert("role".to_owned(), role);
        message.insert("content".to_owned(), Value::String(part));
    }
    messages.truncate(fitting.max(1));
    let next = offset + messages.len();
    Ok(Shown { messages: Some(messages), next_offset: (next < all).then_some(next), note, text: None })
}

fn beyond(all: usize, what: &str) -> ToolError {
    ToolError::argument(format!("argument \"offset\" is too large: there are {all} {what}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_of_a_text_add_up_to_it() {
        let text = "ü\"\n".repeat(1_000);
        let (mut whole, mut offset, mut parts) = (String::new(), Some(0), 0);
        while let Some(from) = offset {
            let shown = show(Template::Text(text.clone()), from, Budget::of_items(1_000)).unwrap();
            let part = shown.text.unwrap();
            assert!(!part.is_empty() && size(&part) <= 1_000);
            whole.push_str(&part);
            (offset, parts) = (shown.next_offset, parts + 1);
        }
        assert_eq!(whole, text);
        assert!(parts > 4);
        assert!(show(Template::Text(text), 3_000, Budget::of_items(9)).is_err());
        assert_eq!(show(Template::Text(String::new()), 0, Budget::of_items(9)).unwrap().text.unwrap(), "");
    }

    #[test]
    fn messages_are_shown_whole_or_said_to_be_cut() {
        let message = |content: &str| json!({"role": "user", "content": content});
        let messages = json!([message("a"), message(&"b".repeat(2_000)), message("c")]);
        let chat = || Template::Chat(serde_json::from_value(messages.clone()).unwrap());
        let budget = Budget::of_items(500);
        let first = show(chat(), 0, budget).unwrap();
        assert_eq!((first.messages.unwrap().len(), first.next_offset), (1, Some(1)));
        assert_eq!(first.note, None);
        let second = show(chat(), 1, budget).unwrap();
        assert!(size(&second.messages.unwrap()) <= 500);
        assert!(second.note.unwrap().contains("2000 characters"));
        assert_eq!(second.next_offset, Some(2));
        assert_eq!(show(chat(), 2, budget).unwrap().next_offset, None);
        assert!(show(chat(), 3, budget).is_err());
    }
}
