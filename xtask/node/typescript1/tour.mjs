// Asks a server everything that the last client of the official TypeScript SDK's first line can ask.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

import { questions, tour } from "../tours.mjs";

const asked = questions();
if (asked.mode !== "legacy") throw new Error(`this client knows only the handshake, not ${asked.mode}`);
const client = new Client({ name: "tour", version: "1.0.0" });
const transport = new StreamableHTTPClientTransport(new URL(asked.url));
await client.connect(transport);
await tour(client, transport.protocolVersion, asked);
