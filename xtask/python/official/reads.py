"""What MLflow's own server tells of experiments and runs."""

from __future__ import annotations

import json
from datetime import datetime, timezone

from mlflow import MlflowClient
from mlflow.entities import ViewType

from checks import expect
from peer.servers import Http, Json, Stdio

from .told import rows, text, told_by_name

VIEWS = {"active_only": "ACTIVE_ONLY", "deleted_only": "DELETED_ONLY", "all": "ALL"}

# Names whose values ours need not have.
OF_EXPERIMENTS = {"workspace": "MLflow's client makes it up where a server has none"}


def check(server: Stdio, http: Http, client: MlflowClient) -> Json:
    ids = [one.experiment_id for one in client.search_experiments(ViewType.ALL)]
    facts = sum(_experiments(server, http, view) for view in VIEWS)
    facts += sum(_experiment(server, http, client, one) for one in ids)
    facts += sum(_runs(server, http, one, view) for one in ids for view in VIEWS)
    runs = client.search_runs(ids, run_view_type=ViewType.ALL)
    facts += sum(_run(server, http, run.info.run_id) for run in runs)
    return {"experiments": len(ids), "runs": len(runs), "facts": facts}


def _experiments(server: Stdio, http: Http, view: str) -> int:
    theirs = rows(text(server, "search_experiments", {"view": view}))
    shown = http.pages("search_experiments", {"view_type": VIEWS[view]})
    ours = [(one["experiment_id"], one["name"], one["artifact_location"]) for one in shown]
    expect(sorted(ours) == sorted(theirs), f"search_experiments {view}: {ours} here, {theirs} there")
    return 3 * len(theirs)


def _experiment(server: Stdio, http: Http, client: MlflowClient, experiment: str) -> int:
    name = client.get_experiment(experiment).name
    count = 0
    for theirs, tool, ours in (
        ({"experiment_id": experiment}, "get_experiment", {"experiment_id": experiment}),
        ({"experiment_name": name}, "get_experiment_by_name", {"name": name}),
    ):
        said = json.loads(text(server, "get_experiment", {**theirs, "output": "json"}))
        count += told_by_name("get_experiment", said, http.call(tool, ours), OF_EXPERIMENTS)
    return count


def _runs(server: Stdio, http: Http, experiment: str, view: str) -> int:
    theirs = rows(text(server, "list_runs", {"experiment_id": experiment, "view": view}))
    asked = {"experiment_id": experiment, "view_type": VIEWS[view], "limit": 1000}
    shown = http.pages("get_runs", asked)
    ours = [(_date(one["start_time"]), one["run_name"], one["run_id"]) for one in shown]
    expect(sorted(ours) == sorted(theirs), f"list_runs of {experiment} {view}: {ours} here, {theirs} there")
    return 3 * len(theirs)


def _run(server: Stdio, http: Http, run: str) -> int:
    theirs = json.loads(text(server, "describe_run", {"run_id": run}))
    ours = http.call("get_run", {"run_id": run})
    for kind in ("metrics", "params", "tags"):
        expect(set(ours[kind]) == set(theirs["data"][kind]), f"get_run of {run} has other {kind}")
    return told_by_name("describe_run", theirs, ours, {})


def _date(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds // 1000, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
