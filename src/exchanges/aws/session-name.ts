import { sha256Hex } from "../../core/digest.ts";
import { SESSION_NAME } from "../../wire/aws-sts/session-name.ts";

const MAX_LENGTH = 64;
const DIGEST_LENGTH = 8;

/**
 * A role session name that AWS accepts, whatever it is made from: 2 to 64 of `A-Z a-z 0-9 _ + = , . @ -`.
 *
 * A text that already is one stays as it is. Any other is mended and gets eight characters of its digest, so that two
 * people whose names differ only in what was lost do not share a name in CloudTrail.
 *
 * @see AWS STS API Reference, AssumeRoleWithWebIdentity, `RoleSessionName`
 */
export function sessionName(text: string): string {
  if (SESSION_NAME.test(text)) return text;
  const digest = sha256Hex(text).slice(0, DIGEST_LENGTH);
  const mended = text.replace(/[^A-Za-z0-9_+=,.@-]+/g, "-").slice(0, MAX_LENGTH - DIGEST_LENGTH - 1);
  return `${mended === "" ? "brevet" : mended}-${digest}`;
}
