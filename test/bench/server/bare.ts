import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { calculateJwkThumbprint } from "jose";
import { errors, type KoaContextWithOIDC, Provider } from "oidc-provider";
import validateDpop, { checkDpopReplay } from "oidc-provider/lib/helpers/validate_dpop.js";
import { announce, CLIENT, COMMAND_LINE } from "./subject.ts";

/* oidc-provider by itself: its in-memory adapter, nothing recorded, and the least that can be called a token exchange. */
const server = createServer();
await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
const url = `http://localhost:${(server.address() as AddressInfo).port}`;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const provider = new Provider(url, {
  clients: [CLIENT, COMMAND_LINE].map((client) => ({
    ...client,
    redirect_uris: [...client.redirect_uris],
    grant_types: [...client.grant_types],
    response_types: ["code"],
    id_token_signed_response_alg: "ES256",
  })),
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig" }] },
  routes: { token: "/oauth/token", jwks: "/.well-known/jwks.json" },
  features: { devInteractions: { enabled: false } },
  ttl: { AccessToken: 3600, Grant: 3600 },
  findAccount: async (_context, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
});
provider.registerGrantType(
  "urn:ietf:params:oauth:grant-type:token-exchange",
  async (context: KoaContextWithOIDC) => {
    const proof = await validateDpop(provider, context);
    const token = await provider.AccessToken.find(String(context.oidc.params?.["subject_token"]));
    if (token === undefined || token.jkt !== proof?.thumbprint) throw new errors.InvalidGrant("no");
    await checkDpopReplay(provider, context, proof, context.oidc.client?.clientId ?? "");
    const grant = await provider.Grant.find(token.grantId ?? "");
    if (grant === undefined || token.accountId === undefined) throw new errors.InvalidGrant("no");
    const idToken = new provider.IdToken({ sub: token.accountId }, { ctx: context });
    idToken.set("aud", String(context.oidc.params?.["audience"]));
    context.body = {
      access_token: await idToken.issue({ use: "idtoken" }),
      issued_token_type: "urn:ietf:params:oauth:token-type:id_token",
      token_type: "N_A",
      expires_in: 300,
    };
  },
  ["audience", "resource", "subject_token", "subject_token_type"],
);
server.on("request", provider.callback());

const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
const { d: _, ...publicJwk } = key;
async function token(clientId: string, jkt?: string): Promise<string> {
  const client = (await provider.Client.find(clientId)) ?? assert.fail("the client is not there");
  const grantId = await new provider.Grant({ accountId: "p1", clientId }).save();
  const facts = { accountId: "p1", client, grantId, gty: "authorization_code", scope: "openid", claims: {} };
  const made = new provider.AccessToken(facts as never);
  if (jkt !== undefined) made.jkt = jkt;
  return made.save();
}
await announce({
  url,
  bearer: await token(CLIENT.client_id),
  bound: await token(COMMAND_LINE.client_id, await calculateJwkThumbprint(publicJwk as never)),
  key,
  close: () => new Promise((closed) => server.close(() => closed())),
});
