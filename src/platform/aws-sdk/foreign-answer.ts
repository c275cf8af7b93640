import { Fault } from "../../core/fault.ts";
import type { HttpResponse } from "../../core/http.ts";

/** What may precede the first element of a document, and the element that no answer of AWS begins with. */
const PAGE = /^\s*(<\?xml[^>]*>\s*)?(<!--(?:(?!-->).)*-->\s*)*<(!doctype\s+html|html)\b/is;
const DOCUMENT = /^\s*<[?A-Za-z]/;

/** What was asked for it. */
interface Asked {
  readonly hostname: string;
  readonly port?: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Tells a proxy or page between brevet and AWS from AWS itself: the SDK reads a page, or nothing at all, as an answer whose every
 * field is empty, and what is made of such an answer is recorded. Content types are ignored: some servers label XML as HTML.
 *
 * @throws {Fault} `RESPONSE_INVALID` for a page, and for what is no XML where the service answers in XML alone. Failures of the
 * service (500 and more) pass: what stands before AWS may word them.
 */
export function requireAnswerOfAws({ hostname, port, headers }: Asked, { status, body }: HttpResponse): void {
  if (status >= 500) return;
  const isQuery = /^application\/x-www-form-urlencoded/i.test(headers["content-type"] ?? "");
  if (!PAGE.test(body) && (!isQuery || DOCUMENT.test(body))) return;
  const host = port === undefined ? hostname : `${hostname}:${port}`;
  throw new Fault("RESPONSE_INVALID", `what answers at ${host} is not AWS (status ${status}${body === "" ? ", empty" : ""})`, {
    hints: FOREIGN_HINTS,
    details: { host, status },
  });
}

/** What to look at where something answers that is not AWS. */
export const FOREIGN_HINTS = [
  "see whether a proxy or a login page of the network stands before it, and what `AWS_ENDPOINT_URL` says",
] as const;
