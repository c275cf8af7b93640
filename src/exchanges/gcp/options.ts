import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { Place } from "../../core/place.ts";
import { parseDuration } from "../../core/time.ts";
import { poolOfProvider, providerAudience } from "../../trust/gcp/provider-name.ts";
import { optional, parseAudience, parseEndpointUrl } from "../../wire/brevet-config/option-values.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";
import { parseProject, parseServiceAccount } from "../../wire/google/names.ts";

/** The `gcp` block of a profile as it is written; the JSON Schema and the reference are generated from it. */
export const gcpOptionsSchema = v.strictObject({
  provider: v.pipe(
    v.string(),
    v.description(
      "Workload identity provider that trusts the identity's issuer: `projects/123456789/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`, with the project's number.",
    ),
  ),
  serviceAccount: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "E-mail of the service account to impersonate: `name@project.iam.gserviceaccount.com`. Default: none; the federated identity itself is given rights.",
      ),
    ),
  ),
  scopes: v.optional(
    v.pipe(
      v.array(v.string()),
      v.description("OAuth scopes of the access token. Default: `https://www.googleapis.com/auth/cloud-platform`."),
    ),
  ),
  duration: v.optional(
    v.pipe(
      v.union([v.string(), v.number()]),
      v.description(
        "How long a service account's token lives: 10m to 12h; above 1h only where an organization policy allows it. Without `serviceAccount` Google decides. Default: `1h`.",
      ),
    ),
  ),
  project: v.optional(
    v.pipe(v.string(), v.description("Id of the project that `env` and `exec` set for the tools they serve. Default: none.")),
  ),
  audience: v.optional(
    v.pipe(
      v.string(),
      v.description("Audience of the identity's token, where the provider lists others than its own name. Default: that name."),
    ),
  ),
  stsUrl: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "URL of Google's Security Token Service. Default: `CLOUDSDK_API_ENDPOINT_OVERRIDES_STS`, else `https://sts.googleapis.com/`.",
      ),
    ),
  ),
  iamCredentialsUrl: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "URL of the IAM Credentials API. Default: `CLOUDSDK_API_ENDPOINT_OVERRIDES_IAMCREDENTIALS`, else `https://iamcredentials.googleapis.com/`.",
      ),
    ),
  ),
});

/** The `gcp` block of a profile once it was checked. */
export interface GcpOptions {
  /** Where these options come from. */
  readonly place: Place;
  readonly provider: string;
  readonly serviceAccount: string | null;
  readonly scopes: readonly string[];
  /** Null: Google's own default. */
  readonly durationSeconds: number | null;
  readonly project: string;
  /** Of the identity's token. */
  readonly audience: string;
  readonly stsUrl: string | null;
  readonly iamCredentialsUrl: string | null;
}

const CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform";
/** IAM Credentials API, `lifetime`: an hour at most, or 12 where an organization policy extends it. */
const DURATION_RANGE = { min: 600, max: 43_200 };

/**
 * Checks the `gcp` block of a profile.
 *
 * @param where where it stands, for messages: `profiles.dev.gcp`
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`, `NAME_INVALID`, `DURATION_INVALID`, `URL_INVALID`, `AUDIENCE_INVALID`.
 */
export function parseGcpOptions(raw: unknown, where: Place): GcpOptions {
  const written = parseOptions(gcpOptionsSchema, raw, where);
  const provider = parseProvider(written.provider, where.at("provider"));
  if (written.duration !== undefined && written.serviceAccount === undefined) {
    throw new Fault(
      "DURATION_INVALID",
      `${where.at("duration")} needs a serviceAccount: how long a federated token lives, Google decides`,
    );
  }
  const scopes = (written.scopes ?? [CLOUD_PLATFORM]).map((scope) => parseScope(scope, where.at("scopes")));
  if (scopes.length === 0) throw new Fault("CONFIG_MALFORMED", `${where.at("scopes")} has to hold a scope, or to be left out`);
  return {
    place: where,
    provider,
    serviceAccount: optional(written.serviceAccount, (text) => parseServiceAccount(text, where.at("serviceAccount"))),
    scopes,
    durationSeconds: optional(written.duration, (text) =>
      parseDuration(text, { ...DURATION_RANGE, where: where.at("duration") }),
    ),
    project: optional(written.project, (text) => parseProject(text, where.at("project"))) ?? "",
    audience:
      optional(written.audience, (text) => parseAudience(text, where.at("audience"), 256)) ??
      `https:${providerAudience(provider)}`,
    stsUrl: optional(written.stsUrl, (text) => parseEndpointUrl(text, where.at("stsUrl"), "https://sts.googleapis.com/")),
    iamCredentialsUrl: optional(written.iamCredentialsUrl, (text) =>
      parseEndpointUrl(text, where.at("iamCredentialsUrl"), "https://iamcredentials.googleapis.com/"),
    ),
  };
}

/**
 * The resource name of a provider, with or without the host before it.
 *
 * @throws {Fault} `NAME_INVALID`
 */
export function parseProvider(text: string, where: Place): string {
  const name = text.replace(/^(https:)?\/\/iam\.googleapis\.com\//, "");
  if (poolOfProvider(name) !== null) return name;
  const byId = /^projects\/([a-z][a-z0-9:.-]*)\//.exec(name)?.[1];
  throw new Fault("NAME_INVALID", `${where}: ${JSON.stringify(text)} is not the resource name of a workload identity provider`, {
    hints:
      byId === undefined
        ? ["write it as `projects/123456789/locations/global/workloadIdentityPools/POOL/providers/PROVIDER`"]
        : [`Google's STS takes the project's number: \`gcloud projects describe ${byId} --format='value(projectNumber)'\``],
  });
}

/** RFC 6749 §3.3 */
function parseScope(text: string, where: Place): string {
  if (/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(text)) return text;
  throw new Fault("NAME_INVALID", `${where}: ${JSON.stringify(text)} is not an OAuth scope`);
}
