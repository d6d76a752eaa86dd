"""`sweep_summary` of 500 children, against pandas and scipy on the same runs from MLflow's own client."""

from __future__ import annotations

import math
import sys
import time
from typing import Any

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from mlflow import MlflowClient
from scipy import stats  # type: ignore[import-untyped]

from checks import expect
from peer.servers import Failed, Http

from .database import Database, Run
from .numbers import same

Json = dict[str, Any]

CHILDREN = 500
METRIC = "val/a b`c 🚀"
LONG = "x" * 5_990
PARENT = "mlflow.parentRunId"


def check(database: Database, ours: Http, client: MlflowClient, commit: Any) -> Json:
    now = int(time.time() * 1000)
    parent, bare, unused = database.write(
        [Run("sweep", now), Run("bare", now), Run("parent of the deleted", now)]
    )
    dice = np.random.default_rng(5)
    children = [child(dice, index, parent, now) for index in range(CHILDREN)]
    gone = Run("gone", now, stage="deleted", tags={PARENT: unused}, histories={METRIC: [(0, 9.0)]})
    database.write([*children, gone])
    commit()
    frame = pd.DataFrame([row(run) for run in all_children(client, database.experiment, parent)])
    expect(len(frame) == CHILDREN, f"MLflow has {len(frame)} children")
    numbers = 0
    characters = 0
    for lowest in (False, True):
        found = ours.call(
            "sweep_summary", {"run_id": parent, "metric": METRIC, "ascending": lowest, "top": 20}
        )
        numbers += compare(found, frame, lowest)
        characters = max(characters, len(str(found)))
    for run_id in (bare, unused):
        expect("has no children" in refused(ours, run_id, METRIC), "a run without children")
    expect("no child of run" in refused(ours, parent, "val/loss"), "an unknown metric")
    return {"numbers": numbers, "children": len(frame), "characters": characters}


def child(dice: np.random.Generator, index: int, parent: str, now: int) -> Run:
    """Numbers, choices, texts as long as MLflow takes them; values missing, NaN, infinite and tied."""
    rate = float(10 ** dice.uniform(-4, -1))
    depth = int(dice.integers(2, 9))
    optimizer = str(dice.choice(["adam", "sgd", 'it\'s "lion"']))
    value = (
        0.8 - 0.05 * abs(math.log10(rate) + 2.5) + 0.02 * (optimizer == "adam") + float(dice.normal(0, 0.02))
    )
    value = round(value, 3)
    odd = {7: math.nan, 11: math.inf, 13: -math.inf}.get(index % 50, value)
    params = {
        "lr": repr(rate),
        "depth": str(depth),
        "optimizer": optimizer,
        "seed": str(index),
        "model": "gbdt",
    }
    params["prompt"] = LONG + str(dice.integers(0, 4))
    if index % 3 == 0:
        params["größe `x`"] = str(float(dice.normal()))
    if index % 7 == 0:
        params["mixed"] = str(dice.choice(["none", "1", "2"]))
    status = "FAILED" if index % 40 == 1 else "KILLED" if index % 40 == 2 else "FINISHED"
    last = 5 if index % 45 == 3 else 20
    histories = {} if index % 60 == 4 else {METRIC: [(0, 0.0), (last, odd)]}
    histories["system/cpu"] = [(900, 1.0)]
    tags = {PARENT: parent}
    return Run(f"trial {index}", now + index, status=status, params=params, tags=tags, histories=histories)


def all_children(client: MlflowClient, experiment: str, parent: str) -> list[Any]:
    found: list[Any] = []
    token = None
    while True:
        page = client.search_runs(
            [experiment], f"tags.`{PARENT}` = '{parent}'", max_results=200, page_token=token
        )
        found.extend(page)
        token = page.token
        if not token:
            return found


def row(run: Any) -> Json:
    value = run.data.metrics.get(METRIC)
    return {
        "run_id": run.info.run_id,
        "status": run.info.status,
        "value": value,
        "last": latest(run),
        **{f"p {key}": text for key, text in run.data.params.items()},
    }


def latest(run: Any) -> float:
    """The highest step of what training logged; the client keeps steps where only it looks."""
    steps = [metric.step for metric in run.data._metric_objs if not metric.key.startswith("system/")]
    return max(steps) if steps else math.nan


def compare(found: Json, frame: pd.DataFrame, lowest: bool) -> int:
    finished = frame[frame.status == "FINISHED"]
    # What the client reads as a number may be what databases hold for infinity.
    values = finished.value.astype(float)
    usable = np.isfinite(values) & (values.abs() < sys.float_info.max)
    counted = finished[usable].assign(value=values[usable])
    numbers = same(
        found["children_by_status"], {k: int(v) for k, v in frame.status.value_counts().items()}, "by status"
    )
    numbers += spread(found["spread"], counted.value)
    best = counted.value.min() if lowest else counted.value.max()
    numbers += same(found["tied_for_best"], int((counted.value == best).sum()), "ties")
    ranked = counted.value.sort_values(ascending=lowest).head(20)
    numbers += same([trial["value"] for trial in found["best"]], [float(v) for v in ranked], "best")
    longest = frame["last"].max()
    numbers += same(found["longest"], int(longest), "longest")
    early = frame[(frame.status == "KILLED") | ((frame.status == "FINISHED") & (frame["last"] < longest))]
    numbers += same(found["stopped_early"]["count"], len(early), "stopped early")
    numbers += same(found["failed"]["count"], int((frame.status == "FAILED").sum()), "failed")
    rows = {one["parameter"]: one for one in found["parameters"]}
    names = {name[2:] for name in frame.columns if name.startswith("p ")}
    expect(found["same_params"] == {"model": "gbdt"}, f"the same in all: {found['same_params']}")
    expect(set(rows) == names - {"model"}, f"parameters {sorted(rows)}")
    ranks = [one.get("importance", -1.0) for one in found["parameters"]]
    expect(ranks == sorted(ranks, reverse=True), f"not the most important first: {ranks}")
    return numbers + sum(parameter(one, counted) for one in rows.values())


def spread(found: Json, values: pd.Series) -> int:
    wanted = {
        "count": len(values),
        "mean": float(values.mean()),
        "std": float(values.std()),
        "min": float(values.min()),
        "max": float(values.max()),
        "median": float(values.median()),
        "q25": float(values.quantile(0.25)),
        "q75": float(values.quantile(0.75)),
    }
    return same({key: found[key] for key in wanted}, wanted, "spread")


def parameter(found: Json, counted: pd.DataFrame) -> int:
    texts = counted[f"p {found['parameter']}"].dropna()
    values = counted.value[texts.index]
    name = found["parameter"]
    numbers = same([found["n"], found["distinct"]], [len(texts), int(texts.nunique())], name)
    numeric = pd.to_numeric(texts, errors="coerce").notna().all()
    expect(found["numeric"] == numeric, f"{name} is numeric: {found['numeric']}")
    if numeric:
        rho = float(stats.spearmanr(texts.astype(float), values).statistic)
        return numbers + same([found["spearman"], found["importance"]], [rho, rho * rho], name)
    groups = values.groupby(texts)
    between = float((groups.count() * (groups.mean() - values.mean()) ** 2).sum())
    share = between / float(((values - values.mean()) ** 2).sum())
    return numbers + same([found["eta_squared"], found["importance"]], [share, share], name)


def refused(ours: Http, run_id: str, metric: str) -> str:
    try:
        ours.call("sweep_summary", {"run_id": run_id, "metric": metric})
    except Failed as failed:
        return str(failed)
    return "it was answered"
