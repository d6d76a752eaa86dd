"""Runs with everything that numbers can be, written straight into a server's SQLite database."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peer.grown import BEGAN, MINUTE, insert
from peer.servers import Rest

Row = dict[str, Any]

# What MLflow's databases hold for infinity.
INFINITY = 1.7976931348623157e308

# Names that break others.
SPACED, TICKED, QUOTED, SIGNS = "a/b c", "a`b", "it's `quoted`", "größe 🚀"
ODD = [SPACED, TICKED, QUOTED, SIGNS]


@dataclass
class Made:
    """A run's rows, before they are written."""

    run: Row
    metrics: list[Row]
    params: dict[str, str]
    tags: dict[str, str]


@dataclass(frozen=True)
class Experiments:
    """Their ids."""

    wide: str
    curves: str
    sweep: str
    empty: str


def make(rest: Rest, database: Path, runs: int) -> Experiments:
    """Equal on every machine but for the ids of experiments."""
    chance = random.Random(7)
    ids = Experiments(*(experiment(rest, f"exact {name}") for name in ("wide", "curves", "sweep", "empty")))
    rows = [wide(chance, index, ids.wide) for index in range(runs)]
    rows += [curve(chance, index, ids.curves) for index in range(12)]
    rows += sweep(chance, ids.sweep, 500)
    with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        write(connection, rows)
    return ids


def experiment(rest: Rest, name: str) -> str:
    made: str = rest.post("/api/2.0/mlflow/experiments/create", {"name": name})["experiment_id"]
    return made


def wide(chance: random.Random, index: int, experiment_id: str) -> Made:
    """A run among thousands: ties, NaN, infinities, missing values; a few are deleted or not finished."""
    status = chance.choices(["FINISHED", "FAILED", "RUNNING"], [90, 7, 3])[0]
    run = row(chance, index, experiment_id, status)
    if chance.random() < 0.03:
        run["lifecycle_stage"] = "deleted"
    values = {
        "acc": round(chance.betavariate(8, 2), 3),
        "val/loss": chance.lognormvariate(0, 2),
        "offset": 1e6 + chance.gauss(0, 1),
        **{name: chance.gauss(3, 1) for name in ODD},
    }
    points = [metric(run, name, value) for name, value in values.items() if chance.random() > 0.02]
    points.append({**metric(run, "always nan", 0.0), "is_nan": 1})
    for one in points:
        spoil(chance, one)
    params = {"model": chance.choice(["gbdt", "tree", "mlp", "logreg"]), "lr": chance.choice(["0.1", "0.01"])}
    if chance.random() < 0.1:
        del params["lr"]
    if index % 1000 == 0:
        params["prompt"] = "p" * 6000
    return Made(run, points, params, {"team": chance.choice(["nlp", "vision"]), "mlflow.user": "ann"})


def curve(chance: random.Random, index: int, experiment_id: str) -> Made:
    """A run with histories: one is long, others have NaN, equal steps, or end level."""
    run = row(chance, index, experiment_id, "FINISHED")
    count = 30_000 if index == 3 else chance.randint(3, 400)
    points = []
    for n in range(count):
        step = n - 2 if index == 5 else n // 2 if index == 6 else n
        level = chance.gauss(0, 1e-4) if index % 4 == 0 else chance.gauss(0, 0.1)
        one = metric(run, "loss", 2.0 / (1 + n) + 1 + level, step, BEGAN + n)
        if index in (2, 3):
            spoil(chance, one)
        points.append(one)
        if n < 50:
            points.append(metric(run, SPACED, chance.random(), n, BEGAN + n))
    return Made(run, points, {}, {})


def sweep(chance: random.Random, experiment_id: str, children: int) -> list[Made]:
    """A parent, and more children than a page of most lists has."""
    parent = Made(row(chance, 0, experiment_id, "FINISHED"), [], {}, {})
    made = [parent]
    for index in range(children):
        run = row(chance, index + 1, experiment_id, "FINISHED")
        points = [metric(run, "score", round(chance.random(), 2))]
        tags = {"mlflow.parentRunId": parent.run["run_uuid"]}
        made.append(Made(run, points, {"depth": str(index % 7)}, tags))
    return made


def row(chance: random.Random, index: int, experiment_id: str, status: str) -> Row:
    run = f"{chance.getrandbits(128):032x}"
    return {
        "run_uuid": run,
        "name": f"run-{index}",
        "source_type": "LOCAL",
        "user_id": "ann",
        "status": status,
        "start_time": BEGAN + index * MINUTE,
        "end_time": BEGAN + index * MINUTE + MINUTE // 2,
        "lifecycle_stage": "active",
        "artifact_uri": f"mlflow-artifacts:/{experiment_id}/{run}/artifacts",
        "experiment_id": int(experiment_id),
    }


def metric(run: Row, key: str, value: float, step: int = 0, timestamp: int = BEGAN) -> Row:
    return {
        "run_uuid": run["run_uuid"],
        "key": key,
        "value": value,
        "timestamp": timestamp,
        "step": step,
        "is_nan": 0,
    }


def spoil(chance: random.Random, one: Row) -> None:
    """Makes some values what they should not be."""
    kind = chance.random()
    if kind < 0.01:
        one.update(value=0.0, is_nan=1)
    elif kind < 0.02:
        one.update(value=INFINITY if kind < 0.015 else -INFINITY)


def write(connection: sqlite3.Connection, made: list[Made]) -> None:
    insert(connection, "runs", [one.run for one in made])
    points = [point for one in made for point in one.metrics]
    insert(connection, "metrics", points)
    latest: dict[tuple[str, str], Row] = {}
    for point in points:
        key = point["run_uuid"], point["key"]
        if key not in latest or order(latest[key]) < order(point):
            latest[key] = point
    insert(connection, "latest_metrics", list(latest.values()))
    pairs = {
        "params": [(one, key, value) for one in made for key, value in one.params.items()],
        "tags": [
            (one, key, value)
            for one in made
            for key, value in {**one.tags, "mlflow.runName": one.run["name"]}.items()
        ],
    }
    for table, rows in pairs.items():
        named = [{"run_uuid": one.run["run_uuid"], "key": key, "value": value} for one, key, value in rows]
        insert(connection, table, named)


def order(point: Row) -> tuple[int, int, float]:
    return point["step"], point["timestamp"], point["value"]
