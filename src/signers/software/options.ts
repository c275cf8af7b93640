import * as v from "valibot";
import type { Place } from "../../core/place.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";

/** The options of a software signer in the config, without `kind`: there are none. */
const softwareOptionsSchema = v.strictObject({});

/**
 * Checks the options of a software signer.
 *
 * @param where names the place in messages: `identities.laptop.signer`.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN` for any option.
 */
export function parseSoftwareOptions(raw: unknown, where: Place): void {
  parseOptions(softwareOptionsSchema, raw, where);
}
