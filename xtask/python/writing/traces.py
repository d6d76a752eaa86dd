"""The toolset `traces`: what it writes, as MLflow's own client (3.4 or newer) reads it."""

from __future__ import annotations

from typing import Any

import mlflow
from mlflow import MlflowClient

from checks import expect
from peer.servers import Json, Rest

from .bench import Bench, Version, taken_apart

# What is awkward to write, to quote and to find again.
AWKWARD = "größe'\"` 🦉\n{}"


def check(bench: Bench, client: MlflowClient, rest: Rest, version: Version) -> None:
    experiment = client.create_experiment("traced")
    ids = made(experiment, ["one", "two", "three"])
    tags(bench, ids[0])
    assessments(bench, ids[0])
    links(bench, client, experiment, ids[:2])
    deletion(bench, experiment, ids)


def made(experiment: str, outputs: list[str]) -> list[str]:
    """Traces, by MLflow's own client."""
    mlflow.set_experiment(experiment_id=experiment)
    ids = []
    for output in outputs:
        with mlflow.start_span("agent") as span:
            span.set_inputs({"question": "größe?"})
            span.set_outputs(output)
            ids.append(span.trace_id)
    mlflow.flush_trace_async_logging()
    return ids


def info(trace_id: str) -> Any:
    trace: Any = mlflow.get_trace(trace_id)
    return trace.info


def tags(bench: Bench, trace_id: str) -> None:
    def state() -> dict[str, str]:
        return {key: value for key, value in info(trace_id).tags.items() if not key.startswith("mlflow.")}

    of_trace = {"trace_id": trace_id, "key": "a b"}
    bench.change("set_trace_tag", {**of_trace, "value": AWKWARD}, state, {"a b": AWKWARD})
    bench.change("set_trace_tag", {**of_trace, "value": "cv"}, state, {"a b": "cv"})
    bench.change("delete_trace_tag", of_trace, state, {})
    bench.refused("delete_trace_tag", of_trace, "nothing was changed")


def assessments(bench: Bench, trace_id: str) -> None:
    def state() -> dict[str, Any]:
        return {one.name: (value(one), one.rationale or None) for one in info(trace_id).assessments}

    feedback: Json = {"trace_id": trace_id, "name": "größe", "value": True, "rationale": AWKWARD}
    bench.change("log_trace_feedback", feedback, state, {"größe": (True, AWKWARD)})
    one = {"trace_id": trace_id, "assessment_id": info(trace_id).assessments[0].assessment_id}
    shown = bench.call("get_trace_assessment", one)
    expect((shown["value"], shown["rationale"]) == (True, AWKWARD), f"{shown}")

    expected = {"trace_id": trace_id, "name": "answer", "value": {"a": [1, AWKWARD]}}
    after = {"größe": (True, AWKWARD), "answer": ({"a": [1, AWKWARD]}, None)}
    bench.change("log_trace_expectation", expected, state, after)

    change = {**one, "value": 0.25}
    updated = {**after, "größe": (0.25, AWKWARD)}
    bench.change("update_trace_assessment", change, state, updated)

    # What brings it back gives it another id.
    would = bench.call("delete_trace_assessment", {**one, "dry_run": True})
    expect(would["dry_run"] is True and state() == updated, f"{would} {state()}")
    deleted = bench.call("delete_trace_assessment", one)
    expect(state() == {"answer": updated["answer"]}, f"{state()}")
    bench.call(*taken_apart(deleted["undo"]))
    expect(state() == updated, f"{state()}")


def value(assessment: Any) -> Any:
    part = getattr(assessment, "feedback", None) or assessment.expectation
    return part.value


def links(bench: Bench, client: MlflowClient, experiment: str, ids: list[str]) -> None:
    run = client.create_run(experiment).info.run_id
    arguments = {"run_id": run, "trace_ids": ids}

    def state() -> list[str]:
        found: Any = client.search_traces(experiment_ids=[experiment], run_id=run)
        return sorted(trace.info.trace_id for trace in found)

    bench.change("link_traces_to_run", arguments, state, sorted(ids))


def deletion(bench: Bench, experiment: str, ids: list[str]) -> None:
    def state() -> list[str]:
        found: Any = mlflow.search_traces(experiment_ids=[experiment], return_type="list")
        return sorted(trace.info.trace_id for trace in found)

    named = {"experiment_id": experiment, "trace_ids": ids[:1]}
    bench.change("delete_traces", named, state, sorted(ids[1:]))
    everything = {"experiment_id": experiment, "max_timestamp_millis": 4_000_000_000_000}
    bench.change("delete_traces", everything, state, [])
