"""Hold ours beside MLflow's own MCP server: experiments and runs, or judges; check_traces.py has the traces.

Needs the environment of `official.txt`, and ours in front of MLflow with a policy that allows everything and
all toolsets. `data`: the server is filled by `sample_data.py`. `judges`: it runs jobs, and asks the LLM at
`OPENAI_API_BASE`, which is imitated here. Either is written to. Prints one JSON summary; exits 1 with the
first difference.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from pathlib import Path

import mlflow
from mlflow import MlflowClient

from checks import CheckFailed, expect
from official import changes, judges, reads, tools
from peer.servers import Failed, Http, Json, Rest, Stdio


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("data", "judges"))
    parser.add_argument("--url", required=True, help="our MCP endpoint")
    parser.add_argument("--tracking-uri", required=True, help="the MLflow server behind it; it is written to")
    options = parser.parse_args()
    os.environ["MLFLOW_MCP_TOOLS"] = "all"
    mlflow.set_tracking_uri(options.tracking_uri)
    client, http = MlflowClient(options.tracking_uri), Http(options.url)
    program = str(Path(sys.executable).with_name("mlflow"))
    try:
        with (
            Stdio(program, options.tracking_uri, "mcp", "run") as server,
            # Of MLflow's own client, which greets there.
            contextlib.redirect_stdout(sys.stderr),
        ):
            summary = compared(server, http)
            if options.what == "data":
                summary["reads"] = reads.check(server, http, client)
                summary["changes"] = changes.check(server, http, client)
            else:
                summary["judges"] = judges.check(server, http, client, Rest(options.tracking_uri))
    except (CheckFailed, Failed) as failed:
        print(f"official {options.what}: {failed}", file=sys.stderr)
        return 1
    print(json.dumps(summary, ensure_ascii=True))
    return 0


def compared(server: Stdio, http: Http) -> Json:
    """Every tool of theirs is accounted for, and ours has what it is compared with."""
    theirs, ours = set(server.tools()), set(http.tools())
    same = tools.TRACES | tools.SAME | tools.JUDGES
    known = same | set(tools.OTHERWISE) | set(tools.LEFT)
    expect(theirs == known, f"theirs has {theirs - known} besides, and has not {known - theirs}")
    needed = same.union(*tools.OTHERWISE.values())
    expect(needed <= ours, f"ours lacks {needed - ours}")
    return {"same": sorted(same), "otherwise": tools.OTHERWISE, "left": sorted(tools.LEFT)}


if __name__ == "__main__":
    sys.exit(main())
