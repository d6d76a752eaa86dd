//! The same questions for every client, and what the answers must be.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::{Value, json};

use super::printed;
use crate::http::rpc;
use crate::world::World;

/// What clients agree on by `initialize`.
pub const HANDSHAKE: &str = "2025-11-25";
/// What they find by `server/discover`.
pub const NEWEST: &str = "2026-07-28";

/// A text file among the sample's artifacts.
const FILE: &str = "report.md";
/// What a prompt is asked for, and what is completed.
const METRIC: &str = "eval/accuracy";

/// What a client is to ask.
pub struct Questions {
    pub tool: &'static str,
    pub arguments: Value,
    /// URIs of a run and of a text file of it.
    pub resources: [String; 2],
    pub prompt: &'static str,
    pub prompt_arguments: Value,
}

impl Questions {
    pub fn about(world: &World) -> Self {
        let run = world.text("/artifacts/run_id");
        Self {
            tool: "search_runs_by_tags",
            arguments: json!({
                "experiment_id": world.text("/experiments/eval_nightly/id"),
                "tags": {"invocation_id": world.text("/invocations/0/invocation_id")},
            }),
            resources: [format!("mlflow://run/{run}"), format!("mlflow://run/{run}/artifacts/{FILE}")],
            prompt: "find_best_run",
            prompt_arguments: json!({
                "experiment_id": world.text("/experiments/finetuning/id"),
                "metric": METRIC,
            }),
        }
    }

    /// As the client scripts take them.
    fn json(&self) -> Value {
        json!({
            "tool": self.tool,
            "arguments": self.arguments,
            "resources": self.resources,
            "prompt": self.prompt,
            "prompt_arguments": self.prompt_arguments,
            "completed_prompt": self.prompt,
            "completed_argument": {"name": "metric", "value": "eval/a"},
            "completion_context": {"experiment_id": self.prompt_arguments["experiment_id"]},
        })
    }
}

/// Sends a client script on a tour, opened in this mode, and checks that it speaks this revision then.
pub fn tour(client: Command, mode: &str, revision: &str) {
    let world = World::shared();
    guided(client, &world, ["--url", &world.hosted.url()], mode, revision);
}

/// The same over standard input and output of this program.
pub fn tour_by_stdio(client: Command, mode: &str, revision: &str) {
    let world = World::shared();
    let program = json!([env!("CARGO_BIN_EXE_mlflow-mcp"), "stdio", "--tracking-uri", world.mlflow.uri()]);
    guided(client, &world, ["--program", &program.to_string()], mode, revision);
}

fn guided(mut client: Command, world: &World, server: [&str; 2], mode: &str, revision: &str) {
    let asked = Questions::about(world);
    client.args(server).args(["--mode", mode]).arg(asked.json().to_string());
    let text = printed(&mut client);
    let answers: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"));
    check(world, &answers, revision);
    assert_eq!(answers["completion"], json!([METRIC]));
}

/// Holds answers against what MLflow has. Completion is not among them: not every client has it.
pub fn check(world: &World, answers: &Value, revision: &str) {
    assert_eq!(answers["protocol_version"], revision);
    for (answer, method, list, name) in [
        ("tools", "tools/list", "tools", "name"),
        ("templates", "resources/templates/list", "resourceTemplates", "uriTemplate"),
        ("prompts", "prompts/list", "prompts", "name"),
    ] {
        let sent = rpc(world.hosted.address(), method, &json!({})).unwrap();
        let rows = sent["result"][list].as_array().unwrap();
        assert!(!rows.is_empty(), "{method}");
        let sent: Vec<&Value> = rows.iter().map(|row| &row[name]).collect();
        assert_eq!(answers[answer], json!(sent), "{method}");
    }
    let resources = answers["resources"].as_array().unwrap();
    assert!(resources.len() > 10 && resources.contains(&json!("mlflow://server")), "{resources:?}");
    assert_eq!(found_runs(answers), sample_runs(world));
    let [run, file] = answers["contents"].as_array().unwrap().as_slice() else {
        panic!("{}", answers["contents"])
    };
    let run: Value = serde_json::from_str(run.as_str().unwrap()).unwrap();
    let run_id = world.text("/artifacts/run_id");
    assert_eq!(run["run_id"], run_id.as_str());
    assert_eq!(file.as_str().unwrap().as_bytes(), world.file(&run_id, FILE));
    let prompt = answers["prompt"][0].as_str().unwrap();
    let experiment = world.text("/experiments/finetuning/id");
    assert!(prompt.contains(&format!("experiment {experiment} by the metric `{METRIC}`")), "{prompt}");
}

/// The runs of the tool's answer, by id with their invocation.
fn found_runs(answers: &Value) -> BTreeSet<(String, String)> {
    let rows = answers["result"]["result"].as_array();
    let rows = rows.unwrap_or_else(|| panic!("no rows in {}", answers["result"]));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    rows.iter().map(|row| (text(&row["run_id"]), text(&row["tags"]["invocation_id"]))).collect()
}

/// What the sample data says that they are.
fn sample_runs(world: &World) -> BTreeSet<(String, String)> {
    let invocation = world.text("/invocations/0/invocation_id");
    let experiment = world.text("/experiments/eval_nightly/id");
    let runs = world.manifest["invocations"][0]["runs"].as_array().unwrap();
    let here = runs.iter().filter(|run| run["experiment_id"] == experiment.as_str());
    here.map(|run| (run["run_id"].as_str().unwrap().to_owned(), invocation.clone())).collect()
}
