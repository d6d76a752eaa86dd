"""The tools of MLflow's own MCP server: what each is compared with, or why it is not."""

from __future__ import annotations

# Of the same name here. Those for traces are compared by check_traces.py.
TRACES = frozenset(
    (
        "delete_trace_assessment",
        "delete_trace_tag",
        "delete_traces",
        "get_trace",
        "get_trace_assessment",
        "link_traces_to_run",
        "log_trace_expectation",
        "log_trace_feedback",
        "search_traces",
        "set_trace_tag",
        "update_trace_assessment",
    )
)
SAME = frozenset(
    (
        "create_experiment",
        "create_run",
        "delete_experiment",
        "delete_run",
        "get_experiment",
        "rename_experiment",
        "restore_experiment",
        "restore_run",
        "search_experiments",
    )
)
JUDGES = frozenset(("evaluate_traces", "list_scorers", "register_llm_judge_scorer"))

# What says or does the same here under other names.
OTHERWISE = {
    "describe_run": ("get_run",),
    "list_runs": ("get_runs",),
    "update_experiment": ("set_experiment_tag", "delete_experiment_tag"),
}

_RUNS_A_MODEL = "runs a model, or builds what runs it, on the machine of the MCP server"
_PLUGIN = "speaks with a deployment target through a plugin of Python, and not with MLflow"
LEFT = {
    "build_model_docker": _RUNS_A_MODEL,
    "generate_model_dockerfile": _RUNS_A_MODEL,
    "predict_with_model": _RUNS_A_MODEL,
    "prepare_model_env": _RUNS_A_MODEL,
    "serve_model": _RUNS_A_MODEL,
    "update_model_pip_requirements": "rewrites the files of a logged model, which ours never does",
    "create_deployment": _PLUGIN,
    "create_deployment_endpoint": _PLUGIN,
    "delete_deployment": _PLUGIN,
    "delete_deployment_endpoint": _PLUGIN,
    "explain_deployment": _PLUGIN,
    "get_deployment": _PLUGIN,
    "get_deployment_endpoint": _PLUGIN,
    "list_deployment_endpoints": _PLUGIN,
    "list_deployments": _PLUGIN,
    "predict_with_deployment": _PLUGIN,
    "run_deployment_locally": _PLUGIN,
    "update_deployment": _PLUGIN,
    "update_deployment_endpoint": _PLUGIN,
}
