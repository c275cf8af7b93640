import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Cipher } from "./cipher.ts";

const ALGORITHM = "aes-256-gcm";
const TAG_BYTES = 16;

/** The cipher on `node:crypto`. */
export const nodeCipher: Cipher = {
  async seal({ key, nonce, associated, text }) {
    const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(associated);
    return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  },
  async open({ key, nonce, associated, text }) {
    if (text.length < TAG_BYTES) return null;
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(associated);
    decipher.setAuthTag(text.subarray(-TAG_BYTES));
    const plain = decipher.update(text.subarray(0, -TAG_BYTES));
    try {
      decipher.final();
    } catch {
      return null;
    }
    return new Uint8Array(plain);
  },
};
