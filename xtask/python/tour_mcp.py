"""Ask a server everything that the official client of the current line can ask.

Needs the environment of `clients.txt`. Prints one JSON object of answers; exits 1 with one line on failure.
"""

from __future__ import annotations

import sys

from mcp import Client, StdioServerParameters
from mcp.types import PromptReference, TextContent, TextResourceContents

from checks import expect, run
from tours import Json, Questions, questions

READ_TIMEOUT_SECONDS = 120


async def tour(asked: Questions) -> Json:
    program = asked.program and StdioServerParameters(command=asked.program[0], args=asked.program[1:])
    server = program or asked.url
    async with Client(server, mode=asked.mode, read_timeout_seconds=READ_TIMEOUT_SECONDS) as client:
        tools = await client.list_tools()
        result = await client.call_tool(asked.tool, asked.arguments)
        expect(not result.is_error, f"{asked.tool} failed: {result.content}")
        contents = [
            content for uri in asked.resources for content in (await client.read_resource(uri)).contents
        ]
        prompt = await client.get_prompt(asked.prompt, asked.prompt_arguments)
        completed = await client.complete(
            PromptReference(name=asked.completed_prompt),
            asked.completed_argument,
            asked.completion_context,
        )
        return {
            "protocol_version": client.protocol_version,
            "tools": [tool.name for tool in tools.tools],
            "result": result.structured_content,
            "resources": [str(resource.uri) for resource in (await client.list_resources()).resources],
            "templates": [
                template.uri_template
                for template in (await client.list_resource_templates()).resource_templates
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
    asked = questions(__doc__)
    sys.exit(run(asked.url or asked.program[0], tour(asked)))
