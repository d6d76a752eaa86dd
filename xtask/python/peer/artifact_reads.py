"""Calls that look into artifacts: only ours has the tools."""

from __future__ import annotations

from collections.abc import Iterator

from peer.reads import Read
from peer.servers import Json


def artifact_reads(manifest: Json) -> Iterator[Read]:
    run_id, files = manifest["artifacts"]["run_id"], manifest["artifacts"]["files"]
    model = manifest["registered_models"][0]
    version = f"models:/{model['name']}/{model['versions'][-1]['version']}"
    yield Read("list_artifacts", "run", {"source": run_id, "max_depth": 2})
    yield Read("list_artifacts", "version", {"source": version})
    yield Read("list_artifacts", "unknown", {"source": run_id, "path": "no/such"})
    for kind, file in files.items():
        yield Read("read_artifact", kind, {"source": run_id, "path": file["path"]})
    yield Read(
        "read_artifact", "last lines", {"source": run_id, "path": files["log"]["path"], "start_line": -5}
    )
    yield Read("read_artifact", "yaml", {"source": version, "path": "MLmodel", "json_pointer": "/flavors"})
    log = {"source": run_id, "path": files["log"]["path"]}
    yield Read("read_artifact", "last lines", {**log, "start_line": -5})
    yield Read("search_artifact", "log", {**log, "patterns": ["ERROR", "Traceback"], "context": 2})
    table = {"source": run_id, "path": files["csv"]["path"]}
    yield Read("read_table", "csv", {**table, "columns": ["ap50"], "limit": 2})
    yield Read("read_table", "unknown column", {**table, "columns": ["ap"]})
    launches = [launch["invocation_id"] for launch in manifest["invocations"]]
    yield Read("evaluation_report", "two", {"invocation_ids": launches[:2]})
    yield Read("evaluation_report", "unknown", {"invocation_ids": ["0" * 16]})
    one, other = (launch["runs"][0]["run_id"] for launch in manifest["invocations"][:2])
    yield Read("diff_artifacts", "runs", {"baseline": one, "source": other})
    yield Read("diff_artifacts", "file", {"baseline": one, "source": other, "path": "config.yml"})
    yield Read("search_artifact", "nothing", {**log, "patterns": ["no such text"]})
