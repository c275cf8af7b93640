import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NOW, signedIn, tokensOf } from "../../../test/providers/signed-in.ts";
import { Fault } from "../../core/fault.ts";
import type { AssertionRequest } from "../../core/identity.ts";
import { Secret } from "../../core/secret.ts";
import type { TokenWish } from "../../core/session.ts";
import type { TokenExchangeWish } from "../../core/token-exchange.ts";
import { serverIdentity } from "./identity.ts";

const URL = "https://id.example.com";
const REQUEST: AssertionRequest = { audience: "sts.amazonaws.com", form: "jwt", algorithms: ["ES256", "RS256"] };

/** @param refusals by the access token that the server refuses. */
function person(refusals: Readonly<Record<string, Fault>> = {}, renewed?: (wish: TokenWish) => ReturnType<typeof tokensOf>) {
  const { session, wishes } = signedIn(
    {},
    (wish) => (wishes.length === 1 ? tokensOf("access-1") : renewed?.(wish)) ?? tokensOf("?"),
  );
  const exchanged: TokenExchangeWish[] = [];
  const identity = serverIdentity({
    name: "work",
    url: URL,
    session,
    clock: { now: () => NOW },
    async exchange(wish) {
      exchanged.push(wish);
      const refusal = refusals[wish.subjectToken.reveal()];
      if (refusal !== undefined) throw refusal;
      const claims = Buffer.from(JSON.stringify({ sub: "ann@example.com" })).toString("base64url");
      const header = Buffer.from(JSON.stringify({ alg: "ES256" })).toString("base64url");
      return { value: new Secret("token", `${header}.${claims}.AA`), expiresInSeconds: 60 };
    },
  });
  return { identity, wishes, exchanged };
}

const refusedFor = (details: Fault["details"]): Fault => new Fault("TOKEN_EXCHANGE_REFUSED", "no", { details });

describe("the token of a person at a login server", () => {
  it("is asked for with the algorithms and the role that the cloud takes, and ends when the server says", async () => {
    const { identity, exchanged } = person();
    const { value: _, ...assertion } = await identity.assert({ ...REQUEST, forRole: "arn:aws:iam::123456789012:role/dev" });
    assert.deepEqual(assertion, { form: "jwt", audience: REQUEST.audience, expiresAt: NOW + 60, subject: "ann@example.com" });
    const parameters = { requested_signing_alg: "ES256 RS256", resource: "arn:aws:iam::123456789012:role/dev" };
    assert.deepEqual(exchanged[0]?.parameters, parameters);
  });

  it("is for the server's own address where nobody chose an audience", async () => {
    const { identity } = person();
    assert.equal((await identity.assert({ ...REQUEST, audienceIsDefault: true })).audience, URL);
  });

  it("is asked for once more with another access token when the server refuses the one that is kept", async () => {
    const { identity, wishes, exchanged } = person({ "access-1": refusedFor({ providerCode: "invalid_grant" }) }, () =>
      tokensOf("access-2"),
    );
    await identity.assert(REQUEST);
    assert.equal(wishes[1]?.refused?.reveal(), "access-1");
    assert.deepEqual(
      exchanged.map(({ subjectToken }) => subjectToken.reveal()),
      ["access-1", "access-2"],
    );
  });

  it("is asked for once more after a new sign-in when a rule wants one", async () => {
    const { identity, wishes } = person({ "access-1": refusedFor({ lacking: "fresh" }) }, () => tokensOf("access-2"));
    await identity.assert(REQUEST);
    assert.equal(wishes[1]?.signedInAfter, NOW);
  });

  it("stays refused, for the server's reason, when nobody can sign in anew", async () => {
    const nobody = (): never => {
      throw new Fault("PERSON_ABSENT", "nobody is there");
    };
    const { identity } = person({ "access-1": refusedFor({ lacking: "fresh" }) }, nobody);
    await assert.rejects(identity.assert(REQUEST), { code: "TOKEN_EXCHANGE_REFUSED" });
  });

  it("is not asked for again when the server refuses what is asked for", async () => {
    const { identity, exchanged } = person({ "access-1": refusedFor({ providerCode: "invalid_target" }) });
    await assert.rejects(identity.assert(REQUEST), { code: "TOKEN_EXCHANGE_REFUSED" });
    assert.equal(exchanged.length, 1);
  });

  const unanswerable = [
    ["a SAML assertion", { ...REQUEST, form: "saml" }],
    ["session tags", { ...REQUEST, tags: { principal: { team: "a" }, transitive: [] } }],
    ["a source identity", { ...REQUEST, sourceIdentity: "ann" }],
  ] as const;
  for (const [what, request] of unanswerable) {
    it(`cannot be or have ${what}, and nobody is asked to sign in for it`, async () => {
      const { identity, wishes } = person();
      await assert.rejects(identity.assert(request), { code: "ASSERTION_UNSUPPORTED" });
      assert.deepEqual(wishes, []);
    });
  }
});
