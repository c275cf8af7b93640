import type { CustomFetch } from "openid-client";
import { Fault } from "../core/fault.ts";
import type { Http, HttpRequest, HttpResponse } from "../core/http.ts";
import { type JsonObject, parseJsonObject } from "../core/json-object.ts";
import { quotable, withoutSecrets } from "../core/quotable.ts";
import { Secret } from "../core/secret.ts";
import type { Tempo } from "../core/tempo.ts";
import { isUnavailable, laterHint, type RetryLimits, restSecondsOf, retryTransient } from "../platform/http/retry.ts";
import { parseJwks } from "../wire/jwk/jwks.ts";
import { decodeJwtUnverified } from "../wire/jwt/decode.ts";
import { DEVICE_CODE_GRANT } from "../wire/oauth/names.ts";
import type { KeptDocument, KeptDocuments } from "./kept-documents.ts";

/** What the library's requests go through. */
export interface FetchParts {
  readonly http: Http;
  readonly documents: KeptDocuments;
  readonly now: () => number;
  /** For how long a kept document serves without asking the provider, in seconds; 0 if a person waits anyway. */
  readonly keptSeconds: number;
  readonly tempo?: Tempo | undefined;
}

/** Statuses whose answers have no body, and for which `Response` takes none. */
const WITHOUT_BODY = new Set([204, 205, 304]);

const METADATA = /\/\.well-known\/(openid-configuration|oauth-authorization-server)(\/|$)/;

/**
 * The library's requests, sent through the Http port: its proxies, certificate authorities, deadlines and limits hold for them.
 * What it fetches are documents, and they are kept for a while. Kept keys serve only if they hold the one that the ID token of the answer
 * before needs. So a renewal costs one round trip, and a rotated key costs one more. At a sign-in the provider is asked for both, because
 * one that was installed anew may have another key under the same id.
 *
 * @throws {Fault} `PROVIDER_UNAVAILABLE`, and what Http raises.
 */
export function fetchThrough({ http, documents, now, keptSeconds, tempo }: FetchParts): CustomFetch {
  let wantedKey: string | null = null;
  const serves = (document: KeptDocument): boolean => {
    const age = now() - document.checkedAt;
    if (age < 0 || age >= keptSeconds) return false;
    return METADATA.test(new URL(document.url).pathname) || (wantedKey !== null && holdsKey(document.body, wantedKey));
  };
  return async (url, { method, headers, body }) => {
    if (method === "GET")
      return toResponse(await documents.get(url, (request) => whenServed(http, request, { ...LIMITS, tempo }), serves));
    const text = body === undefined || body === null ? null : textOf(body);
    const request: HttpRequest = {
      method: method as HttpRequest["method"],
      url,
      headers,
      ...(text === null ? {} : { body: text }),
    };
    const once = text !== null && isPoll(text) ? { attempts: 1 } : {};
    const answer = await whenServed(http, request, { ...LIMITS, ...once, tempo });
    wantedKey = keyOfIdToken(answer.body) ?? wantedKey;
    return toResponse(answer.status < 400 ? answer : withoutSent(answer, text));
  };
}

/** The parameters of an OAuth request that are secret. */
const CONFIDENTIAL = [
  "assertion",
  "client_assertion",
  "client_secret",
  "code",
  "code_verifier",
  "device_code",
  "refresh_token",
  "subject_token",
  "token",
];

/** A refusal without the secrets that were sent: some providers repeat the token or the code that they refuse. */
function withoutSent({ status, headers, body }: HttpResponse, form: string | null): HttpResponse {
  const sent = new URLSearchParams(form ?? "");
  const secrets = CONFIDENTIAL.flatMap((name) => sent.getAll(name).map((value) => new Secret(name, value)));
  // RFC 6749 §5.2: all members of a refusal are texts.
  const textsOf = (members: JsonObject): Record<string, string> =>
    Object.fromEntries(
      Object.entries(members).flatMap(([name, value]) =>
        typeof value === "string" ? [[name, withoutSecrets(value, secrets)]] : [],
      ),
    );
  const words = parseJsonObject(body);
  return { status, headers: textsOf(headers), body: words === null ? body : JSON.stringify(textsOf(words)) };
}

/** Together they take no longer than one request may. */
const LIMITS = { attempts: 3, deadlineMs: 10_000, firstPauseMs: 400 };

/**
 * The answer of a provider that serves now. It is asked again where it says itself that it has not served: a code, a refresh token and a
 * proof count once, and of another failure nobody knows whether they have been counted.
 */
async function whenServed(http: Http, request: HttpRequest, limits: RetryLimits): Promise<HttpResponse> {
  return retryTransient<HttpResponse>(limits, async (deadlineMs) => {
    const answer = await http({ ...request, deadlineMs });
    const { status } = answer;
    if (!isUnavailable(status)) return { kind: "done", value: answer };
    const restSeconds = restSecondsOf(answer);
    const form = typeof request.body === "string" ? request.body : null;
    const why = status === 429 ? "it is asked too often" : wordsOf(withoutSent(answer, form));
    const fault = new Fault("PROVIDER_UNAVAILABLE", `${new URL(request.url).host} cannot serve this now: ${why}`, {
      hints: [laterHint(restSeconds)],
      details: { status, restSeconds },
    });
    return { kind: "failed", fault, transient: status === 429 || (status === 503 && restSeconds > 0), restSeconds };
  });
}

/** What the provider says in an OAuth error (RFC 6749 §5.2), and the status; many send only the status. */
function wordsOf({ status, body }: HttpResponse): string {
  const { error_description: says } = parseJsonObject(body) ?? {};
  const words = typeof says === "string" ? quotable(says, []) : "";
  return words === "" ? `status ${status}` : `${words} (status ${status})`;
}

/** Whether it asks if a person has finished on another device, which the library repeats by itself. */
export function isPoll(form: string | URLSearchParams): boolean {
  return new URLSearchParams(form).get("grant_type") === DEVICE_CODE_GRANT;
}

function toResponse({ status, headers, body }: HttpResponse): Response {
  return new Response(WITHOUT_BODY.has(status) ? null : body, { status, headers });
}

function textOf(body: object | string): string {
  if (typeof body === "string" || body instanceof URLSearchParams) return body.toString();
  throw new TypeError("a request of OAuth has a form or a text as its body");
}

/** The `kid` of an answer's ID token; nothing is believed of it but where to look. */
function keyOfIdToken(body: string): string | null {
  try {
    const { id_token: token } = JSON.parse(body) as { readonly id_token?: unknown };
    const { kid } = typeof token === "string" ? decodeJwtUnverified(token).header : {};
    return typeof kid === "string" ? kid : null;
  } catch {
    return null;
  }
}

function holdsKey(body: string, kid: string): boolean {
  try {
    return parseJwks(body, "the kept keys").some((entry) => entry.kid === kid);
  } catch {
    return false;
  }
}
