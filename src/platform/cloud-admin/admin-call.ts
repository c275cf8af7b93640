import { Fault } from "../../core/fault.ts";
import type { Http, HttpRequest, HttpResponse } from "../../core/http.ts";
import { quotable, quotableCode } from "../../core/quotable.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { Tempo } from "../../core/tempo.ts";
import { type Attempt, isUnavailable, laterHint, type RetryLimits, restSecondsOf, retryTransient } from "../http/retry.ts";
import type { AdminToken, HeldToken } from "./admin-token.ts";

/** One administrative call of a cloud's REST API, by an administrator's Bearer token. */
export interface AdminCall {
  /** As a person calls it: `Cloud Storage`. */
  readonly service: string;
  /** As the cloud's permissions name it, for messages: `storage.objects.create`. */
  readonly action: string;
  readonly request: HttpRequest;
  readonly token: HeldToken;
  /** Statuses other than 200 to 299 that the caller reads itself. */
  readonly expected: readonly number[];
  /** The cloud's own code and words for a refusal; empty where the answer has none. */
  readonly errorOf: (response: HttpResponse) => { readonly code: string; readonly message: string };
  /** What lets the administrator make this call. */
  readonly permissionHint: string;
  /** A refusal that means something else than its status says; null for any other. */
  readonly means?: (response: HttpResponse) => Fault | null;
}

/** What a call goes through. */
export interface AdminPorts {
  readonly http: Http;
  readonly tempo?: Tempo;
}

const LIMITS: RetryLimits = { attempts: 6, deadlineMs: 60_000, firstPauseMs: 500 };

/**
 * Makes the call, at most six times within a minute, another time only after what may pass: throttling, an error of the service,
 * a connection that was closed before the answer, once a token that the cloud takes no more.
 *
 * @throws {Fault} `ADMIN_ABSENT`, `ADMIN_REFUSED`, `CLOUD_UNAVAILABLE`, `RESOURCE_FAILED` with the cloud's own code in
 * `details.cloudCode`; what the network raises.
 */
export async function adminCall(call: AdminCall, ports: AdminPorts): Promise<HttpResponse> {
  let isFresh = false;
  return retryTransient({ ...LIMITS, tempo: ports.tempo }, async (deadlineMs) => {
    const token = await call.token.obtain();
    const attempt = await attemptCall(call, token, Math.min(deadlineMs, 30_000), ports);
    if (attempt.kind === "done" || attempt.fault.code !== "ADMIN_ABSENT") return attempt;
    call.token.forget();
    if (isFresh) return attempt;
    isFresh = true;
    return { ...attempt, transient: true };
  });
}

async function attemptCall(
  call: AdminCall,
  token: AdminToken,
  deadlineMs: number,
  { http }: AdminPorts,
): Promise<Attempt<HttpResponse>> {
  const headers = { ...call.request.headers, authorization: `Bearer ${token.secret.reveal()}`, "user-agent": "brevet" };
  try {
    const response = await http({ ...call.request, headers, deadlineMs });
    const isWanted = (response.status >= 200 && response.status < 300) || call.expected.includes(response.status);
    return isWanted ? { kind: "done", value: response } : refused(call, token, response);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { kind: "failed", fault: withNextStep(error, call), transient: error.details["reason"] === "reset" };
  }
}

function withNextStep(fault: Fault, { action, request }: AdminCall): Fault {
  if (fault.code !== "NETWORK_UNREACHABLE" && fault.code !== "NETWORK_TIMEOUT") return fault;
  const hints = [
    ...fault.hints,
    `${action} goes there: \`${shellCommand`curl --head ${new URL(request.url).origin}`}\` shows whether anything answers`,
  ];
  return fault.told({ hints });
}

function refused(call: AdminCall, { secret, renewal, whose }: AdminToken, response: HttpResponse): Attempt<never> {
  const { service, action, permissionHint } = call;
  const { status } = response;
  const { code, message } = call.errorOf(response);
  const cloudCode = code === "" ? null : quotableCode(code, [secret]);
  const cloudMessage = quotable(message, [secret]).replace(/\.$/, "");
  const says = [cloudMessage, cloudCode === null ? "" : `(${cloudCode})`].filter(Boolean).join(" ") || `status ${status}`;
  const details = { action, status, cloudCode, cloudMessage };
  const host = new URL(call.request.url).host;
  if (isUnavailable(status) || status === 408) {
    const restSeconds = restSecondsOf(response);
    const hints = [laterHint(restSeconds)];
    const fault = new Fault("CLOUD_UNAVAILABLE", `${service} could not serve ${action} now: ${says}`, { hints, details });
    return { kind: "failed", fault, transient: true, restSeconds };
  }
  const final = (fault: Fault): Attempt<never> => ({ kind: "failed", fault, transient: false });
  if (status >= 300 && status < 400) return final(noAnswer(call, status));
  const meant = call.means?.(response) ?? null;
  if (meant !== null) return final(meant);
  if (status === 401) {
    const hints = [renewal];
    return final(new Fault("ADMIN_ABSENT", `${service} does not take the administrator's token: ${says}`, { hints, details }));
  }
  if (status === 403) {
    const hints = [permissionHint, ...(whose === undefined ? [] : [whose])];
    return final(new Fault("ADMIN_REFUSED", `${service} at ${host} does not allow ${action}: ${says}`, { hints, details }));
  }
  return final(new Fault("RESOURCE_FAILED", `${action} failed at ${host}: ${says}`, { details }));
}

/**
 * The fault of a proxy or page that answers instead of the cloud. @param lack what the answer lacks, as the end of the message
 */
export function noAnswer(
  { service, action, request }: Pick<AdminCall, "service" | "action" | "request">,
  status: number,
  lack = "",
): Fault {
  const { host } = new URL(request.url);
  return new Fault(
    "RESPONSE_INVALID",
    `what ${host} answered to ${action} (status ${status}) is not an answer of ${service}${lack}`,
    {
      hints: ["see whether a proxy or a login page of the network stands before it"],
      details: { action, status },
    },
  );
}
