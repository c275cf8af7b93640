import type { Cipher, CipherInput } from "./cipher.ts";

/** The cipher on WebCrypto. */
export const webCipher: Cipher = {
  async seal(input) {
    return new Uint8Array(await crypto.subtle.encrypt(parameters(input), await importKey(input, "encrypt"), own(input.text)));
  },
  async open(input) {
    const key = await importKey(input, "decrypt");
    try {
      return new Uint8Array(await crypto.subtle.decrypt(parameters(input), key, own(input.text)));
    } catch {
      return null;
    }
  },
};

function parameters({ nonce, associated }: CipherInput) {
  return { name: "AES-GCM", iv: own(nonce), additionalData: own(associated), tagLength: 128 };
}

function importKey({ key }: CipherInput, usage: "encrypt" | "decrypt") {
  return crypto.subtle.importKey("raw", own(key), "AES-GCM", false, [usage]);
}

/** WebCrypto's types refuse views of shared memory, which a view of any buffer might be. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
