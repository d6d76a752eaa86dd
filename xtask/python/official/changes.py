"""What MLflow's own server changes of experiments and runs, and ours on twins of them."""

from __future__ import annotations

import json
from typing import Any

from mlflow import MlflowClient

from checks import expect
from peer.servers import Http, Json, Stdio

from .told import text

# Tags that say which program made a run, and as whom: ours is another, and says it in no tag.
PROGRAM = ("mlflow.source.", "mlflow.user")
RETENTION, ARCHIVE = "mlflow.trace.archivalRetention", "mlflow.trace.archiveNow"

Pair = tuple[str, str]


class Twins:
    """Two of everything: the first is changed by their server, the second by ours."""

    def __init__(self, server: Stdio, http: Http, client: MlflowClient) -> None:
        self._server, self._http, self._client = server, http, client
        self.experiments: Pair = ("", "")
        self.runs: Pair = ("", "")
        self.parents: Pair = ("", "")
        self.count = 0

    def theirs(self, tool: str, arguments: Json) -> str:
        return text(self._server, tool, arguments)

    def ours(self, tool: str, arguments: Json) -> Json:
        return self._http.call(tool, arguments)

    def alike(self, what: str) -> None:
        """MLflow's own client finds the same on both sides."""
        one, other = (self._state(side) for side in (0, 1))
        expect(one == other, f"after {what}: {one} by theirs, {other} by ours")
        self.count += 1

    def _state(self, side: int) -> Any:
        found = self._client.get_experiment(self.experiments[side])
        name = found.name.removeprefix("left").removeprefix("right")
        state: list[Any] = [name, found.artifact_location, found.lifecycle_stage, found.tags]
        if self.runs[side]:
            run = self._client.get_run(self.runs[side])
            tags = {key: value for key, value in run.data.tags.items() if not key.startswith(PROGRAM)}
            if tags.get("mlflow.parentRunId") == self.parents[side]:
                tags["mlflow.parentRunId"] = "the parent of this side"
            ended = run.info.end_time is not None
            state += [run.info.run_name, run.info.status, run.info.lifecycle_stage, ended, tags]
        return state


def check(server: Stdio, http: Http, client: MlflowClient) -> int:
    twins = Twins(server, http, client)
    _experiments(twins)
    _archival(twins)
    for status in ("FINISHED", "FAILED", "KILLED"):
        _run(twins, status)
    _deletions(twins)
    return twins.count


def _experiments(twins: Twins) -> None:
    place = "mlflow-artifacts:/größe"
    policy = {RETENTION: json.dumps({"type": "duration", "value": "30d"})}
    theirs = twins.theirs(
        "create_experiment",
        {"experiment_name": "left ö'\"`", "artifact_location": place, "trace_archival_retention": "30d"},
    )
    ours = {"name": "right ö'\"`", "artifact_location": place, "tags": policy}
    made = twins.ours("create_experiment", ours)
    # Theirs says the id at the end of a sentence.
    twins.experiments = theirs.rsplit(" ", 1)[1], made["experiment_id"]
    twins.alike("create_experiment")
    left, right = twins.experiments
    twins.theirs("rename_experiment", {"experiment_id": left, "new_name": "left 🦉"})
    twins.ours("rename_experiment", {"experiment_id": right, "name": "right 🦉"})
    twins.alike("rename_experiment")


def _archival(twins: Twins) -> None:
    """Tags of MLflow's own, which its tool writes and removes under other words."""
    left, right = ({"experiment_id": one} for one in twins.experiments)
    for words, key, value in (
        ({"trace_archival_retention": "7d"}, RETENTION, {"type": "duration", "value": "7d"}),
        ({"clear_trace_archival_retention": True}, RETENTION, None),
        ({"trace_archive_now": True}, ARCHIVE, {}),
        ({"trace_archive_now_older_than": "12h"}, ARCHIVE, {"older_than": "12h"}),
        ({"clear_trace_archive_now": True}, ARCHIVE, None),
    ):
        twins.theirs("update_experiment", {**left, **words})
        if value is None:
            twins.ours("delete_experiment_tag", {**right, "key": key})
        else:
            twins.ours("set_experiment_tag", {**right, "key": key, "value": json.dumps(value)})
        twins.alike(f"update_experiment {words}")


def _run(twins: Twins, status: str) -> None:
    """Theirs ends it at once; ours takes a second call for that. All but the first belong to the first."""
    left, right = twins.experiments
    tags = {"team": "nlp", "a b": "x=y, z"}
    theirs: Json = {"experiment_id": left, "run_name": f"run {status}", "description": "größe"}
    theirs |= {"status": status, "tags": [f"{key}={value}" for key, value in tags.items()]}
    ours: Json = {"experiment_id": right, "run_name": f"run {status}"}
    ours["tags"] = {**tags, "mlflow.note.content": "größe"}
    if twins.parents[0]:
        theirs["parent_run_id"], ours["parent_run_id"] = twins.parents
    made, created = json.loads(twins.theirs("create_run", theirs)), twins.ours("create_run", ours)
    ended = twins.ours("finish_run", {"run_id": created["run_id"], "status": status})
    told = [(one["run_name"], end["status"]) for one, end in ((made, made), (created, ended))]
    expect(told[0] == told[1], f"create_run: {told}")
    twins.runs = made["run_id"], created["run_id"]
    twins.parents = twins.parents if twins.parents[0] else twins.runs
    twins.alike(f"create_run {status}")


def _deletions(twins: Twins) -> None:
    for what, ids in (("run", twins.runs), ("experiment", twins.experiments)):
        for tool in (f"delete_{what}", f"restore_{what}", f"delete_{what}"):
            twins.theirs(tool, {f"{what}_id": ids[0]})
            twins.ours(tool, {f"{what}_id": ids[1]})
            twins.alike(tool)
