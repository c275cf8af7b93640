import { Fault } from "../../core/fault.ts";
import type { Http, HttpResponse } from "../../core/http.ts";
import type { Secret } from "../../core/secret.ts";
import type { Clock } from "../../core/time.ts";
import { type Attempt, retryTransient, type Tempo } from "../../platform/http/retry.ts";
import type { StsAnswer, StsError } from "../../wire/aws-sts/answer.ts";
import { quotable, quotableCode } from "./quotable.ts";
import { adviceFor, isTransient, judgesTimes } from "./refusals.ts";

/** One action of STS, ready to be sent. */
export interface StsCall {
  readonly action: "AssumeRoleWithWebIdentity" | "AssumeRole" | "GetCallerIdentity";
  readonly endpoint: string;
  /** Parameters of the query protocol, without `Action` and `Version`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** What is asked for, for messages: the role's ARN. */
  readonly subject: string;
  /** What is sent and must not come back in a message: the token, or the keys that sign. */
  readonly secrets: readonly Secret<string>[];
  /** Adds a signature; absent for the action that is authenticated by the token in it. */
  readonly sign?: (endpoint: string, headers: Readonly<Record<string, string>>, body: string) => Promise<Record<string, string>>;
}

export interface StsPorts {
  readonly http: Http;
  readonly clock: Clock;
  readonly tempo: Tempo;
}

/** The result of an action: the text of an element by its path, `""` when there is none. */
export type StsResult = Extract<StsAnswer, { kind: "result" }>["text"];

/** AWS itself waits five seconds for an issuer before it says that it could not fetch the keys: two such attempts fit in. */
const LIMITS = { attempts: 3, deadlineMs: 15_000, firstPauseMs: 400 };
const CLOCK_TOLERANCE_SECONDS = 60;

type Outcome = Attempt<StsResult>;

/**
 * Calls STS: at most three attempts, within 15 seconds, and another one only after what AWS calls transient or when the
 * connection was closed before an answer began.
 *
 * @throws {Fault} `EXCHANGE_REFUSED`, `CLOCK_SKEWED`, `EXCHANGE_UNAVAILABLE`, `RESPONSE_INVALID`, and what Http raises.
 */
export async function callSts(call: StsCall, ports: StsPorts): Promise<StsResult> {
  return retryTransient(LIMITS, ports.tempo, (deadlineMs) => attemptCall(call, ports, deadlineMs));
}

async function attemptCall(call: StsCall, ports: StsPorts, deadlineMs: number): Promise<Outcome> {
  const body = new URLSearchParams({ Action: call.action, Version: "2011-06-15", ...call.parameters }).toString();
  const plain = { "content-type": "application/x-www-form-urlencoded; charset=utf-8", "user-agent": "brevet" };
  const headers = call.sign === undefined ? plain : await call.sign(call.endpoint, plain, body);
  try {
    const response = await ports.http({ method: "POST", url: call.endpoint, headers, body, deadlineMs });
    const { parseStsAnswer } = await import("../../wire/aws-sts/answer.ts");
    return judge(call, response, parseStsAnswer(response.body, call.action), ports.clock);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return failed(withNextStep(error, call.endpoint), error.details["reason"] === "reset" ? "transient" : "final");
  }
}

/** Where the endpoint came from is what a person has to look at when it cannot be reached. */
function withNextStep(fault: Fault, endpoint: string): Fault {
  if (fault.code !== "NETWORK_UNREACHABLE") return fault;
  const hints = [...fault.hints];
  const { hostname } = new URL(endpoint);
  if (/^(localhost|127\.|\[::1\])/.test(hostname)) {
    hints.push(
      'a sandbox that was started again has another port: `eval "$(brevet sandbox env)"`, or unset AWS_ENDPOINT_URL_STS',
    );
  } else if (fault.details["reason"] === "name") {
    hints.push(`look at the region, or the endpoint, of the profile: ${hostname} is no name that anybody knows`);
  }
  return new Fault(fault.code, fault.message, { hints, cause: fault, details: fault.details });
}

function judge(call: StsCall, response: HttpResponse, answer: StsAnswer | null, clock: Clock): Outcome {
  const host = new URL(call.endpoint).host;
  const { status } = response;
  if (status >= 500 || status === 429) {
    const cloudCode = answer?.kind === "error" ? quotableCode(answer.code, call.secrets) : null;
    const message = `STS at ${host} cannot serve ${call.subject} now: ${cloudCode ?? `status ${status}`}`;
    return failed(new Fault("EXCHANGE_UNAVAILABLE", message, { details: { status, cloudCode } }), "transient");
  }
  if (answer?.kind === "result" && status === 200) return { kind: "done", value: answer.text };
  if (answer?.kind === "error" && status >= 400) return refusal(call, answer, response, clock);
  const fault = new Fault("RESPONSE_INVALID", `what ${host} answered (status ${status}) is not an answer of STS`, {
    hints: ["see whether a proxy or a login page of the network stands before it, and what `AWS_ENDPOINT_URL` says"],
    details: { status, contentType: quotable(response.headers["content-type"] ?? "", call.secrets) || null },
  });
  return failed(fault, "final");
}

function refusal(call: StsCall, error: StsError, response: HttpResponse, clock: Clock): Outcome {
  const cloudCode = quotableCode(error.code, call.secrets);
  const cloudMessage = quotable(error.message, call.secrets);
  const { means, hints } = adviceFor(cloudCode, cloudMessage);
  const details = { cloudCode, cloudMessage, status: response.status };
  if (isTransient(cloudCode, cloudMessage)) {
    const message = `STS cannot serve ${call.subject} now: ${means ?? cloudMessage} (${cloudCode})`;
    return failed(new Fault("EXCHANGE_UNAVAILABLE", message, { hints, details }), "transient");
  }
  const offsetSeconds = clockOffset(response, clock);
  if (judgesTimes(cloudCode) && Math.abs(offsetSeconds) > CLOCK_TOLERANCE_SECONDS) {
    const message = `STS refused ${call.subject} (${cloudCode}): this machine's clock differs from AWS's by ${Math.abs(offsetSeconds)} s`;
    const clockHints = ["set this machine's clock: `timedatectl set-ntp true`"];
    return failed(new Fault("CLOCK_SKEWED", message, { hints: clockHints, details: { ...details, offsetSeconds } }), "final");
  }
  const says = [means, cloudMessage].filter(Boolean).join("; AWS says: ");
  return failed(
    new Fault("EXCHANGE_REFUSED", `STS refused ${call.subject} (${cloudCode}): ${says}`, { hints, details }),
    "final",
  );
}

function failed(fault: Fault, outlook: "transient" | "final"): Outcome {
  return { kind: "failed", fault, transient: outlook === "transient" };
}

/** The cloud's clock minus ours, by the answer's `Date`; 0 when it has none. */
function clockOffset(response: HttpResponse, clock: Clock): number {
  const date = Date.parse(response.headers["date"] ?? "");
  return Number.isNaN(date) ? 0 : Math.round(date / 1000) - clock.now();
}
