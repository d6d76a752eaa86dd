"""Hold the tools for traces against MLflow's own client, numpy, and MLflow's own MCP server.

Needs the environment of `official.txt`, an empty MLflow server, and ours in front of it with a policy that
allows everything and the toolset `traces`. Prints one JSON summary; exits 1 with the first difference.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import mlflow
from mlflow import MlflowClient

from checks import CheckFailed
from peer.servers import Failed, Http, Stdio
from traced import data, figures, official, reads

NAME = "check of traces"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", required=True, help="our MCP endpoint")
    parser.add_argument("--tracking-uri", required=True, help="the MLflow server behind it; it is written to")
    options = parser.parse_args()
    mlflow.set_tracking_uri(options.tracking_uri)
    client, http = MlflowClient(options.tracking_uri), Http(options.url)
    experiment = client.create_experiment(NAME)
    try:
        traces = data.make(client, experiment)
        summary = {"traces": len(traces), "reads": reads.check(http, experiment, NAME, traces)}
        reads.refusals(http)
        summary["figures"] = figures.check(http, experiment, traces)
        program = str(Path(sys.executable).with_name("mlflow"))
        with Stdio(program, options.tracking_uri, "mcp", "run") as server:
            summary["official"] = official.check(server, http, client, experiment, traces)
    except (CheckFailed, Failed) as failed:
        print(f"traces: {failed}", file=sys.stderr)
        return 1
    print(json.dumps(summary, ensure_ascii=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
