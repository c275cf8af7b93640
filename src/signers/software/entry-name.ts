import { createHash } from "node:crypto";
import type { SignatureAlgorithm } from "../../core/signer.ts";

/**
 * The name under which the store keeps an identity's key. Store names are lower case and files on some systems know no
 * case, so an identity name with other characters keeps a readable stem and gets a digest: `Work` and `work` never share a key.
 */
export function keyEntryName(identity: string, algorithm: SignatureAlgorithm): string {
  const stem = identity.toLowerCase().replace(/[^a-z0-9._-]/g, "-");
  const digest = createHash("sha256").update(identity).digest("hex").slice(0, 16);
  const handle = stem === identity && stem.length <= 64 ? stem : `${stem.slice(0, 64)}.${digest}`;
  return `${handle}.${algorithm.toLowerCase()}`;
}
