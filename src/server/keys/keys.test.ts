import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Fault } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";
import { Secret } from "../../core/secret.ts";
import { privateFiles } from "../../platform/private-files.ts";
import { NOBODY } from "../audit/event.ts";
import { openStorage, type Storage } from "../open-storage.ts";
import type { ServerSettings } from "../settings/settings.ts";
import { addFirstKeys, loadKeySet, PUBLISHED_AFTER_SECONDS } from "./key-set.ts";
import { isRotationDue, revokeKey, rotateKeys } from "./rotate.ts";
import { openSeal, SEAL_FILE, sealWith } from "./seal.ts";
import { generatePrivateJwk } from "./signing-key.ts";

const ADMIN = { actor: "p1", client: null, address: "127.0.0.1" };

const DAY = 86_400;
const START = 1_800_000_000;

let folder: string;
let storage: Storage;
let settings: ServerSettings;
const seal = sealWith(new Secret("test", Buffer.alloc(32, 7)));

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "brevet-keys-"));
  settings = {
    issuer: "https://id.example.com",
    listen: { host: "127.0.0.1", port: 0 },
    dataFolder: folder,
    database: { kind: "sqlite", file: join(folder, "db") },
    tls: null,
    trustedProxies: [],
    sessionSeconds: 28_800,
    resources: [],
    exchangeClients: [],
    internalNetworks: [],
    metricsNetworks: [],
    auditPush: [],
    auditKeepSeconds: null,
    auditConfirm: false,
    auditAuthorityFile: null,
    limits: { requestsPerMinute: 1, registrationsPerMinute: 1, exchangesPerMinute: 1 },
    attestation: null,
    organisation: "test",
  };
  storage = await openStorage(settings, () => START);
});
after(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

const code = (wanted: FaultCode) => (cause: unknown) => cause instanceof Fault && cause.code === wanted;

async function change(work: (unit: ReturnType<Storage["openUnit"]>) => unknown): Promise<void> {
  const unit = storage.openUnit();
  await work(unit);
  await unit.commit();
}

describe("the keys of a server", () => {
  test("that has none are not made in silence", async () => {
    await assert.rejects(loadKeySet(storage, seal, START), code("KEY_ABSENT"));
  });

  test("are made while the server goes on serving", async () => {
    let served = false;
    setImmediate(() => {
      served = true;
    });
    await generatePrivateJwk("RS256");
    assert.ok(served);
  });

  test("are made once, however many instances begin", async () => {
    await change((unit) => addFirstKeys(unit, seal, START));
    await assert.rejects(
      change((unit) => addFirstKeys(unit, seal, START)),
      code("ALREADY_USED"),
    );
    const keys = await loadKeySet(storage, seal, START);
    assert.deepEqual(keys.keys.map(({ algorithm }) => algorithm).sort(), ["ES256", "RS256"]);
    assert.equal(keys.version, 1);
  });

  test("hold no private member where they are published", async () => {
    const { jwks } = await loadKeySet(storage, seal, START);
    for (const key of jwks.keys)
      assert.deepEqual(
        Object.keys(key).filter((name) => ["d", "p", "q", "dp", "dq", "qi"].includes(name)),
        [],
      );
  });

  test("do not open with another seal, nor in another's row", async () => {
    await assert.rejects(
      loadKeySet(storage, sealWith(new Secret("other", Buffer.alloc(32, 8))), START),
      code("SERVER_KEY_FOREIGN"),
    );
    const sealed = seal.seal("signing key a", "{}");
    assert.throws(() => seal.open("signing key b", sealed), code("SERVER_KEY_FOREIGN"));
    assert.throws(() => seal.open("signing key a", `${sealed.slice(0, -2)}AA`), code("SERVER_KEY_FOREIGN"));
  });

  test("are published before they sign, and after", async () => {
    const old = await loadKeySet(storage, seal, START);
    await change((unit) => rotateKeys(unit, old, { seal, now: START, aheadSeconds: DAY, by: ADMIN }));
    const published = await loadKeySet(storage, seal, START + 1);
    assert.equal(published.keys.length, 4);
    assert.equal(published.signing("ES256").kid, old.signing("ES256").kid);
    assert.equal(published.changesAt, START + DAY);
    const swapped = await loadKeySet(storage, seal, START + DAY);
    assert.notEqual(swapped.signing("ES256").kid, old.signing("ES256").kid);
    assert.equal(swapped.keys.length, 4);
    const retired = await loadKeySet(storage, seal, START + DAY + PUBLISHED_AFTER_SECONDS);
    assert.equal(retired.keys.length, 2);
    assert.ok(!retired.keys.some(({ kid }) => kid === old.signing("RS256").kid));
  });

  test("are rotated by one of two instances that want to", async () => {
    const keys = await loadKeySet(storage, seal, START + 2 * DAY);
    const rotation = { seal, now: START + 2 * DAY, aheadSeconds: 0, by: NOBODY };
    await change((unit) => rotateKeys(unit, keys, rotation));
    await assert.rejects(
      change((unit) => rotateKeys(unit, keys, rotation)),
      code("ALREADY_USED"),
    );
  });

  test("are due when they are old, and not while their successor waits", async () => {
    const now = START + 2 * DAY;
    const policy = { everySeconds: 90 * DAY, aheadSeconds: DAY };
    assert.equal(isRotationDue(await loadKeySet(storage, seal, now), policy, now + 90 * DAY - 1), false);
    assert.equal(isRotationDue(await loadKeySet(storage, seal, now), policy, now + 90 * DAY), true);
  });

  test("leave at once when they are revoked, and their successor signs at once", async () => {
    const now = START + 3 * DAY;
    const keys = await loadKeySet(storage, seal, now);
    const kid = keys.signing("ES256").kid;
    assert.throws(() => revokeKey(storage.openUnit(), keys, { kid, now, by: NOBODY }), code("SUCCESSOR_ABSENT"));
    await change((unit) => rotateKeys(unit, keys, { seal, now, aheadSeconds: DAY, by: NOBODY }));
    const waiting = await loadKeySet(storage, seal, now);
    await change((unit) => revokeKey(unit, waiting, { kid, now, by: ADMIN }));
    const after = await loadKeySet(storage, seal, now);
    assert.ok(!after.keys.some((key) => key.kid === kid));
    assert.notEqual(after.signing("ES256").kid, kid);
  });

  test("go on signing when it is their successor that is revoked", async () => {
    const now = START + 10 * DAY;
    const keys = await loadKeySet(storage, seal, now);
    const signing = keys.signing("ES256").kid;
    await change((unit) => rotateKeys(unit, keys, { seal, now, aheadSeconds: DAY, by: NOBODY }));
    const waiting = await loadKeySet(storage, seal, now);
    const next = waiting.keys.find((key) => key.algorithm === "ES256" && key.signsFrom > now)?.kid ?? "";
    await change((unit) => revokeKey(unit, waiting, { kid: next, now, by: ADMIN }));
    const later = await loadKeySet(storage, seal, now + 30 * DAY);
    assert.equal(later.signing("ES256").kid, signing);
  });
});

describe("the sealing key", () => {
  test("is made for a new database alone", () => {
    const place = mkdtempSync(join(tmpdir(), "brevet-seal-"));
    try {
      assert.throws(() => openSeal(privateFiles(), place, () => false), code("SERVER_KEY_ABSENT"));
      const first = openSeal(privateFiles(), place, () => true);
      const again = openSeal(privateFiles(), place, () => false);
      assert.equal(again.open("x", first.seal("x", "plain")).reveal(), "plain");
      writeFileSync(join(place, SEAL_FILE), "short", { mode: 0o600 });
      assert.throws(() => openSeal(privateFiles(), place, () => true), code("SERVER_KEY_FOREIGN"));
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });
});
