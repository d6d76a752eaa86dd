// An authorization server on a free loopback port: prints its URL, and runs until its input ends.
//
// For every resource that a client names (RFC 8707) it makes JSON Web Tokens with that audience, signed with RS256. Without a
// resource they are opaque, and it says of each whether it is good (RFC 7662) until it is revoked (RFC 7009). The client
// `agent` may have all scopes, `reader` only one.

import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";

import Provider, { errors } from "oidc-provider";

const SCOPES = { agent: "mlflow:read mlflow:write mlflow:delete", reader: "mlflow:read" };

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const client = (client_id) => ({
  client_id,
  client_secret: "the secret of a test",
  grant_types: ["client_credentials"],
  redirect_uris: [],
  response_types: [],
  scope: SCOPES[client_id],
});

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const provider = new Provider(issuer, {
  clients: Object.keys(SCOPES).map(client),
  scopes: SCOPES.agent.split(" "),
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "of-today" }] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    // Of tokens for no resource, which are opaque.
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, resource) => {
        if (!/^http:\/\/127\.0\.0\.1:\d+\//.test(resource)) throw new errors.InvalidTarget();
        return { audience: resource, scope: SCOPES.agent, accessTokenFormat: "jwt", jwt: { sign: { alg: "RS256" } } };
      },
    },
  },
});

server.on("request", provider.callback());
console.log(issuer);
process.stdin.resume().on("end", () => process.exit(0));
