import type * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { type AnswerSchema, API_BASE, type Fields, ME, type Operation } from "../../wire/brevet-api/admin/operation.ts";
import { problemAnswer, problemOf } from "../http/problem.ts";
import type { Answer, Route, ServerRequest } from "../http/route.ts";
import { statusOf } from "../http/status.ts";
import type { Unit } from "../store/unit.ts";
import { staleVersion, versionOf } from "../store/version.ts";
import { type AdminParts, authorise, type Caller } from "./authorise.ts";
import { checkFields } from "./check-fields.ts";

/** A checked call of one operation: the caller may make it, and what they sent fits the description. */
export interface Call<Query, Body> extends Caller {
  /** The value of a `{segment}` of the path; {@link ME} is the caller's id. */
  segment(name: string): string;
  readonly query: Query;
  readonly body: Body;
  readonly request: ServerRequest;
  /** Refuses a change that was made from another version than this; to be called with what is there now. */
  requireVersion(present: unknown): void;
}

/** What an operation answers, besides its body. */
export interface Reply<Value> {
  readonly value: Value;
  /** What the version is made from, where it is not the value itself. */
  readonly version?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

type Output<Schema> = Schema extends v.GenericSchema ? v.InferOutput<Schema> : null;

/** What answers the calls of an operation. */
export type Implementation<Query extends Fields, Body extends Fields | null, Answered extends AnswerSchema | null> = (
  call: Call<v.InferOutput<Query>, Output<Body>>,
  unit: Unit,
) => Promise<Reply<Output<Answered>>>;

/** The route of an operation, for what implements it. */
export type Endpoint = (parts: AdminParts) => Route;

/**
 * Ties an operation to what does it. The order is policy: who calls, whether they may, what they sent; then it is done, and
 * committed with its audit rows.
 */
export function endpoint<Query extends Fields, Body extends Fields | null, Answered extends AnswerSchema | null>(
  operation: Operation<Query, Body, Answered>,
  implement: (parts: AdminParts) => Implementation<Query, Body, Answered>,
): Endpoint {
  return (parts) => {
    const answer = implement(parts);
    return {
      method: operation.method,
      path: `${API_BASE}${operation.path.replace(/\{(\w+)\}/g, ":$1")}`,
      ...(operation.body === null ? {} : { body: "json" as const }),
      answer: (request, unit) =>
        asProblem(request, unit, async () => {
          const caller = await authorise(parts, operation, request, unit);
          const reply = await answer(checkedCall(operation, request, caller), unit);
          // Not done by the listener: here a proof that was used before is refused with its own code.
          await unit.commit();
          return written(operation, reply);
        }),
    };
  };
}

function checkedCall<Query extends Fields, Body extends Fields | null>(
  operation: Operation<Query, Body, AnswerSchema | null>,
  request: ServerRequest,
  caller: Caller,
): Call<v.InferOutput<Query>, Output<Body>> {
  const wanted = request.header("if-match");
  if (operation.version === "needed" && wanted === null) {
    throw new Fault("REQUEST_INVALID", "the header If-Match is missing: the `etag` that this change was made from");
  }
  return {
    ...caller,
    segment(name) {
      const value = request.parameters[name] ?? "";
      if (name === "person" && value === ME) return caller.by.actor;
      // No name of anything has them, and PostgreSQL takes no NUL.
      if (/\p{Cc}/u.test(value)) throw new Fault("RECORD_ABSENT", "there is nothing of that name");
      return value;
    },
    query: checkFields(operation.query, Object.fromEntries(request.query), "the query"),
    body: (operation.body === null ? null : checkFields(operation.body, request.json, "the body")) as Output<Body>,
    request,
    requireVersion(present) {
      if (wanted === null || wanted === "*" || wanted.split(",").some((tag) => tag.trim() === entityTag(present))) return;
      throw staleVersion("it");
    },
  };
}

/** A strong entity tag. @see RFC 9110 §8.8.3 */
function entityTag(value: unknown): string {
  return `"${versionOf(value)}"`;
}

function written(operation: Operation, { value, version = value, headers = {} }: Reply<unknown>): Answer {
  const etag = operation.version === undefined && operation.method !== "GET" ? {} : { etag: entityTag(version) };
  const always = { "cache-control": "no-store", ...etag, ...headers };
  if (operation.answer === null) return { status: 204, headers: { "cache-control": "no-store", ...headers } };
  if (operation.lines)
    return { status: 200, headers: { "content-type": "application/x-ndjson", ...always }, body: String(value) };
  return {
    status: operation.status ?? 200,
    headers: { "content-type": "application/json", ...always },
    body: JSON.stringify(value),
  };
}

/** Answers a fault as a problem, with the challenge where a token is what is missing. */
async function asProblem(request: ServerRequest, unit: Unit, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (cause) {
    const fault = cause instanceof Fault ? asRefusedProof(cause) : cause;
    const status = fault instanceof Fault ? statusOf(fault.code) : 500;
    // The listener logs what went wrong inside.
    if (status >= 500) throw cause;
    unit.discard();
    const problem = problemAnswer(problemOf(fault, status));
    const challenge = status === 401 && fault instanceof Fault ? challengeOf(fault, request) : {};
    return { ...problem, headers: { ...problem.headers, ...challenge } };
  }
}

function asRefusedProof(fault: Fault): Fault {
  if (fault.code !== "ALREADY_USED" || fault.details["kind"] !== "ReplayDetection") return fault;
  return new Fault("TOKEN_REFUSED", "the proof of the request was used before", {
    details: { error: "invalid_dpop_proof", nonce: "" },
  });
}

/** RFC 9449 §7.1 */
function challengeOf({ details: { error, nonce } }: Fault, request: ServerRequest): Readonly<Record<string, string>> {
  const said = error === null || request.header("authorization") === null ? "" : `error="${error}", `;
  return {
    "www-authenticate": `DPoP ${said}algs="ES256"`,
    ...(typeof nonce === "string" && nonce !== "" ? { "dpop-nonce": nonce } : {}),
  };
}
