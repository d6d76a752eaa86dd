"""Ask a server everything that the last client of the official SDK's first line can ask.

Needs the environment of `clients1.txt`. Prints one JSON object of answers; exits 1 with one line on failure.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client
from mcp.types import PromptReference, TextContent, TextResourceContents
from pydantic import AnyUrl

from checks import expect, run
from tours import Json, Questions, questions

READ_TIMEOUT = timedelta(seconds=120)


@asynccontextmanager
async def session(asked: Questions) -> AsyncGenerator[ClientSession]:
    """A session over the transport that was asked for, before its handshake."""
    if asked.program:
        program = StdioServerParameters(command=asked.program[0], args=asked.program[1:])
        async with (
            stdio_client(program) as (reader, writer),
            ClientSession(reader, writer, read_timeout_seconds=READ_TIMEOUT) as client,
        ):
            yield client
    else:
        async with (
            streamablehttp_client(asked.url) as (reader, writer, _),
            ClientSession(reader, writer, read_timeout_seconds=READ_TIMEOUT) as client,
        ):
            yield client


async def tour(asked: Questions) -> Json:
    expect(asked.mode == "legacy", f"this client knows only the handshake, not {asked.mode!r}")
    async with session(asked) as client:
        opened = await client.initialize()
        tools = await client.list_tools()
        result = await client.call_tool(asked.tool, asked.arguments)
        expect(not result.isError, f"{asked.tool} failed: {result.content}")
        contents = [
            content
            for uri in asked.resources
            for content in (await client.read_resource(AnyUrl(uri))).contents
        ]
        prompt = await client.get_prompt(asked.prompt, asked.prompt_arguments)
        completed = await client.complete(
            PromptReference(type="ref/prompt", name=asked.completed_prompt),
            asked.completed_argument,
            asked.completion_context,
        )
        return {
            "protocol_version": opened.protocolVersion,
            "tools": [tool.name for tool in tools.tools],
            "result": result.structuredContent,
            "resources": [str(resource.uri) for resource in (await client.list_resources()).resources],
            "templates": [
                template.uriTemplate
                for template in (await client.list_resource_templates()).resourceTemplates
            ],
            "contents": [content.text for content in contents if isinstance(content, TextResourceContents)],
            "prompts": [listed.name for listed in (await client.list_prompts()).prompts],
            "prompt": [
                message.content.text
                for message in prompt.messages
                if isinstance(message.content, TextContent)
            ],
            "completion": completed.completion.values,
        }


if __name__ == "__main__":
    # The SDK's newest release renamed this function; the clients in the field still call the old name.
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    asked = questions(__doc__)
    sys.exit(run(asked.url or asked.program[0], tour(asked)))
