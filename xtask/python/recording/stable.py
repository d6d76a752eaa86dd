"""Makes two recordings of one sample equal: replaces the ids and times that a server invents."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence

from .exchange import Json

# 5 January 2026, 09:00 UTC: the sample's own day 0.
CLOCK_MS = 1_767_603_600_000
_CLOCK_KEYS = (
    "create_time|created_time|creation_time|creation_timestamp|creation_timestamp_ms|"
    "last_update_time|last_updated_timestamp|last_updated_timestamp_ms"
)
_CLOCK = re.compile(rf'(\\?"(?:{_CLOCK_KEYS})\\?": )\d{{13}}')
_DIGEST = re.compile(r'("digest": ")[0-9a-f]{8}(", "created_time")')  # of an evaluation dataset: random
_OTHER_IDS = re.compile(r"\b(a|d|dr)-[0-9a-f]{32}\b")  # assessments, evaluation datasets and their records
_UUIDS = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")  # scorers, jobs, webhooks
_INSTANTS = re.compile(
    r'(\\?"(?:create_time|last_update_time)\\?": \\?")[0-9T:-]{19}\.\d+Z'
)  # not the sample's


def stable(fixture: Json, ids: Sequence[str]) -> Json:
    """The same fixture with stable ids and creation times; lengths do not change."""
    text = json.dumps(fixture, ensure_ascii=False)
    for position, identifier in enumerate(ids):
        text = text.replace(identifier, _digits(f"id/{position}"))
    text = _CLOCK.sub(rf"\g<1>{CLOCK_MS}", text)
    text = _DIGEST.sub(r"\g<1>00000000\g<2>", text)
    others: dict[str, str] = {}

    def replaced(match: re.Match[str]) -> str:
        """By order of appearance, so that two ids stay two."""
        number = len(others)
        return others.setdefault(match[0], f"{match[1]}-{_digits(f'other/{number}')}")

    def number(match: re.Match[str]) -> str:
        digits = _digits(f"other/{len(others)}")
        parts = digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]
        return others.setdefault(match[0], "-".join(parts))

    text = _UUIDS.sub(number, _OTHER_IDS.sub(replaced, _INSTANTS.sub(r"\g<1>2026-01-05T09:00:00.000Z", text)))
    return _ordered(json.loads(text))


def _ordered(value: Json) -> Json:
    """A trace's tags and metadata come in whatever order the database found them."""
    for key, item in value.items():
        if isinstance(item, dict):
            value[key] = dict(sorted(item.items())) if key in ("tags", "trace_metadata") else _ordered(item)
        elif isinstance(item, list):
            value[key] = [_ordered(entry) if isinstance(entry, dict) else entry for entry in item]
    return value


def _digits(label: str) -> str:
    return hashlib.sha256(label.encode()).hexdigest()[:32]
