import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { isJsonObject, parseJson } from "../../core/json-object.ts";
import { poolOfProvider, providerAudience } from "./provider-name.ts";

/**
 * A workload identity provider as Google's IAM API shows it (`gcloud iam workload-identity-pools providers describe
 * --format=json`), as far as it decides whether a token is accepted.
 */
export interface GcpProvider {
  /** `projects/123456789/locations/global/workloadIdentityPools/brevet/providers/laptop` */
  readonly name: string;
  /** The same without the provider: principals are named by it. */
  readonly pool: string;
  readonly disabled: boolean;
  readonly issuerUri: string;
  /** Empty: the provider's own name, with `//iam.googleapis.com/` or `https://iam.googleapis.com/` before it. */
  readonly allowedAudiences: readonly string[];
  /** The uploaded keys; null: they are fetched from the issuer. */
  readonly uploadedKeys: readonly Readonly<Record<string, unknown>>[] | null;
  /** `google.subject` and others, each with its expression. */
  readonly attributeMapping: Readonly<Record<string, string>>;
  readonly attributeCondition: string | null;
}

/** What a token's audience may be: one of those listed, else the provider's own name. */
export function acceptedAudiences({ name, allowedAudiences }: GcpProvider): readonly [string, ...string[]] {
  const [first, ...others] = allowedAudiences;
  const own = providerAudience(name);
  return first === undefined ? [`https:${own}`, own] : [first, ...others];
}

/** The only members that a key of an uploaded JWKS may have. */
export const UPLOADABLE_MEMBERS: readonly string[] = ["kty", "alg", "use", "kid", "n", "e", "x", "y", "crv"];

/** A JWKS as Google takes it in an upload, without the members that it refuses. */
export function uploadableJwks(keys: readonly Readonly<Record<string, unknown>>[]): string {
  const members = (key: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(key).filter(([member]) => UPLOADABLE_MEMBERS.includes(member)));
  return JSON.stringify({ keys: keys.map(members) });
}

const text = v.string("is not a text");
const providerSchema = v.looseObject({
  name: v.pipe(
    text,
    v.check((name) => poolOfProvider(name) !== null, "is not the resource name of a provider, with the project's number"),
  ),
  disabled: v.optional(v.boolean("is not true or false"), false),
  state: v.optional(text, "ACTIVE"),
  attributeMapping: v.record(text, v.pipe(text, v.maxLength(2048, "is longer than 2048 characters"))),
  attributeCondition: v.optional(v.pipe(text, v.maxLength(4096, "is longer than 4096 characters"))),
  oidc: v.looseObject({
    issuerUri: v.pipe(text, v.startsWith("https://", "is not an https URL")),
    allowedAudiences: v.optional(
      v.pipe(v.array(v.pipe(text, v.maxLength(256, "is longer than 256 characters"))), v.maxLength(10, "has over 10 entries")),
      [],
    ),
    jwksJson: v.optional(text),
  }),
});

/**
 * Reads a provider and holds it to what Google's API accepts.
 *
 * @param where names it in messages: a file.
 * @throws {Fault} `POLICY_INVALID`
 * @see Identity and Access Management API v1, projects.locations.workloadIdentityPools.providers
 */
export function parseGcpProvider(value: unknown, where: string): GcpProvider {
  const result = v.safeParse(providerSchema, value);
  if (!result.success) {
    const [issue] = result.issues;
    throw invalid(where, v.getDotPath(issue) ?? "the provider", issue.message);
  }
  const { name, disabled, state, attributeMapping, attributeCondition, oidc } = result.output;
  checkMapping(attributeMapping, where);
  return {
    name,
    pool: poolOfProvider(name) ?? "",
    disabled: disabled || state !== "ACTIVE",
    issuerUri: oidc.issuerUri,
    allowedAudiences: oidc.allowedAudiences,
    uploadedKeys: oidc.jwksJson === undefined ? null : parseUploadedKeys(oidc.jwksJson, where),
    attributeMapping,
    attributeCondition: attributeCondition || null,
  };
}

function checkMapping(mapping: Readonly<Record<string, string>>, where: string): void {
  const custom = Object.keys(mapping).filter((key) => key.startsWith("attribute."));
  for (const key of Object.keys(mapping)) {
    if (key === "google.subject" || key === "google.groups" || /^attribute\.[a-z0-9_]{1,100}$/.test(key)) continue;
    throw invalid(where, `attributeMapping.${key}`, "is neither google.subject, google.groups nor attribute.NAME of a-z, 0-9, _");
  }
  if (!("google.subject" in mapping)) throw invalid(where, "attributeMapping", "does not map google.subject");
  if (custom.length > 50) throw invalid(where, "attributeMapping", `has ${custom.length} custom attributes, over 50`);
}

/** Google: "Input JWK is not in a valid json format", for members that it does not know too. */
function parseUploadedKeys(json: string, where: string): NonNullable<GcpProvider["uploadedKeys"]> {
  const value = parseJson(json, (cause) => invalid(where, "oidc.jwksJson", "is not JSON", cause));
  const keys = isJsonObject(value) ? value["keys"] : undefined;
  if (!Array.isArray(keys) || keys.length === 0) throw invalid(where, "oidc.jwksJson", "has no keys");
  return keys.map((key: unknown, index) => {
    const at = `oidc.jwksJson keys[${index}]`;
    if (!isJsonObject(key)) throw invalid(where, at, "is not an object");
    const forbidden = Object.keys(key).find((member) => !UPLOADABLE_MEMBERS.includes(member));
    if (forbidden !== undefined) throw invalid(where, at, `has the member "${forbidden}", which Google refuses in an upload`);
    if (key["kty"] !== "RSA" && key["kty"] !== "EC") throw invalid(where, at, "is neither an RSA nor an EC key");
    return key;
  });
}

function invalid(where: string, at: string, reason: string, cause?: unknown): Fault {
  return new Fault("POLICY_INVALID", `${where}: ${at} ${reason}`, { details: { at }, cause });
}
