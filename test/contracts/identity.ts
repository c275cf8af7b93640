import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { decodeProtectedHeader, type JWTVerifyGetKey, jwtVerify } from "jose";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import type { Assertion, AssertionRequest, Identity } from "../../src/core/identity.ts";
import type { EpochSeconds } from "../../src/core/time.ts";

/** What the suite needs of a kind that answers with JWTs. */
export interface IdentityBench {
  readonly identity: Identity;
  /** What it can answer; the suite changes the audience. */
  readonly request: AssertionRequest;
  /** What it cannot answer, and how it says so. */
  readonly refused: readonly { readonly request: AssertionRequest; readonly code: FaultCode }[];
  /** The time by which it dates. */
  readonly now: EpochSeconds;
  /** The keys as a verifier gets them. */
  readonly keys: JWTVerifyGetKey;
}

/** What every identity must do that answers with a JWT, whoever signs it. `jose` is the verifier. */
export function identityContract(name: string, makeBench: () => Promise<IdentityBench>): void {
  const verify = async ({ keys, now }: IdentityBench, assertion: Assertion) =>
    jwtVerify((await assertion.value).reveal(), keys, { audience: assertion.audience, currentDate: new Date(now * 1000) });

  describe(`identity contract: ${name}`, () => {
    it("answers for exactly the audience that was asked for, by an algorithm that was asked for", async () => {
      const bench = await makeBench();
      for (const audience of ["sts.amazonaws.com", "api://AzureADTokenExchange", "https://app.example.com/?a=b c", "Grüße"]) {
        const assertion = await bench.identity.assert({ ...bench.request, audience });
        assert.equal(assertion.form, "jwt");
        assert.equal(assertion.audience, audience);
        const { payload } = await verify(bench, assertion);
        assert.equal(payload.aud, audience);
        assert.ok(payload["azp"] === undefined || payload["azp"] === audience);
        const { alg } = decodeProtectedHeader((await assertion.value).reveal());
        assert.ok(bench.request.algorithms.some((algorithm) => algorithm === alg));
      }
    });

    it("says when the assertion ends, and it has begun and not ended", async () => {
      const bench = await makeBench();
      const assertion = await bench.identity.assert(bench.request);
      const { payload } = await verify(bench, assertion);
      assert.equal(assertion.expiresAt, payload.exp);
      assert.ok(assertion.expiresAt > bench.now);
      assert.ok(Number.isInteger(payload.iat) && (payload.iat ?? Number.NaN) <= bench.now);
      const brief = await bench.identity.assert({ ...bench.request, maxAgeSeconds: 60 });
      assert.ok(brief.expiresAt <= bench.now + 60);
    });

    it("describes who the assertion then speaks of", async () => {
      const bench = await makeBench();
      const { issuer, subject, summary } = await bench.identity.describe();
      const { payload } = await verify(bench, await bench.identity.assert(bench.request));
      assert.ok(issuer === null || issuer === payload.iss);
      assert.ok(subject === null || subject === payload.sub);
      assert.notEqual(summary, "");
    });

    it("answers several at once, each with its own", async () => {
      const bench = await makeBench();
      const audiences = ["a", "b", "c", "d"];
      const assertions = await Promise.all(audiences.map((audience) => bench.identity.assert({ ...bench.request, audience })));
      const claims = await Promise.all(assertions.map(async (assertion) => (await verify(bench, assertion)).payload));
      assert.deepEqual(
        claims.map(({ aud }) => aud),
        audiences,
      );
      assert.equal(new Set(claims.map(({ jti }) => jti)).size, audiences.length);
    });

    it("shows no assertion, however it is printed", async () => {
      const bench = await makeBench();
      const assertion = await bench.identity.assert(bench.request);
      const [, , signature = ""] = (await assertion.value).reveal().split(".");
      assert.ok(signature.length > 40);
      for (const printed of [
        inspect(assertion, { depth: 9, showHidden: true }),
        JSON.stringify(assertion),
        `${await assertion.value}`,
      ]) {
        assert.ok(!printed.includes(signature));
      }
    });

    it("says what it cannot answer", async () => {
      const bench = await makeBench();
      assert.ok(bench.refused.length > 0);
      for (const { request, code } of bench.refused) {
        await assert.rejects(bench.identity.assert(request), (cause) => cause instanceof Fault && cause.code === code, code);
      }
    });
  });
}
