"""Calls that change traces, prompts, datasets, scorers and webhooks: a twin for each door."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from peer.own_writes import of
from peer.servers import Json
from peer.writes import Arguments, Twin, Write, everything

API3 = "/api/3.0/mlflow"


def prepare(twin: Twin) -> None:
    """A trace, which no tool makes."""
    info = {
        "trace_id": twin.trace_id,
        "trace_location": place(twin),
        "request_time": "2026-01-18T09:14:00Z",
        "execution_duration": "1.5s",
        "state": "OK",
        "tags": {"mlflow.traceName": "agent"},
        "trace_metadata": {"mlflow.trace_schema.version": "3"},
    }
    twin.rest.post(f"{API3}/traces", {"trace": {"trace_info": info}})


def place(twin: Twin) -> Json:
    return {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": twin.experiment_id}}


def generative_writes() -> Iterator[Write]:
    yield from traces()
    yield from prompts()
    yield from datasets()
    yield from scorers()
    yield from webhooks()


def traces() -> Iterator[Write]:
    def state(twin: Twin) -> Any:
        return twin.rest.get(f"{API3}/traces/{twin.trace_id}")

    def left(twin: Twin) -> Any:
        return twin.rest.post(f"{API3}/traces/search", {"locations": [place(twin)]})

    def given(**more: Any) -> Arguments:
        return lambda twin: {"trace_id": twin.trace_id, **more}

    def said(**more: Any) -> Arguments:
        return lambda twin: {"trace_id": twin.trace_id, "assessment_id": twin.made["assessment_id"], **more}

    def linked(twin: Twin) -> Json:
        return {"run_id": twin.made["run_id"], "trace_ids": [twin.trace_id]}

    def named(**more: Any) -> Arguments:
        return lambda twin: {"experiment_id": twin.experiment_id, "trace_ids": [twin.trace_id], **more}

    yield Write("set_trace_tag", "new", given(key="team", value="ö"), state)
    yield Write("set_trace_tag", "again", given(key="team", value="cv"), state)
    yield Write("delete_trace_tag", "there", given(key="team"), state)
    feedback = given(name="right", value="0.5", rationale="ä", metadata={"round": "1"})
    yield Write("log_trace_feedback", "number", feedback, state, keeps="assessment_id")
    yield Write("update_trace_assessment", "value", said(value="true", rationale="new"), state)
    yield Write("delete_trace_assessment", "there", said(), state)
    expected = given(name="answer", value='{"city": "Paris"}', source_type="HUMAN", source_id="zoe")
    yield Write("log_trace_expectation", "object", expected, state, keeps="assessment_id")
    yield Write("link_traces_to_run", "new", linked, state)
    yield Write("link_traces_to_run", "again", linked, state)
    # The server of this comparison runs no jobs: that MLflow's server judges is tried by writing/scorers.py.
    judged = named(scorers=["polite"], wait_seconds=0)
    yield Write("evaluate_traces", "there is no scorer", judged, state)
    yield Write("delete_traces", "by id", named(), left)


def prompts() -> Iterator[Write]:
    def state(twin: Twin) -> Any:
        return everything(twin, twin.prompt)

    def named(**more: Any) -> Arguments:
        return lambda twin: {"name": twin.prompt, **more}

    yield Write("register_prompt", "text", named(template="Hello {{ name }}", tags={"a": "b"}), state)
    chat = [{"role": "system", "content": "Be {{ style }}."}, {"role": "user", "content": "ö"}]
    yield Write("register_prompt", "chat", named(messages=chat, commit_message="chat"), state)
    yield Write("set_prompt_alias", "new", named(alias="production", version="1"), state)
    yield Write("set_prompt_alias", "moved", named(alias="production", version="2"), state)
    yield Write("delete_prompt_alias", "there", named(alias="production"), state)
    yield Write("set_prompt_tag", "new", named(key="team", value="ö"), state)
    yield Write("delete_prompt_tag", "there", named(key="team"), state)
    yield Write("delete_prompt_tag", "not there", named(key="team"), state)


def datasets() -> Iterator[Write]:
    def state(twin: Twin) -> Any:
        place = f"{API3}/datasets/{twin.made['dataset_id']}"
        dataset, records = twin.rest.get(place)["dataset"], twin.rest.get(f"{place}/records")["records"]
        del dataset["digest"]  # MLflow makes one up at every change.
        return [dataset, json.loads(records), twin.rest.get(f"{place}/experiment-ids")]

    def created(twin: Twin) -> Json:
        own = [twin.experiment_id]
        return {"name": f"own-dataset-{twin.mark}", "experiment_ids": own, "tags": {"team": "cv"}}

    def elsewhere(twin: Twin) -> Json:
        return {"dataset_id": twin.made["dataset_id"], "experiment_ids": [twin.doomed_experiment_id]}

    def records(twin: Twin) -> Json:
        found = twin.rest.get(f"{API3}/datasets/{twin.made['dataset_id']}/records")["records"]
        ids = [
            record["dataset_record_id"] for record in json.loads(found) if "größe" in str(record["inputs"])
        ]
        return {"dataset_id": twin.made["dataset_id"], "dataset_record_ids": ids}

    two = [{"inputs": {"q": "Who?"}, "expectations": {"a": "Ada"}}, {"inputs": {"q": "größe?"}}]
    yield Write("create_dataset", "new", created, state, keeps="dataset_id")
    yield Write("upsert_dataset_records", "one", of("dataset_id", records=json.dumps(two[:1])), state)
    yield Write("upsert_dataset_records", "merged", of("dataset_id", records=json.dumps(two)), state)
    yield Write("delete_dataset_records", "one", records, state)
    yield Write("set_dataset_tags", "two", of("dataset_id", tags={"team": "nlp", "a": "b"}), state)
    yield Write("delete_dataset_tag", "there", of("dataset_id", key="a"), state)
    yield Write("add_dataset_to_experiments", "another", elsewhere, state)
    yield Write("remove_dataset_from_experiments", "that", elsewhere, state)
    yield Write("delete_dataset", "there", of("dataset_id"))


def scorers() -> Iterator[Write]:
    def named(**more: Any) -> Arguments:
        return lambda t: {"experiment_id": t.experiment_id, "name": "polite", **more}

    def state(twin: Twin) -> Any:
        found = twin.rest.get(f"{API3}/scorers/list", {"experiment_id": twin.experiment_id})
        # Its id is a number there.
        return [{**scorer, "experiment_id": None} for scorer in found.get("scorers", [])]

    judge = named(instructions="Is {{ outputs }} polite? ö", description="manners")
    yield Write("register_llm_judge_scorer", "new", judge, state)
    yield Write("register_llm_judge_scorer", "another version", judge, state)
    # What reads them belongs here, since only the twins have any.
    yield Write("list_scorers", "one", lambda t: {"experiment_id": t.experiment_id})
    yield Write("list_scorer_versions", "two", named())
    yield Write("get_scorer", "first", named(version="1"))
    yield Write("delete_scorer", "first", named(version="1"), state)
    yield Write("delete_scorer", "all", named(version="all"), state)
    yield Write("cancel_scorer_job", "unknown", lambda _: {"job_id": "7"})


def webhooks() -> Iterator[Write]:
    def state(twin: Twin) -> Any:
        return twin.rest.get(f"/api/2.0/mlflow/webhooks/{twin.made['webhook_id']}")

    def created(twin: Twin) -> Json:
        # Port 9 takes no connection.
        url = "http://127.0.0.1:9/hook"
        return {"name": f"own-{twin.mark}", "url": url, "events": ["model_version.created"]}

    yield Write("create_webhook", "new", created, state, keeps="webhook_id")
    yield Write("update_webhook", "all", of("webhook_id", description="ö", status="DISABLED"), state)
    yield Write("get_webhook", "one", of("webhook_id"))
    yield Write("test_webhook", "nobody listens", of("webhook_id"), state)
    yield Write("delete_webhook", "there", of("webhook_id"))
