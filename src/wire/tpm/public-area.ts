import { bytesOfHex, joined } from "../../core/bytes.ts";
import { sha256 } from "../../core/digest.ts";
import { type ByteReader, malformed, readBytes, sized, u16, u32 } from "./bytes.ts";
import { ALG, ATTRIBUTE, CURVE_P256 } from "./constants.ts";

/*
 * TPM 2.0 Part 2 §12.2.4, TPMT_PUBLIC:
 *   type u16 ‖ nameAlg u16 ‖ objectAttributes u32 ‖ authPolicy 2B ‖ parameters ‖ unique
 * ECC:   symmetric ‖ scheme ‖ curveID u16 ‖ kdf u16           ‖ x 2B ‖ y 2B
 * RSA:   symmetric ‖ scheme ‖ keyBits u16 ‖ exponent u32      ‖ n 2B
 * KEYEDHASH (sealed data): scheme                             ‖ unique 2B
 * symmetric: algorithm u16 [‖ keyBits u16 ‖ mode u16]; scheme: algorithm u16 [‖ hash u16]; NULL has nothing behind it.
 */

/** `encoded` is the TPMT_PUBLIC itself: its digest is the object's name. */
export type PublicArea = EccArea | RsaArea | SealedArea | OtherArea;

interface Area {
  readonly encoded: Uint8Array;
  readonly nameAlgorithm: number;
  readonly attributes: number;
  readonly hasPolicy: boolean;
}

/** A P-256 key; both coordinates have 32 bytes. */
export interface EccArea extends Area {
  readonly type: "ecc";
  readonly symmetric: Symmetric | null;
  readonly scheme: Scheme | null;
  readonly x: Uint8Array;
  readonly y: Uint8Array;
}

export interface RsaArea extends Area {
  readonly type: "rsa";
  readonly symmetric: Symmetric | null;
  readonly scheme: Scheme | null;
  readonly modulus: Uint8Array;
  readonly exponent: number;
}

export interface SealedArea extends Area {
  readonly type: "sealed";
}

/** An object of a kind that brevet has no use for. */
export interface OtherArea extends Area {
  readonly type: "other";
}

interface Symmetric {
  readonly algorithm: number;
  readonly keyBits: number;
  readonly mode: number;
}

interface Scheme {
  readonly algorithm: number;
  readonly hash: number;
}

const COORDINATE_BYTES = 32;
const RSA_BITS = 2048;
/** Part 2 §12.2.3.5: zero stands for 2^16 + 1. */
const DEFAULT_EXPONENT = 65537;

/** @throws {Fault} `SIGNER_FAILED` for bytes that are no such area. */
export function parsePublicArea(encoded: Uint8Array): PublicArea {
  const reader = readBytes(encoded, "a public area");
  const type = reader.u16();
  const area = { encoded, nameAlgorithm: reader.u16(), attributes: reader.u32(), hasPolicy: reader.sized().length > 0 };
  if (type === ALG.keyedHash && reader.u16() === ALG.null) {
    reader.sized();
    reader.end();
    return { type: "sealed", ...area };
  }
  if (type === ALG.ecc || type === ALG.rsa) return parseKey(type, area, reader);
  return { type: "other", ...area };
}

function parseKey(type: number, area: Area, reader: ByteReader): PublicArea {
  const cipher = reader.u16();
  const symmetric = cipher === ALG.null ? null : { algorithm: cipher, keyBits: reader.u16(), mode: reader.u16() };
  const signing = reader.u16();
  const scheme = signing === ALG.null ? null : { algorithm: signing, hash: reader.u16() };
  if (type === ALG.rsa) {
    reader.u16();
    const exponent = reader.u32() || DEFAULT_EXPONENT;
    const modulus = reader.sized();
    reader.end();
    return { type: "rsa", ...area, symmetric, scheme, modulus, exponent };
  }
  if (reader.u16() !== CURVE_P256 || reader.u16() !== ALG.null) return { type: "other", ...area };
  const [x, y] = [reader.sized(), reader.sized()];
  reader.end();
  return { type: "ecc", ...area, symmetric, scheme, x: coordinate(x), y: coordinate(y) };
}

/** Part 1 §16: the digest algorithm and the digest of the public area, which no other object has. */
export function objectName({ encoded, nameAlgorithm }: PublicArea): Uint8Array {
  if (nameAlgorithm !== ALG.sha256) throw malformed(`an object is named by the algorithm ${hex(nameAlgorithm)}, not by SHA-256`);
  return joined(u16(nameAlgorithm), sha256(encoded));
}

/** Some firmware leaves leading zeros away. */
export function coordinate(bytes: Uint8Array): Uint8Array {
  if (bytes.length > COORDINATE_BYTES) throw malformed(`a coordinate has ${bytes.length} bytes`);
  const padded = new Uint8Array(COORDINATE_BYTES);
  padded.set(bytes, COORDINATE_BYTES - bytes.length);
  return padded;
}

const MADE_HERE = ATTRIBUTE.fixedTpm | ATTRIBUTE.fixedParent | ATTRIBUTE.userWithAuth;

const STORAGE_ROOT = MADE_HERE | ATTRIBUTE.sensitiveDataOrigin | ATTRIBUTE.restricted | ATTRIBUTE.decrypt;

/**
 * The template of the storage root key: P-256, AES-128-CFB, restricted to what it is for. From one TPM and one owner it
 * always makes the same key.
 *
 * @see TCG TPM v2.0 Provisioning Guidance §7.5.1
 */
export function storageRootTemplate(): Uint8Array {
  return joined(
    ...[ALG.ecc, ALG.sha256].map(u16),
    u32(STORAGE_ROOT | ATTRIBUTE.noDictionaryAttackProtection),
    sized(new Uint8Array()),
    ...[ALG.aes, 128, ALG.cfb, ALG.null, CURVE_P256, ALG.null].map(u16),
    ...[sized(new Uint8Array()), sized(new Uint8Array())],
  );
}

/** Whether a key that somebody put in the storage root's place is one: it seals others, cannot leave, and needs no policy. */
export function isStorageRoot(area: PublicArea): area is EccArea | RsaArea {
  if ((area.type !== "ecc" && area.type !== "rsa") || area.nameAlgorithm !== ALG.sha256 || area.hasPolicy) return false;
  if (area.type === "rsa" && area.modulus.length * 8 < RSA_BITS) return false;
  if ((area.attributes & STORAGE_ROOT) !== STORAGE_ROOT || (area.attributes & ATTRIBUTE.sign) !== 0) return false;
  return area.symmetric?.algorithm === ALG.aes && area.symmetric.mode === ALG.cfb;
}

/**
 * The template of a signing key that never leaves its TPM and signs by one scheme alone.
 *
 * Without a PIN it is exempt from the dictionary attack protection, so that wrong passwords for other objects cannot lock it;
 * with one it is not, or the PIN could be guessed at the speed of the TPM.
 */
export function signingKeyTemplate(algorithm: "ES256" | "RS256", guarded: "by-pin" | "by-nothing"): Uint8Array {
  const protection = guarded === "by-pin" ? 0 : ATTRIBUTE.noDictionaryAttackProtection;
  const attributes = u32(MADE_HERE | ATTRIBUTE.sensitiveDataOrigin | ATTRIBUTE.sign | protection);
  const head = (type: number): Uint8Array =>
    joined(u16(type), u16(ALG.sha256), attributes, sized(new Uint8Array()), u16(ALG.null));
  const empty = sized(new Uint8Array());
  return algorithm === "ES256"
    ? joined(head(ALG.ecc), ...[ALG.ecdsa, ALG.sha256, CURVE_P256, ALG.null].map(u16), empty, empty)
    : joined(head(ALG.rsa), ...[ALG.rsassa, ALG.sha256, RSA_BITS].map(u16), u32(0), empty);
}

/** Part 3 of the EK Credential Profile, table "PolicyA": PolicySecret(TPM_RH_ENDORSEMENT). */
const ENDORSEMENT_POLICY = "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa";

const ENDORSEMENT_ATTRIBUTES =
  ATTRIBUTE.fixedTpm |
  ATTRIBUTE.fixedParent |
  ATTRIBUTE.sensitiveDataOrigin |
  ATTRIBUTE.adminWithPolicy |
  ATTRIBUTE.restricted |
  ATTRIBUTE.decrypt;

/** The template of the RSA-2048 endorsement key, which its maker certified. @see TCG EK Credential Profile §B.3.3, template L-1 */
export function endorsementTemplate(): Uint8Array {
  return joined(
    ...[ALG.rsa, ALG.sha256].map(u16),
    u32(ENDORSEMENT_ATTRIBUTES),
    sized(bytesOfHex(ENDORSEMENT_POLICY)),
    ...[ALG.aes, 128, ALG.cfb, ALG.null, RSA_BITS].map(u16),
    u32(0),
    sized(new Uint8Array(RSA_BITS / 8)),
  );
}

/** The template of a key that signs what the TPM itself says, and nothing else: it cannot be made to sign a forged statement. */
export function attestationKeyTemplate(): Uint8Array {
  const attributes = ATTRIBUTE.sensitiveDataOrigin | ATTRIBUTE.restricted | ATTRIBUTE.sign;
  const empty = sized(new Uint8Array());
  return joined(
    ...[ALG.ecc, ALG.sha256].map(u16),
    u32(MADE_HERE | attributes | ATTRIBUTE.noDictionaryAttackProtection),
    ...[empty, ...[ALG.null, ALG.ecdsa, ALG.sha256, CURVE_P256, ALG.null].map(u16), empty, empty],
  );
}

const NEVER_LEAVES = ATTRIBUTE.fixedTpm | ATTRIBUTE.fixedParent | ATTRIBUTE.sensitiveDataOrigin | ATTRIBUTE.sign;

/** Whether a key was made in its TPM, cannot leave it, and signs only statements of that TPM (`attestation`), or anything (`any`). */
export function isResidentSigner(area: PublicArea, signs: "attestation" | "any"): area is EccArea | RsaArea {
  if ((area.type !== "ecc" && area.type !== "rsa") || area.nameAlgorithm !== ALG.sha256) return false;
  if ((area.attributes & NEVER_LEAVES) !== NEVER_LEAVES || (area.attributes & ATTRIBUTE.decrypt) !== 0) return false;
  return ((area.attributes & ATTRIBUTE.restricted) !== 0) === (signs === "attestation");
}

/** The template of sealed data. */
export function sealedTemplate(): Uint8Array {
  const attributes = u32(MADE_HERE | ATTRIBUTE.noDictionaryAttackProtection);
  const empty = sized(new Uint8Array());
  return joined(u16(ALG.keyedHash), u16(ALG.sha256), attributes, empty, u16(ALG.null), empty);
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, "0")}`;
}
