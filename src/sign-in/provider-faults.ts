import { AuthorizationResponseError, ClientError, ResponseBodyError, WWWAuthenticateChallengeError } from "openid-client";
import { Fault, type FaultContext } from "../core/fault.ts";
import type { FaultCode } from "../core/fault-codes.ts";
import { quotable } from "../core/quotable.ts";
import { laterHint } from "../platform/http/retry.ts";
import type { Provider } from "./provider.ts";

/**
 * Runs what calls the provider through `openid-client`, and translates its errors.
 *
 * The library's own errors are not kept as causes: they hold answers whole, tokens included.
 *
 * @throws {Fault} for everything that a provider can do wrong; a fault of the Http port keeps its code.
 */
export async function translated<T>(provider: Provider, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translate(error, provider);
  }
}

const PASSING: readonly FaultCode[] = ["NETWORK_UNREACHABLE", "NETWORK_TIMEOUT", "RESPONSE_INVALID", "PROVIDER_UNAVAILABLE"];

/** Whether the same may succeed later: the provider was not reached, or has not said anything about the request. */
export function mayPass({ code }: Fault): boolean {
  return PASSING.includes(code);
}

type Subject = Pick<Provider, "identity" | "issuer" | "clientId">;

function translate(error: unknown, provider: Subject): unknown {
  for (const each of causesOf(error)) if (each instanceof Fault) return withIssuer(each, provider);
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    // RFC 6749 §4.1.2.1: that the provider cannot, and not that it will not.
    if (error.error === "temporarily_unavailable" || error.error === "server_error") return unavailable(error, provider);
  }
  if (error instanceof AuthorizationResponseError) return refused("SIGN_IN_REFUSED", error, provider);
  if (error instanceof ResponseBodyError) return refusedByTokenEndpoint(error, provider);
  if (error instanceof WWWAuthenticateChallengeError) return challenged(error, provider);
  if (error instanceof ClientError) return broken(error, provider);
  return error;
}

/** Nothing else tells which of the user's values the host came from. */
function withIssuer(fault: Fault, { issuer }: Pick<Subject, "issuer">): Fault {
  if (fault.code !== "NETWORK_UNREACHABLE") return fault;
  const hint = `look whether the issuer ${issuer} is written as it should be, and whether this machine is online`;
  return fault.told({ hints: [...fault.hints, hint] });
}

function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let each = error; each instanceof Error && causes.length < 5; each = each.cause) causes.push(each);
  return causes;
}

/** RFC 6749 §5.2. */
function refusedByTokenEndpoint(error: ResponseBodyError, provider: Subject): Fault {
  if (error.error === "invalid_grant") return refused("CODE_REFUSED", error, provider);
  if (error.error === "invalid_client" || error.error === "unauthorized_client") return clientRefused(error, provider);
  return refused("SIGN_IN_REFUSED", error, provider);
}

/** RFC 6749 §5.2: a client that proves itself by a header is refused by a challenge, whose body the library leaves alone. */
function challenged({ cause: challenges, status }: WWWAuthenticateChallengeError, provider: Subject): Fault {
  const { error = `the status ${status}`, error_description } = challenges[0]?.parameters ?? {};
  return clientRefused({ error, error_description }, provider);
}

function clientRefused(error: ProviderError, provider: Subject): Fault {
  const hint = `look at \`clientId\` and the client's authentication in the identity ${provider.identity}`;
  return refused("CLIENT_REFUSED", error, provider, [hint]);
}

/** What a provider says is wrong. */
interface ProviderError {
  readonly error: string;
  readonly error_description?: string | undefined;
}

function refused(code: FaultCode, error: ProviderError, { issuer, clientId }: Subject, hints: readonly string[] = []): Fault {
  return new Fault(code, `${issuer} refused the client ${clientId} with ${wordsOf(error)}`, {
    hints,
    details: { providerCode: quotable(error.error, []) },
  });
}

function unavailable(error: ProviderError, { issuer }: Subject): Fault {
  return new Fault("PROVIDER_UNAVAILABLE", `${issuer} cannot serve this now: ${wordsOf(error)}`, { hints: [laterHint(0)] });
}

function wordsOf({ error, error_description: description }: ProviderError): string {
  const says = quotable(description ?? "", []);
  return `${quotable(error, [])}${says === "" ? "" : `: ${says}`}`;
}

/** What the library attaches to its errors: members of the protocol, never to be shown whole. */
type Findings = Readonly<Record<string, unknown>>;

function broken(error: ClientError, { issuer }: Subject): Fault {
  const explained = EXPLANATIONS[error.code ?? ""]?.(findingsOf(error), reasonOf(error)) ?? null;
  if (explained !== null) return new Fault(explained.code, `${explained.says} (${issuer})`, explained.context);
  return new Fault("PROVIDER_UNFIT", `${issuer} cannot be used: ${reasonOf(error)}`, { details: { reason: error.code ?? null } });
}

const reasonOf = (error: ClientError): string => (error.cause instanceof Error ? error.cause.message : error.message);

function findingsOf(error: ClientError): Findings {
  const detail = error.cause instanceof Error ? error.cause.cause : error.cause;
  // For an ID token that is not a JWT, the library attaches the token itself.
  if (typeof detail === "string") return { noJwt: true };
  return typeof detail === "object" && detail !== null ? (detail as Findings) : {};
}

interface Explanation {
  readonly code: FaultCode;
  readonly says: string;
  readonly context?: FaultContext;
}

const NO_JWT: Explanation = { code: "ID_TOKEN_INVALID", says: "the ID token is not a JWT" };

/** By the library's codes. */
const EXPLANATIONS: Readonly<Record<string, (findings: Findings, reason: string) => Explanation | null>> = {
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: ({ claim }) => CLAIMS[String(claim)] ?? null,
  OAUTH_KEY_SELECTION_FAILED: ({ header }) => ({
    code: "ID_TOKEN_KEY_UNKNOWN",
    says: `the ID token is signed by the key ${nameOf(header, "kid")}, which the provider does not publish`,
  }),
  OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED: ({ body }) => ({
    code: "PROVIDER_MISMATCH",
    says: `the metadata are those of the issuer ${nameOf(body, "issuer")}`,
  }),
  OAUTH_UNSUPPORTED_OPERATION: ({ alg, noJwt }) => {
    if (noJwt === true) return { code: "ID_TOKEN_INVALID", says: "the ID token is encrypted, and brevet has no key for that" };
    return typeof alg === "string" ? algorithmRefused(alg) : null;
  },
  OAUTH_INVALID_RESPONSE: (findings, reason) =>
    // The library attaches the answer's body whatever is wrong in it; only its message names the member.
    reason.includes('"id_token"')
      ? { code: "ID_TOKEN_ABSENT", says: "the provider sent no ID token" }
      : invalidResponse(findings),
  OAUTH_RESPONSE_IS_NOT_CONFORM: ({ status }) => ({
    code: "RESPONSE_INVALID",
    says: `the provider answered with the status ${Number(status)}`,
    context: { details: { status: Number(status) } },
  }),
  OAUTH_RESPONSE_IS_NOT_JSON: () => ({ code: "RESPONSE_INVALID", says: "the provider's answer is not JSON" }),
  OAUTH_PARSE_ERROR: (_findings, reason) =>
    reason.includes("JWT") ? NO_JWT : { code: "RESPONSE_INVALID", says: "the provider's answer is not JSON" },
};

const CLAIMS: Readonly<Record<string, Explanation>> = {
  iss: { code: "ID_TOKEN_ISSUER", says: "the ID token names another issuer" },
  aud: { code: "ID_TOKEN_AUDIENCE", says: "the ID token is for another client" },
  azp: { code: "ID_TOKEN_AUDIENCE", says: "the ID token was given to another client" },
  nonce: { code: "ID_TOKEN_NONCE", says: "the ID token belongs to another sign-in" },
};

/** The library has one code for many errors, and tells them apart by what it attaches. */
function invalidResponse(findings: Findings): Explanation | null {
  if ("parameters" in findings) {
    return { code: "SIGN_IN_MIXED_UP", says: "the answer belongs to another sign-in or came from another provider" };
  }
  if ("noJwt" in findings) return NO_JWT;
  if ("signature" in findings) return { code: "ID_TOKEN_SIGNATURE", says: "the ID token's signature does not verify" };
  if ("header" in findings) return algorithmRefused(nameOf(findings["header"], "alg"));
  if ("claims" in findings) return { code: "ID_TOKEN_INVALID", says: "the ID token lacks a claim, or has one of the wrong type" };
  return null;
}

function algorithmRefused(algorithm: string): Explanation {
  if (algorithm === "none") return { code: "ID_TOKEN_UNSIGNED", says: "the ID token is not signed" };
  return { code: "ID_TOKEN_ALGORITHM", says: `the ID token is signed by ${algorithm}, which is not accepted` };
}

/** A name that the far side chose, short enough for a message. */
function nameOf(holder: unknown, member: string): string {
  const value = typeof holder === "object" && holder !== null ? (holder as Findings)[member] : undefined;
  return typeof value === "string" ? value.slice(0, 200) : "(none)";
}
