//! Tools whose input schema is what the suite looks at.

use serde_json::{Value, json};

use super::Fixture;
use super::content::text;

pub(super) const TOOLS: &[Fixture] = &[
    Fixture {
        name: "test_parameter_header",
        description: "Takes an argument that travels in a header too.",
        input_schema: with_header,
        call: |_, _| text("The header and the argument agree."),
    },
    Fixture {
        name: "json_schema_2020_12_tool",
        description: "Tool with JSON Schema 2020-12 features",
        input_schema: with_everything,
        call: |_, _| text("Its schema is what matters."),
    },
];

fn with_header() -> Value {
    json!({
        "type": "object",
        "properties": {"region": {"type": "string", "x-mcp-header": "Region"}},
        "additionalProperties": false
    })
}

/// As the suite's scenario `json-schema-2020-12` asks for it. Hosts drop tools with such a root.
fn with_everything() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": {
                "$anchor": "addressDef",
                "type": "object",
                "properties": {"street": {"type": "string"}, "city": {"type": "string"}}
            }
        },
        "properties": {
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"}
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": false
    })
}
