import assert from "node:assert/strict";
import { afterEach, before, beforeEach, describe, it } from "node:test";
import { type AuthenticatorMaker, foundMaker } from "../../../test/server/authenticator-maker.ts";
import {
  ADA,
  ANY,
  type CeremonyBench,
  NOW,
  ORIGIN,
  openCeremonyBench,
  PARTY,
  withCode,
} from "../../../test/server/ceremony-bench.ts";
import { type SoftwareAuthenticator, softwareAuthenticator } from "../../../test/server/software-authenticator.ts";
import type { AttestationPolicy } from "./attestation.ts";
import { passkeysOf } from "./passkey.ts";
import { beginRegistration } from "./register-passkey.ts";

const MODEL = "11111111-2222-3333-4444-555555555555";
const OTHER_MODEL = "99999999-2222-3333-4444-555555555555";

let maker: AuthenticatorMaker;
let impostor: AuthenticatorMaker;
before(async () => {
  maker = await foundMaker("Honest Keys");
  impostor = await foundMaker("Honest Keys");
});

let bench: CeremonyBench;
beforeEach(async () => {
  bench = await openCeremonyBench();
});
afterEach(() => bench.close());

describe("a policy of attested models", () => {
  const policy = (): AttestationPolicy => ({
    trusted: [{ aaguids: new Set([MODEL]), authorities: [maker.root], anchors: [] }],
    required: true,
    advice: null,
  });

  for (const [what, certified] of [
    ["of a listed model whose maker vouches for it", MODEL],
    ["whose certificate is bound to no model", null],
  ] as const) {
    it(`takes a key ${what}`, async () => {
      const vouching = await maker.vouchFor(certified);
      const passkey = await bench.register(softwareAuthenticator(ORIGIN, { vouching, aaguid: MODEL }), { policy: policy() });
      assert.deepEqual([passkey.level, passkey.aaguid], ["attested", MODEL]);
    });
  }

  it("asks the browser for the statement only where it decides something", async () => {
    const asked = await bench.committed((unit) => beginRegistration({ party: PARTY, policy: policy(), now: NOW }, ADA, unit));
    const free = await bench.committed((unit) => beginRegistration({ party: PARTY, policy: ANY, now: NOW }, ADA, unit));
    assert.deepEqual([asked.options.attestation, free.options.attestation], ["direct", "none"]);
  });

  const REFUSED: Readonly<Record<string, () => Promise<SoftwareAuthenticator>>> = {
    "that says nothing of itself": async () => softwareAuthenticator(ORIGIN, { aaguid: MODEL }),
    "that vouches for itself": async () => softwareAuthenticator(ORIGIN, { vouching: { kind: "self" }, aaguid: MODEL }),
    "of a maker that only has the same name": async () =>
      softwareAuthenticator(ORIGIN, { vouching: await impostor.vouchFor(MODEL), aaguid: MODEL }),
    "of a maker that brings its own root": async () => {
      const vouching = await impostor.vouchFor(MODEL);
      if (vouching.kind !== "maker") throw new Error("a maker vouches");
      return softwareAuthenticator(ORIGIN, { vouching: { ...vouching, between: [impostor.root.raw] }, aaguid: MODEL });
    },
    "of a model that is not listed": async () =>
      softwareAuthenticator(ORIGIN, { vouching: await maker.vouchFor(OTHER_MODEL), aaguid: OTHER_MODEL }),
  };
  for (const [name, make] of Object.entries(REFUSED)) {
    it(`refuses a key ${name}`, async () => {
      await assert.rejects(bench.register(await make(), { policy: policy() }), withCode("PASSKEY_REFUSED"));
      assert.deepEqual(await passkeysOf(bench.database, ADA.id), []);
      const free = await bench.register(await make(), { policy: { ...policy(), required: false } });
      assert.equal(free.level, "device-bound");
    });
  }

  it("refuses a key that names a listed model with the certificate of another", async () => {
    const vouching = await maker.vouchFor(OTHER_MODEL);
    await assert.rejects(
      bench.register(softwareAuthenticator(ORIGIN, { vouching, aaguid: MODEL }), { policy: policy() }),
      withCode("PASSKEY_REFUSED"),
    );
  });

  it("refuses a statement whose signature is wrong, whatever the policy is", async () => {
    const vouching = await maker.vouchFor(MODEL);
    const authenticator = softwareAuthenticator(ORIGIN, { vouching, aaguid: MODEL });
    await assert.rejects(bench.register(authenticator, { twist: { forged: true } }), withCode("PASSKEY_REFUSED"));
  });
});
