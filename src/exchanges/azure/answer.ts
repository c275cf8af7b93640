import { parseJsonObject } from "../../core/json-object.ts";
import type { Secret } from "../../core/secret.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { CloudAnswer } from "../../platform/http/call-cloud.ts";
import { issuedToken, statedLife } from "../../wire/oauth/issued-token.ts";

/** An access token of Entra ID and when it ends. */
export interface EntraAccessToken {
  readonly token: Secret<string>;
  readonly expiresAt: EpochSeconds;
}

/** Entra ID's tokens for workloads live 24 hours at most. */
const LONGEST_LIFE_SECONDS = 86_400 + 300;

/**
 * Reads an answer of Entra ID's token endpoint. A refusal's code is Entra's own (`AADSTS700213`), else that of RFC 6749.
 *
 * @returns null for what is neither a token with a life nor a refusal.
 */
export function readEntraAnswer(body: string, now: EpochSeconds): CloudAnswer<EntraAccessToken> {
  const answer = parseJsonObject(body);
  const { error, error_description: description, error_codes: codes, access_token: text } = answer ?? {};
  if (typeof error === "string") {
    const [first] = Array.isArray(codes) ? codes : [];
    const message = typeof description === "string" ? (description.split(/\s+Trace ID:/)[0] ?? "") : "";
    return { kind: "error", code: typeof first === "number" ? `AADSTS${first}` : error, message };
  }
  const seconds = statedLife(answer?.["expires_in"]);
  const token = issuedToken("access token", text);
  if (token === null || seconds === null || seconds > LONGEST_LIFE_SECONDS) return null;
  return { kind: "result", value: { token, expiresAt: now + seconds } };
}
