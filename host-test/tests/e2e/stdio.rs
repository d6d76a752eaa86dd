//! `mlflow-mcp stdio`: a message per line in front of a real MLflow, and nothing else on standard output.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use super::world::World;

/// The program, with a client on its standard input and output.
struct Piped {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Piped {
    fn start(tracking_uri: &str) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mlflow-mcp"));
        command.args(["stdio", "--tracking-uri", tracking_uri]).env_clear();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, input, output }
    }

    fn send(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    fn request(&mut self, id: &Value, method: &str, params: &Value) {
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string());
    }

    /// The next message; nothing at the end.
    fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        (!line.is_empty()).then(|| serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}")))
    }

    /// Ends the input; what still comes, and that the program ends well.
    fn end(mut self) -> Vec<Value> {
        self.input = None;
        let rest = std::iter::from_fn(|| self.next()).collect();
        assert!(self.child.wait().unwrap().success());
        rest
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn opening(version: &str) -> Value {
    json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}})
}

#[test]
fn requests_are_answered_by_their_ids_and_notifications_not_at_all() {
    let world = World::shared();
    let mut piped = Piped::start(&world.mlflow.uri());
    piped.request(&json!("a"), "initialize", &opening("2025-06-18"));
    piped.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    piped.request(&json!(1), "tools/call", &json!({"name": "health"}));
    piped.request(&json!(2), "ping", &json!({}));
    piped.request(&json!(3), "no/such/method", &json!({}));
    piped.send("this is no message");
    let answers: BTreeMap<String, Value> =
        piped.end().into_iter().map(|answer| (answer["id"].to_string(), answer)).collect();
    assert_eq!(answers.keys().collect::<Vec<_>>(), ["\"a\"", "1", "2", "3", "null"]);
    assert_eq!(answers["\"a\""]["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(answers["1"]["result"]["structuredContent"]["status"], "healthy");
    assert_eq!(answers["2"]["result"], json!({}));
    assert_eq!(answers["3"]["error"]["code"], -32601);
    assert_eq!(answers["null"]["error"]["code"], -32700);
}

#[test]
fn progress_comes_before_its_answer() {
    let world = World::shared();
    let mut piped = Piped::start(&world.mlflow.uri());
    piped.request(&json!(0), "initialize", &opening("2025-11-25"));
    let arguments = json!({"experiment_id": world.text("/experiments/churn/id")});
    let call =
        json!({"name": "get_experiment_metrics", "arguments": arguments, "_meta": {"progressToken": "p"}});
    piped.request(&json!(1), "tools/call", &call);
    let messages = piped.end();
    let methods: Vec<&str> = messages.iter().filter_map(|message| message["method"].as_str()).collect();
    assert!(!methods.is_empty() && methods.iter().all(|method| *method == "notifications/progress"));
    assert_eq!(messages[1]["params"]["progressToken"], "p");
    assert_eq!(messages.last().unwrap()["id"], 1);
    assert_eq!(messages.last().unwrap()["result"]["isError"], Value::Bool(false));
}

#[test]
fn a_cancelled_request_is_not_answered() {
    // It takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut piped = Piped::start(&format!("http://{}", silent.local_addr().unwrap()));
    piped.request(&json!(0), "initialize", &opening("2025-11-25"));
    piped.request(&json!("slow"), "tools/call", &json!({"name": "get_experiments"}));
    // By now the call is under way.
    let waiting = silent.accept().unwrap();
    let cancelled = json!({"requestId": "slow", "reason": "enough"});
    piped.send(
        &json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": cancelled}).to_string(),
    );
    piped.request(&json!(1), "ping", &json!({}));
    let ids: Vec<Value> = piped.end().iter().map(|answer| answer["id"].clone()).collect();
    assert_eq!(ids, [json!(0), json!(1)]);
    drop(waiting);
}
