import type { HttpRequest, HttpResponse } from "../../core/http.ts";

/** Where a connection goes instead of where the name says, as `curl --resolve`; the certificate is still the name's. */
export interface ResolveRule {
  /** The host of the URL, in lower case. */
  readonly host: string;
  /** The port of the URL: 443 when it has none. */
  readonly port: number;
  readonly address: string;
  readonly addressPort: number;
}

/** A certificate and its private key, PEM. */
export interface ClientCertificate {
  readonly cert: string;
  readonly key: string;
}

/** One exchange as an engine carries it out: everything that the environment says about it is decided already. */
export interface Outgoing {
  readonly request: HttpRequest;
  readonly url: URL;
  readonly maxBodyBytes: number;
  /** Aborts when the deadline has passed. */
  readonly deadline: AbortSignal;
  /** The proxy to tunnel through, or null. */
  readonly proxy: URL | null;
  /** The certificate authorities to trust, and no others, PEM; null for what the runtime trusts by itself. */
  readonly authorities: readonly string[] | null;
  /** What a host that asks for a certificate is shown, or null. */
  readonly clientCertificate: ClientCertificate | null;
  /** The rule that applies to this URL, or null. */
  readonly resolve: ResolveRule | null;
}

/**
 * An engine: one request, one whole answer. It rejects with the runtime's own error, or with one of the errors below;
 * {@link Outgoing.deadline} ends it at any point and leaves no connection behind.
 */
export type Engine = (outgoing: Outgoing) => Promise<HttpResponse>;

/** The answer began and did not end as it said it would, grew above the limit, or leaves its own length in doubt. */
export class AnswerBroken extends Error {
  readonly reason: "cut-off" | "too-long" | "not-http";

  constructor(reason: AnswerBroken["reason"], cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

/** The proxy did not open a tunnel. */
export class ProxyRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.status = status;
  }
}
