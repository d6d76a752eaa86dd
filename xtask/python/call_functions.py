"""List the tools of a host that makes one of every function of a component, and call some of them.

Needs the environment of `clients.txt`. Prints one JSON object; exits 1 with one line on failure.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.types import TextContent, Tool

from checks import CheckFailed, expect, run

Json = dict[str, Any]
READ_TIMEOUT_SECONDS = 120
LOADING_SECONDS = 60


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    server = parser.add_mutually_exclusive_group(required=True)
    server.add_argument("--url", default="", help="the MCP endpoint")
    server.add_argument(
        "--program", type=json.loads, default={}, help="command, args and env of a server, as JSON"
    )
    parser.add_argument("--mode", required=True, help="how to open: auto, legacy, or a protocol revision")
    parser.add_argument("calls", type=json.loads, help="pairs of a tool and its arguments, as JSON")
    asked = parser.parse_args()
    program = asked.program and StdioServerParameters(**asked.program)
    return run(asked.url or program.command, answers(program or asked.url, asked.mode, asked.calls))


async def answers(server: str | StdioServerParameters, mode: str, calls: list[tuple[str, Json]]) -> Json:
    async with Client(server, mode=mode, read_timeout_seconds=READ_TIMEOUT_SECONDS) as client:
        tools = await listed(client)
        answered = []
        for name, arguments in calls:
            expect(name in tools, f"there is no tool {name}")
            answered.append(await answer(client, tools[name], arguments))
        # Every argument has to be there: what a caller would leave out is null.
        bare = await client.call_tool(calls[0][0], calls[0][1])
        return {
            "protocol_version": client.protocol_version,
            "tools": {name: tool.description for name, tool in tools.items()},
            "answers": answered,
            "left_out": [content.text for content in bare.content if isinstance(content, TextContent)],
        }


async def listed(client: Client) -> dict[str, Tool]:
    """The tools by name. The host loads components after it has opened, so at first there may be none."""
    for _ in range(LOADING_SECONDS * 10):
        if tools := (await client.list_tools(cache_mode="bypass")).tools:
            return {tool.name: tool for tool in tools}
        await asyncio.sleep(0.1)
    raise CheckFailed(f"no tools after {LOADING_SECONDS} s")


async def answer(client: Client, tool: Tool, arguments: Json) -> Json:
    absent = dict.fromkeys(tool.input_schema["required"])
    result = await client.call_tool(tool.name, {**absent, **arguments})
    expect(not result.is_error, f"{tool.name} failed: {result.content}")
    content = result.structured_content or {}
    return dict(content["result"])


if __name__ == "__main__":
    sys.exit(main())
