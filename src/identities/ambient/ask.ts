import { Fault } from "../../core/fault.ts";
import type { HttpRequest, HttpResponse } from "../../core/http.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { isUnavailable, restSecondsOf, retryTransient } from "../../platform/http/retry.ts";
import type { Surroundings } from "./surroundings.ts";

/** Services of a build or a machine are near, and answer at once or while they start. */
const LIMITS = { attempts: 3, deadlineMs: 10_000, firstPauseMs: 500 };

/**
 * Asks a service that surrounds the program.
 *
 * @param title who is asked, for messages.
 * @param hints what to look at when it refuses.
 * @throws {Fault} `AMBIENT_REFUSED` for another status than 2xx, `EXCHANGE_UNAVAILABLE` for 429 and 5xx; what Http raises. An answer's
 * text is never repeated: it may hold what was sent.
 */
export async function askService(
  title: string,
  request: HttpRequest,
  hints: readonly string[],
  surroundings: Pick<Surroundings, "http">,
): Promise<HttpResponse> {
  const read = (response: HttpResponse): HttpResponse => {
    const { status } = response;
    if (status >= 200 && status < 300) return response;
    const message = `${title} gave no token: status ${status} of ${new URL(request.url).host}`;
    const code = isUnavailable(status) ? "EXCHANGE_UNAVAILABLE" : "AMBIENT_REFUSED";
    throw new Fault(code, message, { hints, details: { status } });
  };
  return askPatiently(async () => request, read, surroundings);
}

/**
 * What an answer says. Asks again after a passing failure: a connection closed before the answer, or an answer that `read` calls
 * passing.
 *
 * @param request called for each attempt, because a signature is dated.
 * @param read raises for an answer that is a refusal, and `EXCHANGE_UNAVAILABLE` for one that is passing.
 */
export async function askPatiently<T>(
  request: () => Promise<HttpRequest>,
  read: (response: HttpResponse) => T | Promise<T>,
  { http }: Pick<Surroundings, "http">,
): Promise<T> {
  const send = await http();
  return retryTransient(LIMITS, async (deadlineMs) => {
    let restSeconds = 0;
    try {
      const response = await send({ ...(await request()), deadlineMs });
      restSeconds = restSecondsOf(response);
      return { kind: "done", value: await read(response) };
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      return {
        kind: "failed",
        fault,
        transient: fault.code === "EXCHANGE_UNAVAILABLE" || fault.details["reason"] === "reset",
        restSeconds,
      };
    }
  });
}

/** A member of a JSON answer that is text. @throws {Fault} `RESPONSE_INVALID` */
export function textMember(title: string, body: string, member: string): string {
  // The text is not shown: it may hold a token.
  const value = parseJsonObject(body)?.[member];
  if (typeof value === "string" && value !== "") return value;
  throw new Fault("RESPONSE_INVALID", `what ${title} answered has no "${member}"`, { details: { member } });
}
