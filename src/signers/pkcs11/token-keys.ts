import { sha256 } from "../../core/digest.ts";
import { Fault } from "../../core/fault.ts";
import type { PublicJwk, SignatureAlgorithm } from "../../core/signer.ts";
import { algorithmOf } from "../../wire/jwk/public-jwk.ts";
import { CKA, CKF_MECHANISM, CKK, CKM, CKO, CKU, P256_PARAMETERS, SHA256_DIGEST_INFO } from "../../wire/pkcs11/constants.ts";
import { type CkAttribute, decodeUlong, encodeAttributes, encodeUlong } from "../../wire/pkcs11/layout.ts";
import { certifiedPublicJwk, ecPublicJwk, rsaPublicJwk } from "../../wire/pkcs11/public-key.ts";
import { isOfDevice } from "../../wire/pkcs11/return-values.ts";
import type { Cryptoki } from "./cryptoki.ts";
import type { TokenSession } from "./token-session.ts";

/** How a key is found: by its CKA_ID, by its CKA_LABEL, or by both. */
export interface KeySelector {
  readonly id?: Buffer;
  readonly label?: string;
}

const KEY_TYPES = { ES256: CKK.ec, RS256: CKK.rsa } as const;

const RSA_MODULUS_BITS = 2048;

/** For each algorithm the mechanism that hashes, and the one that is given a digest. */
const MECHANISMS = {
  ES256: { hashing: CKM.ecdsaSha256, plain: CKM.ecdsa, generate: CKM.ecKeyPairGen },
  RS256: { hashing: CKM.sha256RsaPkcs, plain: CKM.rsaPkcs, generate: CKM.rsaKeyPairGen },
} as const;

/** What a slot can do by a mechanism: its flags; 0 where it has none. @throws {Fault} when the token cannot be asked. */
function mechanismFlags(cryptoki: Cryptoki, slot: bigint, mechanism: number): number {
  const info = Buffer.alloc(64);
  const value = cryptoki.callForValue("C_GetMechanismInfo", slot, mechanism, info);
  if (isOfDevice(value)) throw cryptoki.faultOf("C_GetMechanismInfo", value);
  return value === 0 ? decodeUlong(cryptoki.layout, info, 2) : 0;
}

/** The algorithms that a token signs with. */
export function tokenAlgorithms(cryptoki: Cryptoki, slot: bigint): readonly SignatureAlgorithm[] {
  return (["ES256", "RS256"] as const).filter((algorithm) => signMechanism(cryptoki, slot, algorithm) !== null);
}

function signMechanism(cryptoki: Cryptoki, slot: bigint, algorithm: SignatureAlgorithm): "hashing" | "plain" | null {
  const can = (mechanism: number): boolean => (mechanismFlags(cryptoki, slot, mechanism) & CKF_MECHANISM.sign) !== 0;
  // Every smart card takes a digest, and few have room for a long message.
  if (can(MECHANISMS[algorithm].plain)) return "plain";
  return can(MECHANISMS[algorithm].hashing) ? "hashing" : null;
}

/** The private key of that type, and its CKA_ID. @throws {Fault} `USAGE_INVALID` when there are several. */
export function findPrivateKey(
  session: TokenSession,
  algorithm: SignatureAlgorithm,
  selector: KeySelector,
): { readonly object: bigint; readonly id: Buffer } | null {
  const [object, ...others] = session.find(template(session.cryptoki, CKO.privateKey, algorithm, selector));
  if (object === undefined) return null;
  if (others.length > 0) {
    throw new Fault("USAGE_INVALID", `the token has several ${algorithm} keys that could be meant`, {
      hints: ["name one by its id: `--signer-option key=pkcs11:id=%01`"],
    });
  }
  // Each question to a token takes time, and this one has its answer in the selector.
  const id = selector.id ?? session.read(object, [CKA.id])[0] ?? Buffer.alloc(0);
  return { object, id };
}

/** The public half of a key, from its public key object, from the private one (RSA) or from the certificate beside it. */
export function readPublicKey(
  session: TokenSession,
  algorithm: SignatureAlgorithm,
  key: { object: bigint; id: Buffer },
): PublicJwk {
  const candidates = session.find(template(session.cryptoki, CKO.publicKey, algorithm, { id: key.id }));
  const objects = algorithm === "RS256" ? [...candidates, key.object] : candidates;
  const found = [
    ...objects.map((object) => publicJwkOf(session, algorithm, object)),
    ...readCertificates(session, { id: key.id }).map(certifiedPublicJwk),
  ].find((jwk) => jwk !== null && algorithmOf(jwk) === algorithm);
  if (found) return found;
  throw new Fault("SIGNER_FAILED", `the token has an ${algorithm} key without a public half that can be read`, {
    hints: ["brevet takes P-256 keys and RSA keys of 2048 to 8192 bits, with their public key or certificate on the token"],
  });
}

/** Every certificate of that id or label, DER. */
export function readCertificates(session: TokenSession, selector: KeySelector): readonly Buffer[] {
  const objects = session.find([number(session.cryptoki, CKA.class, CKO.certificate), ...named(selector)]);
  return objects.flatMap((object) => session.read(object, [CKA.value])[0] ?? []);
}

function publicJwkOf(session: TokenSession, algorithm: SignatureAlgorithm, object: bigint): PublicJwk | null {
  if (algorithm === "ES256") {
    const [parameters, point] = session.read(object, [CKA.ecParams, CKA.ecPoint]);
    return parameters && point ? ecPublicJwk(parameters, point) : null;
  }
  const [modulus, exponent] = session.read(object, [CKA.modulus, CKA.publicExponent]);
  return modulus && exponent ? rsaPublicJwk(modulus, exponent) : null;
}

/** Makes a key pair that never leaves the token. */
export function generateKeyPair(session: TokenSession, algorithm: SignatureAlgorithm, id: Buffer, label: string): void {
  const { cryptoki } = session;
  const common: readonly CkAttribute[] = [
    flag(CKA.token, true),
    { type: CKA.id, value: id },
    { type: CKA.label, value: Buffer.from(label, "utf8") },
  ];
  const parameters: readonly CkAttribute[] =
    algorithm === "ES256"
      ? [{ type: CKA.ecParams, value: P256_PARAMETERS }]
      : [number(cryptoki, CKA.modulusBits, RSA_MODULUS_BITS), { type: CKA.publicExponent, value: Buffer.from([1, 0, 1]) }];
  const publicPart = [...common, ...parameters, flag(CKA.private, false), flag(CKA.verify, true)];
  const privatePart = [
    ...common,
    flag(CKA.private, true),
    flag(CKA.sensitive, true),
    flag(CKA.extractable, false),
    flag(CKA.sign, true),
  ];
  cryptoki.call(
    "C_GenerateKeyPair",
    session.handle,
    mechanism(cryptoki, MECHANISMS[algorithm].generate),
    encodeAttributes(cryptoki.layout, publicPart, cryptoki.address),
    publicPart.length,
    encodeAttributes(cryptoki.layout, privatePart, cryptoki.address),
    privatePart.length,
    Buffer.alloc(8),
    Buffer.alloc(8),
  );
}

/** Longer than a signature of RSA-8192. */
const MAX_SIGNATURE_BYTES = 2048;

/** Signs a digest, or the message where the token signs nothing but what it hashed. */
export function signMessage(
  session: TokenSession,
  algorithm: SignatureAlgorithm,
  object: bigint,
  { message, pin }: { readonly message: Buffer; readonly pin: string | null },
): Buffer {
  const { cryptoki, handle } = session;
  const way = signMechanism(cryptoki, session.slot, algorithm);
  if (way === null) {
    throw new Fault("ALGORITHM_UNSUPPORTED", `the token does not sign ${algorithm}`, {
      hints: ["what it does: `pkcs11-tool --module MODULE --list-mechanisms`"],
    });
  }
  const digest = Buffer.from(sha256(message));
  const digested = algorithm === "RS256" ? Buffer.concat([SHA256_DIGEST_INFO, digest]) : digest;
  const data = way === "hashing" ? message : digested;
  cryptoki.call("C_SignInit", handle, mechanism(cryptoki, MECHANISMS[algorithm][way]), object);
  const [alwaysAuthenticate] = session.read(object, [CKA.alwaysAuthenticate]);
  if (alwaysAuthenticate?.[0] === 1) {
    const bytes = pin === null ? null : Buffer.from(pin, "utf8");
    cryptoki.call("C_Login", handle, CKU.contextSpecific, bytes, bytes?.length ?? 0);
    bytes?.fill(0);
  }
  const signature = Buffer.alloc(MAX_SIGNATURE_BYTES);
  const length = encodeUlong(cryptoki.layout, signature.length);
  // A pointer to nothing is refused by some modules, even where nothing is to be read.
  cryptoki.call("C_Sign", handle, data.length === 0 ? Buffer.alloc(1) : data, data.length, signature, length);
  return signature.subarray(0, Math.min(decodeUlong(cryptoki.layout, length), signature.length));
}

/** Destroys every object of a key: both halves. A certificate stays. */
export function destroyKeyPair(session: TokenSession, algorithm: SignatureAlgorithm, id: Buffer): void {
  for (const kind of [CKO.privateKey, CKO.publicKey]) {
    for (const object of session.find(template(session.cryptoki, kind, algorithm, { id }))) {
      session.cryptoki.call("C_DestroyObject", session.handle, object);
    }
  }
}

function template(
  cryptoki: Cryptoki,
  kind: number,
  algorithm: SignatureAlgorithm,
  selector: KeySelector,
): readonly CkAttribute[] {
  return [number(cryptoki, CKA.class, kind), number(cryptoki, CKA.keyType, KEY_TYPES[algorithm]), ...named(selector)];
}

function named({ id, label }: KeySelector): readonly CkAttribute[] {
  return [
    ...(id === undefined ? [] : [{ type: CKA.id, value: id }]),
    ...(label === undefined ? [] : [{ type: CKA.label, value: Buffer.from(label, "utf8") }]),
  ];
}

function mechanism({ layout, address }: Cryptoki, type: number): Buffer {
  return encodeAttributes(layout, [{ type, value: null }], address);
}

function number({ layout }: Cryptoki, type: number, value: number): CkAttribute {
  return { type, value: encodeUlong(layout, value) };
}

function flag(type: number, value: boolean): CkAttribute {
  return { type, value: Buffer.from([value ? 1 : 0]) };
}
