//! YAML as a JSON value.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// The deepest nesting that is read, as of JSON.
const DEEPEST: usize = 128;

/// The most values of one file. An alias counts as much as what it repeats, since few lines can stand for billions.
const MOST: usize = 500_000;

/// A list or mapping that is not over yet.
struct Open {
    value: Value,
    anchor: usize,
    /// Of a mapping, the key whose value comes next.
    key: Option<String>,
}

#[derive(Default)]
struct Reader {
    documents: Vec<Value>,
    open: Vec<Open>,
    /// What aliases repeat, with the number of values in it.
    anchors: Vec<(usize, Value, usize)>,
    read: usize,
}

/// The document, or a list of them where there are several.
///
/// # Errors
/// What is wrong with the text, and where.
pub(super) fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader::default();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| error.to_string())?;
        reader.take(event)?;
    }
    let mut documents = reader.documents;
    Ok(if documents.len() == 1 { documents.remove(0) } else { Value::Array(documents) })
}

impl Reader {
    fn take(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
                let plain = style == ScalarStyle::Plain && !is_text;
                let value = if plain { scalar(&text) } else { Value::String(text.into_owned()) };
                self.put(value, anchor, 1)
            }
            Event::SequenceStart(anchor, _) => self.begin(Value::Array(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => self.begin(Value::Object(Map::new()), anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { value, anchor, .. }) => self.put(value, anchor, 1),
                None => Ok(()),
            },
            Event::Alias(anchor) => {
                let found = self.anchors.iter().rev().find(|(known, ..)| *known == anchor);
                let (value, values) =
                    found.map_or((Value::Null, 1), |(_, value, values)| (value.clone(), *values));
                self.put(value, 0, values)
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, value: Value, anchor: usize) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err(format!("it is nested deeper than {DEEPEST} levels"));
        }
        self.open.push(Open { value, anchor, key: None });
        Ok(())
    }

    fn put(&mut self, value: Value, anchor: usize, values: usize) -> Result<(), String> {
        self.read += values;
        if self.read > MOST {
            return Err(format!("it has more than {MOST} values"));
        }
        if anchor > 0 {
            self.anchors.push((anchor, value.clone(), count(&value)));
        }
        match self.open.last_mut() {
            None => self.documents.push(value),
            Some(Open { value: Value::Array(items), .. }) => items.push(value),
            Some(Open { value: Value::Object(members), key, .. }) => match key.take() {
                Some(key) => drop(members.insert(key, value)),
                None => *key = Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
            },
            Some(_) => {}
        }
        Ok(())
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

/// A plain scalar by YAML's core schema. What JSON cannot hold stays text.
fn scalar(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return "NaN".into(),
        ".inf" | ".Inf" | ".INF" | "+.inf" => return "Infinity".into(),
        "-.inf" | "-.Inf" | "-.INF" => return "-Infinity".into(),
        _ => {}
    }
    let number = text.strip_prefix('+').unwrap_or(text);
    if let Ok(integer) = number.parse::<i64>() {
        return integer.into();
    }
    let is_float = number.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
        && number.contains(['.', 'e', 'E'])
        && number.bytes().any(|byte| byte.is_ascii_digit());
    match number.parse::<f64>() {
        Ok(float) if is_float && float.is_finite() => float.into(),
        _ => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_mlflow_writes_is_read() {
        let text = "artifact_path: model\nflavors:\n  python_function:\n    data: \"1\"\n    python: 3.11\n\
                    signature:\n  inputs: '[{\"type\": \"double\"}]'\nlist:\n- 1\n- -2.5e-3\n- null\n- on\n- .nan\n\
                    time: 2026-01-07 09:00:00\nbig: 123456789012345678901\ntext: |\n  two\n  lines\nempty: {}\n1: one\n";
        let expected = json!({
            "artifact_path": "model",
            "flavors": {"python_function": {"data": "1", "python": 3.11}},
            "signature": {"inputs": "[{\"type\": \"double\"}]"},
            "list": [1, -0.0025, null, "on", "NaN"],
            "time": "2026-01-07 09:00:00",
            "big": "123456789012345678901",
            "text": "two\nlines\n",
            "empty": {},
            "1": "one",
        });
        assert_eq!(parse(text).unwrap(), expected);
        assert_eq!(parse("a: 1\n---\nb: 2\n").unwrap(), json!([{"a": 1}, {"b": 2}]));
        assert_eq!(parse("").unwrap(), json!([]));
    }

    #[test]
    fn anchors_repeat_and_bombs_do_not_go_off() {
        assert_eq!(parse("a: &x [1, 2]\nb: *x").unwrap(), json!({"a": [1, 2], "b": [1, 2]}));
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let before = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb += &format!("a{level}: &a{level} [{before}]\n");
        }
        assert!(parse(&bomb).unwrap_err().contains("more than"));
        let deep = |levels| ["[".repeat(levels), "]".repeat(levels)].concat();
        assert!(parse(&deep(DEEPEST)).is_ok());
        assert!(parse(&deep(DEEPEST + 1)).unwrap_err().contains("nested deeper"));
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse("a: [1").is_err());
    }
}
