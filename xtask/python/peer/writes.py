"""Calls that change something: each server changes a twin of its own, and MLflow tells the outcome."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from peer.servers import Json, Rest

API = "/api/2.0/mlflow"
# What no two things share.
UNEQUAL = frozenset(
    (
        "creation_timestamp",
        "last_updated_timestamp",
        "creation_time",
        "create_time",
        "created_time",
        "last_update_time",
        "start_time",
        "end_time",
        "creation_timestamp_ms",
        "last_updated_timestamp_ms",
        "artifact_uri",
        "artifact_location",
        "mlflow.artifactLocation",
        "dataset_record_id",
        "dataset_record_ids",
        "inserted_record_ids",
        "scorer_id",
        "user_id",
        "undo",
    )
)


@dataclass
class Twin:
    """The same experiment, runs and registered model, once for each server. Names end in the twin's mark."""

    mark: str
    rest: Rest
    experiment_id: str = ""
    doomed_experiment_id: str = ""
    run_id: str = ""
    doomed_run_id: str = ""
    model_run_id: str = ""
    model_name: str = ""
    model_id: str = ""
    # Ids that calls have made, by the name that their answers have for them.
    made: dict[str, str] = field(default_factory=dict)

    def make(self, source_run: str) -> Twin:
        """`source_run` is a run that has logged a model: registering is tried with it."""
        self.experiment_id = self._experiment(f"peer-{self.mark}")
        self.doomed_experiment_id = self._experiment(f"peer-doomed-{self.mark}")
        self.run_id, self.doomed_run_id = self._run(), self._run()
        run = self.rest.get(f"{API}/runs/get", {"run_id": source_run})["run"]
        self.model_run_id = source_run
        self.model_id = run["outputs"]["model_outputs"][0]["model_id"]
        self.model_name = self.rest.get(f"{API}/logged-models/{self.model_id}")["model"]["info"]["name"]
        self.rest.post(f"{API}/registered-models/create", {"name": self.model})
        for _ in range(3):
            source = {"name": self.model, "source": f"models:/{self.model_id}", "model_id": self.model_id}
            self.rest.post(f"{API}/model-versions/create", source)
        self.rest.post(f"{API}/registered-models/create", {"name": self.doomed_model})
        return self

    @property
    def model(self) -> str:
        return f"peer-model-{self.mark}"

    @property
    def doomed_model(self) -> str:
        return f"peer-doomed-model-{self.mark}"

    @property
    def new_model(self) -> str:
        return f"peer-new-model-{self.mark}"

    @property
    def own_model(self) -> str:
        return f"own-model-{self.mark}"

    @property
    def prompt(self) -> str:
        return f"own-prompt-{self.mark}"

    @property
    def trace_id(self) -> str:
        return f"tr-{hashlib.sha256(self.mark.encode()).hexdigest()[:32]}"

    def identifiers(self) -> tuple[str, ...]:
        ids = (self.run_id, self.doomed_run_id, self.trace_id, f"peer-{self.mark}", f"-{self.mark}")
        # Those of experiments are short numbers, which stand elsewhere, too.
        numbers = (f'"{self.experiment_id}"', f'"{self.doomed_experiment_id}"')
        made = (f'"{one}"' if one.isdigit() else one for one in self.made.values())
        return (*ids, *numbers, *made)

    def _experiment(self, name: str) -> str:
        made: str = self.rest.post(f"{API}/experiments/create", {"name": name})["experiment_id"]
        return made

    def _run(self) -> str:
        body = {"experiment_id": self.experiment_id, "start_time": 1, "run_name": "twin"}
        made: str = self.rest.post(f"{API}/runs/create", body)["run"]["info"]["run_id"]
        return made


Arguments = Callable[[Twin], Json]


@dataclass(frozen=True)
class Write:
    tool: str
    case: str
    arguments: Arguments
    # What MLflow says afterwards; nothing where the call is to fail.
    state: Callable[[Twin], Any] = lambda _: None
    # The member of the answer that later calls need.
    keeps: str = ""


def writes() -> Iterator[Write]:
    yield from tags()
    yield from versions()
    yield from registering()
    yield from deletions()


def tags() -> Iterator[Write]:
    yield Write("set_run_tag", "new", lambda t: {"run_id": t.run_id, "key": "team", "value": "nlp"}, run)
    yield Write("set_run_tag", "again", lambda t: {"run_id": t.run_id, "key": "team", "value": "ö'\"`"}, run)
    yield Write("set_run_tag", "unknown run", lambda _: {"run_id": "0" * 32, "key": "team", "value": "nlp"})
    yield Write(
        "set_experiment_tag",
        "new",
        lambda t: {"experiment_id": t.experiment_id, "key": "owner", "value": "me"},
        experiment,
    )
    yield Write(
        "set_experiment_tag", "unknown", lambda _: {"experiment_id": "999999", "key": "owner", "value": "me"}
    )
    yield Write(
        "set_registered_model_tag", "new", lambda t: {"name": t.model, "key": "tier", "value": "1"}, model
    )
    yield Write(
        "set_registered_model_tag",
        "unknown",
        lambda _: {"name": "no such model", "key": "tier", "value": "1"},
    )


def versions() -> Iterator[Write]:
    yield Write(
        "set_model_alias", "new", lambda t: {"name": t.model, "alias": "champion", "version": "1"}, model
    )
    yield Write(
        "set_model_alias", "moved", lambda t: {"name": t.model, "alias": "champion", "version": "2"}, model
    )
    yield Write("set_model_alias", "reserved", lambda t: {"name": t.model, "alias": "latest", "version": "1"})
    yield Write(
        "update_model_version",
        "new",
        lambda t: {"name": t.model, "version": "1", "description": "first **text**"},
        version,
    )
    yield Write(
        "update_model_version", "unknown", lambda t: {"name": t.model, "version": "99", "description": "x"}
    )
    yield Write(
        "transition_model_version_stage",
        "alone",
        lambda t: {"name": t.model, "version": "1", "stage": "Staging"},
        version,
    )
    yield Write(
        "transition_model_version_stage",
        "archiving",
        lambda t: {"name": t.model, "version": "3", "stage": "Staging", "archive_existing": True},
        version,
    )
    yield Write(
        "transition_model_version_stage",
        "unknown stage",
        lambda t: {"name": t.model, "version": "1", "stage": "Nowhere"},
    )
    yield Write(
        "copy_model_version",
        "new",
        lambda t: {"src_model_name": t.model, "src_version": "1", "dst_model_name": f"{t.model}-copy"},
        lambda t: everything(t, f"{t.model}-copy"),
    )
    yield Write(
        "copy_model_version",
        "unknown",
        lambda t: {"src_model_name": t.model, "src_version": "99", "dst_model_name": f"{t.model}-none"},
        lambda t: everything(t, f"{t.model}-none"),
    )


def registering() -> Iterator[Write]:
    def from_run(twin: Twin) -> Json:
        uri = f"runs:/{twin.model_run_id}/{twin.model_name}"
        return {"model_name": twin.new_model, "model_uri": uri, "tags": {"stage": "tried"}}

    yield Write("register_model", "from a run", from_run, lambda t: everything(t, t.new_model))
    yield Write(
        "register_model",
        "from a logged model",
        lambda t: {"model_name": t.new_model, "model_uri": f"models:/{t.model_id}"},
        lambda t: everything(t, t.new_model),
    )
    yield Write(
        "register_model",
        "bad source",
        lambda t: {"model_name": f"{t.model}-bad", "model_uri": f"runs:/{t.run_id}/nothing"},
        lambda t: everything(t, f"{t.model}-bad"),
    )


def deletions() -> Iterator[Write]:
    yield Write("delete_model_alias", "there", lambda t: {"name": t.model, "alias": "champion"}, model)
    yield Write("delete_model_alias", "not there", lambda t: {"name": t.model, "alias": "champion"}, model)
    yield Write("delete_model_version", "there", lambda t: {"name": t.model, "version": "2"}, model)
    yield Write("delete_model_version", "unknown", lambda t: {"name": t.model, "version": "2"}, model)
    yield Write(
        "delete_registered_model",
        "there",
        lambda t: {"name": t.doomed_model},
        lambda t: everything(t, t.doomed_model),
    )
    yield Write("delete_registered_model", "unknown", lambda t: {"name": t.doomed_model})
    yield Write(
        "delete_run",
        "there",
        lambda t: {"run_id": t.doomed_run_id},
        lambda t: t.rest.get(f"{API}/runs/get", {"run_id": t.doomed_run_id}),
    )
    yield Write("delete_run", "again", lambda t: {"run_id": t.doomed_run_id})
    yield Write("delete_run", "unknown", lambda _: {"run_id": "0" * 32})
    yield Write(
        "delete_experiment",
        "there",
        lambda t: {"experiment_id": t.doomed_experiment_id},
        lambda t: t.rest.get(f"{API}/experiments/get", {"experiment_id": t.doomed_experiment_id}),
    )
    yield Write("delete_experiment", "again", lambda t: {"experiment_id": t.doomed_experiment_id})


def run(twin: Twin) -> Any:
    return twin.rest.get(f"{API}/runs/get", {"run_id": twin.run_id})["run"]["data"]


def experiment(twin: Twin) -> Any:
    query = {"experiment_id": twin.experiment_id}
    return twin.rest.get(f"{API}/experiments/get", query)["experiment"]["tags"]


def model(twin: Twin) -> Any:
    return everything(twin, twin.model)


def version(twin: Twin) -> Any:
    return everything(twin, twin.model)


def everything(twin: Twin, name: str) -> Any:
    """The registered model of that name with all versions, or nothing."""
    query = f"name = '{name}'"
    models = twin.rest.get(f"{API}/registered-models/search", {"filter": query}).get("registered_models", [])
    found = twin.rest.get(f"{API}/model-versions/search", {"filter": query}).get("model_versions", [])
    aliases = twin.rest.get(f"{API}/registered-models/get", {"name": name}) if models else None
    return {"models": models, "versions": found, "model": aliases}


def names(of: Twin, to: Twin) -> Mapping[str, str]:
    return dict(zip(of.identifiers(), to.identifiers(), strict=True))
