import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, afterEach, before, describe, it } from "node:test";
import { Fault } from "../../../src/core/fault.ts";
import { beforeExit, settleBeforeExit } from "../../../src/platform/before-exit.ts";
import { openTpm, type TpmLink } from "../../../src/platform/tpm/open-tpm.ts";
import { parseTpmAddress } from "../../../src/platform/tpm/tpm-address.ts";
import type { KeyRecord } from "../../../src/signers/tpm2/key-record.ts";
import { tpm2Signers } from "../../../src/signers/tpm2/signer.ts";
import * as keys from "../../../src/signers/tpm2/tpm-keys.ts";
import { type EnterRoot, enterRoot } from "../../../src/wire/tpm/storage-root.ts";
import { memoryStore } from "../../contracts/signer-memory-store.ts";
import { type SwTpm, startSwTpm } from "./swtpm.ts";
import { type Tpm2Tools, tpm2Tools } from "./tpm2-tools.ts";
import { untilLeft, wayTo } from "./way-to-chip.ts";

const MESSAGE = Buffer.from("header.claims");
const PIN = Buffer.from("correct horse");

const [makeKey, signWithKey] = [untilLeft(keys.makeKey), untilLeft(keys.signWithKey)];

let chip: SwTpm;
let tools: Tpm2Tools;
let way: EnterRoot;
before(async () => {
  chip = await startSwTpm();
  tools = tpm2Tools(chip);
  way = wayTo(chip);
});
after(() => chip.stop());
afterEach(async () => {
  await settleBeforeExit();
  assert.deepEqual([...tools.handles("transient"), ...tools.handles("loaded-session")], []);
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (cause: unknown) => (cause instanceof Fault ? cause.code : String(cause)),
  );
}

describe("a key with a PIN", () => {
  it("signs for who knows it, counts who does not, locks, and leaves keys without one alone", async () => {
    tools.run("dictionarylockout", "-s", "-n", "3", "-t", "1000", "-l", "1000");
    const guarded = await makeKey(way, "ES256", PIN);
    const open = await makeKey(way, "ES256", null);
    await signWithKey(way, guarded, PIN, MESSAGE);
    const codes = [];
    for (let count = 0; count < 4; count++) codes.push(await codeOf(signWithKey(way, guarded, Buffer.from("wrong"), MESSAGE)));
    assert.deepEqual(codes, ["PIN_WRONG", "PIN_WRONG", "PIN_WRONG", "PIN_LOCKED"]);
    assert.equal(await codeOf(signWithKey(way, guarded, PIN, MESSAGE)), "PIN_LOCKED");
    await signWithKey(way, open, null, MESSAGE);
    tools.run("dictionarylockout", "-c");
    await signWithKey(way, guarded, PIN, MESSAGE);
  });

  it("is asked for at each signature, and chosen twice", async () => {
    const answers = ["1234", "1234", "1234", "wrong"];
    const asked: string[] = [];
    const terminal = {
      askSecret: async (question: string) => {
        asked.push(question);
        return answers.shift() ?? assert.fail("asked too often");
      },
    };
    const kind = tpm2Signers({ store: memoryStore(), terminal });
    const signer = kind.open({ identity: "laptop", options: { device: chip.device, pin: true } });
    assert.equal(signer.description.presence, "pin");
    await signer.createKey("ES256");
    const key = (await signer.signingKey("ES256")) ?? assert.fail();
    assert.equal((await key.sign(MESSAGE)).length, 64);
    await assert.rejects(key.sign(MESSAGE), { code: "PIN_WRONG" });
    assert.equal(asked.length, 4);
    await settleBeforeExit();
    tools.run("dictionarylockout", "-c");
  });

  for (const [title, answers] of [
    ["shorter than four bytes", ["123"]],
    ["longer than 32 bytes", ["x".repeat(33)]],
    ["not the same again", ["1234", "1235"]],
  ] as const) {
    it(`is not made with one that is ${title}`, async () => {
      const left: string[] = [...answers];
      const store = memoryStore();
      const terminal = { askSecret: async () => left.shift() ?? assert.fail("asked too often") };
      const signer = tpm2Signers({ store, terminal }).open({ identity: "laptop", options: { device: chip.device, pin: true } });
      await assert.rejects(signer.createKey("ES256"), { code: "USAGE_INVALID" });
      assert.deepEqual(await store.list("keys"), []);
    });
  }
});

describe("who listens on the bus", () => {
  it("sees neither the PIN nor what is signed", async () => {
    const seen: Buffer[] = [];
    const tapped = wayTo(chip, (link) => ({
      ...link,
      async transmit(command, pace) {
        const response = await link.transmit(command, pace);
        seen.push(Buffer.from(command), Buffer.from(response));
        return response;
      },
    }));
    const record = await makeKey(tapped, "ES256", PIN);
    await signWithKey(tapped, record, PIN, MESSAGE);
    const traffic = Buffer.concat(seen);
    assert.ok(traffic.includes(Buffer.from(record.publicArea)));
    assert.ok(!traffic.includes(PIN));
    assert.ok(!traffic.includes(createHash("sha256").update(MESSAGE).digest()));
  });

  it("can change nothing on the way, in either direction, that ends in a signature", async () => {
    const record = await makeKey(way, "ES256", null);
    for (const direction of ["command", "response"] as const) {
      const outcomes = new Set<string>();
      for (const at of [10, 14, 20, 30, 50, 60, 70, 80, 90, 99]) {
        outcomes.add(
          await codeOf(
            signWithKey(
              wayTo(chip, (link) => flipping(link, direction, at)),
              record,
              null,
              MESSAGE,
            ),
          ),
        );
      }
      assert.ok(!outcomes.has("none"), [...outcomes].join());
      for (const code of outcomes) assert.match(code, /^(SIGNER_FAILED|SIGNER_BUSY|KEY_ABSENT)$/);
    }
  });
});

/** Changes one bit of the Sign command or of its response, at that part of a hundred of its length. */
function flipping(link: TpmLink, direction: "command" | "response", at: number): TpmLink {
  const flipped = (bytes: Uint8Array): Uint8Array => {
    const changed = Uint8Array.from(bytes);
    const index = Math.floor((bytes.length * at) / 100);
    changed[index] = (changed[index] ?? 0) ^ 1;
    return changed;
  };
  return {
    ...link,
    async transmit(command, pace) {
      const isSign = Buffer.from(command).readUInt32BE(6) === 0x15d;
      const response = await link.transmit(isSign && direction === "command" ? flipped(command) : command, pace);
      return isSign && direction === "response" ? flipped(response) : response;
    },
  };
}

describe("a key that is not this TPM's", () => {
  it("is absent on another machine, which is told nothing", async () => {
    const other = await startSwTpm();
    try {
      const record = await makeKey(way, "ES256", PIN);
      const commands: number[] = [];
      const there = wayTo(other, (link) => ({
        ...link,
        transmit: (command, pace) => {
          commands.push(Buffer.from(command).readUInt32BE(6));
          return link.transmit(command, pace);
        },
      }));
      await assert.rejects(signWithKey(there, record, PIN, MESSAGE), { code: "KEY_ABSENT" });
      assert.deepEqual(
        commands.filter((code) => [0x157, 0x15d, 0x176].includes(code)),
        [],
      );
    } finally {
      await other.stop();
    }
  });

  it("is absent where its wrapping does not open", async () => {
    const record = await makeKey(way, "ES256", null);
    const privateArea = Uint8Array.from(record.privateArea, (byte, index) => (index === 40 ? byte ^ 1 : byte));
    await assert.rejects(signWithKey(way, { ...record, privateArea }, null, MESSAGE), { code: "KEY_ABSENT" });
  });

  it("is absent once the owner took away the root that it was made under", async () => {
    tools.run("createprimary", "-Q", "-C", "o", "-G", "ecc", "-c", "root.ctx");
    tools.run("evictcontrol", "-Q", "-C", "o", "-c", "root.ctx", "0x81000001");
    tools.run("flushcontext", "-t");
    const record = await makeKey(way, "ES256", null);
    await signWithKey(way, record, null, MESSAGE);
    tools.run("evictcontrol", "-Q", "-C", "o", "-c", "0x81000001");
    await assert.rejects(signWithKey(way, record, null, MESSAGE), { code: "KEY_ABSENT", message: /lost its root at 0x81000001/ });
  });

  it("is absent after the TPM was cleared", async () => {
    const record: KeyRecord = await makeKey(way, "ES256", null);
    tools.run("clear");
    await assert.rejects(signWithKey(way, record, null, MESSAGE), { code: "KEY_ABSENT" });
    await signWithKey(way, await makeKey(way, "ES256", null), null, MESSAGE);
  });
});

describe("a TPM that cannot", () => {
  it("make a root because its owner has a password, does so once the owner has left one", async () => {
    tools.run("changeauth", "-c", "owner", "owner-password");
    try {
      await assert.rejects(makeKey(way, "ES256", null), { code: "SIGNER_FAILED" });
      tools.run("createprimary", "-Q", "-C", "o", "-P", "owner-password", "-G", "ecc", "-c", "root.ctx");
      tools.run("evictcontrol", "-Q", "-C", "o", "-P", "owner-password", "-c", "root.ctx", "0x81000001");
      await signWithKey(way, await makeKey(way, "ES256", null), null, MESSAGE);
    } finally {
      tools.run("clear");
    }
  });

  it("take another object because others were left in it, says so", async () => {
    const address = parseTpmAddress(chip.device) ?? assert.fail();
    const open = () => openTpm(address, { quickMs: 5000, slowMs: 5000, fullMs: 20 });
    const impatient: EnterRoot = () => enterRoot({ open, random: randomBytes, beforeExit });
    const { tpm } = await import("../../../src/wire/tpm/tpm.ts");
    const { storageRootTemplate } = await import("../../../src/wire/tpm/public-area.ts");
    const link = await openTpm(address);
    const chipOf = tpm(link.transmit, randomBytes);
    for (let count = 0; count < 3; count++) await chipOf.createPrimary(storageRootTemplate());
    await assert.rejects(makeKey(impatient, "ES256", null), { code: "SIGNER_BUSY", details: { responseCode: "0x902" } });
    await chipOf.flushAll();
    await link.close();
  });

  it("be reached, is absent, and its probe says so without a fault", async () => {
    const gone = await startSwTpm();
    await gone.stop();
    const kind = tpm2Signers({ store: memoryStore(), terminal: { askSecret: async () => assert.fail("asked") } });
    const probe = await kind.probe({ device: gone.device });
    assert.equal(probe.usable, false);
    await assert.rejects(kind.open({ identity: "laptop", options: { device: gone.device } }).createKey("ES256"), {
      code: "SIGNER_ABSENT",
    });
    const here = await kind.probe({ device: chip.device });
    assert.ok(here.usable && /IBM/.test(here.summary), JSON.stringify(here));
  });
});
