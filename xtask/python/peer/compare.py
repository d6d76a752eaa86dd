"""What of one answer is missing in another, and the same answer about a twin under other names."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True)
class Difference:
    """A value of theirs that ours does not have."""

    tool: str
    case: str
    path: str
    theirs: Any
    ours: Any

    def __str__(self) -> str:
        return f"{self.tool} ({self.case}) {self.path or '.'}: {short(self.theirs)} is {short(self.ours)}"


@dataclass(frozen=True)
class Defect:
    """Where ours differs on purpose: a pattern of tool, case and path, and the reason."""

    tool: str
    case: str
    path: str
    reason: str

    def covers(self, difference: Difference) -> bool:
        pairs = ((difference.tool, self.tool), (difference.case, self.case), (difference.path, self.path))
        return all(fnmatchcase(value, pattern) for value, pattern in pairs)


ABSENT = "absent"


def missing(theirs: Any, ours: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Every key and value of theirs must be there in ours; ours may have more keys, but no more rows."""
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key, value in theirs.items():
            place = f"{path}.{key}" if path else key
            if key in ours:
                yield from missing(value, ours[key], place)
            else:
                yield place, value, ABSENT
    elif isinstance(theirs, list) and isinstance(ours, list):
        if len(theirs) != len(ours):
            yield f"{path}.length", len(theirs), len(ours)
            return
        for index, (one, other) in enumerate(zip(theirs, ours, strict=False)):
            yield from missing(one, other, f"{path}[{index}]")
    elif not same(theirs, ours):
        yield path, theirs, ours


def same(theirs: Any, ours: Any) -> bool:
    # They write a bare NaN, which is no JSON, or null; ours is the word that MLflow itself uses.
    if theirs is None or (isinstance(theirs, float) and math.isnan(theirs)):
        return ours in (None, "NaN")
    return type(theirs) is type(ours) and theirs == ours or numbers(theirs, ours)


def numbers(theirs: Any, ours: Any) -> bool:
    kinds = (int, float)
    return type(theirs) in kinds and type(ours) in kinds and theirs == ours


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """The same with other names and ids, so that what became of two twins can be compared."""
    text = json.dumps(value)
    for name, other in names.items():
        text = text.replace(name, other)
    return json.loads(text)


def without(value: Any, keys: frozenset[str]) -> Any:
    """Without members that differ between any two calls, such as times."""
    if isinstance(value, dict):
        return {key: without(member, keys) for key, member in value.items() if key not in keys}
    if isinstance(value, list):
        return [without(item, keys) for item in value]
    return value


def short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= 120 else f"{text[:120]}..."
