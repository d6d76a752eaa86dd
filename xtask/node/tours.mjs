// What the client scripts share: both lines of the official SDK ask in the same words once they are connected.
//
// The questions come as JSON, the answers go out as JSON; `host-test/tests/e2e/clients` writes the ones and judges
// the others, so that every client is judged alike.

/** What to ask: `--url URL --mode MODE JSON`, as the Python scripts take it. */
export function questions() {
  const [, , , url, , mode, json] = process.argv;
  return { url, mode, ...JSON.parse(json) };
}

/** Asks everything and prints the answers as one JSON object. */
export async function tour(client, protocolVersion, asked) {
  const { tools } = await client.listTools();
  const result = await client.callTool({ name: asked.tool, arguments: asked.arguments });
  if (result.isError) throw new Error(`${asked.tool} failed: ${JSON.stringify(result.content)}`);
  const { resources } = await client.listResources();
  const { resourceTemplates } = await client.listResourceTemplates();
  const contents = [];
  for (const uri of asked.resources) contents.push(...(await client.readResource({ uri })).contents);
  const { prompts } = await client.listPrompts();
  const prompt = await client.getPrompt({ name: asked.prompt, arguments: asked.prompt_arguments });
  const { completion } = await client.complete({
    ref: { type: "ref/prompt", name: asked.completed_prompt },
    argument: asked.completed_argument,
    context: { arguments: asked.completion_context },
  });
  const answers = {
    protocol_version: protocolVersion,
    tools: tools.map((tool) => tool.name),
    result: result.structuredContent,
    resources: resources.map((resource) => resource.uri),
    templates: resourceTemplates.map((template) => template.uriTemplate),
    contents: contents.map((content) => content.text),
    prompts: prompts.map((listed) => listed.name),
    prompt: prompt.messages.map((message) => message.content.text),
    completion: completion.values,
  };
  console.log(JSON.stringify(answers));
  await client.close();
}
