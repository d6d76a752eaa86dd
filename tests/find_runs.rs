//! Runs by anything that is known of them: as what a text is taken, where it is looked for, and what that costs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::{Mlflow, answer, call, failure, success};

const REFUSED: &str = r#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid attribute key"}"#;
const MISSING: &str = r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "there is none"}"#;

fn run(id: &str, start: u64) -> Value {
    json!({"info": {"run_id": id, "run_name": format!("name of {id}"), "experiment_id": "1", "status": "FINISHED",
                    "start_time": start, "user_id": "ann", "lifecycle_stage": "active"}})
}

/// A server with two experiments that gives these runs to filters that contain the text, and refuses those that contain
/// `refused`.
fn server(matches: Vec<(&'static str, Vec<Value>)>, refused: &'static str) -> Mlflow {
    Mlflow::new(move |request| {
        let path = request.uri().path();
        let query = request.uri().query().unwrap_or_default();
        if path.ends_with("experiments/search") {
            let all = json!({"experiments": [{"experiment_id": "1", "name": "churn"}, {"experiment_id": "2", "name": "gone"}]});
            return Ok(answer(200, all.to_string()));
        }
        if path.ends_with("registered-models/search") {
            let model = json!({"name": "churn", "aliases": [{"alias": "champion", "version": "2"}]});
            return Ok(answer(200, json!({"registered_models": [model]}).to_string()));
        }
        if path.ends_with("model-versions/get") || path.ends_with("registered-models/alias") {
            return Ok(match query.contains("version=2") || query.contains("alias=champion") {
                true => {
                    answer(200, r#"{"model_version": {"name": "churn", "version": "2", "run_id": "made"}}"#)
                }
                false => answer(400, REFUSED),
            });
        }
        if path.ends_with("runs/get") {
            return Ok(match query == "run_id=made" {
                true => answer(200, json!({"run": run("made", 1)}).to_string()),
                false => answer(404, MISSING),
            });
        }
        let asked: Value = serde_json::from_slice(request.body()).unwrap();
        let filter = asked["filter"].as_str().unwrap_or_default();
        assert_eq!((&asked["run_view_type"], &asked["experiment_ids"]), (&json!("ALL"), &json!(["1", "2"])));
        if !refused.is_empty() && filter.contains(refused) {
            return Ok(answer(400, REFUSED));
        }
        let found = matches.iter().find(|(part, _)| filter.contains(part));
        let most = usize::try_from(asked["max_results"].as_u64().unwrap()).unwrap();
        let runs = found.map_or(&[][..], |(_, runs)| &runs[..most.min(runs.len())]);
        let more = found.is_some_and(|(_, runs)| runs.len() > most);
        Ok(answer(200, json!({"runs": runs, "next_page_token": if more { "more" } else { "" }}).to_string()))
    })
}

fn find(mlflow: &Mlflow, arguments: Value) -> Value {
    call(mlflow, "find_runs", arguments)
}

fn filters(mlflow: &Mlflow) -> Vec<String> {
    let body = |request: &http::Request<bytes::Bytes>| serde_json::from_slice::<Value>(request.body()).ok();
    mlflow
        .seen()
        .iter()
        .filter_map(body)
        .filter_map(|asked| Some(asked["filter"].as_str()?.to_owned()))
        .collect()
}

#[test]
fn the_answer_says_as_what_a_text_matched_and_where_the_runs_are() {
    let mlflow = server(vec![("tags.`invocation_id` = 'a1f0c3d95e7b2846'", vec![run("r1", 9)])], "");
    let result = find(&mlflow, json!({"query": "a1f0c3d95e7b2846"}));
    let found = success(&result);
    assert_eq!(
        found["result"],
        json!([{"matched_as": "invocation id", "more": false, "runs": [
            {"run_id": "r1", "run_name": "name of r1", "experiment_id": "1", "experiment_name": "churn",
             "status": "FINISHED", "start_time": 9, "user_id": "ann", "lifecycle_stage": "active",
             "url": "http://mlflow.test:5000/#/experiments/1/runs/r1"}]}])
    );
    assert_eq!(found["experiments"], 2);
    let rest = [
        "beginning of a run id",
        "git commit",
        "run name",
        "user",
        "dataset digest",
        "dataset name",
        "part of a run name",
        "model version or alias",
    ];
    assert_eq!(found["no_match_as"], json!(rest));
}

#[test]
fn a_run_is_shown_once_where_it_matches_most_surely() {
    let runs = vec![run("r1", 9), run("r2", 8)];
    let mlflow =
        server(vec![("run_name = 'trial'", runs[..1].to_vec()), ("run_name ILIKE '%trial%'", runs)], "");
    let result = find(&mlflow, json!({"query": " trial "}));
    let matched: Vec<(Value, Value)> = success(&result)["result"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["matched_as"].clone(),
                one["runs"].as_array().unwrap().iter().map(|run| run["run_id"].clone()).collect(),
            )
        })
        .collect();
    assert_eq!(matched, [(json!("run name"), json!(["r1"])), (json!("part of a run name"), json!(["r2"]))]);
}

#[test]
fn more_than_the_limit_is_said() {
    let mlflow = server(vec![("user_id = 'ann'", (0..9).map(|n| run(&format!("r{n}"), n)).collect())], "");
    let result = find(&mlflow, json!({"query": "ann", "limit": 3}));
    let matched = &success(&result)["result"][0];
    assert_eq!((&matched["matched_as"], &matched["more"]), (&json!("user"), &json!(true)));
    assert_eq!(matched["runs"].as_array().unwrap().len(), 3);
}

#[test]
fn models_lead_to_the_runs_that_made_them() {
    for query in ["churn@champion", "models:/churn@champion", "models:/churn/2", "champion"] {
        let result = find(&server(Vec::new(), ""), json!({"query": query}));
        let matched = &success(&result)["result"][0];
        assert_eq!(
            (&matched["matched_as"], &matched["runs"][0]["run_id"]),
            (&json!("model version or alias"), &json!("made")),
            "{query}"
        );
    }
    let result = find(&server(Vec::new(), ""), json!({"query": "churn@challenger"}));
    assert_eq!(success(&result)["result"], json!([]));
}

#[test]
fn a_time_window_bounds_every_interpretation_or_stands_alone() {
    let mlflow = server(Vec::new(), "");
    find(
        &mlflow,
        json!({"query": "team=nlp", "started_after": "2026-11-21", "started_before": 1_795_305_600_000_i64}),
    );
    let window = "attributes.start_time >= 1795219200000 AND attributes.start_time < 1795305600000";
    let asked = filters(&mlflow);
    assert_eq!(asked[0], format!("tags.`team` = 'nlp' AND {window}"));
    assert!(asked.iter().all(|filter| filter.ends_with(window)), "{asked:?}");
    let mlflow = server(vec![("attributes.start_time >= 5", vec![run("r1", 7)])], "");
    let result = find(&mlflow, json!({"started_after": "5"}));
    assert_eq!(success(&result)["result"][0]["matched_as"], "time window");
    assert_eq!(filters(&mlflow), ["attributes.start_time >= 5"]);
    let mlflow = server(vec![("", vec![run("r1", 7)])], "");
    let result = find(&mlflow, json!({"query": "  "}));
    assert_eq!(success(&result)["result"][0]["matched_as"], "any run");
    assert_eq!(filters(&mlflow), [""; 0]);
}

#[test]
fn a_server_that_does_not_know_a_filter_is_asked_for_the_others() {
    let mlflow = server(vec![("run_name = 'trial'", vec![run("r1", 1)])], "dataset");
    let result = find(&mlflow, json!({"query": "trial"}));
    let found = success(&result);
    assert_eq!(found["result"][0]["matched_as"], "run name");
    assert_eq!(
        found["note"],
        "This MLflow cannot look for a dataset digest. This MLflow cannot look for a dataset name."
    );
    let result = find(&server(Vec::new(), " "), json!({"query": "trial"}));
    assert!(failure(&result).contains("Invalid attribute key"), "{result}");
}

#[test]
fn what_is_wrong_is_said_with_what_is_right() {
    for (arguments, said) in [
        (json!({"started_after": "yesterday"}), "must be a time in UTC such as \"2026-11-21\""),
        (json!({"query": "it's \"so\""}), "no escape character"),
    ] {
        assert!(failure(&find(&Mlflow::untouched(), arguments.clone())).contains(said), "{arguments}");
    }
}
