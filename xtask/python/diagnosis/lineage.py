"""`lineage` of models, prompts and traces that MLflow's own client made and linked, from every beginning."""

from __future__ import annotations

from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag

from checks import expect
from peer.servers import Http

from .database import Database
from .numbers import same

Json = dict[str, Any]

NAME = "check of lineage"


def check(database: Database, ours: Http, client: MlflowClient, commit: Any) -> Json:
    commit()
    major = int(mlflow.__version__.split(".")[0])
    train = client.create_run(database.experiment, run_name="train").info.run_id
    review = client.create_run(database.experiment, run_name="review").info.run_id
    for run_id, dataset in ((train, "history"), (train, "holdout"), (review, "holdout")):
        client.log_inputs(run_id, [read(dataset)])
        client.log_metric(run_id, "auc", 0.1 + 0.2)
    client.create_registered_model(NAME)
    model = logged(client, database.experiment, train, review) if major >= 3 else None
    source = f"models:/{model}" if model else f"{client.get_run(train).info.artifact_uri}/model"
    more: Json = {"model_id": model} if model else {}
    version = client.create_model_version(NAME, source, run_id=train, **more)
    client.set_registered_model_alias(NAME, "champion", version.version)
    prompt(client, train)
    traced = traces(database.experiment, review) if major >= 3 else []
    starts = [f"{NAME}@champion", f"models:/{NAME}/{version.version}", train]
    if model:
        starts += [model, review]
    numbers = sum(
        compare(ours.call("lineage", {"start": start}), client, train, model, start) for start in starts
    )
    readers = ours.call("lineage", {"start": "dataset:holdout"})
    expect(
        {run["run_id"] for run in readers["runs"]} == {train, review}, f"who read holdout: {readers['runs']}"
    )
    found = ours.call("lineage", {"start": review})
    expect(
        sorted(trace["trace_id"] for trace in found["traces"]) == sorted(traced),
        f"{found['traces']} not {traced}",
    )
    expect((len(found["missing"]) > 0) == (major < 3), f"missing: {found['missing']}")
    client.delete_run(train)
    deleted = ours.call("lineage", {"start": train})
    expect(deleted["runs"][0]["lifecycle_stage"] == "deleted", f"{deleted['runs'][0]}")
    return {"numbers": numbers, "starts": len(starts) + 1, "traces": len(traced)}


def read(name: str) -> DatasetInput:
    dataset = Dataset(name, f"digest-{name}", "code", "{}")
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])


def logged(client: MlflowClient, experiment: str, train: str, review: str) -> str:
    """A model of one run that another one measured."""
    from mlflow.entities import LoggedModelInput, LoggedModelOutput  # noqa: PLC0415  # since MLflow 3

    model_id: str = client.create_logged_model(experiment, "gbdt", source_run_id=train).model_id
    client.log_outputs(train, [LoggedModelOutput(model_id, 0)])
    client.log_inputs(review, models=[LoggedModelInput(model_id)])
    client.log_metric(review, "holdout/auc", 0.7, model_id=model_id)
    return model_id


def prompt(client: MlflowClient, run_id: str) -> None:
    """A prompt that a run used: MLflow 3 keeps that in a tag of the run, MLflow 2 in one of the prompt."""
    client.register_prompt("asker", "Why {{what}}?")
    names = ("link_prompt_version_to_run", "log_prompt")
    link = getattr(client, next(name for name in names if hasattr(client, name)))
    link(run_id, "prompts:/asker/1")


def traces(experiment: str, run_id: str) -> list[str]:
    mlflow.set_experiment(experiment_id=experiment)
    made = []
    with mlflow.start_run(run_id=run_id):
        for question in ("one", "two"):
            with mlflow.start_span(question) as span:
                span.set_inputs({"question": question})
            made.append(span.trace_id)
    mlflow.flush_trace_async_logging()
    return made


def compare(found: Json, client: MlflowClient, train: str, model: str | None, start: str) -> int:
    """What is linked is there, and its numbers are those of MLflow's own client."""
    shown = {run["run_id"]: run for run in found["runs"]}
    expect(train in shown, f"{start}: {sorted(shown)} without the run that trained")
    numbers = sum(
        same(run["metrics"], client.get_run(run_id).data.metrics, start) for run_id, run in shown.items()
    )
    versions = [
        (one["name"], one["version"], one["aliases"], one["run_id"]) for one in found["model_versions"]
    ]
    expect(versions == [(NAME, "1", ["champion"], train)], f"{start}: {versions}")
    datasets = {(one["name"], one["digest"], one["context"]) for one in found["datasets"]}
    wanted = {(name, f"digest-{name}", "training") for name in ("history", "holdout")}
    expect(datasets == wanted, f"{start}: {datasets}")
    prompts = [(one["name"], one["version"], one["linked_to"]) for one in found["prompts"]]
    expect(prompts == [("asker", "1", f"run {train}")], f"{start}: {prompts}")
    models = [one["model_id"] for one in found["logged_models"]]
    expect(models == ([model] if model else []), f"{start}: {models}")
    return numbers
