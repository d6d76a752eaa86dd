//! `list_artifacts`

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use support::files::{Files, MODEL, RUN, files, of_run, of_runs};
use support::{Mlflow, answer, call, failure, success};

fn list(mlflow: &Mlflow, more: Value) -> Value {
    let mut arguments = json!({"source": RUN});
    arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call(mlflow, "list_artifacts", arguments)
}

fn paths(answer: &Value) -> Vec<&str> {
    answer["result"].as_array().unwrap().iter().map(|row| row["path"].as_str().unwrap()).collect()
}

fn some() -> Files {
    files(&[
        ("a.txt", b"four"),
        ("logs/b.log", b""),
        ("logs/deep/c.log", b"123456"),
        ("logs.txt/d", b"a directory named like a file"),
    ])
}

#[test]
fn all_levels_are_listed_with_the_sums_of_directories() {
    let mlflow = of_run(some());
    let result = list(&mlflow, json!({}));
    let tree = success(&result);
    let all = ["a.txt", "logs", "logs.txt", "logs.txt/d", "logs/b.log", "logs/deep", "logs/deep/c.log"];
    assert_eq!(paths(tree), all);
    assert_eq!(tree["url"], format!("http://mlflow.test:5000/#/runs/{RUN}"));
    assert_eq!(tree["result"][1], json!({"path": "logs", "is_dir": true, "bytes": 6, "files": 2}));
    assert_eq!(tree["result"][4], json!({"path": "logs/b.log", "is_dir": false, "bytes": 0}));
    assert_eq!((&tree["total_files"], &tree["total_bytes"]), (&json!(4), &json!(39)));
    assert_eq!(tree["truncated"], false);
}

#[test]
fn a_depth_stops_there_and_says_what_was_left_out() {
    let result = list(&of_run(some()), json!({"max_depth": 1}));
    let tree = success(&result);
    assert_eq!(paths(tree), ["a.txt", "logs", "logs.txt"]);
    assert_eq!(tree["truncated"], true);
    assert!(tree["note"].as_str().unwrap().starts_with("2 directories were not listed"), "{tree}");
    let below = list(&of_run(some()), json!({"path": "logs/"}));
    assert_eq!(paths(success(&below)), ["logs/b.log", "logs/deep", "logs/deep/c.log"]);
}

#[test]
fn models_beside_the_run_are_directories_of_it_and_sources_of_their_own() {
    let world =
        || of_runs(vec![(RUN, some())], Some(files(&[("MLmodel", b"flavors: {}"), ("data/w.bin", b"1")])));
    let result = list(&world(), json!({}));
    let tree = success(&result);
    let model = tree["result"].as_array().unwrap().iter().find(|row| row["path"] == "model").unwrap();
    assert_eq!((&model["model_id"], &model["files"]), (&json!(MODEL), &json!(2)));
    assert!(paths(tree).contains(&"model/data/w.bin"));
    for source in [MODEL.to_owned(), format!("models:/{MODEL}"), "models:/churn/3".to_owned()] {
        let result = call(&world(), "list_artifacts", json!({"source": source}));
        assert_eq!(paths(success(&result)), ["MLmodel", "data", "data/w.bin"], "{source}");
    }
    let through_run = format!("runs:/{RUN}/model");
    let result = call(&world(), "list_artifacts", json!({"source": through_run, "path": "data"}));
    assert_eq!(paths(success(&result)), ["model/data/w.bin"]);
}

#[test]
fn a_version_of_mlflow_2_has_its_files_in_a_directory_of_its_run() {
    let inside = of_run(files(&[("model/MLmodel", b"x"), ("other", b"y")]));
    let mlflow = Mlflow::new(move |request| {
        if request.uri().path().ends_with("/model-versions/get") {
            let source = format!("mlflow-artifacts:/1/{RUN}/artifacts/model");
            let version = json!({"name": "churn", "version": "3", "source": source, "run_id": RUN});
            return Ok(answer(200, json!({"model_version": version}).to_string()));
        }
        support::now(mlflow_mcp::port::Http::send(&inside, request.clone(), &LIMITS))
    });
    let result = call(&mlflow, "list_artifacts", json!({"source": "models:/churn/3"}));
    assert_eq!(paths(success(&result)), ["MLmodel"]);
    let result = call(&mlflow, "list_artifacts", json!({"source": "models:/churn/3", "path": "MLmodle"}));
    let text = failure(&result);
    assert!(text.contains("models:/churn/3 has no artifact \"MLmodle\""), "{text}");
    assert!(text.contains("Did you mean \"MLmodel\"?"), "{text}");
}

const LIMITS: mlflow_mcp::port::Limits = mlflow_mcp::port::Limits {
    connect: Duration::from_secs(1),
    first_byte: Duration::from_secs(1),
    between_bytes: Duration::from_secs(1),
    body: 1 << 20,
};

#[test]
fn slips_are_told_with_what_there_is() {
    let text = list(&of_run(some()), json!({"path": "a.txt"}));
    assert!(failure(&text).contains("is a file"), "{text}");
    let text = list(&of_run(some()), json!({"path": "log"}));
    assert!(failure(&text).contains("Did you mean \"logs\"?"), "{text}");
    let text = list(&of_run(some()), json!({"path": "../other"}));
    assert!(failure(&text).contains("leads out"), "{text}");
    for source in ["s3://bucket/x", "models:/churn", "runs:/abc", "a/b"] {
        let result = call(&Mlflow::untouched(), "list_artifacts", json!({"source": source}));
        assert!(failure(&result).contains("Give a run id, a logged model id"), "{result}");
    }
    let result = call(&of_run(some()), "list_artifacts", json!({"source": "models:/churn@none"}));
    assert!(failure(&result).contains("there is no model version"), "{result}");
}

#[test]
fn a_directory_that_holds_itself_comes_to_an_end() {
    let endless = Mlflow::new(|request| {
        let path = request.uri().query().unwrap().split("path=").nth(1).unwrap_or_default();
        let path = path.replace("%2F", "/");
        let files: Vec<Value> = (0..20)
            .map(|n| json!({"path": format!("{path}/{n}").trim_matches('/'), "is_dir": true}))
            .collect();
        let run = json!({"run": {"info": {"run_id": RUN}}, "files": files});
        Ok(answer(200, run.to_string()))
    })
    .slow();
    let result = list(&endless, json!({}));
    let tree = success(&result);
    assert!(endless.lines().len() <= 501, "{}", endless.lines().len());
    assert!(tree["note"].as_str().unwrap().contains("directories were not listed"));
    assert_eq!(endless.most_at_once(), 8);
}

#[test]
fn a_slow_server_is_not_asked_for_longer_than_a_client_waits() {
    let deep: Files = (0..20).map(|n| (format!("{}x", "d/".repeat(n)), vec![0])).collect();
    let mlflow = of_run(deep).taking(Duration::from_secs(10));
    let result = list(&mlflow, json!({}));
    assert!(mlflow.lines().len() <= 7, "{:?}", mlflow.lines());
    assert_eq!(success(&result)["truncated"], true);
}

#[test]
fn a_long_tree_has_pages() {
    let many: Files = (0..3_000).map(|n| (format!("predictions/part-{n:05}.csv"), vec![0; 3])).collect();
    let mut seen = Vec::new();
    let mut token = json!({});
    loop {
        let result = list(&of_run(many.clone()), token);
        let page = success(&result);
        seen.extend(paths(page).into_iter().map(str::to_owned));
        assert_eq!(page["total_files"], 3_000);
        match page.get("next_page_token") {
            Some(next) => token = json!({"page_token": next}),
            None => break,
        }
    }
    assert_eq!(seen.len(), 3_001);
    let result = list(&of_run(many), json!({"page_token": "not one"}));
    assert!(failure(&result).contains("page_token"), "{result}");
}
