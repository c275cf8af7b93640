import assert from "node:assert/strict";
import { test } from "node:test";
import type { Http, HttpResponse } from "../core/http.ts";
import { chooseWay } from "./choose-way.ts";
import type { Provider } from "./provider.ts";

const PROVIDER: Provider = {
  identity: "work",
  issuer: "https://id.example",
  clientId: "brevet",
  scopes: ["openid"],
  authorizationParameters: {},
  redirect: { host: "127.0.0.1", ports: [], path: "/callback" },
};
const METADATA = {
  issuer: PROVIDER.issuer,
  device_authorization_endpoint: `${PROVIDER.issuer}/device`,
  token_endpoint: `${PROVIDER.issuer}/token`,
};

test("a person on a machine without a screen is told what to type for another way, whatever they typed", async () => {
  const document: HttpResponse = { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(METADATA) };
  const http: Http = async () => document;
  const chosen = await chooseWay({
    provider: PROVIDER,
    way: null,
    noScreen: "this machine has no screen",
    terminal: { hasPerson: true },
    http: async () => http,
    clock: { now: () => 1_900_000_000, offsetSeconds: 0 },
    documents: { get: async () => document },
    random: () => new Uint8Array(32),
  });
  assert.equal(chosen.way, "device");
  assert.match(chosen.why ?? "", /`brevet login work --way paste`/);
});
