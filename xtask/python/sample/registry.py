"""Models: what the training runs logged, and the registry that serves them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from . import files
from .rest import Json, Tracking
from .runs import Run, at, finals, pairs, set_tags
from .training import TEST_SET

MODEL = "churn-classifier"
EMPTY_MODEL = "support-router"


def models(server: Tracking, experiment: str, ranked: Sequence[Run]) -> dict[str, Any]:
    """Log the three best runs' models and register each, the best one last."""
    worst_first = [(rank, ranked[rank - 1]) for rank in (3, 2, 1)]
    sources = [_log_model(server, experiment, run, rank) for rank, run in worst_first]
    server.post(
        "registered-models/create",
        {
            "name": MODEL,
            "description": "Churn risk within 90 days. Owner: growth team.",
            "tags": pairs({"task": "classification", "team": "growth"}),
        },
    )
    versions = [
        _register(server, run, rank, source) for (rank, run), source in zip(worst_first, sources, strict=True)
    ]
    _curate(server)
    server.post("registered-models/create", {"name": EMPTY_MODEL, "description": "Reserved; no version yet."})
    logged = [source["model_id"] for source in sources if source["model_id"]]
    if logged:
        logged.append(_failed_upload(server, experiment))
    return {
        "registered_models": [
            {"name": MODEL, "versions": versions, "aliases": {"champion": "2", "challenger": "3"}},
            {"name": EMPTY_MODEL, "versions": [], "aliases": {}},
        ],
        "logged_models": logged,
    }


def _log_model(server: Tracking, experiment: str, run: Run, rank: int) -> Json:
    """MLflow 3 keeps a model beside its run, with params and metrics of its own; 2.x among the artifacts."""
    contents = _model_files(run, rank, server.version)
    if server.major < 3:
        server.upload(run.artifact_uri, {f"model/{path}": content for path, content in contents.items()})
        history = [{"run_id": run.id, "artifact_path": "model", "flavors": {"python_function": {}}}]
        set_tags(server, run.id, {"mlflow.log-model.history": json.dumps(history)})
        return {"model_id": None, "uri": f"{run.artifact_uri}/model"}
    body = {
        "experiment_id": experiment,
        "name": "churn-gbdt",
        "model_type": "classifier",
        "source_run_id": run.id,
        "params": pairs({"n_estimators": "400", "rank_in_sweep": str(rank)}),
        "tags": pairs({"framework": "gbdt", "format": "json"}),
    }
    info = server.post("logged-models", body)["model"]["info"]
    model_id = info["model_id"]
    server.upload(info["artifact_uri"], contents)
    server.patch(f"logged-models/{model_id}", {"model_id": model_id, "status": "LOGGED_MODEL_READY"})
    server.post("runs/outputs", {"run_id": run.id, "models": [{"model_id": model_id, "step": 0}]})
    _score_model(server, run, model_id, rank)
    return {"model_id": model_id, "uri": f"models:/{model_id}"}


def _score_model(server: Tracking, run: Run, model_id: str, rank: int) -> None:
    metrics = finals({"holdout/auc": round(0.9 - 0.004 * rank, 4)}, at(1, 2, 30))
    dataset = {"dataset_name": TEST_SET["name"], "dataset_digest": TEST_SET["digest"]}
    scored = [{**entry, "model_id": model_id, **dataset} for entry in metrics]
    server.post("runs/log-batch", {"run_id": run.id, "metrics": scored})


def _failed_upload(server: Tracking, experiment: str) -> str:
    body = {"experiment_id": experiment, "name": "churn-gbdt-interrupted", "model_type": "classifier"}
    model_id = str(server.post("logged-models", body)["model"]["info"]["model_id"])
    server.patch(f"logged-models/{model_id}", {"model_id": model_id, "status": "LOGGED_MODEL_UPLOAD_FAILED"})
    return model_id


def _model_files(run: Run, rank: int, version: str) -> dict[str, bytes]:
    flavor = {"loader_module": "churn.model", "data": "model.json", "python_version": "3.11.7"}
    mlmodel = {
        "artifact_path": "churn-gbdt",
        "flavors": {"python_function": flavor},
        "mlflow_version": version,
        "model_size_bytes": 2048 + rank,
        "run_id": run.id,
        "utc_time_created": "2026-01-06 11:00:00",
    }
    trees = [
        {"feature": "tenure_months", "threshold": 6 + tree, "left": 0.31, "right": -0.12}
        for tree in range(16)
    ]
    return {
        "MLmodel": files.yaml_bytes(mlmodel),
        "model.json": files.json_bytes({"rank": rank, "trees": trees}),
        "requirements.txt": f"mlflow=={version}\n".encode(),
        "python_env.yaml": files.yaml_bytes({"python": "3.11.7", "dependencies": ["-r requirements.txt"]}),
        "input_example.json": files.json_bytes(
            {"columns": ["tenure_months", "monthly_charges"], "data": [[12, 70.5]]}
        ),
    }


def _register(server: Tracking, run: Run, rank: int, source: Json) -> dict[str, Any]:
    body = {
        "name": MODEL,
        "source": source["uri"],
        "run_id": run.id,
        "description": f"Number {rank} of the January sweep.",
        "tags": pairs({"validated": "true", "dataset": TEST_SET["name"]}),
    }
    if source["model_id"]:
        body["model_id"] = source["model_id"]
    version = server.post("model-versions/create", body)["model_version"]["version"]
    return {"version": version, "run_id": run.id, "model_id": source["model_id"]}


def _curate(server: Tracking) -> None:
    """Aliases as today's users set them, stages as older ones still do."""
    for alias, version in (("champion", "2"), ("challenger", "3")):
        server.post("registered-models/alias", {"name": MODEL, "alias": alias, "version": version})
    for stage, version in (("Archived", "1"), ("Production", "2"), ("Staging", "3")):
        body = {"name": MODEL, "version": version, "stage": stage, "archive_existing_versions": False}
        server.post("model-versions/transition-stage", body)
    note = {
        "name": MODEL,
        "version": "3",
        "key": "review note",
        "value": 'Waiting for Zoë\'s "fairness" check.',
    }
    server.post("model-versions/set-tag", note)
