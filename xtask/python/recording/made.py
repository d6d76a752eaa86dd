"""What the sample has none of, made, told and deleted: scorers, a job that judges traces, webhooks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from writing.llm import Llm

from .catalogue import AGENT, API3, get, post
from .exchange import Exchange, Json
from .sample import API, Sample

# Sends a request, keeps its answer as a fixture, and gives its body.
Keep = Callable[[Exchange], Json]

WEBHOOKS = f"{API}/webhooks"
JOBS = "/ajax-api/3.0/mlflow/jobs"
NAME = "polite größe"


def record(sample: Sample, keep: Keep, llm: Llm | None) -> None:
    """Jobs only with an LLM: the server then runs jobs, which ask it."""
    _scorers(sample, keep, llm)
    _webhooks(keep)


def _scorers(sample: Sample, keep: Keep, llm: Llm | None) -> None:
    experiment = sample.experiment(AGENT)
    place = {"experiment_id": experiment, "name": NAME}
    scorers = f"{API3}/scorers"
    keep(get("scorers-list-empty", 200, f"{scorers}/list", experiment_id=experiment))
    for number, text in enumerate(
        ("Is {{ outputs }} polite?", "Is {{ outputs }} polite, given {{ inputs }}?"), 1
    ):
        registered = {**place, "serialized_scorer": judge(text)}
        keep(post(f"scorers-register-{number}", 200, f"{scorers}/register", **registered))
    keep(get("scorers-list", 200, f"{scorers}/list", experiment_id=experiment))
    keep(get("scorers-list-missing-experiment", 404, f"{scorers}/list", experiment_id="999999"))
    keep(get("scorers-versions", 200, f"{scorers}/versions", **place))
    keep(get("scorers-get-version", 200, f"{scorers}/get", **place, version=1))
    keep(get("scorers-get-missing", 404, f"{scorers}/get", experiment_id=experiment, name="polite"))
    newest = keep(get("scorers-get", 200, f"{scorers}/get", **place))["scorer"]
    traces = [sample.trace(experiment, status) for status in ("OK", "ERROR")]
    invoke = {
        "experiment_id": experiment,
        "serialized_scorer": newest["serialized_scorer"],
        "trace_ids": traces,
        "log_assessments": True,
    }
    keep(get("jobs-get-missing", 404, f"{JOBS}/00000000-0000-4000-8000-000000000000"))
    if llm:
        _job(keep, invoke)
    keep(Exchange("scorers-delete", 200, "DELETE", f"{scorers}/delete", body={**place, "version": 1}))
    keep(Exchange("scorers-delete-all", 200, "DELETE", f"{scorers}/delete", body=place))


def _job(keep: Keep, invoke: Json) -> None:
    begun = keep(post("scorers-invoke", 200, "/ajax-api/3.0/mlflow/scorer/invoke", **invoke))
    (job,) = begun["jobs"]
    # What it says before it is over depends on the moment: only the last answer stays.
    while keep(get("jobs-get", 200, f"{JOBS}/{job['job_id']}"))["status"] in ("PENDING", "RUNNING"):
        time.sleep(1)


def judge(instructions: str) -> str:
    """A scorer in the form in which MLflow's client registers what `make_judge` makes."""
    value = {"title": "Result", "type": "string"}
    data = {"instructions": instructions, "model": "openai:/gpt-4.1-mini", "feedback_value_type": value}
    return json.dumps(
        {
            "name": NAME,
            "description": "Manners.",
            "aggregations": [],
            "is_session_level_scorer": False,
            "mlflow_version": "3.17.2",
            "serialization_version": 1,
            "instructions_judge_pydantic_data": data,
        }
    )


def _webhooks(keep: Keep) -> None:
    keep(get("webhooks-list-empty", 200, WEBHOOKS))
    events = [{"entity": "MODEL_VERSION", "action": "CREATED"}, {"entity": "PROMPT_TAG", "action": "SET"}]
    # Nobody listens there.
    new = {"name": "hook", "url": "http://127.0.0.1:9/hook", "events": events}
    made = keep(post("webhooks-create", 200, WEBHOOKS, **new))["webhook"]
    one = f"{WEBHOOKS}/{made['webhook_id']}"
    keep(get("webhooks-get", 200, one))
    keep(get("webhooks-list", 200, WEBHOOKS, max_results=5))
    keep(post("webhooks-test", 200, f"{one}/test"))
    change = {"description": "No more.", "status": "DISABLED"}
    keep(Exchange("webhooks-update", 200, "PATCH", one, body=change))
    keep(post("webhooks-create-400", 400, WEBHOOKS, **{**new, "url": "ftp://a.test"}))
    keep(Exchange("webhooks-delete", 200, "DELETE", one, body={}))
    keep(get("webhooks-get-missing", 404, one))
