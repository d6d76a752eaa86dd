//! Whether an answer is what its published schema says, as clients check it.

use mlflow_mcp::tools;
use serde_json::Value;

/// Checks a tool's structured content against the tool's output schema.
pub fn check(tool: &str, answer: &Value) {
    let schema =
        tools::find(tool).unwrap().describe().output_schema.map(|schema| schema.value()).unwrap_or_default();
    if let Err(problem) = fits(&schema, answer, "answer") {
        panic!("{tool} does not keep to its output schema: {problem}");
    }
}

/// The words of JSON Schema that output schemas use; a test of the catalogue keeps them to these.
fn fits(schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    if let Some(choices) = schema["anyOf"].as_array() {
        if choices.iter().any(|choice| fits(choice, value, place).is_ok()) {
            return Ok(());
        }
        return Err(format!("{place} is {value}, which is none of {}", schema["anyOf"]));
    }
    let fine = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        _ => true,
    };
    if !fine {
        return Err(format!("{place} is {value}, and should be of the type {}", schema["type"]));
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        let known = schema["properties"].get(name).unwrap_or(&schema["additionalProperties"]);
        fits(known, member, &format!("{place}.{name}"))?;
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        fits(&schema["items"], item, &format!("{place}[{index}]"))?;
    }
    Ok(())
}
