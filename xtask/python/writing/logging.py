"""The toolset `logging`: experiments, runs and what is logged to them."""

from __future__ import annotations

import math
from typing import Any

import mlflow.artifacts
from mlflow import MlflowClient
from mlflow.entities import ViewType

from checks import expect
from peer.servers import Rest

from .bench import Bench, Version

# What is awkward to write, to quote and to find again.
AWKWARD = "größe'\"` 🦉\n{}"


def check(bench: Bench, client: MlflowClient, rest: Rest, version: Version) -> None:
    experiment = experiments(bench, client, version)
    run = runs(bench, client, experiment)
    metrics(bench, client, run)
    params(bench, client, run)
    tags(bench, client, run)
    inputs(bench, client, run)
    artifacts(bench, client, run, version)
    finish(bench, client, run)


def experiments(bench: Bench, client: MlflowClient, version: Version) -> str:
    created = bench.call(
        "create_experiment",
        {"name": f"logged {AWKWARD}", "tags": {"team": AWKWARD, "mlflow.note.content": "n"}},
    )
    experiment = str(created["experiment_id"])
    found = client.get_experiment(experiment)
    expect(found.name == f"logged {AWKWARD}" and found.tags["team"] == AWKWARD, f"{found.name} {found.tags}")
    bench.refused("create_experiment", {"name": f"logged {AWKWARD}"}, experiment)

    def name() -> str:
        return str(client.get_experiment(experiment).name)

    bench.change("rename_experiment", {"experiment_id": experiment, "name": "other"}, name, "other")
    bench.refused("rename_experiment", {"experiment_id": experiment, "name": "Default"}, "with the id 0")

    def value() -> Any:
        return client.get_experiment(experiment).tags.get("team")

    bench.change(
        "set_experiment_tag", {"experiment_id": experiment, "key": "team", "value": "cv"}, value, "cv"
    )
    arguments = {"experiment_id": experiment, "key": "team"}
    if version < (3, 0):
        bench.refused("delete_experiment_tag", arguments, "needs MLflow 3.2 or newer")
    else:
        bench.change("delete_experiment_tag", arguments, value, None)

    def stage() -> str:
        return str(client.get_experiment(experiment).lifecycle_stage)

    client.delete_experiment(experiment)
    bench.refused("rename_experiment", {"experiment_id": experiment, "name": "x"}, "is deleted")
    bench.refused("create_experiment", {"name": "other"}, "restore_experiment")
    bench.change("restore_experiment", {"experiment_id": experiment}, stage, "active")
    bench.refused("restore_experiment", {"experiment_id": experiment}, "is not deleted")
    return experiment


def runs(bench: Bench, client: MlflowClient, experiment: str) -> str:
    parent = bench.call(
        "create_run", {"experiment_id": experiment, "run_name": "parent", "tags": {"a": AWKWARD}}
    )
    found = client.get_run(parent["run_id"])
    expect(found.info.run_name == "parent" and found.data.tags["a"] == AWKWARD, f"{found}")
    expect(found.info.status == "RUNNING" and found.info.start_time > 1_700_000_000_000, f"{found.info}")
    child = bench.call("create_run", {"experiment_id": experiment, "parent_run_id": parent["run_id"]})
    nested = client.get_run(child["run_id"])
    expect(nested.data.tags["mlflow.parentRunId"] == parent["run_id"], f"{nested.data.tags}")
    expect(nested.info.run_name == child["run_name"] != "", f"{child}")
    elsewhere = client.create_experiment("elsewhere")
    arguments = {"experiment_id": elsewhere, "parent_run_id": parent["run_id"]}
    bench.refused("create_run", arguments, "nothing was created")
    expect(client.search_runs([elsewhere]) == [], "a refused run was created")
    run = str(child["run_id"])

    def name() -> str:
        return str(client.get_run(run).info.run_name)

    bench.change("rename_run", {"run_id": run, "run_name": AWKWARD}, name, AWKWARD)

    def stage() -> str:
        return str(client.get_run(run).info.lifecycle_stage)

    client.delete_run(run)
    bench.refused("log_metrics", {"run_id": run, "metrics": {"m": 1}}, "is deleted")
    bench.change("restore_run", {"run_id": run}, stage, "active")
    living = client.search_runs([experiment], run_view_type=ViewType.ACTIVE_ONLY)
    expect(len(living) == 2, f"{[one.info.run_id for one in living]}")
    return run


def metrics(bench: Bench, client: MlflowClient, run: str) -> None:
    def history(key: str) -> list[tuple[int, int, str]]:
        points = client.get_metric_history(run, key)
        return sorted((point.step, point.timestamp, repr(point.value)) for point in points)

    arguments: dict[str, Any] = {"run_id": run, "metrics": {"val/loss": 0.1}, "step": 3, "timestamp": 17}
    bench.change("log_metrics", arguments, lambda: history("val/loss"), [(3, 17, "0.1")])
    points = [{"key": "auc", "value": step / 7, "step": step} for step in range(900)]
    answer = bench.call(
        "log_metrics", {"run_id": run, "points": points, "metrics": {"val/loss": 1e-300}, "timestamp": 5}
    )
    expect(answer["logged"] == 901, f"{answer}")
    expect(answer["new_metrics"] == ["auc"], f"{answer}")
    expect(history("auc") == [(step, 5, repr(step / 7)) for step in range(900)], "a curve came out otherwise")
    bench.call(
        "log_metrics", {"run_id": run, "metrics": {"nan": "NaN", "big": "Infinity", "small": "-Infinity"}}
    )
    kept = client.get_run(run).data.metrics
    expect(math.isnan(kept["nan"]) and kept["big"] > 1e308 and kept["small"] < -1e308, f"{kept}")
    bench.refused(
        "log_metrics", {"run_id": run, "metrics": {"good": 1, "bad": "abc"}}, '"bad" must be a number'
    )
    expect("good" not in client.get_run(run).data.metrics, "half of a refused call was logged")
    # MLflow's own rule about names stops all of a batch.
    bench.refused(
        "log_metrics", {"run_id": run, "metrics": {"good": 1, "a//b": 2}}, "INVALID_PARAMETER_VALUE"
    )
    expect("good" not in client.get_run(run).data.metrics, "half of a refused batch was logged")


def params(bench: Bench, client: MlflowClient, run: str) -> None:
    def logged() -> Any:
        return client.get_run(run).data.params

    arguments = {"run_id": run, "params": {"lr": "0.1", "text": AWKWARD, "long": "ü" * 6000}}
    bench.change("log_params", arguments, logged, arguments["params"])
    answer = bench.call("log_params", {"run_id": run, "params": {"lr": 0.1, "depth": 3}})
    expect((answer["logged"], answer["unchanged"]) == (1, 1), f"{answer}")
    bench.refused("log_params", {"run_id": run, "params": {"lr": "0.2", "width": 1}}, "nothing was logged")
    bench.refused("log_params", {"run_id": run, "params": {"width": "x" * 6001}}, "nothing was changed")
    expect("width" not in logged(), "half of a refused call was logged")


def tags(bench: Bench, client: MlflowClient, run: str) -> None:
    def logged() -> Any:
        return {key: value for key, value in client.get_run(run).data.tags.items() if "mlflow." not in key}

    bench.change("set_run_tag", {"run_id": run, "key": "team", "value": AWKWARD}, logged, {"team": AWKWARD})
    answer = bench.change(
        "log_tags",
        {"run_id": run, "tags": {"team": "nlp", "stage": 3}},
        logged,
        {"team": "nlp", "stage": "3"},
    )
    expect((answer["previous"], answer["new_tags"]) == ({"team": AWKWARD}, ["stage"]), f"{answer}")
    bench.change("delete_run_tag", {"run_id": run, "key": "stage"}, logged, {"team": "nlp"})
    bench.refused("delete_run_tag", {"run_id": run, "key": "taem"}, "team")


def inputs(bench: Bench, client: MlflowClient, run: str) -> None:
    def logged() -> list[tuple[str, str, str, dict[str, str]]]:
        used = client.get_run(run).inputs.dataset_inputs
        return [
            (
                one.dataset.name,
                one.dataset.digest,
                one.dataset.source,
                {tag.key: tag.value for tag in one.tags},
            )
            for one in used
        ]

    dataset = {"name": "churn", "digest": "5f2b9c01", "source_type": "s3", "source": "s3://data/churn.csv"}
    arguments = {"run_id": run, "datasets": [{**dataset, "context": "training"}]}
    after = [("churn", "5f2b9c01", "s3://data/churn.csv", {"mlflow.data.context": "training"})]
    bench.change("log_inputs", arguments, logged, after)
    answer = bench.call("log_inputs", arguments)
    expect((answer["logged"], answer["unchanged"]) == (0, 1), f"{answer}")
    bench.refused(
        "log_inputs", {"run_id": run, "datasets": [{**dataset, "digest": "x" * 37}]}, "36 characters"
    )


def artifacts(bench: Bench, client: MlflowClient, run: str, version: Version) -> None:
    def text(path: str) -> str | None:
        if not any(file.path == path for file in client.list_artifacts(run, "notes")):
            return None
        return str(mlflow.artifacts.load_text(f"runs:/{run}/{path}"))

    # 3.5 breaks off where it is to send a file with such a name.
    path = "notes/summary.md" if version == (3, 5) else "notes/summary größe.md"
    arguments = {"run_id": run, "path": path, "text": AWKWARD}
    bench.change("upload_text_artifact", arguments, lambda: text(path), AWKWARD)
    bench.refused("upload_text_artifact", {**arguments, "text": "other"}, "is there already")
    expect(text(path) == AWKWARD, "a refused text was written")
    answer = bench.call("upload_text_artifact", {**arguments, "text": "\n", "overwrite": True})
    expect(answer["replaced"] is True and text(path) == "\n", f"{answer}")
    bench.refused("upload_text_artifact", {**arguments, "text": "", "overwrite": True}, "takes no empty file")
    long = "0123456789abcdef" * 65_536
    answer = bench.call("upload_text_artifact", {"run_id": run, "path": "notes/long.txt", "text": long})
    expect(answer["size_bytes"] == 1 << 20 and text("notes/long.txt") == long, f"{answer}")
    bench.refused("upload_text_artifact", {"run_id": run, "path": "notes", "text": "x"}, "is a directory")
    bench.refused("upload_text_artifact", {"run_id": run, "path": "../x", "text": "x"}, "nothing was written")


def finish(bench: Bench, client: MlflowClient, run: str) -> None:
    def status() -> str:
        return str(client.get_run(run).info.status)

    bench.change("finish_run", {"run_id": run}, status, "FINISHED")
    end = client.get_run(run).info.end_time
    answer = bench.call("finish_run", {"run_id": run, "status": "FAILED"})
    found = client.get_run(run).info
    expect(
        (found.status, found.end_time, answer["previous_status"]) == ("FAILED", end, "FINISHED"), f"{answer}"
    )
    bench.refused("finish_run", {"run_id": run, "status": "DONE"}, "KILLED")
    expect(status() == "FAILED", "a refused status was set")
