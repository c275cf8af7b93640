import { Fault } from "../../core/fault.ts";
import { bearerName } from "../google/access-token.ts";
import { jsonAnswer } from "../json-answer.ts";
import type { RequestRecord, SandboxAnswer, SandboxRequest, SandboxService } from "../service.ts";
import { exchangeToken, type GoogleStsParts } from "./exchange-token.ts";
import { readParameters } from "./parameters.ts";
import { Refusal } from "./refusal.ts";

const NAME = "google-sts";
const PATHS: Readonly<Record<string, string>> = { "/v1/token": "ExchangeToken", "/v1/introspect": "IntrospectToken" };

/**
 * The stand-in for Google's Security Token Service: token exchange, and the introspection that gcloud asks for.
 *
 * @see Security Token Service API v1
 */
export function googleStsService(parts: GoogleStsParts): SandboxService {
  return {
    name: NAME,
    certifiedHosts: ["sts.googleapis.com"],
    hasHost: (hostname) => hostname === "sts.googleapis.com",
    wants: ({ path }) => path in PATHS,
    actionOf: ({ path }) => PATHS[path] ?? "",
    answer: (request) => answer(request, parts),
  };
}

async function answer(
  request: SandboxRequest,
  parts: GoogleStsParts,
): Promise<{ readonly answer: SandboxAnswer; readonly record: RequestRecord }> {
  const action = PATHS[request.path] ?? "no action";
  try {
    const { result, summary } = await serve(request, parts);
    const record: RequestRecord = { service: NAME, action, status: 200, code: null, summary, findings: [] };
    return { answer: jsonAnswer(200, result), record };
  } catch (error) {
    const { code, message, findings } = asRefusal(error);
    // Google answers 401 to a client that it does not know, and 400 to everything else that is wrong.
    const status = code === "invalid_client" ? 401 : 400;
    const record: RequestRecord = { service: NAME, action, status, code, summary: message, findings };
    return { answer: jsonAnswer(status, { error: code, error_description: message }), record };
  }
}

async function serve(
  request: SandboxRequest,
  parts: GoogleStsParts,
): Promise<{ readonly result: Readonly<Record<string, unknown>>; readonly summary: string }> {
  if (request.method !== "POST") throw new Refusal("invalid_request", `${request.method} is not allowed here`);
  if (request.path === "/v1/introspect") return introspect(request, parts);
  if (request.path === "/v1/token") return exchangeToken(readParameters(request), parts);
  throw new Refusal("invalid_request", "there is no such method");
}

/** RFC 7662 §2; Google asks for a client's id and secret, and gcloud sends its own. */
function introspect(
  request: SandboxRequest,
  { tokens, now }: GoogleStsParts,
): { readonly result: Readonly<Record<string, unknown>>; readonly summary: string } {
  if (!/^Basic [A-Za-z0-9+/]+=*$/.test(request.headers.get("authorization")?.[0] ?? "")) {
    throw new Refusal("invalid_client", "The request has no client authentication.");
  }
  const session = tokens.read(readParameters(request).get("token") ?? "", now());
  if (session === null) return { result: { active: false }, summary: "not active" };
  const username = bearerName(session);
  const { issuedAt: iat, expiresAt: exp, scopes } = session;
  const result = { active: true, username, sub: username, iss: "https://sts.googleapis.com/", iat, exp, scope: scopes.join(" ") };
  return { result, summary: username };
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const reason = error instanceof Fault || error instanceof Error ? error.message : String(error);
  return new Refusal("server_error", `the sandbox cannot judge this request: ${reason}`);
}
