import { parse } from "yaml";
import { Fault } from "../../core/fault.ts";
import { isJsonObject } from "../../core/json-object.ts";
import { Secret } from "../../core/secret.ts";
import { readRoleArn } from "../aws-sts/role-arn.ts";
import { isProviderUrl, OWN_PARAMETERS } from "../oauth/provider.ts";

/** One provider of aws-cli-oidc's config, as far as it means something to brevet. */
export interface ImportedProvider {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret<string> | null;
  /** For mTLS; null: none. */
  readonly clientCertificate: { readonly certificate: string; readonly key: string } | null;
  /** Sent with the authorization request. */
  readonly authorizationParameters: Readonly<Record<string, string>>;
  /** Null: the tool's own, `openid`. */
  readonly scopes: readonly string[] | null;
  readonly roleArn: string | null;
  readonly durationSeconds: number | null;
  readonly federation:
    | { readonly kind: "oidc"; readonly sessionName: string | null }
    | { readonly kind: "saml"; readonly audience: string; readonly subjectToken: "access" | "id" };
  /** What has no counterpart, one line each. */
  readonly left: readonly string[];
}

const MAX_CHARACTERS = 1024 * 1024;
const DISCOVERY = /\/\.well-known\/openid-configuration\/?$/;
/** All that the tool reads of a provider. */
const KEYS: ReadonlySet<string> = new Set([
  "aws_federation_role_session_name",
  "aws_federation_type",
  "client_auth_ca",
  "client_auth_cert",
  "client_auth_key",
  "client_id",
  "client_secret",
  "default_iam_role_arn",
  "failure_redirect_url",
  "insecure_skip_verify",
  "max_session_duration_seconds",
  "oidc_authentication_request_additional_query",
  "oidc_provider_metadata_url",
  "oidc_provider_token_exchange_audience",
  "oidc_provider_token_exchange_subject_token_type",
  "successful_redirect_url",
]);

/**
 * Reads aws-cli-oidc's `config.yaml`. Its providers are top-level keys; a dot in a name has become a level of its own.
 *
 * @throws {Fault} `IMPORT_MALFORMED` naming the file and the key; a value is never repeated, because it may be a secret.
 */
export function parseAwsCliOidc(text: string, file: string): readonly ImportedProvider[] {
  if (text.length > MAX_CHARACTERS) throw malformed(file, "is longer than 1 MiB");
  const found = providersIn(readYaml(text, file), []);
  if (found.length === 0) throw malformed(file, "names no provider");
  return found.map(([name, values]) => parseProvider(name, values, file));
}

type Values = Readonly<Record<string, unknown>>;

function readYaml(text: string, file: string): Values {
  try {
    // Its warnings go to stderr, and quote the line too.
    const value: unknown = parse(text, { maxAliasCount: 0, merge: false, logLevel: "error" });
    if (isJsonObject(value)) return value;
  } catch {
    // The parser's own words quote the line, which may be the secret's.
  }
  throw malformed(file, "is not YAML with a provider under each key");
}

function providersIn(values: Values, path: readonly string[]): readonly (readonly [string, Values])[] {
  if (path.length > 0 && "oidc_provider_metadata_url" in values) return [[path.join("."), values]];
  if (path.length > 8) return [];
  return Object.entries(values).flatMap(([key, value]) => (isJsonObject(value) ? providersIn(value, [...path, key]) : []));
}

function parseProvider(name: string, values: Values, file: string): ImportedProvider {
  const text = (key: string): string => {
    const value = values[key];
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value).trim() : "";
  };
  const needed = (key: string): string => text(key) || fail(file, name, key, "is missing");
  const metadataUrl = needed("oidc_provider_metadata_url");
  if (!DISCOVERY.test(metadataUrl))
    fail(file, name, "oidc_provider_metadata_url", "does not end in /.well-known/openid-configuration");
  const issuer = metadataUrl.replace(DISCOVERY, "");
  // What is imported has to work, or to be refused before anything is written.
  if (!isProviderUrl(issuer)) fail(file, name, "oidc_provider_metadata_url", "is neither https:// nor on this machine");
  const { parameters, scopes, refused } = parseQuery(text("oidc_authentication_request_additional_query"));
  return {
    name,
    issuer,
    clientId: needed("client_id"),
    clientSecret: text("client_secret") === "" ? null : new Secret("client secret", text("client_secret")),
    clientCertificate:
      text("client_auth_cert") === "" ? null : { certificate: text("client_auth_cert"), key: needed("client_auth_key") },
    authorizationParameters: parameters,
    scopes,
    roleArn: parseRole(text("default_iam_role_arn"), file, name),
    durationSeconds: parseSeconds(text("max_session_duration_seconds"), file, name),
    federation: parseFederation(text, needed, file, name),
    left: [...leftOut(text, refused), ...unknownKeys(values)],
  };
}

function parseFederation(
  text: (key: string) => string,
  needed: (key: string) => string,
  file: string,
  name: string,
): ImportedProvider["federation"] {
  const kind = text("aws_federation_type") || "oidc";
  if (kind === "oidc") return { kind, sessionName: text("aws_federation_role_session_name") || null };
  if (kind !== "saml2") fail(file, name, "aws_federation_type", "is neither oidc nor saml2");
  const type = text("oidc_provider_token_exchange_subject_token_type");
  return {
    kind: "saml",
    audience: needed("oidc_provider_token_exchange_audience"),
    subjectToken: type.endsWith(":id_token") ? "id" : "access",
  };
}

function parseQuery(query: string) {
  const given = new URLSearchParams(query.replace(/^[?&]/, ""));
  const refused = [...given.keys()].filter((key) => key !== "scope" && OWN_PARAMETERS.has(key));
  const scope = given.get("scope");
  const parameters = [...given].filter(([key]) => !OWN_PARAMETERS.has(key));
  return {
    parameters: Object.fromEntries(parameters),
    scopes: scope === null ? null : scope.split(/\s+/).filter((word) => word !== ""),
    refused,
  };
}

function parseRole(text: string, file: string, name: string): string | null {
  if (text === "") return null;
  return readRoleArn(text)?.text ?? fail(file, name, "default_iam_role_arn", "is not the ARN of an IAM role");
}

function parseSeconds(text: string, file: string, name: string): number | null {
  if (text === "") return null;
  const seconds = Number(text);
  if (/^\d{1,6}$/.test(text) && seconds >= 900 && seconds <= 43_200) return seconds;
  return fail(file, name, "max_session_duration_seconds", "is not 900 to 43200 seconds");
}

function leftOut(text: (key: string) => string, refused: readonly string[]): readonly string[] {
  return [
    ...(text("successful_redirect_url") || text("failure_redirect_url")
      ? ["the pages after a sign-in: brevet shows its own"]
      : []),
    ...(text("insecure_skip_verify") === "true" ? ["insecure_skip_verify: name the authority by `AWS_CA_BUNDLE` instead"] : []),
    ...(text("client_auth_ca") === "" ? [] : ["client_auth_ca: name the authority by `AWS_CA_BUNDLE`"]),
    ...refused.map((key) => `the parameter ${key}: brevet sets it itself`),
  ];
}

/** What a later version of the tool may mean by them, nobody here knows. */
function unknownKeys(values: Values): readonly string[] {
  return Object.keys(values)
    .filter((key) => !KEYS.has(key))
    .map((key) => `${key}: brevet does not know it`);
}

function fail(file: string, name: string, key: string, problem: string): never {
  throw malformed(file, `: ${name}.${key} ${problem}`);
}

function malformed(file: string, problem: string): Fault {
  return new Fault("IMPORT_MALFORMED", `${file}${problem.startsWith(":") ? "" : " "}${problem}`, { details: { file } });
}
