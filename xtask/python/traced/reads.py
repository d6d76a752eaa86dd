"""What the reading tools tell of each trace, beside what MLflow's own client has."""

from __future__ import annotations

import json
from typing import Any

from mlflow.entities import Assessment, Span, Trace

from checks import expect
from peer.servers import Failed, Http, Json

KINDS = {"Feedback": "feedback", "Expectation": "expectation", "IssueReference": "issue"}


def same(what: str, ours: Any, theirs: Any) -> int:
    expect(ours == theirs, f"{what}: {ours!r} here, {theirs!r} in MLflow")
    return 1


def close(what: str, ours: float, theirs: float) -> int:
    expect(abs(ours - theirs) <= 1e-9 * max(1.0, abs(theirs)), f"{what}: {ours!r} here, {theirs!r} there")
    return 1


def check(http: Http, experiment: str, name: str, traces: list[Trace]) -> Json:
    found = http.pages("search_traces", {"experiment_ids": [name], "max_results": 7})
    count = same("ids", [row["trace_id"] for row in found], [trace.info.trace_id for trace in traces])
    for row, trace in zip(found, traces, strict=True):
        count += _info(row, trace)
    only = http.pages("search_traces", {"experiment_id": experiment, "filter_string": "status = 'ERROR'"})
    failed = [trace.info.trace_id for trace in traces if trace.info.state.value == "ERROR"]
    count += same("failed ones", [row["trace_id"] for row in only], failed)
    spans = 0
    for trace in traces:
        count += _whole(http, trace)
    for trace in [*traces[:6], traces[-1]]:
        for span in trace.data.spans:
            count += _span(http, trace, span)
            spans += 1
    return {"facts": count, "spans": spans}


def _info(row: Json, trace: Trace) -> int:
    info, metadata = trace.info, trace.info.trace_metadata
    count = same("state", row["state"], info.state.value)
    count += same("duration", row["execution_duration_ms"], info.execution_duration)
    count += same("name", row["name"], info.tags["mlflow.traceName"])
    count += same("session", row.get("session_id"), metadata["mlflow.trace.session"])
    count += same("user", row.get("user"), metadata["mlflow.trace.user"])
    count += same("tags", row["tags"], {k: v for k, v in info.tags.items() if not k.startswith("mlflow.")})
    count += same("tokens", row.get("token_usage"), info.token_usage)
    count += same("cost", row.get("cost"), json.loads(metadata["mlflow.trace.cost"]))
    return count + same("assessments", len(row.get("assessments", [])), len(info.assessments))


def _whole(http: Http, trace: Trace) -> int:
    info = trace.info
    shown = http.call("get_trace", {"trace_id": info.trace_id})
    count = same("request", shown.get("request_preview"), info.request_preview)
    count += same("response", shown.get("response_preview"), info.response_preview or None)
    own = {"mlflow.traceInputs", "mlflow.traceOutputs"}
    metadata = {key: value for key, value in info.trace_metadata.items() if key not in own}
    count += same("metadata", {k: v for k, v in shown["trace_metadata"].items() if k not in own}, metadata)
    count += same("all tags", shown["tags"], info.tags)
    for one, other in zip(shown.get("assessments", []), info.assessments, strict=True):
        count += assessment(one, other)
    begin = min(span.start_time_ns for span in trace.data.spans)
    known = {span.span_id: span for span in trace.data.spans}
    count += same("spans", {line["span_id"] for line in shown["spans"]}, set(known))
    above: list[str] = []
    for line in shown["spans"]:
        span = known[line["span_id"]]
        del above[line["depth"] :]
        count += same("parent", above[-1] if above else None, span.parent_id)
        above.append(span.span_id)
        count += same("span", (line["name"], line["type"]), (span.name, span.span_type))
        count += same("status", line["status"], span.status.status_code.value)
        count += close("start", line["start_ms"], (span.start_time_ns - begin) / 1e6)
        count += close("time", line["duration_ms"], ((span.end_time_ns or 0) - span.start_time_ns) / 1e6)
        if line["status"] == "ERROR":
            count += same("error", line["error"], span.status.description)
    return count


def assessment(one: Json, other: Assessment) -> int:
    count = same("assessment", one["assessment_id"], other.assessment_id)
    count += same("its name", one["assessment_name"], other.name)
    count += same("its kind", one["kind"], KINDS[type(other).__name__])
    count += same("its value", one["value"], getattr(other, "value", None))
    source = (other.source.source_type, other.source.source_id)
    count += same("its source", (one["source_type"], one.get("source_id")), source)
    count += same("its rationale", one.get("rationale"), other.rationale)
    count += same("its span", one.get("span_id"), other.span_id)
    count += same("its metadata", one.get("metadata"), other.metadata)
    if error := getattr(other, "error", None):
        count += same("its error", one["error"]["error_message"], error.error_message)
    return count


def _span(http: Http, trace: Trace, span: Span) -> int:
    asked = {"trace_id": trace.info.trace_id, "span_id": span.span_id}
    shown = http.call("get_span", asked)
    for gap in shown.get("gaps", []):
        # Whatever was left out is read to its end, and put where it belongs.
        _fill(shown, gap["pointer"], _read(http, asked, gap["pointer"]))
    own = {"mlflow.spanInputs", "mlflow.spanOutputs", "mlflow.spanType", "mlflow.traceRequestId"}
    count = same("inputs", shown.get("inputs"), span.inputs)
    count += same("outputs", shown.get("outputs"), span.outputs)
    attributes = {key: value for key, value in span.attributes.items() if key not in own}
    count += same("attributes", shown.get("attributes", {}), attributes)
    events = [(event.name, event.attributes) for event in span.events]
    return count + same("events", [(e["name"], e["attributes"]) for e in shown.get("events", [])], events)


def _read(http: Http, asked: Json, pointer: str) -> Any:
    start, text = 0, ""
    while True:
        part = http.call("get_span", {**asked, "pointer": pointer, "start": start})
        if not isinstance(part["value"], str):
            expect(
                not part.get("gaps") and not part.get("next_start"), f"{pointer} has gaps of its own: {part}"
            )
            return part["value"]
        text += part["value"]
        if not (start := part.get("next_start", 0)):
            return text


def _fill(shown: Json, pointer: str, value: Any) -> None:
    place: Any = shown
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    for part in way:
        place = place[int(part)] if isinstance(place, list) else place[part]
    place[int(last) if isinstance(place, list) else last] = value


def refusals(http: Http) -> None:
    for tool, arguments, word in (
        ("get_trace", {"trace_id": "tr-" + "0" * 32}, "RESOURCE_DOES_NOT_EXIST"),
        ("search_traces", {"experiment_ids": ["999999"]}, "there is no experiment"),
        ("search_traces", {"experiment_ids": ["check of trace"]}, "Did you mean"),
    ):
        try:
            answer = http.call(tool, arguments)
        except Failed as failed:
            expect(word in str(failed), f"{tool} {arguments}: {failed}")
        else:
            expect(False, f"{tool} {arguments} answers {answer}")
