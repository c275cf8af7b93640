import { Fault } from "../../core/fault.ts";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import { SIGN_IN_HOSTS } from "../../wire/aws-console/hosts.ts";
import type { SessionSeal } from "../aws-sts/role-session.ts";
import type { Seal } from "../seal.ts";
import type { RequestRecord, SandboxAnswer, SandboxRequest, SandboxService } from "../service.ts";
import { type ConsoleSession, getSigninToken, login, openConsole, parametersOf } from "./federation.ts";
import { Refusal } from "./refusal.ts";

/** What the stand-in for the console is made of. */
export interface ConsoleParts {
  /** Opens the session tokens that the stand-in for STS hands out. */
  readonly sessions: SessionSeal;
  /** Seals sign-in tokens, and the cookie of a signed-in browser. */
  readonly seal: Seal;
  readonly now: () => EpochSeconds;
}

const NAME = "aws-console";
const FEDERATION = "/federation";
/** Stands in for the whole console: one page that says who is signed in. */
const CONSOLE = "/console";
const COOKIE = "sandbox-console";

/**
 * The stand-in for the console's federation endpoint, and for as much of the console as shows whom it takes the browser for.
 *
 * @see IAM User Guide, id_roles_providers_enable-console-custom-url
 */
export function awsConsoleService(parts: ConsoleParts): SandboxService {
  return {
    name: NAME,
    certifiedHosts: SIGN_IN_HOSTS,
    hasHost: (hostname) => SIGN_IN_HOSTS.includes(hostname),
    wants: ({ path }) => path === FEDERATION || path === CONSOLE,
    actionOf,
    answer: async (request) => answer(request, parts),
  };
}

function actionOf(request: SandboxRequest): string {
  return request.path === CONSOLE ? "Console" : (parametersOf(request).get("Action") ?? "");
}

function answer(
  request: SandboxRequest,
  parts: ConsoleParts,
): { readonly answer: SandboxAnswer; readonly record: RequestRecord } {
  const action = actionOf(request).slice(0, 100);
  try {
    const { served, summary } = serve(request, parts);
    return { answer: served, record: { service: NAME, action, status: served.status, code: null, summary, findings: [] } };
  } catch (error) {
    const { code, status, message, findings } = asRefusal(error);
    const record = { service: NAME, action, status, code, summary: message, findings };
    return { answer: page(status, `<h1>${status} ${code}</h1>`), record };
  }
}

interface Served {
  readonly served: SandboxAnswer;
  readonly summary: string;
}

function serve(request: SandboxRequest, { sessions, seal, now }: ConsoleParts): Served {
  const parameters = parametersOf(request);
  if (request.path === CONSOLE) return show(openConsole(seal, cookieOf(request), now()));
  const action = parameters.get("Action");
  if (request.path === FEDERATION && action === "getSigninToken" && (request.method === "POST" || request.method === "GET")) {
    const { token, arn } = getSigninToken(parameters, { sessions, seal, now: now() });
    const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
    return {
      served: { status: 200, headers, body: JSON.stringify({ SigninToken: token }) },
      summary: `a sign-in token for ${arn}`,
    };
  }
  if (request.path === FEDERATION && action === "login" && request.method === "GET") {
    const { session, cookie } = login(parameters, { seal, now: now() });
    const headers = {
      location: CONSOLE,
      "set-cookie": `${COOKIE}=${encodeURIComponent(cookie)}; Path=${CONSOLE}; Secure; HttpOnly; SameSite=Lax`,
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
    };
    return { served: { status: 302, headers, body: "" }, summary: `${session.arn} is signed in` };
  }
  throw new Refusal("InvalidAction", "the endpoint knows getSigninToken and login");
}

function show(session: ConsoleSession): Served {
  const rows = [
    `<h1>Console</h1><p id="arn">${escapeHtml(session.arn)}</p>`,
    `<p id="page">${escapeHtml(session.destination)}</p><p id="until">${formatUtc(session.until)}</p>`,
  ];
  return { served: page(200, rows.join("")), summary: session.arn };
}

function cookieOf({ headers }: SandboxRequest): string {
  const pair = (headers.get("cookie") ?? []).flatMap((line) => line.split(/; */)).find((each) => each.startsWith(`${COOKIE}=`));
  try {
    return decodeURIComponent(pair?.slice(COOKIE.length + 1) ?? "");
  } catch {
    return "";
  }
}

function page(status: number, body: string): SandboxAnswer {
  const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };
  return { status, headers, body: `<!doctype html><title>sandbox</title>${body}\n` };
}

function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const reason = error instanceof Fault || error instanceof Error ? error.message : String(error);
  return new Refusal("InternalFailure", `the sandbox cannot judge this request: ${reason}`);
}
