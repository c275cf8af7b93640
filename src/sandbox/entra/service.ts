import { randomUUID } from "node:crypto";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import { type EntraCheck, judgeEntraToken } from "../../trust/entra/judge-token.ts";
import type { Finding } from "../../trust/verdict.ts";
import type { FindKey } from "../issuers/verification-keys.ts";
import { readToken, signatureProblem } from "../issuers/verify-signature.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { Seal } from "../seal.ts";
import type { RequestRecord, SandboxAnswer, SandboxRequest, SandboxService } from "../service.ts";
import type { EntraApplication } from "./entra-folder.ts";

/** What the stand-in for Entra ID is made of. */
export interface EntraParts {
  readonly applications: () => readonly EntraApplication[];
  readonly seal: Seal;
  readonly findKey: FindKey;
  readonly now: () => EpochSeconds;
}

const NAME = "entra";
const TOKEN_PATH = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;
const DISCOVERY_PATH = /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/;
const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const LIFE_SECONDS = 3599;

/** The numbers of Entra ID's errors, with the code of RFC 6749 that goes with each. */
const ERRORS = {
  50027: "invalid_request",
  70003: "unsupported_grant_type",
  90002: "invalid_request",
  90014: "invalid_request",
  700016: "unauthorized_client",
  700024: "invalid_client",
  700027: "invalid_client",
  700211: "invalid_client",
  700212: "invalid_client",
  700213: "invalid_client",
  1002012: "invalid_scope",
  5002738: "invalid_client",
  7000218: "invalid_client",
  7000229: "unauthorized_client",
  7000272: "invalid_client",
} as const;

class Refusal extends Error {
  readonly number: keyof typeof ERRORS;
  readonly findings: readonly Finding[];

  constructor(number: keyof typeof ERRORS, message: string, findings: readonly Finding[] = []) {
    super(message);
    this.number = number;
    this.findings = findings;
  }
}

/**
 * The stand-in for Entra ID's token endpoint, for clients that present a federated token, and the discovery document that
 * Microsoft's libraries read before it.
 *
 * @see Microsoft identity platform, OAuth 2.0 client credentials flow, "third case"
 */
export function entraService(parts: EntraParts): SandboxService {
  return {
    name: NAME,
    certifiedHosts: ["login.microsoftonline.com"],
    hasHost: (hostname) => hostname === "login.microsoftonline.com",
    wants: ({ path }) => TOKEN_PATH.test(path) || DISCOVERY_PATH.test(path),
    actionOf: ({ path }) => (TOKEN_PATH.test(path) ? "GetToken" : DISCOVERY_PATH.test(path) ? "Discover" : ""),
    answer: (request) => answer(request, parts),
  };
}

interface Served {
  readonly answer: SandboxAnswer;
  readonly record: RequestRecord;
}

async function answer(request: SandboxRequest, parts: EntraParts): Promise<Served> {
  const action = DISCOVERY_PATH.test(request.path) ? "Discover" : "GetToken";
  try {
    const { result, summary } = await serve(request, parts);
    return { answer: jsonAnswer(200, result), record: { service: NAME, action, status: 200, code: null, summary, findings: [] } };
  } catch (error) {
    return refuse(error, action, parts.now());
  }
}

function refuse(error: unknown, action: string, now: EpochSeconds): Served {
  const refusal =
    error instanceof Refusal ? error : new Refusal(50027, `the sandbox cannot judge this request: ${String(error)}`);
  const { number, message, findings } = refusal;
  const code = ERRORS[number];
  const status = code === "invalid_client" ? 401 : 400;
  const [traceId, correlationId] = [randomUUID(), randomUUID()];
  const timestamp = formatUtc(now).replace("T", " ");
  const body = {
    error: code,
    error_description: `AADSTS${number}: ${message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [number],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${number}`,
  };
  const record: RequestRecord = { service: NAME, action, status, code: `AADSTS${number}`, summary: message, findings };
  return { answer: jsonAnswer(status, body), record };
}

interface Result {
  readonly result: Readonly<Record<string, unknown>>;
  readonly summary: string;
}

async function serve(request: SandboxRequest, parts: EntraParts): Promise<Result> {
  const tenant = (TOKEN_PATH.exec(request.path) ?? DISCOVERY_PATH.exec(request.path))?.[1]?.toLowerCase();
  if (tenant === undefined) throw new Refusal(90002, "there is no such endpoint.");
  const inTenant = parts.applications().filter(({ tenantId }) => tenantId === tenant);
  if (inTenant.length === 0) throw new Refusal(90002, `Tenant '${tenant.slice(0, 64)}' not found.`);
  if (DISCOVERY_PATH.test(request.path)) return discover(request, tenant);
  if (request.method !== "POST") throw new Refusal(90014, "The token endpoint takes POST.");
  return issueToken(new URLSearchParams(request.body), inTenant, parts);
}

function discover({ host }: SandboxRequest, tenant: string): Result {
  const base = `https://${host}/${tenant}`;
  const result = {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    issuer: `${base}/v2.0`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
  };
  return { result, summary: tenant };
}

async function issueToken(form: URLSearchParams, inTenant: readonly EntraApplication[], parts: EntraParts): Promise<Result> {
  const { clientId, scope, assertion, credentials } = readRequest(form, inTenant);
  const token = readToken(assertion);
  if (token === null) throw new Refusal(50027, "JWT token is invalid or malformed.");
  const judgement = judgeEntraToken(token, credentials, parts.now());
  if (judgement.check !== null) {
    const [number, message] = REFUSALS[judgement.check];
    throw new Refusal(number, message, judgement.verdict.outcome === "refused" ? judgement.verdict.because : []);
  }
  await verifySignature(assertion, String(token.claims["iss"]), String(token.header["kid"]), parts.findKey);
  const sealed = parts.seal.seal({ clientId, scope, expiresAt: parts.now() + LIFE_SECONDS });
  const result = {
    token_type: "Bearer",
    expires_in: LIFE_SECONDS,
    ext_expires_in: LIFE_SECONDS,
    access_token: `sandbox.${Buffer.from(sealed, "base64").toString("base64url")}`,
  };
  return { result, summary: `${clientId} for ${scope}` };
}

const REFUSALS: Readonly<Record<EntraCheck, readonly [keyof typeof ERRORS, string]>> = {
  header: [5002738, "The signature algorithm of the client assertion is not supported."],
  issuer: [700211, "No matching federated identity record found for presented assertion issuer."],
  subject: [700213, "No matching federated identity record found for presented assertion subject."],
  audience: [700212, "No matching federated identity record found for presented assertion audience."],
  times: [700024, "Client assertion is not within its valid time range."],
};

function readRequest(form: URLSearchParams, inTenant: readonly EntraApplication[]) {
  const one = (name: string): string => {
    const values = form.getAll(name);
    if (values.length === 1 && values[0] !== "") return values[0] ?? "";
    throw new Refusal(90014, `The required field '${name}' is missing from the credential, or is there twice.`);
  };
  if (one("grant_type") !== "client_credentials") throw new Refusal(70003, "The app requested an unsupported grant type.");
  const clientId = one("client_id").toLowerCase();
  const application = inTenant.find((each) => each.clientId === clientId);
  if (application === undefined)
    throw new Refusal(700016, `Application with identifier '${clientId.slice(0, 64)}' was not found in the directory.`);
  if (application.servicePrincipalId === null) {
    throw new Refusal(
      7000229,
      `The client application ${clientId} is missing service principal in the tenant ${application.tenantId}.`,
    );
  }
  const scope = one("scope");
  // MSAL asks for these besides the resource, and Entra ID does not mind.
  const resources = scope.split(" ").filter((each) => !["openid", "profile", "offline_access"].includes(each));
  if (resources.length !== 1 || !resources[0]?.endsWith("/.default")) {
    throw new Refusal(
      1002012,
      "The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.",
    );
  }
  if (form.get("client_assertion_type") !== JWT_BEARER || (form.get("client_assertion") ?? "") === "") {
    throw new Refusal(7000218, "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.");
  }
  return { clientId, scope: resources[0], assertion: one("client_assertion"), credentials: application.federatedCredentials };
}

async function verifySignature(assertion: string, issuer: string, kid: string, findKey: FindKey): Promise<void> {
  const found = await findKey(issuer, kid);
  const because = (meaning: string): readonly Finding[] => [
    {
      at: "the issuer's documents",
      wanted: [kid],
      saw: null,
      meaning,
      source: "https://learn.microsoft.com/entra/workload-id/workload-identity-federation",
    },
  ];
  if (found.kind !== "found") throw new Refusal(7000272, "The key of the client assertion was not found.", because(found.why));
  const problem = await signatureProblem(assertion, found.key, "RS256");
  if (problem !== null) throw new Refusal(700027, "The client assertion failed signature validation.", because(problem));
}
