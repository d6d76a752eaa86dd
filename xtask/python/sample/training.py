"""Training experiments: a sweep with every run status, and a fine-tuning with long curves."""

from __future__ import annotations

import json
import math
import random
from typing import Any

from . import files
from .rest import Tracking
from .runs import Metric, Run, at, create_experiment, create_run, decay, finals, log_dataset, metric, set_tags

SWEEP_SIZE = 24
EPOCHS = 20
CURVE_POINTS = 30_000

CHURN_COLUMNS = [
    {"type": "long", "name": "tenure_months", "required": True},
    {"type": "double", "name": "monthly_charges", "required": True},
    {"type": "string", "name": "contract", "required": True},
    {"type": "long", "name": "churned", "required": True},
]


def churn_dataset(name: str, digest: str, rows: int) -> dict[str, str]:
    """A dataset as MLflow records it: source, schema and profile are JSON inside strings."""
    return {
        "name": name,
        "digest": digest,
        "source_type": "http",
        "source": json.dumps({"url": f"https://data.example.com/churn/{name}.csv"}),
        "schema": json.dumps({"mlflow_colspec": CHURN_COLUMNS}),
        "profile": json.dumps({"num_rows": rows, "num_elements": rows * len(CHURN_COLUMNS)}),
    }


TRAINING_SET = churn_dataset("churn-2025q4-train", "5f0c1d7a", 5625)
TEST_SET = churn_dataset("churn-2025q4-test", "a92be310", 1407)


def churn(server: Tracking) -> dict[str, Any]:
    """Customer churn on tabular data: a baseline, a sweep under one parent, and runs that went wrong."""
    experiment = create_experiment(
        server, "churn-classifier", "Predicts which customers leave next quarter.", owner="ada", team="growth"
    )
    baseline = create_run(
        server,
        experiment,
        "baseline-logreg",
        start=at(0),
        params={"model": "logreg", "C": "1.0", "seed": "7"},
        metrics=finals({"test/auc": 0.8127, "test/f1": 0.5711, "test/logloss": 0.4389}, at(0, 0, 9)),
        tags={"stage": "baseline"},
    )
    log_dataset(server, baseline.id, "training", TRAINING_SET)
    log_dataset(server, baseline.id, "eval", TEST_SET)
    parent = create_run(
        server,
        experiment,
        "sweep-2026-01-06",
        start=at(1),
        minutes=SWEEP_SIZE * 5 + 5,
        params={"search": "random", "trials": str(SWEEP_SIZE)},
        tags={"stage": "sweep"},
    )
    children = [_sweep_child(server, experiment, parent, trial) for trial in range(SWEEP_SIZE)]
    best_trial, best = max(enumerate(children), key=lambda item: item[1][1])
    set_tags(server, parent.id, {"best_trial": str(best_trial), "best_run_id": best[0].id})
    runs = {
        "baseline": baseline.id,
        "sweep_parent": parent.id,
        "sweep_children": [run.id for run, _ in children],
        "sweep_best": best[0].id,
        **_unfinished(server, experiment),
    }
    ranked = [run for run, _ in sorted(children, key=lambda item: -item[1])]
    return {"experiment": {"id": experiment, "name": "churn-classifier"}, "runs": runs, "ranked": ranked}


def _sweep_child(server: Tracking, experiment: str, parent: Run, trial: int) -> tuple[Run, float]:
    dice = random.Random(f"sweep/{trial}")
    rate, depth = round(10 ** dice.uniform(-3, -0.5), 5), dice.randint(3, 10)
    ceiling = 0.9 - 0.03 * abs(math.log10(rate) + 1.4) - 0.006 * abs(depth - 6)
    start = at(1, 0, 1 + 5 * trial)
    metrics: list[Metric] = []
    auc = 0.0
    for epoch in range(EPOCHS):
        auc = ceiling - 0.25 * math.exp(-epoch / 4) + dice.gauss(0, 0.002)
        when = start + epoch * 12_000
        metrics += [
            metric("train/loss", 0.65 * math.exp(-epoch / 5) + 0.28 + dice.gauss(0, 0.004), when, epoch),
            metric("val/loss", 0.62 * math.exp(-epoch / 5) + 0.33 + dice.gauss(0, 0.006), when, epoch),
            metric("val/auc", auc, when, epoch),
        ]
    score = round(auc - 0.004, 4)
    metrics += finals({"test/auc": score, "test/f1": round(score * 0.74, 4)}, start + 250_000)
    params = {"model": "gbdt", "learning_rate": str(rate), "max_depth": str(depth), "n_estimators": "400"}
    child = create_run(
        server,
        experiment,
        f"trial-{trial:02}",
        start=start,
        minutes=5,
        params={**params, "seed": str(trial)},
        tags={"mlflow.parentRunId": parent.id, "stage": "sweep"},
        metrics=metrics,
    )
    return child, score


def _unfinished(server: Tracking, experiment: str) -> dict[str, str]:
    """One run each that failed, was killed, is still running, and was deleted."""
    common = {"model": "gbdt", "learning_rate": "0.5"}
    weekly: dict[str, Any] = {"user": "bob", "params": common}
    failed = _failed(server, experiment, weekly)
    killed = create_run(
        server, experiment, "retrain-weekly", start=at(8), minutes=45, status="KILLED", **weekly
    )
    losses = [metric("train/loss", 0.6 - 0.05 * step, at(9, 0, step), step) for step in range(5)]
    running = create_run(
        server, experiment, "retrain-nightly", start=at(9), minutes=None, params=common, metrics=losses
    )
    deleted = create_run(
        server, experiment, "typo-in-config", start=at(2), minutes=1, params={"learning_rate": "100"}
    )
    server.post("runs/delete", {"run_id": deleted.id})
    return {"failed": failed.id, "killed": killed.id, "running": running.id, "deleted": deleted.id}


def _failed(server: Tracking, experiment: str, common: dict[str, Any]) -> Run:
    """Why it failed is in a tag and in a file, as training scripts leave it."""
    error = "ValueError: Input contains NaN in column 'monthly_charges'"
    loss = [metric("train/loss", 0.6931, at(7, 0, 1), 0)]
    run = create_run(
        server,
        experiment,
        "retrain-weekly",
        start=at(7),
        minutes=2,
        status="FAILED",
        tags={"error": error},
        metrics=loss,
        **common,
    )
    server.upload(run.artifact_uri, {"error.txt": f"{error}\n".encode()})
    return run


def finetuning(server: Tracking) -> dict[str, Any]:
    """A language model's fine-tuning: a long loss curve, and a run that diverged to NaN and infinity."""
    name = "llm-finetune/gsm8k"
    experiment = create_experiment(server, name, "Supervised fine-tuning on grade-school maths.", owner="lin")
    curve = _long_curve(server, experiment)
    diverged = _diverged(server, experiment)
    return {
        "experiment": {"id": experiment, "name": name},
        "runs": {"curve": curve.id, "diverged": diverged.id},
        "curve": {"run_id": curve.id, "metric": "loss", "points": CURVE_POINTS},
    }


def _long_curve(server: Tracking, experiment: str) -> Run:
    dice = random.Random("curve")
    start = at(2)
    raw = [2.1 * (1 + step / 400) ** -0.35 + dice.gauss(0, 0.08) for step in range(CURVE_POINTS)]
    metrics = [metric("loss", value, start + 1000 * step, step) for step, value in enumerate(decay(raw, 0.6))]
    for step in range(0, CURVE_POINTS, 500):
        warm = min(step / 1000, 1.0)
        metrics.append(metric("lr", 2e-5 * warm * (1 - step / CURVE_POINTS), start + 1000 * step, step))
        metrics.append(
            metric("eval/accuracy", 0.71 - 0.4 * math.exp(-step / 7000), start + 1000 * step, step)
        )
    params = {"base_model": "orion-8b", "method": "lora", "lora.rank": "16", "max_steps": str(CURVE_POINTS)}
    run = create_run(
        server,
        experiment,
        "orion-8b-lora-r16",
        start=start,
        minutes=500,
        user="lin",
        params=params,
        metrics=metrics,
    )
    picture = files.png_bytes([value / 2.2 for value in raw[:: CURVE_POINTS // 160]])
    server.upload(run.artifact_uri, {"plots/loss.png": picture})
    return run


def _diverged(server: Tracking, experiment: str) -> Run:
    start = at(3)
    losses = [2.05, 2.4, 9.7, 1e30, math.inf, math.nan, math.nan]
    norms = [1.1, 3.2, 88.0, 1e12, math.inf, -math.inf, math.nan]
    metrics = [metric("loss", value, start + 1000 * step, step) for step, value in enumerate(losses)]
    metrics += [
        metric("grad_norm", value, start + 1000 * step, step) for step, value in enumerate(norms[:-1])
    ]
    metrics += [
        metric("eval/perplexity", math.inf, start + 7000, 6),
        metric("eval/accuracy", 0.0, start + 7000, 6),
    ]
    return create_run(
        server,
        experiment,
        "orion-8b-lora-lr-too-high",
        start=start,
        minutes=3,
        status="FAILED",
        user="lin",
        params={"base_model": "orion-8b", "method": "lora", "learning_rate": "0.3"},
        metrics=metrics,
    )
