"""The toolset `models`: registered models, their versions, and logged models."""

from __future__ import annotations

from typing import Any

from mlflow import MlflowClient

from checks import expect
from peer.servers import Rest

from . import model_info
from .bench import Bench, Version

# What is awkward to write, to quote and to find again.
AWKWARD = "größe'\"` 🦉\n{}"


def check(bench: Bench, client: MlflowClient, rest: Rest, version: Version) -> None:
    registered(bench, client)
    model_info.check(bench, client, version)
    if version < (3, 0):
        arguments = {"experiment_id": "0", "name": "old"}
        bench.refused("create_logged_model", arguments, "MLflow has them since 3.0")
        for tool, more in LOGGED.items():
            bench.refused(tool, {"model_id": f"m-{'0' * 32}", **more}, "MLflow has them since 3.0")
        return
    logged(bench, client)


LOGGED: dict[str, dict[str, Any]] = {
    "finalize_logged_model": {},
    "log_logged_model_params": {"params": {"a": "b"}},
    "set_logged_model_tags": {"tags": {"a": "b"}},
    "delete_logged_model_tag": {"key": "a"},
    "delete_logged_model": {},
}


def registered(bench: Bench, client: MlflowClient) -> None:
    name = "credit größe"
    arguments = {"name": name, "description": AWKWARD, "tags": {"team": AWKWARD}}
    would = bench.call("create_registered_model", {**arguments, "dry_run": True})
    expect(name in would["would"] and not client.search_registered_models(), f"{would}")
    bench.call("create_registered_model", arguments)
    found = client.get_registered_model(name)
    expect((found.description, found.tags) == (AWKWARD, {"team": AWKWARD}), f"{found}")
    bench.refused("create_registered_model", {"name": name}, "already")

    def description() -> Any:
        return client.get_registered_model(name).description or ""

    bench.change("update_registered_model", {"name": name, "description": "New."}, description, "New.")

    def tags() -> Any:
        return client.get_registered_model(name).tags

    arguments = {"name": name, "key": "team", "value": "cv"}
    bench.change("set_registered_model_tag", arguments, tags, {"team": "cv"})
    bench.change("delete_registered_model_tag", {"name": name, "key": "team"}, tags, {})
    bench.refused("delete_registered_model_tag", {"name": name, "key": "team"}, "It has no tags")

    run = client.create_run("0").info
    version = client.create_model_version(name, f"{run.artifact_uri}/model", run.run_id).version

    def version_tags() -> Any:
        return client.get_model_version(name, version).tags

    key = {"name": name, "version": version, "key": "a b/c"}
    bench.change("set_model_version_tag", {**key, "value": AWKWARD}, version_tags, {"a b/c": AWKWARD})
    bench.change("delete_model_version_tag", key, version_tags, {})

    def names() -> list[str]:
        return sorted(model.name for model in client.search_registered_models())

    client.create_registered_model("taken")
    bench.refused("rename_registered_model", {"name": name, "new_name": "taken"}, "already")
    after = ["renamed", "taken"]
    bench.change("rename_registered_model", {"name": name, "new_name": "renamed"}, names, after)


def logged(bench: Bench, client: MlflowClient) -> None:
    run = client.create_run("0").info.run_id
    arguments = {"experiment_id": "0", "name": "gbm", "model_type": "classifier", "source_run_id": run}
    given = {"params": {"lr": "0.1"}, "tags": {"team": AWKWARD}}
    would = bench.call("create_logged_model", {**arguments, **given, "dry_run": True})
    expect(client.search_logged_models(["0"]) == [], f"{would}")
    created = bench.call("create_logged_model", {**arguments, **given})
    model = str(created["model_id"])
    found = client.get_logged_model(model)
    expect((found.name, found.model_type, found.source_run_id) == ("gbm", "classifier", run), f"{found}")
    expect((found.params, found.tags["team"]) == ({"lr": "0.1"}, AWKWARD), f"{found}")
    expect(str(found.status) == "PENDING", f"{found.status}")

    def params() -> Any:
        return client.get_logged_model(model).params

    arguments = {"model_id": model, "params": {"lr": "0.1", "depth": 3}}
    bench.change("log_logged_model_params", arguments, params, {"lr": "0.1", "depth": "3"})
    bench.refused(
        "log_logged_model_params", {"model_id": model, "params": {"lr": 1, "x": 1}}, "nothing was logged"
    )

    def tags() -> Any:
        return {
            key: value for key, value in client.get_logged_model(model).tags.items() if "mlflow." not in key
        }

    given = {"team": "nlp", "a b": 3}
    answer = bench.change(
        "set_logged_model_tags", {"model_id": model, "tags": given}, tags, {"team": "nlp", "a b": "3"}
    )
    expect((answer["previous"], answer["new_tags"]) == ({"team": AWKWARD}, ["a b"]), f"{answer}")
    bench.change("delete_logged_model_tag", {"model_id": model, "key": "a b"}, tags, {"team": "nlp"})

    def status() -> str:
        return str(client.get_logged_model(model).status)

    bench.change("finalize_logged_model", {"model_id": model}, status, "READY")
    bench.change("finalize_logged_model", {"model_id": model, "status": "FAILED"}, status, "FAILED")

    def ids() -> list[str]:
        return [one.model_id for one in client.search_logged_models(["0"])]

    bench.change("delete_logged_model", {"model_id": model}, ids, [])
