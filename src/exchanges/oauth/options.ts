import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { Place } from "../../core/place.ts";
import { parseAudience } from "../../wire/brevet-config/option-values.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";

const GRANTS = ["token-exchange", "jwt-bearer", "vault"] as const;

/** The `oauth` block of a profile as it is written; the JSON Schema and the reference are generated from it. */
export const oauthOptionsSchema = v.strictObject({
  grant: v.pipe(
    v.picklist(GRANTS),
    v.description(
      "How the endpoint takes the identity's token: `token-exchange` (RFC 8693), `jwt-bearer` (RFC 7523), or `vault`, HashiCorp Vault's JWT login.",
    ),
  ),
  url: v.pipe(
    v.string(),
    v.description("The token endpoint; for `vault` the login of the mount: `https://vault.example.com/v1/auth/jwt/login`."),
  ),
  audience: v.pipe(v.string(), v.description("Audience of the identity's token, as the endpoint expects it.")),
  algorithms: v.optional(
    v.pipe(
      v.array(v.picklist(["ES256", "RS256"])),
      v.description("What the endpoint verifies, best first. Default: ES256, RS256."),
    ),
  ),
  parameters: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description(
        "Further parameters of the request, such as `client_id`, `scope`, `resource` or Vault's `role`. Default: none.",
      ),
    ),
  ),
});

/** The `oauth` block of a profile once it was checked. */
export interface OauthOptions {
  /** Where these options come from. */
  readonly place: Place;
  readonly grant: (typeof GRANTS)[number];
  readonly url: string;
  readonly audience: string;
  readonly algorithms: readonly ("ES256" | "RS256")[];
  readonly parameters: Readonly<Record<string, string>>;
}

/** What the exchange itself sends. */
const OWN_PARAMETERS = ["grant_type", "subject_token", "subject_token_type", "assertion", "jwt"];

/**
 * Checks the `oauth` block of a profile.
 *
 * @param where where it stands, for messages: `profiles.dev.oauth`
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`, `URL_INVALID`, `AUDIENCE_INVALID`.
 */
export function parseOauthOptions(raw: unknown, where: Place): OauthOptions {
  const { grant, url, audience, algorithms = ["ES256", "RS256"], parameters = {} } = parseOptions(oauthOptionsSchema, raw, where);
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.hash !== "") {
    throw new Fault("URL_INVALID", `${where.at("url")}: ${JSON.stringify(url)} is not the URL of an endpoint`);
  }
  parseAudience(audience, where.at("audience"), 1000);
  const own = Object.keys(parameters).find((name) => OWN_PARAMETERS.includes(name));
  if (own !== undefined)
    throw new Fault("CONFIG_MALFORMED", `${where.at("parameters").at(own)} is what the exchange itself sends`);
  if (Object.keys(parameters).some((name) => /secret|password|token$/i.test(name))) {
    throw new Fault("CONFIG_MALFORMED", `${where.at("parameters")} holds what looks like a secret, and the config keeps none`);
  }
  return { place: where, grant, url: parsed.href, audience, algorithms, parameters };
}
