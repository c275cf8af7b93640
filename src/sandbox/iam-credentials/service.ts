import * as v from "valibot";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import { judgeImpersonation } from "../../trust/gcp/judge-impersonation.ts";
import { PAGES } from "../../trust/gcp/pages.ts";
import type { Finding } from "../../trust/verdict.ts";
import { bearerName, type GoogleSession, type GoogleTokens } from "../google/access-token.ts";
import type { GoogleFolder } from "../google/google-folder.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { RequestRecord, SandboxAnswer, SandboxRequest, SandboxService } from "../service.ts";

/** What the stand-in for the IAM Credentials API is made of. */
export interface IamCredentialsParts {
  readonly google: GoogleFolder;
  readonly tokens: GoogleTokens;
  readonly now: () => EpochSeconds;
}

const NAME = "iam-credentials";
const METHOD = /^\/v1\/projects\/([^/]+)\/serviceAccounts\/([^/:]+):generateAccessToken$/;
/** google.rpc.Code, by the HTTP status that each has. */
const STATUS = { INVALID_ARGUMENT: 400, UNAUTHENTICATED: 401, PERMISSION_DENIED: 403, NOT_FOUND: 404 } as const;

class Refusal extends Error {
  readonly code: keyof typeof STATUS;
  readonly findings: readonly Finding[];

  constructor(code: keyof typeof STATUS, message: string, findings: readonly Finding[] = []) {
    super(message);
    this.code = code;
    this.findings = findings;
  }
}

/**
 * The stand-in for `generateAccessToken` of the IAM Service Account Credentials API.
 *
 * @see IAM Service Account Credentials API v1
 */
export function iamCredentialsService(parts: IamCredentialsParts): SandboxService {
  return {
    name: NAME,
    certifiedHosts: ["iamcredentials.googleapis.com"],
    hasHost: (hostname) => hostname === "iamcredentials.googleapis.com",
    wants: ({ path }) => /^\/v1\/projects\/.*:(generate|sign)\w+$/.test(path),
    actionOf: ({ path }) => (METHOD.test(path) ? "GenerateAccessToken" : ""),
    answer: async (request) => answer(request, parts),
  };
}

function answer(
  request: SandboxRequest,
  parts: IamCredentialsParts,
): { readonly answer: SandboxAnswer; readonly record: RequestRecord } {
  const action = "GenerateAccessToken";
  try {
    const { result, summary } = generateAccessToken(request, parts);
    const record: RequestRecord = { service: NAME, action, status: 200, code: null, summary, findings: [] };
    return { answer: jsonAnswer(200, result), record };
  } catch (error) {
    const refusal = error instanceof Refusal ? error : sandboxFailed(error);
    const { code: status, message, findings } = refusal;
    const code = STATUS[status];
    const record: RequestRecord = { service: NAME, action, status: code, code: status, summary: message, findings };
    return { answer: jsonAnswer(code, { error: { code, message, status } }), record };
  }
}

function sandboxFailed(error: unknown): Refusal {
  return new Refusal(
    "INVALID_ARGUMENT",
    `the sandbox cannot judge this request: ${error instanceof Error ? error.message : error}`,
  );
}

function generateAccessToken(
  request: SandboxRequest,
  { google, tokens, now }: IamCredentialsParts,
): { readonly result: Readonly<Record<string, unknown>>; readonly summary: string } {
  const [, project, email = ""] = METHOD.exec(request.path) ?? [];
  if (request.method !== "POST" || project === undefined) throw new Refusal("NOT_FOUND", "there is no such method");
  const caller = authenticate(request, tokens, now());
  if (project !== "-") throw new Refusal("INVALID_ARGUMENT", 'Invalid form of account ID: the project has to be "-".');
  const body = readBody(request.body);
  const account = google.findServiceAccount(decodeURIComponent(email));
  if (account === null)
    throw denied([finding(`service account ${email}`, "the sandbox has no such account in google/service-accounts")]);
  if (caller.bearer.kind !== "federated")
    throw denied([finding(bearerName(caller), "the sandbox has no chains of service accounts")]);
  const verdict = judgeImpersonation(account.email, account.bindings, caller.bearer.principal);
  if (verdict.outcome !== "allowed") throw denied(verdict.because);
  const lifetimeSeconds = readLifetime(body.lifetime, account.maxLifetimeSeconds);
  const session: GoogleSession = {
    bearer: { kind: "service-account", email: account.email },
    scopes: body.scope,
    issuedAt: now(),
    expiresAt: now() + lifetimeSeconds,
  };
  return { result: { accessToken: tokens.issue(session), expireTime: formatUtc(session.expiresAt) }, summary: account.email };
}

function authenticate(request: SandboxRequest, tokens: GoogleTokens, now: EpochSeconds): GoogleSession {
  const token = /^Bearer (.+)$/.exec(request.headers.get("authorization")?.[0] ?? "")?.[1] ?? "";
  const session = tokens.read(token, now);
  if (session === null) {
    throw new Refusal(
      "UNAUTHENTICATED",
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.",
    );
  }
  const scopes = ["https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/iam"];
  if (session.scopes.some((scope) => scopes.includes(scope))) return session;
  throw new Refusal("PERMISSION_DENIED", "Request had insufficient authentication scopes.", [
    { ...finding("the access token's scope", "the token was asked for with other scopes"), wanted: scopes, saw: session.scopes },
  ]);
}

const bodySchema = v.strictObject({
  scope: v.pipe(v.array(v.string()), v.minLength(1)),
  // Null is the default in the JSON of protocol buffers: google-auth for Python sends it.
  lifetime: v.nullish(v.string(), "3600s"),
  delegates: v.nullish(v.pipe(v.array(v.string()), v.maxLength(0))),
});

function readBody(text: string): v.InferOutput<typeof bodySchema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal("INVALID_ARGUMENT", "Invalid JSON payload received.");
  }
  const result = v.safeParse(bodySchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Refusal("INVALID_ARGUMENT", `Request contains an invalid argument: ${v.getDotPath(issue) ?? "the body"}`);
}

/** google.protobuf.Duration in JSON: seconds with an `s`. */
function readLifetime(text: string, max: number): number {
  const seconds = Number(/^(\d{1,6})(?:\.0+)?s$/.exec(text)?.[1] ?? Number.NaN);
  if (seconds > 0 && seconds <= max) return seconds;
  throw new Refusal("INVALID_ARGUMENT", "The access token lifetime cannot exceed the allowed maximum.", [
    {
      ...finding("lifetime", "a longer life needs the organization policy"),
      wanted: [`1s to ${max}s`],
      saw: [text.slice(0, 40)],
    },
  ]);
}

function denied(because: readonly Finding[]): Refusal {
  return new Refusal(
    "PERMISSION_DENIED",
    "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
    because,
  );
}

function finding(at: string, meaning: string): Finding {
  return { at, wanted: [], saw: null, meaning, source: PAGES.impersonation };
}
