import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { Http } from "../../src/core/http.ts";
import { placeIn } from "../../src/core/place.ts";
import { Secret } from "../../src/core/secret.ts";
import { gcpExchange } from "../../src/exchanges/gcp/gcp-exchange.ts";
import { parseGcpOptions } from "../../src/exchanges/gcp/options.ts";
import { NO_PAUSES } from "../no-pauses.ts";

const NOW = 1_800_000_000;
/** Tokens that nothing but their value gives away. */
const PROOF = "opaque proof of who";
const FEDERATED = "opaque-federated";
const PROVIDER = "projects/123456789012/locations/global/workloadIdentityPools/pool/providers/provider";

/** Redeems a proof at a Google that answers so, first STS and then the IAM Credentials API. @returns also what each was asked. */
async function redeem(block: object, answers: readonly { readonly status: number; readonly body: object }[]) {
  const asked: { readonly authorization: string | undefined; readonly body: string }[] = [];
  const http: Http = async ({ headers, body }) => {
    const { status, body: answer } = answers[asked.length] ?? assert.fail("it was asked once more");
    asked.push({ authorization: headers?.["authorization"], body: String(body) });
    return { status, headers: {}, body: JSON.stringify(answer) };
  };
  const exchange = gcpExchange({
    options: parseGcpOptions({ provider: PROVIDER, ...block }, placeIn(null, "profiles.dev.gcp")),
    ...{ http, tempo: NO_PAUSES, environment: {} },
    clock: { now: () => NOW, offsetSeconds: 0, learn: () => {} },
  });
  const value = Promise.resolve(new Secret("assertion", PROOF));
  const assertion = { form: "jwt", value, audience: "a", expiresAt: NOW + 300 } as const;
  const outcome = await exchange.redeem({ kind: "assertion", assertion, identity: "laptop" }).then(
    (credentials) => credentials,
    (cause: unknown) => (cause instanceof Fault ? cause : assert.fail(String(cause))),
  );
  return { outcome, asked };
}

const given = { access_token: FEDERATED, expires_in: 3600 };
const account = { serviceAccount: "deploy@example-project.iam.gserviceaccount.com" };

describe("a call that redeems a proof", () => {
  test("takes a result with the status of one alone, and a refusal with that of a refusal", async () => {
    for (const [status, body, code] of [
      [201, given, "RESPONSE_INVALID"],
      [302, given, "RESPONSE_INVALID"],
      [400, given, "RESPONSE_INVALID"],
      [200, { error: "invalid_grant" }, "RESPONSE_INVALID"],
      [302, { error: "invalid_grant" }, "RESPONSE_INVALID"],
      [400, { error: "invalid_grant" }, "EXCHANGE_REFUSED"],
    ] as const) {
      const { outcome } = await redeem({}, [{ status, body }]);
      assert.ok(outcome instanceof Fault, `${status}`);
      assert.equal(outcome.code, code, `${status}`);
    }
  });

  test("repeats in no refusal what it sent, whatever that looks like", async () => {
    for (const status of [400, 503]) {
      const error_description = `no: ${PROOF}, ${encodeURIComponent(PROOF)}`;
      const refused = { status, body: { error: "invalid_grant", error_description } };
      const first = await redeem({}, [refused, refused, refused]);
      const denied = { status, body: { error: { status: "PERMISSION_DENIED", message: `no: ${FEDERATED}` } } };
      const second = await redeem(account, [{ status: 200, body: given }, denied, denied, denied]);
      for (const { outcome } of [first, second]) {
        assert.ok(outcome instanceof Fault);
        assert.equal(outcome.code, status === 400 ? "EXCHANGE_REFUSED" : "EXCHANGE_UNAVAILABLE");
        assert.doesNotMatch(JSON.stringify([outcome.message, outcome.hints, outcome.details]), /opaque/);
      }
    }
  });

  test("asks for the scopes of the profile at the end of the way, and before a service account for what impersonates it", async () => {
    const scopes = ["https://www.googleapis.com/auth/devstorage.read_only"];
    const direct = await redeem({ scopes }, [{ status: 200, body: given }]);
    assert.deepEqual(new URLSearchParams(direct.asked[0]?.body).get("scope"), scopes[0]);
    const { outcome, asked } = await redeem({ scopes, ...account }, [
      { status: 200, body: given },
      { status: 200, body: { accessToken: "ya29.token", expireTime: "2027-01-15T09:00:00Z" } },
    ]);
    assert.ok(!(outcome instanceof Fault) && outcome.kind === "gcp", String(outcome));
    assert.equal(new URLSearchParams(asked[0]?.body).get("scope"), "https://www.googleapis.com/auth/cloud-platform");
    assert.equal(asked[1]?.authorization, `Bearer ${FEDERATED}`);
    assert.deepEqual(JSON.parse(asked[1]?.body ?? ""), { scope: scopes, lifetime: "3600s" });
  });
});
