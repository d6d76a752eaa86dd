"""Experiments and runs, with times that come from the sample's own calendar and not from the clock."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .rest import Tracking

# Monday, 5 January 2026, 09:00 UTC in milliseconds: day 0 of the sample.
EPOCH_MS = 1_767_603_600_000
MINUTE_MS = 60_000

# What one log-batch takes: metrics, params and tags together (of params, at most a hundred).
ENTRIES_PER_BATCH = 1000

Metric = dict[str, Any]


@dataclass(frozen=True)
class Run:
    id: str
    experiment_id: str
    artifact_uri: str


def at(day: int, hour: int = 0, minute: int = 0) -> int:
    """Milliseconds since 1970 of a moment, counted from day 0 at 09:00 UTC."""
    return EPOCH_MS + ((day * 24 + hour) * 60 + minute) * MINUTE_MS


def metric(key: str, value: float, timestamp: int, step: int = 0) -> Metric:
    """JSON has no NaN and no infinities; MLflow reads their names."""
    if math.isnan(value):
        sent: float | str = "NaN"
    elif math.isinf(value):
        sent = "Infinity" if value > 0 else "-Infinity"
    else:
        sent = value
    return {"key": key, "value": sent, "timestamp": timestamp, "step": step}


def finals(values: Mapping[str, float], timestamp: int) -> list[Metric]:
    """Metrics that were logged once, at the end."""
    return [metric(key, value, timestamp) for key, value in values.items()]


def create_experiment(server: Tracking, name: str, note: str = "", **tags: str) -> str:
    entries = {"mlflow.note.content": note, **tags} if note else tags
    return str(server.post("experiments/create", {"name": name, "tags": pairs(entries)})["experiment_id"])


def create_run(
    server: Tracking,
    experiment_id: str,
    name: str,
    *,
    start: int,
    minutes: int | None = 10,
    status: str = "FINISHED",
    user: str = "ada",
    params: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    metrics: Sequence[Metric] = (),
) -> Run:
    """Create a run, log everything, end it. `minutes=None` leaves it running."""
    context = {"mlflow.user": user, "mlflow.source.type": "LOCAL", "mlflow.source.name": "train.py"}
    body = {
        "experiment_id": experiment_id,
        "run_name": name,
        "user_id": user,
        "start_time": start,
        "tags": pairs({**context, **(tags or {})}),
    }
    info = server.post("runs/create", body)["run"]["info"]
    run = Run(info["run_id"], experiment_id, info["artifact_uri"])
    log(server, run.id, params or {}, metrics)
    if minutes is not None:
        end = start + minutes * MINUTE_MS
        server.post("runs/update", {"run_id": run.id, "status": status, "end_time": end})
    return run


def log(server: Tracking, run_id: str, params: Mapping[str, str], metrics: Sequence[Metric]) -> None:
    """Params and metrics in as few requests as MLflow's limit on entries allows."""
    entries = pairs(params)
    first = max(ENTRIES_PER_BATCH - len(entries), 0)
    if entries or metrics[:first]:
        server.post("runs/log-batch", {"run_id": run_id, "params": entries, "metrics": metrics[:first]})
    for start in range(first, len(metrics), ENTRIES_PER_BATCH):
        chunk = metrics[start : start + ENTRIES_PER_BATCH]
        server.post("runs/log-batch", {"run_id": run_id, "metrics": chunk})


def set_tags(server: Tracking, run_id: str, tags: Mapping[str, str]) -> None:
    server.post("runs/log-batch", {"run_id": run_id, "tags": pairs(tags)})


def log_dataset(server: Tracking, run_id: str, context: str, dataset: Mapping[str, str]) -> None:
    """Record that the run read `dataset`; `context` is MLflow's word for its role: training, eval ..."""
    tags = pairs({"mlflow.data.context": context})
    server.post("runs/log-inputs", {"run_id": run_id, "datasets": [{"tags": tags, "dataset": dict(dataset)}]})


def pairs(entries: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in entries.items()]


def decay(values: Iterable[float], factor: float) -> list[float]:
    """Exponential smoothing, as training loops report a running loss."""
    smoothed: list[float] = []
    for value in values:
        smoothed.append(value if not smoothed else factor * smoothed[-1] + (1 - factor) * value)
    return smoothed
