import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NO_PAUSES } from "../../../test/no-pauses.ts";
import { Fault } from "../../core/fault.ts";
import type { Http } from "../../core/http.ts";
import { isJsonObject, parseJsonObject } from "../../core/json-object.ts";
import { Secret } from "../../core/secret.ts";
import { heldToken } from "../../platform/cloud-admin/admin-token.ts";
import { gcpPublisher } from "./publisher.ts";

const PROVIDER = "projects/123456789012/locations/global/workloadIdentityPools/pool/providers/provider";
const KEY = {
  kty: "EC",
  crv: "P-256",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
  kid: "one",
  alg: "ES256",
  use: "sig",
};

/** Google with that provider, and the keys that it was given. */
function google(found: Readonly<Record<string, unknown>> | null) {
  const given: unknown[] = [];
  let oidc: Readonly<Record<string, unknown>> = isJsonObject(found?.["oidc"]) ? found["oidc"] : {};
  const http: Http = async ({ method, body }) => {
    if (found === null) return { status: 404, headers: {}, body: "{}" };
    if (method === "GET") return { status: 200, headers: {}, body: JSON.stringify({ ...found, name: PROVIDER, oidc }) };
    const changed = parseJsonObject(String(body))?.["oidc"];
    oidc = { ...oidc, ...(isJsonObject(changed) ? changed : {}) };
    given.push(JSON.parse(String(oidc["jwksJson"])));
    return { status: 200, headers: {}, body: '{"done":true}' };
  };
  const token = heldToken(async () => ({ secret: new Secret("token", "an administrator's"), renewal: "sign in" }));
  return { given, publisher: gcpPublisher(PROVIDER, { http, environment: {}, token, tempo: NO_PAUSES }) };
}

const jwks = (...keys: readonly object[]): string => JSON.stringify({ keys });
const document = (body: string) => ({ path: "keys.json", body, contentType: "application/json", cacheControl: "" });
const issuerUri = "https://id.example.com/laptop";

describe("the keys that are uploaded to a provider", () => {
  it("are written only over what was read", async () => {
    const { given, publisher } = google({ oidc: { issuerUri, jwksJson: jwks(KEY) } });
    const present = (await publisher.read("keys.json")) ?? assert.fail("there are keys");
    for (const expected of [null, "another"]) {
      await assert.rejects(publisher.replace(document(jwks(KEY)), expected), { code: "PUBLISH_CONFLICT" });
    }
    assert.deepEqual(given, []);
    await publisher.replace(document(jwks({ ...KEY, kid: "two" })), present.version);
    assert.equal(given.length, 1);
    await assert.rejects(publisher.replace(document(jwks(KEY)), present.version), { code: "PUBLISH_CONFLICT" });
  });

  it("are never none, for which Google would fetch them; and the one that stands for none is read as none", async () => {
    const { given, publisher } = google({ oidc: { issuerUri, jwksJson: jwks(KEY) } });
    const present = (await publisher.read("keys.json")) ?? assert.fail("there are keys");
    await publisher.replace(document(jwks()), present.version);
    const [written] = given as readonly { readonly keys: readonly { readonly kid: string }[] }[];
    assert.equal(written?.keys.length, 1);
    assert.notEqual(written?.keys[0]?.kid, KEY.kid);
    assert.equal((await publisher.read("keys.json"))?.body, jwks());
  });

  it("are none at a provider that was deleted, that is not there, or that has none", async () => {
    for (const found of [null, { state: "DELETED", oidc: { issuerUri, jwksJson: jwks(KEY) } }, { oidc: {} }, {}]) {
      const { publisher } = google(found);
      assert.equal(await publisher.read("keys.json"), null);
      assert.equal(await publisher.read(".well-known/openid-configuration"), null);
    }
  });

  it("belong to the issuer of the provider, and to no other", async () => {
    const { given, publisher } = google({ oidc: { issuerUri, jwksJson: jwks(KEY) } });
    const discovery = (await publisher.read(".well-known/openid-configuration")) ?? assert.fail("it has an issuer");
    const saying = (issuer: string) => ({
      ...document(discovery.body.replaceAll(issuerUri, issuer)),
      path: ".well-known/openid-configuration",
    });
    await publisher.replace(saying(issuerUri), discovery.version);
    await assert.rejects(
      publisher.replace(saying("https://id.example.com/moved"), discovery.version),
      (cause) => cause instanceof Fault && cause.code === "ISSUER_MISMATCH" && /setup gcp/.test(cause.hints.join()),
    );
    assert.deepEqual(given, []);
  });
});
