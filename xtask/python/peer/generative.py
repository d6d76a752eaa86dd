"""Calls of the toolsets beyond `core` and `analysis` that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from peer.reads import Read
from peer.servers import Json


def generative(manifest: Json) -> Iterator[Read]:
    yield from traces(manifest)
    yield from prompts(manifest)
    yield from datasets(manifest)
    yield from models(manifest)
    place = {"experiment_id": manifest["experiments"]["agent"]["id"]}
    yield Read("list_scorers", "none", place)
    yield Read("list_scorer_versions", "unknown", {**place, "name": "polite"})
    yield Read("get_scorer", "unknown", {**place, "name": "polite", "version": "2"})
    yield Read("get_scorer_jobs", "unknown", {"job_ids": ["7"], "wait_seconds": 0})
    yield Read("list_webhooks", "none", {"max_results": 5})
    yield Read("get_webhook", "unknown", {"webhook_id": "7"})


def traces(manifest: Json) -> Iterator[Read]:
    agent, failed = manifest["experiments"]["agent"]["id"], manifest["traces"][2]
    several = {"experiment_ids": [agent]}
    one = {"trace_id": failed["trace_id"]}
    yield Read("search_traces", "newest", {"experiment_id": agent, "max_results": 5})
    ordered = {"order_by": ["execution_time DESC"], "filter_string": "status = 'OK'"}
    yield Read("search_traces", "order", {**several, **ordered})
    yield Read("search_traces", "bad filter", {**several, "filter_string": "foo = 'x'"})
    for trace in manifest["traces"]:
        yield Read("get_trace", trace["topic"], {"trace_id": trace["trace_id"]})
    yield Read("get_trace", "unknown", {"trace_id": f"tr-{'0' * 32}"})
    # The ids of spans are the same wherever the sample is made.
    yield Read("get_span", "tool", {**one, "span_id": "eaa548723405d29c"})
    yield Read("get_span", "part", {**one, "span_id": "eaa548723405d29c", "pointer": "/inputs", "start": 3})
    yield Read("get_span", "unknown", {**one, "span_id": "0000000000000000"})
    yield Read("get_trace_assessment", "one", {**one, "assessment_id": failed["assessments"][0]})
    yield Read("get_trace_assessment", "unknown", {**one, "assessment_id": f"a-{'0' * 32}"})
    yield Read("search_sessions", "all", several)
    yield Read("trace_statistics", "all", several)
    window = {"started_after": "2026-01-01", "group_by": "status", "bucket_seconds": 86_400}
    yield Read("trace_statistics", "days", {**several, **window})
    yield Read("group_trace_errors", "all", {**several, "max_traces": 100})
    yield Read("correlate_traces", "errors", several)
    yield Read("correlate_traces", "topic", {**several, "target": "tags.topic = 'refund'"})


def prompts(manifest: Json) -> Iterator[Read]:
    name, other = (prompt["name"] for prompt in manifest["prompts"])
    yield Read("search_prompts", "all", {})
    yield Read("search_prompts", "part of the name", {"name": "judge", "max_results": 1})
    for prompt in (name, other):
        yield Read("load_prompt", prompt, {"name": prompt})
        yield Read("search_prompt_versions", prompt, {"name": prompt})
    yield Read("load_prompt", "alias", {"name": name, "alias": "production"})
    yield Read("load_prompt", "unknown", {"name": name, "version": "99"})
    given = {"name": name, "version": "1", "variables": {"question": "Why?"}}
    yield Read("render_prompt", "first", given)
    yield Read("render_prompt", "variables are missing", {**given, "variables": {}})
    yield Read("diff_prompts", "two", {"name": name, "baseline": "1", "source": "2"})
    yield Read("diff_prompts", "the newest", {"name": name, "baseline": "production"})


def datasets(manifest: Json) -> Iterator[Read]:
    one, churn = manifest["evaluation_datasets"][0], manifest["experiments"]["churn"]["id"]
    yield Read("search_datasets", "all", {})
    yield Read("search_datasets", "name", {"filter_string": "name LIKE 'support%'", "max_results": 1})
    yield Read("get_dataset", "by name", {"name": one["name"]})
    yield Read("get_dataset", "by id", {"dataset_id": one["dataset_id"]})
    yield Read("get_dataset_records", "all", {"dataset_id": one["dataset_id"]})
    yield Read("get_dataset_records", "first", {"dataset_id": one["dataset_id"], "max_results": 1})
    yield Read("get_dataset_records", "unknown", {"dataset_id": f"d-{'0' * 32}"})
    yield Read("search_run_datasets", "churn", {"experiment_ids": [churn]})
    asked = {"experiment_ids": [churn], "name": "churn-2025q4-test", "context": "eval"}
    yield Read("search_runs_by_dataset", "eval", asked)


def models(manifest: Json) -> Iterator[Read]:
    name = manifest["registered_models"][0]["name"]
    yield Read("get_model_info", "alias", {"model_uri": f"models:/{name}@champion"})
    yield Read("get_model_info", "unknown", {"model_uri": f"models:/{name}/99"})
    churn = manifest["experiments"]["churn"]["id"]
    yield Read("get_experiment", "churn", {"experiment_id": churn})
    yield Read("get_experiment", "unknown", {"experiment_id": "999999"})
    yield Read("get_runs", "deleted ones", {"experiment_id": churn, "view_type": "DELETED_ONLY"})
