//! A server under the policy that holds when none is given, a client of 2026-07-28 that can ask a person, and an MLflow
//! that has one of everything.

use bytes::Bytes;
use http::{Request, Response};
use mlflow_mcp::mcp::{Answer, Asking, respond};
use mlflow_mcp::port::{Counters, HttpError, NoStore, Ports};
use mlflow_mcp::{Server, config};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::support::outlet::Recorder;
use super::support::store::Store;
use super::support::{Mlflow, answer, body, now, post, variables};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// All of them.
pub struct World {
    pub mlflow: Mlflow,
    pub store: Store,
    pub variables: Vec<(&'static str, String)>,
    /// What the client says it can do.
    pub capabilities: Value,
    pub token: &'static str,
}

impl World {
    /// Under the policy that holds when none is given: deletions need approval.
    pub fn new() -> Self {
        let caller = |name: &str| {
            let digest: String = Sha256::digest(name).iter().map(|byte| format!("{byte:02x}")).collect();
            json!({"name": name, "token_sha256": digest})
        };
        let callers = json!([caller("ann"), caller("bob")]).to_string();
        let variables = vec![
            ("MLFLOW_MCP_POLICY", String::new()),
            ("MLFLOW_MCP_TOOLSETS", "all".to_owned()),
            ("MLFLOW_MCP_SEAL_KEY", KEY.to_owned()),
            ("MLFLOW_MCP_CALLERS", callers),
        ];
        let store = Store::default();
        store.sleep(1_000_000);
        let capabilities = json!({"elicitation": {"form": {}}});
        Self { mlflow: Mlflow::new(known), store, variables, capabilities, token: "ann" }
    }

    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    /// A request of 2026-07-28.
    pub fn send(&self, params: Value) -> Value {
        let mut params = params;
        let name = params["name"].as_str().unwrap().to_owned();
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
        let text = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
        let bearer = format!("Bearer {}", self.token);
        let headers = [
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/call"),
            ("mcp-name", name.as_str()),
            ("authorization", bearer.as_str()),
        ];
        body(&self.respond(&headers, &text))
    }

    pub fn respond(&self, headers: &[(&str, &str)], text: &str) -> Response<Bytes> {
        let given: Vec<(&str, &str)> =
            self.variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let config = config::read(&variables(&given));
        let access = config.access.clone();
        let counters = Counters { host: &self.store, instance: &NoStore };
        let ports = Ports {
            http: &self.mlflow,
            clock: &self.store,
            counters,
            log: &self.mlflow,
            shelf: &self.mlflow,
            memory: &self.mlflow.memory,
        };
        let server = |asking: &Asking<'_>| Server::new(ports, config, asking);
        match now(respond(server, &access, None, &Recorder::new(0), post(headers, text))) {
            Answer::Whole(response) => response,
            Answer::Streamed => panic!("streamed"),
        }
    }

    /// Calls, and gives the message to the person and the state to keep.
    pub fn ask(&self, tool: &str, arguments: &Value) -> (String, String) {
        let result = self.send(json!({"name": tool, "arguments": arguments}))["result"].take();
        assert_eq!(result["resultType"], "input_required", "{result}");
        let form = &result["inputRequests"]["approval"]["params"];
        assert_eq!(form["requestedSchema"]["required"], json!(["approve"]));
        assert_eq!(form["requestedSchema"]["properties"]["approve"]["type"], "boolean");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&form["message"]), text(&result["requestState"]))
    }

    /// Calls with an answer, and gives the result.
    pub fn reply(&self, tool: &str, arguments: &Value, response: Value, state: &str) -> Value {
        let params = json!({"name": tool, "arguments": arguments, "inputResponses": {"approval": response},
                            "requestState": state});
        self.send(params)["result"].take()
    }

    pub fn approve(&self, tool: &str, arguments: &Value, state: &str) -> Value {
        self.reply(tool, arguments, yes(), state)
    }

    /// What MLflow was asked to change.
    pub fn changes(&self) -> Vec<String> {
        self.mlflow
            .lines()
            .into_iter()
            .filter(|line| ["delete", "DELETE", "/remove-"].iter().any(|word| line.contains(word)))
            .collect()
    }
}

pub fn yes() -> Value {
    json!({"action": "accept", "content": {"approve": true}})
}

/// The text of a refusal.
pub fn refusal(result: &Value) -> &str {
    assert_eq!(result["isError"], true, "{result}");
    result["content"][0]["text"].as_str().unwrap()
}

/// One of everything.
fn known(request: &Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let query = request.uri().query().unwrap_or_default();
    let tags = json!([{"key": "team", "value": "cv"}]);
    let version = json!({"name": "churn", "version": "3", "source": "models:/m-1", "current_stage": "Production", "tags": tags});
    let model = |name: &str, aliases: Value| json!({"registered_model": {"name": name, "aliases": aliases, "tags": tags, "latest_versions": [version]}});
    let found = match request.uri().path().trim_start_matches("/api/2.0/mlflow/") {
        _ if query.contains("nope") => {
            let missing = json!({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "no such thing"});
            return Ok(answer(404, missing.to_string()));
        }
        "runs/get" => {
            json!({"run": {"info": {"run_id": "abc", "run_name": "a \"name\"\n", "status": "FINISHED",
                                              "experiment_id": "7"}, "data": {"tags": tags}}})
        }
        "runs/search" => json!({"runs": [{"info": {"run_id": "abd", "experiment_id": "7"}}]}),
        "experiments/get" => json!({"experiment": {"experiment_id": "7", "name": "nightly", "tags": tags}}),
        "model-versions/get" => json!({"model_version": version}),
        "model-versions/search" => json!({"model_versions": [version]}),
        "registered-models/get" if query.contains("aliased") => {
            model("aliased", json!([{"alias": "champion", "version": "3"}]))
        }
        "registered-models/get" if query.contains("greeting") => {
            json!({"registered_model": {"name": "greeting", "aliases": [{"alias": "production", "version": "1"}],
                "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}, {"key": "team", "value": "cv"}]}})
        }
        "registered-models/get" => model("churn", json!([])),
        "logged-models/m-1" => {
            json!({"model": {"info": {"model_id": "m-1", "name": "gbm", "artifact_uri": "s3://m-1", "tags": tags}}})
        }
        "webhooks/w-1" => {
            json!({"webhook": {"webhook_id": "w-1", "name": "hook", "url": "https://hooks.test/a", "status": "ACTIVE",
                               "events": [{"entity": "MODEL_VERSION", "action": "CREATED"}]}})
        }
        "/api/3.0/mlflow/scorers/versions" => {
            let data = json!({"instructions": "Is {{ outputs }} polite?", "model": "openai:/gpt-4.1-mini"});
            let serialized = json!({"name": "polite", "instructions_judge_pydantic_data": data}).to_string();
            json!({"scorers": [{"experiment_id": 7, "scorer_name": "polite", "scorer_version": 1, "serialized_scorer": serialized}]})
        }
        "/api/3.0/mlflow/traces/tr-1" => {
            let place = json!({"mlflow_experiment": {"experiment_id": "7"}});
            let tags = json!({"mlflow.traceName": "agent", "team": "cv"});
            json!({"trace": {"trace_info": {"trace_id": "tr-1", "trace_location": place, "state": "ERROR", "tags": tags,
                                            "request_time": "2026-01-18T09:14:00Z"}}})
        }
        "/api/3.0/mlflow/traces/tr-1/assessments/a-1" if request.method() == "GET" => {
            let source = json!({"source_type": "HUMAN", "source_id": "zoe"});
            json!({"assessment": {"assessment_id": "a-1", "assessment_name": "ok", "trace_id": "tr-1", "source": source,
                                  "feedback": {"value": true}}})
        }
        "/api/3.0/mlflow/datasets/d-1" if request.method() == "GET" => {
            json!({"dataset": {"dataset_id": "d-1", "name": "golden", "profile": "{\"num_records\": 2}",
                               "tags": "{\"team\": \"cv\"}"}})
        }
        "/api/3.0/mlflow/datasets/d-1/records" if request.method() == "GET" => {
            let records =
                json!([{"dataset_record_id": "dr-1", "inputs": {"question": "Who?"}, "created_time": 1}]);
            json!({"records": records.to_string()})
        }
        "/api/3.0/mlflow/datasets/d-1/experiment-ids" => json!({"experiment_ids": ["7"]}),
        _ => json!({}),
    };
    Ok(answer(200, found.to_string()))
}
