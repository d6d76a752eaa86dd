"""MLflow's own MCP server beside ours: what it tells, ours tells; what it changes, ours changes alike."""

from __future__ import annotations

import json
from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Expectation, Trace

from checks import expect
from official.told import text, told
from official.tools import TRACES
from peer.servers import Failed, Http, Json, Stdio

from . import data
from .reads import same

# Names whose values ours need not have.
ELSEWHERE = {
    "start_time_unix_nano": "written otherwise, and compared with MLflow's client elsewhere",
    "end_time_unix_nano": "written otherwise, and compared with MLflow's client elsewhere",
    "time_unix_nano": "written otherwise, and compared with MLflow's client elsewhere",
    "valid": "whether no other assessment overrides it: ours names the one that does",
    "mlflow.traceRequestId": "the id of the trace in its older form",
}


def check(server: Stdio, http: Http, client: MlflowClient, experiment: str, traces: list[Trace]) -> Json:
    expect(set(server.tools()) >= TRACES, f"theirs lacks {TRACES - set(server.tools())}")
    facts = _search(server, http, experiment, {"filter_string": "tags.team = 'red'"})
    facts += _search(server, http, experiment, {"model_id": data.MODEL, "order_by": "timestamp_ms ASC"})
    for trace in [*traces[:4], traces[30]]:
        facts += _trace(server, http, trace.info.trace_id)
        for one in trace.info.assessments:
            asked = {"trace_id": trace.info.trace_id, "assessment_id": one.assessment_id}
            theirs = json.loads(text(server, "get_trace_assessment", asked))
            ours = http.call("get_trace_assessment", asked)
            facts += told("get_trace_assessment", theirs, ours, ELSEWHERE)
    return {
        "tools": sorted(TRACES),
        "facts": facts,
        "changes": _changes(server, http, client, experiment, traces),
    }


def _search(server: Stdio, http: Http, experiment: str, which: Json) -> int:
    asked = {**which, "experiment_id": experiment, "max_results": 5, "output": "json"}
    theirs = json.loads(text(server, "search_traces", asked))
    ours = http.call("search_traces", asked)
    expect(
        "output (did you mean" in str(ours["ignored_arguments"]) or ours["ignored_arguments"],
        "output is no argument",
    )
    ids = [trace["info"]["trace_id"] for trace in theirs["traces"]]
    return same("search", [row["trace_id"] for row in ours["result"]], ids) + same(
        "more", bool(ours.get("next_page_token")), bool(theirs["next_page_token"])
    )


def _trace(server: Stdio, http: Http, trace_id: str) -> int:
    theirs = json.loads(text(server, "get_trace", {"trace_id": trace_id}))
    ours = [http.call("get_trace", {"trace_id": trace_id})]
    for line in ours[0]["spans"]:
        ours.append(http.call("get_span", {"trace_id": trace_id, "span_id": line["span_id"]}))
    return told("get_trace", theirs, ours, ELSEWHERE)


def _changes(server: Stdio, http: Http, client: MlflowClient, experiment: str, traces: list[Trace]) -> int:
    """Two traces that are alike: one is changed by the one server, the other by the other."""
    left, right = (trace.info.trace_id for trace in (traces[8], traces[16]))
    run = client.create_run(experiment)
    count = 0

    def both(tool: str, arguments: Json, ids: tuple[Json, Json] = ({}, {})) -> None:
        nonlocal count
        text(server, tool, {"trace_id": left, **arguments, **ids[0]})
        answer = http.call(tool, {"trace_id": right, **arguments, **ids[1]})
        expect(answer["undo"], f"{tool} does not say how it is taken back: {answer}")
        count += same(f"{tool} {arguments}", _state(client, right), _state(client, left))

    for trace_id in (left, right):
        for one in mlflow.get_trace(trace_id).info.assessments:
            mlflow.delete_assessment(trace_id=trace_id, assessment_id=one.assessment_id)
    both("set_trace_tag", {"key": "team", "value": "größe'\"`"})
    both("set_trace_tag", {"key": "new", "value": "x"})
    both("delete_trace_tag", {"key": "new"})
    for value in ("0.5", "true", "good", '{"f1": 0.5, "list": [1, "two"]}'):
        feedback = {"name": f"said {value[:4]}", "value": value, "rationale": "ä", "metadata": '{"a": "b"}'}
        both("log_trace_feedback", {**feedback, "source_type": "LLM_JUDGE", "source_id": "judge"})
    both("log_trace_feedback", {"name": "bare", "value": "1"})
    both("log_trace_expectation", {"name": "right", "value": '{"answer": [1, {"a": null}]}'})
    both(
        "log_trace_expectation",
        {"name": "word", "value": "Paris", "source_type": "HUMAN", "source_id": "zoe"},
    )
    ids = _by_name(left), _by_name(right)
    for name, change in (
        ("said 0.5", {"value": "0.75", "rationale": "new"}),
        ("said good", {"metadata": '{"c": "d"}'}),
    ):
        both("update_trace_assessment", change, _named(ids, name))
    _expectation(server, http, left, right, ids)
    count += same("update_trace_assessment", _state(client, right), _state(client, left))
    both("delete_trace_assessment", {}, _named(ids, "bare"))
    text(server, "link_traces_to_run", {"run_id": run.info.run_id, "trace_ids": [left]})
    linked = http.call("link_traces_to_run", {"run_id": run.info.run_id, "trace_ids": [right, left]})
    same("linked", (linked["linked"], linked["already_linked"]), ([right], [left]))
    of_run = client.search_traces(locations=[experiment], filter_string=f"run_id = '{run.info.run_id}'")
    count += same("of the run", {trace.info.trace_id for trace in of_run}, {left, right})
    return count + _deletions(server, http, client, experiment, traces)


def _by_name(trace_id: str) -> Json:
    return {one.name: one.assessment_id for one in mlflow.get_trace(trace_id).info.assessments}


def _named(ids: tuple[Json, Json], name: str) -> tuple[Json, Json]:
    return {"assessment_id": ids[0][name]}, {"assessment_id": ids[1][name]}


def _expectation(server: Stdio, http: Http, left: str, right: str, ids: tuple[Json, Json]) -> None:
    """Theirs takes each for feedback and cannot change an expectation: MLflow's client does it instead."""
    change = {"trace_id": left, "assessment_id": ids[0]["right"], "value": '{"answer": 2}'}
    try:
        text(server, "update_trace_assessment", change)
    except Failed as failed:
        expect("Cannot update feedback value on an Expectation" in str(failed), str(failed))
        other = Expectation(name="right", value={"answer": 2})
        mlflow.update_assessment(trace_id=left, assessment_id=ids[0]["right"], assessment=other)
    http.call("update_trace_assessment", {**change, "trace_id": right, "assessment_id": ids[1]["right"]})


def _state(client: MlflowClient, trace_id: str) -> Any:
    info = mlflow.get_trace(trace_id).info
    tags = {key: value for key, value in info.tags.items() if not key.startswith("mlflow.")}
    said = [
        (
            type(one).__name__,
            one.name,
            one.value,
            one.source.source_type,
            one.source.source_id,
            one.rationale,
            one.metadata,
        )
        for one in info.assessments
    ]
    return tags, sorted(said, key=str)


def _deletions(server: Stdio, http: Http, client: MlflowClient, experiment: str, traces: list[Trace]) -> int:
    ids = [trace.info.trace_id for trace in traces]
    told = text(server, "delete_traces", {"experiment_id": experiment, "trace_ids": f"{ids[-1]},{ids[-2]}"})
    expect("Deleted 2" in told, told)
    dry = http.call("delete_traces", {"experiment_id": experiment, "trace_ids": ids[-4:-2], "dry_run": True})
    expect(dry["dry_run"] and all(trace in dry["would"] for trace in ids[-4:-2]), str(dry))
    answer = http.call("delete_traces", {"experiment_id": experiment, "trace_ids": f"{ids[-3]},{ids[-4]}"})
    count = same("deleted", answer["traces_deleted"], 2)
    left = [trace.info.trace_id for trace in client.search_traces(locations=[experiment], max_results=500)]
    count += same("what is left", sorted(left), sorted(ids[:-4]))
    until = traces[-6].info.request_time
    answer = http.call(
        "delete_traces", {"experiment_id": experiment, "max_timestamp_millis": until, "max_traces": 1}
    )
    count += same("the oldest", answer["trace_ids"], [ids[-5]])
    left = [trace.info.trace_id for trace in client.search_traces(locations=[experiment], max_results=500)]
    return count + same("what is left", sorted(left), sorted(ids[:-5]))
