import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import { privateFiles } from "../platform/private-files.ts";

/**
 * Seals the meaning of a stand-in's token into the token itself, and opens it again. The server keeps nothing, so tokens survive
 * a restart of the sandbox and there is nothing to clean up.
 */
export interface Seal {
  seal(value: object): string;
  /** Null for anything that was not sealed in this folder for this purpose. */
  open(token: string): unknown;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Opens the seal of a sandbox folder; its key is made at the first start, for the owner only.
 *
 * @param purpose what the tokens are: one of another purpose does not open.
 * @throws {Fault} `SANDBOX_INVALID`
 */
export function openSeal(folder: string, purpose: string): Seal {
  const file = join(folder, "private", "session.key");
  const files = privateFiles();
  if (files.read(file) === null) files.create(file, randomBytes(KEY_BYTES), "lasting");
  const key = files.read(file);
  if (key?.length !== KEY_BYTES)
    throw new Fault("SANDBOX_INVALID", `${file} is not a key of ${KEY_BYTES} bytes`, { details: { file } });
  const options = { authTagLength: TAG_BYTES };
  return {
    // nonce 12 ‖ GCM tag 16 ‖ ciphertext
    seal(value) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce, options).setAAD(Buffer.from(purpose));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64");
    },
    open(token) {
      const bytes = Buffer.from(token, "base64");
      if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString("base64") !== token) return null;
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), options).setAAD(
          Buffer.from(purpose),
        );
        decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        const open = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
        return JSON.parse(open.toString("utf8")) as unknown;
      } catch {
        return null;
      }
    },
  };
}
