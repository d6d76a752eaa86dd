//! Conditions on arguments: only these experiments, these model names, this tag key.

use std::fmt;

use serde_json::{Map, Value};

use super::file::Values;
use super::glob::Glob;

/// Values shown in a refusal.
const SHOWN: usize = 8;

/// An argument, and the values that it may have.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) argument: String,
    values: Vec<Glob>,
}

impl Condition {
    pub(super) fn new(argument: String, values: Values) -> Self {
        Self { argument, values: values.0.into_iter().map(Glob::new).collect() }
    }

    /// Whether the call gives the argument, and every value of it is one of these. Of a list each item counts, of
    /// an object each name. What is left out could mean anything, and so could an empty list.
    pub(super) fn holds(&self, arguments: &Map<String, Value>) -> bool {
        match arguments.get(&self.argument) {
            None | Some(Value::Null) => false,
            Some(Value::Array(items)) => !items.is_empty() && items.iter().all(|item| self.admits(item)),
            Some(Value::Object(members)) => {
                !members.is_empty() && members.keys().all(|name| self.admits_text(name))
            }
            Some(one) => self.admits(one),
        }
    }

    fn admits(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.admits_text(text),
            Value::Number(number) => self.admits_text(&number.to_string()),
            Value::Bool(flag) => self.admits_text(if *flag { "true" } else { "false" }),
            Value::Null | Value::Array(_) | Value::Object(_) => false,
        }
    }

    /// A value that can stand for another one is refused: white space around it, which some tools take away, and
    /// `..` in a path.
    fn admits_text(&self, text: &str) -> bool {
        let stands_for_itself = text.trim() == text && text.split(['/', '\\']).all(|segment| segment != "..");
        stands_for_itself && self.values.iter().any(|value| value.matches(text))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "argument {:?} to be ", self.argument)?;
        for (index, value) in self.values.iter().take(SHOWN).enumerate() {
            write!(f, "{}{:?}", if index == 0 { "" } else { " or " }, value.as_str())?;
        }
        if self.values.len() > SHOWN {
            write!(f, " or one of {} more", self.values.len() - SHOWN)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(values: Value, arguments: Value) -> bool {
        let values = serde_json::from_value(values).unwrap();
        Condition::new("x".to_owned(), values).holds(arguments.as_object().unwrap())
    }

    #[test]
    fn every_value_must_be_on_the_list() {
        for x in [json!("7"), json!(7), json!(["7", "8"]), json!({"7": "any"}), json!("team-a")] {
            assert!(holds(json!([7, "8", "team-*"]), json!({"x": x})), "{x}");
        }
        for x in
            [json!("9"), json!(["7", "9"]), json!({"7": 1, "9": 1}), json!(""), json!([["7"]]), json!(" 7")]
        {
            assert!(!holds(json!([7, "8", "team-*"]), json!({"x": x})), "{x}");
        }
        assert!(holds(json!(true), json!({"x": true})));
    }

    #[test]
    fn no_path_leads_out_of_a_pattern() {
        assert!(holds(json!("public/*"), json!({"x": "public/a..b/..."})));
        for x in ["public/../secret", "public/..", "public\\..\\secret", "secret"] {
            assert!(!holds(json!("public/*"), json!({"x": x})), "{x}");
        }
    }

    #[test]
    fn what_is_left_out_could_be_anything_and_is_refused() {
        for arguments in
            [json!({}), json!({"x": null}), json!({"x": []}), json!({"x": {}}), json!({"y": "7"})]
        {
            assert!(!holds(json!("*"), arguments.clone()), "{arguments}");
        }
    }
}
