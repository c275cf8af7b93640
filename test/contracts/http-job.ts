import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import type { HttpRequest, HttpResponse } from "../../src/core/http.ts";
import type { createHttp, HttpOptions } from "../../src/platform/http/create-http.ts";

/** A request and how the client is set up for it; plain data, so that another process can carry it out. */
export interface HttpJob {
  readonly options: HttpOptions;
  readonly request: HttpRequest;
  /** A body that is ready when that server answers with it. */
  readonly lateBody?: { readonly byteLength: number; readonly from: string };
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

export async function performJob(create: typeof createHttp, { options, request, lateBody }: HttpJob): Promise<HttpOutcome> {
  const late = lateBody === undefined ? {} : { body: { byteLength: lateBody.byteLength, text: () => bodyFrom(lateBody.from) } };
  try {
    return { kind: "response", response: await create(options)({ ...request, ...late }) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { code, message, hints, details } = error;
    return { kind: "fault", code, message, hints, details };
  }
}

async function bodyFrom(url: string): Promise<string> {
  const answer = await fetch(url);
  if (answer.status !== 200) throw new Fault("SIGNER_FAILED", "no body");
  return answer.text();
}
