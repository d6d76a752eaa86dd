"""Compare every number of the analysis tools with pandas, numpy and scipy on what MLflow's own client reads.

Needs the environment of `mlflow.txt`, an empty server on SQLite, and ours in front of it. The runs are
written into the database of the server: NaN, infinities, ties, missing values, names that break others.
Prints one JSON summary; exits 1 with the differences.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import mlflow
import pandas as pd  # type: ignore[import-untyped]
from mlflow import MlflowClient

from exact.checks import Report, course, numbers, ranked, summed_up, values_of
from exact.data import INFINITY, ODD, SPACED, Experiments, make
from peer.servers import Failed, Http, Json, Rest

# Points that plot_metrics reads of a curve.
SAMPLED = 1_000


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", required=True, help="our MCP endpoint")
    parser.add_argument("--tracking-uri", required=True, help="the MLflow server behind it")
    parser.add_argument("--database", required=True, type=Path, help="its SQLite file; it is written to")
    parser.add_argument("--runs", type=int, default=10_000)
    options = parser.parse_args()
    mlflow.set_tracking_uri(options.tracking_uri)
    ours = Http(options.url)
    ids = make(Rest(options.tracking_uri), options.database, options.runs)
    read = every(ids.wide)
    found = table(read)
    report = Report()
    ranking(report, ours, ids, found)
    aggregates(report, ours, ids, found, {run.info.run_id: run.data.metrics for run in read})
    histories(report, ours, ids)
    odd_experiments(report, ours, ids)
    print(json.dumps({"runs": len(found), "compared": report.compared, "worst": report.worst}))
    for wrong in report.wrong[:20]:
        print(wrong, file=sys.stderr)
    return 1 if report.wrong else 0


def ranking(report: Report, ours: Http, ids: Experiments, runs: pd.DataFrame) -> None:
    finished = runs[runs["status"] == "FINISHED"]
    gbdt = finished[finished["params.model"] == "gbdt"]
    cases: list[tuple[list[str], int, Json, pd.DataFrame]] = [
        (["val/loss ASC"], 10, {}, finished),
        (["acc DESC", "val/loss ASC"], 50, {}, finished),
        (["acc"], 20, {}, finished),
        (["acc DESC"], 100, {"unfinished": True}, runs),
        (["val/loss DESC"], 7, {"filter": "params.model = 'gbdt'"}, gbdt),
        (["offset ASC"], 10, {"filter": "metrics.acc > 0.9"}, finished[finished["metrics.acc"] > 0.9]),
        *[([f"{name} DESC"], 5, {}, finished) for name in ODD],
    ]
    for order, k, more, among in cases:
        place = f"rank_runs {order} {k} {more}"
        arguments = {"experiment_ids": [ids.wide], "order_by": order, "k": k, "fields": ["run_name"], **more}
        answer = ours.call("rank_runs", arguments)
        criteria = [
            (text.rsplit(" ", 1)[0] if " DESC" in text or " ASC" in text else text, " ASC" in text)
            for text in order
        ]
        expected, tied, rows = ranked(among, criteria, k)
        report.equal(place, values_of(answer), expected)
        if "at least" not in answer.get("note", ""):
            report.equal(f"{place} tied_behind", answer["tied_behind"], tied)
        for name, _ in criteria:
            values = [one["values"][name] for one in answer["result"]]
            report.equal(f"{place} {name}", values, list(rows[f"metrics.{name}"]))


def table(runs: list[Any]) -> pd.DataFrame:
    """As `mlflow.search_runs` makes it."""
    rows = [
        {
            "run_id": run.info.run_id,
            "status": run.info.status,
            "start_time": run.info.start_time,
            **{f"metrics.{name}": value for name, value in run.data.metrics.items()},
            **{f"params.{name}": value for name, value in run.data.params.items()},
            **{f"tags.{name}": value for name, value in run.data.tags.items()},
        }
        for run in runs
    ]
    return pd.DataFrame(rows)


def aggregates(
    report: Report, ours: Http, ids: Experiments, runs: pd.DataFrame, logged: dict[str, dict[str, float]]
) -> None:
    """What is missing and what is NaN look alike in a data frame, so `logged` has the metrics by run."""
    metrics = ["acc", "val/loss", "offset", "always nan", *ODD]
    cases: list[tuple[list[str], str, pd.DataFrame]] = [
        (["params.lr", "tags.team"], "", runs),
        (["status"], "params.model = 'mlp'", runs[runs["params.model"] == "mlp"]),
        ([], "params.model = 'gbdt'", runs[runs["params.model"] == "gbdt"]),
    ]
    for group_by, condition, among in cases:
        arguments: Json = {"experiment_ids": [ids.wide], "metrics": metrics, "group_by": group_by}
        answer = ours.call("aggregate_runs", {**arguments, "filter": condition})
        place = f"aggregate_runs {group_by} {condition}"
        report.equal(f"{place} runs", answer["runs_read"], len(among))
        report.equal(f"{place} complete", answer["complete"], True)
        groups = groups_of(among, group_by)
        report.equal(f"{place} groups", answer["groups"], len(groups))
        for found in answer["result"]:
            key = tuple(found["group"].get(name) for name in group_by)
            rows = groups[key]
            report.equal(f"{place} {key} runs", found["runs"], len(rows))
            for metric in metrics:
                there = [logged[run][metric] for run in rows["run_id"] if metric in logged[run]]
                values = pd.Series(there, dtype=float)
                summed_up(report, f"{place} {key} {metric}", found["metrics"][metric], values, len(rows))


def every(experiment_id: str) -> list[Any]:
    client, token = MlflowClient(), None
    runs: list[Any] = []
    while True:
        page = client.search_runs([experiment_id], max_results=5_000, page_token=token)
        runs.extend(page)
        token = page.token
        if not token:
            return runs


def groups_of(runs: pd.DataFrame, group_by: list[str]) -> dict[tuple[Any, ...], pd.DataFrame]:
    if not group_by:
        return {(): runs}
    groups = runs.groupby(group_by, dropna=False)
    return {tuple(None if pd.isna(part) else part for part in key): rows for key, rows in groups}


def histories(report: Report, ours: Http, ids: Experiments) -> None:
    client = MlflowClient()
    runs = [run.info.run_id for run in every(ids.curves)]
    history = {(run, metric): points_of(client, run, metric) for run in runs for metric in ("loss", SPACED)}
    for span, steps in ((None, {}), (9, {"start_step": 5, "end_step": 40})):
        arguments: Json = {"run_ids": runs, "metrics": ["loss", SPACED], "every_point": True, "max_points": 5}
        answer = ours.call("metric_history", {**arguments, "smoothing_span": span, **steps})
        report.equal("metric_history curves", len(answer["result"]), 2 * len(runs))
        for found in answer["result"]:
            points = history[found["run_id"], found["metric"]]
            if steps:
                points = points[points["step"].between(5, 40)].reset_index(drop=True)
            place = f"metric_history {found['run_name']} {found['metric']} {steps}"
            report.equal(f"{place} sampled", found["summary"]["sampled"], False)
            course(report, place, found["summary"], points)
            last = len(points) - 1
            shown = [n * last // 4 for n in range(5)] if last > 4 else list(range(len(points)))
            report.equal(f"{place} steps", found["steps"], [int(points["step"][n]) for n in shown])
            numbers(report, f"{place} values", found["values"], [points["value"][n] for n in shown])
            if span:
                finite = points["value"].where(points["value"].abs() < INFINITY)
                averages = finite.ewm(span=span, ignore_na=True).mean()
                numbers(report, f"{place} smoothed", found["smoothed"], [averages[n] for n in shown])
    pictures(report, ours, runs, {run: history[run, "loss"]["value"] for run in runs})
    best_steps(report, ours, ids, {run: history[run, "loss"]["value"] for run in runs})


def points_of(client: MlflowClient, run: str, metric: str) -> pd.DataFrame:
    """In MLflow's order: the last is the latest."""
    rows = [(one.step, one.timestamp, one.value) for one in client.get_metric_history(run, metric)]
    points = pd.DataFrame(rows, columns=["step", "timestamp", "value"])
    return points.sort_values(["step", "timestamp", "value"], ignore_index=True)


def pictures(report: Report, ours: Http, runs: list[str], losses: dict[str, pd.Series[float]]) -> None:
    """What is drawn is counted as pandas counts it."""
    for log in (False, True):
        drawn = ours.call("plot_metrics", {"run_ids": runs, "metrics": ["loss"], "log_y": log})["result"]
        report.equal("plot_metrics curves", [one["run_id"] for one in drawn], runs[:28])
        for one in drawn:
            values, place = losses[one["run_id"]], f"plot_metrics {one['label']} {log}"
            # Of longer ones MLflow gives an even sample.
            report.equal(f"{place} sampled", one.get("sampled", False), len(values) >= SAMPLED)
            if len(values) >= SAMPLED:
                continue
            finite = values[values.abs() < INFINITY]
            shown = finite[finite > 0] if log else finite
            counts = [one["points"], one.get("nan", 0), one.get("infinite", 0), one.get("not_on_log", 0)]
            nan = int(values.isna().sum())
            beyond = len(values) - nan - len(finite)
            report.equal(place, counts, [len(shown), nan, beyond, len(finite) - len(shown)])
            if len(shown):
                numbers(report, f"{place} range", [one["min"], one["max"]], [shown.min(), shown.max()])


def best_steps(report: Report, ours: Http, ids: Experiments, losses: dict[str, pd.Series[float]]) -> None:
    lowest = {run: values[values.abs() < INFINITY].min() for run, values in losses.items()}
    expected = sorted(lowest, key=lambda run: lowest[run])
    arguments = {"experiment_ids": ids.curves, "order_by": ["loss ASC"], "best_step": True, "k": 20}
    answer = ours.call("rank_runs", arguments)
    report.equal("best_step", [one["run_id"] for one in answer["result"]], expected)
    for one in answer["result"]:
        report.equal("best_step value", one["values"]["loss"], lowest[one["run_id"]])


def odd_experiments(report: Report, ours: Http, ids: Experiments) -> None:
    """Five hundred children, and nothing at all."""
    children = [run for run in every(ids.sweep) if "mlflow.parentRunId" in run.data.tags]
    parent = children[0].data.tags["mlflow.parentRunId"]
    arguments = {
        "experiment_ids": [ids.sweep],
        "metrics": ["score"],
        "filter": f"tags.mlflow.parentRunId = '{parent}'",
        "group_by": ["params.depth"],
    }
    answer = ours.call("aggregate_runs", arguments)
    report.equal("children", (answer["runs_read"], len(children)), (500, 500))
    for found in answer["result"]:
        depth = found["group"]["params.depth"]
        values = pd.Series(
            [run.data.metrics["score"] for run in children if run.data.params["depth"] == depth]
        )
        summed_up(report, f"children {depth}", found["metrics"]["score"], values, len(values))
    for tool, more in (("rank_runs", {"order_by": ["acc"]}), ("aggregate_runs", {"metrics": ["acc"]})):
        try:
            ours.call(tool, {"experiment_ids": [ids.empty], **more})
            report.equal(f"{tool} of nothing", "an answer", "an error")
        except Failed as error:
            report.equal(f"{tool} of nothing", "there are no active runs" in str(error), True)


if __name__ == "__main__":
    sys.exit(main())
