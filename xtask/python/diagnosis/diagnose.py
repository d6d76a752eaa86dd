"""`diagnose_run` on curves of every kind, against numpy on the same histories from MLflow's own client."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
from mlflow import MlflowClient

from checks import expect
from peer.servers import Failed, Http

from .database import LARGEST, Database, Point, Run
from .numbers import same

Json = dict[str, Any]
Values = np.ndarray[Any, np.dtype[np.float64]]

MINUTE = 60_000
POINTS = 400
LONG = 30_000
FIRST_NAN = 23_456


def curves() -> dict[str, Values]:
    """One of each kind, under names that are awkward somewhere."""
    dice = np.random.default_rng(7)
    x = np.arange(POINTS) / POINTS
    noise = dice.normal(0, 0.01, POINTS)
    broken = np.exp(-3 * x) + noise
    broken[100] = math.inf
    broken[250:260] = math.nan
    return {
        "train/loss": np.exp(-4 * x) + noise,
        "val/loss": (x - 0.45) ** 2 * 2 + 0.2 + noise,
        "a/b c loss": 1.5 - x + noise,
        "a`b acc": 1 - np.exp(-8 * x) + noise,
        '"quoted" loss': 0.3 + x + noise,
        "🚀 score": 0.5 + 10 * noise,
        "one's error": broken,
        "lr": 1e-3 * (1 - x),
        "ties/acc": np.round(x * 4) / 4,
        "large/loss": 1e300 * np.exp(-4 * x),
        "few/loss": np.arange(9.0),
    }


def check(database: Database, ours: Http, client: MlflowClient, commit: Any) -> Json:
    now = int(time.time() * 1000)
    histories = {key: list(enumerate(map(float, values))) for key, values in curves().items()}
    dice = np.random.default_rng(8)
    long: list[Point] = [(step, 1 / (step + 1)) for step in range(LONG)]
    long[FIRST_NAN:] = [(step, math.nan) for step in range(FIRST_NAN, LONG)]
    machine = {
        f"system/{name}": list(enumerate(map(float, dice.uniform(0, 100, 50)))) for name in ("cpu", "gpu_0")
    }
    silent = now - 300 * MINUTE
    every = database.write(
        [
            Run("curves", now - 90 * MINUTE, end=now - 80 * MINUTE, histories={**histories, **machine}),
            Run("long", now - 900 * MINUTE, end=now, histories={"loss": long}, params={"p": "x" * 6_000}),
            Run("silent", silent, status="RUNNING", histories={"loss": [(0, 1.0), (60, 0.9)]}),
            Run("busy", now - 10_000, status="RUNNING", histories={"loss": [(0, 1.0), (5, 0.9)]}),
            Run("gone", silent, status="KILLED", end=now - MINUTE, stage="deleted"),
        ]
    )
    commit()
    whole, long_run, silent_run, busy, gone = every
    found = ours.call("diagnose_run", {"run_id": whole})
    numbers = sum(curve(found, client, whole, key) for key in histories)
    numbers += sum(machines(found, client, whole, key) for key in machine)
    numbers += overfit(found, client, whole)
    long_answer = ours.call("diagnose_run", {"run_id": long_run})
    onset = evidence(long_answer, "not_a_number", "loss")
    expect(
        onset["first_step"] == FIRST_NAN and onset["first_step_is_exact"], f"not NaN from its first: {onset}"
    )
    expect(kinds(long_answer) == ["not_a_number", "diverged"], f"{kinds(long_answer)}")
    stalled = evidence(ours.call("diagnose_run", {"run_id": silent_run}), "stalled", None)
    expect(299 - 1 <= stalled["silent_minutes"] <= 299 + 3, f"silent for {stalled}")
    same(stalled["longest_pause_minutes"], 1.0, "longest pause")
    expect(kinds(ours.call("diagnose_run", {"run_id": busy})) == [], "a busy run is no finding")
    deleted = ours.call("diagnose_run", {"run_id": gone})
    expect((deleted["lifecycle_stage"], kinds(deleted)) == ("deleted", ["killed"]), f"{deleted}")
    slip = refused(ours, {"run_id": whole, "metrics": ["train_loss"]})
    expect('Did you mean "train/loss"?' in slip, slip)
    return {"numbers": numbers, "curves": len(histories), "characters": len(str(found))}


def curve(found: Json, client: MlflowClient, run_id: str, key: str) -> int:
    """One row of `metrics`, its trend and the numbers behind it."""
    rows = [row for row in found["metrics"] if row["metric"] == key]
    expect(len(rows) == 1, f"{key!r} is there {len(rows)} times")
    row = rows[0]
    logged = sorted((m.step, m.value) for m in client.get_metric_history(run_id, key))
    values = np.array([value for _, value in logged])
    usable = np.isfinite(values) & (np.abs(values) < LARGEST)
    steps = np.array([step for step, _ in logged])[usable]
    finite = values[usable]
    numbers = same(
        [row["points"], row["nan"], row["infinite"], row["sampled"]],
        [len(values), int(np.isnan(values).sum()), int((np.abs(values) >= LARGEST).sum()), False],
        key,
    )
    numbers += same(row["lowest"], {"step": int(steps[finite.argmin()]), "value": float(finite.min())}, key)
    numbers += same(row["highest"], {"step": int(steps[finite.argmax()]), "value": float(finite.max())}, key)
    means, tolerance = fifths(finite)
    numbers += same(row["fifths"], means, f"{key} fifths")
    wanted = trend(means, tolerance, finite, row["better"])
    expect(row["trend"] == wanted, f"{key}: {row['trend']} instead of {wanted}")
    if wanted in ("too_few_points", "rising", "falling", "settled"):
        return numbers
    shown = [
        one["evidence"]
        for one in found["findings"]
        if one["metric"] == key and "tolerance" in one["evidence"]
    ]
    expect(len(shown) == 1, f"{key} has {len(shown)} findings of its trend")
    numbers += same(shown[0]["tolerance"], tolerance, f"{key} tolerance")
    return numbers + same(shown[0]["mean_of_last_fifth"], means[4], f"{key} last fifth")


def fifths(finite: Values) -> tuple[list[float], float]:
    count = len(finite)
    if count < 10:
        return [], 0.0
    bounds = [part * count // 5 for part in range(6)]
    means = [float(finite[bounds[part] : bounds[part + 1]].mean()) for part in range(5)]
    noise = 5 * standard_error(finite)
    return means, max(noise, 0.05 * (max(means) - min(means)))


def standard_error(finite: Values) -> float:
    """Of the mean of a fifth, by the second differences; scaled, since 1e300 has no square."""
    scale = float(np.abs(finite).max())
    variance = float((np.diff(finite / scale, n=2) ** 2).sum()) / (6 * (len(finite) - 2))
    return scale * math.sqrt(variance / (len(finite) // 5))


def trend(means: list[float], tolerance: float, finite: Values, better: str) -> str:
    """The rules of the documentation, written a second time."""
    if not means:
        return "too_few_points"
    still = max(means) - min(means) <= max(5 * standard_error(finite), 0.001 * max(map(abs, means)))
    if better == "unknown":
        change = means[4] - means[3]
        moves = not still and abs(change) > tolerance
        return ("rising" if change > 0 else "falling") if moves else "settled"
    worse = [mean if better == "lower" else -mean for mean in means]
    rules = [
        ("plateau", still),
        ("diverged", worse[4] - worse[0] > tolerance),
        ("worsening", worse[4] - min(worse) > tolerance),
        ("improving", worse[3] - worse[4] > tolerance),
        ("plateau", worse[2] - worse[4] <= tolerance),
    ]
    return next((name for name, holds in rules if holds), "converged")


def machines(found: Json, client: MlflowClient, run_id: str, key: str) -> int:
    row = next(row for row in found["system_metrics"] if row["metric"] == key)
    values = np.array([m.value for m in client.get_metric_history(run_id, key)])
    wanted = [float(values.mean()), float(values.min()), float(values.max()), float(values[-1])]
    return same([row["mean"], row["lowest"], row["highest"], row["last"]], wanted, key)


def overfit(found: Json, client: MlflowClient, run_id: str) -> int:
    shown = evidence(found, "overfit", "val/loss")
    expect(shown["training_metric"] == "train/loss", f"{shown}")
    training = {m.step: m.value for m in client.get_metric_history(run_id, "train/loss")}

    def mean(steps: list[int]) -> float:
        return float(np.mean([value for step, value in training.items() if steps[0] <= step <= steps[1]]))

    numbers = same(shown["training_mean_at_best_fifth"], mean(shown["best_fifth_steps"]), "training then")
    return numbers + same(
        shown["training_mean_at_last_fifth"], mean(shown["last_fifth_steps"]), "training now"
    )


def kinds(found: Json) -> list[str]:
    return [one["finding"] for one in found["findings"]]


def evidence(found: Json, kind: str, metric: str | None) -> Json:
    for one in found["findings"]:
        if one["finding"] == kind and one.get("metric") == metric:
            shown: Json = one["evidence"]
            return shown
    raise AssertionError(f"no {kind} of {metric} in {found['findings']}")


def refused(ours: Http, arguments: Json) -> str:
    try:
        ours.call("diagnose_run", arguments)
    except Failed as failed:
        return str(failed)
    return "it was answered"
