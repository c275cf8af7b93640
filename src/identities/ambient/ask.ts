import { Fault } from "../../core/fault.ts";
import type { HttpRequest, HttpResponse } from "../../core/http.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { retryTransient, systemTempo } from "../../platform/http/retry.ts";
import type { Surroundings } from "./surroundings.ts";

/** Services of a build or a machine are near, and answer at once or while they start. */
const LIMITS = { attempts: 3, deadlineMs: 10_000, firstPauseMs: 500 };

/**
 * Asks a service that surrounds the program; once more after what it calls passing (429, 5xx).
 *
 * @param title who is asked, for messages.
 * @param hints what to look at when it refuses.
 * @throws {Fault} `AMBIENT_REFUSED` for another status than 2xx; what Http raises. An answer's text is never repeated: it may hold
 * what was sent.
 */
export async function askService(
  title: string,
  request: HttpRequest,
  hints: readonly string[],
  { http }: Pick<Surroundings, "http">,
): Promise<HttpResponse> {
  const send = await http();
  return retryTransient(LIMITS, systemTempo, async (deadlineMs) => {
    const response = await send({ ...request, deadlineMs });
    if (response.status >= 200 && response.status < 300) return { kind: "done", value: response };
    const fault = new Fault(
      "AMBIENT_REFUSED",
      `${title} gave no token: status ${response.status} of ${new URL(request.url).host}`,
      {
        hints,
        details: { status: response.status },
      },
    );
    return { kind: "failed", fault, transient: response.status === 429 || response.status >= 500 };
  });
}

/** A member of a JSON answer that is text. @throws {Fault} `RESPONSE_INVALID` */
export function textMember(title: string, body: string, member: string): string {
  // The text is not shown: it may hold a token.
  const value = parseJsonObject(body)?.[member];
  if (typeof value === "string" && value !== "") return value;
  throw new Fault("RESPONSE_INVALID", `what ${title} answered has no "${member}"`, { details: { member } });
}
