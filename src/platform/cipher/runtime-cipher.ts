import type { Cipher } from "./cipher.ts";
import { webCipher } from "./web-cipher.ts";

/** The cipher of this runtime. */
export async function runtimeCipher(): Promise<Cipher> {
  return "bun" in process.versions ? webCipher : (await import("./node-cipher.ts")).nodeCipher;
}
