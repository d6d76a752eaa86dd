//! JSON Schemas in the form that every host and model API takes.
//!
//! The profile: a flat object, no references, no type arrays, no combinators in inputs, enums as plain
//! lists of strings. One tool outside of it makes some hosts drop it, and others the whole list.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::spec::DRY_RUN;

/// Marks a member of an answer that is null rather than left out: `#[schemars(extend("x-nullable" = true))]`.
const NULLABLE: &str = "x-nullable";

/// The arguments of `T`, and its description.
#[must_use]
pub fn input<T: JsonSchema>() -> (Value, String) {
    let mut schema = generate::<T>();
    let description = schema
        .as_object_mut()
        .and_then(|root| root.remove("description"))
        .and_then(|text| text.as_str().map(str::to_owned))
        .unwrap_or_default();
    flatten(&mut schema, Side::Input);
    if let Some(root) = schema.as_object_mut() {
        root.entry("properties").or_insert_with(|| json!({}));
        root.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    (schema, paragraphs(&description))
}

/// Adds the argument with which a call that would change something only tells what it would do.
pub fn add_dry_run(schema: &mut Value) {
    schema["properties"][DRY_RUN] = json!({
        "type": "boolean",
        "description": "true: change nothing, only tell what would be changed (default false).",
    });
}

/// The answer of `T`: loose, so that a change in MLflow breaks no client that validates.
#[must_use]
pub fn output<T: JsonSchema>() -> Value {
    let mut schema = generate::<T>();
    flatten(&mut schema, Side::Output);
    schema
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Input,
    Output,
}

fn generate<T: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

fn flatten(schema: &mut Value, side: Side) {
    let Some(object) = schema.as_object_mut() else { return };
    for name in ["$schema", "title", "format"] {
        object.remove(name);
    }
    if object.get("default") == Some(&Value::Null) {
        object.remove("default");
    }
    optional(object);
    names_of_enum(object);
    one_type(object, side);
    if let Some(Value::Array(names)) = object.get_mut("enum") {
        // An optional enum arrives with null among its names: what has no value is left out.
        names.retain(|name| !name.is_null());
    }
    if side == Side::Output {
        // Nobody validates counts, and models hardly ever see output schemas: the documentation has the rest.
        for name in ["description", "minimum", "maximum", "default", "required"] {
            object.remove(name);
        }
    } else if let Some(Value::String(text)) = object.get_mut("description") {
        *text = paragraphs(text);
    }
    if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(|property| flatten(property, side));
    }
    for name in ["items", "additionalProperties"] {
        // "Anything" says nothing, and some clients take only objects for schemas.
        if object.get(name) == Some(&Value::Bool(true)) {
            object.remove(name);
        }
        if let Some(inner) = object.get_mut(name) {
            flatten(inner, side);
        }
    }
    if let Some(items) = object.get_mut("items") {
        undescribed(items);
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.iter_mut().for_each(|choice| flatten(choice, side));
    }
}

/// What the objects of a list hold is said once, where the list is described: each description is paid for in
/// every conversation.
fn undescribed(items: &mut Value) {
    let members = items.get_mut("properties").and_then(Value::as_object_mut);
    for member in members.into_iter().flat_map(|members| members.iter_mut().map(|(_, member)| member)) {
        undescribed(member);
    }
    if let Some(object) = items.as_object_mut() {
        object.remove("description");
        object.remove("default");
    }
}

/// An optional object or enum arrives as a choice between it and null, and stays one where it can be null.
fn optional(object: &mut Map<String, Value>) {
    let Some(Value::Array(choices)) = object.get("anyOf").cloned() else { return };
    let [Value::Object(inner), null] = choices.as_slice() else { return };
    if *null == json!({"type": "null"}) && object.remove(NULLABLE).is_none() {
        let inner = inner.clone();
        object.remove("anyOf");
        for (name, value) in inner {
            object.entry(name).or_insert(value);
        }
    }
}

/// `oneOf` over constants, which is how documented variants arrive, becomes `enum`.
fn names_of_enum(object: &mut Map<String, Value>) {
    let Some(Value::Array(variants)) = object.get("oneOf") else { return };
    let names: Option<Vec<Value>> = variants
        .iter()
        .map(|variant| match (variant.get("const"), variant.get("enum")) {
            (Some(name), _) => Some(vec![name.clone()]),
            (None, Some(Value::Array(names))) => Some(names.clone()),
            _ => None,
        })
        .collect::<Option<Vec<_>>>()
        .map(|names| names.concat());
    if let Some(names) = names {
        object.remove("oneOf");
        object.insert("type".to_owned(), json!("string"));
        object.insert("enum".to_owned(), Value::Array(names));
    }
}

/// Optional means left out, so an input has no null; an output names its alternatives one by one.
fn one_type(object: &mut Map<String, Value>, side: Side) {
    let Some(Value::Array(types)) = object.get("type") else { return };
    let types = types.clone();
    match side {
        Side::Input => {
            if let Some(first) = types.into_iter().find(|name| name != "null") {
                object.insert("type".to_owned(), first);
            }
        }
        Side::Output => {
            // What is null is left out, unless the type says otherwise.
            let nullable = object.remove(NULLABLE).is_some();
            let types: Vec<Value> = types.into_iter().filter(|name| nullable || name != "null").collect();
            if let [one] = types.as_slice() {
                object.insert("type".to_owned(), one.clone());
                return;
            }
            object.remove("type");
            let mut choices = Vec::new();
            for name in types {
                let mut choice = Map::new();
                // What describes the items belongs to the array among the alternatives.
                for inner in ["items", "properties", "additionalProperties"] {
                    if name != "null"
                        && let Some(value) = object.remove(inner)
                    {
                        choice.insert(inner.to_owned(), value);
                    }
                }
                choice.insert("type".to_owned(), name);
                choices.push(Value::Object(choice));
            }
            object.insert("anyOf".to_owned(), Value::Array(choices));
        }
    }
}

/// Lines of a doc comment as paragraphs.
fn paragraphs(text: &str) -> String {
    text.split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mlflow::number::Number;

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    /// First line
    /// of the first paragraph.
    ///
    /// Second.
    struct Example {
        /// How
        /// many.
        #[schemars(range(min = 1, max = 9))]
        #[serde(default)]
        limit: Option<u32>,
        view: Choice,
        value: Number,
        #[schemars(extend("x-nullable" = true))]
        end: Option<i64>,
        note: Option<String>,
        word: Option<Word>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    enum Word {
        Plain,
        Rich,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    enum Choice {
        /// One.
        A,
        /// Two.
        B,
    }

    #[test]
    fn an_input_is_flat_and_closed() {
        let (schema, description) = input::<Example>();
        assert_eq!(description, "First line of the first paragraph.\nSecond.");
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(
            schema["properties"]["limit"],
            json!({"description": "How many.", "type": "integer", "minimum": 1, "maximum": 9})
        );
        assert_eq!(schema["properties"]["view"], json!({"type": "string", "enum": ["A", "B"]}));
        assert_eq!(schema["properties"]["word"], json!({"type": "string", "enum": ["Plain", "Rich"]}));
    }

    #[test]
    fn an_output_names_its_alternatives() {
        let schema = output::<Example>();
        assert_eq!(schema["properties"]["value"], json!({"anyOf": [{"type": "number"}, {"type": "string"}]}));
        assert_eq!(schema["properties"]["end"], json!({"anyOf": [{"type": "integer"}, {"type": "null"}]}));
        assert_eq!(schema["properties"]["note"], json!({"type": "string"}));
    }
}
