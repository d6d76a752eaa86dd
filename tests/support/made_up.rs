//! Arguments made of a tool's schema.

use serde_json::{Map, Value, json};

/// Those that the tool needs, of which each has a value that it takes.
pub fn arguments(schema: &Value) -> Map<String, Value> {
    let required = schema["required"].as_array().into_iter().flatten();
    // Where there are two ways to say which runs, neither is required, and one is needed.
    let runs = ["run_ids", "experiment_ids"].map(|name| schema["properties"].get(name).map(|_| json!(name)));
    let runs = if let [Some(runs), Some(_)] = runs { Some(runs) } else { None };
    required
        .chain(&runs)
        .map(|name| {
            let name = name.as_str().unwrap();
            // The texts that a tool looks at before MLflow does.
            let made = match name {
                "model_id" => json!("m-1"),
                "records" => json!([{"inputs": {"question": "1"}}]),
                "model_uri" => json!("models:/m/1"),
                "instructions" => json!("Is {{ outputs }} polite?"),
                _ => value(&schema["properties"][name]),
            };
            (name.to_owned(), made)
        })
        .chain(either(schema))
        .collect()
}

/// One of those of which some tool needs one.
fn either(schema: &Value) -> Option<(String, Value)> {
    let properties = schema["properties"].as_object()?;
    let has = |names: &[&str]| names.iter().all(|name| properties.contains_key(*name));
    let name = match () {
        () if has(&["metrics", "points"]) => "metrics",
        () if has(&["webhook_id", "secret"]) => "name",
        () if has(&["max_timestamp_millis", "trace_ids"]) => "trace_ids",
        () if has(&["assessment_id", "rationale"]) => "value",
        () if has(&["experiment_id", "experiment_ids"]) => "experiment_ids",
        () if has(&["template", "messages"]) => "template",
        () if has(&["dataset_id", "name"]) => "dataset_id",
        () if has(&["digest", "context"]) => "digest",
        () => return None,
    };
    Some((name.to_owned(), value(properties.get(name)?)))
}

fn value(schema: &Value) -> Value {
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    match schema["type"].as_str() {
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        Some("array") if schema["items"]["type"] == "object" => json!([value(&schema["items"])]),
        Some("array") if schema["items"]["enum"].is_array() => json!([value(&schema["items"])]),
        Some("array") => json!([value(&schema["items"]), "2"]),
        Some("object") if schema["properties"].is_object() => Value::Object(arguments(schema)),
        Some("object") if schema["additionalProperties"]["type"] == "number" => json!({"key": 1}),
        Some("object") => json!({"key": "v"}),
        _ => json!("1"),
    }
}

/// The schema's kind of value, with this text wherever it has room for one; `None` if it has none.
pub fn holding(schema: &Value, text: &str) -> Option<Value> {
    match schema["type"].as_str() {
        Some("array") => holding(&schema["items"], text).map(|item| json!([item, "2"])),
        Some("object") => Some(json!({text: text})),
        Some("string") if schema["enum"].is_null() => Some(json!(text)),
        _ => None,
    }
}
