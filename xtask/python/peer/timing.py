"""Times one question put to both servers and, by bare requests, to MLflow."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from .servers import Http, Json, Rest, Stdio

API = "/api/2.0/mlflow"

HEADER = (
    f"{'median, ms':40} {'ours':>8} {'theirs':>8} {'REST new':>9} {'REST kept':>9} {'ours/REST':>9} "
    f"{'theirs/ours':>11} {'theirs/REST':>11}"
)


@dataclass(frozen=True)
class Task:
    """A call, and the requests that a careful person would send to MLflow for the same."""

    tool: str
    arguments: Json
    rest: Callable[[Rest], object]
    label: str = ""


def row(task: Task, url: str, theirs: Stdio, tracking_uri: str, rounds: int) -> str:
    """A line of the table.

    Every round calls each side once, so that a busy moment of the machine meets all of them. The last column
    is the most by which any server that sends MLflow the same request could be faster than theirs.
    """
    ours, fresh, kept = Http(url), Rest(tracking_uri), Rest(tracking_uri, keep=True)
    sides: dict[str, Callable[[], object]] = {
        "ours": lambda: ours.call(task.tool, task.arguments),
        "theirs": lambda: theirs.call(task.tool, task.arguments),
        "fresh": lambda: task.rest(fresh),
        "kept": lambda: task.rest(kept),
    }
    times: dict[str, list[float]] = {name: [] for name in sides}
    for index in range(rounds + 1):
        for name, call in sides.items():
            begun = time.perf_counter()
            call()
            if index:  # the first round warms caches on all sides
                times[name].append((time.perf_counter() - begun) * 1000)
    median = {name: statistics.median(values) for name, values in times.items()}
    best = min(median["fresh"], median["kept"])
    return (
        f"{task.label or task.tool:40} {median['ours']:8.1f} {median['theirs']:8.1f} {median['fresh']:9.1f} "
        f"{median['kept']:9.1f} {median['ours'] / best:9.2f} {median['theirs'] / median['ours']:11.1f} "
        f"{median['theirs'] / best:11.1f}"
    )
