import * as v from "valibot";
import { readJsonFile } from "./json-files.ts";
import type { ListenerAnswer } from "./listen.ts";

/**
 * Misbehaviours that are given to the next requests, so that a client can be tested against a server that is slow, gone,
 * throttled or cut off. They come before and after verification and never replace it: a canned answer holds no credentials, and a
 * real one is only delayed, cut or dated differently.
 */
const cannedAnswer = v.strictObject({
  /** Only for requests with this action; otherwise for any request to a service. */
  action: v.optional(v.string()),
  /** For how many requests. */
  times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
  /** Instead of the real answer: an error of the service (`Throttling`, `IDPCommunicationError`, …). */
  code: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z.]{1,64}$/, "is not an error code"))),
  message: v.optional(v.string()),
  /** Instead of the real answer: this body, as it is. */
  body: v.optional(v.string()),
  contentType: v.optional(v.string()),
  /** Of the canned code or body; default 400 for a code, 200 for a body, and 503 without either. */
  status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(200), v.maxValue(599))),
  /** Waits before answering, in milliseconds. */
  delayMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(600_000))),
  /** Cuts the connection in the middle of the body. */
  truncate: v.optional(v.boolean()),
  /** Cuts the connection without an answer. */
  hangUp: v.optional(v.boolean()),
  /** Is added to the `Date` header, in seconds. */
  dateOffsetSeconds: v.optional(v.pipe(v.number(), v.integer())),
});

/** One misbehaviour, as the file has it. */
export type CannedAnswer = v.InferInput<typeof cannedAnswer>;

/** Takes the misbehaviours in their order. */
export interface CannedQueue {
  add(answer: CannedAnswer): void;
  /** The misbehaviour for a request with that action, or null; it is used up. */
  take(action: string): ListenerAnswerChange | null;
}

/** What becomes of the real answer; `replace` is there when the request is not even looked at. */
export interface ListenerAnswerChange {
  readonly replace: Pick<ListenerAnswer, "status" | "headers" | "body"> | null;
  readonly delivery: Pick<ListenerAnswer, "delayMs" | "truncated" | "hangUp" | "dateOffsetSeconds">;
}

/**
 * Reads a file of misbehaviours: a JSON list.
 *
 * @throws {Fault} `SANDBOX_INVALID` naming the file and the key.
 */
export function readCannedAnswers(file: string): readonly CannedAnswer[] {
  return readJsonFile(file, v.array(cannedAnswer));
}

/** A queue with these misbehaviours. */
export function cannedQueue(first: readonly CannedAnswer[]): CannedQueue {
  const waiting = first.flatMap(repeated);
  return {
    add: (answer) => waiting.push(...repeated(answer)),
    take(action) {
      const index = waiting.findIndex((each) => each.action === undefined || each.action === action);
      const [taken] = index < 0 ? [] : waiting.splice(index, 1);
      return taken === undefined ? null : changeOf(taken);
    },
  };
}

function repeated(answer: CannedAnswer): readonly CannedAnswer[] {
  return Array.from({ length: answer.times ?? 1 }, () => answer);
}

function changeOf(canned: CannedAnswer): ListenerAnswerChange {
  const delivery = {
    ...(canned.delayMs === undefined ? {} : { delayMs: canned.delayMs }),
    ...(canned.truncate === undefined ? {} : { truncated: canned.truncate }),
    ...(canned.hangUp === undefined ? {} : { hangUp: canned.hangUp }),
    ...(canned.dateOffsetSeconds === undefined ? {} : { dateOffsetSeconds: canned.dateOffsetSeconds }),
  };
  return { replace: replacementOf(canned), delivery };
}

function replacementOf({ code, message, body, contentType, status }: CannedAnswer): ListenerAnswerChange["replace"] {
  if (code !== undefined)
    return { status: status ?? 400, headers: { "content-type": "text/xml" }, body: errorXml(code, message ?? code) };
  if (body !== undefined) return { status: status ?? 200, headers: { "content-type": contentType ?? "text/html" }, body };
  if (status !== undefined)
    return { status, headers: { "content-type": "text/html" }, body: `<html><body><h1>${status}</h1></body></html>\n` };
  return null;
}

function errorXml(code: string, message: string): string {
  const text = message.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error>`;
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${error}<RequestId>canned</RequestId></ErrorResponse>\n`;
}
