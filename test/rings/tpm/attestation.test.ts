import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { PendingAttestation } from "../../../src/signers/tpm2/attestation.ts";
import * as attestation from "../../../src/signers/tpm2/attestation.ts";
import type { KeyRecord } from "../../../src/signers/tpm2/key-record.ts";
import * as keys from "../../../src/signers/tpm2/tpm-keys.ts";
import { judgeAttestation } from "../../../src/trust/tpm/judge-attestation.ts";
import { type AttestationRequest, encodeAttestation, parseAttestation } from "../../../src/wire/tpm/attestation.ts";
import { makeCredential } from "../../../src/wire/tpm/credential.ts";
import { coordinate, parsePublicArea } from "../../../src/wire/tpm/public-area.ts";
import { publicKeyOf } from "../../../src/wire/tpm/public-key.ts";
import type { EnterRoot } from "../../../src/wire/tpm/storage-root.ts";
import { certificatesOf, type SwTpm, startSwTpm } from "./swtpm.ts";
import { tpm2Tools } from "./tpm2-tools.ts";
import { untilLeft, wayTo } from "./way-to-chip.ts";

/** A TPM, a device key in it, and what it says of that key. */
interface Attested {
  readonly chip: SwTpm;
  readonly way: EnterRoot;
  readonly record: KeyRecord;
  readonly request: AttestationRequest;
  readonly pending: PendingAttestation;
}

const makeKey = untilLeft(keys.makeKey);
const requestAttestation = untilLeft(attestation.requestAttestation);
const answerChallenge = untilLeft(attestation.answerChallenge);

const NOW = 1_900_000_000;
const OPENSSL = "openssl";
const PIN = Buffer.from("1234");

let folder: string;
let authorities: readonly X509Certificate[];
let mine: Attested;
let others: Attested;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "brevet-tpm-maker-"));
  const maker = { folder: join(folder, "maker") };
  mine = await attested(await startSwTpm(maker), "ES256", null);
  others = await attested(await startSwTpm(maker), "RS256", PIN);
  authorities = certificatesOf(maker).map((pem) => new X509Certificate(pem));
});
after(async () => {
  await Promise.all([mine.chip.stop(), others.chip.stop()]);
  rmSync(folder, { recursive: true });
});

async function attested(chip: SwTpm, algorithm: "ES256" | "RS256", pin: Uint8Array | null): Promise<Attested> {
  const way = wayTo(chip);
  const record = await makeKey(way, algorithm, pin);
  const { request, pending } = await requestAttestation(way, record, pin);
  // As it goes from one machine to the other.
  return { chip, way, record, request: parseAttestation("request", encodeAttestation("request", request)), pending };
}

async function challenge(request: AttestationRequest) {
  const { endorsementKey, attestationKeyName } = judgeAttestation(request, authorities, NOW);
  const value = randomBytes(32);
  return {
    value: new Uint8Array(value),
    challenge: await makeCredential(endorsementKey, attestationKeyName, value, randomBytes),
  };
}

describe("a key in a certified TPM", () => {
  it("is admitted once its TPM has answered, with a PIN too", async () => {
    for (const { request, way, pending, record, chip } of [mine, others]) {
      const { key } = judgeAttestation(request, authorities, NOW);
      assert.deepEqual(key, publicKeyOf(parsePublicArea(record.publicArea)));
      const { value, challenge: sent } = await challenge(request);
      const answer = await answerChallenge(way, pending, parseAttestation("challenge", encodeAttestation("challenge", sent)));
      assert.deepEqual(parseAttestation("answer", encodeAttestation("answer", answer)).value, value);
      const tools = tpm2Tools(chip);
      assert.deepEqual([...tools.handles("transient"), ...tools.handles("loaded-session")], []);
    }
  });

  it("is not admitted by the answer of another TPM, nor by a request that is made of two", async () => {
    const { challenge: forMine } = await challenge(mine.request);
    await assert.rejects(answerChallenge(others.way, others.pending, forMine), { code: "ATTESTATION_REFUSED" });
    await assert.rejects(answerChallenge(others.way, mine.pending, forMine), { code: "KEY_ABSENT" });
    // The certificate of a TPM that somebody trusts, and a key that is not in it.
    const { challenge: forBoth } = await challenge({ ...mine.request, certificate: others.request.certificate });
    await assert.rejects(answerChallenge(mine.way, mine.pending, forBoth), { code: "ATTESTATION_REFUSED" });
    await assert.rejects(answerChallenge(others.way, others.pending, forBoth), { code: "ATTESTATION_REFUSED" });
    const changed = { ...forMine, blob: Uint8Array.from(forMine.blob, (byte, index) => (index === 40 ? byte ^ 1 : byte)) };
    await assert.rejects(answerChallenge(mine.way, mine.pending, changed), { code: "ATTESTATION_REFUSED" });
  });
});

describe("a request", () => {
  const software = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  /** The device key's area with another key's coordinates: as if software had made it. */
  const withSoftwareKey = (area: Uint8Array): Uint8Array => {
    const changed = Uint8Array.from(area);
    changed.set(coordinate(Buffer.from(software.x ?? "", "base64url")), area.length - 66);
    changed.set(coordinate(Buffer.from(software.y ?? "", "base64url")), area.length - 32);
    return changed;
  };
  const withAttributes = (area: Uint8Array, change: (byte: number) => number, at: number): Uint8Array =>
    Uint8Array.from(area, (byte, index) => (index === at ? change(byte) : byte));

  const refusals: readonly (readonly [string, string, (request: AttestationRequest) => AttestationRequest])[] = [
    ["with another key in it", "statement", (request) => ({ ...request, key: withSoftwareKey(request.key) })],
    ["whose key may leave", "statement", (request) => ({ ...request, key: withAttributes(request.key, (byte) => byte & ~2, 7) })],
    ["of another TPM's key", "statement", (request) => ({ ...request, key: others.request.key })],
    ["with a statement that was changed", "signature", (request) => ({ ...request, statement: flipped(request.statement, 60) })],
    ["with another's statement", "signature", (request) => ({ ...request, statement: others.request.statement })],
    ["whose attestation key signs anything", "attestation key", (request) => ({ ...request, attestationKey: request.key })],
    [
      "whose attestation key is software",
      "signature",
      (request) => ({ ...request, attestationKey: withSoftwareKey(request.attestationKey) }),
    ],
    [
      "whose attestation key is no point of its curve",
      "attestation key",
      (request) => ({ ...request, attestationKey: flipped(request.attestationKey, request.attestationKey.length - 1) }),
    ],
    [
      "with the certificate of an authority",
      "certificate",
      (request) => ({ ...request, certificate: authorities[0]?.raw ?? assert.fail() }),
    ],
    [
      "with a certificate that was changed",
      "certificate",
      (request) => ({ ...request, certificate: flipped(request.certificate, 200) }),
    ],
    ["without a certificate", "certificate", (request) => ({ ...request, certificate: new Uint8Array() })],
  ];
  for (const [title, failed, change] of refusals) {
    it(`${title} is refused for its ${failed}`, () => {
      assert.throws(
        () => judgeAttestation(change(mine.request), authorities, NOW),
        (cause: { code?: string; details?: { failed?: string } }) => {
          assert.equal(cause.code, "ATTESTATION_REFUSED");
          assert.equal(cause.details?.failed, failed);
          return true;
        },
      );
    });
  }

  it("with a certificate that the same authority gave to a server is refused: that key is in software", () => {
    const maker = join(folder, "maker");
    const issue = (name: string, usage: string): Uint8Array => {
      const at = (suffix: string): string => join(folder, `${name}.${suffix}`);
      writeFileSync(at("ext"), `extendedKeyUsage = ${usage}\n`);
      const openssl = (...args: readonly string[]): void => {
        const { status, stderr } = spawnSync(OPENSSL, args, { encoding: "utf8" });
        assert.equal(status, 0, stderr);
      };
      openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", `/CN=${name}`, "-keyout", at("key"), "-out", at("csr"));
      const by = ["-CA", join(maker, "issuercert.pem"), "-CAkey", join(maker, "signkey.pem"), "-set_serial", "77"];
      openssl(
        "x509",
        "-req",
        "-in",
        at("csr"),
        ...by,
        "-days",
        "3650",
        "-extfile",
        at("ext"),
        "-outform",
        "der",
        "-out",
        at("der"),
      );
      return new Uint8Array(readFileSync(at("der")));
    };
    const judged = (certificate: Uint8Array) => () => judgeAttestation({ ...mine.request, certificate }, authorities, NOW);
    judged(issue("tpm", "2.23.133.8.1"))();
    assert.throws(judged(issue("server", "serverAuth")), {
      code: "ATTESTATION_REFUSED",
      details: { verified: [], failed: "certificate" },
    });
  });

  it("for a key that was made in the TPM and may leave it is refused for its key", async () => {
    const tools = tpm2Tools(mine.chip);
    tools.makeRoot();
    const attributes = "sensitivedataorigin|userwithauth|sign|noda";
    tools.run("create", "-Q", "-C", "root.ctx", "-G", "ecc256:ecdsa-sha256", "-a", attributes, "-u", "k.pub", "-r", "k.priv");
    const [publicArea, privateArea] = ["k.pub", "k.priv"].map((name) => new Uint8Array(tools.read(name).subarray(2)));
    assert.ok(publicArea && privateArea);
    const { request } = await requestAttestation(mine.way, { ...mine.record, publicArea, privateArea }, null);
    assert.throws(() => judgeAttestation(request, authorities, NOW), {
      code: "ATTESTATION_REFUSED",
      details: { verified: ["certificate", "attestation key", "signature", "statement"], failed: "key" },
    });
  });

  it("is refused without the root, without what lies between, and before the certificate is valid", () => {
    const [between, root] = authorities;
    assert.ok(between && root);
    for (const [given, now] of [
      [[], NOW],
      [[between], NOW],
      [[root], NOW],
      [[between, root], 1_000_000_000],
    ] as const) {
      assert.throws(() => judgeAttestation(mine.request, given, now), { code: "ATTESTATION_REFUSED" });
    }
  });

  it("of any other form is refused", () => {
    const text = encodeAttestation("request", mine.request);
    for (const wrong of ["", "null", "[]", text.replace("request-1", "request-2"), text.replace('"key"', '"kei"')]) {
      assert.throws(() => parseAttestation("request", wrong), { code: "ATTESTATION_REFUSED" });
    }
    assert.throws(() => parseAttestation("answer", text), { code: "ATTESTATION_REFUSED" });
  });

  it("cannot be made by a TPM that nobody certified", async () => {
    const plain = await startSwTpm();
    try {
      await assert.rejects(attested(plain, "ES256", null), { code: "ATTESTATION_REFUSED" });
    } finally {
      await plain.stop();
    }
  });
});

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return Uint8Array.from(bytes, (byte, index) => (index === at ? byte ^ 1 : byte));
}
