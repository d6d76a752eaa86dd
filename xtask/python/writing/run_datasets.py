"""The data sets that runs have read, as the toolset `datasets` finds them."""

from __future__ import annotations

from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag

from checks import expect

from .bench import Bench

BOTH_QUOTES = 'it\'s "golden" \\ 100 %'


def check(bench: Bench, client: MlflowClient) -> None:
    """What runs have read, and which runs: also where two uses of one run would make up a third."""
    experiment_id = client.create_experiment("readers")
    uses: dict[str, list[tuple[str, str, str | None]]] = {
        "both": [("churn", "1", "training"), (BOTH_QUOTES, "2", "eval")],
        "one": [("churn", "1", "eval")],
        "bare": [("churn", "3", None)],
    }
    made = {}
    for name, inputs in uses.items():
        made[name] = client.create_run(experiment_id, run_name=name).info.run_id
        for dataset, digest, context in inputs:
            log_input(client, made[name], dataset, digest, context)
    rows = bench.call("search_run_datasets", {"experiment_ids": [experiment_id]})["result"]
    found = [(row["name"], row["digest"], row.get("context")) for row in rows]
    expected = {use for inputs in uses.values() for use in inputs}
    expect(set(found) == expected and len(found) == len(expected), f"{found}")
    expect({row["experiment_id"] for row in rows} == {experiment_id}, f"{rows}")

    def runs(**asked: Any) -> list[str]:
        rows = bench.call("search_runs_by_dataset", {"experiment_ids": [experiment_id], **asked})["result"]
        return sorted(row["run_name"] for row in rows)

    expect(runs(name="churn") == ["bare", "both", "one"], f"{runs(name='churn')}")
    expect(runs(name=BOTH_QUOTES) == ["both"], f"{runs(name=BOTH_QUOTES)}")
    expect(runs(digest="1") == ["both", "one"] and runs(context="eval") == ["both", "one"], "by one")
    # MLflow itself finds "both": it has read churn, and something for evaluation.
    theirs = client.search_runs([experiment_id], "dataset.name = 'churn' AND dataset.context = 'eval'")
    expect(len(theirs) == 2, f"{[run.info.run_name for run in theirs]}")
    expect(runs(name="churn", context="eval") == ["one"], f"{runs(name='churn', context='eval')}")
    expect(runs(name="churn", digest="3") == ["bare"], "by both")
    few = bench.call(
        "search_runs_by_dataset", {"experiment_ids": [experiment_id], "name": "churn", "max_results": 2}
    )
    more = {"experiment_ids": [experiment_id], "name": "churn", "page_token": few["next_page_token"]}
    rest = bench.call("search_runs_by_dataset", more)
    ids = {row["run_id"] for row in few["result"] + rest["result"]}
    expect(ids == set(made.values()) and "next_page_token" not in rest, f"{few} {rest}")
    none = bench.call("search_runs_by_dataset", {"experiment_ids": [experiment_id], "name": "chrn"})
    expect(none["result"] == [] and 'Did you mean "churn"?' in none["note"], f"{none}")
    bench.refused("search_run_datasets", {"experiment_ids": ["999"]}, "there is no experiment")
    bench.refused(
        "search_runs_by_dataset", {"experiment_ids": ["999"], "name": "x"}, "there is no experiment"
    )


def log_input(client: MlflowClient, run_id: str, name: str, digest: str, context: str | None) -> None:
    dataset = Dataset(name=name, digest=digest, source_type="code", source="{}")
    tags = [InputTag("mlflow.data.context", context)] if context else []
    client.log_inputs(run_id, [DatasetInput(dataset, tags)])
