//! `get_model_info`, over an MLflow that has files.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::json;
use support::files::{MODEL, RUN, files, of_run, of_runs};
use support::{Mlflow, call, call_with, failure, success};

const MLMODEL: &str = "flavors:\n  python_function:\n    env: {conda: conda.yaml}\n  sklearn:\n    pickled_model: model.pkl\n\
    model_size_bytes: 700\nmlflow_version: 3.17.2\nmodel_uuid: m-1\nmetadata:\nutc_time_created: '2026-01-06 11:00:00.5'\n\
    run_id: 0123456789abcdef0123456789abcdef\nsignature:\n  inputs: '[{\"type\": \"double\", \"name\": \"größe\"}]'\n  outputs: null\n  \
    params: '[{\"name\": \"a\", \"default\": NaN}]'\n";

const CONDA: &str = "dependencies:\n- python=3.9.2\n- pip:\n  - mlflow==2.1\n";

fn model(more: &[(&str, &[u8])]) -> support::files::Files {
    files(&[&[("MLmodel", MLMODEL.as_bytes())], more].concat())
}

#[test]
fn everything_a_model_says_is_in_one_answer() {
    let beside: &[(&str, &[u8])] =
        &[("requirements.txt", b"mlflow==3.17.2\n\nnumpy\n"), ("python_env.yaml", b"python: 3.11.7\n")];
    for uri in [format!("models:/{MODEL}"), "models:/churn/2".to_owned(), format!("runs:/{RUN}/model")] {
        let mlflow = of_runs(vec![(RUN, files(&[]))], Some(model(beside)));
        let result = call(&mlflow, "get_model_info", json!({"model_uri": uri}));
        let info = success(&result);
        assert_eq!(info["signature"]["inputs"], json!([{"type": "double", "name": "größe"}]), "{uri}");
        assert_eq!(info["signature"]["params"], json!([{"name": "a", "default": "NaN"}]));
        assert!(info["signature"].get("outputs").is_none() && info.get("metadata").is_none());
        assert_eq!(info["flavors"]["sklearn"], json!({"pickled_model": "model.pkl"}));
        assert_eq!(info["requirements"], json!(["mlflow==3.17.2", "numpy"]));
        assert_eq!((&info["python_version"], &info["model_size_bytes"]), (&json!("3.11.7"), &json!(700)));
        assert_eq!((&info["model_id"], &info["run_id"]), (&json!(MODEL), &json!(RUN)));
        assert_eq!(info["utc_time_created"], "2026-01-06 11:00:00.5");
        assert_eq!(info.get("version").is_some(), uri.contains("churn"));
        // Nothing is left open for conda.yaml to say.
        assert!(mlflow.lines().len() <= 8, "{:?}", mlflow.lines());
    }
}

#[test]
fn an_older_model_is_completed_by_its_conda_file() {
    let of_run =
        of_run(files(&[("model/MLmodel", MLMODEL.as_bytes()), ("model/conda.yaml", CONDA.as_bytes())]));
    let result = call(&of_run, "get_model_info", json!({"model_uri": format!("runs:/{RUN}/model")}));
    let info = success(&result);
    assert_eq!((&info["requirements"], &info["python_version"]), (&json!(["mlflow==2.1"]), &json!("3.9.2")));
    assert!(info.get("model_id").is_none(), "{info}");
}

#[test]
fn a_wide_signature_keeps_to_its_room_and_the_rest_stays() {
    let columns: Vec<String> =
        (0..4_000).map(|n| format!(r#"{{"type": "double", "name": "c{n}"}}"#)).collect();
    let wide = format!("flavors: {{}}\nsignature:\n  inputs: '[{}]'\n", columns.join(", "));
    let beside = files(&[("MLmodel", wide.as_bytes()), ("requirements.txt", b"mlflow\n")]);
    let mlflow = of_runs(vec![(RUN, files(&[]))], Some(beside));
    let limit = [("MLFLOW_MCP_ANSWER_CHARACTERS", "10000")];
    let result =
        call_with(&mlflow, &limit, "get_model_info", json!({"model_uri": format!("models:/{MODEL}")}));
    let info = success(&result);
    let shown = info["signature"]["inputs"].as_array().unwrap().len();
    assert!(shown > 50 && info.to_string().len() <= 10_000, "{shown}");
    assert_eq!(
        (&info["omitted"]["inputs"], &info["requirements"]),
        (&json!(4_000 - shown), &json!(["mlflow"]))
    );
}

#[test]
fn what_is_no_model_is_told() {
    for uri in ["runs:/abc", "models:/churn", "s3://bucket/model", "churn"] {
        let result = call(&Mlflow::untouched(), "get_model_info", json!({"model_uri": uri}));
        assert!(failure(&result).contains("argument \"model_uri\" is"), "{result}");
    }
    let result = call(
        &of_run(files(&[("model/MLmodle", b"")])),
        "get_model_info",
        json!({"model_uri": format!("runs:/{RUN}/model")}),
    );
    assert!(failure(&result).contains("Did you mean \"model/MLmodle\"?"), "{result}");
}
