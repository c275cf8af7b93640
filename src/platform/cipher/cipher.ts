/**
 * AES-256-GCM by what each runtime does at the least cost: `node:crypto` in Node, WebCrypto in Bun, where loading
 * `node:crypto` alone takes as long as all the rest of a cached call. One contract holds both.
 */
export interface Cipher {
  /** @returns the ciphertext, followed by its tag of 16 bytes. @see NIST SP 800-38D */
  seal(input: CipherInput): Promise<Uint8Array>;
  /** Opens what {@link seal} gave; null when key, nonce, associated data or a single bit is not the same. */
  open(input: CipherInput): Promise<Uint8Array | null>;
}

export interface CipherInput {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** 12 bytes, never twice under one key. */
  readonly nonce: Uint8Array;
  /** What is bound to the text without being in it. */
  readonly associated: Uint8Array;
  /** The plain text, or for `open` the ciphertext and its tag. */
  readonly text: Uint8Array;
}
