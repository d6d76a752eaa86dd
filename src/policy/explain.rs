//! What is wrong with a policy file, by its schema: which place, and what would be valid there.

use serde_json::{Map, Value};

use crate::nearest::suggestion;

/// The first fault, or `None` if the schema has nothing against the value.
pub(super) fn explain(schema: &Value, value: &Value) -> Option<String> {
    fault(schema, value, &mut Vec::new())
}

fn fault(schema: &Value, value: &Value, path: &mut Vec<String>) -> Option<String> {
    let valid = constants(schema);
    if !valid.is_empty() {
        return match value {
            Value::String(text) if valid.contains(&text.as_str()) => None,
            Value::String(text) => {
                Some(format!("{} cannot be {text:?}. {}", place(path), suggestion(text, "Valid", valid)))
            }
            other => {
                Some(format!("{} cannot be {}. {}", place(path), kind(other), suggestion("", "Valid", valid)))
            }
        };
    }
    match (schema["type"].as_str(), value) {
        (Some("object"), Value::Object(members)) => object(schema, members, path),
        (Some("array"), Value::Array(items)) => items.iter().enumerate().find_map(|(index, item)| {
            path.push(index.to_string());
            let fault = fault(&schema["items"], item, path);
            path.pop();
            fault
        }),
        (Some("integer"), Value::Number(number)) => {
            let (least, most) =
                (schema["minimum"].as_u64(), schema["maximum"].as_u64().unwrap_or(u64::from(u32::MAX)));
            let least = least.unwrap_or(0);
            match number.as_u64() {
                Some(number) if (least..=most).contains(&number) => None,
                _ => Some(format!(
                    "{} must be a whole number from {least} to {most}, not {number}",
                    place(path)
                )),
            }
        }
        (Some("string"), Value::String(_)) | (None, _) => None,
        (Some(expected), other) => {
            let article = if expected.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            Some(format!("{} must be {article} {expected}, not {}", place(path), kind(other)))
        }
    }
}

fn object(schema: &Value, members: &Map<String, Value>, path: &mut Vec<String>) -> Option<String> {
    let empty = Map::new();
    let known = schema["properties"].as_object().unwrap_or(&empty);
    for (name, member) in members {
        let Some(schema) =
            known.get(name).or_else(|| schema.get("additionalProperties").filter(|more| more.is_object()))
        else {
            let near = suggestion(name, "Keys", known.keys().map(String::as_str));
            return Some(format!("{} has no key {name:?}. {near}", place(path)));
        };
        path.push(name.clone());
        let fault = fault(schema, member, path);
        path.pop();
        if fault.is_some() {
            return fault;
        }
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    required.into_iter().find(|name| !members.contains_key(*name)).map(|name| {
        let valid = constants(&known[name]);
        format!("{} needs the key {name:?}. {}", place(path), suggestion("", "Valid", valid))
            .trim_end()
            .to_owned()
    })
}

/// The values that an enumeration has; none if it is no enumeration.
fn constants(schema: &Value) -> Vec<&str> {
    let described = schema["oneOf"].as_array().into_iter().flatten().filter_map(|one| one["const"].as_str());
    let plain = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    described.chain(plain).chain(schema["const"].as_str()).collect()
}

fn place(path: &[String]) -> String {
    match path {
        [] => "the policy".to_owned(),
        path => path.iter().map(|step| format!("{step:?}")).collect::<Vec<_>>().join("."),
    }
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
