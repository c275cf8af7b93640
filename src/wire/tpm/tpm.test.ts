import assert from "node:assert/strict";
import { createECDH, createHash } from "node:crypto";
import { describe, it } from "node:test";
import fc from "fast-check";
import { joined } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";
import { parseAttestation } from "./attestation.ts";
import type { Transmit } from "./authorized.ts";
import { readBytes, sized, u8, u16, u32 } from "./bytes.ts";
import { parseResponse } from "./command.ts";
import { ALG, ATTRIBUTE } from "./constants.ts";
import { type Endorsement, endorsement } from "./endorsement.ts";
import {
  type EccArea,
  isStorageRoot,
  objectName,
  parsePublicArea,
  sealedTemplate,
  signingKeyTemplate,
  storageRootTemplate,
} from "./public-area.ts";
import { type Authorizes, TpmRefusal } from "./response-code.ts";
import { makeEphemeralKey } from "./salt.ts";
import { authSession } from "./session.ts";
import { parseSignature } from "./signature.ts";
import { parseCertifyStatement } from "./statement.ts";
import { enterRoot, underStorageRoot } from "./storage-root.ts";
import { type Tpm, tpm } from "./tpm.ts";
import type { TpmPorts } from "./with-tpm.ts";

const random = (count: number): Uint8Array => new Uint8Array(count).fill(7);
const empty = new Uint8Array();
const OBJECT = { handle: 0x80000001, name: joined(u16(ALG.sha256), new Uint8Array(32)) };

/** The storage root of a TPM whose private key this test has. */
function root(): { readonly area: EccArea; readonly bytes: Uint8Array } {
  const point = createECDH("prime256v1").generateKeys();
  const template = storageRootTemplate();
  const bytes = joined(template.subarray(0, -4), sized(point.subarray(1, 33)), sized(point.subarray(33)));
  const area = parsePublicArea(bytes);
  assert.equal(area.type, "ecc");
  return { area: area as EccArea, bytes };
}

function openSession(): ReturnType<typeof authSession> {
  return authSession({ handle: 0x02000000, salt: random(32), nonceCaller: random(32), nonceTpm: random(32) }, random);
}

function portsOver(transmit: Transmit): TpmPorts {
  return { open: async () => ({ transmit, close: async () => undefined }), random, beforeExit: () => () => undefined };
}

function response(code: number, body: Uint8Array, tag = 0x8001): Uint8Array {
  return joined(u16(tag), u32(10 + body.length), u32(code), body);
}

/** Every command, as the answer it gets makes it end. */
const CALLS: Readonly<Record<string, (chip: Tpm, speaker: Endorsement, transmit: Transmit) => Promise<unknown>>> = {
  readPublic: (chip) => chip.readPublic(0x81000001),
  createPrimary: (chip) => chip.createPrimary(storageRootTemplate()),
  startSession: (chip) => chip.startSession({ handle: 0x81000001, publicArea: root().area }, makeEphemeralKey()),
  create: (chip) =>
    chip.create(openSession(), OBJECT, signingKeyTemplate("ES256", "by-nothing"), { authValue: empty, data: empty }),
  load: (chip) => chip.load(openSession(), OBJECT, { publicArea: root().bytes, privateArea: empty }),
  sign: (chip) => chip.sign(openSession(), OBJECT, empty, new Uint8Array(32)),
  unseal: (chip) => chip.unseal(openSession(), OBJECT),
  flushAll: (chip) => {
    chip.remember(0x80000001);
    return chip.flushAll();
  },
  property: (chip) => chip.property(0x105),
  certificate: (_chip, speaker) => speaker.certificate(),
  endorsementKey: (_chip, speaker) => speaker.endorsementKey(),
  certify: (_chip, speaker) => speaker.certify(openSession(), OBJECT, empty, OBJECT),
  underStorageRoot: (_chip, _speaker, transmit) =>
    underStorageRoot(
      () => enterRoot(portsOver(transmit)),
      null,
      async () => "worked",
    ),
  activate: (_chip, speaker) => speaker.activate(openSession(), OBJECT, OBJECT, { blob: empty, secret: empty }),
};

/** Something like a response: any bytes, or a right header before any bytes. */
const answers = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  fc
    .tuple(fc.constantFrom(0x8001, 0x8002, 0x00c4), fc.constantFrom(0, 0, 0, 0x902, 0x98e), fc.uint8Array({ maxLength: 128 }))
    .map(([tag, code, body]) => response(code, body, tag)),
  // sized fields, so that the parsers behind the header are reached
  fc
    .tuple(fc.constantFrom(0x8001, 0x8002), fc.array(fc.uint8Array({ maxLength: 48 }), { maxLength: 5 }))
    .map(([tag, fields]) => response(0, joined(...fields.map(sized)), tag)),
);

describe("an answer that no TPM gives", () => {
  for (const [name, call] of Object.entries(CALLS)) {
    it(`to ${name} is a Fault or a value, and nothing else`, () =>
      fc.assert(
        fc.asyncProperty(answers, async (answer) => {
          const transmit = async (): Promise<Uint8Array> => answer;
          await call(tpm(transmit, random), endorsement(transmit, random), transmit).catch((cause: unknown) => {
            if (!(cause instanceof Fault)) throw cause;
          });
        }),
        { numRuns: 300 },
      ));
  }

  it("to a command under a session is refused without the secret of that session, whatever it holds", async () => {
    const signature = joined(u16(ALG.ecdsa), u16(ALG.sha256), sized(random(32)), sized(random(32)));
    const forged = response(0, joined(u32(signature.length), signature, sized(random(32)), u8(1), sized(random(32))), 0x8002);
    const signed = tpm(async () => forged, random).sign(openSession(), OBJECT, empty, new Uint8Array(32));
    await assert.rejects(signed, { code: "SIGNER_FAILED" });
  });

  it("is not taken for a value when it is longer or shorter than it says", () => {
    const right = response(0, u32(1));
    for (const wrong of [right.subarray(0, -1), joined(right, u8(0)), empty]) {
      assert.throws(() => parseResponse(wrong, "test", { handle: true, authorizes: null }), { code: "SIGNER_FAILED" });
    }
  });
});

describe("bytes that anybody may have sent", () => {
  const parsers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
    "a public area": parsePublicArea,
    "a signature": parseSignature,
    "a statement": parseCertifyStatement,
    "an attestation request": (bytes) => parseAttestation("request", Buffer.from(bytes).toString()),
  };
  /** Beginnings that lead into each parser, before any bytes. */
  const beginnings = [
    [],
    [ALG.ecc, ALG.sha256],
    [ALG.rsa, ALG.sha256],
    [ALG.keyedHash, ALG.sha256],
    [ALG.ecdsa, ALG.sha256],
    [0xff54, 0x4347, 0x8017],
  ];
  for (const [name, parse] of Object.entries(parsers)) {
    it(`are ${name} or a Fault`, () =>
      fc.assert(
        fc.property(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 96 }), (beginning, bytes) => {
          try {
            parse(joined(...beginning.map(u16), bytes));
          } catch (cause) {
            if (!(cause instanceof Fault)) throw cause;
          }
        }),
        { numRuns: 500 },
      ));
  }
});

describe("a public area", () => {
  it("is a storage root by what it may do, not by who says so", () => {
    const { area, bytes } = root();
    assert.ok(isStorageRoot(area));
    const { restricted, fixedTpm, sign, decrypt } = ATTRIBUTE;
    for (const attributes of [
      area.attributes & ~restricted,
      area.attributes & ~fixedTpm,
      area.attributes & ~decrypt,
      area.attributes | sign,
    ]) {
      assert.ok(!isStorageRoot(parsePublicArea(joined(bytes.subarray(0, 4), u32(attributes), bytes.subarray(8)))));
    }
    const withPolicy = joined(bytes.subarray(0, 8), sized(new Uint8Array(32)), bytes.subarray(10));
    assert.ok(!isStorageRoot(parsePublicArea(withPolicy)));
    assert.ok(!isStorageRoot(parsePublicArea(sealedTemplate())));
    const shortRsa = joined(
      ...[1, ALG.sha256].map(u16),
      u32(area.attributes),
      u16(0),
      ...[ALG.aes, 128, ALG.cfb, ALG.null, 1024].map(u16),
      u32(0),
      sized(random(128)),
    );
    assert.equal(parsePublicArea(shortRsa).type, "rsa");
    assert.ok(!isStorageRoot(parsePublicArea(shortRsa)));
  });

  it("of a kind that brevet does not use is none of ours, and no fault", () => {
    const p384 = joined(
      u16(ALG.ecc),
      u16(0x000c),
      u32(0),
      u16(0),
      u16(ALG.null),
      u16(ALG.null),
      u16(4),
      u16(ALG.null),
      sized(empty),
    );
    assert.equal(parsePublicArea(p384).type, "other");
    assert.equal(parsePublicArea(joined(u16(0x0025), u16(ALG.sha256), u32(0), u16(0))).type, "other");
  });

  it("is named by its SHA-256 digest", () => {
    const { area, bytes } = root();
    assert.deepEqual(objectName(area), joined(u16(ALG.sha256), createHash("sha256").update(bytes).digest()));
    assert.throws(() => objectName({ ...area, nameAlgorithm: 0x0004 }), { code: "SIGNER_FAILED" });
  });

  it("puts a key with a PIN under the protection against guessing, and one without outside of it", () => {
    const attributes = (template: Uint8Array): number => readBytes(template.subarray(4), "test").u32();
    for (const algorithm of ["ES256", "RS256"] as const) {
      assert.equal(attributes(signingKeyTemplate(algorithm, "by-pin")) & ATTRIBUTE.noDictionaryAttackProtection, 0);
      assert.notEqual(attributes(signingKeyTemplate(algorithm, "by-nothing")) & ATTRIBUTE.noDictionaryAttackProtection, 0);
    }
  });
});

describe("a signature", () => {
  it("keeps 32 bytes for each of its numbers, also where the TPM leaves zeros away", () => {
    const short = joined(u16(ALG.ecdsa), u16(ALG.sha256), sized(Uint8Array.of(5)), sized(random(32)));
    assert.deepEqual(parseSignature(short), joined(new Uint8Array(31), u8(5), random(32)));
  });

  it("of another algorithm, hash or size is refused", () => {
    const r = sized(random(32));
    for (const bytes of [
      joined(u16(0x001a), u16(ALG.sha256), r, r),
      joined(u16(ALG.ecdsa), u16(0x0004), r, r),
      joined(u16(ALG.ecdsa), u16(ALG.sha256), r, sized(random(33))),
      joined(u16(ALG.ecdsa), u16(ALG.sha256), r, r, u8(0)),
    ]) {
      assert.throws(() => parseSignature(bytes), { code: "SIGNER_FAILED" });
    }
  });
});

describe("what a TPM says instead", () => {
  const table: readonly (readonly [number, Authorizes | null, string])[] = [
    [0x902, null, "SIGNER_BUSY"],
    [0x903, null, "SIGNER_BUSY"],
    [0x905, null, "SIGNER_BUSY"],
    [0x922, null, "SIGNER_BUSY"],
    [0x921, "key", "PIN_LOCKED"],
    [0x98e, "pin", "PIN_WRONG"],
    [0x9a2, "pin", "PIN_WRONG"],
    [0x98e, "key", "SIGNER_FAILED"],
    [0x9a2, "key", "SIGNER_FAILED"],
    [0x9a2, "root", "SIGNER_FAILED"],
    [0x9a2, "owner", "SIGNER_FAILED"],
    [0x1df, "root", "KEY_ABSENT"],
    [0x100, null, "SIGNER_BUSY"],
    [0x101, null, "SIGNER_FAILED"],
    [0x155, null, "SIGNER_FAILED"],
  ];
  for (const [responseCode, authorizes, code] of table) {
    it(`0x${responseCode.toString(16)} to the authorisation of ${authorizes ?? "nothing"} is ${code}, with something to do`, () => {
      const refusal = new TpmRefusal(responseCode, "test", authorizes);
      assert.equal(refusal.code, code);
      assert.ok(refusal.hints.length > 0);
      assert.equal(refusal.details["responseCode"], `0x${responseCode.toString(16)}`);
    });
  }

  it("names an unknown handle, and takes no other number for it", () => {
    const unknown = (responseCode: number): boolean => new TpmRefusal(responseCode, "test", null).handleUnknown;
    assert.deepEqual([0x18b, 0x184, 0x98b, 0x1cb, 0x902, 0x101].map(unknown), [true, true, false, false, false, false]);
  });
});
