import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NOW, signedIn } from "../../../test/providers/signed-in.ts";
import type { AssertionRequest } from "../../core/identity.ts";
import { placeIn } from "../../core/place.ts";
import type { IdToken } from "../../core/session.ts";
import { oidcIdentity } from "./identity.ts";
import { parseOidcOptions } from "./options.ts";

const REQUEST: AssertionRequest = { audience: "cli", form: "jwt", algorithms: ["ES256", "RS256"] };

function person(idToken: Partial<IdToken> = {}) {
  const { session, wishes } = signedIn(idToken);
  const warnings: string[] = [];
  const options = parseOidcOptions({ issuer: "https://id.example", clientId: "cli" }, placeIn(null, "identities.work"));
  const identity = oidcIdentity({
    name: "work",
    options,
    session,
    exchange: () => assert.fail("an ID token is not exchanged"),
    clock: { now: () => NOW },
    warn: (line) => warnings.push(line),
  });
  return { identity, wishes, warnings };
}

describe("the ID token of a person", () => {
  it("is handed on as it is, for the client as audience", async () => {
    const { identity, warnings } = person();
    for (const request of [REQUEST, { ...REQUEST, audience: "sts.amazonaws.com", audienceIsDefault: true } as const]) {
      const { value, ...assertion } = await identity.assert(request);
      assert.deepEqual(assertion, { form: "jwt", audience: "cli", expiresAt: NOW + 300, subject: "ann" });
      assert.equal((await value).reveal(), "id");
    }
    assert.deepEqual(warnings, []);
  });

  it("is handed on with a warning where it names another party, whom AWS takes for the audience", async () => {
    const { identity, warnings } = person({ claims: { azp: "other" } });
    await identity.assert(REQUEST);
    assert.equal(warnings.length, 1);
    const same = person({ claims: { azp: "cli" } });
    await same.identity.assert(REQUEST);
    assert.deepEqual(same.warnings, []);
  });

  it("is refused when the audience takes no such signature", async () => {
    await assert.rejects(person({ algorithm: "PS256" }).identity.assert(REQUEST), { code: "ALGORITHM_UNSUPPORTED" });
    await assert.rejects(person().identity.assert({ ...REQUEST, algorithms: ["ES256"] }), { code: "ALGORITHM_UNSUPPORTED" });
  });

  const unanswerable = [
    ["another audience", { ...REQUEST, audience: "other" }, "AUDIENCE_INVALID"],
    ["session tags", { ...REQUEST, tags: { principal: { team: "a" }, transitive: [] } }, "ASSERTION_UNSUPPORTED"],
    ["a source identity", { ...REQUEST, sourceIdentity: "ann" }, "ASSERTION_UNSUPPORTED"],
  ] as const;
  for (const [what, request, code] of unanswerable) {
    it(`cannot have ${what}, and nobody is asked to sign in for it`, async () => {
      const { identity, wishes } = person();
      await assert.rejects(identity.assert(request), { code });
      assert.deepEqual(wishes, []);
    });
  }
});
