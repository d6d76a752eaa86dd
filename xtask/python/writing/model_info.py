"""`get_model_info` beside `mlflow.models.get_model_info`, by every form of URI that both take."""

from __future__ import annotations

import json
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd  # type: ignore[import-untyped]
from mlflow import MlflowClient
from mlflow.models import Model, infer_signature
from mlflow.models.signature import ModelSignature
from mlflow.pyfunc.model import PythonModel
from mlflow.types.schema import ColSpec, Schema, TensorSpec

from checks import expect
from peer.servers import Json

from .bench import Bench, Version

# What is awkward to write and to read in YAML.
AWKWARD = "größe'\"` 🦉\n{}: - #"

REQUIREMENTS = ["mlflow", "numpy>=1.24", "pandas>=2"]


class Doubling(PythonModel):
    """A model of no use that can be logged."""

    # MLflow would take hints of types for a signature.
    def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def]
        return model_input


def check(bench: Bench, client: MlflowClient, version: Version) -> None:
    mlflow.set_experiment(experiment_id=client.create_experiment("models to look at"))
    for number, (signature, more) in enumerate(models(), 1):
        with mlflow.start_run() as run:
            place = {"name": "a_model"} if version >= (3, 0) else {"artifact_path": "a_model"}
            logged = mlflow.pyfunc.log_model(
                **place,
                python_model=Doubling(),
                signature=signature,
                pip_requirements=REQUIREMENTS,
                registered_model_name="doubling größe",
                **more,
            )
        client.set_registered_model_alias("doubling größe", "champion", str(number))
        uris = [
            f"runs:/{run.info.run_id}/a_model",
            f"models:/doubling größe/{number}",
            "models:/doubling größe@champion",
        ]
        if version == (3, 5):
            # Its client asks the run first, where the server breaks off for what is not there.
            del uris[0]
        if version >= (3, 0):
            uris.append(f"models:/{logged.model_id}")
        for uri in uris:
            compare(bench, uri, run.info.run_id, registered=uri.startswith("models:/doubling"))
    long_signature(bench, version)
    refusals(bench, version)


def models() -> list[tuple[ModelSignature | None, Json]]:
    table = pd.DataFrame({"größe": [1.5, 2.5], "n": [1, 2], "text": ["a", "b"], "flag": [True, False]})
    columns = infer_signature(table, np.array([0.5]), params={"alpha": 0.5, "mode": "fast", "limits": [1, 2]})
    tensors = ModelSignature(
        inputs=Schema([TensorSpec(np.dtype("float32"), (-1, 28, 28), "image")]),
        outputs=Schema([TensorSpec(np.dtype("int64"), (-1,))]),
    )
    return [
        (columns, {"input_example": table, "metadata": {"owner": AWKWARD, "n": 1e-5, "deep": {"a": [None]}}}),
        (tensors, {}),
        (None, {}),
    ]


def compare(bench: Bench, uri: str, run_id: str, *, registered: bool) -> None:
    theirs = mlflow.models.get_model_info(uri)
    model = Model.load(uri)
    ours = bench.call("get_model_info", {"model_uri": uri})
    signature = theirs.signature.to_dict() if theirs.signature else {}
    parts = {name: json.loads(text) for name, text in signature.items() if text}
    path = Path(mlflow.artifacts.download_artifacts(uri))
    environment = (path / "python_env.yaml").read_text().splitlines()
    expected: Json = {
        "model_uri": uri,
        "flavors": theirs.flavors,
        "signature": parts or None,
        "saved_input_example_info": theirs.saved_input_example_info,
        "requirements": (path / "requirements.txt").read_text().splitlines(),
        "python_version": environment[0].removeprefix("python: "),
        "model_size_bytes": model.model_size_bytes,
        "run_id": run_id,
        "model_id": getattr(model, "model_id", None),
        "artifact_path": theirs.artifact_path,
        "utc_time_created": theirs.utc_time_created,
        "mlflow_version": theirs.mlflow_version,
        "model_uuid": theirs.model_uuid,
        "metadata": theirs.metadata,
        "prompts": getattr(theirs, "prompts", None),
        "env_vars": getattr(theirs, "env_vars", None),
        "name": "doubling größe" if registered else None,
    }
    for name, value in expected.items():
        expect(ours.get(name) == value, f"{uri}, {name}: {ours.get(name)!r} instead of {value!r}")
    expect(theirs.run_id == run_id, f"{uri}: {theirs.run_id}")


def long_signature(bench: Bench, version: Version) -> None:
    """What does not fit is left out, and counted."""
    signature = ModelSignature(inputs=Schema([ColSpec("double", f"column {n}") for n in range(3_000)]))
    with mlflow.start_run() as run:
        place = {"name": "wide"} if version >= (3, 0) else {"artifact_path": "wide"}
        mlflow.pyfunc.log_model(
            **place, python_model=Doubling(), signature=signature, pip_requirements=REQUIREMENTS
        )
    answer = bench.call("get_model_info", {"model_uri": f"runs:/{run.info.run_id}/wide"})
    shown = len(answer["signature"]["inputs"])
    expect(0 < shown < 3_000 and answer["omitted"]["inputs"] == 3_000 - shown, f"{answer['omitted']}")
    expect(answer["requirements"] == REQUIREMENTS, f"{answer['requirements']}")


def refusals(bench: Bench, version: Version) -> None:
    def refused(uri: str, says: str) -> None:
        bench.refused("get_model_info", {"model_uri": uri}, says)

    refused("models:/doubling größe/99", "there is no model version")
    refused("models:/doubling größe", "which is not models:/")
    refused("s3://bucket/model", "MLflow's own client")
    refused(f"models:/m-{'0' * 32}", "MLflow has them since 3.0" if version < (3, 0) else "m-0000")
    with mlflow.start_run() as run:
        mlflow.log_text("x", "notes/MLmodell")
    refused(f"runs:/{run.info.run_id}/notes", 'Did you mean "notes/MLmodell"?')
