"""Time our tools, the other server's, and the bare REST calls behind them, side by side on one MLflow server.

Needs the environment of `peer.txt`, a server filled by `sample_data.py`, and ours in front. Prints medians
and ratios.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from peer.servers import Json, Rest, Stdio
from peer.timing import API, HEADER, Task, row


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
        print(f"{options.rounds} rounds")
        print(HEADER)
        for task in tasks(json.loads(options.manifest.read_text())):
            print(row(task, options.url, theirs, options.tracking_uri, options.rounds))
    return 0


def tasks(manifest: Json) -> list[Task]:
    churn = manifest["experiments"]["churn"]["id"]
    runs, file = manifest["runs"], manifest["artifacts"]["files"]["yaml"]["path"]
    model = manifest["registered_models"][0]["name"]
    five = runs["sweep_children"][:5]
    run, holder = {"run_id": runs["baseline"]}, manifest["artifacts"]["run_id"]
    sampled = {"run_ids": runs["diverged"], "metric_key": "loss", "max_results": 399}
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
        # Beside the same bounded question the one for every point, which is quicker for a short curve.
        metric(runs["diverged"], lambda r: r.get(f"{API}/metrics/get-history-bulk-interval", sampled), ""),
        metric(runs["diverged"], lambda r: every_point(r, runs["diverged"]), " (every point)"),
        metric(runs["curve"], lambda r: every_point(r, runs["curve"]), " (every of 30 000)"),
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


def metric(run: str, rest: Callable[[Rest], object], about: str) -> Task:
    return Task("get_run_metric", {"run_id": run, "metric_name": "loss"}, rest, f"get_run_metric{about}")


def every_point(rest: Rest, run: str) -> object:
    return rest.get(
        f"{API}/metrics/get-history", {"run_id": run, "metric_key": "loss", "max_results": 30_000}
    )


if __name__ == "__main__":
    sys.exit(main())
