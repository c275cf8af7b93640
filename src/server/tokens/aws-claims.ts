import { Fault } from "../../core/fault.ts";
import {
  AWS_ROLES_CLAIM,
  AWS_SOURCE_IDENTITY_CLAIM,
  AWS_TAGS_CLAIM,
  encodeAwsTags,
  parseAwsSourceIdentity,
  parseAwsTags,
} from "../../wire/aws-sts/token-claims.ts";
import type { TokenShape } from "../../wire/brevet-api/rule.ts";
import type { Json } from "../../wire/jwt/encode.ts";
import type { Account } from "../provider/accounts.ts";

/**
 * The most that the keys and values of the tags may have together, in bytes. AWS packs them with the session policies into a
 * space whose size it does not tell; this is half of what was seen to be refused, so that policies have room.
 */
const MOST_TAG_BYTES = 2048;

/**
 * What AWS STS reads from a token for a role: the role it may be redeemed for, session tags, the source identity. Checked with
 * the rules of STS itself, so that what would be refused there is refused here, by its name.
 *
 * @throws {Fault} `TOKEN_REFUSED` naming the claim that AWS would not take.
 */
export function awsClaims(role: string, account: Account, shape: TokenShape): Readonly<Record<string, Json>> {
  const claims: Record<string, Json> = { [AWS_ROLES_CLAIM]: [role] };
  if (shape.tags) claims[AWS_TAGS_CLAIM] = tagsOf(account, shape) as Json;
  if (shape.sourceIdentity) claims[AWS_SOURCE_IDENTITY_CLAIM] = shape.subject === "email" ? account.email : account.id;
  parseAwsSourceIdentity(claims);
  requireModest(parseAwsTags(claims)?.principal ?? {});
  return claims;
}

function tagsOf({ email, groups }: Account, { tagGroups, subject }: TokenShape): ReturnType<typeof encodeAwsTags> {
  const principal: Record<string, string> = {};
  // An opaque subject is chosen where personal data must not reach CloudTrail, which shows tags too.
  if (subject === "email") principal["email"] = email;
  principal["domain"] = email.slice(email.lastIndexOf("@") + 1);
  for (const group of tagGroups) if (groups.includes(group)) principal[`group/${group}`] = "true";
  return encodeAwsTags({ principal, transitive: Object.keys(principal) });
}

function requireModest(tags: Readonly<Record<string, string>>): void {
  const bytes = Object.entries(tags).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (bytes <= MOST_TAG_BYTES) return;
  throw new Fault("TOKEN_REFUSED", `the session tags have ${bytes} bytes, and AWS may refuse more than ${MOST_TAG_BYTES}`, {
    hints: ["name fewer groups in the `tagGroups` of the rule"],
    details: { claim: AWS_TAGS_CLAIM },
  });
}
