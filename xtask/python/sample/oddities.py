"""What careful readers trip over: awkward names, empty and deleted experiments, files of every kind."""

from __future__ import annotations

import json
import random
from typing import Any

from . import files
from .rest import Tracking
from .runs import at, create_experiment, create_run, finals, set_tags

UNICODE_NAME = 'Zoë\'s "größte" 实验 🚀'
LOG_BYTES = 5_000_000
MANY_FILES = 60

# In keys of params, tags and metrics MLflow takes letters of any script, digits, _ - . : space, and slashes
# inside. It refuses quotes, backticks, commas, emoji, and a leading or doubled slash. Values are free.
AWKWARD_PARAMS = {
    "lr schedule": "cosine with warm-up",
    "optimizer.betas": "(0.9, 0.95)",
    "data/path:train": "s3://bucket/träin set/part-*.parquet",
    "größe": "12",
    "学习率": "3e-4",
    "empty value": "",
    "query": "SELECT \"id\" FROM t WHERE name = 'O''Brien' -- `x`",
    "long_prompt": "Answer step by step. " * 285 + "End of prompt.!",
}
AWKWARD_TAGS = {
    "team": 'R&D "core"',
    "dataset owner": "Zoë O'Brien",
    "mood": "🚀 ship it",
    "multi line": "first line\nsecond line\ttabbed",
    "config.json": json.dumps({"a": [1, 2], "b": {"c": None}}),
    "percent": "100% of 50_000",
}
AWKWARD_METRICS = {
    "accuracy top 5": 0.93,
    "val/f1:macro": 0.7,
    "größe.mean": -0.0,
    "tiny": 5e-324,
    "huge": 1.5e300,
}


def experiments(server: Tracking) -> dict[str, Any]:
    """An experiment with an awkward name, one without runs, one that was deleted together with its run."""
    unicode_id = create_experiment(server, UNICODE_NAME, "Names with quotes, accents, ideographs and emoji.")
    awkward = create_run(
        server,
        unicode_id,
        'naïve "baseline" — it\'s v1.0 🎉',
        start=at(4),
        params=AWKWARD_PARAMS,
        metrics=finals(AWKWARD_METRICS, at(4, 0, 8)),
        user="zoë",
    )
    set_tags(server, awkward.id, AWKWARD_TAGS)
    empty_id = create_experiment(
        server, "capacity-planning", "Created for next quarter; no runs yet.", owner="bob"
    )
    deleted_id = create_experiment(server, "scratch-2025", owner="bob")
    scratch = create_run(server, deleted_id, "try-1", start=at(-20), metrics=finals({"acc": 0.5}, at(-20)))
    server.post("experiments/delete", {"experiment_id": deleted_id})
    return {
        "experiments": {
            "unicode": {"id": unicode_id, "name": UNICODE_NAME},
            "empty": {"id": empty_id, "name": "capacity-planning"},
            "deleted": {"id": deleted_id, "name": "scratch-2025"},
        },
        "runs": {"awkward": awkward.id, "in_deleted_experiment": scratch.id},
    }


def artifacts(server: Tracking) -> dict[str, Any]:
    """One run with every kind of file; the manifest maps kind to path and size in bytes."""
    experiment = create_experiment(server, "document-layout", "Page segmentation; its runs keep many files.")
    run = create_run(
        server,
        experiment,
        "layout-eval",
        start=at(5),
        params={"model": "layout-small", "pages": "1200"},
        metrics=finals({"map50": 0.871, "map50_95": 0.602}, at(5, 0, 9)),
    )
    kinds = _one_of_each()
    server.upload(run.artifact_uri, dict(kinds.values()))
    parts = {f"predictions/part-{part:05}.csv": _predictions(part) for part in range(MANY_FILES)}
    server.upload(run.artifact_uri, parts)
    return {
        "experiment": {"id": experiment, "name": "document-layout"},
        "run_id": run.id,
        "files": {kind: {"path": path, "size": len(content)} for kind, (path, content) in kinds.items()},
        "directory": {"path": "predictions", "files": MANY_FILES},
    }


def _one_of_each() -> dict[str, tuple[str, bytes]]:
    dice = random.Random("artifacts")
    report = "# Layout evaluation\n\n1200 pages, mAP@50 0.871. Tables are the weakest class (0.79).\n"
    per_class = [(name, round(dice.uniform(0.75, 0.95), 3)) for name in ("text", "title", "table", "figure")]
    layers = {
        "encoder": {"layers": 12, "width": 384, "dropout": 0.1},
        "labels": [name for name, _ in per_class],
    }
    return {
        "text": ("report.md", report.encode()),
        "json": ("metrics.json", files.json_bytes({"map50": 0.871, "per_class": dict(per_class)})),
        "yaml": (
            "config.yaml",
            files.yaml_bytes({"model": layers, "data": {"pages": 1200, "split": "test"}}),
        ),
        "csv": ("per_class.csv", files.csv_bytes(("class", "ap50"), per_class)),
        "png": ("plots/ap_per_class.png", files.png_bytes([ap for _, ap in per_class for _ in range(40)])),
        "log": ("logs/train.log", files.log_bytes(LOG_BYTES)),
        "latin1": (
            "legacy/notes-latin1.txt",
            "Größe: 12½ µm – façade, señor\n".replace("–", "-").encode("latin-1"),
        ),
        "utf8": ("notes/größe (final) 100%.txt", "Größe: 12½ µm — 页面布局 🚀\n".encode()),
        "empty": ("logs/stderr.log", b""),
        "binary": ("weights/head.bin", bytes(dice.randrange(256) for _ in range(4096))),
        "nested": ("config/model/encoder/layers.yaml", files.yaml_bytes(layers)),
    }


def _predictions(part: int) -> bytes:
    dice = random.Random(f"predictions/{part}")
    rows = [
        (f"page-{part * 20 + row:04}", dice.choice(("text", "table")), f"{dice.random():.4f}")
        for row in range(20)
    ]
    return files.csv_bytes(("page", "label", "score"), rows)
