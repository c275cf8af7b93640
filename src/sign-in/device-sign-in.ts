import { type Configuration, customFetch, initiateDeviceAuthorization, pollDeviceAuthorizationGrant } from "openid-client";
import { Fault } from "../core/fault.ts";
import type { SignInPrompt } from "../core/session.ts";
import type { Clock } from "../core/time.ts";
import { isTypeable } from "../core/visible.ts";
import { isPoll } from "./fetch-through-http.ts";
import type { Provider } from "./provider.ts";
import { mayPass, translated } from "./provider-faults.ts";
import { readTokens, requireTimely, type TokenSet } from "./read-tokens.ts";
import { signInTimeout } from "./sign-in-faults.ts";

/** A sign-in that waits for its person: what to tell them, and its outcome. */
export interface BegunSignIn {
  readonly prompt: SignInPrompt;
  readonly finished: Promise<TokenSet>;
}

/** What a sign-in on another device is made of. */
export interface DeviceSignInParts {
  readonly client: Configuration;
  readonly provider: Provider;
  readonly clock: Pick<Clock, "now">;
  readonly patienceSeconds: number;
  /** Aborts with a Fault as its reason. */
  readonly cancelled: AbortSignal;
}

/** Whether the provider has the device authorization grant. */
export function hasDeviceGrant(client: Configuration): boolean {
  return client.serverMetadata().device_authorization_endpoint !== undefined;
}

/**
 * Signs a person in by a browser on any device: the provider gives a code to type there, and is polled.
 *
 * @throws {Fault} `SIGN_IN_REFUSED` where the provider does not have it, or an organisation blocks it; `PROVIDER_UNFIT`; from `finished` also
 * `SIGN_IN_TIMEOUT`, `SIGN_IN_CANCELLED`.
 * @see RFC 8628
 */
export async function beginDeviceSignIn(parts: DeviceSignInParts): Promise<BegunSignIn> {
  const { client, provider } = parts;
  if (!hasDeviceGrant(client)) {
    throw new Fault("SIGN_IN_REFUSED", `${provider.issuer} has no sign-in on another device (device authorization grant)`, {
      hints: otherWays(provider),
    });
  }
  const scope = provider.scopes.join(" ");
  const started = await translated(provider, () => initiateDeviceAuthorization(client, { scope })).catch(withOtherWays(provider));
  const prompt = promptOf(started, provider);
  const polling = pollingOf(started, parts);
  const finished = poll(parts, polling).catch(withOtherWays(provider));
  finished.catch(() => undefined);
  return { prompt, finished };
}

type Started = Awaited<ReturnType<typeof initiateDeviceAuthorization>>;

/** A QR code holds no more than some 2,900 letters, and nobody types that many. */
const MAX_LENGTH = { url: 2000, code: 60 };

/** What the person is shown in the provider's words: web addresses and a code, each on a line. @throws {Fault} `PROVIDER_UNFIT` */
function promptOf(started: Started, provider: Provider): SignInPrompt {
  const { verification_uri: url, verification_uri_complete: completeUrl = null, user_code: code } = started;
  const unfit = (what: string): Fault =>
    new Fault("PROVIDER_UNFIT", `${provider.issuer} gives ${what}`, { hints: otherWays(provider) });
  if (code.length > MAX_LENGTH.code || !isTypeable(code)) {
    throw unfit(`a code for another device that is not ${MAX_LENGTH.code} letters on a line at most`);
  }
  for (const each of [url, completeUrl]) {
    if (each !== null && !isWebAddress(each)) throw unfit("no web address (https) for another device");
  }
  return { way: "device", url, completeUrl, code };
}

function isWebAddress(text: string): boolean {
  return text.length <= MAX_LENGTH.url && isTypeable(text) && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** The answer in numbers that can be waited for: whole seconds, and one at least between two polls. @throws {Fault} `PROVIDER_UNFIT` */
function pollingOf(started: Started, { provider, patienceSeconds }: DeviceSignInParts): Started {
  const life = Math.min(Math.ceil(started.expires_in), patienceSeconds);
  const interval = Math.max(Math.ceil(started.interval ?? 5), 1);
  if (interval < life) return { ...started, interval, expires_in: life };
  const message = `${provider.issuer} gives a code for another device that has ended before it may be asked about`;
  throw new Fault("PROVIDER_UNFIT", message, { hints: otherWays(provider) });
}

async function poll({ client, provider, clock, cancelled }: DeviceSignInParts, started: Started): Promise<TokenSet> {
  const patience = started.expires_in;
  const timeout = AbortSignal.timeout(patience * 1000);
  const polls = passOverFaults(client);
  try {
    return await translated(provider, async () => {
      const signal = AbortSignal.any([cancelled, timeout]);
      const answer = await pollDeviceAuthorizationGrant(client, started, {}, { signal }).catch((cause) => {
        throw polls.lastFault() ?? cause;
      });
      return requireTimely(readTokens(answer, clock.now()), provider.issuer, clock.now());
    });
  } catch (cause) {
    if (cancelled.aborted) throw cancelled.reason;
    throw timeout.aborted && polls.lastFault() === null ? signInTimeout(provider, patience) : cause;
  }
}

/**
 * Has no poll of this client end by a fault that may pass. The library is told so in the one word by which it asks less often, and not
 * before the provider wants.
 *
 * @returns the fault of the last poll, where it had one.
 * @see RFC 8628 §3.5
 */
export function passOverFaults(client: Configuration): { lastFault(): Fault | null } {
  const send = client[customFetch];
  if (send === undefined) throw new TypeError("a client of ours sends by the Http port");
  let last: Fault | null = null;
  client[customFetch] = async (url, request) => {
    if (!(request.body instanceof URLSearchParams) || !isPoll(request.body)) return send(url, request);
    last = null;
    try {
      return await send(url, request);
    } catch (cause) {
      if (!(cause instanceof Fault) || !mayPass(cause)) throw cause;
      last = cause;
      const headers = { "retry-after": String(cause.details["restSeconds"] ?? 0) };
      return Response.json({ error: "slow_down" }, { status: 400, headers });
    }
  };
  return { lastFault: () => last };
}

function otherWays({ identity }: Provider): readonly string[] {
  return [`sign in by a browser elsewhere and paste where it ends: \`brevet login ${identity} --way paste\``];
}

/** Organisations block this grant (Entra ID's Conditional Access does), because it is easy to abuse; then another way is left. */
function withOtherWays(provider: Provider): (cause: unknown) => never {
  return (cause) => {
    if (!(cause instanceof Fault) || cause.code !== "SIGN_IN_REFUSED") throw cause;
    throw cause.told({ hints: ["some organisations block sign-ins on another device", ...otherWays(provider)] });
  };
}
