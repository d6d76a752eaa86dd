"""Find out where the server's tokens come from, get one, and call with it, as the official client does.

Needs the environment of `clients.txt`. Prints one JSON object; exits 1 with one line on failure.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from mcp import Client
from mcp.client.auth import TokenStorage
from mcp.client.auth.extensions.client_credentials import ClientCredentialsOAuthProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken
from mcp.types import TextContent

from checks import expect, run

Json = dict[str, Any]


class Memory(TokenStorage):
    """Keeps the token for as long as the script runs."""

    def __init__(self, tokens: OAuthToken | None) -> None:
        self.tokens = tokens
        self.client: OAuthClientInformationFull | None = None

    async def get_tokens(self) -> OAuthToken | None:
        return self.tokens

    async def set_tokens(self, tokens: OAuthToken) -> None:
        self.tokens = tokens

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        return self.client

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        self.client = client_info


async def authorized(options: argparse.Namespace) -> Json:
    narrow = options.narrow and OAuthToken(access_token=options.narrow, scope="mlflow:read")
    memory = Memory(narrow)
    provider = ClientCredentialsOAuthProvider(
        server_url=options.url,
        storage=memory,
        client_id=options.client,
        client_secret=options.secret,
        issuer=options.issuer,
    )
    async with create_mcp_http_client(auth=provider) as http:
        transport = streamable_http_client(options.url, http_client=http)
        async with Client(transport, mode=options.mode) as client:
            tools = await client.list_tools()
            result = await client.call_tool("get_experiments", {})
            expect(not result.is_error, f"get_experiments failed: {result.content}")
            expect(memory.tokens is not None, "the server was used without a token")
            tagged = await client.call_tool("set_run_tag", {"run_id": "0" * 32, "key": "k", "value": "v"})
            return {
                "protocol_version": client.protocol_version,
                "tools": [tool.name for tool in tools.tools],
                "result": result.structured_content,
                "tagged": [content.text for content in tagged.content if isinstance(content, TextContent)],
                "scope": memory.tokens.scope if memory.tokens else None,
            }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="the MCP endpoint, e.g. http://127.0.0.1:3000/mcp")
    parser.add_argument("--mode", required=True, help="how to open: auto, legacy, or a protocol revision")
    parser.add_argument("--issuer", required=True, help="the authorization server that knows the client")
    parser.add_argument("--client", required=True, help="the client's id")
    parser.add_argument("--secret", required=True, help="the client's secret")
    parser.add_argument("--narrow", default="", help="a token that only reads, to begin with")
    options = parser.parse_args()
    sys.exit(run(options.url, authorized(options)))
