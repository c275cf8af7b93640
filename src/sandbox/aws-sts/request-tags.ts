import type { SessionTags } from "../../core/identity.ts";
import { listParameter, type Parameters } from "./query-protocol.ts";
import { ASSUME_ROLE_REFERENCE, finding, Refusal } from "./refusal.ts";
import type { RoleSession } from "./role-session.ts";

const MAX_TAGS = 50;
const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * The session tags of an AssumeRole request together with the transitive ones of the caller's session; null when there
 * are none.
 *
 * @throws {Refusal} `ValidationError`: too many, too long, twice, or one that would replace an inherited tag.
 * @see IAM User Guide, id_session-tags, "Chaining roles with session tags"
 */
export function readRequestTags(parameters: Parameters, caller: RoleSession): SessionTags | null {
  const keys = listParameter(parameters, "Tags", ".Key");
  const values = listParameter(parameters, "Tags", ".Value");
  if (keys.length !== values.length) throw refuse("each tag has a Key and a Value", String(keys.length));
  if (keys.length > MAX_TAGS) throw refuse(`at most ${MAX_TAGS} tags`, String(keys.length));
  const inherited = Object.entries(caller.tags).filter(([key]) => has(caller.transitiveTagKeys, key));
  const seen: string[] = inherited.map(([key]) => key);
  const asked = keys.map((key, index): [string, string] => {
    const value = values[index] ?? "";
    if (key.length < 1 || key.length > 128 || !TAG_CHARACTERS.test(key))
      throw refuse("a key of 1 to 128 letters, digits, spaces or _.:/=+-@", key);
    if (value.length > 256 || !TAG_CHARACTERS.test(value))
      throw refuse("a value of at most 256 letters, digits, spaces or _.:/=+-@", value);
    if (key.toLowerCase().startsWith("aws:")) throw refuse("a key that does not begin with aws:", key);
    if (has(seen, key)) throw refuse("each key once, and none that is inherited", key);
    seen.push(key);
    return [key, value];
  });
  const transitive = listParameter(parameters, "TransitiveTagKeys");
  const foreign = transitive.find((key) => !has(keys, key));
  if (foreign !== undefined) throw refuse("TransitiveTagKeys of tags in this request", foreign);
  if (seen.length === 0) return null;
  return {
    principal: Object.fromEntries([...inherited, ...asked]),
    transitive: [...inherited.map(([key]) => key), ...transitive],
  };
}

/** AWS compares tag keys without case. */
function has(keys: readonly string[], wanted: string): boolean {
  return keys.some((key) => key.toLowerCase() === wanted.toLowerCase());
}

function refuse(wanted: string, saw: string): Refusal {
  return new Refusal("ValidationError", `1 validation error detected: Tags are invalid: ${wanted}`, [
    finding("Tags", wanted, saw.slice(0, 200), "the session tags break a rule", ASSUME_ROLE_REFERENCE),
  ]);
}
