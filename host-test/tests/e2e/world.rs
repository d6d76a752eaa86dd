//! One MLflow with the sample data and one host in front of it, for all tests that run at the same time.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use mlflow_mcp_host::{Component, Host, Limits, Log, Origin, Running};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use xtask::Project;
use xtask::mlflow::{Server, Version};

use super::{http, leaks};

/// The world that tests share while any of them runs; the last to finish stops it.
static SHARED: Mutex<Weak<World>> = Mutex::new(Weak::new());

/// A real MLflow, and the component in front of it.
pub struct World {
    pub mlflow: Server,
    pub manifest: Value,
    pub hosted: Hosted,
}

impl World {
    /// The shared one. Tests only read.
    pub fn shared() -> Arc<World> {
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(world) = shared.upgrade() {
            return world;
        }
        let (mlflow, sample) = Server::with_sample(&project(), Version::Newest).unwrap();
        let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow.uri())]);
        let world = Arc::new(World { mlflow, manifest: sample.manifest, hosted });
        *shared = Arc::downgrade(&world);
        world
    }

    /// The structured content of a call that succeeds; its text is the same JSON.
    pub fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.hosted.ok(tool, arguments)
    }

    /// The text of a call that fails.
    pub fn fails(&self, tool: &str, arguments: Value) -> String {
        self.hosted.fails(tool, arguments)
    }

    /// A text of the manifest, for instance `/runs/baseline`.
    pub fn text(&self, pointer: &str) -> String {
        let found = self.manifest.pointer(pointer).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("the sample data has no {pointer}")).to_owned()
    }

    /// What MLflow itself says.
    pub fn rest(&self, path: &str) -> Value {
        let (status, body) = http::get(self.mlflow_address(), path);
        assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).unwrap()
    }

    /// A file as MLflow itself gives it.
    pub fn file(&self, run_id: &str, path: &str) -> Vec<u8> {
        let encoded: String = path.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let (status, body) =
            http::get(self.mlflow_address(), &format!("/get-artifact?run_id={run_id}&path={encoded}"));
        assert_eq!(status, 200, "{path}");
        body
    }

    fn mlflow_address(&self) -> SocketAddr {
        self.mlflow.uri().trim_start_matches("http://").parse().unwrap()
    }
}

/// The component in a host of its own.
pub struct Hosted {
    // In this order: the server ends before its runtime.
    running: Option<Running>,
    runtime: Runtime,
}

impl Hosted {
    /// With these variables, and reaching the tracking URI among them. Without a policy of their own, every call is
    /// admitted. No secret among them may be seen again.
    pub fn start(variables: &[(&str, &str)]) -> Self {
        Self::listening(SocketAddr::from(([127, 0, 0, 1], 0)), variables, &[])
    }

    /// The same on this address, reaching these servers besides.
    pub fn listening(address: SocketAddr, variables: &[(&str, &str)], allowed: &[Origin]) -> Self {
        Self::serving(address, variables, allowed, Limits::default())
    }

    /// With these variables, within these bounds.
    pub fn within(limits: Limits, variables: &[(&str, &str)]) -> Self {
        Self::serving(SocketAddr::from(([127, 0, 0, 1], 0)), variables, &[], limits)
    }

    /// Another component than the whole one, with these variables.
    pub fn of(component: Component, variables: &[(&str, &str)]) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        Self::hosting(component, address, variables, &[], Limits::default())
    }

    fn serving(address: SocketAddr, variables: &[(&str, &str)], allowed: &[Origin], limits: Limits) -> Self {
        // Compiled ahead of time by the host's build, as in the product.
        Self::hosting(Component::embedded(), address, variables, allowed, limits)
    }

    fn hosting(
        component: Component,
        address: SocketAddr,
        variables: &[(&str, &str)],
        allowed: &[Origin],
        limits: Limits,
    ) -> Self {
        let runtime = Runtime::new().unwrap();
        let mut host =
            Host::new(component).env("MLFLOW_MCP_POLICY", r#"{"version": "1", "default": "allow"}"#);
        host = host.log(Log::to(|line| {
            leaks::search_line(line);
            // Thousands of lines of the audit trail would hide what went wrong.
            if !line.starts_with('{') {
                eprintln!("{line}");
            }
        }));
        for (name, value) in variables {
            leaks::keep_variable(name, value);
            host = if *name == "MLFLOW_TRACKING_URI" {
                host.tracking_uri(value).unwrap()
            } else {
                host.env(*name, *value)
            };
        }
        for origin in allowed {
            host = host.allow(origin.clone());
        }
        host = host.limits(limits);
        let running = runtime.block_on(host.listen(address).start()).unwrap();
        Self { running: Some(running), runtime }
    }

    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().unwrap().addr()
    }

    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address())
    }

    pub fn call(&self, tool: &str, arguments: &Value) -> Value {
        http::call(self.address(), tool, arguments)
    }

    pub fn ok(&self, tool: &str, arguments: Value) -> Value {
        let mut result = self.call(tool, &arguments);
        assert_eq!(result["isError"], false, "{tool} {arguments}: {result}");
        let text = result["content"][0]["text"].as_str().unwrap();
        assert!(text.chars().count() <= 40_000, "{tool} {arguments} answers with {} characters", text.len());
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), result["structuredContent"]);
        result["structuredContent"].take()
    }

    pub fn fails(&self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, &arguments);
        assert_eq!(result["isError"], true, "{tool} {arguments}: {result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.shutdown());
        }
        if !std::thread::panicking() {
            leaks::none();
        }
    }
}

pub fn project() -> Project {
    Project::here().unwrap()
}

/// The released component's file, as `cargo xtask test` built it.
pub fn component_file() -> PathBuf {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/wasm32-wasip2/release/mlflow_mcp.wasm");
    std::env::var_os("MLFLOW_MCP_COMPONENT").map_or_else(|| PathBuf::from(built), PathBuf::from)
}

/// The file of the component with the tools of `core` alone, as `cargo xtask test` built it.
pub fn core_component_file() -> PathBuf {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/core/wasm32-wasip2/release/mlflow_mcp.wasm");
    std::env::var_os("MLFLOW_MCP_CORE_COMPONENT").map_or_else(|| PathBuf::from(built), PathBuf::from)
}

/// The file of the component for hosts without a store, as `cargo xtask test` built it.
pub fn portable_component_file() -> PathBuf {
    let built =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../target/portable/wasm32-wasip2/release/mlflow_mcp.wasm");
    std::env::var_os("MLFLOW_MCP_PORTABLE_COMPONENT").map_or_else(|| PathBuf::from(built), PathBuf::from)
}

/// The file of the component for Spin, as `cargo xtask test` built it.
pub fn spin_component_file() -> PathBuf {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/spin/wasm32-wasip2/release/mlflow_mcp.wasm");
    std::env::var_os("MLFLOW_MCP_SPIN_COMPONENT").map_or_else(|| PathBuf::from(built), PathBuf::from)
}

/// The file of the component of functions, as `cargo xtask test` built it.
pub fn tools_component_file() -> PathBuf {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/tools/mlflow_tools.wasm");
    std::env::var_os("MLFLOW_MCP_TOOLS_COMPONENT").map_or_else(|| PathBuf::from(built), PathBuf::from)
}

/// The members of `result`, each by one of its texts.
pub fn texts(answer: &Value, member: &str) -> Vec<String> {
    let rows = answer["result"].as_array().unwrap_or_else(|| panic!("no result in {answer}"));
    rows.iter().map(|row| row[member].as_str().unwrap_or_default().to_owned()).collect()
}

/// All rows of a list, page after page, through the tokens that the answers give.
pub fn every_page(world: &World, tool: &str, mut arguments: Value) -> Vec<Value> {
    let mut rows = Vec::new();
    loop {
        let mut page = world.ok(tool, arguments.clone());
        rows.append(page["result"].as_array_mut().unwrap());
        match page.get("next_page_token") {
            Some(token) => arguments["page_token"] = token.clone(),
            None => return rows,
        }
    }
}

/// A MLflow page of everything, asked for directly.
pub fn search_body(experiment_id: &str) -> Value {
    json!({"experiment_ids": [experiment_id], "max_results": 1_000, "run_view_type": "ACTIVE_ONLY"})
}
