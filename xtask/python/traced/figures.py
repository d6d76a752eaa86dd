"""What is worked out of many traces, beside numpy and plain counting over what MLflow's own client has."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable

import numpy as np
from mlflow.entities import Trace

from checks import expect
from peer.servers import Http, Json

from .reads import close, same


def check(http: Http, experiment: str, traces: list[Trace]) -> Json:
    count = _figures(http, experiment, traces, {}, lambda trace: {})
    count += _figures(http, experiment, traces, {"group_by": "name"}, lambda trace: {"name": _name(trace)})
    count += _figures(
        http, experiment, traces, {"group_by": "status"}, lambda trace: {"status": _state(trace)}
    )
    hours = {"bucket_seconds": 3600}
    count += _figures(http, experiment, traces, hours, lambda trace: {"time_bucket": _hour(trace)})
    red = [trace for trace in traces if trace.info.tags["team"] == "red"]
    filters = {"filters": ["trace.tag.team = 'red'"]}
    count += _figures(http, experiment, red, filters, lambda trace: {})
    return {
        "facts": count
        + _sessions(http, experiment, traces)
        + _errors(http, experiment, traces)
        + _correlations(http, experiment, traces)
    }


def _name(trace: Trace) -> str:
    return trace.info.tags["mlflow.traceName"]


def _state(trace: Trace) -> str:
    return str(trace.info.state.value)


def _time(trace: Trace) -> int:
    return int(trace.info.execution_duration or 0)


def _tokens(trace: Trace, kind: str) -> int:
    return int((trace.info.token_usage or {})[kind])


def _hour(trace: Trace) -> str:
    return str(np.datetime64(trace.info.request_time // 3_600_000 * 3600, "s")) + "Z"


def _figures(
    http: Http,
    experiment: str,
    traces: list[Trace],
    more: Json,
    group: Callable[[Trace], dict[str, str]],
) -> int:
    answer = http.call("trace_statistics", {"experiment_ids": [experiment], **more})
    same("who", answer["computed"], "server")
    groups: dict[str, list[Trace]] = defaultdict(list)
    for trace in traces:
        groups[str(group(trace))].append(trace)
    rows = {str(row.get("group", {})): row for row in answer["result"]}
    count = same("groups", set(rows), set(groups))
    for key, members in groups.items():
        row, times = rows[key], [_time(trace) for trace in members]
        failed = sum(_state(trace) == "ERROR" for trace in members)
        count += same("traces", (row["traces"], row["errors"]), (len(members), failed))
        count += close("error rate", row["error_rate"], failed / len(members))
        count += close("mean", row["latency_ms"]["mean"], float(np.mean(times)))
        count += close("max", row["latency_ms"]["max"], max(times))
        for q in (50, 95, 99):
            count += close(f"p{q}", row["latency_ms"][f"p{q}"], float(np.percentile(times, q)))
        for kind in ("input_tokens", "output_tokens", "total_tokens"):
            total = sum(_tokens(trace, kind) for trace in members)
            count += close(kind, row["tokens"][kind], total)
        # MLflow has the cost of spans, which have hours of their own.
        if not more or "filters" in more:
            count += close("cost", row["cost"]["total_cost"], 0.003 * len(members))
    return count


def _sessions(http: Http, experiment: str, traces: list[Trace]) -> int:
    found = http.pages("search_sessions", {"experiment_ids": [experiment], "max_results": 4})
    groups: dict[str, list[Trace]] = defaultdict(list)
    for trace in reversed(traces):
        groups[trace.info.trace_metadata["mlflow.trace.session"]].append(trace)
    count = same("sessions", {row["session_id"] for row in found}, set(groups))
    last = [row["last_request_time"] for row in found]
    expect(last == sorted(last, reverse=True), f"sessions are not in order: {last}")
    for row in found:
        members = groups[row["session_id"]]
        count += same(
            "its traces", sorted(row["trace_ids"]), sorted(trace.info.trace_id for trace in members)
        )
        failed = sum(_state(trace) == "ERROR" for trace in members)
        count += same("its errors", (row["traces"], row["errors"]), (len(members), failed))
        count += close("its time", row["execution_ms"], sum(_time(trace) for trace in members))
        first = min(trace.info.request_time for trace in members)
        end = max(trace.info.request_time + _time(trace) for trace in members)
        count += close("its duration", row["duration_ms"], end - first)
        tokens = sum(_tokens(trace, "total_tokens") for trace in members)
        count += close("its tokens", row["token_usage"]["total_tokens"], tokens)
    return count


def _errors(http: Http, experiment: str, traces: list[Trace]) -> int:
    answer = http.call("group_trace_errors", {"experiment_ids": [experiment]})
    kinds: Counter[str] = Counter()
    for trace in traces:
        if _state(trace) == "ERROR":
            tool = next(span for span in trace.data.spans if span.name == "look_up_order")
            kinds[tool.status.description.split(":")[0]] += 1
    rows = {row["exception_type"]: row for row in answer["result"]}
    count = same("kinds", {kind: row["traces"] for kind, row in rows.items()}, dict(kinds))
    count += same("message", rows["ValueError"]["message"], "order <n> of user <id> not found")
    count += same("message", rows["TimeoutError"]["message"], "no answer within <n>.<n> s")
    for row in rows.values():
        count += same("where", (row["span_name"], row["span_type"]), ("look_up_order", "TOOL"))
    return count + same("looked at", answer["traces"], sum(kinds.values()))


def _correlations(http: Http, experiment: str, traces: list[Trace]) -> int:
    answer = http.call("correlate_traces", {"experiment_ids": [experiment]})
    rows = {row["condition"]: row for row in answer["result"]}
    failed = {trace.info.trace_id for trace in traces if _state(trace) == "ERROR"}
    red = {trace.info.trace_id for trace in traces if trace.info.tags["team"] == "red"}
    odd = {trace.info.trace_id for trace in traces if _name(trace) == "agent_a"}
    count = 0
    for condition, members in (("tags.`team` = 'red'", red), ("name = 'agent_a'", odd)):
        row, joint = rows[condition], members & failed
        count += same(condition, (row["traces"], row["target_traces"]), (len(members), len(joint)))
        count += close("rate", row["rate"], len(joint) / len(members))
        count += close(
            "rate without", row["rate_without"], len(failed - members) / (len(traces) - len(members))
        )
        both = len(joint) / len(traces)
        one, other = len(failed) / len(traces), len(members) / len(traces)
        count += close("npmi", row["npmi"], math.log(both / (one * other)) / -math.log(both))
    expect("span.type = 'TOOL'" in rows, f"no spans among the conditions: {sorted(rows)}")
    order = [row["npmi_smoothed"] for row in answer["result"]]
    expect(order == sorted(order, reverse=True), f"conditions are not in order: {order}")
    return count
