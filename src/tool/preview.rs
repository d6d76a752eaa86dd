//! What a person reads before a call is made. Names in it were written by whoever logged them, so they are quoted, cannot
//! pretend to be something else, and are cut.

use serde_json::{Map, Value};

use super::cut::beginning;

/// The longest name, value of an argument, and line of arguments, in characters: no argument hides the next.
const NAME: usize = 120;
const VALUE: usize = 300;
const ARGUMENTS: usize = 2_000;

/// A name from MLflow.
#[must_use]
pub fn quoted(name: &str) -> String {
    format!("{:?}", beginning(name, NAME))
}

/// So many of a kind: `1 run`, `2 runs`; with `more`, at least so many.
#[must_use]
pub fn counted(count: usize, more: bool, one: &str) -> String {
    let many = if count == 1 && !more { "" } else { "s" };
    format!("{}{count} {one}{many}", if more { "at least " } else { "" })
}

/// The argument that nobody is shown.
const SECRET: &str = "secret";

/// The call itself, but for a secret.
#[must_use]
pub fn call(tool: &str, arguments: &Map<String, Value>) -> String {
    let shown =
        |name: &str, value: &Value| if name == SECRET { "***".to_owned() } else { json(value, VALUE) };
    let arguments: Vec<String> =
        arguments.iter().map(|(name, value)| format!("{name}: {}", shown(name, value))).collect();
    format!("{tool}({})", beginning(&arguments.join(", "), ARGUMENTS))
}

/// So many characters of JSON, in which nothing is invisible or turns the direction of writing.
#[must_use]
pub fn json(value: &Value, most: usize) -> String {
    let plain =
        |character: char| character == '"' || character == '\\' || character.escape_debug().count() == 1;
    let escaped = |character: char| {
        if plain(character) { character.to_string() } else { character.escape_unicode().to_string() }
    };
    let shown: String = value.to_string().chars().map(escaped).collect();
    beginning(&shown, most)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_cannot_pretend_to_be_the_message() {
        assert_eq!(quoted("a\n\"b\" \u{202e}c"), r#""a\n\"b\" \u{202e}c""#);
        assert_eq!(quoted(&"x".repeat(200)), format!("\"{}... (200 characters)\"", "x".repeat(NAME)));
    }

    #[test]
    fn a_call_is_shown_as_far_as_it_fits() {
        let shown =
            |arguments: &Value| arguments.as_object().map_or(String::new(), |arguments| call("t", arguments));
        assert_eq!(
            shown(&json!({"name": "größe \"x\"", "long": "y".repeat(500), "list": [1, "\u{202e}a\n"]})),
            format!(
                r#"t(name: "größe \"x\"", long: "{}... (502 characters), list: [1,"\u{{202e}}a\n"])"#,
                "y".repeat(299)
            )
        );
        assert_eq!(shown(&json!({"secret": "sesame"})), "t(secret: ***)");
        let many = Value::Array((0..200).map(|_| json!("y")).collect());
        let arguments: Map<String, Value> =
            (0..50).map(|index| (format!("a{index}"), many.clone())).collect();
        assert!(call("t", &arguments).chars().count() < ARGUMENTS + 40);
    }

    #[test]
    fn counts_are_words() {
        assert_eq!(counted(1, false, "run"), "1 run");
        assert_eq!(counted(0, false, "run"), "0 runs");
        assert_eq!(counted(20, true, "run"), "at least 20 runs");
    }
}
