/** A body that is still being made, while an engine may open the connection. */
export interface LateBody {
  readonly byteLength: number;
  /** The body, of exactly that length. Its fault becomes that of the request. */
  text(): Promise<string>;
}

/** One request of the Http port. Bodies are text: every protocol spoken here is JSON, XML or a form. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "HEAD" | "PATCH";
  /** `https:`, or `http:` to a loopback address. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | LateBody;
  /** For the whole exchange, connection included; it begins when the body is there. Default 10,000. */
  readonly deadlineMs?: number;
  /** A longer body is a fault. Default 1 MiB. */
  readonly maxBodyBytes?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; several values of one name joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The Http port: one request, one answer, whatever its status. Follows no redirect, sends no credentials of its own,
 * honours `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` and added certificate authorities.
 *
 * @throws {Fault} `NETWORK_UNREACHABLE`, `NETWORK_TIMEOUT`, `RESPONSE_INVALID` (cut off, too long).
 */
export type Http = (request: HttpRequest) => Promise<HttpResponse>;
