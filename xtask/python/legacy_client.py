"""Open, list and call with the last client of the official SDK's first line: it knows only the handshake.

Needs the environment of `clients1.txt`. Prints one JSON summary; exits 1 with one line when a check fails.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from datetime import timedelta
from typing import Any

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from checks import HANDSHAKE, expect, run

READ_TIMEOUT = timedelta(seconds=120)


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a running server with a client of the first line.")
    parser.add_argument("--url", required=True, help="the MCP endpoint, e.g. http://127.0.0.1:3000/mcp")
    # The SDK's newest release renamed this function; the clients in the field still call the old name.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    url = parser.parse_args().url
    return run(url, session(url))


async def session(url: str) -> dict[str, Any]:
    async with (
        streamablehttp_client(url) as (reader, writer, _),
        ClientSession(reader, writer, read_timeout_seconds=READ_TIMEOUT) as client,
    ):
        opened = await client.initialize()
        version = str(opened.protocolVersion)
        expect(version in HANDSHAKE, f"initialize ended in {version!r}")
        tools = [tool.name for tool in (await client.list_tools()).tools]
        expect("get_experiments" in tools, f"tools/list lacks get_experiments; it has {', '.join(tools)}")
        answer = await client.call_tool("get_experiments", {})
        expect(not answer.isError, f"get_experiments failed: {answer.content}")
        experiments = (answer.structuredContent or {}).get("result")
        expect(experiments, f"get_experiments answered {answer.structuredContent!r:.200}")
        return {
            "protocol_version": version,
            "server": opened.serverInfo.name,
            "tools": len(tools),
            "experiments": len(experiments or []),
        }


if __name__ == "__main__":
    sys.exit(main())
