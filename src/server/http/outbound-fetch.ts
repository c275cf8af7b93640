import { lookup } from "node:dns/promises";
import { request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { isIP } from "node:net";
import { networkList, plainAddress } from "./networks.ts";
import { isPublicAddress } from "./public-addresses.ts";

/** No answer that is fetched for a client is longer. */
const MAX_BYTES = 256 * 1024;

/** What is used of the standard's `fetch`. */
export type OutboundFetch = (url: string | URL, options?: RequestInit) => Promise<Response>;

/**
 * A `fetch` for URLs that clients name in their registrations: it connects to public addresses only, and to those that the
 * administrator has listed. The name is resolved once and the connection goes to the address that was judged, so that a second
 * answer of a hostile name server changes nothing. It follows no redirect.
 *
 * @param internal networks that are allowed though they are not public: `10.2.0.0/16`.
 * @param addressesOf every address that a name has. Default: as the system finds them.
 */
export function outboundFetch(internal: readonly string[], addressesOf: AddressesOf = systemAddresses): OutboundFetch {
  const isInternal = networkList(internal);
  const isAllowed = (address: string): boolean => isInternal(address) || isPublicAddress(address);
  return async (target, options = {}) => {
    const url = new URL(target);
    if (url.protocol !== "https:" && url.protocol !== "http:") throw new TypeError(`${url.protocol} is not fetched`);
    const host = url.hostname.replace(/[[\]]/g, "");
    // All of them: which one is taken must not be a matter of chance.
    const addresses = (await addressesOf(host)).map(plainAddress);
    const [address] = addresses;
    if (address === undefined || !addresses.every(isAllowed)) throw new TypeError(`${url.host} leads into a network of its own`);
    return send(url, address, options);
  };
}

type AddressesOf = (host: string) => Promise<readonly string[]>;

const systemAddresses: AddressesOf = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

function send(url: URL, address: string, options: RequestInit): Promise<Response> {
  const headers = Object.fromEntries(new Headers(options.headers));
  const body = options.body === undefined || options.body === null ? "" : String(options.body);
  if (options.body instanceof URLSearchParams) headers["content-type"] ??= "application/x-www-form-urlencoded;charset=UTF-8";
  const secure = url.protocol === "https:";
  return new Promise((answered, failed) => {
    const outgoing = (secure ? secureRequest : plainRequest)(
      {
        host: address,
        port: url.port === "" ? (secure ? 443 : 80) : Number(url.port),
        path: `${url.pathname}${url.search}`,
        method: options.method ?? "GET",
        headers: { ...headers, host: url.host, "content-length": Buffer.byteLength(body) },
        ...(secure && isIP(url.hostname) === 0 ? { servername: url.hostname } : {}),
        ...(options.signal ? { signal: options.signal } : {}),
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on("data", (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_BYTES) response.destroy(new TypeError(`${url.host} answers with more than ${MAX_BYTES} bytes`));
          else chunks.push(chunk);
        });
        response.on("error", failed);
        response.on("end", () => {
          const status = response.statusCode ?? 500;
          const text = Buffer.concat(chunks).toString("utf8");
          const bare = status === 204 || status === 304 || status < 200;
          const type = response.headers["content-type"];
          answered(new Response(bare ? null : text, { status, headers: type === undefined ? {} : { "content-type": type } }));
        });
      },
    );
    outgoing.on("error", failed);
    outgoing.end(body);
  });
}
