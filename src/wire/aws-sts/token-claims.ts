import { Fault } from "../../core/fault.ts";
import type { SessionTags } from "../../core/identity.ts";
import { isJsonObject } from "../../core/json-object.ts";
import type { Place } from "../../core/place.ts";
import { SESSION_NAME, SESSION_NAME_RULE } from "./session-name.ts";

/**
 * The claims that AWS STS reads from an OIDC token besides `iss`, `sub`, `aud` and the times: the roles the token may be redeemed
 * for, session tags and the source identity. One place for the side that signs and the side that verifies.
 *
 * @see IAM User Guide, id_session-tags (adding-assume-role-idp), id_credentials_temp_control-access_monitor
 */

/**
 * The role ARNs for which the issuer lets this token be redeemed: one, or an array of them. AWS documents only the condition key for it.
 *
 * @see Service Authorization Reference, STS, `sts:RoleAuthorizedByIdp`; for the claim's form and the refusal, as somebody observed them,
 * https://awsteele.com/blog/2026/07/13/oidc-tokens-can-restrict-which-aws-roles-they-assume.html
 */
export const AWS_ROLES_CLAIM = "https://aws.amazon.com/roles";
/** Session tags, nested: `{ principal_tags: { Key: ["value"] }, transitive_tag_keys: ["Key"] }`. */
export const AWS_TAGS_CLAIM = "https://aws.amazon.com/tags";
/** The source identity: set once, it survives role chaining. */
export const AWS_SOURCE_IDENTITY_CLAIM = "https://aws.amazon.com/source_identity";

/** The flat form, for issuers whose claims cannot be objects: `…/tags/principal_tags/<Key>`: `"value"`. */
const FLAT_TAG_PREFIX = `${AWS_TAGS_CLAIM}/principal_tags/`;
const FLAT_TRANSITIVE_CLAIM = `${AWS_TAGS_CLAIM}/transitive_tag_keys`;

type Claims = Readonly<Record<string, unknown>>;

/** The nested form of the tags claim, as AWS documents it: each value in an array of one. */
export function encodeAwsTags(tags: SessionTags): {
  readonly principal_tags: Readonly<Record<string, readonly [string]>>;
  readonly transitive_tag_keys: readonly string[];
} {
  const entries = Object.entries(tags.principal).map(([key, value]) => [key, [value]] as const);
  return { principal_tags: Object.fromEntries(entries), transitive_tag_keys: tags.transitive };
}

/** STS API Reference, Tag: what a key and a value are made of. */
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u;

/**
 * The session tags of a token, from the nested form (each value in a list of one) and the flat form (each value a string);
 * null when the token carries none.
 *
 * @throws {Fault} `TOKEN_REFUSED` naming the claim that AWS could not read: another form, a tag with several values, a tag
 * twice (AWS compares keys without case), a transitive key without its tag, over 50 tags, a key over 128 or a value over 256
 * characters, other characters than letters, digits, blanks and `_.:/=+-@`, a key that begins with `aws:`.
 * @see IAM User Guide, id_session-tags: "Multivalued session tags are not supported"; STS API Reference, Tag
 */
export function parseAwsTags(claims: Claims): SessionTags | null {
  const found = [...nestedTags(claims[AWS_TAGS_CLAIM]), ...flatTags(claims)];
  const transitive = transitiveKeys(claims);
  if (found.length === 0 && transitive.length === 0) return null;
  const problem = problemOfTags(found, transitive);
  if (problem !== null) throw refused(AWS_TAGS_CLAIM, problem);
  return { principal: Object.fromEntries(found), transitive };
}

/**
 * Checks the config's session tags by the same rules as the claim's.
 *
 * @param where of the block that has them: `profiles.dev.aws`.
 * @throws {Fault} `CONFIG_MALFORMED`
 */
export function checkTags({ principal, transitive }: SessionTags, where: Place): void {
  const problem = problemOfTags(Object.entries(principal), transitive);
  if (problem !== null)
    throw new Fault("CONFIG_MALFORMED", `${where.at("tags")} ${problem}`, { details: { at: where.at("tags").path } });
}

/** What AWS would not take of tags, to end a sentence about them; null if nothing. */
function problemOfTags(tags: readonly (readonly [key: string, value: string])[], transitive: readonly string[]): string | null {
  if (tags.length > 50) return `holds ${tags.length} session tags and AWS takes at most 50`;
  const seen = new Set<string>();
  for (const [key, value] of tags) {
    const problem = problemOfTag(key, value);
    if (problem !== null) return problem;
    if (seen.has(key.toLowerCase())) return `names the tag "${key}" twice`;
    seen.add(key.toLowerCase());
  }
  const stray = transitive.find((key) => !seen.has(key.toLowerCase()));
  return stray === undefined ? null : `makes "${stray}" transitive, which is not among its tags`;
}

function problemOfTag(key: string, value: string): string | null {
  const [keyLength, valueLength] = [Array.from(key).length, Array.from(value).length];
  if (keyLength < 1 || keyLength > 128) return `has a key of ${keyLength} characters, not 1 to 128`;
  if (valueLength > 256) return `has a value of ${valueLength} characters for "${key}", over 256`;
  if (!TAG_TEXT.test(key) || !TAG_TEXT.test(value)) return `has characters in "${key}" that no tag has`;
  return key.toLowerCase().startsWith("aws:") ? `names the tag "${key}", and aws: is AWS's own` : null;
}

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/**
 * The roles the token is pinned to, as exact ARNs; null when it carries no such claim. Anything but a role's ARN, such as a
 * wildcard, pins to nothing and is left out.
 *
 * @throws {Fault} `TOKEN_REFUSED` when the claim has another form, or not one role's ARN.
 */
export function parseAwsRoles(claims: Claims): readonly string[] | null {
  const value = claims[AWS_ROLES_CLAIM];
  if (value === undefined || value === null) return null;
  const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
  const roles = listed.filter((role): role is string => typeof role === "string" && ROLE_ARN.test(role));
  if (roles.length === 0) throw refused(AWS_ROLES_CLAIM, "holds not one ARN of a role");
  return roles;
}

/**
 * The source identity of a token; null when it carries none.
 *
 * @throws {Fault} `TOKEN_REFUSED` when it is not 2 to 64 characters of `[\w+=,.@-]`.
 * @see STS API Reference, AssumeRole, SourceIdentity
 */
export function parseAwsSourceIdentity(claims: Claims): string | null {
  const value = claims[AWS_SOURCE_IDENTITY_CLAIM];
  if (value === undefined) return null;
  if (typeof value !== "string" || !SESSION_NAME.test(value)) {
    throw refused(AWS_SOURCE_IDENTITY_CLAIM, `is not ${SESSION_NAME_RULE}`);
  }
  return value;
}

function nestedTags(claim: unknown): (readonly [string, string])[] {
  if (claim === undefined) return [];
  const tags = isJsonObject(claim) ? claim["principal_tags"] : null;
  if (tags === undefined) return [];
  if (!isJsonObject(tags)) throw refused(AWS_TAGS_CLAIM, "is not an object with principal_tags");
  return Object.entries(tags).map(([key, value]) => [key, onlyItem(`${AWS_TAGS_CLAIM} principal_tags.${key}`, value)]);
}

function flatTags(claims: Claims): (readonly [string, string])[] {
  return Object.entries(claims)
    .filter(([name]) => name.startsWith(FLAT_TAG_PREFIX))
    .map(([name, value]) => [name.slice(FLAT_TAG_PREFIX.length), plainText(name, value)]);
}

function transitiveKeys(claims: Claims): readonly string[] {
  const nested = claims[AWS_TAGS_CLAIM];
  const listed = isJsonObject(nested) ? nested["transitive_tag_keys"] : undefined;
  const flat = claims[FLAT_TRANSITIVE_CLAIM];
  return [
    ...(listed === undefined ? [] : strings(`${AWS_TAGS_CLAIM} transitive_tag_keys`, listed)),
    ...(flat === undefined ? [] : strings(FLAT_TRANSITIVE_CLAIM, flat)),
  ];
}

function onlyItem(claim: string, value: unknown): string {
  const [first, ...others] = strings(claim, value);
  if (first === undefined || others.length > 0) throw refused(claim, "is not a list of exactly one value");
  return first;
}

function plainText(claim: string, value: unknown): string {
  if (typeof value !== "string") throw refused(claim, "is not a string");
  return value;
}

function strings(claim: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((item): item is string => typeof item === "string")) return value;
  throw refused(claim, "is not a list of strings");
}

function refused(claim: string, reason: string): Fault {
  return new Fault("TOKEN_REFUSED", `the claim ${claim} ${reason}`, { details: { claim } });
}
