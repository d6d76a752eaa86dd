"""Spans of a trace in OTLP's JSON, the form in which MLflow's server takes them in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

NANOSECONDS_PER_MS = 1_000_000


@dataclass
class Span:
    """One span; times are milliseconds after the trace's start."""

    name: str
    kind: str
    start: int
    end: int
    inputs: Any
    outputs: Any = None
    error: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


def trace_id(label: str) -> str:
    """32 hex digits that depend on nothing but the label; MLflow calls the trace `tr-` plus these."""
    return hashlib.sha256(f"trace/{label}".encode()).hexdigest()[:32]


def export(identifier: str, start_ms: int, spans: list[Span]) -> dict[str, Any]:
    """An export request: the first span is the root, the others are its children."""
    root = _span_id(identifier, 0)
    encoded = [
        _encode(identifier, start_ms, span, position, None if position == 0 else root)
        for position, span in enumerate(spans)
    ]
    return {
        "resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {"name": "mlflow"}, "spans": encoded}]}]
    }


def stored(identifier: str, request_id: str, start_ms: int, spans: list[Span]) -> dict[str, Any]:
    """The same spans as clients of MLflow 2 store them beside the trace: `traces.json`."""
    found = [_store(identifier, start_ms, span, position) for position, span in enumerate(spans)]
    for span in found:
        span["attributes"]["mlflow.traceRequestId"] = json.dumps(request_id)
    return {"spans": found}


def _store(identifier: str, start_ms: int, span: Span, position: int) -> dict[str, Any]:
    attributes = {"mlflow.spanType": span.kind, "mlflow.spanInputs": span.inputs, **span.attributes}
    if span.outputs is not None:
        attributes["mlflow.spanOutputs"] = span.outputs
    end = (start_ms + span.end) * NANOSECONDS_PER_MS
    kind, _, message = (span.error or "").partition(": ")
    exception = {"exception.type": kind, "exception.message": message, "exception.stacktrace": span.error}
    # Exceptions have microseconds there.
    events = [{"name": "exception", "timestamp": end // 1_000, "attributes": exception}]
    return {
        "name": span.name,
        "context": {"span_id": _span_id(identifier, position), "trace_id": identifier},
        "parent_id": _span_id(identifier, 0) if position else None,
        "start_time": (start_ms + span.start) * NANOSECONDS_PER_MS,
        "end_time": end,
        "status_code": "ERROR" if span.error else "OK",
        "status_message": span.error or "",
        "attributes": {key: json.dumps(value, ensure_ascii=False) for key, value in attributes.items()},
        "events": events if span.error else [],
    }


def _encode(identifier: str, start_ms: int, span: Span, position: int, parent: str | None) -> dict[str, Any]:
    attributes = {
        "mlflow.traceRequestId": f"tr-{identifier}",
        "mlflow.spanType": span.kind,
        "mlflow.spanInputs": span.inputs,
        **span.attributes,
    }
    if span.outputs is not None:
        attributes["mlflow.spanOutputs"] = span.outputs
    end = _nanoseconds(start_ms + span.end)
    encoded: dict[str, Any] = {
        "traceId": identifier,
        "spanId": _span_id(identifier, position),
        "name": span.name,
        "startTimeUnixNano": _nanoseconds(start_ms + span.start),
        "endTimeUnixNano": end,
        "attributes": _attributes(attributes),
        "status": {"code": "STATUS_CODE_OK"},
    }
    if parent:
        encoded["parentSpanId"] = parent
    if span.error:
        encoded["status"] = {"code": "STATUS_CODE_ERROR", "message": span.error}
        encoded["events"] = [_exception(span.error, end)]
    return encoded


def _exception(error: str, when: str) -> dict[str, Any]:
    kind, _, message = error.partition(": ")
    stack = f'Traceback (most recent call last):\n  File "tools.py", line 41, in call\n{error}\n'
    details = {
        "exception.type": kind,
        "exception.message": message,
        "exception.stacktrace": stack,
    }
    return {"name": "exception", "timeUnixNano": when, "attributes": _attributes(details)}


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _any_value(value)} for key, value in values.items()]


def _any_value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, dict):
        return {"kvlistValue": {"values": _attributes(value)}}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_any_value(item) for item in value]}}
    return {"stringValue": str(value)}


def _span_id(identifier: str, position: int) -> str:
    return hashlib.sha256(f"span/{identifier}/{position}".encode()).hexdigest()[:16]


def _nanoseconds(milliseconds: int) -> str:
    return str(milliseconds * NANOSECONDS_PER_MS)
