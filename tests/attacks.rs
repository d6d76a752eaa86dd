//! Attempts to have this server ask somebody else, or MLflow for something else, than its tools are for: by arguments,
//! by what MLflow answers, and by messages that are made to be hard to read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use bytes::Bytes;
use http::{HeaderValue, Request};
use mlflow_mcp::mlflow::endpoint::{Access, Endpoint};
use mlflow_mcp::mlflow::{BaseUrl, Client, Credentials, Error, Tracking};
use mlflow_mcp::port::Limits;
use mlflow_mcp::tools;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use std::time::Duration;
use support::made_up::{arguments, holding};
use support::{Mlflow, answer, body, call_with, failure, now, post, serve};

/// Ways up, elsewhere, into the head of a request, or out of a query.
const HOSTILE: [&str; 30] = [
    "..",
    ".",
    "../../../etc/passwd",
    "%2e%2e%2fsecret",
    "%252e%252e%252fsecret",
    "..%2f..%2fsecret",
    "..\\..\\secret",
    "..%5c..%5csecret",
    "/etc/passwd",
    "//evil.test/x",
    "\\\\evil.test\\x",
    "http://169.254.169.254/latest/meta-data",
    "https://evil.test@mlflow.test:5000/",
    "@evil.test/",
    ":80@evil.test/",
    "file:///etc/passwd",
    "models:/../../x/1",
    "models:/m-../../x",
    "runs:/../../x",
    "mlflow-artifacts:/../../x",
    "m-../../x",
    "m-1/../../../secret",
    "mlflow://run/../../x",
    "a?run_id=b&c=d",
    "a#b",
    "a;b=c",
    "a\r\nHost: evil.test\r\n\r\nGET /secret HTTP/1.1",
    "a\0b",
    "\u{2025}/\u{ff0e}\u{ff0e}/x",
    "' OR '1' = '1",
];

/// What every request to MLflow is, whatever was asked: one to the server of the tracking URI, for a route of MLflow's.
fn is_honest(request: &Request<Bytes>, why: &str) {
    let uri = request.uri();
    assert_eq!(
        (uri.scheme_str(), uri.authority().unwrap().as_str()),
        (Some("http"), "mlflow.test:5000"),
        "{why}"
    );
    let path = uri.path();
    let routes = [
        "/api/2.0/mlflow/",
        "/api/3.0/mlflow/",
        "/ajax-api/2.0/mlflow/",
        "/ajax-api/3.0/mlflow/",
        "/ajax-api/3.0/jobs/",
        "/get-artifact",
        "/version",
        "/health",
    ];
    assert!(routes.iter().any(|route| path.starts_with(route)), "{why}: {path}");
    // As a server sees it that decodes first and finds its way afterwards.
    let decoded = percent_decode_str(path).decode_utf8().unwrap().into_owned();
    assert!(
        path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte)),
        "{why}: {path}"
    );
    assert!(decoded.split('/').skip(1).all(|part| !matches!(part, "" | "." | "..")), "{why}: {path}");
    let query = uri.query().unwrap_or_default();
    assert!(
        query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%=&".contains(&byte)),
        "{why}: {query}"
    );
    for (name, value) in request.headers() {
        let known = ["accept", "user-agent", "content-type", "content-length", "range", "authorization"];
        assert!(known.contains(&name.as_str()) && value.to_str().is_ok(), "{why}: {name}: {value:?}");
        assert!(!value.to_str().unwrap().contains("evil"), "{why}: {name}: {value:?}");
    }
}

/// Every tool, called with the text in each of its arguments that can hold one, and in all resources.
fn with_everything(text: &str, mut ask: impl FnMut(&str, String)) {
    for entry in tools::all() {
        let schema = entry.describe().input_schema.value();
        for (name, property) in schema["properties"].as_object().unwrap() {
            let Some(value) = holding(property, text) else { continue };
            let mut arguments = arguments(&schema);
            arguments.insert(name.clone(), value);
            ask(entry.spec.name, calling(entry.spec.name, &arguments));
        }
    }
    let encoded = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    for form in [
        "run/{}",
        "run/1/artifacts/{}",
        "experiment/{}",
        "experiment-by-name/{}",
        "registered-model/{}",
        "model-version/{}/1",
        "model-version/m/{}",
    ] {
        for text in [text, &encoded] {
            let uri = format!("mlflow://{}", form.replace("{}", text));
            let params = json!({"uri": uri});
            let body = json!({"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": params});
            ask("resources/read", body.to_string());
        }
    }
}

fn calling(tool: &str, arguments: &Map<String, Value>) -> String {
    let params = json!({"name": tool, "arguments": arguments});
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string()
}

#[test]
fn no_argument_leads_anywhere_but_to_routes_of_the_tracking_server() {
    let mut asked = 0;
    for text in HOSTILE {
        with_everything(text, |tool, body| {
            for (status, answer) in [(200, "{}"), (404, r#"{"error_code": "RESOURCE_DOES_NOT_EXIST"}"#)] {
                let mlflow = Mlflow::always(status, answer);
                let variables = [("MLFLOW_TRACKING_TOKEN", "hunter2hunter2")];
                serve(&mlflow, &variables, post(&[], &body));
                mlflow.seen().iter().for_each(|request| is_honest(request, &format!("{tool} {text:?}")));
                asked += mlflow.seen().len();
            }
        });
    }
    assert!(asked > 5_000, "MLflow was asked {asked} times only");
}

/// An MLflow that says this in the place of every id, name, path, URI and token.
fn saying(text: &'static str) -> Mlflow {
    Mlflow::new(move |request| {
        let file = json!({"path": text, "is_dir": false, "file_size": "3"});
        let info = json!({"run_id": text, "experiment_id": text, "artifact_uri": text, "run_name": text});
        let tags = json!([{"key": "mlflow.parentRunId", "value": text}, {"key": text, "value": text}]);
        let run = json!({"info": info, "data": {"tags": tags, "metrics": [{"key": text, "value": 1.0}]},
                         "outputs": {"model_outputs": [{"model_id": text}]}});
        let version = json!({"name": text, "version": "1", "source": text, "run_id": text, "model_id": text});
        // The name by which a path leads into the model.
        let model =
            json!({"info": {"model_id": text, "name": "model", "experiment_id": text, "artifact_uri": text}});
        let everything = json!({
            "run": run, "runs": [run], "files": [file], "root_uri": text, "next_page_token": "",
            "experiment": {"experiment_id": text, "name": text, "artifact_location": text},
            "experiments": [{"experiment_id": text, "name": text, "artifact_location": text}],
            "registered_model": {"name": text, "latest_versions": [version], "aliases": [{"alias": text, "version": "1"}]},
            "registered_models": [{"name": text, "latest_versions": [version]}],
            "model_version": version, "model_versions": [version], "model": model, "models": [model],
        });
        let is_file = request.uri().path() == "/get-artifact";
        Ok(answer(if is_file { 404 } else { 200 }, everything.to_string()))
    })
}

#[test]
fn nothing_that_mlflow_answers_leads_anywhere_else_either() {
    let mut asked = 0;
    for text in HOSTILE {
        for entry in tools::all() {
            let schema = entry.describe().input_schema.value();
            let mut arguments = arguments(&schema);
            for path in ["path", "artifact_path"] {
                if schema["properties"].get(path).is_some() {
                    arguments.insert(path.to_owned(), json!("model/MLmodel"));
                }
            }
            let mlflow = saying(text);
            serve(&mlflow, &[], post(&[], &calling(entry.spec.name, &arguments)));
            let tool = entry.spec.name;
            mlflow
                .seen()
                .iter()
                .for_each(|request| is_honest(request, &format!("{tool}, MLflow says {text:?}")));
            asked += mlflow.seen().len();
        }
    }
    assert!(asked > 1_000, "MLflow was asked {asked} times only");
}

#[test]
fn a_way_out_of_the_artifacts_is_refused_before_mlflow_is_asked() {
    for path in [
        "../x",
        "a/../../x",
        "%2e%2e/x",
        "%252e%252e/x",
        "..\\x",
        "..%5cx",
        "/%2fetc/passwd",
        "a\0b",
        "C:\\x",
    ] {
        for (tool, argument) in [
            ("get_run_artifacts", "path"),
            ("get_run_artifact", "artifact_path"),
            ("get_artifact_content", "artifact_path"),
        ] {
            let result = call_with(&Mlflow::untouched(), &[], tool, json!({"run_id": "a", argument: path}));
            assert!(
                failure(&result).contains("leads out of the run's artifacts"),
                "{tool} {path:?}: {result}"
            );
        }
    }
    let uri = "mlflow://run/a/artifacts/%2e%2e/%2e%2e/etc/passwd";
    let read = json!({"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": uri}});
    let refused = body(&serve(&Mlflow::untouched(), &[], post(&[], &read.to_string())));
    assert!(refused["error"]["message"].as_str().unwrap().contains("leads out"), "{refused}");
}

#[test]
fn a_redirect_is_followed_nowhere() {
    for (status, to) in [
        (301, "http://169.254.169.254/latest/meta-data"),
        (302, "https://evil.test/"),
        (303, "//evil.test/"),
        (307, "http://mlflow.test:5000/secret"),
        (308, "/secret"),
    ] {
        let redirecting = || {
            Mlflow::new(move |_| {
                let mut response = answer(status, "");
                response.headers_mut().insert("location", HeaderValue::from_static(to));
                Ok(response)
            })
        };
        let still = || Mlflow::always(500, "");
        for entry in tools::all() {
            let body = calling(entry.spec.name, &arguments(&entry.describe().input_schema.value()));
            let (there, here) = (redirecting(), still());
            serve(&there, &[], post(&[], &body));
            serve(&here, &[], post(&[], &body));
            there.seen().iter().for_each(|request| is_honest(request, entry.spec.name));
            assert!(!there.lines().iter().any(|line| line.contains("secret")), "{:?}", there.lines());
            assert!(there.seen().len() <= here.seen().len() + 2, "{} goes on", entry.spec.name);
        }
    }
}

#[test]
fn no_caller_chooses_the_server_that_is_asked() {
    let schema = tools::find("get_run").unwrap().describe().input_schema.value();
    let mut arguments = arguments(&schema);
    for name in ["tracking_uri", "MLFLOW_TRACKING_URI", "base_url", "host"] {
        arguments.insert(name.to_owned(), json!("http://evil.test"));
    }
    let headers = [
        ("x-mlflow-tracking-uri", "http://evil.test"),
        ("host", "evil.test"),
        ("x-forwarded-host", "evil.test"),
        ("forwarded", "host=evil.test"),
    ];
    let mlflow = Mlflow::always(200, "{}");
    serve(&mlflow, &[], post(&headers, &calling("get_run", &arguments)));
    assert_eq!(mlflow.seen().len(), 1);
    mlflow.seen().iter().for_each(|request| is_honest(request, "headers"));
}

#[test]
fn json_that_is_nested_without_end_is_refused_and_overflows_nothing() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let objects = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
    for depth in [200, 100_000, 1_000_000] {
        for text in [deep(depth), objects(depth), "[".repeat(depth), "{\"a\":".repeat(depth)] {
            let message = format!(
                r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"get_run","arguments":{{"run_id":{text}}}}}}}"#
            );
            for body in [text.clone(), message] {
                let refused = serve(&Mlflow::untouched(), &[], post(&[], &body));
                assert_eq!(refused.status(), 400);
                assert!(refused.body().len() < 1_000);
            }
            // As text where a list belongs, which is read as JSON, too.
            let arguments = json!({"run_ids": text});
            let result = call_with(&Mlflow::always(200, "{}"), &[], "compare_runs", arguments);
            assert_eq!(result["isError"], true);
        }
    }
    // In what MLflow answers.
    let mlflow = Mlflow::new(move |_| Ok(answer(200, deep(100_000))));
    let result = call_with(&mlflow, &[], "get_run", json!({"run_id": "a"}));
    assert!(failure(&result).chars().count() < 1_000);
}

#[test]
fn a_client_refuses_what_is_beyond_the_effect_of_its_tool() {
    let limits = Limits {
        connect: Duration::from_secs(1),
        first_byte: Duration::from_secs(1),
        between_bytes: Duration::from_secs(1),
        body: 1_000,
    };
    let base = BaseUrl::parse("http://mlflow.test:5000").unwrap();
    let tracking = Tracking { base, credentials: Credentials::default(), limits };
    let [read, write, delete] = [Access::Read, Access::Write, Access::Delete];
    let endpoints = [
        (Endpoint::ask("/x"), read),
        (Endpoint::post("/x"), write),
        (Endpoint::patch("/x"), write),
        (Endpoint::undo("/x"), write),
        (Endpoint::delete("/x"), delete),
        (Endpoint::remove("/x"), delete),
    ];
    for (endpoint, needed) in &endpoints {
        for access in [read, write, delete] {
            let mlflow = Mlflow::always(200, "{}");
            let client = Client::new(&mlflow, &tracking, access);
            let answer = now(client.send::<Value>(endpoint, &json!({})));
            let refused = access < *needed;
            assert_eq!(
                (answer == Err(Error::Beyond), mlflow.seen().is_empty()),
                (refused, refused),
                "{endpoint:?}"
            );
        }
    }
}

#[test]
fn every_digest_of_a_token_is_compared_to_its_end() {
    // How long a comparison takes cannot be tested reliably; that nothing ends it early can be read.
    let source = include_str!("../src/mcp/callers.rs");
    let (_, find) = source.split_once("pub fn find").unwrap();
    let (find, _) = find.split_once("\n    }\n").unwrap();
    let (_, search) = find.split_once("for caller in &self.0 {").unwrap();
    assert!(search.contains(".ct_eq("), "{search}");
    for early in ["break", "return", "==", "find(", "position(", "any(", "?"] {
        assert!(!search.contains(early), "{early} ends the search of tokens early:\n{search}");
    }
}
