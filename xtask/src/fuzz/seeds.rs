//! The inputs that fuzzing starts from: every request of the transcripts, with the answers of MLflow that belong to it,
//! a call of every tool, the policies of the documentation, and every recorded token.

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
    if target == "token" {
        return tokens(root);
    }
    let policies = policies(root)?;
    if target == "policy" {
        return Ok(policies);
    }
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
        let tools = tools(root)?;
        // A few calls under each policy and each kind of caller: what there is to find is between them.
        for (number, variables) in
            policies.iter().map(|policy| under(policy)).chain(CALLERS.map(str::to_owned)).enumerate()
        {
            let calls = tools.iter().skip(number % 5).step_by(5);
            seeds.extend(calls.map(|call| format!("variables\n{variables}{SEPARATOR}{}", with_token(call))));
        }
        seeds.extend(tools);
    }
    Ok(seeds)
}

/// The callers of a server, one of whom has the token `a token`, with and without credentials of their own.
const CALLERS: [&str; 3] = [
    "MLFLOW_MCP_CREDENTIALS=caller",
    "MLFLOW_MCP_CALLERS=[{\"name\": \"ann\", \"token_sha256\": \
     \"e3316e2bafebb6103a3418e8778c0adc960d40213a03a7e7f4fcd3426ed807bf\", \"read_only\": true}]",
    "MLFLOW_MCP_TRACKING_HEADERS={\"X-Api-Key\": \"hunter2-of-the-proxy\"}\nMLFLOW_WORKSPACE=team\nMLFLOW_MCP_READ_ONLY=true",
];

/// A server with that policy.
fn under(policy: &str) -> String {
    format!("MLFLOW_MCP_POLICY={}", policy.replace('\n', " "))
}

fn with_token(call: &str) -> String {
    const HEADERS: &str = "authorization: Bearer a token\nx-mlflow-authorization: Bearer of ann\nx-mcp-exclude-tools: health\n\
                           traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n";
    call.replacen("content-type:", &format!("{HEADERS}content-type:"), 1)
}

/// The policies of the documentation.
fn policies(root: &Path) -> Result<BTreeSet<String>> {
    let path = root.join("docs/policy.md");
    let text = fs::read_to_string(&path).context(path.display())?;
    let blocks = text.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    Ok(blocks.map(|block| block.trim().to_owned()).collect())
}

/// Each recorded token, right or wrong, with the keys that are of use and with one that is not.
fn tokens(root: &Path) -> Result<BTreeSet<String>> {
    let recorded = json_of(&root.join("tests/fixtures/tokens.json"))?;
    let keys = &recorded["keys"];
    let sets =
        [json!({"keys": [keys["rsa"], keys["large"], keys["curve"]]}), json!({"keys": [keys["weak"]]})];
    let tokens = ["right", "wrong"].iter().flat_map(|kind| recorded[kind].as_object().into_iter().flatten());
    let tokens: Vec<&str> = tokens.filter_map(|(_, token)| token.as_str()).collect();
    Ok(sets
        .iter()
        .flat_map(|set| tokens.iter().map(move |token| format!("{set}{SEPARATOR}{token}")))
        .collect())
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
    fn there_are_seeds_for_every_target() {
        let root = Project::here().unwrap().root;
        for target in crate::fuzz::TARGETS {
            let found = seeds(&root, target).unwrap();
            let (least, holds) = match target {
                "policy" => (3, "\"version\""),
                "token" => (50, "AQAB"),
                _ => (50, "tools/call"),
            };
            assert!(found.len() > least, "{target}: {}", found.len());
            assert!(found.iter().any(|seed| seed.contains(holds)), "{target}");
        }
    }
}
