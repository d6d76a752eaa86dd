"""Have the official client ask a person before a tool runs, and try to get around the person.

Needs the environment of `clients.txt`. `answer` calls one tool with a person who does as told; `tamper` asks
about one call and brings the approval of it back with something else. Prints one JSON object; exits 1 with
one line on failure.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any, Literal

import httpx2
from mcp import Client, MCPError
from mcp.client import ClientRequestContext
from mcp.client.streamable_http import streamable_http_client
from mcp.types import (
    CallToolResult,
    ElicitRequestParams,
    ElicitResult,
    InputRequiredResult,
    InputResponses,
    TextContent,
)

from checks import expect, run

READ_TIMEOUT_SECONDS = 120

Json = dict[str, Any]
Action = Literal["accept", "decline", "cancel"]


class Person:
    """Does as told, and remembers what there was to read."""

    def __init__(self, action: Action) -> None:
        self.action = action
        self.read: list[str] = []

    async def answer(self, context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        self.read.append(params.message)
        return answered(self.action)


def answered(action: Action) -> ElicitResult:
    return ElicitResult(action=action, content={"approve": True} if action == "accept" else None)


@asynccontextmanager
async def connected(url: str, mode: str, token: str, person: Person | None) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx2.AsyncClient(headers=headers, timeout=READ_TIMEOUT_SECONDS) as http:
        transport = streamable_http_client(url, http_client=http)
        callback = person.answer if person else None
        async with Client(transport, mode=mode, elicitation_callback=callback) as client:
            yield client


async def outcome(call: Awaitable[CallToolResult | InputRequiredResult]) -> Json:
    """What came of a call: `done`, `failed` or `asked`, and in which words."""
    try:
        result = await call
    except MCPError as error:
        return {"came": "failed", "text": error.error.message, "code": error.error.code}
    if isinstance(result, InputRequiredResult):
        return {"came": "asked", "text": ""}
    text = " ".join(block.text for block in result.content if isinstance(block, TextContent))
    return {"came": "failed" if result.is_error else "done", "text": text}


async def answer(options: argparse.Namespace) -> Json:
    person = None if options.person == "nobody" else Person(options.person)
    async with connected(options.url, options.mode, options.token, person) as client:
        came = await outcome(client.call_tool(options.tool, options.arguments))
    return {**came, "read": person.read if person else []}


async def tamper(options: argparse.Namespace) -> Json:
    """Brings an approval back with something else, then as it was, then once more.

    The plan has `tool` and `arguments`, the `token` of another caller, and `attempts` by name: each says what
    is different, of `tool`, `arguments`, `state`, `alter` (one character of the state) and `another_caller`.
    """
    plan: Json = options.plan
    person = Person("accept")
    came: Json = {}
    async with (
        connected(options.url, options.mode, options.token, person) as client,
        connected(options.url, options.mode, plan["token"], person) as another,
    ):
        asked = await client.session.call_tool(plan["tool"], plan["arguments"], allow_input_required=True)
        expect(isinstance(asked, InputRequiredResult), f"nobody was asked: {asked}")
        assert isinstance(asked, InputRequiredResult)
        expect(asked.input_requests, "there is a state and no question")
        responses: InputResponses = {name: answered("accept") for name in asked.input_requests or {}}
        kept = asked.request_state or ""

        async def attempt(changes: Json) -> Json:
            caller = another if changes.get("another_caller") else client
            state: str = changes.get("state", kept)
            return await outcome(
                caller.session.call_tool(
                    str(changes.get("tool", plan["tool"])),
                    changes.get("arguments", plan["arguments"]),
                    input_responses=responses,
                    request_state=altered(state) if changes.get("alter") else state,
                    allow_input_required=True,
                )
            )

        for name, changes in plan["attempts"].items():
            came[name] = await attempt(changes)
        came["as it was"] = await attempt({})
        came["once more"] = await attempt({})
    return came


def altered(state: str) -> str:
    """The state with one character of its end changed."""
    return state[:-2] + ("A" if state[-2] != "A" else "B") + state[-1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="the MCP endpoint, e.g. http://127.0.0.1:3000/mcp")
    parser.add_argument("--mode", default="auto", help="how to open: auto, legacy, or a protocol revision")
    parser.add_argument("--token", default="", help="the caller's bearer token")
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("answer", help="call one tool")
    one.add_argument("--person", required=True, choices=["accept", "decline", "cancel", "nobody"])
    one.add_argument("tool")
    one.add_argument("arguments", type=json.loads, help="as JSON")
    one.set_defaults(script=answer)
    many = commands.add_parser("tamper", help="approve one call and bring the approval back with others")
    many.add_argument("plan", type=json.loads, help="as JSON")
    many.set_defaults(script=tamper)
    options = parser.parse_args()
    return run(options.url, options.script(options))


if __name__ == "__main__":
    sys.exit(main())
