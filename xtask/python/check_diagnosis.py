"""Hold what the tools compute against numpy and scipy on the same data, read with MLflow's own client.

Needs the environment of `mlflow.txt` or `mlflow2.txt`, an empty server on SQLite, and ours in front of it.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import mlflow
from mlflow import MlflowClient

from checks import CheckFailed
from diagnosis import diagnose, lineage, sweep
from diagnosis.database import Database
from peer.servers import Failed, Http

CHECKS = {"diagnose_run": diagnose.check, "sweep_summary": sweep.check, "lineage": lineage.check}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tool", choices=sorted(CHECKS))
    parser.add_argument("--url", required=True, help="our MCP endpoint")
    parser.add_argument("--tracking-uri", required=True, help="the MLflow server behind it")
    parser.add_argument("--database", required=True, type=Path, help="its SQLite file")
    options = parser.parse_args()
    mlflow.set_tracking_uri(options.tracking_uri)
    client = MlflowClient(tracking_uri=options.tracking_uri)
    experiment = client.create_experiment(f"check of {options.tool}")
    with closing(sqlite3.connect(options.database, timeout=60)) as connection:
        database = Database(connection, experiment, 11)
        try:
            summary = CHECKS[options.tool](database, Http(options.url), client, connection.commit)
        except (CheckFailed, Failed) as failed:
            print(f"{options.tool}: {failed}", file=sys.stderr)
            return 1
    print(json.dumps(summary, ensure_ascii=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
