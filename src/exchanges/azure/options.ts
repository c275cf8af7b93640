import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { Place, Where } from "../../core/place.ts";
import { parseGuid } from "../../wire/azure/names.ts";
import { optional, parseAudience } from "../../wire/brevet-config/option-values.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";

/** The `azure` block of a profile as it is written; the JSON Schema and the reference are generated from it. */
export const azureOptionsSchema = v.strictObject({
  tenantId: v.pipe(v.string(), v.description("Id of the Entra ID tenant (directory): a GUID.")),
  clientId: v.pipe(
    v.string(),
    v.description("Client id of the app registration or the user-assigned identity that trusts the issuer: a GUID."),
  ),
  scope: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "What the access token is for, ending in `/.default`. Default: `https://management.azure.com/.default`, in a national cloud its own.",
      ),
    ),
  ),
  subscriptionId: v.optional(
    v.pipe(v.string(), v.description("Id of the subscription that `env` and `exec` set for Terraform: a GUID. Default: none.")),
  ),
  audience: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "Audience of the identity's token, as the federated credential has it. Default: `api://AzureADTokenExchange`.",
      ),
    ),
  ),
  authorityHost: v.optional(
    v.pipe(
      v.string(),
      v.description("URL of Entra ID. Default: `AZURE_AUTHORITY_HOST`, else `https://login.microsoftonline.com/`."),
    ),
  ),
});

/** The `azure` block of a profile once it was checked. */
export interface AzureOptions {
  /** Where these options come from. */
  readonly place: Place;
  readonly tenantId: string;
  readonly clientId: string;
  /** null: that of Azure Resource Manager, which differs from cloud to cloud. */
  readonly scope: string | null;
  readonly subscriptionId: string;
  readonly audience: string;
  readonly authorityHost: string | null;
}

/**
 * Checks the `azure` block of a profile.
 *
 * @param where where it stands, for messages: `profiles.dev.azure`
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`, `NAME_INVALID`, `URL_INVALID`, `AUDIENCE_INVALID`.
 */
export function parseAzureOptions(raw: unknown, where: Place): AzureOptions {
  const written = parseOptions(azureOptionsSchema, raw, where);
  const { subscriptionId = "" } = written;
  return {
    place: where,
    tenantId: parseGuid(written.tenantId, where.at("tenantId")),
    clientId: parseGuid(written.clientId, where.at("clientId")),
    scope: optional(written.scope, (text) => parseScope(text, where.at("scope"))),
    subscriptionId: subscriptionId === "" ? "" : parseGuid(subscriptionId, where.at("subscriptionId")),
    audience: parseAudience(written.audience ?? "api://AzureADTokenExchange", where.at("audience"), 600),
    authorityHost: optional(written.authorityHost, (text) => parseAuthority(text, where.at("authorityHost"))),
  };
}

/** Client credentials get a resource's default permissions and nothing else (AADSTS1002012). */
function parseScope(text: string, where: Place): string {
  if (/^\S+\/\.default$/.test(text)) return text;
  throw new Fault("NAME_INVALID", `${where}: ${JSON.stringify(text)} does not end in /.default`, {
    hints: ["write it as `https://graph.microsoft.com/.default`"],
  });
}

/** @throws {Fault} `URL_INVALID` */
export function parseAuthority(text: string, where: Where): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && url.protocol === "https:" && url.search === "" && url.hash === "") {
    return url.href.endsWith("/") ? url.href : `${url.href}/`;
  }
  throw new Fault("URL_INVALID", `${where}: ${JSON.stringify(text)} is not the https URL of an authority`, {
    hints: ["write it as `https://login.microsoftonline.com/`"],
  });
}
