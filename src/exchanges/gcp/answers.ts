import { isJsonObject, parseJsonObject } from "../../core/json-object.ts";
import type { Secret } from "../../core/secret.ts";
import { type EpochSeconds, parseUtc } from "../../core/time.ts";
import type { CloudAnswer } from "../../platform/http/call-cloud.ts";
import { issuedToken } from "../../wire/oauth/issued-token.ts";

/** An access token and when it ends. */
export interface AccessToken {
  readonly token: Secret<string>;
  readonly expiresAt: EpochSeconds;
}

/** IAM Credentials API: no access token lives longer than 12 hours; and 5 minutes by which the clocks may differ. */
const LONGEST_LIFE_SECONDS = 43_200 + 300;

/**
 * Reads an answer of Google's STS: `{"access_token", "expires_in", …}`, or the error of RFC 6749 §5.2.
 *
 * @returns null for what is neither, and for a token that has no life or more of it than Google gives.
 */
export function readStsAnswer(body: string, now: EpochSeconds): CloudAnswer<AccessToken> {
  const answer = parseJsonObject(body);
  const { error, error_description: description, access_token: text, expires_in: seconds } = answer ?? {};
  if (typeof error === "string")
    return { kind: "error", code: error, message: typeof description === "string" ? description : "" };
  const token = issuedToken("access token", text);
  if (token === null || !isLife(seconds)) return null;
  return { kind: "result", value: { token, expiresAt: now + seconds } };
}

/** Reads an answer of `generateAccessToken`: `{"accessToken", "expireTime"}`, or Google's JSON error. */
export function readGenerateAnswer(body: string, now: EpochSeconds): CloudAnswer<AccessToken> {
  const answer = parseJsonObject(body);
  const error = answer?.["error"];
  if (isJsonObject(error)) {
    const { status, code, message } = error;
    return {
      kind: "error",
      code: typeof status === "string" ? status : typeof code === "number" ? `${code}` : "",
      message: typeof message === "string" ? message : "",
    };
  }
  const { accessToken, expireTime } = answer ?? {};
  const token = issuedToken("access token", accessToken);
  const expiresAt = typeof expireTime === "string" ? parseUtc(expireTime) : null;
  if (token === null || expiresAt === null || !isLife(expiresAt - now)) return null;
  return { kind: "result", value: { token, expiresAt } };
}

function isLife(seconds: unknown): seconds is number {
  return typeof seconds === "number" && Number.isSafeInteger(seconds) && seconds > 0 && seconds <= LONGEST_LIFE_SECONDS;
}
