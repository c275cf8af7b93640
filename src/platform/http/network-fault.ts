import { Fault, type FaultContext } from "../../core/fault.ts";
import { isLoopback } from "../../core/loopback.ts";
import { CLOCK_HINT } from "../../core/time.ts";
import type { Environment } from "../paths.ts";
import { AnswerBroken, type Outgoing, ProxyRefused } from "./engine.ts";
import { hasOnlyHttpProxy } from "./proxy.ts";

/** What stopped an exchange: `details.reason` of `NETWORK_UNREACHABLE`. */
export type NetworkReason = "name" | "refused" | "reset" | "route" | "tls" | "proxy" | "other";

interface Explanation {
  readonly reason: NetworkReason;
  readonly says: string;
  readonly hints: readonly string[];
  /** Its certificate comes from an authority that is not trusted. */
  readonly untrusted?: true;
}

const signedElsewhere = (says: string): Explanation => ({ reason: "tls", says, hints: [], untrusted: true });

/** By the command's own flag, where it has one: nothing else is to be changed for one look. */
function trustHints(authorityFlag: string | undefined): readonly string[] {
  const how = authorityFlag === undefined ? "AWS_CA_BUNDLE=/path/to/ca.pem" : `${authorityFlag} /path/to/ca.pem`;
  return [
    `if a proxy or your own authority signs here, name its certificate: \`${how}\``,
    ...(TAKES_SYSTEM_AUTHORITIES ? ["or trust whom this system trusts, for this and every call: `NODE_USE_SYSTEM_CA=1`"] : []),
  ];
}

/** The code of our own where a runtime does not know why there is no connection. */
export const NO_CONNECTION = "NO_CONNECTION";

/** Bun does, and Node from 22.19 and 24.6 on. */
const TAKES_SYSTEM_AUTHORITIES = !process.versions.node.startsWith("20.");

/** By the runtime's error code: Node's names and OpenSSL's; Bun uses the same, and a few of its own. */
const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ENOTFOUND: { reason: "name", says: "its name is not known", hints: [] },
  EAI_AGAIN: { reason: "name", says: "its name could not be looked up: no name server answers", hints: [] },
  ECONNREFUSED: { reason: "refused", says: "it refused the connection", hints: [] },
  [NO_CONNECTION]: { reason: "other", says: "it refused the connection, or this network has no way to it", hints: [] },
  ECONNRESET: { reason: "reset", says: "it closed the connection before it answered", hints: [] },
  EPIPE: { reason: "reset", says: "it closed the connection before it answered", hints: [] },
  EHOSTUNREACH: { reason: "route", says: "there is no route to it", hints: [] },
  ENETUNREACH: { reason: "route", says: "there is no network", hints: [] },
  ETIMEDOUT: { reason: "route", says: "it does not answer", hints: [] },
  EPROTO: { reason: "tls", says: "it does not speak TLS as it should", hints: [] },
  CERT_HAS_EXPIRED: { reason: "tls", says: "its certificate has expired", hints: [CLOCK_HINT] },
  CERT_NOT_YET_VALID: { reason: "tls", says: "its certificate is not valid yet", hints: [CLOCK_HINT] },
  ERR_TLS_CERT_ALTNAME_INVALID: { reason: "tls", says: "its certificate is for another name", hints: [] },
  DEPTH_ZERO_SELF_SIGNED_CERT: signedElsewhere("its certificate is self-signed"),
  SELF_SIGNED_CERT_IN_CHAIN: signedElsewhere("its certificate comes from an authority that is not trusted here"),
  UNABLE_TO_GET_ISSUER_CERT: signedElsewhere("its certificate comes from an authority that is not trusted here"),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: signedElsewhere("its certificate comes from an authority that is not trusted here"),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: signedElsewhere("its certificate comes from an authority that is not trusted here"),
  // Two authorities of one name: the far side's was renewed, or somebody took its name.
  CERT_SIGNATURE_FAILURE: signedElsewhere("its certificate was not signed by the authority of that name that is trusted here"),
  UNKNOWN_CERTIFICATE_VERIFICATION_ERROR: signedElsewhere("its certificate is not trusted here"),
};

/** Bun's names for a malformed answer, besides Node's `HPE_…`. The Node engine uses one for what Node would drop silently. */
const NOT_HTTP = [
  "Malformed_HTTP_Response",
  "InvalidHTTPResponse",
  "InvalidContentLength",
  "UnsupportedTransferEncoding",
  "UnrequestedUpgrade",
];

/** Whether an engine's error says that what came is not HTTP, at its beginning or later on. */
export function isNotHttp(error: unknown): boolean {
  if (error instanceof AnswerBroken) return error.reason === "not-http";
  if (error instanceof ProxyRefused) return !(error.status >= 100 && error.status <= 599);
  const systemCode = errorCode(error);
  return systemCode.startsWith("HPE_") || NOT_HTTP.includes(systemCode);
}

/** Whether a host was refused because its certificate comes from an authority that is not trusted. */
export function isUntrusted(error: unknown): boolean {
  const systemCode = error instanceof Fault ? String(error.details["systemCode"]) : "";
  return EXPLANATIONS[systemCode]?.untrusted === true;
}

/**
 * Translates what an engine rejected with; a Fault passes as it is, and a mistake of the caller is thrown.
 *
 * @param authorityFlag by which the person can name an authority to this command; undefined where it has none.
 */
export function networkFault(error: unknown, outgoing: Outgoing, environment: Environment, authorityFlag?: string): Fault {
  if (error instanceof Fault) return error;
  const { host } = outgoing.url;
  const context = (details: FaultContext["details"], hints: readonly string[] = []): FaultContext => ({
    cause: error,
    hints,
    details: { host, ...details },
  });
  if (outgoing.deadline.aborted) {
    return new Fault("NETWORK_TIMEOUT", `${host} did not answer in time`, context({}, silenceHints(outgoing, environment)));
  }
  if (error instanceof AnswerBroken && error.reason !== "not-http") {
    const says = error.reason === "too-long" ? `is longer than ${outgoing.maxBodyBytes} bytes` : "is cut off";
    return new Fault("RESPONSE_INVALID", `the answer of ${host} ${says}`, context({ reason: error.reason }));
  }
  if (isNotHttp(error)) {
    const [way, hints] = unknownSpeaker(outgoing, environment);
    const details = { reason: "not-http", systemCode: errorCode(error) };
    return new Fault("RESPONSE_INVALID", `the answer of ${host}${way} is not HTTP`, context(details, hints));
  }
  if (error instanceof ProxyRefused) {
    const says = error.status === 407 ? "wants a user name and a password" : `answered ${error.status}`;
    const message = `${host} cannot be reached: the proxy ${outgoing.proxy?.host ?? ""} ${says}`;
    return new Fault("NETWORK_UNREACHABLE", message, context({ reason: "proxy", status: error.status }));
  }
  const systemCode = errorCode(error) || (outgoing.proxy === null ? "" : PROXY_ENDED);
  if (isOurOwn(systemCode)) throw error;
  const { reason, says, hints, untrusted } = explain(systemCode);
  if (outgoing.proxy !== null && reason !== "tls") {
    const message = `${host} cannot be reached: the proxy ${outgoing.proxy.host} gives no connection to it (${says})`;
    return new Fault("NETWORK_UNREACHABLE", message, context({ reason: "proxy", systemCode }, proxyHints(outgoing, environment)));
  }
  const more = untrusted === true ? trustHints(authorityFlag) : reason === "tls" ? [] : proxyHints(outgoing, environment);
  const message = `${host} cannot be reached: ${says}`;
  return new Fault("NETWORK_UNREACHABLE", message, context({ reason, systemCode }, [...hints, ...more]));
}

/** Not every engine tells whether the host answered, or the proxy before there was a tunnel. */
function unknownSpeaker(outgoing: Outgoing, environment: Environment): readonly [way: string, hints: readonly string[]] {
  if (outgoing.proxy === null) return ["", []];
  return [`, through the proxy ${outgoing.proxy.host},`, proxyHints(outgoing, environment)];
}

/** The library for proxies raises one error that has no code: the proxy ended before it had answered. */
const PROXY_ENDED = "ECONNRESET";

/** A header that cannot be sent is the caller's mistake, not the network's. */
function isOurOwn(systemCode: string): boolean {
  return systemCode === "" || /^ERR_(INVALID|HTTP|UNESCAPED)_/.test(systemCode);
}

function errorCode(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}

function explain(systemCode: string): Explanation {
  const known = Object.hasOwn(EXPLANATIONS, systemCode) ? EXPLANATIONS[systemCode] : undefined;
  if (known !== undefined) return known;
  const isTls = systemCode.startsWith("ERR_SSL_") || systemCode.startsWith("ERR_TLS_") || systemCode.includes("CERT");
  if (isTls) return { reason: "tls", says: `TLS fails (${systemCode})`, hints: [] };
  return {
    reason: "other",
    says: `the connection failed (${systemCode})`,
    hints: [],
  };
}

/** It cannot be told from here whether the host, the proxy or something in between is silent. */
function silenceHints(outgoing: Outgoing, environment: Environment): readonly string[] {
  if (outgoing.proxy === null) {
    const hints = proxyHints(outgoing, environment);
    if (hints.length > 0 || isLoopback(outgoing.url.hostname)) return hints;
    return ["try again; if it stays silent, this network may want a proxy: see HTTPS_PROXY in `env`"];
  }
  const { host } = outgoing.proxy;
  return [`it was asked through the proxy ${host}; if it is the proxy that is silent, see HTTPS_PROXY and NO_PROXY in \`env\``];
}

function proxyHints({ proxy }: Outgoing, environment: Environment): readonly string[] {
  if (proxy !== null) return [`the way goes through the proxy ${proxy.host}: see HTTPS_PROXY and NO_PROXY in \`env\``];
  return hasOnlyHttpProxy(environment)
    ? ["HTTP_PROXY is set and HTTPS_PROXY is not: if https is to go the same way, give it the same value"]
    : [];
}
