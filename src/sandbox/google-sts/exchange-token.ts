import type { EpochSeconds } from "../../core/time.ts";
import { type GcpCheck, judgeGcpToken } from "../../trust/gcp/judge-token.ts";
import { PAGES } from "../../trust/gcp/pages.ts";
import type { GcpProvider } from "../../trust/gcp/provider.ts";
import { poolOfProvider } from "../../trust/gcp/provider-name.ts";
import type { Finding, Verdict } from "../../trust/verdict.ts";
import { bearerName, type GoogleTokens } from "../google/access-token.ts";
import type { GoogleFolder } from "../google/google-folder.ts";
import type { FindKey } from "../issuers/verification-keys.ts";
import { readToken, signatureProblem, type UnverifiedToken } from "../issuers/verify-signature.ts";
import type { Parameters } from "./parameters.ts";
import { Refusal, type StsErrorCode } from "./refusal.ts";

/** What the stand-in for Google's STS is made of. */
export interface GoogleStsParts {
  readonly google: GoogleFolder;
  readonly tokens: GoogleTokens;
  readonly findKey: FindKey;
  readonly now: () => EpochSeconds;
}

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const TOKEN_TYPES = ["urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token"];
const LIFE_SECONDS = 3600;

/**
 * Trades an OIDC token for a federated access token.
 *
 * @throws {Refusal}
 * @see Security Token Service API v1, `token`; RFC 8693 §2.1
 */
export async function exchangeToken(
  parameters: Parameters,
  { google, tokens, findKey, now }: GoogleStsParts,
): Promise<{ readonly result: Readonly<Record<string, unknown>>; readonly summary: string }> {
  const scopes = checkRequest(parameters);
  const provider = findProvider(parameters.get("audience") ?? "", google);
  const subjectToken = parameters.get("subject_token") ?? "";
  const token = readToken(subjectToken);
  if (token === null) throw new Refusal("invalid_request", "Unable to parse the ID Token.");
  const judgement = judgeGcpToken(token, provider, now());
  if (judgement.check === "provider" || judgement.check === "header" || judgement.check === "issuer") {
    throw refusalOf(judgement.check, judgement.verdict);
  }
  await checkSignature(subjectToken, token, provider, findKey);
  if (judgement.principal === null) throw refusalOf(judgement.check, judgement.verdict);
  const session = {
    bearer: { kind: "federated", principal: judgement.principal },
    scopes,
    issuedAt: now(),
    expiresAt: now() + LIFE_SECONDS,
  } as const;
  const result = {
    access_token: tokens.issue(session),
    issued_token_type: ACCESS_TOKEN,
    token_type: "Bearer",
    expires_in: LIFE_SECONDS,
  };
  return { result, summary: bearerName(session) };
}

/** @returns the scopes. */
function checkRequest(parameters: Parameters): readonly string[] {
  const wanted = (name: string, values: readonly string[]): void => {
    const value = parameters.get(name) ?? "";
    if (values.includes(value)) return;
    const because = finding(name, values, value === "" ? null : [value.slice(0, 200)], "Google takes no other value here");
    throw new Refusal("invalid_request", `Invalid value for "${name}".`, [because]);
  };
  if (parameters.get("grant_type") !== GRANT_TYPE) {
    const seen = parameters.get("grant_type");
    throw new Refusal("unsupported_grant_type", "Invalid grant_type", [
      finding("grant_type", [GRANT_TYPE], seen === undefined ? null : [seen.slice(0, 200)], "STS has this grant alone"),
    ]);
  }
  wanted("requested_token_type", [ACCESS_TOKEN]);
  wanted("subject_token_type", TOKEN_TYPES);
  if ((parameters.get("subject_token") ?? "") === "")
    throw new Refusal("invalid_request", 'Missing required parameter: "subject_token"');
  const scopes = (parameters.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  if (scopes.length > 0) return scopes;
  const because = finding("scope", ["one scope or more"], null, "an external credential is exchanged for a scope");
  throw new Refusal("invalid_request", 'Missing required parameter: "scope"', [because]);
}

function findProvider(audience: string, google: GoogleFolder): GcpProvider {
  const name = audience.replace(/^\/\/iam\.googleapis\.com\//, "");
  if (name === audience || poolOfProvider(name) === null) {
    const form = "//iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER";
    throw new Refusal(
      "invalid_request",
      'Invalid value for "audience". This value should be the full resource name of the Identity Provider.',
      [finding("audience", [form], [audience.slice(0, 300)], "it is not the full resource name of a provider")],
    );
  }
  const provider = google.findProvider(name);
  if (provider !== null) return provider;
  throw new Refusal("invalid_target", TARGET_INVALID, [
    finding("audience", google.providerNames(), [name], "the sandbox has no provider of that name in google/providers"),
  ]);
}

const TARGET_INVALID =
  'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn\'t exist.';

async function checkSignature(text: string, token: UnverifiedToken, provider: GcpProvider, findKey: FindKey): Promise<void> {
  const kid = String(token.header["kid"]);
  const uploaded = provider.uploadedKeys?.find((key) => key["kid"] === kid);
  const at = provider.uploadedKeys === null ? "the issuer's documents" : "the provider's uploaded keys";
  if (uploaded === undefined && provider.uploadedKeys !== null) {
    const known = provider.uploadedKeys.map((key) => String(key["kid"]));
    throw new Refusal("invalid_grant", "The token's signing key is not among the provider's keys.", [
      finding(at, [kid], known, "the key is not uploaded: upload the issuer's keys again"),
    ]);
  }
  const found = uploaded === undefined ? await findKey(provider.issuerUri, kid) : { kind: "found" as const, key: uploaded };
  if (found.kind !== "found") {
    throw new Refusal("invalid_grant", "Error connecting to the given credential's issuer.", [
      finding(at, [kid], null, found.why),
    ]);
  }
  const problem = await signatureProblem(text, found.key, String(token.header["alg"]));
  if (problem !== null) {
    throw new Refusal("invalid_grant", "The token's signature is invalid.", [finding(at, [kid], null, problem)]);
  }
}

const REFUSALS: Readonly<Record<GcpCheck, readonly [StsErrorCode, string]>> = {
  provider: ["invalid_target", TARGET_INVALID],
  header: ["invalid_grant", "The token's header is invalid."],
  issuer: ["invalid_grant", "The issuer in ID Token does not match the expected ones."],
  times: ["invalid_grant", "The ID Token's times are not acceptable."],
  audience: ["invalid_grant", "The audience in ID Token does not match the expected audience."],
  subject: ["invalid_grant", "The ID Token has no subject."],
  mapping: ["invalid_request", "The attribute mapping could not be evaluated."],
  condition: ["unauthorized_client", "The given credential is rejected by the attribute condition."],
};

/** What cannot be decided here is refused as the sandbox's own lack, in a code that Google does not answer with. */
function refusalOf(check: GcpCheck | null, verdict: Verdict): Refusal {
  const because = verdict.outcome === "allowed" ? [] : verdict.because;
  if (verdict.outcome === "unknown" || check === null) {
    return new Refusal("server_error", "the sandbox cannot decide what Google would", because);
  }
  const [code, description] = REFUSALS[check];
  return new Refusal(code, description, because);
}

function finding(at: string, wanted: readonly string[], saw: readonly string[] | null, meaning: string): Finding {
  return { at, wanted, saw, meaning, source: PAGES.token };
}
