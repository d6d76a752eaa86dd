//! Every tool that reads, against older releases of MLflow with the same sample data: the last of the second line, and an
//! early one of the third. Those that write are tried on them in `changes` and `writes`.

use std::collections::BTreeSet;

use mlflow_mcp::spec::Effect;
use serde_json::{Value, json};
use xtask::mlflow::{Server, Version};

use super::world::{Hosted, project};

/// What the third trace of the sample failed of.
const TIMEOUT: &str = "TimeoutError: payments.example.com did not answer within 30 s";

/// A call, where to look in its answer, and what must stand there.
pub struct Read {
    pub tool: &'static str,
    pub arguments: Value,
    pub place: &'static str,
    expected: Value,
}

/// A call that such a server cannot answer, and what is said of it.
type Refused = (&'static str, Value, &'static str);

#[test]
fn every_tool_that_reads_reads_mlflow_2() {
    every_tool_that_reads(Version::Two, only_in_2, refused_by_2);
}

#[test]
fn every_tool_that_reads_reads_mlflow_3_5() {
    every_tool_that_reads(Version::Early, only_in_3, refused_by_3_5);
}

fn every_tool_that_reads(
    version: Version,
    more: fn(&Value) -> Vec<Read>,
    refused: fn(&Value) -> Vec<Refused>,
) {
    let (mlflow, sample) = Server::with_sample(&project(), version).unwrap();
    let hosted = Hosted::start(&[("MLFLOW_TRACKING_URI", &mlflow.uri()), ("MLFLOW_MCP_TOOLSETS", "all")]);
    let known: BTreeSet<&str> = mlflow_mcp::tools::all()
        .filter(|entry| entry.spec.effect == Effect::Read)
        .map(|entry| entry.spec.name)
        .collect();
    let mut tried = BTreeSet::new();
    for Read { tool, arguments, place, expected } in
        reads(&sample.manifest).into_iter().chain(more(&sample.manifest))
    {
        let answer = hosted.ok(tool, arguments.clone());
        assert_eq!(answer.pointer(place), Some(&expected), "{tool} {arguments}: {answer}");
        tried.insert(tool);
    }
    for (tool, arguments, says) in refused(&sample.manifest) {
        let text = hosted.fails(tool, arguments);
        assert!(text.contains(says), "{tool}: {text}");
        tried.insert(tool);
    }
    assert_eq!(tried, known);
}

fn only_in_2(_: &Value) -> Vec<Read> {
    let older = "Logged models: MLflow has them since 3.0, and this server is older.";
    vec![read("lineage", json!({"start": "churn-classifier@champion"}), "/missing/0", older)]
}

fn refused_by_2(manifest: &Value) -> Vec<Refused> {
    let trace = &manifest["traces"][0]["trace_id"];
    let assessment = json!({"trace_id": trace, "assessment_id": format!("a-{}", "0".repeat(32))});
    let agent = json!({"experiment_ids": ["support-agent"]});
    let polite = json!({"experiment_id": "1", "name": "polite"});
    vec![
        ("search_logged_models", json!({"experiment_ids": ["1"]}), "MLflow has them since 3.0"),
        (
            "get_logged_model",
            json!({"model_id": format!("m-{}", "0".repeat(32))}),
            "MLflow has them since 3.0",
        ),
        ("get_trace_assessment", assessment, "MLflow has them since 3.2"),
        ("correlate_traces", agent, "MLflow has them since 3.4"),
        ("search_datasets", json!({}), "MLflow has them since 3.4"),
        ("get_dataset", json!({"name": "support-golden"}), "MLflow has them since 3.4"),
        ("get_dataset_records", json!({"dataset_id": "d-1"}), "MLflow has them since 3.4"),
        ("list_scorers", json!({"experiment_id": "1"}), "needs MLflow 3.4 or newer"),
        ("list_scorer_versions", polite.clone(), "needs MLflow 3.4 or newer"),
        ("get_scorer", polite, "needs MLflow 3.4 or newer"),
        ("get_scorer_jobs", json!({"job_ids": ["7"]}), "needs MLflow 3.9 or newer"),
        ("list_webhooks", json!({}), "needs MLflow 3.3 or newer"),
        ("get_webhook", json!({"webhook_id": "7"}), "needs MLflow 3.3 or newer"),
    ]
}

/// What only the third line has, besides.
pub fn only_in_3(manifest: &Value) -> Vec<Read> {
    let (churn, model) = (&manifest["experiments"]["churn"]["id"], &manifest["logged_models"][0]);
    let failed = &manifest["traces"][2];
    let assessment = json!({"trace_id": failed["trace_id"], "assessment_id": failed["assessments"][0]});
    let dataset = &manifest["evaluation_datasets"][0]["dataset_id"];
    let agent = &manifest["experiments"]["agent"]["id"];
    let champion = &manifest["registered_models"][0]["versions"][1]["run_id"];
    let of_model = json!({"experiment_ids": [churn], "max_results": 1});
    let (topic, agents) = ("tags.`topic` = 'refund'", json!({"experiment_ids": ["support-agent"]}));
    vec![
        read("search_logged_models", of_model, "/result/0/experiment_id", churn.clone()),
        read("get_logged_model", json!({"model_id": model}), "/model_id", model.clone()),
        read("lineage", json!({"start": "churn-classifier@champion"}), "/runs/0/run_id", champion.clone()),
        read("get_trace_assessment", assessment, "/value", false),
        // Spans are in files there, where the server cannot search them.
        read("correlate_traces", agents, "/result/0/condition", topic),
        read("search_datasets", json!({}), "/result/0/dataset_id", dataset.clone()),
        read("get_dataset", json!({"name": "support-golden"}), "/dataset_id", dataset.clone()),
        read("get_dataset_records", json!({"dataset_id": dataset}), "/truncated", false),
        read("list_scorers", json!({"experiment_id": agent}), "/result", json!([])),
        read("list_webhooks", json!({}), "/result", json!([])),
    ]
}

fn refused_by_3_5(manifest: &Value) -> Vec<Refused> {
    let polite = json!({"experiment_id": manifest["experiments"]["agent"]["id"], "name": "polite"});
    vec![
        ("list_scorer_versions", polite.clone(), "has no scorer"),
        ("get_scorer", polite, "has no scorer"),
        ("get_scorer_jobs", json!({"job_ids": ["7"]}), "needs MLflow 3.9 or newer"),
        ("get_webhook", json!({"webhook_id": "7"}), "RESOURCE_DOES_NOT_EXIST"),
    ]
}

fn traces(manifest: &Value) -> Vec<Read> {
    let (agent, failed) = (json!(["support-agent"]), &manifest["traces"][2]["trace_id"]);
    vec![
        read(
            "search_traces",
            json!({"experiment_ids": agent, "filter_string": "status = 'ERROR'", "max_results": 2}),
            "/result/1/trace_id",
            failed.clone(),
        ),
        read("get_trace", json!({"trace_id": failed}), "/spans/2/error", TIMEOUT),
        // The span's id is the same wherever the sample is made.
        read("get_span", json!({"trace_id": failed, "span_id": "eaa548723405d29c"}), "/type", "TOOL"),
        read("search_sessions", json!({"experiment_ids": agent}), "/note", "4 sessions in 12 traces."),
        read("trace_statistics", json!({"experiment_ids": agent}), "/result/0/errors", 2),
        read(
            "group_trace_errors",
            json!({"experiment_ids": agent}),
            "/result/1/exception_type",
            "TimeoutError",
        ),
    ]
}

fn data_sets(manifest: &Value) -> Vec<Read> {
    let (churn, baseline) = (&manifest["experiments"]["churn"]["id"], &manifest["runs"]["baseline"]);
    let asked = json!({"experiment_ids": [churn], "name": "churn-2025q4-test", "context": "eval"});
    vec![
        read("search_run_datasets", json!({"experiment_ids": [churn]}), "/result/1/digest", "5f0c1d7a"),
        read("search_runs_by_dataset", asked, "/result/0/run_id", baseline.clone()),
    ]
}

/// Those of the sample are the same wherever it is made.
fn prompts() -> Vec<Read> {
    let (answer, question) = (json!({"name": "support-answer"}), json!({"question": "Why?"}));
    let first = json!({"name": "support-answer", "version": 1, "variables": question});
    let baseline = json!({"name": "support-answer", "baseline": 1, "source": 2});
    vec![
        read("search_prompts", json!({"name": "answer"}), "/result/0/latest_version", "3"),
        read("load_prompt", json!({"name": "support-answer", "alias": "production"}), "/version", "2"),
        read("search_prompt_versions", answer, "/result/2/commit_message", "First version."),
        read("render_prompt", first, "/text", "Answer the customer's question: Why?"),
        read("diff_prompts", baseline, "/variables_added/0", "articles"),
    ]
}

/// A call of every tool that reads, as far as both lines have it.
pub fn reads(manifest: &Value) -> Vec<Read> {
    let mut reads = experiments(manifest);
    reads.extend(runs(manifest));
    reads.extend(artifacts_and_registry(manifest));
    reads.extend(analysis(manifest));
    reads.extend(diagnosis(manifest));
    reads.extend(analysis_of_artifacts(manifest));
    reads.extend(traces(manifest));
    reads.extend(data_sets(manifest));
    reads.extend(prompts());
    reads
}

pub fn read(tool: &'static str, arguments: Value, place: &'static str, expected: impl Into<Value>) -> Read {
    Read { tool, arguments, place, expected: expected.into() }
}

fn experiments(manifest: &Value) -> Vec<Read> {
    let (churn, name) = (&manifest["experiments"]["churn"]["id"], &manifest["experiments"]["churn"]["name"]);
    let with_prefix = |prefix: &str| json!({"experiment_id": churn, "prefix": prefix});
    vec![
        read("health", json!({}), "/status", "healthy"),
        read("health", json!({}), "/mlflow_version", manifest["mlflow_version"].clone()),
        // The eight of the sample that are not deleted, and MLflow's default.
        read("get_experiments", json!({}), "/result/8/name", "Default"),
        read(
            "search_experiments",
            json!({"filter_string": "name LIKE 'churn%'"}),
            "/result/0/name",
            name.clone(),
        ),
        read("get_experiment", json!({"experiment_id": churn}), "/name", name.clone()),
        read("get_experiment_by_name", json!({"name": name}), "/experiment_id", churn.clone()),
        read("get_experiment_metrics", with_prefix("test/a"), "/result", json!(["test/auc"])),
        read("get_experiment_params", with_prefix("max_d"), "/result", json!(["max_depth"])),
        read("get_experiment_tags", with_prefix("mlflow.par"), "/result", json!(["mlflow.parentRunId"])),
    ]
}

fn runs(manifest: &Value) -> Vec<Read> {
    let one = &manifest["runs"];
    let churn = &manifest["experiments"]["churn"]["id"];
    let invocation = &manifest["invocations"][2];
    let (parent, child) = (&one["sweep_parent"], &one["sweep_children"][0]);
    let nightly = &manifest["experiments"]["eval_nightly"]["id"];
    let tags = json!({"invocation_id": invocation["invocation_id"]});
    let curve = &manifest["curve"];
    vec![
        read(
            "get_runs",
            json!({"experiment_id": churn, "limit": 50, "order_by": ["start_time ASC"]}),
            "/result/0/run_id",
            one["baseline"].clone(),
        ),
        read(
            "query_runs",
            json!({"experiment_id": churn, "query": "attributes.status = 'FAILED'"}),
            "/result/0/run_id",
            one["failed"].clone(),
        ),
        read(
            "search_runs_by_tags",
            json!({"experiment_id": nightly, "tags": tags}),
            "/result/0/run_id",
            invocation["runs"][0]["run_id"].clone(),
        ),
        read("get_run", json!({"run_id": child}), "/tags/mlflow.parentRunId", parent.clone()),
        read("get_parent_run", json!({"run_id": child}), "/run_id", parent.clone()),
        read(
            "get_best_run",
            json!({"experiment_id": churn, "metric": "test/auc"}),
            "/run_id",
            one["sweep_best"].clone(),
        ),
        read(
            "compare_runs",
            json!({"experiment_id": churn, "run_ids": [parent, child]}),
            "/runs/1/run_id",
            child.clone(),
        ),
        read("get_run_metrics", json!({"run_id": one["diverged"]}), "/loss", "NaN"),
        read(
            "get_run_metric",
            json!({"run_id": curve["run_id"], "metric_name": curve["metric"]}),
            "/sampled",
            true,
        ),
    ]
}

fn artifacts_and_registry(manifest: &Value) -> Vec<Read> {
    let (run, files) = (&manifest["artifacts"]["run_id"], &manifest["artifacts"]["files"]);
    let model = &manifest["registered_models"][0];
    let (name, newest) = (&model["name"], &model["versions"][2]);
    vec![
        read("get_run_artifacts", json!({"run_id": run, "path": "config"}), "/result/0/path", "config/model"),
        read(
            "get_run_artifact",
            json!({"run_id": run, "artifact_path": files["png"]["path"]}),
            "/size_bytes",
            files["png"]["size"].clone(),
        ),
        read(
            "get_artifact_content",
            json!({"run_id": run, "artifact_path": files["latin1"]["path"]}),
            "/result",
            "Größe: 12½ µm - façade, señor\n",
        ),
        read("get_registered_models", json!({}), "/result/0/name", name.clone()),
        read("get_registered_model", json!({"name": name}), "/aliases", model["aliases"].clone()),
        read("get_model_versions", json!({"model_name": name}), "/result/0/version", "3"),
        read(
            "get_model_version",
            json!({"model_name": name, "version": 3}),
            "/run_id",
            newest["run_id"].clone(),
        ),
        read(
            "get_model_info",
            json!({"model_uri": "models:/churn-classifier@champion"}),
            "/model_size_bytes",
            2050,
        ),
        read("get_model_version_by_alias", json!({"name": name, "alias": "champion"}), "/version", "2"),
        read("get_latest_versions", json!({"name": name}), "/result/0/current_stage", "Archived"),
    ]
}

fn analysis(manifest: &Value) -> Vec<Read> {
    let (one, curve) = (&manifest["runs"], &manifest["curve"]);
    let churn = &manifest["experiments"]["churn"]["id"];
    let query = manifest["invocations"][2]["invocation_id"].clone();
    vec![
        read("find_runs", json!({"query": query}), "/result/0/matched_as", "invocation id"),
        read(
            "diff_runs",
            json!({"baseline_run_id": one["baseline"], "run_id": one["sweep_best"]}),
            "/params/model",
            json!({"baseline": "logreg", "run": "gbdt"}),
        ),
        read(
            "rank_runs",
            json!({"experiment_ids": [churn], "order_by": ["test/auc DESC"]}),
            "/result/0/run_id",
            one["sweep_best"].clone(),
        ),
        read(
            "aggregate_runs",
            json!({"experiment_ids": [churn], "metrics": ["test/auc"], "filter": "params.n_estimators = '400'"}),
            "/result/0/metrics/test~1auc/count",
            one["sweep_children"].as_array().map_or(0, Vec::len),
        ),
        read(
            "metric_history",
            json!({"run_ids": [curve["run_id"]], "metrics": [curve["metric"]], "every_point": true}),
            "/result/0/summary/points",
            curve["points"].clone(),
        ),
        read(
            "plot_metrics",
            json!({"run_ids": [curve["run_id"]], "metrics": [curve["metric"]]}),
            "/result/0/run_id",
            curve["run_id"].clone(),
        ),
    ]
}

fn diagnosis(manifest: &Value) -> Vec<Read> {
    let runs = &manifest["runs"];
    let champion = &manifest["registered_models"][0]["versions"][1]["run_id"];
    let sweep = json!({"run_id": runs["sweep_parent"], "metric": "test/auc"});
    vec![
        read("diagnose_run", json!({"run_id": runs["diverged"]}), "/findings/1/evidence/first_step", 5),
        read("sweep_summary", sweep, "/best/0/run_id", runs["sweep_best"].clone()),
        read("lineage", json!({"start": "churn-classifier@champion"}), "/runs/0/run_id", champion.clone()),
    ]
}

fn analysis_of_artifacts(manifest: &Value) -> Vec<Read> {
    let (run, files) = (&manifest["artifacts"]["run_id"], &manifest["artifacts"]["files"]);
    let name = manifest["registered_models"][0]["name"].as_str().unwrap();
    vec![
        read("list_artifacts", json!({"source": run, "path": "config"}), "/result/0/path", "config/model"),
        read("list_artifacts", json!({"source": format!("models:/{}/3", name)}), "/result/0/path", "MLmodel"),
        read(
            "read_artifact",
            json!({"source": run, "path": files["log"]["path"], "start_line": -1}),
            "/result",
            "TimeoutError: all_reduce did not finish within 600 s\n",
        ),
        read(
            "search_artifact",
            json!({"source": run, "path": files["log"]["path"], "patterns": ["Traceback"]}),
            "/total_matches",
            1,
        ),
        read(
            "read_table",
            json!({"source": run, "path": files["csv"]["path"], "columns": ["class"], "limit": 1}),
            "/result/0/0",
            "text",
        ),
        read("diff_artifacts", json!({"baseline": run, "source": run, "path": "config"}), "/same", 1),
        read(
            "evaluation_report",
            json!({"invocation_ids": [manifest["invocations"][2]["invocation_id"]]}),
            "/scores/0/task",
            "ifeval",
        ),
    ]
}
