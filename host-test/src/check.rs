//! `mlflow-mcp check`: whether the configuration works, on one screen.

use crate::exchange::exchange;
use mlflow_mcp_host::{Host, Local};
use serde_json::{Value, json};
use std::error::Error;

/// The first version of MLflow that has logged models, traces by search and assessments.
const THREE: u32 = 3;

/// Prints what works and what does not; true if all does.
pub(crate) async fn check(host: Host) -> Result<bool, String> {
    let component = host.local().await.map_err(|error| error.to_string())?;
    row("component", "starts and answers");
    let asked = async {
        let tools = ask(&component, "tools/list", json!({})).await?;
        let health = ask(&component, "tools/call", json!({"name": "health", "arguments": {}})).await?;
        Ok::<_, Box<dyn Error + Send + Sync>>((tools, health))
    };
    let (tools, health) = asked.await.map_err(|error| format!("the component gave no answer: {error}"))?;
    let works = shows_health(&health);
    shows_tools(&tools);
    Ok(works)
}

fn row(name: &str, text: &str) {
    println!("{name:12} {text}");
}

/// Says whether MLflow can be reached, takes the Host, and lets the server in: all three are needed for one answer.
fn shows_health(result: &Value) -> bool {
    let state = &result["structuredContent"];
    let text = |key: &str| state[key].as_str();
    row("MLflow", text("tracking_uri").unwrap_or("not configured"));
    if text("status") != Some("healthy") {
        let error = text("error").or_else(|| result["content"][0]["text"].as_str());
        row("", &format!("FAILED: {}", error.unwrap_or("no reason was given")));
        return false;
    }
    row("", "reached; accepts our Host and our credentials");
    let version = text("mlflow_version");
    row("version", version.unwrap_or("not told"));
    let major = version.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    row(
        "",
        match major {
            Some(major) if major < THREE => {
                "experiments, runs, artifacts, registry; logged models need MLflow 3"
            }
            Some(_) => "experiments, runs, artifacts, registry, logged models",
            None => "what it can do shows when it is asked",
        },
    );
    true
}

/// Says what the policy leaves to a caller who is not known by name.
fn shows_tools(result: &Value) {
    let tools = result["tools"].as_array().map_or(&[][..], Vec::as_slice);
    let hinted = |tool: &&Value, hint: &str| tool["annotations"][hint] == true;
    let reads = tools.iter().filter(|tool| hinted(tool, "readOnlyHint")).count();
    let deletions = tools.iter().filter(|tool| hinted(tool, "destructiveHint")).count();
    let others = tools.len().saturating_sub(reads + deletions);
    row(
        "policy",
        &format!("{} tools: {reads} read, {others} write, {deletions} overwrite or delete", tools.len()),
    );
}

/// The result of one request.
async fn ask(component: &Local, method: &str, params: Value) -> Result<Value, Box<dyn Error + Send + Sync>> {
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    let mut answer = Value::Null;
    exchange(component, request.into(), None, |line| answer = line.parse().unwrap_or_default()).await?;
    match answer.get("result") {
        Some(result) => Ok(result.clone()),
        None => Err(answer["error"]["message"].as_str().unwrap_or("neither result nor error").into()),
    }
}
