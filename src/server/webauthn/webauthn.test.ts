import "reflect-metadata";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { type AuthenticatorMaker, foundMaker } from "../../../test/server/authenticator-maker.ts";
import { type SoftwareAuthenticator, softwareAuthenticator, type Twist } from "../../../test/server/software-authenticator.ts";
import { Fault } from "../../core/fault.ts";
import { openLedger } from "../audit/ledger.ts";
import { groupCommitter } from "../store/committer.ts";
import type { Database } from "../store/database.ts";
import { migrate } from "../store/migrations.ts";
import { openDatabase } from "../store/open-database.ts";
import { openUnit, type Unit } from "../store/unit.ts";
import type { AttestationPolicy } from "./attestation.ts";
import { type Passkey, passkeysOf } from "./passkey.ts";
import { beginRegistration, finishRegistration } from "./register-passkey.ts";
import { relyingPartyOf } from "./relying-party.ts";
import { beginSignIn, finishSignIn } from "./sign-in.ts";

const ORIGIN = "https://id.example.com";
const PARTY = relyingPartyOf(ORIGIN, "Example");
const NOW = 1_800_000_000;
const ADA = { id: "p-ada", email: "ada@example.com", name: "Ada" };
const EVE = { id: "p-eve", email: "eve@example.com", name: "Eve" };
const MODEL = "11111111-2222-3333-4444-555555555555";
const OTHER_MODEL = "99999999-2222-3333-4444-555555555555";
const ANY: AttestationPolicy = { trusted: [], required: false };

let folder: string;
let database: Database;
let newUnit: () => Unit;
let maker: AuthenticatorMaker;
let impostor: AuthenticatorMaker;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "brevet-webauthn-"));
  maker = await foundMaker("Honest Keys");
  impostor = await foundMaker("Honest Keys");
});

beforeEach(async () => {
  await database?.close();
  database = await openDatabase({ kind: "sqlite", file: join(mkdtempSync(join(folder, "db-")), "brevet.sqlite") });
  await migrate(database);
  const { commit } = groupCommitter(
    database,
    openLedger("test", () => NOW),
  );
  newUnit = () => openUnit(database, commit);
});

after(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

async function committed<T>(work: (unit: Unit) => Promise<T>): Promise<T> {
  const unit = newUnit();
  const result = await work(unit);
  await unit.commit();
  return result;
}

async function register(
  authenticator: SoftwareAuthenticator,
  {
    person = ADA,
    policy = ANY,
    twist,
    now = NOW,
  }: { person?: typeof ADA; policy?: AttestationPolicy; twist?: Twist; now?: number } = {},
): Promise<Passkey> {
  const { handle, options } = await committed((unit) => beginRegistration(PARTY, person, policy, unit, NOW));
  const answer = await authenticator.create(options, twist);
  return committed((unit) => finishRegistration({ party: PARTY, policy, name: "key", now }, handle, answer, unit));
}

async function signIn(authenticator: SoftwareAuthenticator, twist?: Twist): Promise<Passkey> {
  const { handle, options } = await committed((unit) => beginSignIn(PARTY, null, unit, NOW));
  return committed((unit) => finishSignIn(PARTY, "sign-in", handle, authenticator.get(options, twist), unit, NOW));
}

const withCode = (code: string) => (cause: unknown) => cause instanceof Fault && cause.code === code;

describe("a passkey", () => {
  it("is registered, and signs its person in without being named", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    const passkey = await register(authenticator);
    assert.equal(passkey.level, "device-bound");
    assert.equal((await signIn(authenticator)).person, ADA.id);
    assert.equal((await signIn(authenticator)).person, ADA.id);
    assert.deepEqual(
      (await passkeysOf(database, ADA.id)).map(({ counter, usedAt }) => ({ counter, usedAt })),
      [{ counter: 2, usedAt: NOW }],
    );
  });

  it("is asked for as the kind that needs no name and verifies its person", async () => {
    const { options } = await committed((unit) => beginRegistration(PARTY, ADA, ANY, unit, NOW));
    assert.deepEqual(options.authenticatorSelection, {
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    });
    assert.equal(options.rp.id, "id.example.com");
    const { options: request } = await committed((unit) => beginSignIn(PARTY, null, unit, NOW));
    assert.equal(request.userVerification, "required");
    assert.deepEqual(request.allowCredentials ?? [], []);
  });

  it("is not registered twice", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    await register(authenticator);
    await assert.rejects(register(authenticator), /InvalidStateError/);
  });

  it("is not taken from one person by another who replays its registration", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    const first = await committed((unit) => beginRegistration(PARTY, ADA, ANY, unit, NOW));
    const answer = await authenticator.create(first.options);
    const finish = { party: PARTY, policy: ANY, name: "key", now: NOW };
    await committed((unit) => finishRegistration(finish, first.handle, answer, unit));
    const second = await committed((unit) => beginRegistration(PARTY, EVE, ANY, unit, NOW));
    await assert.rejects(
      committed((unit) => finishRegistration(finish, second.handle, answer, unit)),
      withCode("PASSKEY_REFUSED"),
    );
    assert.deepEqual(await passkeysOf(database, EVE.id), []);
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
      await assert.rejects(register(softwareAuthenticator(ORIGIN), { twist }), withCode("PASSKEY_REFUSED"));
      assert.deepEqual(await passkeysOf(database, ADA.id), []);
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
      await register(authenticator);
      await assert.rejects(signIn(authenticator, twist), withCode("PASSKEY_REFUSED"));
    });
  }

  it("that is unknown is refused like a wrong one", async () => {
    const known = softwareAuthenticator(ORIGIN);
    await register(known);
    const wrong = await signIn(known, { forged: true }).catch((cause: Fault) => cause);
    const stranger = softwareAuthenticator(ORIGIN);
    const { options } = await committed((unit) => beginRegistration(PARTY, EVE, ANY, unit, NOW));
    await stranger.create(options);
    const unknown = await signIn(stranger).catch((cause: Fault) => cause);
    assert.ok(wrong instanceof Fault && unknown instanceof Fault);
    assert.deepEqual([wrong.code, wrong.message, wrong.hints], [unknown.code, unknown.message, unknown.hints]);
  });

  it("that was copied is found out by its counter, and nobody is signed in", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    await register(authenticator);
    await signIn(authenticator);
    const copy = authenticator.copy();
    await signIn(authenticator);
    await assert.rejects(signIn(copy), withCode("PASSKEY_COPIED"));
    assert.equal((await signIn(authenticator)).person, ADA.id);
  });

  it("of another person confirms nothing", async () => {
    const [ada, eve] = [softwareAuthenticator(ORIGIN), softwareAuthenticator(ORIGIN)];
    await register(ada);
    await register(eve, { person: EVE });
    const { handle, options } = await committed((unit) => beginSignIn(PARTY, ADA.id, unit, NOW));
    const answer = eve.get({ ...options, allowCredentials: [] });
    await assert.rejects(
      committed((unit) => finishSignIn(PARTY, "confirm", handle, answer, unit, NOW)),
      withCode("PASSKEY_REFUSED"),
    );
  });
});

describe("a passkey that its maker may copy", () => {
  it("counts for less than one that stays on its device", async () => {
    assert.equal((await register(softwareAuthenticator(ORIGIN), { twist: { synced: true } })).level, "passkey");
  });
});

describe("a challenge", () => {
  it("is good for one answer, also when two race", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    await register(authenticator);
    const { handle, options } = await committed((unit) => beginSignIn(PARTY, null, unit, NOW));
    const answer = authenticator.get(options);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, () => committed((unit) => finishSignIn(PARTY, "sign-in", handle, answer, unit, NOW))),
    );
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") assert.ok(withCode("CEREMONY_ENDED")(outcome.reason));
    }
  });

  it("is spent by a wrong answer", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    await register(authenticator);
    const { handle, options } = await committed((unit) => beginSignIn(PARTY, null, unit, NOW));
    const answer = (twist: Twist) => (unit: Unit) =>
      finishSignIn(PARTY, "sign-in", handle, authenticator.get(options, twist), unit, NOW);
    await assert.rejects(committed(answer({ forged: true })), withCode("PASSKEY_REFUSED"));
    await assert.rejects(committed(answer({})), withCode("CEREMONY_ENDED"));
  });

  it("is good for five minutes, and for what it was made for", async () => {
    const authenticator = softwareAuthenticator(ORIGIN);
    await register(authenticator);
    await assert.rejects(register(softwareAuthenticator(ORIGIN), { now: NOW + 300 }), withCode("CEREMONY_ENDED"));
    const { handle, options } = await committed((unit) => beginSignIn(PARTY, ADA.id, unit, NOW));
    await assert.rejects(
      committed((unit) => finishSignIn(PARTY, "sign-in", handle, authenticator.get(options), unit, NOW)),
      withCode("CEREMONY_ENDED"),
    );
  });

  for (const answer of [null, 7, "x", [], {}, { id: "x" }, { id: "x", response: {} }, { id: 7, response: null }]) {
    it(`is answered with ${JSON.stringify(answer)} in vain`, async () => {
      const begun = await committed((unit) => beginSignIn(PARTY, null, unit, NOW));
      await assert.rejects(
        committed((unit) => finishSignIn(PARTY, "sign-in", begun.handle, answer, unit, NOW)),
        withCode("PASSKEY_REFUSED"),
      );
      const registration = await committed((unit) => beginRegistration(PARTY, ADA, ANY, unit, NOW));
      await assert.rejects(
        committed((unit) =>
          finishRegistration({ party: PARTY, policy: ANY, name: "key", now: NOW }, registration.handle, answer, unit),
        ),
        withCode("PASSKEY_REFUSED"),
      );
    });
  }
});

describe("a policy of attested models", () => {
  const policy = (): AttestationPolicy => ({
    trusted: [{ aaguids: new Set([MODEL]), authorities: [maker.root] }],
    required: true,
  });

  it("takes a key of a listed model whose maker vouches for it", async () => {
    const vouching = await maker.vouchFor(MODEL);
    const passkey = await register(softwareAuthenticator(ORIGIN, { vouching, aaguid: MODEL }), { policy: policy() });
    assert.deepEqual([passkey.level, passkey.aaguid], ["attested", MODEL]);
  });

  it("asks the browser for the statement only where it decides something", async () => {
    const asked = await committed((unit) => beginRegistration(PARTY, ADA, policy(), unit, NOW));
    const free = await committed((unit) => beginRegistration(PARTY, ADA, ANY, unit, NOW));
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
      await assert.rejects(register(await make(), { policy: policy() }), withCode("PASSKEY_REFUSED"));
      assert.deepEqual(await passkeysOf(database, ADA.id), []);
      const free = await register(await make(), { policy: { ...policy(), required: false } });
      assert.equal(free.level, "device-bound");
    });
  }

  it("refuses a key that names a listed model with the certificate of another", async () => {
    const vouching = await maker.vouchFor(OTHER_MODEL);
    await assert.rejects(
      register(softwareAuthenticator(ORIGIN, { vouching, aaguid: MODEL }), { policy: policy() }),
      withCode("PASSKEY_REFUSED"),
    );
  });

  it("refuses a statement whose signature is wrong, whatever the policy is", async () => {
    const vouching = await maker.vouchFor(MODEL);
    const authenticator = softwareAuthenticator(ORIGIN, { vouching, aaguid: MODEL });
    await assert.rejects(register(authenticator, { twist: { forged: true } }), withCode("PASSKEY_REFUSED"));
  });
});
