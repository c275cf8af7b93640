import { timingSafeEqual } from "node:crypto";
import { parseJsonObject } from "../../core/json-object.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { Finding } from "../../trust/verdict.ts";
import { assumedRoleArn, type RoleSession, type SessionSeal } from "../aws-sts/role-session.ts";
import type { Seal } from "../seal.ts";
import type { SandboxRequest } from "../service.ts";
import { CONSOLE_REFERENCE, Refusal } from "./refusal.ts";

/** "The URL that the federation endpoint provides is valid for 15 minutes after it is created." */
const TOKEN_SECONDS = 900;
/** Of `SessionDuration`. */
const SHORTEST_SECONDS = 900;
const LONGEST_SECONDS = 43_200;
/** Pages of the consoles of every partition. */
const CONSOLES = /(^|\.)(aws\.amazon\.com|amazonaws\.cn|amazonaws-us-gov\.com|amazonaws-eusc\.eu)$/;

/** A browser that is signed in. */
export interface ConsoleSession {
  readonly arn: string;
  readonly destination: string;
  readonly until: EpochSeconds;
}

/** What is sealed in a sign-in token. */
interface SigninToken {
  readonly arn: string;
  readonly until: EpochSeconds;
  readonly issuedAt: EpochSeconds;
}

/** The parameters of the query and of a form. */
export function parametersOf({ query, body, method }: SandboxRequest): URLSearchParams {
  return new URLSearchParams(method === "POST" ? `${query}&${body}` : query);
}

/** Trades the keys of a role session for a token. @throws {Refusal} */
export function getSigninToken(
  parameters: URLSearchParams,
  { sessions, seal, now }: { readonly sessions: SessionSeal; readonly seal: Seal; readonly now: EpochSeconds },
): { readonly token: string; readonly arn: string } {
  const session = sessionOf(parameters.get("Session") ?? "", sessions);
  if (session.expiresAt <= now) {
    throw new Refusal("InvalidCredentials", "the credentials have ended", [
      found("Session", `an end after ${now}`, String(session.expiresAt), "ask for new ones"),
    ]);
  }
  const until = now + sessionSeconds(parameters.get("SessionDuration"), session, now);
  const arn = assumedRoleArn(session);
  const token: SigninToken = { arn, until, issuedAt: now };
  return { token: Buffer.from(seal.seal(token)).toString("base64url"), arn };
}

function sessionOf(text: string, sessions: SessionSeal): RoleSession {
  const { sessionId, sessionKey, sessionToken } = parseJsonObject(text) ?? {};
  const session = typeof sessionToken === "string" ? sessions.open(sessionToken) : null;
  const isWhole = session !== null && session.accessKeyId === sessionId && isSame(String(sessionKey), session.secretAccessKey);
  if (isWhole) return session;
  throw new Refusal("InvalidCredentials", "the session is none that this sandbox handed out", [
    found("Session", "sessionId, sessionKey and sessionToken of one role session", null, "the three do not belong together"),
  ]);
}

function sessionSeconds(asked: string | null, session: RoleSession, now: EpochSeconds): number {
  if (asked === null) return session.expiresAt - now;
  const seconds = /^\d{1,6}$/.test(asked) ? Number(asked) : 0;
  if (seconds < SHORTEST_SECONDS || seconds > LONGEST_SECONDS) {
    throw new Refusal("InvalidSessionDuration", "SessionDuration is out of range", [
      found(
        "SessionDuration",
        `${SHORTEST_SECONDS} to ${LONGEST_SECONDS}`,
        asked.slice(0, 100),
        "ask for 15 minutes to 12 hours",
      ),
    ]);
  }
  if (session.isChained) {
    throw new Refusal("InvalidSessionDuration", "role chaining gives one hour", [
      found("SessionDuration", "no such parameter", asked, "a session of a chained role is not prolonged: leave it out"),
    ]);
  }
  return seconds;
}

/** Signs a browser in. @throws {Refusal} */
export function login(
  parameters: URLSearchParams,
  { seal, now }: { readonly seal: Seal; readonly now: EpochSeconds },
): { readonly session: ConsoleSession; readonly cookie: string } {
  const opened = seal.open(Buffer.from(parameters.get("SigninToken") ?? "", "base64url").toString("latin1"));
  const token = opened !== null && typeof opened === "object" && "issuedAt" in opened ? (opened as SigninToken) : null;
  if (token === null) throw new Refusal("InvalidToken", "the sign-in token is none of this sandbox");
  if (token.issuedAt + TOKEN_SECONDS <= now) {
    throw new Refusal("InvalidToken", "the sign-in token has ended", [
      found("SigninToken", `used within ${TOKEN_SECONDS} seconds`, `after ${now - token.issuedAt}`, "ask for another one"),
    ]);
  }
  const session = { arn: token.arn, destination: destinationOf(parameters.get("Destination") ?? ""), until: token.until };
  return { session, cookie: seal.seal(session) };
}

function destinationOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "https:" && CONSOLES.test(url.hostname)) return url.href;
  throw new Refusal("InvalidDestination", "the destination is no page of the console", [
    found("Destination", "an https address of the console", text.slice(0, 200), "lead to a page of AWS's console"),
  ]);
}

/** Who the cookie says is there. @throws {Refusal} */
export function openConsole(seal: Seal, cookie: string, now: EpochSeconds): ConsoleSession {
  const opened = seal.open(cookie);
  const session = opened !== null && typeof opened === "object" && "destination" in opened ? (opened as ConsoleSession) : null;
  if (session !== null && session.until > now) return session;
  throw new Refusal("InvalidToken", "nobody is signed in here");
}

function found(at: string, wanted: string, saw: string | null, meaning: string): Finding {
  return { at, wanted: [wanted], saw: saw === null ? null : [saw], meaning, source: CONSOLE_REFERENCE };
}

function isSame(given: string, right: string): boolean {
  const [left, other] = [Buffer.from(given), Buffer.from(right)];
  return left.length === other.length && timingSafeEqual(left, other);
}
