"""Runs written straight into a server's SQLite database, as no client would be allowed to log them, too."""

from __future__ import annotations

import math
import random
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from peer.grown import insert

# As which MLflow's databases hold infinity.
LARGEST = sys.float_info.max
SECOND = 1_000

Point = tuple[int, float]


@dataclass
class Run:
    """A run to write; times are milliseconds since 1970, and each step takes a second."""

    name: str
    start: int
    status: str = "FINISHED"
    end: int | None = None
    stage: str = "active"
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    histories: Mapping[str, Sequence[Point]] = field(default_factory=dict)


class Database:
    """A server's database. Ids are the same on every machine."""

    def __init__(self, connection: sqlite3.Connection, experiment: str, seed: int) -> None:
        self._connection = connection
        self.experiment = experiment
        self._dice = random.Random(seed)

    def write(self, runs: Sequence[Run]) -> list[str]:
        """The ids of the runs. They are there once the connection commits."""
        ids = [f"{self._dice.getrandbits(128):032x}" for _ in runs]
        made = list(zip(ids, runs, strict=True))
        self._insert("runs", [self._run(run_id, run) for run_id, run in made])
        self._insert("params", [pair(run_id, *item) for run_id, run in made for item in run.params.items()])
        tags = [(run_id, {**run.tags, "mlflow.runName": run.name}) for run_id, run in made]
        self._insert("tags", [pair(run_id, *item) for run_id, all_tags in tags for item in all_tags.items()])
        histories = [
            (run_id, key, [point(run_id, key, step, value, run.start) for step, value in points])
            for run_id, run in made
            for key, points in run.histories.items()
        ]
        self._insert("metrics", [row for _, _, rows in histories for row in rows])
        self._insert("latest_metrics", [rows[-1] for _, _, rows in histories])
        return ids

    def _insert(self, table: str, rows: Sequence[Mapping[str, object]]) -> None:
        if rows:
            insert(self._connection, table, rows)

    def _run(self, run_id: str, run: Run) -> dict[str, object]:
        return {
            "run_uuid": run_id,
            "name": run.name,
            "source_type": "LOCAL",
            "user_id": "ann",
            "status": run.status,
            "start_time": run.start,
            "end_time": run.end,
            "lifecycle_stage": run.stage,
            "artifact_uri": f"mlflow-artifacts:/{self.experiment}/{run_id}/artifacts",
            "experiment_id": int(self.experiment),
        }


def pair(run_id: str, key: str, value: str) -> dict[str, object]:
    return {"run_uuid": run_id, "key": key, "value": value}


def point(run_id: str, key: str, step: int, value: float, start: int) -> dict[str, object]:
    """As MLflow writes it: a value that is no number is 0 with a mark, an infinite one the largest double."""
    is_nan = math.isnan(value)
    kept = 0.0 if is_nan else max(-LARGEST, min(LARGEST, value))
    at = start + step * SECOND
    return {
        "run_uuid": run_id,
        "key": key,
        "value": kept,
        "timestamp": at,
        "step": step,
        "is_nan": int(is_nan),
    }
