"""Calls of the tools that diagnose, summarise and follow runs. None asks what the clock has a part in."""

from __future__ import annotations

from collections.abc import Iterator

from peer.reads import Read
from peer.servers import Json


def diagnoses(manifest: Json) -> Iterator[Read]:
    one = manifest["runs"]
    for role in ("failed", "diverged", "curve"):
        yield Read("diagnose_run", role, {"run_id": one[role]})
    yield Read("diagnose_run", "one metric", {"run_id": one["curve"], "metrics": ["loss"]})
    yield Read("diagnose_run", "unknown", {"run_id": "0" * 32})
    sweep = {"run_id": one["sweep_parent"], "metric": "test/auc"}
    yield Read("sweep_summary", "highest", sweep)
    yield Read("sweep_summary", "lowest", {**sweep, "ascending": True, "top": 2})
    yield Read("sweep_summary", "no children", {**sweep, "run_id": one["baseline"]})
    for start in ("churn-classifier@champion", "models:/churn-classifier/3", "dataset:a92be310", "nobody"):
        yield Read("lineage", start, {"start": start})
