"""Calls that change nothing: the same arguments to both servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from peer.servers import Json


@dataclass(frozen=True)
class Read:
    tool: str
    case: str
    arguments: Json


def reads(manifest: Json) -> Iterator[Read]:
    """Ordinary calls first; then what was broken there, whose differences are listed as defects."""
    yield Read("health", "up", {})
    yield from experiments(manifest)
    yield from runs(manifest)
    yield from artifacts(manifest)
    yield from registry(manifest)
    yield from logged_models(manifest)


def experiments(manifest: Json) -> Iterator[Read]:
    ids = {role: one["id"] for role, one in manifest["experiments"].items()}
    names = {role: one["name"] for role, one in manifest["experiments"].items()}
    yield Read("get_experiments", "all", {})
    yield Read("search_experiments", "all", {})
    yield Read("search_experiments", "filter", {"filter_string": "name LIKE 'llm-eval%'"})
    yield Read("search_experiments", "order", {"order_by": ["name DESC"], "max_results": 4})
    yield Read("search_experiments", "order as text", {"order_by": '["name ASC"]', "max_results": 2})
    for role in ("churn", "unicode", "deleted"):
        yield Read("get_experiment_by_name", role, {"name": names[role]})
    yield Read("get_experiment_by_name", "unknown", {"name": "no such experiment"})
    for tool in ("get_experiment_metrics", "get_experiment_params", "get_experiment_tags"):
        for role in ("churn", "eval_nightly", "empty"):
            yield Read(tool, role, {"experiment_id": ids[role]})
        yield Read(tool, "unknown", {"experiment_id": "999999"})


def runs(manifest: Json) -> Iterator[Read]:
    churn, nightly = (manifest["experiments"][role]["id"] for role in ("churn", "eval_nightly"))
    one = manifest["runs"]
    yield Read("get_runs", "newest", {"experiment_id": churn})
    yield Read("get_runs", "offset", {"experiment_id": churn, "limit": 4, "offset": 5})
    yield Read(
        "get_runs", "order", {"experiment_id": churn, "limit": "5", "order_by": ["attributes.start_time ASC"]}
    )
    yield Read("get_runs", "extra", {"experiment_id": churn, "bogus": 1})
    yield Read("get_runs", "empty", {"experiment_id": manifest["experiments"]["empty"]["id"]})
    yield Read("get_runs", "unknown", {"experiment_id": "999999"})
    for role in ("baseline", "failed", "running", "deleted", "curve", "diverged", "awkward", "artifacts"):
        yield Read("get_run", role, {"run_id": one[role]})
    yield Read("get_run", "unknown", {"run_id": "0" * 32})
    yield Read("get_parent_run", "child", {"run_id": one["sweep_children"][0]})
    yield Read("get_parent_run", "no parent", {"run_id": one["baseline"]})
    yield Read("query_runs", "like", {"experiment_id": nightly, "query": "tags.model LIKE '%orion%'"})
    yield Read(
        "query_runs",
        "order",
        {
            "experiment_id": churn,
            "query": "metrics.`test/auc` > 0.5",
            "limit": 6,
            "order_by": ["metrics.`test/auc` DESC"],
        },
    )
    yield Read("query_runs", "bad", {"experiment_id": churn, "query": "what is best?"})
    invocation = {"invocation_id": manifest["invocations"][0]["invocation_id"]}
    yield Read("search_runs_by_tags", "invocation", {"experiment_id": nightly, "tags": invocation})
    yield Read(
        "search_runs_by_tags",
        "tags as text",
        {"experiment_id": nightly, "tags": '{"model": "orion-3b-instruct"}', "limit": 5},
    )
    yield Read("search_runs_by_tags", "all", {"experiment_id": nightly, "tags": {}})
    for role in ("baseline", "diverged", "curve"):
        yield Read("get_run_metrics", role, {"run_id": one[role]})
    yield Read("get_run_metric", "short", {"run_id": one["diverged"], "metric_name": "loss"})
    yield Read("get_run_metric", "long", {"run_id": one["curve"], "metric_name": "loss"})
    yield Read("get_run_metric", "unknown", {"run_id": one["curve"], "metric_name": "no such metric"})
    yield Read("get_best_run", "highest", {"experiment_id": churn, "metric": "test/auc"})
    yield Read("get_best_run", "lowest", {"experiment_id": churn, "metric": "test/f1", "ascending": True})
    yield Read("get_best_run", "one that is running", {"experiment_id": churn, "metric": "train/loss"})
    yield Read("get_best_run", "unknown", {"experiment_id": churn, "metric": "no such metric"})
    three = [one["baseline"], *one["sweep_children"][:2]]
    yield Read("compare_runs", "three", {"experiment_id": churn, "run_ids": three})
    yield Read("compare_runs", "many", {"experiment_id": churn, "run_ids": one["sweep_children"][:12]})
    yield Read("compare_runs", "as text", {"experiment_id": churn, "run_ids": str(three).replace("'", '"')})
    yield Read("compare_runs", "unknown", {"experiment_id": churn, "run_ids": [one["baseline"], "0" * 32]})


def artifacts(manifest: Json) -> Iterator[Read]:
    run_id, files = manifest["artifacts"]["run_id"], manifest["artifacts"]["files"]
    for case, path in (("root", ""), ("directory", "config/model"), ("unknown", "no/such"), ("above", "../")):
        yield Read("get_run_artifacts", case, {"run_id": run_id, "path": path})
    model = manifest["registered_models"][0]["versions"][-1]["run_id"]
    yield Read("get_run_artifacts", "model of MLflow 3", {"run_id": model, "path": "churn-gbdt"})
    for kind, file in files.items():
        for tool in ("get_artifact_content", "get_run_artifact"):
            yield Read(tool, kind, {"run_id": run_id, "artifact_path": file["path"]})
    for tool in ("get_artifact_content", "get_run_artifact"):
        yield Read(tool, "unknown", {"run_id": run_id, "artifact_path": "no/such"})
        yield Read(tool, "directory", {"run_id": run_id, "artifact_path": "config/model"})
    yield Read(
        "get_artifact_content", "model of MLflow 3", {"run_id": model, "artifact_path": "churn-gbdt/MLmodel"}
    )


def registry(manifest: Json) -> Iterator[Read]:
    name, newest = manifest["registered_models"][0]["name"], manifest["registered_models"][0]["versions"][-1]
    plain = manifest["registered_models"][1]["name"]
    yield Read("get_registered_models", "all", {})
    yield Read("get_registered_model", "with aliases", {"name": name})
    yield Read("get_registered_model", "without", {"name": plain})
    yield Read("get_registered_model", "unknown", {"name": "no such model"})
    yield Read("get_model_versions", "three", {"model_name": name})
    yield Read("get_model_versions", "none", {"model_name": plain})
    yield Read("get_model_versions", "unknown", {"model_name": "no such model"})
    yield Read("get_model_version", "newest", {"model_name": name, "version": newest["version"]})
    yield Read("get_model_version", "unknown", {"model_name": name, "version": "99"})
    yield Read("get_model_version_by_alias", "champion", {"name": name, "alias": "champion"})
    yield Read("get_model_version_by_alias", "unknown", {"name": name, "alias": "no-such-alias"})
    yield Read("get_latest_versions", "all", {"name": name})
    yield Read("get_latest_versions", "stage", {"name": name, "stages": ["None"]})
    yield Read("get_latest_versions", "unknown", {"name": "no such model"})


def logged_models(manifest: Json) -> Iterator[Read]:
    churn = manifest["experiments"]["churn"]["id"]
    yield Read("search_logged_models", "all", {"experiment_ids": [churn]})
    yield Read("search_logged_models", "ids as text", {"experiment_ids": f'["{churn}"]', "max_results": 2})
    order: list[Any] = [{"field_name": "creation_time", "ascending": True}]
    yield Read("search_logged_models", "order", {"experiment_ids": [churn], "order_by": order})
    yield Read("search_logged_models", "none", {"experiment_ids": [manifest["experiments"]["empty"]["id"]]})
    yield Read("get_logged_model", "one", {"model_id": manifest["logged_models"][0]})
    yield Read("get_logged_model", "unknown", {"model_id": "m-" + "0" * 32})
