import type { Secret } from "./secret.ts";

const MASK = "[secret]";
/** Longer than any word of prose, no longer than any secret of AWS; what has no digit is a word all the same. */
const OPAQUE = /arn:aws[\w:+=,.@/-]*|[\w+/=%-]{40,}/g;
/** No ARN that AWS names in a refusal is longer; whatever is may be a token behind the beginning of one. */
const LONGEST_ARN = 256;
const LONGEST_MESSAGE = 1000;

/**
 * One line of a cloud's words, without what was sent in confidence.
 *
 * A refusal of a signature repeats the canonical request, and with it the session token; a stand-in may repeat anything.
 * Each value of `secrets` is taken out as it is and percent-encoded, then whatever looks like a part of a token.
 */
export function quotable(text: string, secrets: readonly Secret<string>[]): string {
  return masked(text, secrets).replace(/\s+/g, " ").trim().slice(0, LONGEST_MESSAGE);
}

/** A cloud's code as it may be shown: `unreadable code` for one that has another form or holds something secret. */
export function quotableCode(code: string, secrets: readonly Secret<string>[]): string {
  return /^[A-Za-z0-9._:-]{1,128}$/.test(code) && masked(code, secrets) === code ? code : "unreadable code";
}

/** A text without the values of `secrets`, in clear or percent-encoded. */
export function withoutSecrets(text: string, secrets: readonly Secret<string>[]): string {
  let rest = text;
  for (const secret of secrets) {
    const value = secret.reveal();
    if (value === "") continue;
    rest = rest.replaceAll(value, MASK).replaceAll(encodeURIComponent(value), MASK);
  }
  return rest;
}

function masked(text: string, secrets: readonly Secret<string>[]): string {
  return withoutSecrets(text, secrets)
    .replace(/eyJ[\w-]{8,}(?:\.[\w-]*)*/g, MASK)
    .replace(OPAQUE, (run) => (isHarmless(run) ? run : MASK));
}

function isHarmless(run: string): boolean {
  return run.startsWith("arn:aws") ? run.length <= LONGEST_ARN : !/\d/.test(run);
}
