import { request } from "node:https";
import { isIP } from "node:net";
import { findMapping, type IssuerMapping } from "./mapping.ts";

/** How a fetch of an issuer's document ended; `why` is for the sandbox's log. */
export type Fetched =
  | { readonly ok: true; readonly body: unknown; readonly cacheControl: string }
  | { readonly ok: false; readonly why: string };

/** Fetches one JSON document of an issuer, as STS does. */
export type FetchDocument = (url: string) => Promise<Fetched>;

/** What the fetcher needs to know of the sandbox it belongs to. */
export interface FetchOptions {
  readonly issuers: readonly IssuerMapping[];
  /** The only authority that is trusted, PEM. */
  readonly caCertificate: string;
  /** Hosts that the sandbox itself serves besides the mapped ones. */
  readonly isOwnHost: (hostname: string) => boolean;
  /** Where the sandbox itself listens, for published folders. */
  readonly ownAddress: () => { readonly host: string; readonly port: number };
}

/** AWS re:Post, "InvalidIdentityToken": STS gives up when the issuer takes more than five seconds. */
const DEADLINE_MS = 5000;
const MAX_BODY_BYTES = 192 * 1024;

/**
 * Makes the verifier's fetch: https on the standard port of the URL's own host name and nothing else, with that name in SNI,
 * in `Host` and in the certificate check. Only the address it connects to comes from the mapping. A host that is not mapped
 * is not fetched: nothing leaves this machine.
 */
export function documentFetcher(options: FetchOptions): FetchDocument {
  return async (text) => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null) return { ok: false, why: `"${text}" is not a URL` };
    if (url.protocol !== "https:") return { ok: false, why: `${text} is not https` };
    if (url.port !== "") return { ok: false, why: `${text} has a port` };
    const mapping = findMapping(options.issuers, url) ?? findHost(options.issuers, url);
    if (mapping === null && !options.isOwnHost(url.hostname)) {
      const why = `the host ${url.hostname} is not mapped: start the sandbox with --issuer https://${url.hostname}/…=FOLDER`;
      return { ok: false, why };
    }
    const address = mapping?.kind === "address" ? { host: mapping.host, port: mapping.port } : options.ownAddress();
    return fetchFrom(url, address, options.caCertificate);
  };
}

/** A path outside of every mapped folder still reaches its host, which answers 404 as a real one would. */
function findHost(issuers: readonly IssuerMapping[], url: URL): IssuerMapping | null {
  return issuers.find((mapping) => new URL(mapping.url).host === url.host) ?? null;
}

function fetchFrom(url: URL, address: { readonly host: string; readonly port: number }, caCertificate: string): Promise<Fetched> {
  return new Promise((settle) => {
    const fail = (why: string): void => settle({ ok: false, why: `${url.href}: ${why}` });
    const outgoing = request(
      {
        host: url.hostname,
        servername: url.hostname,
        port: address.port,
        path: url.pathname,
        method: "GET",
        headers: { host: url.hostname, accept: "application/json", "user-agent": "brevet-sandbox" },
        ca: caCertificate,
        agent: false,
        signal: AbortSignal.timeout(DEADLINE_MS),
        lookup: (_hostname, lookupOptions, done) => {
          const family = isIP(address.host);
          if (lookupOptions.all) done(null, [{ address: address.host, family }]);
          else done(null, address.host, family);
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_BODY_BYTES) outgoing.destroy(new Error(`the document is larger than ${MAX_BODY_BYTES} bytes`));
          else chunks.push(chunk);
        });
        // Cut off in the middle: without this nobody would be told, and whoever waits would wait for ever.
        response.on("error", (error) => fail(error.message));
        response.on("end", () => {
          if (response.statusCode !== 200) return fail(`answers ${response.statusCode}, and no redirect is followed`);
          const body = parseJson(Buffer.concat(chunks).toString("utf8"));
          if (body === undefined) return fail("is not JSON");
          settle({ ok: true, body, cacheControl: response.headers["cache-control"] ?? "" });
        });
      },
    );
    outgoing.on("error", (error) => fail(error.name === "TimeoutError" ? "no answer in 5 s" : error.message));
    outgoing.end();
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
