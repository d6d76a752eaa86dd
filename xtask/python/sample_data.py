"""Fill an empty MLflow server with sample data and print the manifest of what was made as one JSON object.

The data is the same on every run: values, names, times and file contents come from fixed seeds and a calendar
of the sample's own. What the server itself assigns (ids, creation times of experiments) differs.

Works with MLflow 3.x, and with 2.x as far as that line goes: no logged models, assessments or
evaluation datasets.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from sample import agent, evaluation, oddities, registry, training
from sample.rest import RequestFailed, Tracking


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--tracking-uri", required=True, help="an MLflow server without data, e.g. http://127.0.0.1:5000"
    )
    arguments = parser.parse_args()
    try:
        server = Tracking(arguments.tracking_uri)
        require_empty(server)
        manifest = fill(server)
    except RequestFailed as error:
        print(f"sample data: {error}", file=sys.stderr)
        return 1
    json.dump(manifest, sys.stdout, ensure_ascii=True)
    print()
    return 0


def require_empty(server: Tracking) -> None:
    """A second fill would stop half way, at the first name that is taken: refuse before writing anything."""
    found = server.post("experiments/search", {"max_results": 2, "view_type": "ALL"}).get("experiments", [])
    names = [experiment["name"] for experiment in found if experiment["name"] != "Default"]
    if names:
        raise RequestFailed(
            f"the server is not empty (it has experiment {names[0]!r}): start one on an empty directory"
        )


def fill(server: Tracking) -> dict[str, Any]:
    churn = step("training runs", lambda: training.churn(server))
    finetuning = step("a curve of 30 000 points", lambda: training.finetuning(server))
    odd = step("awkward names", lambda: oddities.experiments(server))
    artifacts = step("artifacts of every kind", lambda: oddities.artifacts(server))
    evaluations = step("evaluation launches", lambda: evaluation.launches(server))
    models = step("models", lambda: registry.models(server, churn["experiment"]["id"], churn["ranked"]))
    support = step("traces and prompts", lambda: agent.application(server))
    return {
        "mlflow_version": server.version,
        "experiments": {
            "churn": churn["experiment"],
            "finetuning": finetuning["experiment"],
            "artifacts": artifacts["experiment"],
            "agent": support["experiment"],
            **odd["experiments"],
            **evaluations["experiments"],
        },
        "runs": {
            **churn["runs"],
            **finetuning["runs"],
            **odd["runs"],
            **support["runs"],
            "artifacts": artifacts["run_id"],
        },
        "curve": finetuning["curve"],
        "artifacts": {key: artifacts[key] for key in ("run_id", "files", "directory")},
        "invocations": evaluations["invocations"],
        **models,
        **{key: support[key] for key in ("prompts", "traces", "evaluation_datasets")},
    }


def step(what: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    started = time.monotonic()
    made = make()
    print(f"sample data: {what}, {time.monotonic() - started:.1f} s", file=sys.stderr)
    return made


if __name__ == "__main__":
    sys.exit(main())
