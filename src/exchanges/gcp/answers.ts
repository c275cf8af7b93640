import { isJsonObject, parseJsonObject } from "../../core/json-object.ts";
import { Secret } from "../../core/secret.ts";
import { type EpochSeconds, parseUtc } from "../../core/time.ts";
import type { CloudAnswer } from "../../platform/http/call-cloud.ts";

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
  const { error, error_description: description, access_token: token, expires_in: seconds } = answer ?? {};
  if (typeof error === "string")
    return { kind: "error", code: error, message: typeof description === "string" ? description : "" };
  if (typeof token !== "string" || token === "" || !isLife(seconds)) return null;
  return { kind: "result", value: { token: new Secret("access token", token), expiresAt: now + seconds } };
}

/** Reads an answer of `generateAccessToken`: `{"accessToken", "expireTime"}`, or Google's JSON error. */
export function readGenerateAnswer(body: string, now: EpochSeconds): CloudAnswer<AccessToken> {
  const answer = parseJsonObject(body);
  const error = answer?.["error"];
  if (isJsonObject(error)) {
    const { status, code, message } = error;
    return { kind: "error", code: String(status ?? code ?? ""), message: typeof message === "string" ? message : "" };
  }
  const { accessToken: token, expireTime } = answer ?? {};
  const expiresAt = typeof expireTime === "string" ? parseUtc(expireTime) : null;
  if (typeof token !== "string" || token === "" || expiresAt === null || !isLife(expiresAt - now)) return null;
  return { kind: "result", value: { token: new Secret("access token", token), expiresAt } };
}

function isLife(seconds: unknown): seconds is number {
  return typeof seconds === "number" && Number.isSafeInteger(seconds) && seconds > 0 && seconds <= LONGEST_LIFE_SECONDS;
}
