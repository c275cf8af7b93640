import { isAbsolute } from "node:path";
import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { Place } from "../../core/place.ts";
import { parseDuration } from "../../core/time.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";

/** What a signature asks of a person; fixed in the key when it is made. */
export type EnclavePresence = "any" | "biometric" | "none";

/** The schema of the options of the signer `secure-enclave` in the config, without `kind`; the JSON Schema is generated from it. */
export const secureEnclaveOptionsSchema = v.strictObject({
  presence: v.optional(
    v.pipe(
      v.picklist(["any", "biometric", "none"]),
      v.description(
        "What each signature asks for: `any` (Touch ID, a watch or the login password), `biometric` (an enrolled finger alone; enrolling another makes the key useless), or `none`. Fixed in the key when `brevet init` makes it. Default: `any`.",
      ),
    ),
  ),
  reason: v.optional(
    v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(100),
      v.description("What the system's question says, after the name of the program. Default: `sign in to a cloud`."),
    ),
  ),
  reuse: v.optional(
    v.pipe(
      v.union([v.string(), v.number()]),
      v.description("For how long after the screen was unlocked by Touch ID nobody is asked again: `0s` to `5m`. Default: `0s`."),
    ),
  ),
  program: v.optional(
    v.pipe(v.string(), v.description("The absolute path of `brevet-secure-enclave`. Default: next to brevet itself.")),
  ),
});

/** What the config says about keys in a Secure Enclave, checked. */
export interface SecureEnclaveOptions {
  readonly presence: EnclavePresence;
  readonly reason: string;
  readonly reuseSeconds: number;
  /** null: beside brevet itself. */
  readonly program: string | null;
}

/** LAContext takes no longer one (`LATouchIDAuthenticationMaximumAllowableReuseDuration`). */
const LONGEST_REUSE_SECONDS = 300;

/**
 * @param where names the place in messages: `identities.laptop.signer`.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`, `DURATION_INVALID`
 */
export function parseSecureEnclaveOptions(raw: unknown, where: Place): SecureEnclaveOptions {
  const options = parseOptions(secureEnclaveOptionsSchema, raw, where);
  const { presence = "any", reason = "sign in to a cloud", reuse = 0, program = null } = options;
  // As with every program: a relative path is another program in each folder.
  if (program !== null && !isAbsolute(program)) {
    throw new Fault("CONFIG_MALFORMED", `${where.at("program")} has to be an absolute path, and "${program}" is not`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(reason)) throw new Fault("CONFIG_MALFORMED", `${where.at("reason")} has to be one line`);
  const reuseSeconds = parseDuration(reuse, { min: 0, max: LONGEST_REUSE_SECONDS, where: where.at("reuse") });
  return { presence, reason, reuseSeconds, program };
}
