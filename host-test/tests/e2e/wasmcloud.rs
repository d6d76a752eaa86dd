//! The portable component under wasmCloud's runtime, with what `deploy/wasmcloud.yaml` gives it there.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use xtask::python::Environment;
use xtask::scratch::Scratch;

use super::clients::workflow;
use super::foreign::{Foreign, free_port};
use super::http;
use super::world::{World, portable_component_file, project};

/// Where the manifest has MLflow.
const EXAMPLE: &str = "http://mlflow.mlflow.svc.cluster.local:5000";

/// `wash dev`, which takes a workload from a file in place of Kubernetes.
struct Wash {
    // In this order: it ends before its folder.
    served: Foreign,
    _folder: Scratch,
}

impl Wash {
    /// With the workload of this manifest, and what is in its Secret.
    fn serve(manifest: &str, secret: &Value) -> Self {
        // The same words as in the manifest, but that Kubernetes refers to objects and this to names.
        let resources = below(manifest, "localResources:");
        let workload = resources.replace("- name: mlflow-mcp", "- mlflow-mcp");
        assert_ne!(workload, resources);
        let component = json!(portable_component_file());
        let configuration = format!(
            "build:\n  command: 'true'\n  component_path: {component}\n\
             dev:\n  address: 127.0.0.1:{port}\n  host_interfaces:\n{interfaces}\
             workload:\n{workload}\
             secrets:\n  mlflow-mcp:\n    inline: {secret}\n",
            port = free_port(),
            interfaces = below(manifest, "hostInterfaces:"),
        );
        let folder = Scratch::new("wasmcloud").unwrap();
        fs::create_dir(folder.path().join(".wash")).unwrap();
        fs::write(folder.path().join(".wash/config.yaml"), configuration).unwrap();
        let programs = Environment::ensure(&project(), "wasmcloud").unwrap().programs();
        let mut command = Command::new(programs.join("wash"));
        command.arg("dev").current_dir(folder.path()).env("HOME", folder.path());
        command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME").env_remove("XDG_CACHE_HOME");
        Self { served: Foreign::start(command, "address=http://"), _folder: folder }
    }
}

/// The lines that belong to a key, as they are: YAML asks only that they are further in.
fn below(manifest: &str, key: &str) -> String {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut lines = manifest.lines().skip_while(|line| line.trim() != key);
    let outer = depth(lines.next().unwrap());
    lines.take_while(|line| depth(line) > outer).map(|line| format!("{line}\n")).collect()
}

fn manifest() -> String {
    let manifest = fs::read_to_string(project().root.join("deploy/wasmcloud.yaml")).unwrap();
    assert_eq!(manifest.matches(EXAMPLE).count(), 2, "the allowed host and the variable: {manifest}");
    manifest
}

#[test]
fn wasmcloud_serves_the_whole_workflow_with_the_portable_component() {
    let world = World::shared();
    let wash = Wash::serve(&manifest().replace(EXAMPLE, &world.mlflow.uri()), &json!({}));
    let arguments = json!({"run_id": world.text("/runs/baseline")});
    let there = http::call(wash.served.address, "get_run", &arguments);
    assert_eq!(there, world.hosted.call("get_run", &arguments));
    workflow(&world, &wash.served.url(), "auto");
}

#[test]
fn on_wasmcloud_callers_come_from_the_secret_and_other_hosts_are_not_reached() {
    let world = World::shared();
    let digest: String = Sha256::digest("letmein").iter().map(|byte| format!("{byte:02x}")).collect();
    let callers = json!([{"name": "ci", "token_sha256": digest}]).to_string();
    // The first is the host that may be reached, the second the variable.
    let elsewhere = manifest().replacen(EXAMPLE, "http://mlflow.example.com:5000", 1);
    let elsewhere = elsewhere.replace(EXAMPLE, &world.mlflow.uri());
    let wash = Wash::serve(&elsewhere, &json!({"MLFLOW_MCP_CALLERS": callers}));
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "health"}});
    let asked = |head: &str| {
        let head = format!("POST /mcp HTTP/1.1\r\nContent-Type: application/json{head}");
        let (status, body) = http::request(wash.served.address, &head, &call.to_string()).unwrap();
        (status, serde_json::from_slice::<Value>(&body).unwrap())
    };
    assert_eq!(asked("").0, 401);
    let (status, mut answer) = asked("\r\nAuthorization: Bearer letmein");
    assert_eq!(status, 200, "{answer}");
    let health = answer["result"]["structuredContent"].take();
    assert_eq!(
        (&health["status"], &health["tracking_uri"]),
        (&json!("unhealthy"), &json!(world.mlflow.uri()))
    );
    let error = health["error"].as_str().unwrap();
    assert!(error.contains("the sandbox does not let this server connect"), "{error}");
}
