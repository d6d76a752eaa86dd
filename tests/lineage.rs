//! What belongs together: every link, in both directions, from every beginning.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use bytes::Bytes;
use http::{Request, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use support::{Mlflow, answer, call, call_with, failure, success};

const MISSING: &str = r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "not found"}"#;
const NO_ROUTE: &str = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<p>The requested URL was not found.</p>\n";

/// Run `train` made model `m-1`, which is version 2 of `churn`, named champion; run `eval` measured it on `holdout`.
fn reply(request: &Request<Bytes>, has_models: bool) -> Response<Bytes> {
    let query =
        percent_decode_str(request.uri().query().unwrap_or_default()).decode_utf8().unwrap().into_owned();
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let found = match request.uri().path() {
        "/api/2.0/mlflow/runs/get" => run(query.trim_start_matches("run_id="), has_models),
        "/api/2.0/mlflow/experiments/search" => {
            Some(json!({"experiments": [{"experiment_id": "1", "name": "a"}]}))
        }
        "/api/2.0/mlflow/runs/search" => Some(readers(&body)),
        "/api/2.0/mlflow/registered-models/alias" => match query.as_str() {
            "name=churn&alias=champion" => Some(json!({"model_version": version(has_models)})),
            _ => {
                return answer(
                    400,
                    r#"{"error_code": "INVALID_PARAMETER_VALUE", "message": "no such alias"}"#,
                );
            }
        },
        "/api/2.0/mlflow/model-versions/get" if query == "name=churn&version=2" => {
            Some(json!({"model_version": version(has_models)}))
        }
        "/api/2.0/mlflow/registered-models/get" if query == "name=churn" => Some(
            json!({"registered_model": {"name": "churn", "aliases": [{"alias": "champion", "version": "2"}]}}),
        ),
        "/api/2.0/mlflow/registered-models/search" => Some(json!({"registered_models": [{"name": "churn"}]})),
        "/api/2.0/mlflow/model-versions/search" => Some(versions(&query, has_models)),
        "/api/2.0/mlflow/logged-models/m-1" if has_models => Some(model()),
        "/api/3.0/mlflow/traces/search" if has_models => Some(traces(&body)),
        path if path.contains("logged-models") || path.contains("traces") => {
            return if has_models { answer(404, MISSING) } else { answer(404, NO_ROUTE) };
        }
        _ => None,
    };
    found.map_or_else(|| answer(404, MISSING), |found| answer(200, found.to_string()))
}

fn run(id: &str, has_models: bool) -> Option<Value> {
    let dataset = |name: &str, context: &str| {
        json!({"dataset": {"name": name, "digest": format!("d-{name}"), "source_type": "s3"},
               "tags": [{"key": "mlflow.data.context", "value": context}]})
    };
    let info = json!({"run_id": id, "run_name": id, "experiment_id": "1", "status": "FINISHED"});
    let (inputs, outputs, tags) = match id {
        "train" => (
            json!({"dataset_inputs": [dataset("history", "training"), dataset("holdout", "eval")]}),
            json!({"model_outputs": [{"model_id": "m-1", "step": 0}]}),
            json!([{"key": "mlflow.source.git.commit", "value": "abc"}, {"key": "mlflow.parentRunId", "value": "sweep"}]),
        ),
        "eval" => (
            json!({"dataset_inputs": [dataset("holdout", "eval")], "model_inputs": [{"model_id": "m-1"}]}),
            json!({}),
            json!([{"key": "mlflow.linkedPrompts", "value": r#"[{"name": "judge", "version": "4"}]"#}]),
        ),
        _ => return None,
    };
    let outputs = if has_models { outputs } else { json!({}) };
    let data = json!({"metrics": [{"key": "auc", "value": "NaN", "step": 3}], "params": [{"key": "lr", "value": "0.1"}], "tags": tags});
    Some(json!({"run": {"info": info, "data": data, "inputs": inputs, "outputs": outputs}}))
}

fn model() -> Value {
    let metric = json!({"key": "auc", "value": 0.9, "run_id": "eval", "model_id": "m-1", "dataset_name": "holdout", "dataset_digest": "d-holdout"});
    let tags = json!([{"key": "mlflow.modelVersions", "value": r#"[{"name": "churn", "version": 2}]"#}]);
    json!({"model": {"info": {"model_id": "m-1", "experiment_id": "1", "name": "gbdt", "source_run_id": "train", "tags": tags}, "data": {"metrics": [metric]}}})
}

fn version(has_models: bool) -> Value {
    let source = if has_models { "models:/m-1" } else { "mlflow-artifacts:/1/train/artifacts/model" };
    json!({"name": "churn", "version": "2", "run_id": "train", "source": source, "current_stage": "None", "status": "READY"})
}

fn versions(query: &str, has_models: bool) -> Value {
    if query.contains("is_prompt") {
        let prompt = json!({"name": "asker", "version": "1"});
        let tag = if has_models {
            "`mlflow.prompt.associatedRunIds` LIKE '%train%'"
        } else {
            "`mlflow.prompt.run_ids` LIKE '%train%'"
        };
        return if query.contains(tag) { json!({"model_versions": [prompt]}) } else { json!({}) };
    }
    if query.contains("'train'") { json!({"model_versions": [version(has_models)]}) } else { json!({}) }
}

fn readers(body: &Value) -> Value {
    match body["filter"].as_str().unwrap() {
        "dataset.name = 'holdout'" | "dataset.digest = 'd-holdout'" => {
            json!({"runs": [run("eval", true).unwrap()["run"]]})
        }
        _ => json!({}),
    }
}

fn traces(body: &Value) -> Value {
    if body["filter"] != "run_id = 'eval'" {
        return json!({});
    }
    let trace = json!({"trace_id": "tr-1", "state": "OK", "request_time": "2026-11-21T05:48:01.881Z", "execution_duration": "0.2s",
                       "tags": {"mlflow.linkedPrompts": r#"[{"name": "asker", "version": 7}]"#}});
    json!({"traces": [trace], "next_page_token": "more"})
}

fn mlflow(has_models: bool) -> Mlflow {
    Mlflow::new(move |request| Ok(reply(request, has_models)))
}

fn lineage(start: &str) -> Value {
    success(&call(&mlflow(true), "lineage", json!({"start": start}))).clone()
}

fn column(found: &Value, list: &str, member: &str) -> Vec<String> {
    let rows = found[list].as_array().unwrap();
    rows.iter().map(|row| row[member].as_str().unwrap().to_owned()).collect()
}

#[test]
fn whatever_it_starts_from_everything_that_is_linked_is_found() {
    for (start, first) in [
        ("churn@champion", "train"),
        ("models:/churn/2", "train"),
        ("m-1", "train"),
        ("train", "train"),
        ("eval", "eval"),
        ("dataset:holdout", "eval"),
        ("dataset:d-holdout", "eval"),
    ] {
        let found = lineage(start);
        let mut runs = column(&found, "runs", "run_id");
        assert_eq!(runs[0], first, "{start}");
        runs.sort_unstable();
        assert_eq!(runs, ["eval", "train"], "{start}");
        assert_eq!(column(&found, "logged_models", "model_id"), ["m-1"], "{start}");
        assert_eq!(found["model_versions"][0]["aliases"], json!(["champion"]), "{start}");
        assert_eq!(found["model_versions"].as_array().unwrap().len(), 1, "{start}");
        assert_eq!(found["traces"][0]["trace_id"], "tr-1", "{start}");
        let mut prompts = column(&found, "prompts", "version");
        prompts.sort_unstable();
        assert_eq!(prompts, ["1", "4", "7"], "{start}: {found}");
        let of_holdout =
            found["datasets"].as_array().unwrap().iter().find(|one| one["name"] == "holdout").unwrap();
        assert_eq!(of_holdout["run_ids"].as_array().unwrap().len(), 2, "{start}");
        assert_eq!((&found["missing"], &found["truncated"]), (&json!([]), &json!(false)));
    }
}

#[test]
fn the_champion_has_who_trained_it_on_what_and_with_which_metrics() {
    let found = lineage("models:/churn@champion");
    assert_eq!(found["start"], "the version of registered model \"churn\" with alias \"champion\"");
    let train = &found["runs"][0];
    assert_eq!(
        (&train["why"], &train["git_commit"], &train["parent_run_id"]),
        (&json!("trained"), &json!("abc"), &json!("sweep"))
    );
    assert_eq!((&train["metrics"], &train["params"]), (&json!({"auc": "NaN"}), &json!({"lr": "0.1"})));
    assert_eq!(found["runs"][1]["why"], "evaluated");
    let page = |path: &str| json!(format!("http://mlflow.test:5000/#/{path}"));
    assert_eq!(train["url"], page("experiments/1/runs/train"));
    assert_eq!(found["logged_models"][0]["url"], page("experiments/1/models/m-1"));
    assert_eq!(found["model_versions"][0]["url"], page("models/churn/versions/2"));
    assert_eq!(
        found["datasets"][0],
        json!({"name": "history", "digest": "d-history", "source_type": "s3",
                                            "context": "training", "run_ids": ["train"]})
    );
    let measured = &found["logged_models"][0]["metrics"][0];
    assert_eq!(
        (&measured["value"], &measured["dataset_name"], &measured["run_id"]),
        (&json!(0.9), &json!("holdout"), &json!("eval"))
    );
    assert!(found["note"].as_str().unwrap().contains("Run eval has more than the newest 5 traces"));
}

#[test]
fn links_of_one_kind_are_followed_at_the_same_time() {
    let mlflow = mlflow(true).slow();
    success(&call(&mlflow, "lineage", json!({"start": "churn@champion"})));
    assert!(mlflow.lines().len() <= 12, "{:?}", mlflow.lines());
    assert_eq!(mlflow.most_at_once(), 4);
}

#[test]
fn an_older_mlflow_is_said_to_lack_what_came_later() {
    let old = mlflow(false);
    let result = call(&old, "lineage", json!({"start": "churn@champion"}));
    let found = success(&result);
    assert_eq!(column(found, "runs", "run_id"), ["train"]);
    assert_eq!(column(found, "prompts", "linked_to"), ["run train"]);
    assert_eq!((&found["logged_models"], &found["traces"]), (&json!([]), &json!([])));
    let missing = found["missing"].to_string();
    assert!(
        missing.contains("Logged models: MLflow has them since 3.0") && missing.contains("Traces of a run"),
        "{missing}"
    );
    let model = call(&old, "lineage", json!({"start": "m-1"}));
    assert!(failure(&model).contains("MLflow has them since 3.0"), "{model}");
}

#[test]
fn what_is_gone_takes_nothing_from_the_rest() {
    let whole = mlflow(true);
    let gone = Mlflow::new(move |request| {
        if request.uri().query() == Some("run_id=eval") {
            Ok(answer(404, MISSING))
        } else {
            Ok(reply(request, true))
        }
    });
    assert!(whole.lines().is_empty());
    let result = call(&gone, "lineage", json!({"start": "m-1"}));
    let found = success(&result);
    assert_eq!(column(found, "runs", "run_id"), ["train"]);
    assert!(found["note"].as_str().unwrap().contains("Run eval is gone"), "{found}");
}

#[test]
fn a_beginning_that_is_none_says_what_would_be_one() {
    let says = |start: &str| failure(&call(&mlflow(true), "lineage", json!({"start": start}))).to_owned();
    assert!(
        says("nobody").contains("there is no run \"nobody\". Write a run id, m-ID, models:/NAME/VERSION")
    );
    assert!(says("churn@champ").contains("Did you mean \"champion\"?"));
    assert!(says("models:/churm/2").contains("Did you mean \"churn\"?"));
    assert!(says("models:/churn/9").contains("has no version \"9\""));
    assert!(says("models:/churn").contains("which is not models:/m-ID"));
    assert!(says("dataset:nothing").contains("no active run has read a data set"));
    assert!(says("dataset:a'b\"c").contains("cannot search"));
}

#[test]
fn a_long_lineage_keeps_to_its_room() {
    let crowded = Mlflow::new(|request| {
        let mut response = reply(request, true);
        if request.uri().path() == "/api/2.0/mlflow/runs/get" && response.status() == 200 {
            let mut run: Value = serde_json::from_slice(response.body()).unwrap();
            let params = (0..200).map(|n| json!({"key": format!("param {n}"), "value": "ü".repeat(6_000)}));
            run["run"]["data"]["params"] = params.collect();
            response = answer(200, run.to_string());
        }
        Ok(response)
    });
    let limit = [("MLFLOW_MCP_ANSWER_CHARACTERS", "8000")];
    let result = call_with(&crowded, &limit, "lineage", json!({"start": "churn@champion"}));
    let found = success(&result);
    assert!(found.to_string().chars().count() <= 8_000);
    assert_eq!(found["runs"].as_array().unwrap().len(), 2);
    let omitted = found["runs"][0]["omitted"]["params"].as_u64().unwrap();
    assert_eq!(omitted + found["runs"][0]["params"].as_object().unwrap().len() as u64, 200);
}
