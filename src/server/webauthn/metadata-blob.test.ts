import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { type AuthenticatorMaker, foundMaker } from "../../../test/server/authenticator-maker.ts";
import { type CeremonyBench, NOW, ORIGIN, openCeremonyBench, withCode } from "../../../test/server/ceremony-bench.ts";
import { foundMetadataMaker, type MetadataMaker, metadataEntry } from "../../../test/server/metadata-maker.ts";
import { softwareAuthenticator } from "../../../test/server/software-authenticator.ts";
import { readAttestationSettings } from "../settings/attestation-settings.ts";
import type { AttestationPolicy } from "./attestation.ts";
import { openAttestationPolicy } from "./attestation-policy.ts";
import { verifyMetadataBlob } from "./metadata-blob.ts";

const MODEL = "11111111-2222-3333-4444-555555555555";
const PHONE = "22222222-2222-3333-4444-555555555555";
const BROKEN = "33333333-2222-3333-4444-555555555555";
const SIGNER = "mds.fidoalliance.org";

let folder: string;
let alliance: MetadataMaker;
let maker: AuthenticatorMaker;
let neighbour: AuthenticatorMaker;
let payload: { no: number; nextUpdate: string; entries: unknown[] };
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "brevet-metadata-"));
  alliance = await foundMetadataMaker();
  maker = await foundMaker("Honest Keys");
  neighbour = await foundMaker("Other Keys");
  payload = {
    no: 7,
    nextUpdate: "2027-02-01",
    entries: [
      metadataEntry(MODEL.toUpperCase(), [maker.root]),
      metadataEntry(PHONE, [neighbour.root], { keyProtection: ["software"] }),
      metadataEntry(BROKEN, [maker.root], { status: "USER_KEY_REMOTE_COMPROMISE" }),
      { aaid: "4e4e#4005", statusReports: [{ status: "FIDO_CERTIFIED" }] },
    ],
  };
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe("a metadata BLOB", () => {
  const verify = (blob: string, signer = SIGNER) => verifyMetadataBlob(blob, { roots: [alliance.root], signer, now: NOW });

  it("names its models, but those that were broken", async () => {
    const { models, nextUpdate } = await verify(await alliance.sign(payload));
    assert.deepEqual(
      models.map(({ aaguid, inHardware }) => [aaguid, inHardware]),
      [
        [MODEL, true],
        [PHONE, false],
      ],
    );
    assert.equal(nextUpdate, Date.UTC(2027, 1, 1) / 1000);
  });

  it("is taken when its signer's certificate has ended since, and not before it began", async () => {
    const blob = await alliance.sign(payload, SIGNER, new Date((NOW - 1) * 1000));
    assert.equal((await verify(blob)).models.length, 2);
    const early = Date.UTC(2023, 0, 1) / 1000;
    const roots = [alliance.root];
    await assert.rejects(verifyMetadataBlob(blob, { roots, signer: SIGNER, now: early }), withCode("METADATA_REFUSED"));
  });

  const REFUSED: Readonly<Record<string, () => Promise<string>>> = {
    "that somebody else signed whom the same authority certifies": () => alliance.sign(payload, "mds.example.com"),
    "of an authority that only has the same name": async () => (await foundMetadataMaker()).sign(payload),
    "that was changed after it was signed": async () => {
      const [header, , signature] = (await alliance.sign(payload)).split(".");
      const changed = Buffer.from(JSON.stringify({ ...payload, entries: [] })).toString("base64url");
      return [header, changed, signature].join(".");
    },
    "that nobody signed": async () => `${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.`,
    "that is no BLOB": () => alliance.sign({ hello: "world" }),
    "that is no JWT": async () => "<html>",
  };
  for (const [name, make] of Object.entries(REFUSED)) {
    it(`is refused ${name}`, async () => assert.rejects(verify(await make()), withCode("METADATA_REFUSED")));
  }
});

describe("a policy from files", () => {
  let bench: CeremonyBench;
  beforeEach(async () => {
    bench = await openCeremonyBench();
  });
  afterEach(() => bench.close());

  /** What was warned of, and the policy. */
  async function open(settings: Record<string, unknown>, now = NOW): Promise<{ policy: AttestationPolicy; warnings: string[] }> {
    writeFileSync(join(folder, "alliance.pem"), alliance.root.toString());
    writeFileSync(join(folder, "maker.pem"), `${maker.root}${neighbour.root}`);
    writeFileSync(join(folder, "blob.jwt"), `${await alliance.sign(payload)}\n`);
    const warnings: string[] = [];
    const read = readAttestationSettings(settings, folder);
    return { policy: await openAttestationPolicy(read, now, (what) => void warnings.push(what)), warnings };
  }

  const metadata = { metadata: "blob.jwt", metadataRoots: ["alliance.pem"] };
  const levelOf = async (from: AuthenticatorMaker, model: string, policy: AttestationPolicy): Promise<string> => {
    const key = softwareAuthenticator(ORIGIN, { vouching: await from.vouchFor(model), aaguid: model });
    return (await bench.register(key, { policy: { ...policy, required: false } })).level;
  };

  it("takes what the metadata know to be hardware, by the maker of that very model", async () => {
    const { policy, warnings } = await open(metadata);
    assert.deepEqual([policy.required, warnings], [true, []]);
    assert.equal(await levelOf(maker, MODEL, policy), "attested");
    assert.equal(await levelOf(neighbour, MODEL, policy), "device-bound");
    assert.equal(await levelOf(neighbour, PHONE, policy), "device-bound");
    assert.equal(await levelOf(maker, BROKEN, policy), "device-bound");
  });

  it("takes no listed model that was broken, and says so", async () => {
    const { policy, warnings } = await open({ ...metadata, models: [BROKEN, PHONE] });
    assert.equal(await levelOf(maker, BROKEN, policy), "device-bound");
    assert.equal(await levelOf(neighbour, PHONE, policy), "attested");
    assert.match(warnings.join(), new RegExp(BROKEN));
  });

  it("says when the metadata are old", async () => {
    const { warnings } = await open(metadata, Date.UTC(2027, 5, 1) / 1000);
    assert.equal(warnings.length, 1);
  });

  it("takes a certificate of the metadata that is no root as if it were one", async () => {
    const vouching = await maker.vouchFor(MODEL);
    assert.equal(vouching.kind, "maker");
    const { X509Certificate } = await import("node:crypto");
    const batch = new X509Certificate(vouching.kind === "maker" ? vouching.certificate : new Uint8Array());
    const policy: AttestationPolicy = {
      trusted: [{ aaguids: new Set([MODEL]), authorities: [batch], anchors: [batch] }],
      required: true,
      advice: null,
    };
    assert.equal(
      (await bench.register(softwareAuthenticator(ORIGIN, { vouching, aaguid: MODEL }), { policy })).level,
      "attested",
    );
  });

  it("takes what the makers certify whose roots are in a file", async () => {
    const { policy } = await open({ authorities: ["maker.pem"], required: false, models: [MODEL] });
    assert.equal(await levelOf(maker, MODEL, policy), "attested");
    assert.equal(await levelOf(maker, PHONE, policy), "device-bound");
  });

  for (const [name, settings, code] of [
    ["names nobody to vouch", { models: [MODEL] }, "CONFIG_MALFORMED"],
    ["lists what is no model", { authorities: ["maker.pem"], models: ["YubiKey 5"] }, "CONFIG_MALFORMED"],
    ["has a key that is not known", { authority: ["maker.pem"] }, "CONFIG_KEY_UNKNOWN"],
    ["names a file that is not there", { authorities: ["nowhere.pem"] }, "FILE_UNREADABLE"],
    ["names a file without certificates", { authorities: ["blob.jwt"] }, "CONFIG_MALFORMED"],
    ["takes the metadata of strangers", { metadata: "blob.jwt", metadataRoots: ["maker.pem"] }, "METADATA_REFUSED"],
    ["takes metadata by the FIDO Alliance's own root", { metadata: "blob.jwt" }, "METADATA_REFUSED"],
  ] as const) {
    it(`that ${name} is refused when the server starts`, () => assert.rejects(open(settings), withCode(code)));
  }
});
