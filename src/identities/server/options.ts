import * as v from "valibot";
import { parseLoginServerUrl } from "../../wire/brevet-api/server-url.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";

/** The schema of an identity of kind `server` in the config, without `kind`; the JSON Schema is generated from it. */
export const serverOptionsSchema = v.strictObject({
  url: v.pipe(v.string(), v.description("The login server's URL: `https://` and a host. `brevet login URL` writes it.")),
  signer: v.optional(
    v.pipe(
      v.union([v.string(), v.looseObject({ kind: v.string() })]),
      v.description("What holds the key that the session is bound to, as for a device. Default: `software`."),
    ),
  ),
  signIn: v.optional(
    v.pipe(
      v.picklist(["browser", "device", "paste"]),
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
  readonly signer: { readonly kind: string; readonly options: Readonly<Record<string, unknown>> };
  /** Null: what is possible. */
  readonly signIn: "browser" | "device" | "paste" | null;
  /** Null: the system's. */
  readonly browser: string | null;
}

/**
 * Checks the options of an identity at a login server.
 *
 * @param where names the place in messages: `identities.work`.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`, `URL_INVALID`.
 */
export function parseServerOptions(raw: unknown, where: string): ServerOptions {
  const { url, signer = "software", signIn = null, browser = null } = parseOptions(serverOptionsSchema, raw, where);
  const { kind, ...options } = typeof signer === "string" ? { kind: signer } : signer;
  return { url: parseLoginServerUrl(url, `${where}.url`), signer: { kind, options }, signIn, browser };
}
