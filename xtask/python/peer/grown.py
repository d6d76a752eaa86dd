"""Experiments with as many runs as wanted, written straight into a server's SQLite database."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from .servers import Rest

METRICS = ["val/auc", "val/loss", "train/loss", "f1", "latency_ms"]
PARAMS = ["lr", "depth", "optimizer", "seed", "batch_size"]

BEGAN = 1_750_000_000_000
MINUTE = 60_000


def grow(rest: Rest, database: Path, runs: int) -> str:
    """The id of a new experiment with so many finished runs. Equal on every machine."""
    made = rest.post("/api/2.0/mlflow/experiments/create", {"name": f"grown to {runs}"})
    experiment: str = made["experiment_id"]
    chance = random.Random(runs)
    ids = [f"{chance.getrandbits(128):032x}" for _ in range(runs)]
    with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        rows = [
            {
                "run_uuid": run,
                "name": f"run-{index}",
                "source_type": "LOCAL",
                "user_id": "ann",
                "status": "FINISHED",
                "start_time": BEGAN + index * MINUTE,
                "end_time": BEGAN + index * MINUTE + MINUTE // 2,
                "lifecycle_stage": "active",
                "artifact_uri": f"mlflow-artifacts:/{experiment}/{run}/artifacts",
                "experiment_id": int(experiment),
            }
            for index, run in enumerate(ids)
        ]
        insert(connection, "runs", rows)
        values = [
            {
                "run_uuid": run,
                "key": key,
                "value": chance.random(),
                "timestamp": BEGAN,
                "step": 0,
                "is_nan": 0,
            }
            for run in ids
            for key in METRICS
        ]
        insert(connection, "metrics", values)
        insert(connection, "latest_metrics", values)
        params = [
            {"run_uuid": run, "key": key, "value": str(chance.random())} for run in ids for key in PARAMS
        ]
        insert(connection, "params", params)
        tags = {"mlflow.user": "ann", "mlflow.source.name": "train.py", "team": "churn"}
        named = [
            {"run_uuid": run, "key": key, "value": value}
            for index, run in enumerate(ids)
            for key, value in {**tags, "mlflow.runName": f"run-{index}"}.items()
        ]
        insert(connection, "tags", named)
    return experiment


def insert(connection: sqlite3.Connection, table: str, rows: Sequence[Mapping[str, object]]) -> None:
    columns = list(rows[0])
    names, places = ", ".join(f'"{name}"' for name in columns), ", ".join("?" for _ in columns)
    statement = f"INSERT INTO {table} ({names}) VALUES ({places})"
    connection.executemany(statement, [tuple(row.values()) for row in rows])
