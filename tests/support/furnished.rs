//! An MLflow with one of everything that can be changed, and a call of each tool that changes something.

use bytes::Bytes;
use http::{Request, Response};
use mlflow_mcp::port::HttpError;
use mlflow_mcp::spec::Effect;
use mlflow_mcp::tools;
use serde_json::{Value, json};

use super::made_up::arguments;
use super::{Mlflow, answer};

const EXPERIMENT: &str = r#"{"experiment": {"experiment_id": "7", "name": "churn models", "lifecycle_stage": "active",
    "tags": [{"key": "team", "value": "cv"}]}}"#;
const DELETED_EXPERIMENT: &str =
    r#"{"experiment": {"experiment_id": "8", "name": "old models", "lifecycle_stage": "deleted"}}"#;
const RUN: &str = r#"{"run": {"info": {"run_id": "7", "experiment_id": "7", "run_name": "gbm", "status": "FINISHED",
    "lifecycle_stage": "active"}, "data": {"tags": [{"key": "team", "value": "cv"}],
    "params": [{"key": "lr", "value": "0.1"}], "metrics": [{"key": "auc", "value": 0.5}]}}}"#;
const DELETED_RUN: &str = r#"{"run": {"info": {"run_id": "8", "experiment_id": "7", "run_name": "old",
    "status": "FAILED", "lifecycle_stage": "deleted"}}}"#;
const MODEL: &str = r#"{"registered_model": {"name": "churn", "tags": [{"key": "team", "value": "cv"}],
    "aliases": [{"alias": "champion", "version": "2"}, {"alias": "1", "version": "2"}]}}"#;
const BARE_MODEL: &str = r#"{"registered_model": {"name": "bare"}}"#;
const VERSION: &str = r#"{"model_version": {"name": "churn", "version": "2", "source": "models:/m-1",
    "current_stage": "Staging", "description": "The old one.", "tags": [{"key": "team", "value": "cv"}]}}"#;
const PROMPT: &str = r#"{"registered_model": {"name": "greeting",
    "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}, {"key": "team", "value": "cv"}],
    "aliases": [{"alias": "production", "version": "1"}, {"alias": "1", "version": "1"}],
    "latest_versions": [{"name": "greeting", "version": "2", "description": "Friendlier.", "source": "dummy-source",
        "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}, {"key": "_mlflow_prompt_type", "value": "chat"},
            {"key": "_mlflow_prompt_model_config", "value": "{\"model_name\": \"big\", \"temperature\": 0.5}"},
            {"key": "mlflow.prompt.text", "value": "[{\"role\": \"system\", \"content\": \"Be {{style}}.\"}, {\"role\": \"user\", \"content\": \"Greet {{ name }}.\"}]"}]}]}}"#;
const PROMPT_VERSION: &str = r#"{"model_version": {"name": "greeting", "version": "1", "source": "dummy-source",
    "description": "The first.", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"},
        {"key": "mlflow.prompt.text", "value": "Hello {{ name }},\nof {{city}}."},
        {"key": "_mlflow_prompt_model_config", "value": "{\"model_name\": \"small\", \"temperature\": 0.5}"},
        {"key": "author", "value": "ann"}]}}"#;
const PROMPTS: &str = r#"{"registered_models": [{"name": "greeting", "description": "Says hello.",
    "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}, {"key": "team", "value": "cv"}],
    "latest_versions": [{"name": "greeting", "version": "2", "tags": [{"key": "_mlflow_prompt_type", "value": "chat"},
        {"key": "mlflow.prompt.text", "value": "[{\"role\": \"system\", \"content\": \"Be {{style}}.\"}, {\"role\": \"user\", \"content\": \"Greet {{ name }}.\"}]"}]}]}]}"#;
const LOGGED_MODEL: &str = r#"{"model": {"info": {"model_id": "m-00000000000000000000000000000000",
    "experiment_id": "7", "source_run_id": "7", "name": "gbm", "status": "LOGGED_MODEL_PENDING",
    "artifact_uri": "mlflow-artifacts:/7/models/m-1/artifacts", "tags": [{"key": "team", "value": "cv"}]},
    "data": {"params": [{"key": "lr", "value": "0.1"}]}}}"#;
const TRACE: &str = r#"{"trace": {"trace_info": {"trace_id": "7", "state": "OK", "request_time": "2026-01-18T09:14:00Z",
    "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "7"}},
    "tags": {"mlflow.traceName": "agent", "team": "cv"}}}}"#;
const ASSESSMENT: &str = r#"{"assessment": {"assessment_id": "7", "assessment_name": "correct", "trace_id": "7",
    "source": {"source_type": "HUMAN", "source_id": "zoe"}, "feedback": {"value": true}, "rationale": "It is.",
    "metadata": {"round": "1"}}}"#;
const DATASET: &str = r#"{"dataset": {"dataset_id": "7", "name": "golden", "tags": "{\"team\": \"cv\"}",
    "schema": "{\"inputs\": {\"question\": \"string\"}, \"outputs\": {}, \"expectations\": {\"answer\": \"string\"}, \"version\": \"1.0\"}",
    "profile": "{\"num_records\": 2}", "digest": "7cbb9ff7", "created_time": 1768727640000,
    "last_update_time": 1768727640000}}"#;
const RECORDS: &str = r#"{"records": "[{\"dataset_record_id\": \"7\", \"dataset_id\": \"7\", \"inputs\": {\"question\": \"Who?\"}, \"expectations\": {\"answer\": \"Ada\", \"score\": NaN}, \"tags\": {}, \"source\": {\"source_type\": \"HUMAN\", \"source_data\": {}}, \"source_type\": \"HUMAN\", \"outputs\": {}, \"created_time\": 1768727640000, \"last_update_time\": 1768727640000}, {\"dataset_record_id\": \"9\", \"dataset_id\": \"7\", \"inputs\": {\"question\": \"Where?\"}, \"tags\": {\"set\": \"b\"}, \"outputs\": \"Here.\", \"created_time\": 1768727640000, \"last_update_time\": 1768727640000}]"}"#;
const SCORER: &str = r#"{"scorer": {"experiment_id": 7, "scorer_name": "polite", "scorer_version": 1, "scorer_id": "s-1",
    "serialized_scorer": "{\"name\": \"polite\", \"description\": null, \"is_session_level_scorer\": false, \"instructions_judge_pydantic_data\": {\"instructions\": \"Is {{ outputs }} polite?\", \"model\": \"openai:/gpt-4.1-mini\"}}"}}"#;
const SCORERS: &str = r#"{"scorers": [{"experiment_id": 7, "scorer_name": "polite", "scorer_version": 1, "scorer_id": "s-1",
    "serialized_scorer": "{\"name\": \"polite\", \"instructions_judge_pydantic_data\": {\"instructions\": \"Is {{ outputs }} polite?\", \"model\": \"openai:/gpt-4.1-mini\"}}"}]}"#;
const WEBHOOK: &str = r#"{"webhook": {"webhook_id": "w-1", "name": "hook", "url": "https://hooks.test/a", "status": "ACTIVE",
    "events": [{"entity": "MODEL_VERSION", "action": "CREATED"}]}}"#;
const MISSING: &str = r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "there is none"}"#;

/// Answers whatever is asked about an experiment, a run, a registered model (`bare` has no aliases), a version, the
/// prompt `greeting`, a logged model, a trace, an assessment, an evaluation dataset, a scorer, a job or a webhook with one
/// of that kind, of which the number 8 is deleted, and every change as MLflow does.
pub fn furnished() -> Mlflow {
    Mlflow::new(react)
}

fn react(request: &Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let path = request.uri().path();
    let query = request.uri().query().unwrap_or_default();
    let is_read = request.method() == "GET";
    let body = match path.split_once("/mlflow/").map_or(path, |(_, rest)| rest) {
        "experiments/get" if query.ends_with("=8") => DELETED_EXPERIMENT,
        "experiments/get" => EXPERIMENT,
        "experiments/get-by-name" => return Ok(answer(404, MISSING)),
        "experiments/create" => r#"{"experiment_id": "9"}"#,
        "runs/get" if query.ends_with("=8") => DELETED_RUN,
        "runs/get" | "runs/create" => RUN,
        "registered-models/get" if query.ends_with("name=new") => return Ok(answer(404, MISSING)),
        "registered-models/get" if query.ends_with("name=bare") => BARE_MODEL,
        "registered-models/get" if query.ends_with("name=greeting") => PROMPT,
        "registered-models/get" => MODEL,
        "model-versions/get" if query.contains("name=greeting&version=1") => PROMPT_VERSION,
        "model-versions/get" if query.contains("name=greeting") => return Ok(answer(404, MISSING)),
        "registered-models/search" if !query.contains('!') && !query.contains("%21") => PROMPTS,
        "model-versions/get" | "registered-models/alias" if is_read => VERSION,
        "logged-models" => LOGGED_MODEL,
        other if other.starts_with("logged-models/m-") && is_read => LOGGED_MODEL,
        "datasets/create" => DATASET,
        "datasets/search" => "{}",
        "datasets/7" if is_read => DATASET,
        "datasets/7/records" if is_read => RECORDS,
        "datasets/7/records" if request.method() == "DELETE" => r#"{"deleted_count": 1}"#,
        "datasets/7/records" => r#"{"inserted_count": 1, "updated_count": 1}"#,
        "datasets/7/experiment-ids" => r#"{"experiment_ids": ["7"]}"#,
        "traces/delete-traces" => r#"{"traces_deleted": 1}"#,
        other if other.starts_with("traces/") && other.contains("/assessments") => ASSESSMENT,
        other if other.starts_with("traces/") && is_read => TRACE,
        "/version" => "3.17.2",
        "webhooks" if is_read => r#"{"webhooks": []}"#,
        other if other.starts_with("webhooks/") && other.ends_with("/test") => {
            r#"{"result": {"success": true, "response_status": 200}}"#
        }
        other if other.starts_with("webhooks") => WEBHOOK,
        "scorers/get" => SCORER,
        "scorers/list" | "scorers/versions" => SCORERS,
        "scorers/register" => r#"{"version": 2, "scorer_id": "s-1"}"#,
        "scorer/invoke" => r#"{"jobs": [{"job_id": "j-1", "trace_ids": ["7"]}]}"#,
        other if other.starts_with("jobs/cancel/") => r#"{"status": "CANCELED", "result": null}"#,
        other if other.starts_with("jobs/") => r#"{"status": "RUNNING", "result": null}"#,
        "model-versions/create" | "model-versions/update" | "model-versions/transition-stage" => VERSION,
        _ => "{}",
    };
    Ok(answer(200, body))
}

/// The same, but that the request of that number, from 0, meets this instead.
pub fn interrupted(number: usize, by: impl Fn() -> Result<Response<Bytes>, HttpError> + 'static) -> Mlflow {
    let count = std::cell::Cell::new(0);
    Mlflow::new(move |request| {
        let this = count.replace(count.get() + 1);
        if this == number { by() } else { react(request) }
    })
}

/// The requests that are no questions.
pub fn changes(mlflow: &Mlflow) -> Vec<String> {
    let asks =
        |line: &String| line.starts_with("GET") || line.split('?').next().unwrap().ends_with("/search");
    mlflow.lines().into_iter().filter(|line| !asks(line)).collect()
}

/// Each tool that changes something, with arguments with which it changes something here.
pub fn calls() -> Vec<(&'static str, Value)> {
    let changing = tools::all().filter(|entry| entry.spec.effect != Effect::Read);
    let call = |entry: &tools::Entry| {
        let mut call = Value::Object(arguments(&entry.input_schema()));
        let more = match entry.spec.name {
            "delete_registered_model" => json!({"name": "bare"}),
            "create_registered_model" => json!({"name": "new"}),
            "rename_registered_model" => json!({"new_name": "new"}),
            "restore_run" => json!({"run_id": "8"}),
            "restore_experiment" => json!({"experiment_id": "8"}),
            "register_model" => json!({"model_uri": "models:/m-00000000000000000000000000000000"}),
            "log_metrics" => json!({"metrics": {"auc": 0.9, "f1": "NaN"}}),
            "log_inputs" => {
                json!({"datasets": [{"name": "d", "digest": "1", "source_type": "http", "source": "x"}]})
            }
            "create_dataset" => json!({"name": "new"}),
            "upsert_dataset_records" => json!({"dataset_id": "7", "records": [
                {"inputs": {"question": "Who?"}, "expectations": {"answer": "Zoe"}}, {"inputs": {"question": "When?"}}]}),
            "delete_dataset_records" => json!({"dataset_id": "7", "dataset_record_ids": ["9"]}),
            "delete_dataset_tag" => json!({"dataset_id": "7", "key": "team"}),
            "add_dataset_to_experiments" => json!({"dataset_id": "7", "experiment_ids": ["5"]}),
            "set_dataset_tags" | "delete_dataset" => json!({"dataset_id": "7"}),
            "remove_dataset_from_experiments" => json!({"dataset_id": "7", "experiment_ids": ["7"]}),
            "delete_traces" => json!({"experiment_id": "7", "trace_ids": ["7"]}),
            "create_webhook" => json!({"events": ["prompt.created"]}),
            "update_webhook" => json!({"name": "another"}),
            "evaluate_traces" => {
                json!({"experiment_id": "7", "trace_ids": ["7"], "scorers": ["polite"], "wait_seconds": 0})
            }
            "register_prompt" => json!({"name": "new", "template": "Hello {{name}}"}),
            "delete_prompt_tag" => json!({"name": "greeting", "key": "team"}),
            "set_prompt_alias" | "delete_prompt_alias" | "set_prompt_tag" => json!({"name": "greeting"}),
            name if name.starts_with("delete_") && name.ends_with("_tag") => json!({"key": "team"}),
            _ => json!({}),
        };
        for (name, value) in more.as_object().unwrap() {
            call[name] = value.clone();
        }
        (entry.spec.name, call)
    };
    changing.map(call).collect()
}
