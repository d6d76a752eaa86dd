"""Time what looks at many runs, on experiments of 10, 1 000 and 10 000 of them.

Needs the environment of `peer.txt`, a server on SQLite, and ours in front of it. The runs are written into
the database of the server: to log ten thousand takes minutes. Prints medians and ratios.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from peer.grown import grow
from peer.servers import Http, Json, Rest, Stdio
from peer.timing import API, HEADER, Task, row

SIZES = [10, 1_000, 10_000]

METRIC = "val/auc"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", required=True, help="our MCP endpoint")
    parser.add_argument("--tracking-uri", required=True, help="the MLflow server behind it")
    parser.add_argument("--database", required=True, type=Path, help="its SQLite file")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    program = str(Path(sys.executable).parent / "mlflow-mcp")
    rest = Rest(options.tracking_uri)
    with Stdio(program, options.tracking_uri) as theirs:
        print(f"{options.rounds} rounds")
        print(HEADER)
        for size in SIZES:
            experiment = grow(rest, options.database, size)
            check(Http(options.url), rest, experiment)
            for task in tasks(experiment, size):
                print(row(task, options.url, theirs, options.tracking_uri, options.rounds), flush=True)
    return 0


def check(ours: Http, rest: Rest, experiment: str) -> None:
    """Quick is worth nothing if it is another run."""
    best = rest.post(f"{API}/runs/search", ranked(experiment))["runs"][0]["info"]["run_id"]
    found = ours.call("get_best_run", {"experiment_id": experiment, "metric": METRIC})
    if found["run_id"] != best:
        raise SystemExit(f"get_best_run found {found['run_id']}, MLflow's own order has {best} first")


def ranked(experiment: str) -> Json:
    return {
        "experiment_ids": [experiment],
        "max_results": 1,
        "order_by": [f"metrics.`{METRIC}` DESC"],
        "filter": "attributes.status = 'FINISHED'",
    }


def tasks(experiment: str, size: int) -> list[Task]:
    query = f"metrics.`{METRIC}` > 0.9"
    search = {"experiment_ids": [experiment], "max_results": 3, "filter": query}
    return [
        Task(
            "query_runs",
            {"experiment_id": experiment, "query": query, "limit": 3},
            lambda r: r.post(f"{API}/runs/search", search),
            f"query_runs (3 of {size})",
        ),
        Task(
            "get_best_run",
            {"experiment_id": experiment, "metric": METRIC},
            lambda r: r.post(f"{API}/runs/search", ranked(experiment)),
            f"get_best_run ({size})",
        ),
        Task(
            "get_experiment_metrics",
            {"experiment_id": experiment},
            lambda r: keys(r, experiment),
            f"get_experiment_metrics ({size})",
        ),
    ]


def keys(rest: Rest, experiment: str) -> set[str]:
    found: set[str] = set()
    token = None
    while True:
        search = {"experiment_ids": [experiment], "max_results": 1000, "page_token": token or ""}
        page = rest.post(f"{API}/runs/search", search)
        for run in page.get("runs", []):
            found.update(metric["key"] for metric in run["data"].get("metrics", []))
        token = page.get("next_page_token")
        if not token:
            return found


if __name__ == "__main__":
    sys.exit(main())
