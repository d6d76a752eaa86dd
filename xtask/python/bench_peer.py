"""Time our tools, the other server's, and the bare REST calls behind them, side by side on one MLflow server.

Needs the environment of `peer.txt`, a server filled by `sample_data.py`, and ours in front of it. Every round
calls each side once, so that a busy moment of the machine meets all of them. Prints medians and ratios.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from peer.servers import Http, Json, Rest, Stdio

API = "/api/2.0/mlflow"


@dataclass(frozen=True)
class Task:
    """A call, and the requests that a careful person would send to MLflow for the same."""

    tool: str
    arguments: Json
    rest: Callable[[Rest], object]
    label: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", required=True, help="our MCP endpoint")
    parser.add_argument("--tracking-uri", required=True, help="the MLflow server behind it")
    parser.add_argument("--manifest", required=True, type=Path, help="what sample_data.py printed")
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args()
    program = str(Path(sys.executable).parent / "mlflow-mcp")
    begun = time.perf_counter()
    with Stdio(program, options.tracking_uri) as theirs:
        opened = time.perf_counter() - begun
        print(f"the other server: start to first answer {opened * 1000:.0f} ms")
        print(
            f"{'median of ' + str(options.rounds) + ' rounds, ms':40} {'ours':>8} {'theirs':>8} "
            f"{'REST new':>9} {'REST kept':>9} {'ours/REST':>9} {'theirs/ours':>11}"
        )
        for task in tasks(json.loads(options.manifest.read_text())):
            print(row(task, theirs, options))
    return 0


def row(task: Task, theirs: Stdio, options: argparse.Namespace) -> str:
    ours, fresh, kept = Http(options.url), Rest(options.tracking_uri), Rest(options.tracking_uri, keep=True)
    sides: dict[str, Callable[[], object]] = {
        "ours": lambda: ours.call(task.tool, task.arguments),
        "theirs": lambda: theirs.call(task.tool, task.arguments),
        "fresh": lambda: task.rest(fresh),
        "kept": lambda: task.rest(kept),
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    for index in range(options.rounds + 1):
        for name, call in sides.items():
            begun = time.perf_counter()
            call()
            if index:  # the first round warms caches on all sides
                times[name].append((time.perf_counter() - begun) * 1000)
    median = {name: statistics.median(values) for name, values in times.items()}
    best = min(median["fresh"], median["kept"])
    return (
        f"{task.label or task.tool:40} {median['ours']:8.1f} {median['theirs']:8.1f} {median['fresh']:9.1f} "
        f"{median['kept']:9.1f} {median['ours'] / best:9.2f} {median['theirs'] / median['ours']:11.1f}"
    )


def tasks(manifest: Json) -> list[Task]:
    churn = manifest["experiments"]["churn"]["id"]
    runs, file = manifest["runs"], manifest["artifacts"]["files"]["yaml"]["path"]
    model = manifest["registered_models"][0]["name"]
    five = runs["sweep_children"][:5]
    run, holder = {"run_id": runs["baseline"]}, manifest["artifacts"]["run_id"]
    best = {
        "experiment_ids": [churn],
        "max_results": 1,
        "order_by": ["metrics.`test/auc` DESC"],
        "filter": "attributes.status = 'FINISHED' and metrics.`test/auc` > -1.7e308",
    }
    return [
        Task("get_experiments", {}, lambda r: r.post(f"{API}/experiments/search", {"max_results": 1000})),
        Task("get_run", run, lambda r: r.get(f"{API}/runs/get", run)),
        Task("get_run_metrics", run, lambda r: r.get(f"{API}/runs/get", run)),
        Task(
            "get_run_metric",
            {"run_id": runs["diverged"], "metric_name": "loss"},
            lambda r: r.get(
                f"{API}/metrics/get-history",
                {"run_id": runs["diverged"], "metric_key": "loss", "max_results": 25000},
            ),
        ),
        Task(
            "query_runs",
            {"experiment_id": churn, "query": "metrics.`test/auc` > 0.5"},
            lambda r: r.post(
                f"{API}/runs/search",
                {"experiment_ids": [churn], "max_results": 3, "filter": "metrics.`test/auc` > 0.5"},
            ),
        ),
        Task(
            "get_runs",
            {"experiment_id": churn, "limit": 10},
            lambda r: r.post(f"{API}/runs/search", {"experiment_ids": [churn], "max_results": 10}),
            "get_runs (10)",
        ),
        Task(
            "get_best_run",
            {"experiment_id": churn, "metric": "test/auc"},
            lambda r: r.post(f"{API}/runs/search", best),
        ),
        Task(
            "compare_runs",
            {"experiment_id": churn, "run_ids": five},
            lambda r: [r.get(f"{API}/runs/get", {"run_id": one}) for one in five],
            "compare_runs (5)",
        ),
        Task(
            "get_registered_model",
            {"name": manifest["registered_models"][1]["name"]},
            lambda r: r.get(
                f"{API}/registered-models/get", {"name": manifest["registered_models"][1]["name"]}
            ),
        ),
        Task(
            "get_model_version_by_alias",
            {"name": model, "alias": "champion"},
            lambda r: r.get(f"{API}/registered-models/alias", {"name": model, "alias": "champion"}),
        ),
        Task(
            "get_artifact_content",
            {"run_id": holder, "artifact_path": file},
            lambda r: r.send("GET", f"/get-artifact?run_id={holder}&path={file}"),
        ),
        Task(
            "set_run_tag",
            {**run, "key": "bench", "value": "1"},
            lambda r: r.post(f"{API}/runs/set-tag", {**run, "key": "bench", "value": "1"}),
        ),
    ]


if __name__ == "__main__":
    sys.exit(main())
