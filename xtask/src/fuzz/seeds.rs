//! The inputs that fuzzing starts from: every request of the transcripts, with the answers of MLflow that belong to it,
//! and a call of every tool.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::error::{Context, Result};

/// Between a request and each answer of MLflow, as `fuzz/src/input.rs` reads it.
const SEPARATOR: &str = "\n~~~~\n";
/// What stands before the names of MLflow's answers in a transcript.
const MLFLOW: &str = "MLflow: ";
/// What MLflow answers to the call of a tool: something of each kind, wherever it fits.
const ANSWERS: &str = "MLflow: runs-get, experiments-search, runs-search, registered-models-get";

/// Writes the seeds of a target into a folder of their own; how many there are.
pub(super) fn write(root: &Path, target: &str, folder: &Path) -> Result<usize> {
    if folder.exists() {
        fs::remove_dir_all(folder).context(folder.display())?;
    }
    fs::create_dir_all(folder).context(folder.display())?;
    let seeds = seeds(root, target)?;
    for (number, seed) in seeds.iter().enumerate() {
        let file = folder.join(format!("{number:03}"));
        fs::write(&file, seed).context(file.display())?;
    }
    Ok(seeds.len())
}

fn seeds(root: &Path, target: &str) -> Result<BTreeSet<String>> {
    let folder = root.join("tests/golden/transcripts");
    let mut seeds = BTreeSet::new();
    for file in fs::read_dir(&folder).context(folder.display())? {
        let path = file.context(folder.display())?.path();
        let text = fs::read_to_string(&path).context(path.display())?;
        for exchange in text.split("\n==== ").skip(1) {
            let request = request(exchange);
            let seed = match (target, request.split_once("\n\n")) {
                ("jsonrpc", Some((_, body))) => body.to_owned(),
                ("jsonrpc", None) => continue,
                _ => request + &mlflow(root, exchange)?,
            };
            seeds.insert(seed);
        }
    }
    if target == "transport" {
        seeds.extend(tools(root)?);
    }
    Ok(seeds)
}

/// A call of each tool with all its arguments.
fn tools(root: &Path) -> Result<Vec<String>> {
    let folder = root.join("tests/golden/tools");
    let answers = mlflow(root, ANSWERS)?;
    let mut calls = Vec::new();
    for file in fs::read_dir(&folder).context(folder.display())? {
        let tool = json_of(&file.context(folder.display())?.path())?;
        let properties = tool["inputSchema"]["properties"].as_object().cloned().unwrap_or_default();
        let arguments: Map<String, Value> =
            properties.into_iter().map(|(name, schema)| (name, example(&schema))).collect();
        let params = json!({"name": tool["name"], "arguments": arguments});
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        calls.push(format!("POST /mcp\ncontent-type: application/json\n\n{body}{answers}"));
    }
    Ok(calls)
}

/// A value of the type that a schema wants.
fn example(schema: &Value) -> Value {
    match (schema["type"].as_str(), schema["enum"].get(0)) {
        (_, Some(value)) => value.clone(),
        (Some("integer" | "number"), _) => json!(1),
        (Some("boolean"), _) => json!(true),
        (Some("array"), _) => json!([example(&schema["items"])]),
        (Some("object"), _) => json!({"key": "value"}),
        _ => json!("1"),
    }
}

fn json_of(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).context(path.display())?;
    serde_json::from_str(&text).context(path.display())
}

/// The request of an exchange: the lines that a transcript marks with `>`, its first one without the protocol.
fn request(exchange: &str) -> String {
    let lines = exchange.lines().filter_map(|line| line.strip_prefix('>'));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    lines.join("\n").replacen(" HTTP/1.1", "", 1)
}

/// The recorded answers that an exchange names, each after a separator.
fn mlflow(root: &Path, exchange: &str) -> Result<String> {
    let names = exchange.lines().find_map(|line| line.strip_prefix(MLFLOW)).unwrap_or_default();
    let mut parts = String::new();
    for name in names.split(", ").filter(|name| !name.is_empty()) {
        let fixture = json_of(&root.join(format!("tests/fixtures/mlflow-3.17.2/{name}.json")))?;
        let response = &fixture["response"];
        let body = response["body"].as_str().map_or_else(|| response["body"].to_string(), str::to_owned);
        parts += &format!("{SEPARATOR}{}\ncontent-type: application/json\n\n{body}", response["status"]);
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use crate::project::Project;

    use super::*;

    #[test]
    fn a_seed_is_the_request_and_what_mlflow_answers() {
        let exchange = "resources/read\nMLflow: runs-get-missing\n\n> POST /mcp HTTP/1.1\n> a: b\n>\n> {}\n\n< HTTP/1.1 200 OK\n";
        assert_eq!(request(exchange), "POST /mcp\na: b\n\n{}");
        let answers = mlflow(&Project::here().unwrap().root, exchange).unwrap();
        assert!(answers.starts_with("\n~~~~\n404\ncontent-type: application/json\n\n{"), "{answers}");
    }

    #[test]
    fn the_transcripts_have_seeds_for_every_target() {
        let root = Project::here().unwrap().root;
        for target in crate::fuzz::TARGETS {
            let found = seeds(&root, target).unwrap();
            assert!(found.len() > 50, "{target}: {}", found.len());
            assert!(found.iter().any(|seed| seed.contains("tools/call")));
        }
    }
}
