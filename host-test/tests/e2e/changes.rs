//! Tools that change MLflow, on the newest MLflow, an early one of its third line and the last of its second. What they did is read back
//! from MLflow itself.

mod registry;
mod runs_and_experiments;
mod stage;

use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::{Value, json};
use xtask::mlflow::{Server, Version};

use super::http;
use super::world::{Hosted, project};

/// Changes are what these tests are about: nothing is to hold them up.
const POLICY: &str = r#"{"version": "1", "default": "allow", "tools": {}}"#;

static NEWEST: Mutex<Weak<Bench>> = Mutex::new(Weak::new());
static EARLY: Mutex<Weak<Bench>> = Mutex::new(Weak::new());
static TWO: Mutex<Weak<Bench>> = Mutex::new(Weak::new());

/// An MLflow to change, and the component in front of it. Tests share it, each with names of its own.
pub struct Bench {
    mlflow: Server,
    pub hosted: Hosted,
}

impl Bench {
    pub fn of(version: Version) -> Arc<Self> {
        let shared = match version {
            Version::Newest => &NEWEST,
            Version::Early => &EARLY,
            Version::Two => &TWO,
        };
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bench) = shared.upgrade() {
            return bench;
        }
        let mlflow = Server::empty(&project(), version).unwrap();
        let variables = [("MLFLOW_TRACKING_URI", mlflow.uri()), ("MLFLOW_MCP_POLICY", POLICY.to_owned())];
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let hosted = Hosted::start(&variables);
        let bench = Arc::new(Self { mlflow, hosted });
        *shared = Arc::downgrade(&bench);
        bench
    }

    pub fn mlflow_uri(&self) -> String {
        self.mlflow.uri()
    }

    pub fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.hosted.ok(tool, arguments)
    }

    pub fn fails(&self, tool: &str, arguments: Value) -> String {
        self.hosted.fails(tool, arguments)
    }

    /// What MLflow itself says to this.
    pub fn rest(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.ask(method, path, &body.to_string());
        assert_eq!(status, 200, "{method} {path} {body}: {answer}");
        serde_json::from_str(&answer).unwrap_or(Value::Null)
    }

    pub fn get(&self, path: &str) -> Value {
        self.rest("GET", path, &json!({}))
    }

    /// The status of a request to MLflow, and its answer.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let address = self.mlflow.uri().trim_start_matches("http://").parse().unwrap();
        // A GET with a body would be read by some of MLflow's servers.
        let body = if method == "GET" { "" } else { body };
        let head = format!("{method} {path} HTTP/1.1\r\nContent-Type: application/json");
        let (status, answer) = http::request(address, &head, body).unwrap();
        (status, String::from_utf8_lossy(&answer).into_owned())
    }

    /// A new experiment and a run in it.
    pub fn run(&self, name: &str) -> (String, String) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let made = self.rest("POST", "/api/2.0/mlflow/experiments/create", &json!({"name": name}));
        let experiment = text(&made["experiment_id"]);
        let body = json!({"experiment_id": experiment, "start_time": 1});
        let made = self.rest("POST", "/api/2.0/mlflow/runs/create", &body);
        (experiment, text(&made["run"]["info"]["run_id"]))
    }

    /// `active` or `deleted`.
    pub fn stage(&self, run_id: &str) -> String {
        let found = self.get(&format!("/api/2.0/mlflow/runs/get?run_id={run_id}"));
        found["run"]["info"]["lifecycle_stage"].as_str().unwrap().to_owned()
    }

    /// A new registered model with so many versions.
    pub fn model(&self, name: &str, versions: usize) {
        self.rest("POST", "/api/2.0/mlflow/registered-models/create", &json!({"name": name}));
        for _ in 0..versions {
            let body = json!({"name": name, "source": "s3://bucket/model", "description": "first",
                              "tags": [{"key": "validated", "value": "yes"}]});
            self.rest("POST", "/api/2.0/mlflow/model-versions/create", &body);
        }
    }

    pub fn version(&self, name: &str, version: &str) -> Value {
        let path = format!("/api/2.0/mlflow/model-versions/get?name={name}&version={version}");
        self.get(&path)["model_version"].take()
    }

    pub fn exists(&self, model: &str) -> bool {
        self.ask("GET", &format!("/api/2.0/mlflow/registered-models/get?name={model}"), "").0 == 200
    }
}

/// The value of a tag among those that MLflow shows.
pub fn tag<'a>(tags: &'a Value, key: &str) -> Option<&'a str> {
    tags.as_array()?.iter().find(|tag| tag["key"] == key)?["value"].as_str()
}
