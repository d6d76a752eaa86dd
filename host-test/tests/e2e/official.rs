//! Ours beside MLflow's own MCP server, with all of its toolsets: what it tells, ours tells, and what it changes, ours
//! changes alike. `traces` has its tools for traces.

use serde_json::{Value, json};
use xtask::mlflow::{Server, Version};

use super::clients::{printed, script};
use super::world::{Hosted, project};

/// What `check_official.py` finds of them, where the LLM is asked there.
fn beside(what: &str, mlflow: &Server, llm: &str) -> Value {
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow.uri()), ("MLFLOW_MCP_TOOLSETS", "all")]);
    let mut check = script("official", "check_official.py");
    check.env("MLFLOW_DISABLE_TELEMETRY", "true").env("DO_NOT_TRACK", "true");
    check.env("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true");
    check.env("OPENAI_API_BASE", llm).env("OPENAI_API_KEY", "of no account");
    let summary = printed(check.args([what, "--url", &hosted.url(), "--tracking-uri", &mlflow.uri()]));
    println!("{summary}");
    let summary: Value = serde_json::from_str(&summary).unwrap();
    compared(&summary);
    summary
}

/// Every tool that it has, by how it is compared.
fn compared(summary: &Value) {
    let same = [
        "create_experiment",
        "create_run",
        "delete_experiment",
        "delete_run",
        "delete_trace_assessment",
        "delete_trace_tag",
        "delete_traces",
        "evaluate_traces",
        "get_experiment",
        "get_trace",
        "get_trace_assessment",
        "link_traces_to_run",
        "list_scorers",
        "log_trace_expectation",
        "log_trace_feedback",
        "register_llm_judge_scorer",
        "rename_experiment",
        "restore_experiment",
        "restore_run",
        "search_experiments",
        "search_traces",
        "set_trace_tag",
        "update_trace_assessment",
    ];
    assert_eq!(summary["same"], json!(same));
    let otherwise = json!({
        "describe_run": ["get_run"],
        "list_runs": ["get_runs"],
        "update_experiment": ["set_experiment_tag", "delete_experiment_tag"],
    });
    assert_eq!(summary["otherwise"], otherwise);
    // They run models on the machine of the MCP server, or speak with plugins of Python: nothing that MLflow's server has.
    let left = [
        "build_model_docker",
        "create_deployment",
        "create_deployment_endpoint",
        "delete_deployment",
        "delete_deployment_endpoint",
        "explain_deployment",
        "generate_model_dockerfile",
        "get_deployment",
        "get_deployment_endpoint",
        "list_deployment_endpoints",
        "list_deployments",
        "predict_with_deployment",
        "predict_with_model",
        "prepare_model_env",
        "run_deployment_locally",
        "serve_model",
        "update_deployment",
        "update_deployment_endpoint",
        "update_model_pip_requirements",
    ];
    assert_eq!(summary["left"], json!(left));
}

#[test]
fn experiments_and_runs_are_told_and_changed_as_mlflows_own_server_does() {
    let (mlflow, _) = Server::with_sample(&project(), Version::Newest).unwrap();
    let summary = beside("data", &mlflow, "");
    assert_eq!(summary["reads"]["experiments"], 10);
    assert_eq!(summary["reads"]["runs"], 47);
    assert!(summary["reads"]["facts"].as_u64() > Some(1_500), "{summary}");
    assert!(summary["changes"].as_u64() >= Some(16), "{summary}");
}

#[test]
fn judges_are_registered_listed_and_asked_as_mlflows_own_server_does() {
    let (mlflow, llm) = Server::judging(&project()).unwrap();
    let judges = beside("judges", &mlflow, &llm)["judges"].take();
    assert_eq!((&judges["facts"], &judges["changes"]), (&json!(24), &json!(5)));
}
