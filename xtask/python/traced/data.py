"""Traces made by MLflow's own tracing: nested spans, errors, sessions, tokens, cost, assessments."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import mlflow
from mlflow import MlflowClient
from mlflow.entities import AssessmentSource, Trace

TRACES = 60
# Of the red team.
MODEL = f"m-{'1' * 32}"
PRICE = {"input_cost": 0.001, "output_cost": 0.002, "total_cost": 0.003}


@mlflow.trace(span_type="TOOL", name="look_up_order")
def _look_up(number: int) -> dict[str, Any]:
    time.sleep(0.002 * (number % 5))
    if number % 4 == 1:
        raise ValueError(f"order {10_391 + number} of user 0x{number:08x} not found")
    if number % 7 == 3:
        raise TimeoutError(f"no answer within {number}.5 s")
    return {"order": number, "lines": [{"sku": f"s-{line}", "sum": line / 7} for line in range(3)]}


def _draft(number: int) -> str:
    with mlflow.start_span("draft", span_type="CHAT_MODEL") as span:
        # The first question is longer than an answer may be.
        span.set_inputs(
            {"messages": [{"role": "user", "content": f"größe {number} " * (9_000 if number == 0 else 2)}]}
        )
        usage = {"input_tokens": 10 * number, "output_tokens": number, "total_tokens": 11 * number}
        span.set_attribute("mlflow.chat.tokenUsage", usage)
        span.set_attribute("mlflow.llm.cost", PRICE)
        span.set_attribute("flags", {"deep": [1, 2.5, True, None, {"k": "v"}]})
        span.set_outputs(f"answer {number}")
    return f"answer {number}"


def _answer(number: int) -> str:
    team = "red" if number % 4 == 1 else "blue"
    session = {"mlflow.trace.session": f"session-{number // 4}", "mlflow.trace.user": f"user-{number % 3}"}
    if team == "red":
        session["mlflow.modelId"] = MODEL
    mlflow.update_current_trace(tags={"team": team, "größe": "ä"}, metadata=session)
    text = _draft(number)
    _look_up(number)
    return text


def make(client: MlflowClient, experiment: str) -> list[Trace]:
    """All of them, newest first, as MLflow's client has them."""
    mlflow.set_experiment(experiment_id=experiment)
    for number in range(TRACES):
        agent = mlflow.trace(_answer, name="agent_a" if number % 2 else "agent_b", span_type="AGENT")
        with contextlib.suppress(ValueError, TimeoutError):
            agent(number)
    mlflow.flush_trace_async_logging()
    for number, trace in enumerate(read(client, experiment)):
        _assess(trace, number)
    return read(client, experiment)


def _assess(trace: Trace, number: int) -> None:
    identifier = trace.info.trace_id
    person = AssessmentSource("HUMAN", "zoe@example.com")
    correct = trace.info.state.value == "OK"
    span = trace.data.spans[0].span_id if number % 5 == 0 else None
    mlflow.log_feedback(
        trace_id=identifier,
        name="correct",
        value=correct,
        rationale="It is so.",
        span_id=span,
        metadata={"n": "1"},
    )
    if number % 3 == 0:
        scores: Any = {"f1": 0.1 + number, "list": [1, "two", False]}
        mlflow.log_feedback(trace_id=identifier, name="scores", value=scores, source=person)
        mlflow.log_expectation(
            trace_id=identifier, name="expected", value={"answer": f"größe {number}"}, source=person
        )
    if number % 10 == 0:
        mlflow.log_feedback(trace_id=identifier, name="judged", error=RuntimeError("the judge was down"))


def read(client: MlflowClient, experiment: str) -> list[Trace]:
    found: list[Trace] = []
    token = None
    while True:
        page = client.search_traces(
            locations=[experiment], max_results=50, order_by=["timestamp_ms DESC"], page_token=token
        )
        found += page
        if not (token := page.token):
            return found
