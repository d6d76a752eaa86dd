"""Calls that change experiments, runs and models by tools that only ours has: a twin for each door."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peer.servers import Json
from peer.writes import API, Arguments, Twin, Write, everything


def own_writes() -> Iterator[Write]:
    yield from experiments()
    yield from runs()
    yield from registered_models()
    yield from logged_models()


def of(made: str, **arguments: Any) -> Arguments:
    """These arguments, and the id that an earlier call made."""
    return lambda twin: {made: twin.made[made], **arguments}


def experiments() -> Iterator[Write]:
    def state(twin: Twin) -> Any:
        return twin.rest.get(f"{API}/experiments/get", {"experiment_id": twin.made["experiment_id"]})

    def created(twin: Twin) -> Json:
        return {"name": f"own-{twin.mark}", "tags": {"team": "nlp"}}

    def renamed(twin: Twin) -> Json:
        return {"experiment_id": twin.made["experiment_id"], "name": f"owned-{twin.mark}"}

    yield Write("create_experiment", "new", created, state, keeps="experiment_id")
    yield Write("create_experiment", "taken", created, state)
    yield Write("rename_experiment", "new", renamed, state)
    yield Write("delete_experiment_tag", "there", of("experiment_id", key="team"), state)
    yield Write("delete_experiment_tag", "not there", of("experiment_id", key="team"), state)
    yield Write("delete_experiment", "there", of("experiment_id"), state)
    yield Write("restore_experiment", "deleted", of("experiment_id"), state)
    yield Write("restore_experiment", "living", of("experiment_id"), state)


def runs() -> Iterator[Write]:
    def state(twin: Twin) -> Any:
        return twin.rest.get(f"{API}/runs/get", {"run_id": twin.made["run_id"]})

    new = of("experiment_id", run_name="owned", tags={"team": "nlp", "a b": "ö'\"`"})
    yield Write("create_run", "new", new, state, keeps="run_id")
    at = {"step": 3, "timestamp": 1_767_603_600_000}
    yield Write("log_metrics", "two", of("run_id", metrics={"auc": 0.5, "loss": 2}, **at), state)
    points = [{"name": "auc", "value": 0.75, "step": 4, "timestamp": 1_767_603_600_001}]
    yield Write("log_metrics", "points", of("run_id", points=points), state)
    yield Write("log_params", "new", of("run_id", params={"lr": "0.1"}), state)
    yield Write("log_params", "another value", of("run_id", params={"lr": "0.2"}), state)
    yield Write("log_tags", "two", of("run_id", tags={"team": "cv", "b": "c"}), state)
    used = {"name": "d", "digest": "1", "source_type": "http", "source": '{"url": "https://a.test"}'}
    yield Write("log_inputs", "one", of("run_id", datasets=[used]), state)
    file = of("run_id", path="notes/größe.md", text="# ö\n")
    yield Write("upload_text_artifact", "new", file, state)
    yield Write("upload_text_artifact", "there", file, state)
    yield Write("rename_run", "new", of("run_id", run_name="renamed"), state)
    yield Write("delete_run_tag", "there", of("run_id", key="b"), state)
    yield Write("finish_run", "failed", of("run_id", status="FAILED"), state)
    yield Write("delete_run", "there", of("run_id"), state)
    yield Write("restore_run", "deleted", of("run_id"), state)


def registered_models() -> Iterator[Write]:
    def state(twin: Twin) -> Any:
        return everything(twin, twin.own_model)

    def of_version(twin: Twin) -> Any:
        return everything(twin, twin.model)

    def named(**more: Any) -> Arguments:
        return lambda twin: {"name": twin.own_model, **more}

    def tag(**more: Any) -> Arguments:
        return lambda twin: {"name": twin.model, "version": "3", "key": "tier", **more}

    def renamed(twin: Twin) -> Json:
        return {"name": twin.own_model, "new_name": f"{twin.own_model}-renamed"}

    yield Write("create_registered_model", "new", named(description="ö", tags={"team": "cv"}), state)
    yield Write("create_registered_model", "taken", named(), state)
    yield Write("update_registered_model", "new", named(description="**text**"), state)
    yield Write("delete_registered_model_tag", "there", named(key="team"), state)
    yield Write("set_model_version_tag", "new", tag(value="1"), of_version)
    yield Write("delete_model_version_tag", "there", tag(), of_version)
    yield Write("rename_registered_model", "new", renamed, lambda t: everything(t, f"{t.own_model}-renamed"))


def logged_models() -> Iterator[Write]:
    def state(twin: Twin) -> Any:
        return twin.rest.get(f"{API}/logged-models/{twin.made['model_id']}")

    new = of("experiment_id", name="gbm", model_type="agent", params={"k": "1"}, tags={"a": "b"})
    yield Write("create_logged_model", "new", new, state, keeps="model_id")
    yield Write("log_logged_model_params", "more", of("model_id", params={"depth": "3"}), state)
    yield Write("set_logged_model_tags", "two", of("model_id", tags={"a": "c", "d": "e"}), state)
    yield Write("delete_logged_model_tag", "there", of("model_id", key="d"), state)
    yield Write("finalize_logged_model", "ready", of("model_id", status="READY"), state)
    yield Write("delete_logged_model", "there", of("model_id"))
