// Asks a server everything that the official TypeScript client of the current line can ask.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

import { questions, tour } from "../tours.mjs";

const asked = questions();
const mode = ["auto", "legacy"].includes(asked.mode) ? asked.mode : { pin: asked.mode };
const client = new Client({ name: "tour", version: "1.0.0" }, { versionNegotiation: { mode } });
await client.connect(new StreamableHTTPClientTransport(new URL(asked.url)));
await tour(client, client.getNegotiatedProtocolVersion(), asked);
