"""What an answer of MLflow's own server says, fact by fact, and whether one of ours says so, too."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from checks import expect
from peer.servers import Failed, Json, Stdio

Fact = tuple[str, Any]

# What says no more than that there is nothing, or that MLflow wrote it.
NOTHING = (None, "", "MLFLOW_EXPERIMENT", "JSON_FORMAT")


def text(server: Stdio, tool: str, arguments: Json) -> str:
    result = server.ask("tools/call", {"name": tool, "arguments": arguments})
    said = " ".join(block["text"] for block in result["content"])
    if result.get("isError"):
        raise Failed(said)
    return said


def told(tool: str, theirs: Any, ours: Any, elsewhere: Mapping[str, str]) -> int:
    """Every value of theirs stands somewhere in ours; `elsewhere`: of which names it need not, and why."""
    known = {value for _, value in facts(ours)}
    count = 0
    for name, value in facts(theirs):
        if name not in elsewhere and value not in NOTHING:
            expect(value in known, f"{tool} tells {name} = {value!r}, and ours does not")
            count += 1
    return count


def told_by_name(tool: str, theirs: Any, ours: Any, elsewhere: Mapping[str, str]) -> int:
    """The same where ours uses the same names."""
    known = set(facts(ours))
    count = 0
    for name, value in facts(theirs):
        if name not in elsewhere and value not in NOTHING:
            expect((name, value) in known, f"{tool} tells {name} = {value!r}, and ours does not")
            count += 1
    return count


def facts(value: Any) -> Iterator[Fact]:
    for name, scalar in leaves(value):
        yield name, plain(scalar)


def plain(value: Any) -> Any:
    """Numbers are numbers, however they are written, and true is not 1."""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and math.isnan(value):
        return "NaN"
    return float(value) if isinstance(value, int | float) else value


def leaves(value: Any, name: str = "") -> Iterator[Fact]:
    """Every scalar, JSON in text taken apart, ids as MLflow shows them."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, key)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner, name)
    elif isinstance(value, str):
        yield from _text(value, name)
    else:
        yield name, value


def _text(value: str, name: str) -> Iterator[Fact]:
    if name in ("span_id", "parent_span_id", "trace_id") and value.endswith("="):
        raw = base64.b64decode(value).hex()
        # OTLP's id of a trace is MLflow's without tr-.
        yield name, raw if len(raw) == 16 else f"tr-{raw}"
    elif name == "code":
        yield name, value.removeprefix("STATUS_CODE_")
    else:
        try:
            parsed = json.loads(value)
        except ValueError:
            parsed = None
        if isinstance(parsed, str) or parsed is None:
            yield name, parsed or value
        else:
            yield from leaves(parsed, name)


def rows(table: str) -> list[tuple[str, ...]]:
    """The cells of a table in text, whose second line, if any, has as many dashes as each column is wide."""
    _, *lines = table.split("\n")
    at, places = 0, []
    for width in map(len, lines.pop(0).split() if lines else ()):
        places.append(slice(at, at + width))
        at += width + 2
    return [tuple(line[place].strip() for place in places) for line in lines]
