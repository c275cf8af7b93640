import { Fault } from "../../core/fault.ts";
import { isVisibleName } from "../../core/visible.ts";

/** RFC 5321 §4.5.3.1.3, less the angle brackets. */
const LONGEST_EMAIL = 254;
/** Of what a person or a key is called. */
export const LONGEST_NAME = 100;

/**
 * Reads an e-mail address as it will be in tokens: lower case, of the characters that a session name of AWS may have and the few
 * more that addresses of real people have.
 *
 * @throws {Fault} `NAME_INVALID`
 */
export function parseEmail(raw: unknown): string {
  const written = typeof raw === "string" ? raw.trim() : "";
  // No `*`, which matches any characters in a rule, and a domain that somebody owns. Without `i`: to Unicode a Kelvin sign is a
  // `k`.
  const valid =
    /^[A-Za-z0-9.!#$%&+/=?^_{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/;
  if (written.length <= LONGEST_EMAIL && valid.test(written)) return written.toLowerCase();
  throw new Fault("NAME_INVALID", "that is not an e-mail address", { hints: ["write it as `alice@example.com`"] });
}

/** Reads what a person or a key is called: any text of one line. @throws {Fault} `NAME_INVALID` */
export function parseDisplayName(raw: unknown, what: string): string {
  const name = typeof raw === "string" ? raw.trim().normalize("NFC") : "";
  if (name !== "" && name.length <= LONGEST_NAME && isVisibleName(name)) return name;
  throw new Fault("NAME_INVALID", `${what} has to have between 1 and ${LONGEST_NAME} characters that can be seen`);
}

/** Reads the name that a person gives a key. @throws {Fault} `NAME_INVALID` */
export function parseKeyName(raw: unknown): string {
  return parseDisplayName(raw, "the name of the key");
}

/** Reads the name of a group, which becomes a claim and the key of a tag. @throws {Fault} `NAME_INVALID` */
export function parseGroupName(raw: unknown): string {
  if (typeof raw === "string" && /^[a-z0-9][a-z0-9._-]{0,62}$/.test(raw)) return raw;
  const said = typeof raw === "string" ? `"${raw}"` : "what was sent";
  throw new Fault(
    "NAME_INVALID",
    `${said} is no name of a group: those have small letters, digits, \`.\`, \`_\` and \`-\`, at most 63`,
    {
      hints: ["write it as `platform-team`"],
    },
  );
}
