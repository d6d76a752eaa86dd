//! The component with the tools of `core` alone: half as large, and the same in all else.

use std::collections::BTreeSet;

use mlflow_mcp::spec::Toolset;
use mlflow_mcp::tools;
use mlflow_mcp_host::Component;
use serde_json::{Value, json};

use super::http::rpc;
use super::world::{Hosted, World, component_file, core_component_file};

/// What one component of an MCP server is to weigh at most, in bytes.
const LARGEST: u64 = 1_500_000;

/// A policy about tools that only other builds have.
const POLICY: &str = r#"{"version": "1", "default": "allow", "tools": {
    "toolset:traces": {"action": "deny"},
    "rank_runs": {"action": "allow", "arguments": {"metric": ["loss"]}},
    "delete_dataset": {"action": "deny"}
}}"#;

fn hosted(world: &World, more: &[(&str, &str)]) -> Hosted {
    let component = Component::from_file(core_component_file()).unwrap();
    let uri = world.mlflow.uri();
    Hosted::of(component, &[&[("MLFLOW_TRACKING_URI", uri.as_str())], more].concat())
}

fn names(list: &Value) -> BTreeSet<&str> {
    list["result"]["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

#[test]
fn it_is_small_imports_what_the_whole_one_does_and_has_nothing_of_the_others() {
    let (core, whole) = (core_component_file(), component_file());
    let size = std::fs::metadata(&core).unwrap().len();
    assert!(size <= LARGEST, "{size} bytes");
    let imports = |file| xtask::component::Component::read(file).unwrap().imports;
    assert_eq!(imports(&core), imports(&whole));
    let of_others = |file| {
        let wasm = std::fs::read(file).unwrap();
        let wasm = String::from_utf8_lossy(&wasm).into_owned();
        // Names in words of a test or a hint are not what makes it large; descriptions of tools are.
        let others = tools::all().filter(|entry| entry.spec.toolset != Toolset::Core);
        let found = others.filter(|entry| wasm.contains(entry.describe().description.as_str()));
        found.map(|entry| entry.spec.name).collect::<Vec<_>>()
    };
    assert!(of_others(&whole).len() > 50, "descriptions are not found in the file at all");
    assert_eq!(of_others(&core), [""; 0]);
}

#[test]
fn its_tools_are_those_of_core_as_the_whole_one_describes_them_and_they_answer_alike() {
    let world = World::shared();
    let core = hosted(&world, &[("MLFLOW_MCP_TOOLSETS", "all"), ("MLFLOW_MCP_POLICY", POLICY)]);
    let list = rpc(core.address(), "tools/list", &json!({})).unwrap();
    let whole = rpc(world.hosted.address(), "tools/list", &json!({})).unwrap();
    let expected = tools::all().filter(|entry| entry.spec.toolset == Toolset::Core);
    let expected: BTreeSet<_> = expected.map(|entry| entry.spec.name).collect();
    assert_eq!(names(&list), expected);
    for tool in list["result"]["tools"].as_array().unwrap() {
        assert!(whole["result"]["tools"].as_array().unwrap().contains(tool), "{tool}");
    }
    let run = json!({"run_id": world.text("/runs/baseline")});
    for (tool, arguments) in [("get_run", &run), ("get_run_artifacts", &run), ("get_experiments", &json!({}))]
    {
        assert_eq!(core.ok(tool, arguments.clone()), world.ok(tool, arguments.clone()), "{tool}");
    }
}

#[test]
fn what_it_lacks_is_told_apart_from_what_there_is_not() {
    let world = World::shared();
    let core = hosted(&world, &[]);
    let refused = |tool: &str| {
        let answer = rpc(core.address(), "tools/call", &json!({"name": tool, "arguments": {}})).unwrap();
        answer["error"]["message"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    };
    assert_eq!(
        refused("search_traces"),
        "there is no tool \"search_traces\" in this component: it was built without the toolset traces, with core \
         alone; mlflow-mcp.wasm has every toolset"
    );
    assert_eq!(refused("get_rum"), "there is no tool \"get_rum\"; did you mean \"get_run\"?");
    let prompts = rpc(core.address(), "prompts/list", &json!({})).unwrap().to_string();
    assert!(prompts.contains("find_best_run") && !prompts.contains("registry"), "{prompts}");
    let asking = hosted(&world, &[("MLFLOW_MCP_TOOLSETS", "core,traces")]);
    let told = asking.fails("get_experiments", json!({}));
    assert!(
        told.contains(
            "MLFLOW_MCP_TOOLSETS is wrong: this component does not have traces: it was built without"
        ),
        "{told}"
    );
}
