//! Laws over the whole catalogue, and the golden files that a reviewer reads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use mlflow_mcp::mcp::json::{Json, Members};
use mlflow_mcp::mcp::types::Tool;
use mlflow_mcp::spec::{Effect, Toolset};
use mlflow_mcp::tool::published::Published;
use mlflow_mcp::tools;
use serde_json::{Value, json};
use support::golden::{golden, project};

/// What a model is shown of a tool, in bytes.
fn shown(tool: &Tool) -> usize {
    let shown = Members::new().with("name", tool.name).with_json("description", tool.description.clone());
    Json::from(shown.with_json("inputSchema", tool.input_schema.clone())).as_str().len()
}

#[test]
fn names_are_unique_and_short_enough_for_every_host() {
    let mut names = BTreeSet::new();
    for entry in tools::all() {
        let name = entry.spec.name;
        assert!(names.insert(name), "{name} is there twice");
        // Cursor drops tools whose server and tool name exceed 60 characters together.
        assert!(name.len() <= 40, "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        assert!(!entry.spec.title.is_empty());
    }
}

#[test]
fn a_tool_has_the_name_of_its_file() {
    let mut files = BTreeSet::new();
    for domain in std::fs::read_dir(project("src/tools")).unwrap() {
        let domain = domain.unwrap().path();
        if domain.is_dir() {
            for file in std::fs::read_dir(domain).unwrap() {
                let file = file.unwrap().path();
                // What several tools share is in files beside them.
                if std::fs::read_to_string(&file).unwrap().contains("\nimpl Tool for ") {
                    files.insert(file.file_stem().unwrap().to_str().unwrap().to_owned());
                }
            }
        }
    }
    let names: BTreeSet<String> = tools::all().map(|entry| entry.spec.name.to_owned()).collect();
    assert_eq!(files, names);
}

#[test]
fn a_plain_build_has_every_toolset() {
    for toolset in Toolset::ALL {
        assert!(toolset.is_built(), "{} is missing among the features", toolset.name());
        assert!(tools::all().any(|entry| entry.spec.toolset == toolset), "{}", toolset.name());
    }
}

#[test]
fn all_four_hints_follow_from_the_effect() {
    for entry in tools::all() {
        let hints = entry.describe().annotations;
        assert_eq!(hints.read_only_hint, entry.spec.effect == Effect::Read, "{}", entry.spec.name);
        assert!(!hints.read_only_hint || !hints.destructive_hint, "{}", entry.spec.name);
        assert!(!hints.open_world_hint, "{}", entry.spec.name);
    }
}

#[test]
fn descriptions_say_something_and_fit_every_host() {
    for entry in tools::all() {
        let tool = entry.describe();
        let length = tool.description.value().as_str().unwrap().chars().count();
        assert!((40..=1_500).contains(&length), "{}: {length}", tool.name);
        for (name, property) in entry.input_schema()["properties"].as_object().unwrap() {
            let text = property["description"].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{} {name} has no description", tool.name);
        }
    }
}

#[test]
fn inputs_keep_to_the_profile_that_every_model_api_takes() {
    for entry in tools::all() {
        let tool = entry.describe();
        let schema = entry.input_schema();
        assert_eq!(schema["type"], "object", "{}", tool.name);
        assert_eq!(schema["additionalProperties"], false, "{}", tool.name);
        for (name, property) in schema["properties"].as_object().expect("an object") {
            assert!(
                name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{} {name}",
                tool.name
            );
            input(property, &format!("{} {name}", tool.name));
        }
    }
}

fn input(schema: &Value, place: &str) {
    let object = schema.as_object().unwrap_or_else(|| panic!("{place} is not an object"));
    for word in object.keys() {
        let allowed = [
            "type",
            "description",
            "enum",
            "items",
            "default",
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "additionalProperties",
        ];
        assert!(allowed.contains(&word.as_str()), "{place} has {word}");
    }
    for name in object.get("enum").and_then(Value::as_array).into_iter().flatten() {
        assert!(name.is_string(), "{place} can be {name}");
    }
    match object["type"].as_str() {
        Some("string" | "integer" | "number" | "boolean") => {}
        Some("array") if object["items"].get("properties").is_some() => record(&object["items"], place),
        Some("array") => input(&object["items"], place),
        Some("object") => input(&object["additionalProperties"], place),
        other => panic!("{place} has the type {other:?}"),
    }
}

/// The one thing that is not flat: a list of closed objects of scalars. Names that others have set want it
/// (`search_logged_models`: `datasets`, `order_by`), and every model API takes it; what they refuse is deeper
/// nesting and references.
fn record(schema: &Value, place: &str) {
    let object = schema.as_object().unwrap();
    for word in object.keys() {
        let allowed = ["type", "description", "properties", "required", "additionalProperties"];
        assert!(allowed.contains(&word.as_str()), "{place} has items with {word}");
    }
    assert_eq!(
        (&object["type"], &object["additionalProperties"]),
        (&json!("object"), &json!(false)),
        "{place}"
    );
    for (name, property) in object["properties"].as_object().unwrap() {
        let kind = property["type"].as_str();
        assert!(
            matches!(kind, Some("string" | "integer" | "number" | "boolean")),
            "{place} {name} is {kind:?}"
        );
        input(property, &format!("{place} {name}"));
    }
}

#[test]
fn outputs_are_loose_objects() {
    for entry in tools::all() {
        let schema = entry.describe().output_schema.unwrap().value();
        assert_eq!(schema["type"], "object", "{}", entry.spec.name);
        let text = schema.to_string();
        for word in ["$ref", "$defs", "oneOf", "allOf", "\"required\"", "\"format\"", "x-nullable"] {
            assert!(!text.contains(word), "{} has {word}", entry.spec.name);
        }
    }
}

/// `true` is a schema, too, but clients that hand schemas to a model expect an object: MCP Inspector calls it an error.
#[test]
fn every_part_of_an_output_schema_is_an_object() {
    fn check(schema: &Value, place: &str) {
        let object = schema.as_object().unwrap_or_else(|| panic!("{place} is {schema}"));
        let properties = object.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            check(property, &format!("{place}.{name}"));
        }
        for choice in object.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
            check(choice, place);
        }
        for word in ["items", "additionalProperties"] {
            if let Some(inner) = object.get(word) {
                check(inner, &format!("{place}.{word}"));
            }
        }
    }
    for entry in tools::all() {
        check(&entry.describe().output_schema.unwrap().value(), entry.spec.name);
    }
}

#[test]
fn each_tool_is_as_its_golden_file_shows_it() {
    let folder = project("tests/golden/tools");
    let mut expected = BTreeSet::new();
    for entry in tools::all() {
        let file = format!("{}.json", entry.spec.name);
        let text = serde_json::to_string_pretty(&entry.describe().shown().value()).unwrap() + "\n";
        golden(&folder.join(&file), &text);
        expected.insert(file);
    }
    let found: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, expected, "a golden file without a tool");
}

#[test]
fn the_component_carries_what_follows_from_the_types() {
    let mut lines = BTreeMap::new();
    for entry in tools::all() {
        let Tool { description, input_schema, output_schema, .. } = entry.describe();
        let texts = [description, input_schema, output_schema.unwrap()];
        let texts = texts.map(|text| format!("r###\"{text}\"###")).join(", ");
        let feature = match entry.spec.toolset {
            Toolset::Core => String::new(),
            other => format!("#[cfg(feature = {:?})]\n", other.name()),
        };
        let name = entry.spec.name;
        lines.insert(name, format!("{feature}({name:?}, {texts}),\n"));
    }
    let lines: String = lines.into_values().collect();
    golden(&project("src/tool/published.in"), &format!("[\n{lines}]\n"));
    for entry in tools::all() {
        let Tool { description, input_schema, output_schema, .. } = entry.describe();
        let published = Published { description, input_schema, output_schema: output_schema.unwrap() };
        assert_eq!(Published::carried(entry.spec.name), published);
    }
}

#[test]
fn the_catalogue_shows_the_price_of_each_tool() {
    let mut text = String::from(
        "# One line per tool: toolset, effect, risk, and its price in bytes: what a model is shown (name,\n\
         # description, input schema) and the output schema; at the end, what each toolset costs of its budget.\n\
         # Generated by tests/catalogue.rs.\n",
    );
    let (mut model, mut output) = (0, 0);
    for entry in tools::all() {
        let tool = entry.describe();
        let (cost, schema) = (shown(&tool), tool.output_schema.as_ref().unwrap().as_str().len());
        let spec = entry.spec;
        writeln!(
            text,
            "{:30} {:8} {:10} {:6} {cost:6} {schema:6}",
            spec.name,
            spec.toolset.name(),
            format!("{:?}", spec.effect).to_lowercase(),
            spec.effect.risk().name(),
        )
        .unwrap();
        model += cost;
        output += schema;
    }
    for toolset in Toolset::ALL {
        let (tools, cost) = price(toolset);
        let what = format!("{} ({tools} tools)", toolset.name());
        writeln!(text, "{what:30} {:26} {cost:6} of {}", "", budget(toolset)).unwrap();
    }
    writeln!(text, "{:30} {:26} {model:6} {output:6}", "total", "").unwrap();
    // English and JSON make about four bytes a token with the tokenizers of the large models.
    writeln!(text, "{:30} {:26} {:6} {:6}", "about so many tokens", "", model / 4, output / 4).unwrap();
    golden(&project("tests/golden/catalogue.txt"), &text);
}

/// What a toolset may cost those who switch it on, in bytes that a model is shown.
fn budget(toolset: Toolset) -> usize {
    match toolset {
        Toolset::Core => 30_000,
        Toolset::Analysis => 16_000,
        Toolset::Traces => 14_000,
        Toolset::Logging => 9_000,
        Toolset::Models | Toolset::Datasets => 8_000,
        Toolset::Prompts => 7_000,
        Toolset::Scorers | Toolset::Admin => 5_000,
    }
}

/// How many tools it has, and what a model is shown of them, in bytes.
fn price(toolset: Toolset) -> (usize, usize) {
    let tools = tools::all().filter(|entry| entry.spec.toolset == toolset);
    tools.fold((0, 0), |(tools, bytes), entry| (tools + 1, bytes + shown(&entry.describe())))
}

/// Every conversation pays for what models are shown, and every connection for the list.
#[test]
fn every_toolset_keeps_to_its_budget() {
    for toolset in Toolset::ALL {
        let (_, cost) = price(toolset);
        assert!(cost <= budget(toolset), "{}: {cost} bytes of {}", toolset.name(), budget(toolset));
    }
    let core = tools::all().filter(|entry| entry.spec.toolset == Toolset::Core);
    let list = Json::array(core.map(|entry| entry.describe().shown()));
    assert!(list.as_str().len() <= 64_000);
}

#[test]
fn the_documentation_has_every_tool_and_argument() {
    let mut text = String::from(
        "# Tools\n\nGenerated from the tools themselves by tests/catalogue.rs. Every answer is one JSON object, as structured\n\
         content and as the same text. Lists are in `result`; `next_page_token` says that there is more.\n",
    );
    for entry in tools::all() {
        let tool = entry.describe();
        let spec = entry.spec;
        let effect = format!("{:?}", spec.effect).to_lowercase();
        let about = tool.description.value().as_str().unwrap().replace('\n', "\n\n");
        write!(
            text,
            "\n## {}\n\n*{}; toolset {}, {effect}.*\n\n{about}\n",
            tool.name,
            tool.title,
            spec.toolset.name()
        )
        .unwrap();
        let schema = entry.input_schema();
        let properties = schema["properties"].as_object().unwrap();
        if !properties.is_empty() {
            text.push_str("\n| argument | type | |\n|---|---|---|\n");
        }
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, property) in properties {
            let needed = if required.contains(&json!(name)) { ", required" } else { "" };
            let about = property["description"].as_str().unwrap_or_default().replace('|', "\\|");
            writeln!(text, "| `{name}` | {}{needed} | {about} |", kind(property)).unwrap();
        }
        let keys: Vec<String> = tool.output_schema.as_ref().unwrap().value()["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(|key| format!("`{key}`"))
            .collect();
        write!(text, "\nAnswers with {}.\n", keys.join(", ")).unwrap();
    }
    golden(&project("docs/tools.md"), &text);
}

fn kind(property: &Value) -> String {
    match (property["type"].as_str(), property["enum"].as_array()) {
        (_, Some(names)) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        (Some("array"), _) => format!("list of {}", kind(&property["items"])),
        (Some("object"), _) => match property["properties"].as_object() {
            Some(members) => {
                format!("objects with {}", members.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
            }
            None => format!("object of {}", kind(&property["additionalProperties"])),
        },
        (name, _) => name.unwrap_or_default().to_owned(),
    }
}

#[test]
fn every_variable_is_documented_and_every_documented_variable_exists() {
    let variables = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| !c.is_ascii_uppercase() && c != '_')
            .filter(|word| {
                ["MLFLOW_MCP_", "MLFLOW_TRACKING_", "MLFLOW_WORKSPACE"]
                    .iter()
                    .any(|own| word.starts_with(own))
            })
            .map(str::to_owned)
            .collect()
    };
    let read = |path: &str| std::fs::read_to_string(project(path)).unwrap();
    let declared: BTreeSet<String> =
        read("src/config.rs").lines().filter(|line| line.contains("const ")).flat_map(variables).collect();
    assert_eq!(declared, variables(&read("docs/configuration.md")));
}

#[test]
fn the_configuration_names_every_toolset() {
    let text = std::fs::read_to_string(project("docs/configuration.md")).unwrap();
    let line = text.lines().find(|line| line.starts_with("| `MLFLOW_MCP_TOOLSETS`")).unwrap();
    for name in Toolset::names() {
        assert!(line.contains(&format!("`{name}`")), "{name} is not in {line}");
    }
    let on = Toolset::DEFAULT.iter().map(|toolset| toolset.name()).collect::<Vec<_>>().join(",");
    assert!(line.contains(&format!("| {on} |")), "{line}");
}
