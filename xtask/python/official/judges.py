"""LLM judges: MLflow's own MCP server judges in its own process, and ours has MLflow's server do it."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import urlsplit

from mlflow import MlflowClient

from checks import expect
from peer.servers import Http, Json, Rest, Stdio
from writing.llm import Llm
from writing.traces import made

from .told import rows, text, told

JUDGES: tuple[Json, ...] = (
    {"name": "polite größe", "instructions": "Is {{ outputs }} polite, given {{ inputs }}? ö'\"` 🦉"},
    {
        "name": "brief",
        "instructions": "Is {{ outputs }} brief?\n{}",
        "model": "openai:/big",
        "description": "Whether it is short.",
    },
)
OUTPUTS = ["One moment, please.", "No.", "please wait"]


def check(server: Stdio, http: Http, client: MlflowClient, rest: Rest) -> Json:
    llm = Llm(urlsplit(os.environ["OPENAI_API_BASE"]).port or 0)
    left, right = client.create_experiment("left"), client.create_experiment("right")
    changes = 0
    for judge in JUDGES:
        text(server, "register_llm_judge_scorer", {**judge, "experiment_id": left})
        http.call("register_llm_judge_scorer", {**judge, "experiment_id": right})
        one, other = (_stored(rest, place, judge["name"]) for place in (left, right))
        expect(one == other, f"register_llm_judge_scorer: {one} by theirs, {other} by ours")
        changes += 1
    facts = _listed(server, http, right)
    judged, said = _judged(server, http, client, (left, right), llm)
    return {"facts": facts + said, "changes": changes + judged}


def _stored(rest: Rest, experiment: str, name: str) -> Any:
    found = rest.get("/api/3.0/mlflow/scorers/get", {"experiment_id": experiment, "name": name})["scorer"]
    return found["scorer_version"], json.loads(found["serialized_scorer"])


def _listed(server: Stdio, http: Http, experiment: str) -> int:
    ours = http.call("list_scorers", {"experiment_id": experiment})
    theirs = json.loads(text(server, "list_scorers", {"experiment_id": experiment, "output": "json"}))
    expect(len(theirs["scorers"]) == len(JUDGES), f"list_scorers: {theirs}")
    table = rows(text(server, "list_scorers", {"experiment_id": experiment}))
    return told("list_scorers", [theirs, table], ours, {})


def _judged(
    server: Stdio, http: Http, client: MlflowClient, places: tuple[str, str], llm: Llm
) -> tuple[int, int]:
    """Traces that are alike: the LLM is asked as often, and both write and tell the same.

    Theirs leaves a run of the evaluation besides, since that is how MLflow's Python code evaluates.
    """
    left, right = places
    theirs, ours = made(left, OUTPUTS), made(right, OUTPUTS)
    names = [judge["name"] for judge in JUDGES]
    asked = {"experiment_id": left, "trace_ids": ",".join(theirs), "scorers": ",".join(names)}
    said = text(server, "evaluate_traces", {**asked, "output_format": "json"})
    questions = len(llm.asked)
    answer = http.call(
        "evaluate_traces",
        {"experiment_id": right, "trace_ids": ours, "scorers": ",".join(names), "wait_seconds": 45},
    )
    # The first job of a server imports MLflow.
    for _ in range(5):
        if answer["complete"]:
            break
        jobs = [job["job_id"] for job in answer["jobs"]]
        answer = http.call("get_scorer_jobs", {"job_ids": jobs, "wait_seconds": 45})
    expect(answer["complete"], f"evaluate_traces: {answer}")
    expect(len(llm.asked) == 2 * questions, f"the LLM was asked {questions} and {len(llm.asked)} times")
    for one, other in zip(theirs, ours, strict=True):
        by_theirs, by_ours = _assessed(client, one), _assessed(client, other)
        expect(len(by_theirs) == len(JUDGES), f"{by_theirs}")
        expect(by_theirs == by_ours, f"evaluate_traces: {by_theirs} by theirs, {by_ours} by ours")
    # What it prints ends in JSON.
    results = json.loads(said[said.index("\n[\n") :])
    shown = [assessment for result in results for assessment in result["assessments"]]
    expect(len(shown) == len(OUTPUTS) * len(JUDGES), f"evaluate_traces tells {results}")
    return len(theirs), told("evaluate_traces", shown, answer, {})


def _assessed(client: MlflowClient, trace_id: str) -> list[Any]:
    said: list[Any] = client.get_trace(trace_id).info.assessments
    shown = ((one.name, one.value, one.rationale, str(one.source), one.error) for one in said)
    return sorted(shown, key=str)
