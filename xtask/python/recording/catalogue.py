"""What is recorded: the requests that the server's tools send, and the answers that are easy to get wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from .exchange import Exchange
from .sample import API, Sample

API3 = "/api/3.0/mlflow"
AJAX = "/ajax-api/2.0/mlflow"
MISSING_RUN = "0" * 32
INVOCATION = "a1f0c3d95e7b2846"

CHURN = "churn-classifier"
FINETUNING = "llm-finetune/gsm8k"
LAYOUT = "document-layout"
NIGHTLY = "llm-eval-nightly"
AGENT = "support-agent"
UNICODE = 'Zoë\'s "größte" 实验 🚀'
DELETED = "scratch-2025"
EMPTY = "capacity-planning"
PROMPT = "support-judge"

# Filters that MLflow refuses, each with its own message.
BAD_FILTERS = {
    "unquoted-param": "params.max_depth = 6",
    "unquoted-tag": "tags.stage = sweep",
    "greater-on-param": "params.max_depth > '6'",
    "text-on-metric": "metrics.`test/auc` > 'abc'",
    "date-on-time": "attributes.start_time > '2026-01-01'",
    "list-on-status": "attributes.status IN ('FINISHED', 'FAILED')",
    "unknown-attribute": "attributes.foo = 'x'",
    "unknown-entity": "inputs.name = 'x'",
    "null-metric": "metrics.acc IS NULL",
    "or": "params.model = 'gbdt' OR params.model = 'logreg'",
    "blank": " ",
    "unbalanced-quote": "tags.team = 'R&D",
}


def get(name: str, status: int, path: str, /, **query: Any) -> Exchange:
    return Exchange(name, status, "GET", path, query)


def post(name: str, status: int, path: str, /, **body: Any) -> Exchange:
    return Exchange(name, status, "POST", path, body=body)


def offset(rows: int) -> str:
    """The token of the page that starts after `rows` rows, as open-source servers write it."""
    return base64.b64encode(json.dumps({"offset": rows}).encode()).decode()


def exchanges(sample: Sample) -> Iterator[Exchange]:
    """Everything that the server's line can answer; what 2.x lacks is recorded there as its 404."""
    yield from _server(sample)
    yield from _experiments(sample)
    yield from _runs(sample)
    yield from _metrics(sample)
    yield from _artifacts(sample)
    yield from _registry(sample)
    yield from _generative(sample)


def _server(sample: Sample) -> Iterator[Exchange]:
    new = sample.major >= 3
    yield get("version", 200, "/version")
    yield get("health", 200, "/health")
    yield get("server-info", 200 if new else 404, f"{API3}/server-info")
    yield get("unknown-route", 404, f"{API}/no-such-route")
    yield get("wrong-method", 405, f"{API}/runs/create")
    body = {"max_results": 1}
    headers = {"host": "mlflow.example.com:5000"}
    yield Exchange(
        "foreign-host", 403 if new else 200, "POST", f"{API}/experiments/search", body=body, headers=headers
    )


def _experiments(sample: Sample) -> Iterator[Exchange]:
    route = f"{API}/experiments/search"
    yield post("experiments-search", 200, route, max_results=100, view_type="ACTIVE_ONLY")
    yield post("experiments-search-page-1", 200, route, max_results=3, order_by=["name ASC"])
    second = {"order_by": ["name ASC"], "page_token": offset(3)}
    yield post("experiments-search-page-2", 200, route, **second, max_results=3)
    yield post("experiments-search-deleted", 200, route, max_results=100, view_type="DELETED_ONLY")
    yield post("experiments-search-empty", 200, route, max_results=5, filter="name = 'no such experiment'")
    yield post("experiments-search-filter", 200, route, max_results=5, filter="name LIKE 'llm-%'")
    yield post("experiments-search-without-max-results", 400, route, view_type="ACTIVE_ONLY")
    yield post("experiments-search-bad-token", 400, route, max_results=5, page_token="not base64!")
    named = f"{API}/experiments/get-by-name"
    yield get("experiments-get-by-name", 200, named, experiment_name=CHURN)
    yield get("experiments-get-by-name-unicode", 200, named, experiment_name=UNICODE)
    yield get("experiments-get-by-name-deleted", 200, named, experiment_name=DELETED)
    yield get("experiments-get-by-name-missing", 404, named, experiment_name="no such experiment")
    yield get("experiments-get", 200, f"{API}/experiments/get", experiment_id=sample.experiment(CHURN))
    yield get("experiments-get-missing", 404, f"{API}/experiments/get", experiment_id="999999")


def _runs(sample: Sample) -> Iterator[Exchange]:
    churn, unicode_id = sample.experiment(CHURN), sample.experiment(UNICODE)
    route = f"{API}/runs/search"
    best = {"experiment_ids": [churn], "order_by": ["metrics.`test/auc` DESC"], "max_results": 2}
    yield post("runs-search", 200, route, experiment_ids=[churn], max_results=5)
    yield post("runs-search-page-1", 200, route, **best)
    yield post("runs-search-page-2", 200, route, **best, page_token=offset(2))
    yield post("runs-search-filter", 200, route, **best, filter="metrics.`test/auc` > 0.87")
    deleted = {"experiment_ids": [churn], "run_view_type": "DELETED_ONLY"}
    yield post("runs-search-deleted", 200, route, **deleted, max_results=5)
    empty = {"experiment_ids": [sample.experiment(EMPTY)]}
    yield post("runs-search-empty", 200, route, **empty, max_results=5)
    none = {"experiment_ids": [churn], "filter": "params.C = '99'"}
    yield post("runs-search-no-match", 200, route, **none, max_results=5)
    yield from _best(sample)
    ids = ", ".join(f"'{sample.run(churn, name)}'" for name in ("baseline-logreg", "trial-03"))
    named = {"experiment_ids": [churn], "filter": f"attributes.run_id IN ({ids})", "run_view_type": "ALL"}
    yield post("runs-search-by-ids", 200, route, **named, max_results=2)
    tag = f"tags.`invocation_id` = '{INVOCATION}'"
    invocation = {"experiment_ids": [sample.experiment(NIGHTLY)], "filter": tag}
    yield post("runs-search-invocation", 200, route, **invocation, max_results=50)
    quoted = {"experiment_ids": [unicode_id], "filter": 'tags."dataset owner" = "Zoë O\'Brien"'}
    yield post("runs-search-quoted-value", 200, route, **quoted, max_results=1)
    for name, bad in BAD_FILTERS.items():
        yield post(f"runs-search-400-{name}", 400, route, experiment_ids=[churn], filter=bad)
    yield post("runs-search-400-max-results", 400, route, experiment_ids=[churn], max_results=50_001)
    sideways = {"experiment_ids": [churn], "order_by": ["metrics.acc SIDEWAYS"]}
    yield post("runs-search-400-order-by", 400, route, **sideways)
    yield from _single_runs(sample, churn, unicode_id)


def _best(sample: Sample) -> Iterator[Exchange]:
    """How the best run is found: runs with a usable value of the metric, or why there are none."""
    finetuning = {"experiment_ids": [sample.experiment(FINETUNING)], "run_view_type": "ACTIVE_ONLY"}
    least, most = "-1.7976931348623157e308", "1.7976931348623157e308"
    route = f"{API}/runs/search"
    for name, key in {"usable": "loss", "infinite": "eval/perplexity", "unknown": "los"}.items():
        usable = f"metrics.`{key}` > {least} AND metrics.`{key}` < {most} AND attributes.status = 'FINISHED'"
        yield post(f"runs-search-best-{name}", 200, route, **finetuning, filter=usable, max_results=100)
        having = f"metrics.`{key}` >= {least}"
        yield post(f"runs-search-having-{name}", 200, route, **finetuning, filter=having, max_results=1)
    yield post("runs-search-newest", 200, route, **finetuning, max_results=200)


def _single_runs(sample: Sample, churn: str, unicode_id: str) -> Iterator[Exchange]:
    finetuning = sample.experiment(FINETUNING)
    runs = {
        "runs-get": sample.run(churn, "baseline-logreg"),
        "runs-get-with-model": sample.run(churn, "trial-03"),
        "runs-get-parent": sample.run(churn, "sweep-2026-01-06"),
        "runs-get-running": sample.run(churn, "retrain-nightly"),
        "runs-get-failed": sample.run(churn, "retrain-weekly"),
        "runs-get-deleted": sample.run(churn, "typo-in-config", "DELETED_ONLY"),
        "runs-get-not-a-number": sample.run(finetuning, "orion-8b-lora-lr-too-high"),
        "runs-get-awkward": sample.only_run(unicode_id),
        "runs-get-evaluation": sample.run(sample.experiment(NIGHTLY), f"eval-{INVOCATION}-ifeval"),
    }
    for name, run in runs.items():
        yield get(name, 200, f"{API}/runs/get", run_id=run)
    yield get("runs-get-missing", 404, f"{API}/runs/get", run_id=MISSING_RUN)


def _metrics(sample: Sample) -> Iterator[Exchange]:
    finetuning = sample.experiment(FINETUNING)
    curve = sample.run(finetuning, "orion-8b-lora-r16")
    diverged = sample.run(finetuning, "orion-8b-lora-lr-too-high")
    sampled = f"{API}/metrics/get-history-bulk-interval"
    loss = {"metric_key": "loss", "run_ids": [curve]}
    window = {"start_step": 100, "end_step": 110}
    yield get("metric-history-sampled", 200, sampled, **loss, max_results=20)
    yield get("metric-history-sampled-window", 200, sampled, **loss, **window, max_results=10)
    yield get("metric-history-sampled-last", 200, sampled, **loss, max_results=1)
    unknown = {"metric_key": "nope", "run_ids": [curve]}
    yield get("metric-history-sampled-unknown", 200, sampled, **unknown, max_results=20)
    both = {"metric_key": "loss", "run_ids": [curve, diverged]}
    yield get("metric-history-sampled-two-runs", 200, sampled, **both, max_results=7)
    whole = f"{API}/metrics/get-history"
    page = {"run_id": diverged, "metric_key": "loss", "max_results": 4}
    yield get("metric-history-page-1", 200, whole, **page)
    yield get("metric-history-page-2", 200, whole, **page, page_token=offset(4))
    yield get("metric-history-unknown", 200, whole, run_id=diverged, metric_key="nope", max_results=4)
    bulk = f"{AJAX}/metrics/get-history-bulk"
    yield get("metric-history-not-json", 200, bulk, run_id=diverged, metric_key="loss")


def _artifacts(sample: Sample) -> Iterator[Exchange]:
    run = sample.run(sample.experiment(LAYOUT), "layout-eval")
    missing = 404 if sample.major >= 3 else 500
    listing = f"{API}/artifacts/list"
    yield get("artifacts-list", 200, listing, run_id=run)
    yield get("artifacts-list-directory", 200, listing, run_id=run, path="logs")
    yield get("artifacts-list-many", 200, listing, run_id=run, path="predictions")
    yield get("artifacts-list-of-file", 200, listing, run_id=run, path="config.yaml")
    yield get("artifacts-list-missing", 200, listing, run_id=run, path="no/such/path")
    yield get("artifacts-list-parent", 400, listing, run_id=run, path="../..")
    evaluation = sample.run(sample.experiment(NIGHTLY), f"eval-{INVOCATION}-ifeval")
    yield get("artifacts-list-evaluation", 200, listing, run_id=evaluation)
    content = "/get-artifact"
    yield get("artifact-text", 200, content, run_id=run, path="config.yaml")
    yield get("artifact-evaluation-config", 200, content, run_id=evaluation, path="config.yml")
    yield get("artifact-unicode-name", 200, content, run_id=run, path="notes/größe (final) 100%.txt")
    yield get("artifact-latin1", 200, content, run_id=run, path="legacy/notes-latin1.txt")
    yield get("artifact-empty", 200, content, run_id=run, path="logs/stderr.log")
    yield get("artifact-missing", missing, content, run_id=run, path="no/such/file.txt")
    yield get("artifact-directory", 400 if sample.major >= 3 else 500, content, run_id=run, path="logs")
    yield get("artifact-without-path", 400, content, run_id=run)
    trained = sample.run(sample.experiment(CHURN), "trial-03")
    in_run = 404 if sample.major >= 3 else 500
    yield get("artifact-of-model-beside-run", in_run, content, run_id=trained, path="churn-gbdt/MLmodel")
    yield get("artifacts-list-of-model-beside-run", 200, listing, run_id=trained, path="churn-gbdt")
    yield get("artifacts-list-with-model", 200, listing, run_id=trained)
    yield from _ranges(run)


def _ranges(run: str) -> Iterator[Exchange]:
    ranges = {
        "artifact-range": (206, "logs/train.log", "bytes=0-499"),
        "artifact-range-tail": (206, "logs/train.log", "bytes=-400"),
        "artifact-range-beyond": (416, "config.yaml", "bytes=100000-"),
        "artifact-png-head": (206, "plots/ap_per_class.png", "bytes=0-63"),
    }
    for name, (status, path, wanted) in ranges.items():
        query = {"run_id": run, "path": path}
        yield Exchange(name, status, "GET", "/get-artifact", query, headers={"range": wanted})
    log = {"run_id": run, "path": "logs/train.log"}
    yield Exchange("artifact-head", 200, "HEAD", "/get-artifact", log)


def _registry(sample: Sample) -> Iterator[Exchange]:
    models, versions = f"{API}/registered-models", f"{API}/model-versions"
    yield get("registered-models-search", 200, f"{models}/search", max_results=10)
    prompts = "tags.`mlflow.prompt.is_prompt` = 'true'"
    yield get("registered-models-search-prompts", 200, f"{models}/search", max_results=10, filter=prompts)
    named = {"filter": "name LIKE '%r%'"}
    yield get("registered-models-search-page-1", 200, f"{models}/search", **named, max_results=1)
    second = {**named, "page_token": offset(1)}
    yield get("registered-models-search-page-2", 200, f"{models}/search", **second, max_results=1)
    either = "name = 'a' OR name = 'b'"
    yield get("registered-models-search-400-or", 400, f"{models}/search", filter=either)
    yield get("registered-models-get", 200, f"{models}/get", name=CHURN)
    yield get("registered-models-get-prompt", 200, f"{models}/get", name=PROMPT)
    yield get("registered-models-get-missing", 404, f"{models}/get", name="no-such-model")
    yield get("registered-models-alias", 200, f"{models}/alias", name=CHURN, alias="champion")
    yield get("registered-models-alias-missing", 400, f"{models}/alias", name=CHURN, alias="no-such-alias")
    nobody = {"name": "no-such-model", "alias": "champion"}
    unknown = 404 if sample.major >= 3 else 400
    yield get("registered-models-alias-missing-model", unknown, f"{models}/alias", **nobody)
    yield get("model-versions-get", 200, f"{versions}/get", name=CHURN, version="2")
    yield get("model-versions-get-missing", 404, f"{versions}/get", name=CHURN, version="99")
    yield get("model-versions-get-not-a-number", 400, f"{versions}/get", name=CHURN, version="two")
    yield from _version_searches(f"{versions}/search")
    yield get("prompt-version-chat", 200, f"{versions}/get", name=PROMPT, version="1")
    yield get("model-file", 200, "/model-versions/get-artifact", name=CHURN, version="2", path="MLmodel")


def _version_searches(route: str) -> Iterator[Exchange]:
    churn = {"filter": f"name = '{CHURN}'"}
    newest_first = {**churn, "order_by": "version_number DESC", "max_results": 2}
    yield get("model-versions-search", 200, route, max_results=10, **churn)
    yield get("model-versions-search-page-1", 200, route, **newest_first)
    yield get("model-versions-search-page-2", 200, route, **newest_first, page_token=offset(2))
    yield get("model-versions-search-missing", 200, route, filter="name = 'no-such-model'", max_results=10)
    prompt = f"name = '{PROMPT}'"
    yield get("model-versions-search-prompt", 200, route, filter=prompt, max_results=10)
    marked = f"{prompt} AND tags.`mlflow.prompt.is_prompt` = 'true'"
    yield get("model-versions-search-prompt-marked", 200, route, filter=marked, max_results=10)


def _generative(sample: Sample) -> Iterator[Exchange]:
    churn, agent = sample.experiment(CHURN), sample.experiment(AGENT)
    models, traces = f"{API}/logged-models/search", f"{API3}/traces/search"
    place = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": agent}}
    summaries = f"{AJAX}/experiments/search-datasets"
    yield post("experiments-search-datasets", 200, summaries, experiment_ids=[churn])
    if sample.major < 3:
        yield get("evaluation-datasets-get", 404, f"{API3}/datasets/d-{MISSING_RUN}")
        yield post("logged-models-search", 404, models, experiment_ids=[churn], max_results=2)
        yield get("logged-models-get", 404, f"{API}/logged-models/m-{MISSING_RUN}")
        yield post("traces-search", 404, traces, locations=[place], max_results=2)
        yield from _traces_of_2(agent, sample.second_traces(agent))
        return
    yield post("logged-models-search", 200, models, experiment_ids=[churn], max_results=10)
    mine = f"source_run_id = '{sample.run(churn, 'trial-03')}'"
    yield post("logged-models-of-run", 200, models, experiment_ids=[churn], filter=mine, max_results=100)
    yield from _logged_model_searches(models, churn)
    yield from _logged_model(sample.models(churn)[0])
    yield post("traces-search", 200, traces, locations=[place], max_results=3)
    errors = {"locations": [place], "filter": "status = 'ERROR'"}
    yield post("traces-search-errors", 200, traces, **errors, max_results=3)
    yield post(
        "traces-search-page-1", 200, traces, locations=[place], max_results=2, order_by=["timestamp_ms DESC"]
    )
    second = {"order_by": ["timestamp_ms DESC"], "page_token": offset(2)}
    yield post("traces-search-page-2", 200, traces, locations=[place], max_results=2, **second)
    yield post("traces-search-none", 200, traces, locations=[place], filter="name = 'none'", max_results=2)
    yield post("traces-search-400", 400, traces, locations=[place], filter="foo = 'x'", max_results=2)
    yield from _traces(sample.trace(agent, "OK"), sample.trace(agent, "ERROR"), sample.assessment(agent))
    yield from _figures(agent)
    yield from _datasets(agent, sample.evaluation_dataset(agent))


def _logged_model_searches(route: str, churn: str) -> Iterator[Exchange]:
    best = {"field_name": "metrics.holdout/auc", "ascending": False}
    page: dict[str, Any] = {"experiment_ids": [churn], "order_by": [best], "max_results": 2}
    yield post("logged-models-search-page-1", 200, route, **page)
    # The token holds the question, and only fits that one.
    asked = {**best, "dataset_name": None, "dataset_digest": None}
    token = {"experiment_ids": [churn], "filter_string": None, "order_by": [asked], "offset": 2}
    second = base64.b64encode(json.dumps(token).encode()).decode()
    yield post("logged-models-search-page-2", 200, route, **page, page_token=second)
    yield post("logged-models-search-400-token", 400, route, experiment_ids=[churn], page_token=second)
    yield post("logged-models-search-500-attribute", 500, route, experiment_ids=[churn], filter="foo = 'x'")
    name = {"dataset_name": "churn-2025q4-test"}
    whole = {**name, "dataset_digest": "a92be310"}
    yield post("logged-models-search-dataset", 200, route, experiment_ids=[churn], datasets=[whole])
    yield post("logged-models-search-dataset-name", 200, route, experiment_ids=[churn], datasets=[name])


def _datasets(agent: str, dataset: str) -> Iterator[Exchange]:
    every = f"{API3}/datasets"
    one = f"{every}/{dataset}"
    yield post("evaluation-datasets-search", 200, f"{every}/search", experiment_ids=[agent], max_results=5)
    either = "name = 'a' OR name = 'b'"
    yield post(
        "evaluation-datasets-search-400-or", 400, f"{every}/search", filter_string=either, max_results=5
    )
    yield post(
        "evaluation-datasets-search-none",
        200,
        f"{every}/search",
        filter_string="name = 'none'",
        max_results=5,
    )
    yield get("evaluation-datasets-get", 200, one)
    yield get("evaluation-datasets-get-missing", 404, f"{every}/d-{MISSING_RUN}")
    yield get("evaluation-datasets-experiment-ids", 200, f"{one}/experiment-ids")
    yield get("evaluation-datasets-records", 200, f"{one}/records", max_results=50)
    yield get("evaluation-datasets-records-missing", 200, f"{every}/d-{MISSING_RUN}/records", max_results=50)
    yield get("evaluation-datasets-records-500-token", 500, f"{one}/records", page_token="garbage")


def _logged_model(model: str) -> Iterator[Exchange]:
    yield get("logged-models-get", 200, f"{API}/logged-models/{model}")
    yield get("logged-models-get-missing", 404, f"{API}/logged-models/m-{MISSING_RUN}")
    yield get("logged-models-files", 200, f"{API}/logged-models/{model}/artifacts/directories")
    file = f"{AJAX}/logged-models/{model}/artifacts/files"
    yield get("logged-models-file", 200, file, artifact_file_path="requirements.txt")
    yield get("logged-models-file-missing", 404, file, artifact_file_path="MLmode")
    directories = f"{API}/logged-models/{model}/artifacts/directories"
    yield get("logged-models-files-none", 200, directories, artifact_directory_path="no-such-directory")


def _traces(fine: str, failed: str, assessment: str) -> Iterator[Exchange]:
    yield get("traces-info-error", 200, f"{API3}/traces/{failed}")
    yield get("traces-info-missing", 404, f"{API3}/traces/tr-{MISSING_RUN}")
    yield get("traces-batch", 200, f"{API3}/traces/batchGet", trace_ids=[failed])
    yield get("traces-batch-missing", 200, f"{API3}/traces/batchGet", trace_ids=[f"tr-{MISSING_RUN}"])
    native = "/ajax-api/2.0/mlflow/get-trace-artifact"
    yield get("traces-native", 200, native, request_id=fine)
    yield get("traces-native-error", 200, native, request_id=failed)
    yield get("traces-native-missing", 404, native, request_id=f"tr-{MISSING_RUN}")
    one = f"{API3}/traces/{failed}/assessments"
    yield get("traces-assessment", 200, f"{one}/{assessment}")
    yield get("traces-assessment-missing", 404, f"{one}/a-{MISSING_RUN}")
    yield get("traces-info", 200, f"{API3}/traces/{fine}")
    yield get("traces-get", 200, f"{API3}/traces/get", trace_id=fine)
    yield get("traces-get-error", 200, f"{API3}/traces/get", trace_id=failed)
    yield get("traces-get-missing", 404, f"{API3}/traces/get", trace_id=f"tr-{MISSING_RUN}")
    yield get("traces-spans", 200, "/ajax-api/3.0/mlflow/get-trace-artifact", request_id=fine)


def _figures(agent: str) -> Iterator[Exchange]:
    """What the server works out over the traces of an experiment."""
    route = f"{API3}/traces/metrics"
    kinds: dict[str, list[dict[str, Any]]] = {
        "trace_count": [{"aggregation_type": "COUNT"}],
        "latency": [
            {"aggregation_type": "AVG"},
            *({"aggregation_type": "PERCENTILE", "percentile_value": q} for q in (50.0, 95.0, 99.0)),
            {"aggregation_type": "MAX"},
        ],
        **{name: [{"aggregation_type": "SUM"}] for name in ("input_tokens", "output_tokens", "total_tokens")},
        "total_cost": [{"aggregation_type": "SUM"}],
    }
    for metric, aggregations in kinds.items():
        view = "SPANS" if metric == "total_cost" else "TRACES"
        asked = {"metric_name": metric, "aggregations": aggregations, "view_type": view}
        asked["dimensions"] = ["trace_status"] if metric == "trace_count" else []
        yield post(f"traces-metrics-{metric}", 200, route, **asked, experiment_ids=[agent], max_results=1000)
    bad = {"metric_name": "latency", "aggregations": kinds["latency"], "view_type": "TRACES"}
    filters = ["trace.name = 'x'"]
    yield post("traces-metrics-400", 400, route, **bad, experiment_ids=[agent], filters=filters)
    spans = {"metric_name": "span_count", "aggregations": kinds["trace_count"], "view_type": "SPANS"}
    for dimension in ("span_type", "span_name"):
        asked = {**spans, "dimensions": [dimension]}
        yield post(f"traces-metrics-{dimension}", 200, route, **asked, experiment_ids=[agent])
    route = f"{API3}/traces/calculate-filter-correlation"
    error = {"experiment_ids": [agent], "filter_string1": "status = 'ERROR'"}
    yield post("traces-correlation", 200, route, **error, filter_string2="tags.`topic` = 'refund'")
    yield post("traces-correlation-itself", 200, route, **error, filter_string2="status = 'ERROR'")
    yield post("traces-correlation-never", 200, route, **error, filter_string2="tags.`topic` = 'bug'")
    yield post("traces-correlation-400", 400, route, **error, filter_string2="foo = 'x'")


def _traces_of_2(agent: str, traces: list[str]) -> Iterator[Exchange]:
    """What there is of traces before MLflow 3; the newest comes first, the third newest failed."""
    fine, failed = traces[0], traces[2]
    asked: dict[str, Any] = {"experiment_ids": agent, "order_by": "timestamp_ms DESC"}
    yield get("traces-second-search", 200, f"{API}/traces", **asked, max_results=3)
    errors = {**asked, "filter": "status = 'ERROR'"}
    yield get("traces-second-search-errors", 200, f"{API}/traces", **errors, max_results=3)
    yield get("traces-second-search-400", 400, f"{API}/traces", **asked, filter="foo = 'x'")
    yield get("traces-info", 404, f"{API3}/traces/{failed}")
    yield get("traces-second-info", 200, f"{API}/traces/{failed}/info")
    yield get("traces-second-info-missing", 404, f"{API}/traces/{MISSING_RUN}/info")
    yield get("traces-batch", 404, f"{API3}/traces/batchGet", trace_ids=[failed])
    native = "/ajax-api/2.0/mlflow/get-trace-artifact"
    yield get("traces-native", 200, native, request_id=fine)
    yield get("traces-native-error", 200, native, request_id=failed)
    yield get("traces-native-missing", 404, native, request_id=MISSING_RUN)
    yield get("traces-assessment", 404, f"{API3}/traces/{failed}/assessments/a-{MISSING_RUN}")
    yield post("traces-metrics", 404, f"{API3}/traces/metrics", experiment_ids=[agent])
    yield post(
        "traces-correlation", 404, f"{API3}/traces/calculate-filter-correlation", experiment_ids=[agent]
    )
