"""The toolset `scorers`: judges beside those of `make_judge`, and what the server's jobs make of traces.

On MLflow 3 the server has to run jobs and to ask the LLM at `OPENAI_API_BASE`, which is imitated here.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any
from urllib.parse import urlsplit

import mlflow
from mlflow import MlflowClient

from checks import expect
from peer.servers import Json, Rest

from .bench import Bench, Version
from .llm import Llm
from .traces import made

# What is awkward to write, to quote and to find again.
AWKWARD = "größe'\"` 🦉\n{}"

POLITE = f"Is {{{{ outputs }}}} polite, given {{{{inputs}}}}? {AWKWARD}"

OLDER: dict[str, Json] = {
    "list_scorers": {"experiment_id": "0"},
    "list_scorer_versions": {"experiment_id": "0", "name": "a"},
    "get_scorer": {"experiment_id": "0", "name": "a"},
    "register_llm_judge_scorer": {"experiment_id": "0", "name": "a", "instructions": "{{ trace }}"},
    "delete_scorer": {"experiment_id": "0", "name": "a", "version": "all"},
    "evaluate_traces": {"experiment_id": "0", "trace_ids": [f"tr-{'0' * 32}"], "scorers": ["a"]},
}


def check(bench: Bench, client: MlflowClient, rest: Rest, version: Version) -> None:
    if version < (3, 0):
        for tool, arguments in OLDER.items():
            bench.refused(tool, arguments, "needs MLflow 3.4 or newer")
        bench.refused("get_scorer_jobs", {"job_ids": ["7"]}, "needs MLflow 3.9 or newer")
        bench.refused("cancel_scorer_job", {"job_id": "7"}, "needs MLflow 3.9 or newer")
        return
    if version < (3, 9):
        early(bench, client, client.create_experiment("judged"))
        return
    llm = Llm(urlsplit(os.environ["OPENAI_API_BASE"]).port or 0)
    experiment = client.create_experiment("judged")
    registered(bench, client, rest, experiment)
    refusals(bench, experiment)
    judged(bench, client, experiment, llm)
    canceled(bench, client, experiment, llm)


def versions(experiment: str) -> dict[str, list[int]]:
    """By MLflow's own client, which loads each."""
    from mlflow.genai.scorers import registry  # noqa: PLC0415  MLflow 2 has none

    names = [scorer.name for scorer in registry.list_scorers(experiment_id=experiment)]
    return {
        name: [number for _, number in registry.list_scorer_versions(name=name, experiment_id=experiment)]
        for name in names
    }


def registered(bench: Bench, client: MlflowClient, rest: Rest, experiment: str) -> None:
    from mlflow.genai.judges import make_judge  # noqa: PLC0415
    from mlflow.genai.scorers import Guidelines, get_scorer  # noqa: PLC0415

    def state() -> dict[str, list[int]]:
        return versions(experiment)

    name = "polite größe"
    arguments = {"experiment_id": experiment, "name": name, "instructions": POLITE, "description": AWKWARD}
    answer = bench.change("register_llm_judge_scorer", arguments, state, {name: [1]})
    expect(answer["model"] == "openai:/gpt-4.1-mini" and not answer["session_level"], f"{answer}")
    found: Any = get_scorer(name=name, experiment_id=experiment)
    expect((found.instructions, found.description) == (POLITE, AWKWARD), f"{found}")
    expect((found.model, found.aggregations) == ("openai:/gpt-4.1-mini", []), f"{found}")
    whole = {
        **arguments,
        "instructions": "{{ conversation }} fits {{ expectations }}?",
        "model": "openai:/big",
    }
    bench.change("register_llm_judge_scorer", whole, state, {name: [1, 2]})

    # What MLflow's own client registers, it stores in the same form.
    twin = client.create_experiment("made by make_judge")
    for version, given in enumerate((arguments, whole), 1):
        judge = make_judge(
            name=name,
            instructions=given["instructions"],
            model=given.get("model"),
            description=given["description"],
            feedback_value_type=str,
        )
        judge.register(experiment_id=twin)
        ours, theirs = (
            rest.get(
                "/api/3.0/mlflow/scorers/get", {"experiment_id": place, "name": name, "version": version}
            )["scorer"]["serialized_scorer"]
            for place in (experiment, twin)
        )
        expect(json.loads(ours) == json.loads(theirs), f"{ours}\ninstead of\n{theirs}")

    Guidelines(name="kind", guidelines="Be kind.").register(experiment_id=experiment)
    listed = bench.call("list_scorers", {"experiment_id": experiment})["result"]
    shown = [(one["name"], one["version"], one["kind"], one["session_level"]) for one in listed]
    expect(shown == [("kind", 1, "guidelines", False), (name, 2, "instructions", True)], f"{shown}")
    expect(listed[1]["model"] == "openai:/big" and listed[1]["description"] == AWKWARD, f"{listed}")
    of_one = bench.call("list_scorer_versions", {"experiment_id": experiment, "name": name})["result"]
    expect([(one["version"], one["model"]) for one in of_one][1] == (1, "openai:/gpt-4.1-mini"), f"{of_one}")
    first = bench.call("get_scorer", {"experiment_id": experiment, "name": name, "version": 1})
    expect((first["instructions"], first["session_level"]) == (POLITE, False), f"{first}")
    expect(first["settings"]["mlflow_version"] == mlflow.__version__, f"{first}")
    kind = bench.call("get_scorer", {"experiment_id": experiment, "name": "kind"})
    expect(kind["settings"]["builtin_scorer_pydantic_data"]["guidelines"] == "Be kind.", f"{kind}")

    gone = {"experiment_id": experiment, "name": name, "version": 2}
    answer = bench.change("delete_scorer", gone, state, {"kind": [1], name: [1]})
    expect((answer["versions"], answer["left"]) == ([2], [1]), f"{answer}")
    everything = {"experiment_id": experiment, "name": "kind", "version": "all"}
    bench.change("delete_scorer", everything, state, {name: [1]})


def early(bench: Bench, client: MlflowClient, experiment: str) -> None:
    """What a server before 3.9 can, which has no jobs."""
    from mlflow.genai.scorers import get_scorer  # noqa: PLC0415

    def state() -> dict[str, list[int]]:
        return versions(experiment)

    name = "polite"
    arguments = {
        "experiment_id": experiment,
        "name": name,
        "instructions": POLITE,
        "model": "openai:/gpt-4.1-mini",
    }
    bench.change("register_llm_judge_scorer", arguments, state, {name: [1]})
    found: Any = get_scorer(name=name, experiment_id=experiment)
    expect((found.instructions, found.model) == (POLITE, "openai:/gpt-4.1-mini"), f"{found}")
    trace_ids = made(experiment, ["Please."])
    asked: Json = {"experiment_id": experiment, "trace_ids": trace_ids, "scorers": [name]}
    bench.refused("evaluate_traces", asked, "needs MLflow 3.9 or newer")
    bench.refused("cancel_scorer_job", {"job_id": "7"}, "needs MLflow 3.9 or newer")
    bench.change("delete_scorer", {"experiment_id": experiment, "name": name, "version": 1}, state, {})


def refusals(bench: Bench, experiment: str) -> None:
    place = {"experiment_id": experiment}
    bench.refused("get_scorer", {**place, "name": "polite groesse"}, 'Did you mean "polite größe"?')
    bench.refused("get_scorer", {**place, "name": "polite größe", "version": 7}, "The newest is 1")
    bench.refused("delete_scorer", {**place, "name": "polite größe", "version": 7}, "It has 1.")
    bench.refused("delete_scorer", {**place, "name": "polite größe", "version": "x"}, "a number, or all")
    bench.refused("list_scorers", {"experiment_id": "999"}, "there is no experiment")
    judge = {**place, "name": "new", "instructions": "Is it polite?"}
    bench.refused("register_llm_judge_scorer", judge, "has none of {{ inputs }}")
    judge = {**judge, "instructions": "Is {{ answer }} polite?"}
    bench.refused("register_llm_judge_scorer", judge, "has {{ answer }}")
    judge = {**judge, "instructions": "{{ trace }}", "model": "gpt-4"}
    bench.refused("register_llm_judge_scorer", judge, "must be provider:/model")
    judge = {**judge, "model": "gateway:/nowhere"}
    bench.refused("register_llm_judge_scorer", judge, "nowhere")
    expect(versions(experiment) == {"polite größe": [1]}, f"{versions(experiment)}")


def judged(bench: Bench, client: MlflowClient, experiment: str, llm: Llm) -> None:
    name = "polite größe"
    ids = made(experiment, ["One moment, please.", "No.", "please wait"])
    arguments: Json = {"experiment_id": experiment, "trace_ids": ids, "scorers": [name], "wait_seconds": 45}
    bench.refused("evaluate_traces", {**arguments, "scorers": ["polite"]}, 'Did you mean "polite größe"?')
    missing = [*ids, f"tr-{'0' * 32}"]
    bench.refused("evaluate_traces", {**arguments, "trace_ids": missing}, "RESOURCE_DOES_NOT_EXIST")
    bench.refused("evaluate_traces", {**arguments, "experiment_id": "0"}, "has no scorer")
    would = bench.call("evaluate_traces", {**arguments, "dry_run": True})
    expect("Judge 3 traces" in would["would"] and not llm.asked, f"{would}")

    answer = bench.call("evaluate_traces", arguments)
    for _ in range(
        5
    ):  # The first job of a server takes as long as it takes to import MLflow, on a busy machine.
        if answer["complete"]:
            break
        jobs = [job["job_id"] for job in answer["jobs"]]
        expect("get_scorer_jobs" in answer["note"], f"{answer}")
        answer = bench.call("get_scorer_jobs", {"job_ids": jobs, "wait_seconds": 45})
    expect([job["status"] for job in answer["jobs"]] == ["SUCCEEDED"], f"{answer}")
    found = {one["trace_id"]: one["assessments"] for one in answer["result"]}
    expect(sorted(found) == sorted(ids) and len(llm.asked) == 3, f"{answer} {len(llm.asked)}")
    for trace_id, value in zip(ids, ["yes", "no", "yes"], strict=True):
        theirs: Any = client.get_trace(trace_id).info.assessments
        expect(len(theirs) == 1, f"{theirs}")
        ours = found[trace_id][0]
        shown = (theirs[0].name, theirs[0].value, theirs[0].rationale, theirs[0].assessment_id)
        expect(shown == (name, value, ours["rationale"], ours["assessment_id"]), f"{shown} {ours}")
        expect((ours["name"], ours["value"]) == (name, value), f"{ours}")
        expect(str(theirs[0].source.source_id) == "openai:/gpt-4.1-mini", f"{theirs[0].source}")
    again = bench.call("get_scorer_jobs", {"job_ids": [job["job_id"] for job in answer["jobs"]]})
    expect({one["trace_id"]: one["assessments"] for one in again["result"]} == found, f"{again}")
    bench.refused("cancel_scorer_job", {"job_id": answer["jobs"][0]["job_id"]}, "is over already (SUCCEEDED)")
    bench.refused("get_scorer_jobs", {"job_ids": ["00000000-0000"]}, "there is no job")

    comma = {"experiment_id": experiment, "name": "kind, or not", "instructions": "Is {{ outputs }} kind?"}
    bench.call("register_llm_judge_scorer", comma)
    would = bench.call("evaluate_traces", {**arguments, "scorers": [comma["name"]], "dry_run": True})
    expect('by "kind, or not" (version 1)' in would["would"], f"{would}")
    conversation = {"experiment_id": experiment, "name": "talk", "instructions": "{{ conversation }} ok?"}
    bench.call("register_llm_judge_scorer", conversation)
    nothing = bench.call("evaluate_traces", {**arguments, "scorers": ["talk"], "wait_seconds": 0})
    expect(nothing["jobs"] == [] and "none of the traces has a session" in nothing["note"], f"{nothing}")


def canceled(bench: Bench, client: MlflowClient, experiment: str, llm: Llm) -> None:
    """A job that is under way, since its LLM says nothing yet."""
    ids = made(experiment, ["Never."])
    llm.may_answer.clear()
    arguments = {"experiment_id": experiment, "trace_ids": ids, "scorers": ["polite größe"]}
    answer = bench.call("evaluate_traces", {**arguments, "wait_seconds": 1})
    expect(not answer["complete"] and "cancel_scorer_job" in answer["note"], f"{answer}")
    job = answer["jobs"][0]["job_id"]

    def status() -> str:
        found: str = bench.call("get_scorer_jobs", {"job_ids": [job]})["jobs"][0]["status"]
        return "CANCELED" if found == "CANCELED" else "going on"

    bench.change("cancel_scorer_job", {"job_id": job}, status, "CANCELED")
    llm.may_answer.set()
    time.sleep(1)
    expect(bench.call("get_scorer_jobs", {"job_ids": [job]})["complete"] is True, "it is over")
