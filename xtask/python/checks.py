"""What the client scripts share: a failed check is one clear line on stderr and exit status 1."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Coroutine
from typing import Any

# Protocol revisions that open with the initialize handshake.
HANDSHAKE = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")


class CheckFailed(Exception):
    """What was expected of the server, and what it answered."""


def expect(condition: object, message: str) -> None:
    if not condition:
        raise CheckFailed(message)


def run(url: str, script: Coroutine[Any, Any, dict[str, Any]]) -> int:
    """Run a script against `url`, print its summary as one JSON object; return the process's exit status."""
    try:
        summary = asyncio.run(script)
    except Exception as error:  # the clients wrap failures in exception groups; any kind ends the script
        cause = _first_cause(error)
        print(f"{url}: {_line(cause)}", file=sys.stderr)
        return 1
    print(json.dumps(summary, ensure_ascii=True))
    return 0


def _first_cause(error: BaseException) -> BaseException:
    """Exception groups nest one per task group; the line that helps is the innermost one."""
    inner = getattr(error, "exceptions", ())
    return _first_cause(inner[0]) if inner else error


def _line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or "no message"
    return text if isinstance(error, CheckFailed) else f"{type(error).__name__}: {text}"
