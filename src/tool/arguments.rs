//! From what a model sent to what a tool's type takes.
//!
//! Models and desktop clients slip in known ways: a list as JSON text, an id as a number, a number as
//! text, a single name where a list belongs. What was meant is clear, so it is taken. The schema decides
//! both what is right and what is said when it is not, so the two cannot differ.

use serde_json::{Map, Value};

use super::error::{Kind, ToolError};
use super::nearest::{nearest, suggestion};

/// Arguments that fit the schema.
#[derive(Debug)]
pub struct Arguments {
    /// Those that the tool knows.
    pub known: Map<String, Value>,
    /// Those that it does not, each with the name that was probably meant.
    pub unknown: Vec<String>,
}

impl Arguments {
    /// For calls that change something: what was not understood might have mattered.
    ///
    /// # Errors
    /// Names the unknown arguments and the valid ones.
    pub fn refuse_unknown(&self, schema: &Value) -> Result<(), ToolError> {
        if self.unknown.is_empty() {
            return Ok(());
        }
        let valid = schema["properties"].as_object().into_iter().flat_map(Map::keys);
        let valid = valid.map(String::as_str).collect::<Vec<_>>().join(", ");
        Err(ToolError::new(
            Kind::Argument,
            format!("there is no argument {}, and nothing was changed", self.unknown.join(", ")),
            format!("Valid: {valid}."),
        ))
    }
}

/// Checks and converts what was given.
///
/// # Errors
/// Names the first argument that is missing or wrong, and what would be right.
pub fn read(schema: &Value, given: Map<String, Value>) -> Result<Arguments, ToolError> {
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let mut known = Map::new();
    let mut unknown = Vec::new();
    for (name, value) in given {
        match properties.get(&name) {
            None => unknown.push(match nearest(&name, properties.keys().map(String::as_str)) {
                Some(near) => format!("{name} (did you mean {near}?)"),
                None => name,
            }),
            // As good as left out: many clients fill in every optional argument.
            Some(_) if value.is_null() => {}
            Some(property) => {
                let converted = convert(property, value)
                    .map_err(|problem| ToolError::argument(format!("argument {name:?} {problem}")))?;
                known.insert(name, converted);
            }
        }
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    for name in required {
        if !known.contains_key(name) {
            return Err(missing(name, &properties[name], &unknown));
        }
    }
    Ok(Arguments { known, unknown })
}

fn missing(name: &str, property: &Value, unknown: &[String]) -> ToolError {
    let about = property["description"].as_str().unwrap_or_default();
    let also = match unknown {
        [] => String::new(),
        names => format!(" What you sent has no such argument: {}.", names.join(", ")),
    };
    ToolError::argument(format!("argument {name:?} is missing: {about}{also}"))
}

/// The value as the schema wants it.
fn convert(schema: &Value, value: Value) -> Result<Value, String> {
    match schema["type"].as_str() {
        Some("string") => string(schema, value),
        Some("integer") => integer(schema, value),
        Some("number") => number(value),
        Some("boolean") => boolean(value),
        Some("array") => array(schema, value),
        Some("object") => object(schema, value),
        _ => Ok(value),
    }
}

fn string(schema: &Value, value: Value) -> Result<Value, String> {
    let text = match value {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        other if is_json(schema) => other.to_string(),
        other => return Err(format!("must be a string, not {}", kind(&other))),
    };
    if let Some(names) = schema["enum"].as_array() {
        let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
        return match names.iter().find(|name| name.eq_ignore_ascii_case(&text)) {
            Some(name) => Ok(Value::from(*name)),
            None => Err(format!("cannot be {text:?}. {}", suggestion(&text, "Valid", names))),
        };
    }
    if let Some(least) = schema["minLength"].as_u64()
        && (text.trim().chars().count() as u64) < least
    {
        return Err("must not be empty".to_owned());
    }
    Ok(Value::String(text))
}

/// Whether the text is to hold JSON, which many send as it is: its description begins so.
fn is_json(schema: &Value) -> bool {
    schema["description"].as_str().is_some_and(|about| about.starts_with("JSON"))
}

fn integer(schema: &Value, value: Value) -> Result<Value, String> {
    let whole = match &value {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let (least, most) = (schema["minimum"].as_i64(), schema["maximum"].as_i64());
    let expected = match (least, most) {
        (Some(least), Some(most)) => format!("must be a whole number from {least} to {most}"),
        (Some(least), None) => format!("must be a whole number of at least {least}"),
        _ => "must be a whole number".to_owned(),
    };
    let whole = whole.ok_or_else(|| format!("{expected}, not {}", shown(&value)))?;
    if least.is_some_and(|least| whole < least) || most.is_some_and(|most| whole > most) {
        return Err(format!("{expected}, not {whole}"));
    }
    Ok(Value::from(whole))
}

/// A number, or one in text. What JSON cannot write is text in any case: the types that take it say so.
fn number(value: Value) -> Result<Value, String> {
    let text = match &value {
        Value::Number(_) => return Ok(value),
        Value::String(text) => text.trim(),
        other => return Err(format!("must be a number, not {}", shown(other))),
    };
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Value::from(number)),
        Ok(_) => Ok(value),
        Err(_) => Err(format!("must be a number, not {}", shown(&value))),
    }
}

/// JSON writers of some languages send 3.0 for 3.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked: whole and within what a double holds exactly"
    )]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

fn boolean(value: Value) -> Result<Value, String> {
    match &value {
        Value::Bool(_) => Ok(value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(Value::Bool(true)),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(Value::Bool(false)),
        other => Err(format!("must be true or false, not {}", shown(other))),
    }
}

fn array(schema: &Value, value: Value) -> Result<Value, String> {
    let items = match value {
        Value::Array(items) => items,
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Array(items)) => items,
            _ => vec![Value::String(text)],
        },
        Value::Number(_) => vec![value],
        Value::Object(_) if schema["items"]["type"] == "object" => vec![value],
        other => return Err(format!("must be a list, not {}", kind(&other))),
    };
    let item = &schema["items"];
    let converted = items
        .into_iter()
        .enumerate()
        .map(|(index, value)| convert(item, value).map_err(|problem| format!("item {index} {problem}")));
    Ok(Value::Array(converted.collect::<Result<_, _>>()?))
}

fn object(schema: &Value, value: Value) -> Result<Value, String> {
    let members = match value {
        Value::Object(members) => members,
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Object(members)) => members,
            _ => return Err(format!("must be an object such as {}, not the text {text:?}", example(schema))),
        },
        other => {
            return Err(format!("must be an object such as {}, not {}", example(schema), kind(&other)));
        }
    };
    if let Some(properties) = schema["properties"].as_object() {
        return record(schema, properties, members);
    }
    let member = &schema["additionalProperties"];
    let converted = members.into_iter().map(|(name, value)| match convert(member, value) {
        Ok(value) => Ok((name, value)),
        Err(problem) => Err(format!("member {name:?} {problem}")),
    });
    Ok(Value::Object(converted.collect::<Result<_, _>>()?))
}

/// An object whose members the schema names.
fn record(
    schema: &Value,
    properties: &Map<String, Value>,
    given: Map<String, Value>,
) -> Result<Value, String> {
    let mut members = Map::new();
    for (name, value) in given.into_iter().filter(|(_, value)| !value.is_null()) {
        let Some((known, property)) = meant(&name, properties) else {
            let valid = suggestion(&name, "Members", properties.keys().map(String::as_str));
            return Err(format!("cannot have the member {name:?}. {valid}"));
        };
        let converted = convert(property, value).map_err(|problem| format!("member {name:?} {problem}"))?;
        members.insert(known.clone(), converted);
    }
    let mut required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    match required.find(|name| !members.contains_key(*name)) {
        Some(name) => Err(format!("lacks the member {name:?}; it must be like {}", example(schema))),
        None => Ok(Value::Object(members)),
    }
}

/// The member of that name, or the only one that ends so: "digest" for "dataset_digest".
fn meant<'a>(name: &str, properties: &'a Map<String, Value>) -> Option<(&'a String, &'a Value)> {
    let ends = |known: &String| known.strip_suffix(name).is_some_and(|rest| rest.ends_with('_'));
    let mut ending = properties.iter().filter(|(known, _)| ends(known));
    match (properties.get_key_value(name), ending.next(), ending.next()) {
        (Some(exact), ..) => Some(exact),
        (None, only, None) => only,
        _ => None,
    }
}

/// An object that the schema takes.
fn example(schema: &Value) -> String {
    let Some(properties) = schema["properties"].as_object() else { return r#"{"key": "value"}"#.to_owned() };
    let members = properties.iter().map(|(name, property)| match property["type"].as_str() {
        Some("boolean") => format!("{name:?}: false"),
        Some("integer" | "number") => format!("{name:?}: 1"),
        _ => format!("{name:?}: \"...\""),
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A short value as it is, a long one by its kind.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.len() <= 60 { text } else { kind(value).to_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "properties": {
                "run_id": {"type": "string", "description": "The run.", "minLength": 1},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50},
                "order_by": {"type": "array", "items": {"type": "string"}},
                "tags": {"type": "object", "additionalProperties": {"type": "string"}},
                "view": {"type": "string", "enum": ["ACTIVE_ONLY", "ALL"]},
                "all": {"type": "boolean"},
                "records": {"type": "string", "description": "JSON: a list."},
                "sort": {"type": "array", "items": {"type": "object", "additionalProperties": false,
                    "properties": {"field_name": {"type": "string"}, "ascending": {"type": "boolean"},
                                   "dataset_name": {"type": "string"}, "dataset_digest": {"type": "string"}},
                    "required": ["field_name"]}}
            },
            "required": ["run_id"]
        })
    }

    fn good(given: Value) -> Value {
        Value::Object(read(&schema(), given.as_object().unwrap().clone()).unwrap().known)
    }

    fn bad(given: Value) -> String {
        read(&schema(), given.as_object().unwrap().clone()).unwrap_err().to_string()
    }

    #[test]
    fn what_was_meant_is_taken() {
        assert_eq!(good(json!({"run_id": 12345678901234567_u64})), json!({"run_id": "12345678901234567"}));
        assert_eq!(good(json!({"run_id": "a", "limit": "5"})), json!({"run_id": "a", "limit": 5}));
        assert_eq!(good(json!({"run_id": "a", "limit": 5.0})), json!({"run_id": "a", "limit": 5}));
        assert_eq!(good(json!({"run_id": "a", "limit": null})), json!({"run_id": "a"}));
        assert_eq!(good(json!({"run_id": "a", "all": "True"})), json!({"run_id": "a", "all": true}));
        assert_eq!(good(json!({"run_id": "a", "view": "all"})), json!({"run_id": "a", "view": "ALL"}));
        let lists = [json!(["x"]), json!("[\"x\"]"), json!("x")];
        for list in lists {
            assert_eq!(
                good(json!({"run_id": "a", "order_by": list})),
                json!({"run_id": "a", "order_by": ["x"]})
            );
        }
        for records in [json!([{"n": 1.0}]), json!("[{\"n\":1.0}]")] {
            let expected = json!({"run_id": "a", "records": "[{\"n\":1.0}]"});
            assert_eq!(good(json!({"run_id": "a", "records": records})), expected);
        }
        let objects = [json!({"n": 5, "b": true}), json!("{\"n\": 5, \"b\": true}")];
        for tags in objects {
            let expected = json!({"run_id": "a", "tags": {"n": "5", "b": "true"}});
            assert_eq!(good(json!({"run_id": "a", "tags": tags})), expected);
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_what_is_valid() {
        assert_eq!(bad(json!({})), "argument \"run_id\" is missing: The run.");
        assert!(bad(json!({"run_id": null})).starts_with("argument \"run_id\" is missing"));
        assert_eq!(bad(json!({"run_id": " "})), "argument \"run_id\" must not be empty.");
        assert!(bad(json!({"runid": "a"})).contains("runid (did you mean run_id?)"));
        let limit = "argument \"limit\" must be a whole number from 1 to 50, not ";
        assert_eq!(bad(json!({"run_id": "a", "limit": 0})), format!("{limit}0."));
        assert_eq!(bad(json!({"run_id": "a", "limit": 1.5})), format!("{limit}1.5."));
        assert_eq!(bad(json!({"run_id": "a", "limit": "many"})), format!("{limit}\"many\"."));
        let view = bad(json!({"run_id": "a", "view": "ACTIVE"}));
        assert!(view.contains("Did you mean \"ACTIVE_ONLY\"?"), "{view}");
        assert!(bad(json!({"run_id": "a", "tags": "x"})).contains("must be an object such as"));
        assert!(bad(json!({"run_id": "a", "order_by": [["x"]]})).contains("item 0 must be a string"));
        assert!(bad(json!({"run_id": {}})).contains("must be a string, not an object"));
    }

    #[test]
    fn objects_in_lists_are_taken_in_every_form_that_is_clear() {
        let item = json!({"field_name": "name", "ascending": false, "dataset_digest": "1"});
        let forms = [
            json!([{"field_name": "name", "ascending": "false", "digest": 1, "dataset_name": null}]),
            json!({"field_name": "name", "ascending": false, "dataset_digest": "1"}),
            json!("[{\"field_name\": \"name\", \"ascending\": false, \"digest\": \"1\"}]"),
            json!("{\"field_name\": \"name\", \"ascending\": false, \"digest\": \"1\"}"),
            json!(["{\"field_name\": \"name\", \"ascending\": false, \"digest\": \"1\"}"]),
        ];
        for form in forms {
            assert_eq!(good(json!({"run_id": "a", "sort": form})), json!({"run_id": "a", "sort": [item]}));
        }
    }

    #[test]
    fn objects_in_lists_are_refused_with_what_would_be_right() {
        let sort = |value| bad(json!({"run_id": "a", "sort": value}));
        let like = "{\"field_name\": \"...\", \"ascending\": false, \"dataset_name\": \"...\", \
                    \"dataset_digest\": \"...\"}";
        assert_eq!(
            sort(json!(["name DESC"])),
            format!("argument \"sort\" item 0 must be an object such as {like}, not the text \"name DESC\".")
        );
        let lacks = sort(json!([{"ascending": true}]));
        assert!(lacks.contains("item 0 lacks the member \"field_name\"") && lacks.contains(like), "{lacks}");
        let slip = sort(json!([{"field_nam": "x"}]));
        assert!(
            slip.contains("cannot have the member \"field_nam\". Did you mean \"field_name\"?"),
            "{slip}"
        );
        // Two end so: it is not clear which was meant.
        assert!(sort(json!([{"name": "x"}])).contains("cannot have the member \"name\""));
        assert!(
            sort(json!([{"field_name": "x", "ascending": 2}]))
                .contains("member \"ascending\" must be true or")
        );
    }

    #[test]
    fn unknown_arguments_are_named_with_the_nearest_valid_one() {
        let read =
            read(&schema(), json!({"run_id": "a", "Limit ": 1, "zzz": 2}).as_object().unwrap().clone());
        assert_eq!(read.unwrap().unknown, ["Limit  (did you mean limit?)", "zzz"]);
    }
}
