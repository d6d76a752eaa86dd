"""Ask a server everything that FastMCP's client can ask.

Needs the environment of `clients.txt`. Prints one JSON object of answers; exits 1 with one line on failure.
"""

from __future__ import annotations

import sys

from fastmcp import Client
from mcp.types import PromptReference, TextContent, TextResourceContents

from checks import run
from tours import Json, Questions, questions

TIMEOUT_SECONDS = 120


async def tour(asked: Questions) -> Json:
    async with Client(asked.url, mode=asked.mode, timeout=TIMEOUT_SECONDS) as client:
        tools = await client.list_tools()
        # A result that says `isError` is an exception here.
        result = await client.call_tool(asked.tool, asked.arguments)
        contents = [content for uri in asked.resources for content in await client.read_resource(uri)]
        prompt = await client.get_prompt(asked.prompt, asked.prompt_arguments)
        completed = await client.complete(
            PromptReference(type="ref/prompt", name=asked.completed_prompt),
            asked.completed_argument,
            asked.completion_context,
        )
        return {
            "protocol_version": client.protocol_version,
            "tools": [tool.name for tool in tools],
            "result": result.structured_content,
            "resources": [str(resource.uri) for resource in await client.list_resources()],
            "templates": [template.uri_template for template in await client.list_resource_templates()],
            "contents": [content.text for content in contents if isinstance(content, TextResourceContents)],
            "prompts": [listed.name for listed in await client.list_prompts()],
            "prompt": [
                message.content.text
                for message in prompt.messages
                if isinstance(message.content, TextContent)
            ],
            "completion": completed.values,
        }


if __name__ == "__main__":
    asked = questions(__doc__)
    sys.exit(run(asked.url, tour(asked)))
