//! An MLflow with one of everything that can be changed.

use super::{Mlflow, answer};

const EXPERIMENT: &str = r#"{"experiment": {"experiment_id": "7", "name": "churn models", "lifecycle_stage": "active",
    "tags": [{"key": "team", "value": "cv"}]}}"#;
const RUN: &str = r#"{"run": {"info": {"run_id": "7", "experiment_id": "7", "run_name": "gbm", "status": "FINISHED",
    "lifecycle_stage": "active"}, "data": {"tags": [{"key": "team", "value": "cv"}]}}}"#;
const MODEL: &str = r#"{"registered_model": {"name": "churn", "tags": [{"key": "team", "value": "cv"}],
    "aliases": [{"alias": "champion", "version": "2"}, {"alias": "7", "version": "2"}]}}"#;
const BARE_MODEL: &str = r#"{"registered_model": {"name": "bare"}}"#;
const VERSION: &str = r#"{"model_version": {"name": "churn", "version": "2", "source": "models:/m-1",
    "current_stage": "Staging", "description": "The old one."}}"#;
const LOGGED_MODEL: &str = r#"{"model": {"info": {"model_id": "m-00000000000000000000000000000000",
    "experiment_id": "7", "source_run_id": "7", "name": "gbm"}}}"#;

/// Answers whatever is asked about an experiment, a run, a registered model (`bare` has no aliases), a version or a logged
/// model with one of that kind, and every change with `{}`.
pub fn furnished() -> Mlflow {
    Mlflow::new(|request| {
        let path = request.uri().path();
        let query = request.uri().query().unwrap_or_default();
        let body = match path.split_once("/mlflow/").map_or(path, |(_, rest)| rest) {
            "experiments/get" | "experiments/get-by-name" => EXPERIMENT,
            "runs/get" => RUN,
            "registered-models/get" if query.contains("name=bare") => BARE_MODEL,
            "registered-models/get" => MODEL,
            "model-versions/get" | "registered-models/alias" if request.method() == "GET" => VERSION,
            other if other.starts_with("logged-models/m-") && request.method() == "GET" => LOGGED_MODEL,
            "model-versions/create" | "model-versions/update" | "model-versions/transition-stage" => VERSION,
            _ => "{}",
        };
        Ok(answer(200, body))
    })
}

/// The requests that are no questions.
pub fn changes(mlflow: &Mlflow) -> Vec<String> {
    let asks =
        |line: &String| line.starts_with("GET") || line.split('?').next().unwrap().ends_with("/search");
    mlflow.lines().into_iter().filter(|line| !asks(line)).collect()
}
