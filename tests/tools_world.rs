//! The world in which every tool is a function of its own (`wit/tools.wit`), and the functions themselves, both made
//! from the catalogue.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::fmt::Write as _;

use mlflow_mcp::tools::{self, Entry};
use serde_json::{Map, Value, json};
use support::golden::{golden, project};

/// A parameter of a function.
struct Parameter {
    name: String,
    wit: &'static str,
    rust: &'static str,
    required: bool,
    about: String,
}

/// What WIT has for a schema: `None` if nothing. What has members of its own is JSON in text, as MCP clients may send it,
/// too: WIT has no maps, and a record in which every member is optional must name them all.
fn type_of(schema: &Value) -> Option<(&'static str, &'static str)> {
    match (schema["type"].as_str()?, schema["items"]["type"].as_str()) {
        ("string", _) | ("object", _) | ("array", Some("object")) => Some(("string", "String")),
        ("integer", _) => Some(("s64", "i64")),
        ("number", _) => Some(("f64", "f64")),
        ("boolean", _) => Some(("bool", "bool")),
        ("array", Some("string")) => Some(("list<string>", "Vec<String>")),
        _ => None,
    }
}

fn parameters(entry: &Entry) -> Vec<Parameter> {
    let schema = entry.input_schema();
    let required =
        |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
    let properties = schema["properties"].as_object().unwrap();
    let parameter = |(name, property): (&String, &Value)| {
        let (wit, rust) = type_of(property)
            .unwrap_or_else(|| panic!("{} {name} cannot be written in WIT: {property}", entry.spec.name));
        Parameter { name: name.clone(), wit, rust, required: required(name), about: about(property) }
    };
    properties.iter().map(parameter).collect()
}

/// What a schema says besides its type: WIT has no place for it but the words.
fn about(property: &Value) -> String {
    let mut text = property["description"].as_str().unwrap_or_default().to_owned();
    let names = property["enum"].as_array().or_else(|| property["items"]["enum"].as_array());
    if let Some(names) = names {
        let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
        write!(text, " One of {}.", names.join(", ")).unwrap();
    }
    if property["type"] == "object" || property["items"]["type"] == "object" {
        text.push_str(" As JSON text.");
    }
    text
}

fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

/// The words of WIT (the component model's `WIT.md`, Keywords), besides those for numbers.
const WORDS: [&str; 33] = [
    "as",
    "async",
    "bool",
    "borrow",
    "char",
    "constructor",
    "enum",
    "error-context",
    "export",
    "flags",
    "from",
    "func",
    "future",
    "import",
    "include",
    "interface",
    "list",
    "map",
    "option",
    "own",
    "package",
    "record",
    "resource",
    "result",
    "static",
    "stream",
    "string",
    "tuple",
    "type",
    "use",
    "variant",
    "with",
    "world",
];

/// A parameter's name: `%` makes one of a word.
fn parameter(name: &str) -> String {
    let name = kebab(name);
    if WORDS.contains(&name.as_str()) { format!("%{name}") } else { name }
}

fn optional(kind: &str, required: bool, option: (&str, &str)) -> String {
    if required { kind.to_owned() } else { format!("{}{kind}{}", option.0, option.1) }
}

#[test]
fn every_tool_is_a_function_of_the_world() {
    let mut text = String::from(
        "package mlflow:mcp@0.1.0;\n\n\
         /// Every tool as a function, for hosts that call components rather than serve them. The same tools under the same\n\
         /// policy as over HTTP; what goes well is the JSON of the answer, and an error is what a model should read.\n\
         /// Generated from the tools by tests/tools_world.rs.\nworld tools {\n",
    );
    let mut words = Map::new();
    for entry in tools::all() {
        let tool = entry.describe();
        let parameters = parameters(entry);
        let mut said = tool.description.value().as_str().unwrap().to_owned();
        for one in &parameters {
            write!(said, "\n\n{}: {}", kebab(&one.name), one.about).unwrap();
        }
        for line in said.lines() {
            writeln!(text, "{}", format!("  /// {line}").trim_end()).unwrap();
        }
        words.insert(format!("mlflow-{}", kebab(tool.name)), json!({"docs": said}));
        let list: Vec<String> = parameters
            .iter()
            .map(|one| {
                format!("{}: {}", parameter(&one.name), optional(one.wit, one.required, ("option<", ">")))
            })
            .collect();
        writeln!(
            text,
            "  export mlflow-{}: func({}) -> result<string, string>;\n",
            kebab(tool.name),
            list.join(", ")
        )
        .unwrap();
    }
    let text = text.trim_end().to_owned() + "\n}\n";
    golden(&project("wit/tools.wit"), &text);
    // A component calls its world `root`, whatever its name in the text.
    let words = json!({"worlds": {"root": {"func_exports": words}}});
    golden(&project("wit/tools.docs.json"), &(words.to_string() + "\n"));
}

#[test]
fn every_function_of_the_world_calls_its_tool() {
    let mut text = String::from("// Generated from the tools by tests/tools_world.rs.\n");
    text.push_str("impl Guest for Component {\n");
    for entry in tools::all() {
        let parameters = parameters(entry);
        let list: Vec<String> = parameters
            .iter()
            .map(|one| format!("{}: {}", one.name, optional(one.rust, one.required, ("Option<", ">"))))
            .collect();
        let given: Vec<String> =
            parameters.iter().map(|one| format!("(\"{0}\", {0}.into())", one.name)).collect();
        let name = entry.spec.name;
        writeln!(
            text,
            "    fn mlflow_{name}({}) -> Result<String, String> {{\n        call(\"{name}\", &mut [{}])\n    }}",
            list.join(", "),
            given.join(", ")
        )
        .unwrap();
    }
    text.push_str("}\n");
    golden(&project("src/wasm/functions.in"), &text);
}
