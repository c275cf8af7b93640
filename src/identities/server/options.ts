import * as v from "valibot";
import type { Place } from "../../core/place.ts";
import { SIGN_IN_WAYS, type SignInWay } from "../../core/session.ts";
import type { SignerChoice } from "../../core/signer.ts";
import { parseLoginServerUrl } from "../../wire/brevet-api/server-url.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";
import { signerChoice, signerSchema } from "../../wire/brevet-config/signer-choice.ts";

/** The schema of an identity of kind `server` in the config, without `kind`; the JSON Schema is generated from it. */
export const serverOptionsSchema = v.strictObject({
  url: v.pipe(v.string(), v.description("The login server's URL: `https://` and a host. `brevet login URL` writes it.")),
  signer: v.optional(
    v.pipe(signerSchema, v.description("What holds the key that the session is bound to, as for a device. Default: `software`.")),
  ),
  signIn: v.optional(
    v.pipe(
      v.picklist(SIGN_IN_WAYS),
      v.description(
        "How people sign in: a browser of this machine, a code on another device, or an address brought back. Default: what is possible.",
      ),
    ),
  ),
  browser: v.optional(v.pipe(v.string(), v.description("The browser to open. Default: the system's."))),
});

/** What the config says about a person at a login server, checked. */
export interface ServerOptions {
  readonly url: string;
  readonly signer: SignerChoice;
  /** Null: what is possible. */
  readonly signIn: SignInWay | null;
  /** Null: the system's. */
  readonly browser: string | null;
}

/**
 * Checks the options of an identity at a login server.
 *
 * @param where names the place in messages: `identities.work`.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`, `URL_INVALID`.
 */
export function parseServerOptions(raw: unknown, where: Place): ServerOptions {
  const { url, signer = "software", signIn = null, browser = null } = parseOptions(serverOptionsSchema, raw, where);
  return { url: parseLoginServerUrl(url, where.at("url")), signer: signerChoice(signer), signIn, browser };
}
