"""Compare the answers of the other MLflow MCP server with ours: whatever it tells, ours must tell.

Needs the environment of `peer.txt`, a server filled by `sample_data.py` of its own (this script writes to
it), and ours in front of it with a policy that allows everything. Prints one JSON summary; exits 1 with the
differences.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peer.compare import ABSENT, Difference, missing, renamed, without
from peer.defects import DEFECTS, ERROR
from peer.reads import reads
from peer.servers import Failed, Http, Json, Rest, Stdio
from peer.writes import UNEQUAL, Twin, Write, names, writes


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", required=True, help="our MCP endpoint")
    parser.add_argument("--tracking-uri", required=True, help="the MLflow server behind it; it is written to")
    parser.add_argument("--manifest", required=True, type=Path, help="what sample_data.py printed")
    options = parser.parse_args()
    manifest = json.loads(options.manifest.read_text())
    program = str(Path(sys.executable).parent / "mlflow-mcp")
    with Stdio(program, options.tracking_uri) as theirs:
        return compare(theirs, Http(options.url), Rest(options.tracking_uri), manifest)


def compare(theirs: Stdio, ours: Http, rest: Rest, manifest: Json) -> int:
    found: list[Difference] = []
    cases: dict[str, int] = {}
    for read in reads(manifest):
        cases[read.tool] = cases.get(read.tool, 0) + 1
        answers = outcome(theirs, read.tool, read.arguments), outcome(ours, read.tool, read.arguments)
        found += differences(read.tool, read.case, *answers)
    source = manifest["registered_models"][0]["versions"][0]["run_id"]
    left, right = Twin("left", rest).make(source), Twin("right", rest).make(source)
    for write in writes():
        cases[write.tool] = cases.get(write.tool, 0) + 1
        found += changed(theirs, ours, write, left, right)
    return report(found, cases, theirs.tools(), ours.tools())


def outcome(server: Stdio | Http, tool: str, arguments: Json) -> Any:
    try:
        return server.call(tool, arguments)
    except Failed as error:
        return error


def changed(theirs: Stdio, ours: Http, write: Write, left: Twin, right: Twin) -> Iterator[Difference]:
    """The answers about both twins, and what MLflow says of them afterwards."""
    same = names(left, right)
    one, other = (
        outcome(theirs, write.tool, write.arguments(left)),
        outcome(ours, write.tool, write.arguments(right)),
    )
    if not isinstance(one, Failed):
        one = without(renamed(one, same), UNEQUAL)
    yield from differences(write.tool, write.case, one, other)
    expected, state = without(renamed(write.state(left), same), UNEQUAL), without(write.state(right), UNEQUAL)
    for path, a, b in missing(expected, state):
        yield Difference(write.tool, write.case, f"MLflow: {path}", a, b)


def differences(tool: str, case: str, theirs: Any, ours: Any) -> Iterator[Difference]:
    if isinstance(theirs, Failed) or isinstance(ours, Failed):
        if not (isinstance(theirs, Failed) and isinstance(ours, Failed)):
            texts = (str(one) if isinstance(one, Failed) else one for one in (theirs, ours))
            yield Difference(tool, case, ERROR, *texts)
        return
    # A list, a text or nothing is in `result`; an object's members are there as they are.
    mine = ours if isinstance(theirs, dict) and "result" not in ours else ours.get("result", ABSENT)
    for path, a, b in missing(theirs, mine):
        yield Difference(tool, case, path, a, b)


def report(found: list[Difference], cases: dict[str, int], theirs: list[str], ours: list[str]) -> int:
    unexplained = [one for one in found if not any(defect.covers(one) for defect in DEFECTS)]
    stale = [defect for defect in DEFECTS if not any(defect.covers(one) for one in found)]
    untried = sorted(set(theirs) - set(cases))
    absent = sorted(set(theirs) - set(ours))
    for difference in unexplained:
        print(f"differs: {difference}", file=sys.stderr)
    for defect in stale:
        print(
            f"no longer differs: {defect.tool} ({defect.case}) {defect.path}: {defect.reason}",
            file=sys.stderr,
        )
    for name in untried:
        print(f"not compared: {name}", file=sys.stderr)
    for name in absent:
        print(f"not in ours: {name}", file=sys.stderr)
    summary = {
        "tools": len(theirs),
        "compared": len(theirs) - len(untried),
        "cases": sum(cases.values()),
        "differences_by_design": len(found) - len(unexplained),
        "reasons": len(DEFECTS),
    }
    print(json.dumps(summary))
    return 1 if unexplained or stale or untried or absent else 0


if __name__ == "__main__":
    sys.exit(main())
