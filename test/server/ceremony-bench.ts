import "reflect-metadata";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "../../src/core/fault.ts";
import { openLedger } from "../../src/server/audit/ledger.ts";
import { groupCommitter } from "../../src/server/store/committer.ts";
import type { Database } from "../../src/server/store/database.ts";
import { migrate } from "../../src/server/store/migrations.ts";
import { openDatabase } from "../../src/server/store/open-database.ts";
import { openUnit, type Unit } from "../../src/server/store/unit.ts";
import type { AttestationPolicy } from "../../src/server/webauthn/attestation.ts";
import type { Passkey } from "../../src/server/webauthn/passkey.ts";
import { beginRegistration, finishRegistration, type Registrant } from "../../src/server/webauthn/register-passkey.ts";
import { relyingPartyOf } from "../../src/server/webauthn/relying-party.ts";
import { beginSignIn, finishSignIn } from "../../src/server/webauthn/sign-in.ts";
import type { SoftwareAuthenticator, Twist } from "./software-authenticator.ts";

export const ORIGIN = "https://id.example.com";
export const PARTY = relyingPartyOf(ORIGIN, "Example");
export const NOW = 1_800_000_000;
/** When and where the answers of ceremonies are taken to come from. */
export const HERE = { now: NOW, address: "192.0.2.7" };
export const ADA: Registrant = { id: "p-ada", email: "ada@example.com", name: "Ada" };
/** The policy that takes every key. */
export const ANY: AttestationPolicy = { trusted: [], required: false, advice: null };

/** Ceremonies over a database of their own, without HTTP. */
export interface CeremonyBench {
  readonly database: Database;
  /** Does work in a unit that is committed after it. */
  committed<T>(work: (unit: Unit) => Promise<T>): Promise<T>;
  register(
    authenticator: SoftwareAuthenticator,
    options?: { person?: Registrant; policy?: AttestationPolicy; twist?: Twist; now?: number },
  ): Promise<Passkey>;
  signIn(authenticator: SoftwareAuthenticator, twist?: Twist): Promise<Passkey>;
  close(): Promise<void>;
}

export async function openCeremonyBench(): Promise<CeremonyBench> {
  const folder = mkdtempSync(join(tmpdir(), "brevet-webauthn-"));
  const database = await openDatabase({ kind: "sqlite", file: join(folder, "brevet.sqlite") });
  await migrate(database);
  const { commit } = groupCommitter(
    database,
    openLedger("test", () => NOW),
  );
  const committed: CeremonyBench["committed"] = async (work) => {
    const unit = openUnit(database, commit);
    const result = await work(unit);
    await unit.commit();
    return result;
  };
  return {
    database,
    committed,
    async register(authenticator, { person = ADA, policy = ANY, twist, now = NOW } = {}) {
      const { handle, options } = await committed((unit) => beginRegistration({ party: PARTY, policy, now: NOW }, person, unit));
      const answer = await authenticator.create(options, twist);
      return committed((unit) => finishRegistration({ party: PARTY, policy, name: "key", now }, { handle, answer }, unit));
    },
    async signIn(authenticator, twist) {
      const { handle, options } = await committed((unit) => beginSignIn(PARTY, null, unit, NOW));
      return committed((unit) => finishSignIn(PARTY, null, { handle, answer: authenticator.get(options, twist) }, unit, HERE));
    },
    async close() {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** For `assert.rejects`. */
export const withCode = (code: string) => (cause: unknown) => cause instanceof Fault && cause.code === code;
