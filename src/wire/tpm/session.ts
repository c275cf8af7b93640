import { joined, utf8 } from "../../core/bytes.ts";
import { hmacSha256, sha256 } from "../../core/digest.ts";
import { Fault } from "../../core/fault.ts";
import type { RandomBytes } from "../../core/random.ts";
import { malformed, sized, u8, u16, u32 } from "./bytes.ts";
import { decryptCfb, encryptCfb } from "./cfb.ts";
import { SESSION } from "./constants.ts";

/*
 * HMAC sessions (TPM 2.0 Part 1 §19) salted to a key of the TPM, with SHA-256 and AES-128-CFB: what goes over the bus is
 * encrypted and authenticated by what only this program and the holder of that key know. An attacker on the bus can answer only
 * with another key, which is why the caller has to know the key by its name.
 */

const HASH_BITS = 256;
const CIPHER_BITS = 128;

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
  /** @returns the authorisation area (Part 2 §10.13.2, TPMS_AUTH_COMMAND) and the parameters as they are sent. */
  authorize(command: AuthorizedCommand): Promise<{ readonly authorization: Uint8Array; readonly parameters: Uint8Array }>;
  /** The parameters in clear. @throws {Fault} `SIGNER_FAILED` if the TPM that the session is salted to did not send them. */
  open(command: AuthorizedCommand, parameters: Uint8Array, authorization: ResponseAuthorization): Promise<Uint8Array>;
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
  return {
    handle: opened.handle,
    async authorize(command) {
      nonceCaller = random(HASH_BITS / 8);
      const key = joined(sessionKey, command.authValue);
      const parameters = command.encrypts.includes("command")
        ? await crypt(encryptCfb, command.parameters, key, nonceCaller, nonceTpm)
        : command.parameters;
      const attributes = attributesOf(command);
      const hash = sha256(joined(u32(command.code), ...command.names, parameters));
      const hmac = hmacSha256(key, joined(hash, nonceCaller, nonceTpm, u8(attributes)));
      return { authorization: joined(u32(opened.handle), sized(nonceCaller), u8(attributes), sized(hmac)), parameters };
    },
    async open(command, parameters, { nonce, attributes, hmac }) {
      const key = joined(sessionKey, command.authValue);
      const hash = sha256(joined(u32(0), u32(command.code), parameters));
      if (!isSame(hmac, hmacSha256(key, joined(hash, nonce, nonceCaller, u8(attributes))))) {
        throw new Fault(
          "SIGNER_FAILED",
          "the answer does not come from the TPM that this key was made in, or was changed on its way",
        );
      }
      nonceTpm = nonce;
      return command.encrypts.includes("response") ? crypt(decryptCfb, parameters, key, nonce, nonceCaller) : parameters;
    },
  };
}

function attributesOf({ encrypts, last = false }: AuthorizedCommand): number {
  const decrypt = encrypts.includes("command") ? SESSION.decrypt : 0;
  return (last ? 0 : SESSION.continue) | decrypt | (encrypts.includes("response") ? SESSION.encrypt : 0);
}

/** Part 1 §21: the bytes of the first TPM2B, not its size, in AES-128-CFB under a key and an IV of the newest nonces. */
async function crypt(
  turn: typeof encryptCfb | typeof decryptCfb,
  parameters: Uint8Array,
  key: Uint8Array,
  nonceNewer: Uint8Array,
  nonceOlder: Uint8Array,
): Promise<Uint8Array> {
  const length = ((parameters[0] ?? 0) << 8) | (parameters[1] ?? 0);
  if (parameters.length < 2 + length) throw malformed("an encrypted parameter is cut off");
  const material = deriveKey(key, "CFB", nonceNewer, nonceOlder, 2 * CIPHER_BITS);
  const [cipherKey, iv] = [material.subarray(0, CIPHER_BITS / 8), material.subarray(CIPHER_BITS / 8)];
  const turned = await turn({ key: cipherKey, iv, text: parameters.subarray(2, 2 + length) });
  return joined(u16(length), turned, parameters.subarray(2 + length));
}

/** Part 1 §11.4.10.2, KDFa (SP 800-108 in counter mode) with HMAC-SHA-256; never more than one block is needed. */
export function deriveKey(key: Uint8Array, label: string, contextU: Uint8Array, contextV: Uint8Array, bits: number): Uint8Array {
  const block = hmacSha256(key, joined(u32(1), utf8(`${label}\0`), contextU, contextV, u32(bits)));
  return block.subarray(0, bits / 8);
}

/** In a time that does not tell where they differ. */
function isSame(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length;
  for (const [index, byte] of right.entries()) difference |= byte ^ (left[index] ?? 0);
  return difference === 0;
}
