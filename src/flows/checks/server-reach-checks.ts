import { Fault } from "../../core/fault.ts";
import type { Http } from "../../core/http.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { type Clock, formatDuration } from "../../core/time.ts";
import type { Check, CheckResult } from "./checks.ts";

/** How the login server is reached, as its settings say. */
export interface ServerReach {
  readonly issuer: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly servesTls: boolean;
  readonly trustedProxies: readonly string[];
  /** Whether its documents are also published elsewhere, for verifiers that cannot reach it. */
  readonly publishes: boolean;
}

/** What the checks of the way to a server need of the world. */
export interface ReachPorts {
  readonly http: Http;
  readonly clock: Clock;
  /** The addresses that a name has here. @throws {Fault} `NETWORK_UNREACHABLE` */
  readonly addresses: (host: string) => Promise<readonly string[]>;
  readonly isPublicAddress: (address: string) => boolean;
  /** The certificate that a host shows, judged by public authorities. @throws {Fault} of the network */
  readonly certificate: (
    url: URL,
  ) => Promise<{ readonly refusedFor: string | null; readonly authority: string; readonly expiresAt: number }>;
}

const DAY_SECONDS = 86_400;
/** Let's Encrypt renews a month ahead, so a certificate this close to its end means that renewal does not work. */
const CERTIFICATE_WARN_SECONDS = 14 * DAY_SECONDS;
const MOST_SKEW_SECONDS = 20;

/** A clock that every cloud's verifier is close to. */
const REFERENCE_CLOCK = "https://sts.amazonaws.com/";

/** Whether people and clouds can come to a server at the URL that it says: its name, its addresses, its certificate, its proxies, its clock. */
export function serverReachChecks(reach: ServerReach, ports: ReachPorts): readonly Check[] {
  return [
    { name: "issuer", run: async () => judgeIssuerUrl(reach) },
    ...(isTrial(reach)
      ? []
      : [
          { name: "address", run: () => judgeAddress(reach, ports) },
          { name: "certificate", run: () => judgeCertificate(reach, ports) },
        ]),
    { name: "way in", run: async () => judgeWayIn(reach) },
    { name: "ready", run: () => judgeReady(reach, ports) },
    { name: "clock", run: () => judgeClock(ports) },
  ];
}

/** Whether the issuer is one that nobody but this machine can reach. */
export function isTrial({ issuer }: Pick<ServerReach, "issuer">): boolean {
  return !issuer.startsWith("https:");
}

const START_HINT =
  "a server of another name begins with an empty folder: `brevet serve --data DIR --issuer https://id.example.com`";

function judgeIssuerUrl(reach: ServerReach): CheckResult {
  const { hostname, port, host } = new URL(reach.issuer);
  if (isTrial(reach)) {
    return { outcome: "bad", text: `${reach.issuer} is a trial: clouds and browsers elsewhere need https`, hint: START_HINT };
  }
  if (/^[\d.]+$|^\[/.test(hostname))
    return { outcome: "bad", text: `${hostname} is an address, and passkeys belong to names`, hint: START_HINT };
  if (port !== "") return { outcome: "bad", text: `${host} names a port, and AWS takes no issuer with one`, hint: START_HINT };
  return { outcome: "good", text: reach.issuer };
}

async function judgeAddress({ issuer, publishes }: ServerReach, ports: ReachPorts): Promise<CheckResult> {
  const { hostname } = new URL(issuer);
  const addresses = await ports.addresses(hostname);
  const inside = addresses.filter((address) => !ports.isPublicAddress(address));
  if (inside.length === 0) return { outcome: "good", text: `${hostname} leads to ${addresses.join(", ")}` };
  const text = `${hostname} leads to ${inside.join(", ")} from here, which no cloud can reach`;
  if (publishes) return { outcome: "good", text: `${text}; the documents are published elsewhere` };
  return {
    outcome: "warn",
    text,
    hint: "right if the name leads elsewhere outside, to the documents of `brevet serve --publish DIR`",
  };
}

async function judgeCertificate({ issuer }: ServerReach, { certificate, clock }: ReachPorts): Promise<CheckResult> {
  const { refusedFor, authority, expiresAt } = await certificate(new URL(issuer));
  if (refusedFor !== null) {
    return {
      outcome: "bad",
      text: `no public authority vouches for the certificate of ${new URL(issuer).host} (${authority}: ${refusedFor})`,
      hint: "clouds trust public authorities alone: take a certificate of one, with its whole chain",
    };
  }
  const left = expiresAt - clock.now();
  const text = `of ${authority}, for ${formatDuration(left)} more`;
  if (left < CERTIFICATE_WARN_SECONDS)
    return { outcome: "warn", text, hint: "renew it: the server takes the new file by itself" };
  return { outcome: "good", text };
}

function judgeWayIn({ issuer, listen, servesTls, trustedProxies }: ServerReach): CheckResult {
  const where = `${listen.host}:${listen.port}`;
  const everybody = trustedProxies.find((network) => network.endsWith("/0"));
  if (everybody !== undefined) {
    return {
      outcome: "bad",
      text: `${everybody} is trusted as a proxy: anybody can come under any address`,
      hint: "name the addresses of your proxies alone: `--trusted-proxy 10.0.0.7`",
    };
  }
  if (servesTls) return { outcome: "good", text: `TLS on ${where}${trustedProxies.length === 0 ? "" : ", behind a proxy"}` };
  if (isTrial({ issuer })) return { outcome: "warn", text: `plain HTTP on ${where}, for a trial` };
  if (trustedProxies.length === 0) {
    return {
      outcome: "bad",
      text: `plain HTTP on ${where}, and no proxy is trusted: limits and records would hold the proxy's address for everybody`,
      hint: "`--trusted-proxy ADDRESS`, or TLS by the server itself: `--certificate FILE --key FILE`",
    };
  }
  if (!/^(127\.|::1$|localhost$)/.test(listen.host)) {
    return {
      outcome: "warn",
      text: `plain HTTP on ${where}, behind ${trustedProxies.join(", ")}`,
      hint: "see that nothing but the proxy can reach that port",
    };
  }
  return { outcome: "good", text: `plain HTTP on ${where}, behind ${trustedProxies.join(", ")}` };
}

/** What the running server says of itself, by its `/ready`. */
async function judgeReady({ issuer }: ServerReach, { http }: ReachPorts): Promise<CheckResult> {
  const silent: CheckResult = { outcome: "unknown", text: `no server says at ${issuer}/ready whether it can serve` };
  try {
    const { status, body } = await http({ method: "GET", url: `${issuer}/ready` });
    if (status === 200) return { outcome: "good", text: "it serves, and keeps what it is told" };
    const { code, clockAheadSeconds: ahead } = parseJsonObject(body) ?? {};
    if (typeof ahead === "number") {
      const { text, ...judged } = judgeOffset(-ahead, "its database");
      return { ...judged, text: `it is not ready, because its clock is off: ${text}` };
    }
    if (code === "DATABASE_FULL") {
      const hint = "make room, or take a larger disk: it goes on by itself";
      return { outcome: "bad", text: "the disk of its database is full, and it lets nobody in", hint };
    }
    if (status !== 503) return silent;
    return { outcome: "bad", text: "it runs, and cannot serve", hint: "its log says why" };
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    const [hint] = cause.hints;
    const text = `${silent.text}: ${cause.message}`;
    return { ...silent, text, ...(hint === undefined ? {} : { hint }) };
  }
}

/** Measured by the `Date` of AWS STS, which judges the times in a token. */
async function judgeClock({ http, clock }: ReachPorts): Promise<CheckResult> {
  const away: CheckResult = { outcome: "unknown", text: `${REFERENCE_CLOCK} does not say what time it is` };
  try {
    const { headers } = await http({ method: "HEAD", url: REFERENCE_CLOCK });
    const date = Date.parse(headers["date"] ?? "");
    if (Number.isNaN(date)) return away;
    return judgeOffset(Math.round(date / 1000) - (clock.now() - clock.offsetSeconds), "AWS");
  } catch (cause) {
    if (cause instanceof Fault) return away;
    throw cause;
  }
}

/** What an offset of this machine's clock means, by somebody else's. */
export function judgeOffset(offsetSeconds: number, whose: string): CheckResult {
  if (Math.abs(offsetSeconds) <= MOST_SKEW_SECONDS) return { outcome: "good", text: `it agrees with that of ${whose}` };
  return {
    outcome: "bad",
    text: `it is ${formatDuration(Math.abs(offsetSeconds))} ${offsetSeconds < 0 ? "ahead of" : "behind"} that of ${whose}`,
    hint: "set it: `timedatectl set-ntp true`",
  };
}
