"""Calls of tools that the other server does not have."""

from __future__ import annotations

from collections.abc import Iterator

from peer.reads import Read
from peer.servers import Json


def analyses(manifest: Json) -> Iterator[Read]:
    churn, curve = manifest["experiments"]["churn"]["id"], manifest["curve"]
    yield Read("find_runs", "invocation", {"query": manifest["invocations"][0]["invocation_id"]})
    yield Read("find_runs", "window", {"started_after": "2026-01-05", "limit": 2})
    one = manifest["runs"]
    yield Read("diff_runs", "two", {"baseline_run_id": one["baseline"], "run_id": one["artifacts"]})
    ranked = {"experiment_ids": [churn], "order_by": ["test/auc DESC", "train/loss ASC"], "k": 3}
    yield Read("rank_runs", "two metrics", ranked)
    grouped = {"experiment_ids": [churn], "metrics": ["test/auc"], "group_by": ["params.model"]}
    yield Read("aggregate_runs", "by param", grouped)
    yield Read("aggregate_runs", "no metric", {**grouped, "metrics": []})
    history = {"run_ids": [curve["run_id"]], "metrics": [curve["metric"]], "smoothing_span": 9}
    yield Read("metric_history", "long", history)
    drawn = {"experiment_ids": [churn], "metrics": ["test/auc"], "x": "params.max_depth"}
    yield Read("plot_metrics", "dots", {**drawn, "group_by": "params.model"})
    yield Read("plot_metrics", "bands", {**drawn, "x": "time", "group_by": "status", "band": "std"})
