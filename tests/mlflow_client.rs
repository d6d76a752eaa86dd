//! What goes over the wire to MLflow, and what becomes of everything that can come back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::cell::Cell;
use std::time::Duration;

use mlflow_mcp::port::HttpError;
use serde_json::{Value, json};
use support::{Mlflow, answer, call, call_with, failure, success};

const RUN: &str = r#"{"run": {"info": {"run_id": "abc", "experiment_id": "1"}}}"#;

#[test]
fn a_post_has_its_length_and_ids_are_text() {
    let mlflow = Mlflow::always(200, r#"{"runs": [{"info": {"run_id": "abc"}}]}"#);
    call(&mlflow, "get_runs", json!({"experiment_id": 9_007_199_254_740_993_u64, "limit": 1}));
    let request = &mlflow.seen()[0];
    assert_eq!(request.headers()["content-length"], request.body().len().to_string().as_str());
    assert!(request.headers().get("transfer-encoding").is_none());
    assert!(request.headers().get("origin").is_none());
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    let expected =
        json!({"experiment_ids": ["9007199254740993"], "run_view_type": "ACTIVE_ONLY", "max_results": 1});
    assert_eq!(body, expected);
}

#[test]
fn a_get_has_no_body_and_an_encoded_query() {
    let mlflow = Mlflow::always(200, "x");
    call(&mlflow, "get_artifact_content", json!({"run_id": "abc", "artifact_path": "a b/größe&c=d.txt"}));
    assert_eq!(mlflow.lines(), ["GET /get-artifact?run_id=abc&path=a%20b%2Fgr%C3%B6%C3%9Fe%26c%3Dd.txt"]);
    assert!(mlflow.seen()[0].body().is_empty());
}

#[test]
fn the_path_of_the_tracking_uri_is_kept() {
    let mlflow = Mlflow::always(200, RUN);
    call_with(
        &mlflow,
        &[("MLFLOW_TRACKING_URI", "https://h.test/team/ml/")],
        "get_run",
        json!({"run_id": "abc"}),
    );
    let uri = mlflow.seen()[0].uri().to_string();
    assert_eq!(uri, "https://h.test/team/ml/api/2.0/mlflow/runs/get?run_id=abc");
}

#[test]
fn credentials_go_with_every_request_and_into_no_answer() {
    for (variables, header) in [
        (
            vec![("MLFLOW_TRACKING_USERNAME", "bob"), ("MLFLOW_TRACKING_PASSWORD", "hunter2")],
            "Basic Ym9iOmh1bnRlcjI=",
        ),
        (vec![("MLFLOW_TRACKING_TOKEN", "hunter2")], "Bearer hunter2"),
        (vec![("MLFLOW_TRACKING_URI", "http://bob:hunter2@mlflow.test:5000")], "Basic Ym9iOmh1bnRlcjI="),
    ] {
        for tool in ["health", "get_experiments"] {
            let mlflow = Mlflow::always(401, "You are not authenticated.");
            let result = call_with(&mlflow, &variables, tool, json!({}));
            assert!(mlflow.seen().iter().all(|request| request.headers()["authorization"] == header));
            let text = result.to_string();
            assert!(!text.contains("hunter2") && !text.contains("Ym9iOmh1bnRlcjI"), "{text}");
            assert!(text.contains("did not accept the credentials"), "{text}");
        }
    }
}

#[test]
fn a_read_whose_connection_broke_before_any_byte_is_sent_once_more() {
    let count = Cell::new(0);
    let mlflow = Mlflow::new(move |_| {
        count.set(count.get() + 1);
        if count.get() == 1 { Err(HttpError::Closed) } else { Ok(answer(200, RUN)) }
    });
    success(&call(&mlflow, "get_run", json!({"run_id": "abc"})));
    assert_eq!(mlflow.lines().len(), 2);

    let mlflow = Mlflow::failing(HttpError::Closed);
    assert!(failure(&call(&mlflow, "get_run", json!({"run_id": "abc"}))).contains("closed the connection"));
    assert_eq!(mlflow.lines().len(), 2);
}

#[test]
fn nothing_else_is_sent_again() {
    let errors = [
        HttpError::Forbidden,
        HttpError::Unreachable,
        HttpError::Untrusted,
        HttpError::ConnectTimeout,
        HttpError::ResponseTimeout,
        HttpError::Incomplete,
        HttpError::TooLarge,
        HttpError::Malformed,
    ];
    for error in errors {
        let mlflow = Mlflow::failing(error);
        failure(&call(&mlflow, "get_run", json!({"run_id": "abc"})));
        assert_eq!(mlflow.lines().len(), 1, "{error:?}");
    }
    let mlflow = Mlflow::always(500, "Internal Server Error");
    failure(&call(&mlflow, "get_run", json!({"run_id": "abc"})));
    assert_eq!(mlflow.lines().len(), 1);
}

#[test]
fn every_way_to_fail_says_what_is_wrong_and_what_to_do() {
    for (error, what, next) in [
        (HttpError::Forbidden, "the sandbox does not let", "allow that origin"),
        (HttpError::Unreachable, "no connection to MLflow at http://mlflow.test:5000", "Start MLflow"),
        (HttpError::Untrusted, "TLS certificate", "issuer"),
        (HttpError::ConnectTimeout, "took no connection within 3 s", "MLFLOW_TRACKING_URI"),
        (HttpError::ResponseTimeout, "did not answer in time", "MLFLOW_MCP_FIRST_BYTE_TIMEOUT"),
        (HttpError::Incomplete, "broke off", "Try again"),
        (HttpError::TooLarge, "larger than", "smaller limit"),
        (HttpError::Malformed, "not an HTTP answer", "scheme"),
    ] {
        let result = call(&Mlflow::failing(error), "get_experiments", json!({}));
        let text = failure(&result);
        assert!(text.starts_with("Error executing tool get_experiments: "), "{text}");
        assert!(text.contains(what) && text.contains(next), "{text}");
    }
}

#[test]
fn every_no_says_what_is_wrong_and_what_to_do() {
    let json =
        r#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid clause(s) in filter string: 'OR'"}"#;
    for (status, body, what, next) in [
        (400, json, "INVALID_PARAMETER_VALUE: Invalid clause(s)", ""),
        (401, "You are not authenticated.", "wants credentials", "MLFLOW_TRACKING_USERNAME"),
        (403, "Permission denied", "does not permit", "administrator"),
        (
            403,
            "Invalid Host header - possible DNS rebinding attack detected",
            "mlflow.test:5000",
            "--allowed-hosts \"mlflow.test:5000\"",
        ),
        (404, "<!doctype html><h1>Not Found</h1>", "no such route", "static prefix"),
        (302, "", "sends us on", "final URL"),
        (500, "Internal Server Error", "HTTP 500: Internal Server Error", "log"),
        (502, "<html><body><h1>Bad Gateway</h1></body></html>", "HTTP 502: Bad Gateway", "proxy"),
        (200, "<html><body>Please sign in</body></html>", "did not answer as MLflow", "sign-in page"),
        (200, "{\"experiments\": [", "did not answer as MLflow", "root of an MLflow server"),
        (200, "[]", "did not answer as MLflow", "root of an MLflow server"),
    ] {
        let result = call(&Mlflow::always(status, body), "search_experiments", json!({}));
        let text = failure(&result);
        assert!(text.contains(what) && text.contains(next), "{status} {body}: {text}");
        assert!(!text.contains('<'), "{text}");
    }
}

#[test]
fn a_wrong_configuration_is_told_by_every_tool_and_reaches_nobody() {
    for (variable, value) in [
        ("MLFLOW_TRACKING_URI", ""),
        ("MLFLOW_TRACKING_URI", "localhost:5000"),
        ("MLFLOW_TRACKING_USERNAME", "bob"),
        ("MLFLOW_MCP_CONNECT_TIMEOUT", "soon"),
        ("MLFLOW_MCP_ANSWER_CHARACTERS", "12"),
        ("MLFLOW_MCP_ALLOWED_ORIGINS", "*"),
    ] {
        for tool in ["health", "get_run"] {
            let result = call_with(&Mlflow::untouched(), &[(variable, value)], tool, json!({"run_id": "a"}));
            let named = failure(&result).contains("MLFLOW_");
            assert!(named, "{variable}={value}: {result}");
        }
    }
}

#[test]
fn health_is_an_answer_even_when_mlflow_is_not() {
    let sick = call(&Mlflow::failing(HttpError::Unreachable), "health", json!({}));
    let sick = success(&sick);
    assert_eq!(sick["status"], "unhealthy");
    assert_eq!(sick["tracking_uri"], "http://mlflow.test:5000");
    assert!(sick["error"].as_str().unwrap().contains("Start MLflow"));
    let well = Mlflow::new(|request| {
        Ok(answer(200, if request.uri().path() == "/version" { "3.17.2" } else { "{}" }))
    });
    let well = call(&well, "health", json!({}));
    assert_eq!(success(&well)["status"], "healthy");
    assert_eq!(success(&well)["mlflow_version"], "3.17.2");
}

#[test]
fn where_nothing_ever_comes_back_a_caller_waits_less_than_five_seconds() {
    let silent = Mlflow::failing(HttpError::ConnectTimeout);
    failure(&call(&silent, "get_experiments", json!({})));
    let waited: Duration = silent.limits().iter().map(|limits| limits.connect).sum();
    assert!(waited < Duration::from_secs(5), "{waited:?}");
    let mute = Mlflow::failing(HttpError::ResponseTimeout);
    call(&mute, "health", json!({}));
    // Its two questions are asked at the same time.
    for limits in mute.limits() {
        assert!(limits.first_byte < Duration::from_secs(5), "{limits:?}");
    }
}

#[test]
fn an_empty_answer_is_an_empty_list() {
    let result = call(&Mlflow::always(200, "{}"), "search_experiments", json!({}));
    assert_eq!(success(&result), &json!({"result": [], "truncated": false}));
}

#[test]
fn arguments_that_are_wrong_never_reach_mlflow() {
    for (tool, arguments, what) in [
        ("get_run", json!({}), "\"run_id\" is missing"),
        ("get_run", json!({"run_id": ""}), "must not be empty"),
        ("get_runs", json!({"experiment_id": "1", "limit": 0}), "from 1 to 50000"),
        ("get_runs", json!({"experiment_id": "1", "offset": -1}), "at least 0"),
        (
            "get_runs",
            json!({"experiment_id": "1", "offset": 3, "page_token": "x"}),
            "cannot be used together",
        ),
        ("search_experiments", json!({"view_type": "DELETED"}), "Did you mean \"DELETED_ONLY\""),
        (
            "get_run_metric",
            json!({"run_id": "a", "metric_name": "m", "start_step": 5, "end_step": 1}),
            "behind",
        ),
        ("get_run_metric", json!({"run_id": "a", "metric_name": "m", "start_step": 5}), "go together"),
        ("search_runs_by_tags", json!({"experiment_id": "1", "tags": "team"}), "must be an object"),
        ("search_runs_by_tags", json!({"experiment_id": "1", "tags": {"a": "'\""}}), "no escape character"),
    ] {
        let result = call(&Mlflow::untouched(), tool, arguments);
        let text = failure(&result);
        assert!(text.contains(what), "{tool}: {text}");
    }
}

#[test]
fn a_read_ignores_what_it_does_not_know_and_says_so() {
    let result = call(&Mlflow::always(200, RUN), "get_run", json!({"run_id": "abc", "runid": 1, "zzz": 2}));
    assert_eq!(success(&result)["ignored_arguments"], json!(["runid (did you mean run_id?)", "zzz"]));
}

#[test]
fn an_unknown_experiment_is_an_error_and_an_empty_one_is_not() {
    let missing =
        r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No Experiment with id=77 exists"}"#;
    let mlflow = Mlflow::new(move |request| {
        Ok(if request.uri().path().ends_with("/get") { answer(404, missing) } else { answer(200, "{}") })
    });
    let result = call(&mlflow, "get_runs", json!({"experiment_id": "77"}));
    assert!(failure(&result).contains("no experiment with id \"77\""));
    let found = r#"{"experiment": {"experiment_id": "7", "name": "empty"}}"#;
    let mlflow = Mlflow::new(move |request| {
        Ok(answer(200, if request.uri().path().ends_with("/get") { found } else { "{}" }))
    });
    let result = call(&mlflow, "get_runs", json!({"experiment_id": "7"}));
    assert_eq!(success(&result)["result"], json!([]));
}
