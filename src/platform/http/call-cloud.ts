import { utf8 } from "../../core/bytes.ts";
import type { ProofToken } from "../../core/exchange.ts";
import { Fault } from "../../core/fault.ts";
import type { Http, HttpRequest, HttpResponse, LateBody } from "../../core/http.ts";
import { isLoopback } from "../../core/loopback.ts";
import type { Place } from "../../core/place.ts";
import { quotable, quotableCode } from "../../core/quotable.ts";
import type { Secret } from "../../core/secret.ts";
import type { Tempo } from "../../core/tempo.ts";
import type { Clock } from "../../core/time.ts";
import { type Attempt, isUnavailable, laterHint, type RetryLimits, restSecondsOf, retryTransient } from "./retry.ts";

/** A cloud's refusal, as it words it. */
export interface CloudError {
  readonly code: string;
  readonly message: string;
}

/** What a cloud answered; null for an answer that is not that service's at all. */
export type CloudAnswer<T> = { readonly kind: "result"; readonly value: T } | ({ readonly kind: "error" } & CloudError) | null;

/**
 * A hint, in which `{duration}` becomes the place of that option and `{}` the place of them all; or one that is followed by the
 * command which prints the token, and is left out where no token was sent.
 */
export type CloudHint = string | { readonly lookAtToken: string };

/** What a refusal means and what to do about it, by the cloud's code. */
export interface CloudAdvice {
  /** What it means, where the cloud's own words leave it open; null where they do not. */
  readonly means: string | null;
  readonly hints: readonly CloudHint[];
  /** The cloud says that the same may succeed a moment later. */
  readonly transient: boolean;
  /** The code may mean that the times of a token or of a signature were refused. */
  readonly judgesTimes: boolean;
}

/** One call of a service that redeems proofs. */
export interface CloudCall<T> {
  /** As a person calls it: `STS`. */
  readonly service: string;
  /** Whose words a refusal has: `AWS`. */
  readonly cloud: string;
  /** Whether its clock is right if ours differs from it. The clock of somebody's own server may be the wrong one. */
  readonly keepsTime: boolean;
  /** What is asked for, for messages: a role's ARN. */
  readonly subject: string;
  readonly endpoint: string;
  /** Where the options of the call come from. */
  readonly place: Place;
  /** The token that is redeemed, which a signer may still be at work on; null where the request is signed instead. */
  readonly proof: ProofToken | null;
  /**
   * Lays the request out around the text of the proof, or an empty text where there is none. Called for each attempt, because a
   * signature is dated; and before the proof is there, with a text of its length.
   */
  readonly request: (proof: string) => Promise<CloudLayout>;
  /** What is sent besides the proof and must not come back in a message. */
  readonly secrets: readonly Secret<string>[];
  /** Gives what reads the answer; called when the proof is there, to be loaded while the cloud answers. */
  readonly reader: () => Promise<(response: HttpResponse) => CloudAnswer<T> | Promise<CloudAnswer<T>>>;
  readonly advise: (error: CloudError, status: number) => CloudAdvice;
  /** Hints for a person who configured another endpoint. */
  readonly endpointHints: {
    /** The endpoint is on this machine, and nothing answers. */
    readonly loopback: () => string;
    /** Said where the endpoint's name does not resolve, which may not be the network's fault. */
    readonly unknownName: string;
    /** Something else answered. */
    readonly foreign: string;
  };
}

/** A request without its place. */
export type CloudLayout = Pick<HttpRequest, "method" | "headers"> & { readonly body: string };

/** What a call of a cloud needs. */
export interface CloudPorts {
  readonly http: Http;
  readonly clock: Clock;
  readonly tempo?: Tempo;
}

/** AWS itself waits five seconds for an issuer before it says that it could not fetch the keys: two such attempts fit in. */
const LIMITS: RetryLimits = { attempts: 3, deadlineMs: 15_000, firstPauseMs: 400 };
const CLOCK_TOLERANCE_SECONDS = 60;

/**
 * Calls a cloud: at most three attempts, within 15 seconds, and another one only after what the cloud calls transient or when
 * the connection was closed before an answer began.
 *
 * Of a proof of known length it does not wait for the signer: the connection is made meanwhile. If that attempt fails, the next
 * one has the finished proof.
 *
 * @throws {Fault} `EXCHANGE_REFUSED`, `CLOCK_SKEWED`, `EXCHANGE_UNAVAILABLE`, `RESPONSE_INVALID`, and what the signer and Http raise.
 */
export async function callCloud<T>(call: CloudCall<T>, ports: CloudPorts): Promise<T> {
  const since = call.proof?.length === undefined ? {} : { since: call.proof.value };
  const limits = { ...LIMITS, ...since, tempo: ports.tempo };
  return retryTransient(limits, (deadlineMs, count) => attemptCall(call, ports, { deadlineMs, count }));
}

async function attemptCall<T>(
  call: CloudCall<T>,
  ports: CloudPorts,
  { deadlineMs, count }: { readonly deadlineMs: number; readonly count: number },
): Promise<Attempt<T>> {
  const request = await (count === 1 ? earlyRequest(call) : call.request(await proofText(call)));
  try {
    const [response, read] = await Promise.all([
      ports.http({ ...request, url: call.endpoint, deadlineMs }),
      // Not in the same turn: the engine would connect after it.
      proofText(call).then(call.reader),
    ]);
    // An answer may come before the request is complete: it is judged only when the signer has ended too.
    const proof = await call.proof?.value;
    const secrets = proof === undefined ? call.secrets : [proof, ...call.secrets];
    return judge({ ...call, secrets }, response, await read(response), ports.clock);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // A signer's own fault comes first: it may be why the request failed.
    await call.proof?.value;
    return failed(withNextStep(error, call), error.details["reason"] === "reset" ? "transient" : "final");
  }
}

async function proofText<T>({ proof }: CloudCall<T>): Promise<string> {
  return proof === null ? "" : (await proof.value).reveal();
}

/** The request for a proof that may come later, where its length is known; else for the proof. */
async function earlyRequest<T>(call: CloudCall<T>): Promise<Omit<HttpRequest, "url">> {
  const length = call.proof?.length;
  if (length === undefined) return call.request(await proofText(call));
  const { method, headers, body } = await call.request("x".repeat(length));
  const late: LateBody = {
    byteLength: utf8(body).length,
    text: async () => (await call.request(await proofText(call))).body,
  };
  return { method, ...(headers === undefined ? {} : { headers }), body: late };
}

/** Where an endpoint cannot be reached, the person has to look at what configured it. */
function withNextStep<T>(fault: Fault, call: CloudCall<T>): Fault {
  if (fault.code !== "NETWORK_UNREACHABLE") return fault;
  const { endpoint, endpointHints } = call;
  const hints = [...fault.hints];
  if (isLoopback(new URL(endpoint).hostname)) hints.push(...hintText(endpointHints.loopback(), call));
  else if (fault.details["reason"] === "name")
    hints.push(...hintText(`if this machine is online, ${endpointHints.unknownName}`, call));
  return fault.told({ hints });
}

function judge<T>(call: CloudCall<T>, response: HttpResponse, answer: CloudAnswer<T>, clock: Clock): Attempt<T> {
  const host = new URL(call.endpoint).host;
  const { status } = response;
  if (isUnavailable(status)) {
    const cloudCode = answer?.kind === "error" ? quotableCode(answer.code, call.secrets) : null;
    const words = answer?.kind === "error" ? quotable(answer.message, call.secrets) : "";
    const why = cloudCode === null ? `status ${status}` : words === "" ? cloudCode : `${words} (${cloudCode})`;
    const message = `${call.service} at ${host} cannot serve ${call.subject} now: ${why}`;
    const restSeconds = restSecondsOf(response);
    const context = { hints: [laterHint(restSeconds)], details: { status, cloudCode } };
    return { ...failed(new Fault("EXCHANGE_UNAVAILABLE", message, context), "transient"), restSeconds };
  }
  if (answer?.kind === "result" && status === 200) return { kind: "done", value: answer.value };
  if (answer?.kind === "error" && status >= 400) return refusal(call, answer, response, clock);
  const fault = new Fault("RESPONSE_INVALID", `what ${host} answered (status ${status}) is not an answer of ${call.service}`, {
    hints: hintText(call.endpointHints.foreign, call),
    details: { status, contentType: quotable(response.headers["content-type"] ?? "", call.secrets) || null },
  });
  return failed(fault, "final");
}

function refusal<T>(call: CloudCall<T>, error: CloudError, response: HttpResponse, clock: Clock): Attempt<T> {
  const { service, cloud, keepsTime, subject, secrets } = call;
  const cloudCode = quotableCode(error.code, secrets);
  const cloudMessage = quotable(error.message, secrets);
  const advice = call.advise({ code: cloudCode, message: cloudMessage }, response.status);
  const { means, transient, judgesTimes } = advice;
  const hints = advice.hints.flatMap((hint) => hintText(hint, call));
  const details = { cloudCode, cloudMessage, status: response.status };
  if (transient) {
    const message = `${service} cannot serve ${subject} now: ${means ?? cloudMessage} (${cloudCode})`;
    return failed(new Fault("EXCHANGE_UNAVAILABLE", message, { hints, details }), "transient");
  }
  const offsetSeconds = clockOffset(response, clock);
  const off = Math.abs(offsetSeconds);
  const isOff = judgesTimes && off > CLOCK_TOLERANCE_SECONDS;
  if (isOff && keepsTime) {
    const message = `${service} refused ${subject} (${cloudCode}): this machine's clock differs from ${cloud}'s by ${off} s`;
    const clockHints = ["set this machine's clock: `timedatectl set-ntp true`"];
    return failed(new Fault("CLOCK_SKEWED", message, { hints: clockHints, details: { ...details, offsetSeconds } }), "final");
  }
  if (isOff) hints.unshift(`the clocks of ${cloud} and of this machine differ by ${off} s: set the one that is wrong`);
  const says = [means, cloudMessage].filter(Boolean).join(`; ${cloud} says: `);
  return failed(
    new Fault("EXCHANGE_REFUSED", `${service} refused ${subject} (${cloudCode})${says === "" ? "" : `: ${says}`}`, {
      hints,
      details,
    }),
    "final",
  );
}

function hintText<T>(hint: CloudHint, { proof, place }: Pick<CloudCall<T>, "proof" | "place">): readonly string[] {
  if (typeof hint === "string") return [hint.replace(/\{(\w*)\}/g, (_, key: string) => `${key === "" ? place : place.at(key)}`)];
  const printedBy = proof?.printedBy;
  return printedBy === undefined ? [] : [`${hint.lookAtToken}: \`${printedBy} | brevet token inspect\``];
}

function failed(fault: Fault, outlook: "transient" | "final"): { kind: "failed"; fault: Fault; transient: boolean } {
  return { kind: "failed", fault, transient: outlook === "transient" };
}

/** The cloud's clock minus ours, by the answer's `Date`; 0 when it has none. */
function clockOffset(response: HttpResponse, clock: Clock): number {
  const date = Date.parse(response.headers["date"] ?? "");
  return Number.isNaN(date) ? 0 : Math.round(date / 1000) - clock.now();
}
