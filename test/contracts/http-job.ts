import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import type { HttpRequest, HttpResponse } from "../../src/core/http.ts";
import type { createHttp, HttpOptions } from "../../src/platform/http/create-http.ts";

/** A request and how the client is set up for it; plain data, so that another process can carry it out. */
export interface HttpJob {
  readonly options: HttpOptions;
  readonly request: HttpRequest;
}

export type HttpOutcome =
  | { readonly kind: "response"; readonly response: HttpResponse }
  | {
      readonly kind: "fault";
      readonly code: FaultCode;
      readonly message: string;
      readonly hints: readonly string[];
      readonly details: Fault["details"];
    };

export async function performJob(create: typeof createHttp, { options, request }: HttpJob): Promise<HttpOutcome> {
  try {
    return { kind: "response", response: await create(options)(request) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { code, message, hints, details } = error;
    return { kind: "fault", code, message, hints, details };
  }
}
