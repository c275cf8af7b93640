import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { PublicDocument } from "../../core/publisher.ts";
import { ENDPOINTS } from "../../wire/brevet-api/endpoints.ts";
import type { KeySet } from "../keys/key-set.ts";

/**
 * The two documents that every verifier asks for again and again. They change with the keys alone, so they are put together once
 * and sent without asking the provider or the database.
 */
export interface Documents {
  /** Keeps what the provider answered for discovery. */
  keepDiscovery(body: unknown): void;
  /** Whether it was one of the documents, and was sent. */
  send(request: IncomingMessage, response: ServerResponse): boolean;
  /** The same documents for another host, the keys first. */
  all(): readonly PublicDocument[];
}

/** Is told of each document that is sent. */
export type CountDocument = () => void;

/** Short: a key that was revoked should be forgotten soon, and a new one is published a day before it signs. */
const JWKS_CACHE = "public, max-age=300";
const DISCOVERY_CACHE = "public, max-age=3600";

/** @param headers security headers of documents. */
export function publicDocuments(keys: KeySet, headers: Readonly<Record<string, string>>, count: CountDocument): Documents {
  const document = (body: unknown, cache: string) => {
    const bytes = Buffer.from(JSON.stringify(body));
    const tag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
    const always = { ...headers, "cache-control": cache, "access-control-allow-origin": "*", etag: tag };
    const whole = { ...always, "content-type": "application/json", "content-length": String(bytes.length) };
    return {
      // Each byte as one character: what is text goes out in one write with the head before it, and bytes would go in a second.
      octets: bytes.toString("latin1"),
      text: bytes.toString("utf8"),
      tag,
      cacheControl: cache,
      // As a list, Node sends them as they are.
      head: Object.entries(whole).flat(),
      unchanged: Object.entries(always).flat(),
    };
  };
  const known = new Map([[ENDPOINTS.jwks as string, document(keys.jwks, JWKS_CACHE)]]);
  return {
    keepDiscovery: (body) => void known.set(ENDPOINTS.discovery, document(body, DISCOVERY_CACHE)),
    all: () =>
      [...known].map(([path, { text, cacheControl }]) => ({
        path: path.slice(1),
        contentType: "application/json",
        cacheControl,
        body: text,
      })),
    send(request, response) {
      const found = request.method === "GET" ? known.get(request.url ?? "") : undefined;
      if (found === undefined) return false;
      if (request.headers["if-none-match"] === found.tag) response.writeHead(304, found.unchanged).end();
      else response.writeHead(200, found.head).end(found.octets, "latin1");
      count();
      return true;
    },
  };
}
