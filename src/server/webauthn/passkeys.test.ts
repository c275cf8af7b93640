import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import {
  ADA,
  ANY,
  type CeremonyBench,
  HERE,
  NOW,
  ORIGIN,
  openCeremonyBench,
  PARTY,
  withCode,
} from "../../../test/server/ceremony-bench.ts";
import { softwareAuthenticator, type Twist } from "../../../test/server/software-authenticator.ts";
import { Fault } from "../../core/fault.ts";
import type { Unit } from "../store/unit.ts";
import { passkeysOf } from "./passkey.ts";
import { beginRegistration, finishRegistration } from "./register-passkey.ts";
import { beginSignIn, finishSignIn } from "./sign-in.ts";

const EVE = { id: "p-eve", email: "eve@example.com", name: "Eve" };

let bench: CeremonyBench;
beforeEach(async () => {
  bench = await openCeremonyBench();
});
afterEach(() => bench.close());

/** What the audit log has of sign-ins that a registered key did not open. */
async function refusals(): Promise<readonly unknown[]> {
  const rows = await bench.database.read("SELECT body FROM audit_row WHERE name = 'sign-in.refused'", []);
  return rows.map(({ body }) => {
    const { actor, address, details } = JSON.parse(String(body));
    return { actor, address, details };
  });
}

describe("a passkey", () => {
  it("is registered, and signs its person in without being named", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    const passkey = await bench.register(authenticator);
    assert.equal(passkey.level, "device-bound");
    assert.equal((await bench.signIn(authenticator)).person, ADA.id);
    assert.equal((await bench.signIn(authenticator)).person, ADA.id);
    assert.deepEqual(
      (await passkeysOf(bench.database, ADA.id)).map(({ counter, usedAt }) => ({ counter, usedAt })),
      [{ counter: 2, usedAt: NOW }],
    );
  });

  it("is asked for as the kind that needs no name and verifies its person", async () => {
    const { options } = await bench.committed((unit) => beginRegistration({ party: PARTY, policy: ANY, now: NOW }, ADA, unit));
    assert.deepEqual(options.authenticatorSelection, {
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    });
    assert.equal(options.rp.id, "id.example.com");
    const { options: request } = await bench.committed((unit) => beginSignIn(PARTY, null, unit, NOW));
    assert.equal(request.userVerification, "required");
    assert.deepEqual(request.allowCredentials ?? [], []);
  });

  it("is not registered twice", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    await bench.register(authenticator);
    await assert.rejects(bench.register(authenticator), /InvalidStateError/);
  });

  it("is not taken from one person by another who replays its registration", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    const first = await bench.committed((unit) => beginRegistration({ party: PARTY, policy: ANY, now: NOW }, ADA, unit));
    const answer = await authenticator.create(first.options);
    const finish = { party: PARTY, policy: ANY, name: "key", now: NOW };
    await bench.committed((unit) => finishRegistration(finish, { handle: first.handle, answer }, unit));
    const second = await bench.committed((unit) => beginRegistration({ party: PARTY, policy: ANY, now: NOW }, EVE, unit));
    await assert.rejects(
      bench.committed((unit) => finishRegistration(finish, { handle: second.handle, answer }, unit)),
      withCode("PASSKEY_REFUSED"),
    );
    assert.deepEqual(await passkeysOf(bench.database, EVE.id), []);
  });

  const REGISTRATIONS: Readonly<Record<string, Twist>> = {
    "of a page elsewhere": { origin: "https://id.example.com.evil.example" },
    "for another relying party": { rpId: "evil.example" },
    "to another challenge": { challenge: Buffer.alloc(32, 7).toString("base64url") },
    "that is a sign-in": { type: "webauthn.get" },
    "without the person verified": { userVerified: false },
  };
  for (const [name, twist] of Object.entries(REGISTRATIONS)) {
    it(`is not registered by an answer ${name}`, async () => {
      await assert.rejects(bench.register(softwareAuthenticator(ORIGIN), { twist }), withCode("PASSKEY_REFUSED"));
      assert.deepEqual(await passkeysOf(bench.database, ADA.id), []);
    });
  }

  const SIGN_INS: Readonly<Record<string, Twist>> = {
    ...REGISTRATIONS,
    "that is a sign-in": { type: "webauthn.create" },
    "with a wrong signature": { forged: true },
    "that names another person": { userHandle: Buffer.from(EVE.id).toString("base64url") },
  };
  for (const [name, twist] of Object.entries(SIGN_INS)) {
    it(`signs nobody in by an answer ${name === "that is a sign-in" ? "that is a registration" : name}`, async () => {
      const authenticator = softwareAuthenticator(ORIGIN);
      await bench.register(authenticator);
      await assert.rejects(bench.signIn(authenticator, twist), withCode("PASSKEY_REFUSED"));
    });
  }

  it("that is unknown is refused like a wrong one", async () => {
    const known = softwareAuthenticator(ORIGIN);
    await bench.register(known);
    const wrong = await bench.signIn(known, { forged: true }).catch((cause: Fault) => cause);
    const stranger = softwareAuthenticator(ORIGIN);
    const { options } = await bench.committed((unit) => beginRegistration({ party: PARTY, policy: ANY, now: NOW }, EVE, unit));
    await stranger.create(options);
    const unknown = await bench.signIn(stranger).catch((cause: Fault) => cause);
    assert.ok(wrong instanceof Fault && unknown instanceof Fault);
    assert.deepEqual([wrong.code, wrong.message, wrong.hints], [unknown.code, unknown.message, unknown.hints]);
  });

  it("that was copied is found out by its counter, and nobody is signed in", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    const { id } = await bench.register(authenticator);
    await bench.signIn(authenticator);
    const copy = authenticator.copy();
    await bench.signIn(authenticator);
    await assert.rejects(bench.signIn(copy.copy(), { forged: true }), withCode("PASSKEY_REFUSED"));
    assert.deepEqual(await refusals(), []);
    await assert.rejects(bench.signIn(copy), withCode("PASSKEY_COPIED"));
    assert.deepEqual(await refusals(), [{ actor: ADA.id, address: HERE.address, details: { passkey: id, reason: "copied" } }]);
    assert.equal((await bench.signIn(authenticator)).person, ADA.id);
  });

  it("confirms nothing of another person by an attempt that was its own person's", async () => {
    const eve = softwareAuthenticator(ORIGIN);
    await bench.register(eve, { person: EVE });
    const { handle, options } = await bench.committed((unit) => beginSignIn(PARTY, EVE.id, unit, NOW));
    await assert.rejects(
      bench.committed((unit) => finishSignIn(PARTY, ADA.id, { handle, answer: eve.get(options) }, unit, HERE)),
      withCode("PASSKEY_REFUSED"),
    );
  });

  it("of another person confirms nothing", async () => {
    const [ada, eve] = [softwareAuthenticator(ORIGIN), softwareAuthenticator(ORIGIN)];
    await bench.register(ada);
    await bench.register(eve, { person: EVE });
    const { handle, options } = await bench.committed((unit) => beginSignIn(PARTY, ADA.id, unit, NOW));
    const answer = eve.get({ ...options, allowCredentials: [] });
    await assert.rejects(
      bench.committed((unit) => finishSignIn(PARTY, ADA.id, { handle, answer }, unit, HERE)),
      withCode("PASSKEY_REFUSED"),
    );
  });
});

describe("a passkey that its maker may copy", () => {
  it("counts for less than one that stays on its device", async () => {
    assert.equal((await bench.register(softwareAuthenticator(ORIGIN), { twist: { synced: true } })).level, "passkey");
  });
});

describe("a challenge", () => {
  it("is good for one answer, also when two race", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    await bench.register(authenticator);
    const { handle, options } = await bench.committed((unit) => beginSignIn(PARTY, null, unit, NOW));
    const answer = authenticator.get(options);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => bench.committed((unit) => finishSignIn(PARTY, null, { handle, answer }, unit, HERE))),
    );
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") assert.ok(withCode("CEREMONY_ENDED")(outcome.reason));
    }
  });

  it("is spent by a wrong answer", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    await bench.register(authenticator);
    const { handle, options } = await bench.committed((unit) => beginSignIn(PARTY, null, unit, NOW));
    const answer = (twist: Twist) => (unit: Unit) =>
      finishSignIn(PARTY, null, { handle, answer: authenticator.get(options, twist) }, unit, HERE);
    await assert.rejects(bench.committed(answer({ forged: true })), withCode("PASSKEY_REFUSED"));
    await assert.rejects(bench.committed(answer({})), withCode("CEREMONY_ENDED"));
  });

  it("is good for five minutes, and for what it was made for", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    await bench.register(authenticator);
    await assert.rejects(bench.register(softwareAuthenticator(ORIGIN), { now: NOW + 300 }), withCode("CEREMONY_ENDED"));
    const { handle, options } = await bench.committed((unit) => beginSignIn(PARTY, ADA.id, unit, NOW));
    await assert.rejects(
      bench.committed((unit) => finishSignIn(PARTY, null, { handle, answer: authenticator.get(options) }, unit, HERE)),
      withCode("CEREMONY_ENDED"),
    );
  });

  for (const answer of [null, 7, "x", [], {}, { id: "x" }, { id: "x", response: {} }, { id: 7, response: null }]) {
    it(`is answered with ${JSON.stringify(answer)} in vain`, async () => {
      const begun = await bench.committed((unit) => beginSignIn(PARTY, null, unit, NOW));
      await assert.rejects(
        bench.committed((unit) => finishSignIn(PARTY, null, { handle: begun.handle, answer }, unit, HERE)),
        withCode("PASSKEY_REFUSED"),
      );
      const registration = await bench.committed((unit) => beginRegistration({ party: PARTY, policy: ANY, now: NOW }, ADA, unit));
      await assert.rejects(
        bench.committed((unit) =>
          finishRegistration({ party: PARTY, policy: ANY, name: "key", now: NOW }, { handle: registration.handle, answer }, unit),
        ),
        withCode("PASSKEY_REFUSED"),
      );
    });
  }
});
