import { sha256Hex } from "../../core/digest.ts";

/**
 * Names an identity in files and store entries, which are lower case: its name if that is lower case, else a readable stem and a
 * digest. Some file systems ignore case, and `Work` is not `work`.
 */
export function identityHandle(identity: string): string {
  const stem = identity.toLowerCase().replace(/[^a-z0-9._-]/g, "-");
  if (stem === identity && stem.length <= 64 && /^[a-z0-9]/.test(stem)) return stem;
  const digest = sha256Hex(identity).slice(0, 16);
  return `x${stem.slice(0, 63)}.${digest}`;
}

/** Names one generation of an identity's keys. No identity has such a name: `#` is in none. */
export function keyHandle({
  identity,
  generation = 1,
}: {
  readonly identity: string;
  readonly generation?: number | undefined;
}): string {
  return identityHandle(generation === 1 ? identity : `${identity}#${generation}`);
}
