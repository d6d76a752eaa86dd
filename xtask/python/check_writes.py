"""Change an empty MLflow through our tools, and read every change back with MLflow's own client.

Needs the environment of `mlflow.txt` or `mlflow2.txt`, an empty server, and ours in front of it, with every
toolset and a policy that allows everything. Prints how often each tool was called.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys

import mlflow
from mlflow import MlflowClient

from checks import CheckFailed
from peer.servers import Failed, Http, Rest
from writing import datasets, logging, models, prompts, scorers, traces, webhooks
from writing.bench import Bench

CHECKS = {
    "admin": webhooks.check,
    "datasets": datasets.check,
    "logging": logging.check,
    "models": models.check,
    "prompts": prompts.check,
    "scorers": scorers.check,
    "traces": traces.check,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("toolset", choices=sorted(CHECKS))
    parser.add_argument("--url", required=True, help="our MCP endpoint")
    parser.add_argument("--tracking-uri", required=True, help="the MLflow server behind it; it is written to")
    options = parser.parse_args()
    mlflow.set_tracking_uri(options.tracking_uri)
    client = MlflowClient(tracking_uri=options.tracking_uri)
    bench = Bench(Http(options.url))
    major, minor, *_ = mlflow.__version__.split(".")
    version = (int(major), int(minor))
    try:
        # Of MLflow's own client, which greets there.
        with contextlib.redirect_stdout(sys.stderr):
            CHECKS[options.toolset](bench, client, Rest(options.tracking_uri), version)
    except (CheckFailed, Failed) as failed:
        print(f"{options.toolset}: {failed}", file=sys.stderr)
        return 1
    print(json.dumps(bench.calls, ensure_ascii=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
