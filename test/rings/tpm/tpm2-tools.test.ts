import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPublicKey, verify } from "node:crypto";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import type { PublicKey, SignatureAlgorithm } from "../../../src/core/signer.ts";
import type { KeyRecord } from "../../../src/signers/tpm2/key-record.ts";
import * as keys from "../../../src/signers/tpm2/tpm-keys.ts";
import { sized } from "../../../src/wire/tpm/bytes.ts";
import { parsePublicArea } from "../../../src/wire/tpm/public-area.ts";
import { publicKeyOf } from "../../../src/wire/tpm/public-key.ts";
import type { EnterRoot } from "../../../src/wire/tpm/storage-root.ts";
import { type SwTpm, startSwTpm } from "./swtpm.ts";
import { ROOT_ATTRIBUTES, type Tpm2Tools, tpm2Tools } from "./tpm2-tools.ts";
import { untilLeft, wayTo } from "./way-to-chip.ts";

const ROOT = "0x81000001";
const OPENSSL = "openssl";
const MESSAGE = Buffer.from("header.claims");

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
beforeEach(() => {
  for (const handle of tools.handles("persistent")) tools.run("evictcontrol", "-Q", "-C", "o", "-c", handle);
});

function keyOf(record: KeyRecord): PublicKey {
  return publicKeyOf(parsePublicArea(record.publicArea)) ?? assert.fail();
}

/** By node:crypto, against the public half that the record has. */
async function assertSigns(record: KeyRecord): Promise<void> {
  const signature = await signWithKey(way, record, null, MESSAGE);
  const publicKey = createPublicKey({ key: { ...keyOf(record).jwk }, format: "jwk" });
  assert.ok(verify("sha256", MESSAGE, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature));
  assert.deepEqual([...tools.handles("transient"), ...tools.handles("loaded-session")], []);
}

function persist(...template: readonly string[]): void {
  tools.makeRoot(...template);
  tools.run("evictcontrol", "-Q", "-C", "o", "-c", "root.ctx", ROOT);
}

describe("a key of ours", () => {
  for (const algorithm of ["ES256", "RS256"] as SignatureAlgorithm[]) {
    it(`for ${algorithm} is loaded by tpm2-tools under the same root, and openssl verifies what they sign`, async () => {
      const record = await makeKey(way, algorithm, null);
      tools.makeRoot();
      tools.write("key.pub", sized(record.publicArea));
      tools.write("key.priv", sized(record.privateArea));
      tools.write("message", MESSAGE);
      tools.run("load", "-Q", "-C", "root.ctx", "-u", "key.pub", "-r", "key.priv", "-c", "key.ctx");
      tools.run("sign", "-Q", "-c", "key.ctx", "-g", "sha256", "-f", "plain", "-o", "signature", "message");
      tools.run("readpublic", "-Q", "-c", "key.ctx", "-f", "pem", "-o", "key.pem");
      const pem = tools.read("key.pem").toString();
      assert.deepEqual(createPublicKey(pem).export({ format: "jwk" }), keyOf(record).jwk);
      const verified = spawnSync(OPENSSL, ["dgst", "-sha256", "-verify", "key.pem", "-signature", "signature", "message"], {
        cwd: join(chip.folder, "tools"),
      });
      assert.equal(verified.status, 0, verified.stderr.toString());
    });
  }

  it("knows its root by the name that tpm2-tools work out", async () => {
    const { rootName } = await makeKey(way, "ES256", null);
    tools.makeRoot();
    tools.run("readpublic", "-Q", "-c", "root.ctx", "-n", "root.name");
    assert.equal(tools.read("root.name").toString("hex"), Buffer.from(rootName).toString("hex"));
  });
});

describe("a key that tpm2-tools made", () => {
  for (const algorithm of ["ecc256:ecdsa-sha256", "rsa2048:rsassa-sha256"]) {
    it(`with ${algorithm} signs for us`, async () => {
      const { rootName } = await makeKey(way, "ES256", null);
      tools.makeRoot();
      const attributes = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign|noda";
      tools.run("create", "-Q", "-C", "root.ctx", "-G", algorithm, "-a", attributes, "-u", "their.pub", "-r", "their.priv");
      const [publicArea, privateArea] = ["their.pub", "their.priv"].map((name) => new Uint8Array(tools.read(name).subarray(2)));
      assert.ok(publicArea && privateArea);
      await assertSigns({ publicArea, privateArea, rootName, protection: "none" });
    });
  }
});

describe("the storage root", () => {
  it("is made for the moment and left nowhere where nobody made one", async () => {
    await assertSigns(await makeKey(way, "ES256", null));
    assert.deepEqual(tools.handles("persistent"), []);
  });

  for (const [title, template] of [
    ["of P-256", ["-G", "ecc", "-a", ROOT_ATTRIBUTES]],
    ["of RSA-2048", ["-G", "rsa2048", "-a", `${ROOT_ATTRIBUTES}|noda`]],
  ] as const) {
    it(`${title} that somebody made is used, and left as it is`, async () => {
      persist(...template);
      tools.run("readpublic", "-Q", "-c", ROOT, "-n", "root.name");
      const record = await makeKey(way, "ES256", null);
      assert.deepEqual(tools.read("root.name"), Buffer.from(record.rootName));
      await assertSigns(record);
      assert.deepEqual(tools.handles("persistent"), [ROOT]);
      // Gone again, and no other has its name.
      tools.run("evictcontrol", "-Q", "-C", "o", "-c", ROOT);
      await assert.rejects(signWithKey(way, record, null, MESSAGE), { code: "KEY_ABSENT" });
    });
  }

  it("is made for the moment again when the persistent one, which was the same, is gone", async () => {
    persist();
    const record = await makeKey(way, "ES256", null);
    tools.run("evictcontrol", "-Q", "-C", "o", "-c", ROOT);
    await assertSigns(record);
  });

  it("is still found after somebody put another one into its place", async () => {
    const record = await makeKey(way, "ES256", null);
    persist("-G", "rsa2048", "-a", ROOT_ATTRIBUTES);
    await assertSigns(record);
  });

  it("is not what somebody put there for something else", async () => {
    const sign = ["-G", "ecc", "-a", "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|sign"];
    const otherCurve = ["-G", "ecc384", "-a", ROOT_ATTRIBUTES];
    for (const template of [sign, otherCurve]) {
      persist(...template);
      tools.run("readpublic", "-Q", "-c", ROOT, "-n", "other.name");
      const record = await makeKey(way, "ES256", null);
      assert.notDeepEqual(tools.read("other.name"), Buffer.from(record.rootName));
      await assertSigns(record);
      tools.run("evictcontrol", "-Q", "-C", "o", "-c", ROOT);
    }
  });
});
