import assert from "node:assert/strict";
import * as client from "openid-client";
import { API_BASE } from "../../src/wire/brevet-api/admin/operation.ts";
import { type CliSession, signInAtCli } from "./sign-in.ts";
import type { TrialServer } from "./trial-server.ts";

/** What the API answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The JSON of the body; its text where it is none; null where there is none. */
  readonly body: unknown;
}

/** Somebody with a session, who calls the administrators' API with a client of another make. */
export interface ApiCaller {
  readonly session: CliSession;
  /** @param path below the API's own. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<ApiAnswer>;
}

/** Signs a person in at the command line's client, for calls. */
export async function apiCaller(
  trial: TrialServer,
  account: string,
  form: Readonly<Record<string, string>> = {},
  as?: client.Configuration,
): Promise<ApiCaller> {
  const session = await signInAtCli(trial, account, form, as);
  const { configuration, tokens, dpop } = session;
  return {
    session,
    async call(method, path, body, headers = {}) {
      const said = new Headers({ ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers });
      const text = body === undefined ? undefined : JSON.stringify(body);
      const url = new URL(`${trial.url}${API_BASE}${path}`);
      const answered = await client
        .fetchProtectedResource(configuration, tokens.access_token, url, method, text, said, { DPoP: dpop })
        .catch((cause: unknown) => {
          if (cause instanceof client.WWWAuthenticateChallengeError) return cause.response;
          throw cause;
        });
      return readAnswer(answered);
    },
  };
}

/** Reads an answer of the API. */
export async function readAnswer(response: Response): Promise<ApiAnswer> {
  const text = await response.text();
  const isJson =
    /json$/.test(response.headers.get("content-type")?.split(";")[0] ?? "") &&
    !/ndjson/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text === "" ? null : text };
}

function codeOf({ body }: ApiAnswer): unknown {
  return (body as { readonly code?: unknown } | null)?.code;
}

/** Has what is sent to an issuer's URL reach another of its instances. */
export function through({ configuration }: CliSession, issuer: string, instance: string): void {
  configuration[client.customFetch] = (url, options) => fetch(url.replace(issuer, instance), options as RequestInit);
}

/** Expects a refusal, as a problem document. */
export async function refused(answer: Promise<ApiAnswer>, status: number, code: string): Promise<void> {
  const got = await answer;
  assert.deepEqual([got.status, codeOf(got)], [status, code], JSON.stringify(got.body));
  assert.equal(got.headers.get("content-type"), "application/problem+json");
}

/** An id as it may be typed: its beginning, without what a command line takes for a flag's dash. */
export function beginningOf(id: string): string {
  return id.replace(/^-+/, "").slice(0, 10);
}
