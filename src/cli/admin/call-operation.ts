import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { FAULT_CODES, type FaultCode } from "../../core/fault-codes.ts";
import type { HttpResponse } from "../../core/http.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import type { Terminal } from "../../core/terminal.ts";
import { type AnswerSchema, API_BASE, type Fields, type Operation } from "../../wire/brevet-api/admin/operation.ts";
import type { ServerApi } from "../server-api.ts";

/** What a call of an operation is given. */
export interface CallInput<Query extends Fields, Body extends Fields | null> {
  /** The values of the `{segments}` of its path. */
  readonly segments?: Readonly<Record<string, string>>;
  readonly query?: v.InferInput<Query>;
  readonly body?: Body extends Fields ? v.InferInput<Body> : never;
  /** The version that the change was made from. */
  readonly version?: string;
}

type Value<Answer> = Answer extends v.GenericSchema ? v.InferOutput<Answer> : null;

/** What came of a call. */
export interface CallResult<Answered> {
  readonly value: Answered;
  /** Of what was read, for a later change. */
  readonly version: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Calls operations of a login server's API. */
export type CallOperation = <Query extends Fields, Body extends Fields | null, Answered extends AnswerSchema | null>(
  operation: Operation<Query, Body, Answered>,
  input?: CallInput<Query, Body>,
) => Promise<CallResult<Value<Answered>>>;

/** For a change. A busy server makes an RSA key for seconds, and who stops waiting does not know what was done. */
const CHANGE_DEADLINE_MS = 60_000;

/**
 * Calls by a session. Where the server wants the key to have been used just now, the person at the terminal uses it, and the call
 * is repeated.
 *
 * @throws {Fault} what the server says; `RESPONSE_INVALID` when the answer is of no server of ours; a fault of the network.
 */
export function callOperations(api: ServerApi, terminal: Terminal): CallOperation {
  return async (operation, input = {}) => {
    const request = {
      method: operation.method,
      path: pathOf(operation, input),
      ...(operation.method === "GET" ? {} : { deadlineMs: CHANGE_DEADLINE_MS }),
      headers: {
        ...(operation.body === null ? {} : { "content-type": "application/json" }),
        ...(input.version === undefined ? {} : { "if-match": input.version }),
      },
      ...(operation.body === null ? {} : { body: JSON.stringify(input.body ?? {}) }),
    };
    let answer = await api.send(request);
    if (terminal.hasPerson && answer.status === 403 && faultOf(answer, api).code === "SIGN_IN_STALE") {
      terminal.say("to change this, use your key once more");
      await api.signIn();
      answer = await api.send(request);
    }
    if (answer.status >= 300) throw faultOf(answer, api);
    return {
      value: readAnswer(operation, answer, api) as never,
      version: answer.headers["etag"] ?? null,
      headers: answer.headers,
    };
  };
}

function pathOf({ path }: Operation, { segments = {}, query = {} }: CallInput<Fields, Fields | null>): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(segments[name] ?? ""));
  const parameters = Object.entries(query).filter((pair): pair is [string, string] => typeof pair[1] === "string");
  const search = new URLSearchParams(parameters).toString();
  return `${API_BASE}${filled}${search === "" ? "" : `?${search}`}`;
}

function readAnswer({ answer, lines }: Operation, { body }: HttpResponse, { url }: ServerApi): unknown {
  if (answer === null) return null;
  const result = v.safeParse(answer, lines ? body : parseJson(body));
  if (result.success) return result.output;
  throw new Fault("RESPONSE_INVALID", `${url} answers in another form than this program knows`, {
    hints: ["one of the two may be older: `brevet --version` here and there"],
    details: { at: v.getDotPath(result.issues[0]) },
  });
}

function faultOf({ status, body, headers }: HttpResponse, { url, identity }: ServerApi): Fault {
  const { code, detail, hints: given } = parseJsonObject(body) ?? {};
  if (
    typeof code !== "string" ||
    typeof detail !== "string" ||
    headers["content-type"]?.startsWith("application/problem+json") !== true
  ) {
    const hints = status === 404 ? ["the login server may be older than this program"] : [];
    return new Fault("RESPONSE_INVALID", `${url} answers ${status}, as no login server does`, { hints });
  }
  if (code === "TOKEN_REFUSED") {
    const hints = [`sign in again: \`brevet login ${identity}\``];
    return new Fault("SESSION_ENDED", `the session of ${identity} at ${url} has ended`, { hints });
  }
  const known = Object.hasOwn(FAULT_CODES, code) ? (code as FaultCode) : "RESPONSE_INVALID";
  const said = Array.isArray(given) ? given.filter((hint) => typeof hint === "string") : [];
  return new Fault(known, detail, { hints: said.map((hint) => hint.replace("`brevet login`", `\`brevet login ${identity}\``)) });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
