import assert from "node:assert/strict";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import type { HttpRequest } from "../../src/core/http.ts";
import type { HttpOptions } from "../../src/platform/http/create-http.ts";
import type { HttpJob, HttpOutcome } from "./http-job.ts";

type RequestRest = Omit<HttpRequest, "url" | "method"> & { readonly method?: HttpRequest["method"] };

export interface HttpSubject {
  readonly runtime: string;
  readonly perform: (job: HttpJob) => Promise<HttpOutcome>;
  /** A folder that is the suite's own. */
  readonly folder: string;
}

export async function call(
  subject: HttpSubject,
  url: string,
  options: Partial<HttpOptions> = {},
  rest: RequestRest = {},
): Promise<HttpOutcome> {
  return subject.perform({ options: { environment: {}, ...options }, request: { method: "GET", ...rest, url } });
}

export function responseOf(outcome: HttpOutcome) {
  assert.equal(outcome.kind, "response", JSON.stringify(outcome));
  return outcome.response;
}

export function faultOf(outcome: HttpOutcome, code: FaultCode) {
  assert.equal(outcome.kind, "fault", JSON.stringify(outcome));
  assert.equal(outcome.code, code, outcome.message);
  return outcome;
}
