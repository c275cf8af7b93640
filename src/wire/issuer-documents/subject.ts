import type { RandomBytes } from "../../core/random.ts";

/** RFC 4648 §6 in lower case: no character that a policy, a URL or AWS's session-name rule would treat specially. */
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

const RANDOM_CHARACTERS = 10;
const MAX_CHARACTERS = 60;

/**
 * A new subject for a device: `<name>-<10 random base32 characters>`, at most 60 of `[a-z0-9-]`.
 *
 * Made once and kept through every rotation of the key. It is valid unchanged as an AWS session name (2–64 of
 * `[\w+=,.@-]`), as `google.subject` (at most 127 bytes) and as the subject of an Entra federated credential. The
 * random part keeps a second device of the same name from inheriting the roles of the first.
 */
export function makeSubject(name: string, random: RandomBytes): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_CHARACTERS - RANDOM_CHARACTERS - 1)
    .replace(/^-+|-+$/g, "");
  // 256 is a multiple of 32, so that the low five bits of each byte are uniform.
  const suffix = Array.from(random(RANDOM_CHARACTERS), (byte) => BASE32[byte & 31]).join("");
  return `${slug === "" ? "device" : slug}-${suffix}`;
}

/** Whether a subject can be used unchanged by every cloud: the rule of {@link makeSubject} without its shape. */
export function isSubject(text: string): boolean {
  return /^[a-z0-9-]{2,60}$/.test(text);
}
