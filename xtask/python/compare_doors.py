"""Compare the tools over HTTP with the same tools as functions of a component: both give the same answers.

Needs the environment of `embedder.txt`, a server filled by `sample_data.py` of its own (this script writes to
it), ours in front with all toolsets and a policy that allows everything, and the component of
`cargo xtask build --tools`.
Prints one JSON summary; exits 1 with the differences.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

from peer.analyses import analyses
from peer.artifact_reads import artifact_reads
from peer.compare import renamed, without
from peer.diagnoses import diagnoses
from peer.functions import Functions, Untyped
from peer.generative import generative
from peer.generative_writes import generative_writes, prepare
from peer.own_writes import own_writes
from peer.reads import reads
from peer.servers import Failed, Http, Json, Rest
from peer.writes import UNEQUAL, Twin, names, writes

ALLOW_ALL = '{"version": "1", "default": "allow", "tools": {}}'


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", required=True, help="our MCP endpoint")
    parser.add_argument("--component", required=True, type=Path, help="the component of the functions")
    parser.add_argument(
        "--tracking-uri", required=True, help="the MLflow server behind both; it is written to"
    )
    parser.add_argument("--manifest", required=True, type=Path, help="what sample_data.py printed")
    options = parser.parse_args()
    environment = {
        "MLFLOW_TRACKING_URI": options.tracking_uri,
        "MLFLOW_MCP_POLICY": ALLOW_ALL,
        "MLFLOW_MCP_TOOLSETS": "all",
    }
    http = Http(options.url)
    functions = Functions(options.component, environment, http)
    return compare(http, functions, Rest(options.tracking_uri), json.loads(options.manifest.read_text()))


def compare(http: Http, functions: Functions, rest: Rest, manifest: Json) -> int:
    differences: list[str] = []
    compared: Counter[str] = Counter()
    untyped: list[str] = []
    catalogues = (reads, analyses, diagnoses, artifact_reads, generative)
    for read in chain.from_iterable(catalogue(manifest) for catalogue in catalogues):
        try:
            called = outcome(functions, read.tool, read.arguments)
        except Untyped as reason:
            untyped.append(f"{read.tool} ({read.case}): {reason}")
            continue
        compared[read.tool] += 1
        if (asked := outcome(http, read.tool, read.arguments)) != called:
            differences.append(f"{read.tool} ({read.case}): {asked} over HTTP, {called} as function")
    source = manifest["registered_models"][0]["versions"][0]["run_id"]
    left, right = Twin("left", rest).make(source), Twin("right", rest).make(source)
    prepare(left)
    prepare(right)
    for write in chain(writes(), own_writes(), generative_writes()):
        try:
            called = outcome(functions, write.tool, write.arguments(right))
        except Untyped as reason:
            untyped.append(f"{write.tool} ({write.case}): {reason}")
            continue
        compared[write.tool] += 1
        asked = outcome(http, write.tool, write.arguments(left))
        if write.keeps:
            left.made[write.keeps], right.made[write.keeps] = asked[write.keeps], called[write.keeps]
        same = names(left, right)
        pairs = (renamed(asked, same), called), (renamed(write.state(left), same), write.state(right))
        for one, other in pairs:
            if (a := without(kind(one), UNEQUAL)) != (b := without(kind(other), UNEQUAL)):
                differences.append(f"{write.tool} ({write.case}): {a} over HTTP, {b} as function")
    uncalled = sorted(set(http.tools()) - set(compared))
    summary = {"tools": len(compared), "cases": compared.total(), "only_json_can_say": untyped}
    print(json.dumps({**summary, "uncalled": uncalled, "differences": len(differences)}, indent=1))
    if differences or uncalled:
        print("\n".join(differences) or f"never called: {uncalled}", file=sys.stderr)
        return 1
    return 0


def kind(answer: Any) -> Any:
    """Of an error only its code: what there is besides, such as near names and numbers, is of both twins."""
    if isinstance(answer, dict) and isinstance(answer.get("error"), str):
        return re.sub(r"\b\d+\b", "0", answer["error"]).split(": ")[:2]
    return answer


def outcome(door: Http | Functions, tool: str, arguments: Json) -> Any:
    try:
        return door.call(tool, arguments)
    except Failed as error:
        return {"error": str(error)}


if __name__ == "__main__":
    sys.exit(main())
