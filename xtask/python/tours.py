"""What the client scripts share: each asks a server the same questions in its own client's way.

The questions come as JSON, the answers go out as JSON; `host-test/tests/e2e/clients` writes the ones and
judges the others, so that every client is judged alike.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Questions:
    # The endpoint, or else the program that serves over standard input and output, with its arguments.
    url: str
    program: list[str]
    # How to open: auto, legacy, or a protocol revision.
    mode: str
    tool: str
    arguments: Json
    # The URIs to read.
    resources: list[str]
    prompt: str
    prompt_arguments: dict[str, str]
    # One argument of a prompt, with the others as context.
    completed_prompt: str
    completed_argument: dict[str, str]
    completion_context: dict[str, str]


def questions(description: str | None) -> Questions:
    parser = argparse.ArgumentParser(description=description)
    server = parser.add_mutually_exclusive_group(required=True)
    server.add_argument("--url", default="", help="the MCP endpoint, e.g. http://127.0.0.1:3000/mcp")
    server.add_argument(
        "--program", type=json.loads, default=[], help="what to start, as a JSON list, and speak to by stdio"
    )
    parser.add_argument("--mode", required=True, help="how to open: auto, legacy, or a protocol revision")
    parser.add_argument("questions", type=json.loads, help="what to call, read, get and complete, as JSON")
    options = parser.parse_args()
    return Questions(options.url, options.program, options.mode, **options.questions)
