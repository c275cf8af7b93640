import {
  constants,
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  createPublicKey,
  publicEncrypt,
  timingSafeEqual,
} from "node:crypto";
import { Fault } from "../../core/fault.ts";
import type { RandomBytes } from "../../core/random.ts";
import { joined, malformed, sized, u8, u16, u32 } from "./bytes.ts";
import { SESSION } from "./constants.ts";
import type { EccArea, RsaArea } from "./public-area.ts";

/*
 * HMAC sessions (TPM 2.0 Part 1 §19) salted to a key of the TPM, with SHA-256 and AES-128-CFB: what goes over the bus is
 * encrypted and authenticated by what only this program and the holder of that key know. Whoever sits between and answers
 * in the TPM's place can do so only with a key of his own, which is why the caller has to know the key by its name.
 */

const HASH_BITS = 256;
const CIPHER_BITS = 128;
const SECRET_LABEL = "SECRET";

/** The parts of a command that its authorisation covers. */
export interface AuthorizedCommand {
  readonly code: number;
  /** The names of the objects in its handle area. */
  readonly names: readonly Uint8Array[];
  readonly parameters: Uint8Array;
  /** The authorisation value of the first object: a PIN, or empty. */
  readonly authValue: Uint8Array;
  /** Which first parameters are encrypted; each must be a TPM2B. */
  readonly encrypts: readonly ("command" | "response")[];
  /** Whether the TPM shall close the session once this command has succeeded, which saves telling it so. */
  readonly last?: boolean;
}

/** What a TPM sends behind the parameters of its response. */
export interface ResponseAuthorization {
  readonly nonce: Uint8Array;
  readonly attributes: number;
  readonly hmac: Uint8Array;
}

/** A session that is open in the TPM. Its nonces roll with every command that succeeds. */
export interface AuthSession {
  readonly handle: number;
  /** Whether it still has to be flushed. */
  isOpen(): boolean;
  /** @returns the authorisation area (Part 2 §10.13.2, TPMS_AUTH_COMMAND) and the parameters as they are sent. */
  authorize(command: AuthorizedCommand): { readonly authorization: Uint8Array; readonly parameters: Uint8Array };
  /** The parameters in clear. @throws {Fault} `SIGNER_FAILED` if the TPM that the session is salted to did not send them. */
  open(command: AuthorizedCommand, parameters: Uint8Array, authorization: ResponseAuthorization): Uint8Array;
}

/** A salt and the form in which only the holder of the private key reads it (Part 1 §B.10.2 and §C.6.1). */
export interface EncryptedSalt {
  readonly salt: Uint8Array;
  readonly encrypted: Uint8Array;
}

/** Makes a salt for the key. @throws {Fault} `SIGNER_FAILED` for a public key that is none. */
export function encryptSalt(key: EccArea | RsaArea, random: RandomBytes): EncryptedSalt {
  try {
    return key.type === "ecc" ? eccSalt(key) : rsaSalt(key, random);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw malformed("the public part of the storage root key is not a key");
  }
}

function eccSalt({ x, y }: EccArea): EncryptedSalt {
  const ephemeral = createECDH("prime256v1");
  const point = ephemeral.generateKeys();
  const [ownX, ownY] = [point.subarray(1, 33), point.subarray(33)];
  const shared = ephemeral.computeSecret(joined(u8(4), x, y));
  // Part 1 §11.4.10.3, KDFe: one block of SHA-256 is all that is needed.
  const block = joined(u32(1), shared, Buffer.from(`${SECRET_LABEL}\0`), ownX, x);
  return { salt: createHash("sha256").update(block).digest(), encrypted: joined(sized(ownX), sized(ownY)) };
}

function rsaSalt({ modulus, exponent }: RsaArea, random: RandomBytes): EncryptedSalt {
  const salt = random(HASH_BITS / 8);
  const jwk = { kty: "RSA", n: Buffer.from(modulus).toString("base64url"), e: Buffer.from(u32(exponent)).toString("base64url") };
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const encrypted = publicEncrypt({ key, padding, oaepHash: "sha256", oaepLabel: Buffer.from(`${SECRET_LABEL}\0`) }, salt);
  return { salt, encrypted };
}

/**
 * A session as the answer to StartAuthSession leaves it.
 *
 * @param opened the handle, the salt that was sent, and the nonces of both sides.
 */
export function authSession(
  opened: {
    readonly handle: number;
    readonly salt: Uint8Array;
    readonly nonceCaller: Uint8Array;
    readonly nonceTpm: Uint8Array;
  },
  random: RandomBytes,
): AuthSession {
  const sessionKey = deriveKey(opened.salt, "ATH", opened.nonceTpm, opened.nonceCaller, HASH_BITS);
  let { nonceCaller, nonceTpm } = opened;
  let closed = false;
  return {
    handle: opened.handle,
    isOpen: () => !closed,
    authorize(command) {
      nonceCaller = random(HASH_BITS / 8);
      const key = joined(sessionKey, command.authValue);
      const parameters = command.encrypts.includes("command")
        ? crypt(createCipheriv, command.parameters, key, nonceCaller, nonceTpm)
        : command.parameters;
      const attributes = attributesOf(command);
      const hash = sha256(u32(command.code), ...command.names, parameters);
      const hmac = hmacSha256(key, hash, nonceCaller, nonceTpm, u8(attributes));
      return { authorization: joined(u32(opened.handle), sized(nonceCaller), u8(attributes), sized(hmac)), parameters };
    },
    open(command, parameters, { nonce, attributes, hmac }) {
      const key = joined(sessionKey, command.authValue);
      const hash = sha256(u32(0), u32(command.code), parameters);
      const expected = hmacSha256(key, hash, nonce, nonceCaller, u8(attributes));
      if (hmac.length !== expected.length || !timingSafeEqual(hmac, expected)) {
        throw new Fault(
          "SIGNER_FAILED",
          "the answer does not come from the TPM that this key was made in, or was changed on its way",
        );
      }
      nonceTpm = nonce;
      closed = command.last ?? false;
      return command.encrypts.includes("response") ? crypt(createDecipheriv, parameters, key, nonce, nonceCaller) : parameters;
    },
  };
}

function attributesOf({ encrypts, last = false }: AuthorizedCommand): number {
  const decrypt = encrypts.includes("command") ? SESSION.decrypt : 0;
  return (last ? 0 : SESSION.continue) | decrypt | (encrypts.includes("response") ? SESSION.encrypt : 0);
}

/** Part 1 §21: the bytes of the first TPM2B, not its size, in AES-128-CFB under a key and an IV of the newest nonces. */
function crypt(
  create: typeof createCipheriv | typeof createDecipheriv,
  parameters: Uint8Array,
  key: Uint8Array,
  nonceNewer: Uint8Array,
  nonceOlder: Uint8Array,
): Uint8Array {
  const length = ((parameters[0] ?? 0) << 8) | (parameters[1] ?? 0);
  if (parameters.length < 2 + length) throw malformed("an encrypted parameter is cut off");
  const material = deriveKey(key, "CFB", nonceNewer, nonceOlder, 2 * CIPHER_BITS);
  const cipher = create("aes-128-cfb", material.subarray(0, CIPHER_BITS / 8), material.subarray(CIPHER_BITS / 8));
  const turned = Buffer.concat([cipher.update(parameters.subarray(2, 2 + length)), cipher.final()]);
  return joined(u16(length), turned, parameters.subarray(2 + length));
}

/** Part 1 §11.4.10.2, KDFa (SP 800-108 in counter mode) with HMAC-SHA-256; never more than one block is needed. */
export function deriveKey(key: Uint8Array, label: string, contextU: Uint8Array, contextV: Uint8Array, bits: number): Uint8Array {
  const block = hmacSha256(key, u32(1), Buffer.from(`${label}\0`), contextU, contextV, u32(bits));
  return block.subarray(0, bits / 8);
}

function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  return createHmac("sha256", key)
    .update(joined(...parts))
    .digest();
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return createHash("sha256")
    .update(joined(...parts))
    .digest();
}
