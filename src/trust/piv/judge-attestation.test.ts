import assert from "node:assert/strict";
import { webcrypto, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import { type Certified, certify, keyed, NOW, P256, RSA, type Saying } from "../../../test/piv-maker.ts";
import { Fault } from "../../core/fault.ts";
import { encodePivRequest, type PivRequest, parsePivRequest, proofMessage } from "../../wire/piv/attestation.ts";
import { judgeStatement, pivAttestation } from "./judge-attestation.ts";

const vectors = join(import.meta.dirname, "../../../test/vectors/piv-attestation");
const vector = (name: string): X509Certificate => new X509Certificate(readFileSync(join(vectors, `${name}.pem`)));

const FIRMWARE = { 3: [5, 4, 3] };
const STATEMENT = { ...FIRMWARE, 7: [2, 4, 1, 44, 3, 119], 8: [3, 2], 9: [1] };

let root: Certified;
let between: Certified;
let attester: Certified;
let device: Certified;
let authorities: readonly X509Certificate[];
let request: PivRequest;
before(async () => {
  [root, between, attester, device] = await Promise.all([
    keyed("Root", RSA),
    keyed("Between"),
    keyed("PIV Attestation", RSA),
    keyed("YubiKey PIV Attestation 9a"),
  ]);
  authorities = [
    new X509Certificate(await certify(root, { subject: root, ca: true })),
    new X509Certificate(await certify(root, { subject: between, ca: true })),
  ];
  request = await requestOf({});
});

/** What the device says, with a part of it made otherwise. */
async function requestOf(parts: {
  readonly device?: Certified;
  readonly attester?: Certified;
  readonly statement?: Partial<Saying>;
  readonly f9?: Partial<Saying>;
  readonly f9By?: Certified;
  readonly prover?: Certified;
}): Promise<PivRequest> {
  const by = parts.attester ?? attester;
  const of = parts.device ?? device;
  const certificates = {
    attester: await certify(parts.f9By ?? between, { subject: by, marks: FIRMWARE, ca: true, ...parts.f9 }),
    statement: await certify(by, { subject: of, marks: STATEMENT, ...parts.statement }),
  };
  return { ...certificates, proof: await prove(parts.prover ?? of, certificates) };
}

async function prove({ keys }: Certified, certificates: Omit<PivRequest, "proof">): Promise<Uint8Array> {
  const { name } = keys.privateKey.algorithm;
  return new Uint8Array(
    await webcrypto.subtle.sign({ name, hash: "SHA-256" }, keys.privateKey, new Uint8Array(proofMessage(certificates))),
  );
}

const judge = (given: PivRequest, now = NOW, by = authorities) => pivAttestation.judge(encodePivRequest(given), by, now);

const refusedFor = (failed: string) => (cause: unknown) => {
  assert.ok(cause instanceof Fault && cause.code === "ATTESTATION_REFUSED", String(cause));
  assert.equal(cause.details["failed"], failed);
  return true;
};

describe("a key that a YubiKey attests", () => {
  it("is admitted by its request alone, with what the YubiKey says of it", async () => {
    const { key, place, challenge } = await judge(request);
    const { x, y } = await webcrypto.subtle.exportKey("jwk", device.keys.publicKey);
    assert.deepEqual(key.jwk, { kty: "EC", crv: "P-256", x, y });
    assert.equal(challenge, null);
    assert.match(place, /\(serial 19661687, firmware 5\.4\.3, PIN always, touch always\)$/);
  });

  it("is admitted where the certificate of slot f9 is not called an authority, as of firmware 5.2", async () => {
    const { attester: certificate, ...rest } = await requestOf({});
    assert.ok(certificate);
    const old = await requestOf({ f9: { ca: false } });
    const older = { ...rest, attester: await certify(between, { subject: attester, marks: FIRMWARE }) };
    await judge(old);
    await judge({ ...older, proof: await prove(device, older) });
  });

  it("is admitted when it is of RSA, unless its firmware makes them so that they can be computed", async () => {
    const rsa = await keyed("YubiKey PIV Attestation 9c", RSA);
    const by = (...firmware: number[]) => requestOf({ device: rsa, statement: { marks: { ...STATEMENT, 3: firmware } } });
    assert.equal((await judge(await by(4, 3, 5))).key.algorithm, "RS256");
    assert.equal((await judge(await by(5, 0, 0))).key.algorithm, "RS256");
    await assert.rejects(async () => judge(await by(4, 3, 4)), refusedFor("strength"));
    await judge(await requestOf({ statement: { marks: { ...STATEMENT, 3: [4, 3, 4] } } }));
  });

  it("is admitted where its marks are an OCTET STRING in the extension, and a policy is one of later firmware", async () => {
    const { place } = await judge(await requestOf({ statement: { marks: { 3: [4, 3, 5, 7, 4], 8: [4, 2, 9, 3] } } }));
    assert.match(place, /\(firmware 5\.7\.4, PIN policy 9, touch cached\)$/);
  });

  it("of Yubico is known by Yubico's root", async () => {
    const certificates = { statement: vector("statement").raw, attester: vector("attester").raw };
    const { key, ...said } = await judgeStatement(certificates, [vector("root")], NOW);
    assert.deepEqual(key.jwk, vector("statement").publicKey.export({ format: "jwk" }));
    assert.deepEqual(said, { firmware: [5, 4, 3], serial: "19661687", policy: { pin: "always", touch: "never" } });
    await assert.rejects(judgeStatement(certificates, authorities, NOW), refusedFor("attester"));
    await assert.rejects(judgeStatement(certificates, [vector("root")], 1_400_000_000), refusedFor("attester"));
  });
});

describe("a request of a PIV token", () => {
  it("that leads to no root that was given is refused, its own root too", async () => {
    await assert.rejects(judge(request, NOW, []), refusedFor("attester"));
    await assert.rejects(judge(request, NOW, authorities.slice(0, 1)), refusedFor("attester"));
    await assert.rejects(judge(request, NOW, authorities.slice(1)), refusedFor("attester"));
    await assert.rejects(judge(await requestOf({ f9By: attester })), refusedFor("attester"));
    const namesake = await keyed("Between");
    await assert.rejects(async () => judge(await requestOf({ f9By: namesake })), refusedFor("attester"));
  });

  it("with another key than the one that proves itself is refused, and one that is made of two", async () => {
    const other = await keyed("YubiKey PIV Attestation 9a");
    const others = await requestOf({ device: other });
    await assert.rejects(judge({ ...request, statement: others.statement }), refusedFor("proof"));
    await assert.rejects(judge({ ...request, proof: others.proof }), refusedFor("proof"));
    await assert.rejects(async () => judge(await requestOf({ prover: other })), refusedFor("proof"));
    await assert.rejects(judge({ ...request, proof: new Uint8Array() }), refusedFor("proof"));
    // The same key, and a proof that was made for another statement of it.
    const again = await requestOf({});
    await assert.rejects(judge({ ...request, attester: again.attester }), refusedFor("proof"));
    for (const algorithm of [RSA, P256]) {
      const namesake = await keyed("PIV Attestation", algorithm);
      const statement = await certify(namesake, { subject: device, marks: STATEMENT });
      await assert.rejects(judge({ ...request, statement }), refusedFor("statement"));
    }
    const otherToken = await requestOf({ attester: await keyed("PIV Attestation", RSA) });
    await assert.rejects(judge({ ...request, attester: otherToken.attester }), refusedFor("statement"));
  });

  it("whose certificates are in another order, or one of them twice, is refused", async () => {
    const { statement, attester: f9 } = request;
    await assert.rejects(judge({ ...request, statement: f9, attester: statement }), refusedFor("attester"));
    await assert.rejects(judge({ ...request, attester: statement }), refusedFor("attester"));
    await assert.rejects(judge({ ...request, statement: f9 }), refusedFor("statement"));
  });

  it("is refused before and after its certificates are valid", async () => {
    const day = 86_400;
    await assert.rejects(judge(request, NOW - 2 * day), refusedFor("attester"));
    await assert.rejects(judge(request, NOW + 2 * day), refusedFor("attester"));
    await assert.rejects(async () => judge(await requestOf({ statement: { days: [-3, -2] } })), refusedFor("statement"));
    await assert.rejects(async () => judge(await requestOf({ f9: { days: [2, 3] } })), refusedFor("attester"));
  });

  it("with an ordinary certificate of the same authority is refused: it says nothing of where its key was made", async () => {
    const usage = "1.3.6.1.5.5.7.3.1";
    for (const marks of [{}, FIRMWARE, { 8: [3, 2] }, { ...STATEMENT, 8: [3] }, { ...STATEMENT, 3: [5, 4] }]) {
      await assert.rejects(async () => judge(await requestOf({ statement: { usage, marks } })), refusedFor("marks"));
    }
    const server = await requestOf({ f9: { usage, ca: false, marks: {} } });
    await assert.rejects(judge(server), refusedFor("attester's purpose"));
    await assert.rejects(async () => judge(await requestOf({ statement: { ca: true } })), refusedFor("statement"));
  });

  it("whose second certificate is itself a statement is refused: the key of that one signs what its owner wants", async () => {
    for (const ca of [undefined, true] as const) {
      const f9 = { marks: STATEMENT, ...(ca === undefined ? { ca: false } : { ca }) };
      await assert.rejects(async () => judge(await requestOf({ f9 })), refusedFor("attester's purpose"));
    }
    // The whole way: a genuine statement stands in the place of f9, and its genuine f9 is among the authorities.
    const f9 = new X509Certificate(request.attester);
    const forged = {
      statement: await certify(device, { subject: await keyed("x"), marks: STATEMENT }),
      attester: request.statement,
    };
    const proof = await prove(device, forged);
    await assert.rejects(judge({ ...forged, proof }, NOW, [...authorities, f9]), refusedFor("attester's purpose"));
  });

  it("for a key that brevet does not sign with is refused", async () => {
    const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-384" }, true, ["sign", "verify"]);
    const p384 = { name: "CN=p384", keys: keys as webcrypto.CryptoKeyPair };
    await assert.rejects(async () => judge(await requestOf({ device: p384 })), refusedFor("key"));
  });

  it("is refused whichever of its bytes is another one", async () => {
    const members = ["statement", "attester", "proof"] as const;
    const changes = fc.record({ member: fc.constantFrom(...members), at: fc.nat(), bits: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(changes, async ({ member, at, bits }) => {
        const bytes = request[member];
        const changed = bytes.map((byte, index) => (index === at % bytes.length ? byte ^ bits : byte));
        await assert.rejects(judge({ ...request, [member]: changed }), { code: "ATTESTATION_REFUSED" });
      }),
      { numRuns: 150 },
    );
  });

  it("that is cut off, longer, or in another form is refused", async () => {
    const text = encodePivRequest(request);
    const wrong = [
      "",
      "null",
      "[]",
      text.slice(0, -20),
      text.replace("request-1", "request-2"),
      text.replace('"proof"', '"proov"'),
      text.replace('"attester": "', '"attester": "='),
      JSON.stringify({ ...JSON.parse(text), more: "x".repeat(70_000) }),
    ];
    for (const each of wrong) assert.throws(() => parsePivRequest(each), { code: "ATTESTATION_REFUSED" });
    const [f9, pem] = [request.attester, new X509Certificate(request.attester).toString()];
    for (const bytes of [new TextEncoder().encode(pem), f9.slice(0, -1), Uint8Array.from([...f9, 0]), new Uint8Array()]) {
      for (const member of ["attester", "statement"] as const) {
        const certificates = { ...request, [member]: bytes };
        const proof = await prove(device, certificates);
        await assert.rejects(judge({ ...certificates, proof }), {
          code: "ATTESTATION_REFUSED",
          message: /that no YubiKey makes$/,
        });
      }
    }
  });
});
