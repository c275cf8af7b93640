import { Fault } from "../../core/fault.ts";

const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Checks session tags against AWS's rules: at most 50; keys of 1 to 128 characters that differ in more than case and do
 * not begin with `aws:`; values of at most 256; transitive keys are keys.
 *
 * @throws {Fault} `NAME_INVALID` for a key or a value; `CONFIG_MALFORMED` for their number and for a transitive key without tag.
 * @see AWS STS API Reference, `Tag`
 */
export function checkSessionTags(tags: Readonly<Record<string, string>>, transitive: readonly string[], where: string): void {
  const entries = Object.entries(tags);
  if (entries.length > 50) throw new Fault("CONFIG_MALFORMED", `${where}.tags has ${entries.length} tags, and AWS takes 50`);
  const seen = new Set<string>();
  for (const [key, value] of entries) {
    const folded = key.toLowerCase();
    if (key === "" || key.length > 128 || !TEXT.test(key) || folded.startsWith("aws:") || seen.has(folded)) {
      throw new Fault(
        "NAME_INVALID",
        `${where}.tags: ${JSON.stringify(key)} cannot be the key of a session tag, or is there twice`,
      );
    }
    if (value.length > 256 || !TEXT.test(value)) {
      throw new Fault("NAME_INVALID", `${where}.tags.${key}: ${JSON.stringify(value)} cannot be the value of a session tag`);
    }
    seen.add(folded);
  }
  const stray = transitive.find((key) => !Object.hasOwn(tags, key));
  if (stray !== undefined)
    throw new Fault("CONFIG_MALFORMED", `${where}.transitiveTags names ${JSON.stringify(stray)}, which is not in tags`);
}
