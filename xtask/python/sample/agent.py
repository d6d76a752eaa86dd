"""A GenAI application: traces with spans and assessments, prompts, an evaluation dataset."""

from __future__ import annotations

import json
import random
from datetime import datetime, timezone
from typing import Any

from .rest import Tracking
from .runs import at, create_experiment, create_run, finals, pairs
from .spans import Span, export, stored, trace_id

NAME = "support-agent"
MODEL = "orion-8b-instruct"
USD_PER_INPUT_TOKEN, USD_PER_OUTPUT_TOKEN = 1.5e-7, 6e-7

# Question, its topic, and the error its refund tool ended in, if any.
TICKETS = (
    ("Where is my order 10482?", "delivery", None),
    ("I was charged twice in December.", "billing", None),
    ("Please refund order 10391.", "refund", "TimeoutError: payments.example.com did not answer within 30 s"),
    ("How do I reset my password?", "account", None),
    ("Mein Paket ist beschädigt angekommen 😞", "delivery", None),
    ("Can I change the delivery address?", "delivery", None),
    ('Refund the "gift wrap" fee of order 10555, please.', "refund", None),
    ("Your app crashes when I open an invoice.", "bug", None),
    ("I want to cancel my subscription.", "account", None),
    ("Refund 10600, it's been 3 weeks!", "refund", "PermissionError: refunds above 200 EUR need approval"),
    ("Do you ship to Switzerland?", "delivery", None),
    ("请问发票在哪里下载？", "billing", None),
)

PROMPT_TEXTS = (
    ("First version.", "Answer the customer's question: {{question}}"),
    (
        "Adds sources.",
        "Answer the customer's question from the articles.\n\n{{articles}}\n\nQuestion: {{question}}",
    ),
    (
        "Asks back when unsure; sets the language.",
        "You are the shop's support agent. Answer in {{language}}, only from the articles. If they do not "
        "answer the question, ask one short question back.\n\n{{articles}}\n\nQuestion: {{question}}",
    ),
)


def application(server: Tracking) -> dict[str, Any]:
    """What the server's line supports: 2.x has prompts, and traces without assessments."""
    experiment = create_experiment(server, NAME, "Answers tickets from the help centre.", owner="zoe")
    manifest: dict[str, Any] = {
        "experiment": {"id": experiment, "name": NAME},
        "prompts": _prompts(server, experiment),
        "runs": {},
        "traces": [],
        "evaluation_datasets": [],
    }
    if server.major >= 3:
        run = create_run(
            server,
            experiment,
            "weekly-quality-review",
            start=at(13),
            user="zoe",
            params={"model": MODEL, "prompt": "support-answer/3"},
            metrics=finals(
                {"correctness/mean": 0.75, "relevance/mean": 0.917, "latency_seconds/p95": 3.9}, at(13, 0, 9)
            ),
        )
        manifest["runs"] = {"agent_review": run.id}
        manifest["traces"] = [_trace(server, experiment, run.id, number) for number in range(len(TICKETS))]
        manifest["evaluation_datasets"] = [_dataset(server, experiment)]
    else:
        manifest["traces"] = [_trace_of_2(server, experiment, number) for number in range(len(TICKETS))]
    return manifest


def _trace_of_2(server: Tracking, experiment: str, number: int) -> dict[str, Any]:
    """As clients of MLflow 2 log it: begun, stored as a file, ended."""
    question, topic, error = TICKETS[number]
    identifier, start = trace_id(str(number)), at(13, 0, 7 * number)
    spans, _ = _answer(question, topic, error, random.Random(f"ticket/{number}"))
    info = _info(identifier, experiment, start, spans[0])
    metadata = info["trace_metadata"] | {
        "mlflow.trace_schema.version": "2",
        "mlflow.trace.session": f"session-{number // 3}",
        "mlflow.trace.user": f"customer-{number % 5}",
    }
    tags = info["tags"] | {"topic": topic, "release": "2026.1"}
    begun = {"experiment_id": experiment, "timestamp_ms": start, "request_metadata": [], "tags": pairs(tags)}
    trace = server.post("traces", begun)["trace_info"]
    found = next(tag["value"] for tag in trace["tags"] if tag["key"] == "mlflow.artifactLocation")
    data = json.dumps(stored(identifier, trace["request_id"], start, spans), ensure_ascii=False)
    server.upload(found, {"traces.json": data.encode()})
    ended = {"timestamp_ms": start + spans[0].end, "status": info["state"]}
    route = f"traces/{trace['request_id']}"
    server.patch(route, {**ended, "request_metadata": pairs(metadata), "tags": []})
    return {"trace_id": trace["request_id"], "state": info["state"], "topic": topic, "assessments": []}


def _trace(server: Tracking, experiment: str, run_id: str, number: int) -> dict[str, Any]:
    question, topic, error = TICKETS[number]
    identifier = trace_id(str(number))
    start = at(13, 0, 7 * number)
    spans, usage = _answer(question, topic, error, random.Random(f"ticket/{number}"))
    if server.takes_spans:
        server.post("/v1/traces", export(identifier, start, spans), {"x-mlflow-experiment-id": experiment})
    info = _info(identifier, experiment, start, spans[0])
    info["trace_metadata"] |= {
        "mlflow.sourceRun": run_id,
        "mlflow.trace.session": f"session-{number // 3}",
        "mlflow.trace.user": f"customer-{number % 5}",
    }
    if usage:
        info["trace_metadata"]["mlflow.trace.tokenUsage"] = json.dumps(usage)
    info["tags"] |= {"topic": topic, "release": "2026.1"}
    trace = server.post("/api/3.0/mlflow/traces", {"trace": {"trace_info": info}})["trace"]["trace_info"]
    if not server.takes_spans:
        data = json.dumps(stored(identifier, trace["trace_id"], start, spans), ensure_ascii=False)
        server.upload(trace["tags"]["mlflow.artifactLocation"], {"traces.json": data.encode()})
    assessments = [_assess(server, f"tr-{identifier}", start, body) for body in _judgements(number, error)]
    return {
        "trace_id": f"tr-{identifier}",
        "state": info["state"],
        "topic": topic,
        "assessments": assessments,
    }


def _answer(
    question: str, topic: str, error: str | None, dice: random.Random
) -> tuple[list[Span], dict[str, int]]:
    """The agent's work on one ticket: search, perhaps a refund, then an answer unless the refund failed."""
    found = 40 + dice.randint(0, 60)
    articles = [f"help/{topic}-{dice.randint(100, 199)}" for _ in range(3)]
    spans = [Span("search_articles", "RETRIEVER", 5, found, {"query": question, "k": 3}, articles)]
    clock = found
    if topic == "refund":
        clock += 30_000 if error else 420
        outputs = None if error else {"refunded": True}
        spans.append(Span("refund_order", "TOOL", found, clock, {"text": question}, outputs, error))
    usage: dict[str, int] = {}
    answer = None
    if not error:
        answer = f"Thank you for writing. According to {articles[0]}, we can help with your {topic} question."
        done = clock + dice.randint(700, 3600)
        sent, got = dice.randint(300, 900), dice.randint(40, 180)
        usage = {"input_tokens": sent, "output_tokens": got, "total_tokens": sent + got}
        messages = [{"role": "system", "content": "support-answer/3"}, {"role": "user", "content": question}]
        reply = {"choices": [{"message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}]}
        figures = {
            "mlflow.chat.tokenUsage": usage,
            "mlflow.llm.model": MODEL,
            "mlflow.llm.cost": _cost(sent, got),
        }
        call = {"model": MODEL, "messages": messages, "temperature": 0.2}
        spans.append(Span("draft_answer", "CHAT_MODEL", clock, done, call, reply, attributes=figures))
        clock = done
    root = Span(
        "answer_ticket", "AGENT", 0, clock + 8, {"question": question}, answer and {"answer": answer}, error
    )
    return [root, *spans], usage


def _cost(sent: int, got: int) -> dict[str, float]:
    first, second = sent * USD_PER_INPUT_TOKEN, got * USD_PER_OUTPUT_TOKEN
    return {"input_cost": first, "output_cost": second, "total_cost": first + second}


def _info(identifier: str, experiment: str, start: int, root: Span) -> dict[str, Any]:
    inputs = json.dumps(root.inputs, ensure_ascii=False)
    outputs = json.dumps(root.outputs, ensure_ascii=False) if root.outputs else ""
    return {
        "trace_id": f"tr-{identifier}",
        "client_request_id": f"ticket-{identifier[:8]}",
        "trace_location": {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": experiment}},
        "request_time": _iso(start),
        "execution_duration": f"{root.end / 1000:.3f}s",
        "state": "ERROR" if root.error else "OK",
        "request_preview": inputs,
        "response_preview": outputs,
        "trace_metadata": {
            "mlflow.trace_schema.version": "3",
            "mlflow.traceInputs": inputs,
            "mlflow.traceOutputs": outputs,
            "mlflow.source.name": "agent.py",
        },
        "tags": {"mlflow.traceName": root.name},
    }


def _judgements(number: int, error: str | None) -> list[dict[str, Any]]:
    """A judge looks at every answer, a person at every third, and some tickets have a known right answer."""
    judged = {"source_type": "LLM_JUDGE", "source_id": "judge-70b"}
    person = {"source_type": "HUMAN", "source_id": "zoe@example.com"}
    correct = error is None and number % 4 != 3
    rationale = "Names the right article." if correct else "Does not answer what was asked."
    found = [_feedback("correctness", judged, {"value": correct}, rationale)]
    if number % 3 == 0:
        found.append(_feedback("helpfulness", person, {"value": 1 + number % 5}, ""))
    if number % 6 == 1:
        expected = json.dumps({"answer": "The second charge was refunded.", "article": "help/billing-104"})
        serialized = {"serialization_format": "JSON_FORMAT", "value": expected}
        value = {"expectation": {"serialized_value": serialized}}
        found.append({"assessment_name": "expected_answer", "source": person, **value})
    return found


def _feedback(name: str, source: dict[str, str], value: dict[str, Any], rationale: str) -> dict[str, Any]:
    body = {"assessment_name": name, "source": source, "feedback": value}
    return {**body, "rationale": rationale} if rationale else body


def _assess(server: Tracking, trace: str, start: int, body: dict[str, Any]) -> str:
    when = _iso(start + 3_600_000)
    assessment = {"trace_id": trace, "create_time": when, "last_update_time": when, **body}
    answer = server.post(f"/api/3.0/mlflow/traces/{trace}/assessments", {"assessment": assessment})
    return str(answer["assessment"]["assessment_id"])


def _prompts(server: Tracking, experiment: str) -> list[dict[str, Any]]:
    """Prompts are registered models with tags of MLflow's own; a chat prompt's text is JSON messages."""
    _prompt(server, experiment, "support-answer", [(note, text, "text") for note, text in PROMPT_TEXTS])
    for alias, version in (("production", "2"), ("candidate", "3")):
        server.post("registered-models/alias", {"name": "support-answer", "alias": alias, "version": version})
    messages = [
        {"role": "system", "content": "You grade answers of a support agent."},
        {
            "role": "user",
            "content": "Question: {{question}}\nAnswer: {{answer}}\nIs the answer correct? yes or no.",
        },
    ]
    _prompt(server, experiment, "support-judge", [("Chat form.", json.dumps(messages), "chat")])
    aliases = {"production": "2", "candidate": "3"}
    return [
        {"name": "support-answer", "versions": ["1", "2", "3"], "aliases": aliases},
        {"name": "support-judge", "versions": ["1"], "aliases": {}},
    ]


def _prompt(server: Tracking, experiment: str, name: str, versions: list[tuple[str, str, str]]) -> None:
    mark = {"mlflow.prompt.is_prompt": "true"}
    tags = pairs({**mark, "_mlflow_experiment_ids": f",{experiment},", "task": "support"})
    server.post("registered-models/create", {"name": name, "tags": tags})
    for note, text, kind in versions:
        tags = pairs({**mark, "_mlflow_prompt_type": kind, "mlflow.prompt.text": text})
        body = {"name": name, "source": "dummy-source", "description": note, "tags": tags}
        server.post("model-versions/create", body)


def _dataset(server: Tracking, experiment: str) -> dict[str, str]:
    body = {"name": "support-golden", "experiment_ids": [experiment], "tags": json.dumps({"owner": "zoe"})}
    identifier = server.post("/api/3.0/mlflow/datasets/create", body)["dataset"]["dataset_id"]
    records = [
        {"inputs": {"question": question}, "expectations": {"topic": topic}, "tags": {"source": "tickets"}}
        for question, topic, _ in TICKETS[:8]
    ]
    route = f"/api/3.0/mlflow/datasets/{identifier}/records"
    server.post(route, {"dataset_id": identifier, "records": json.dumps(records)})
    return {"dataset_id": identifier, "name": "support-golden"}


def _iso(milliseconds: int) -> str:
    moment = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
