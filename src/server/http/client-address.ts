import { isIP } from "node:net";
import { networkList, plainAddress } from "./networks.ts";

/** Tells the address of a client from the socket's peer and what proxies said. */
export type ClientAddress = (peer: string | undefined, forwardedFor: string | undefined) => string;

/**
 * An address in no network. A client that its proxy did not name must not count as the proxy, whose network rules may allow and
 * which may read `/metrics`; nor may one that comes through an unconfigured proxy on this machine.
 */
const UNKNOWN = "unknown";

/** Some proxies write the port: `203.0.113.5:4711`, `[2001:db8::1]:4711`. */
const WITH_PORT = /^(?:\[(?<inner>[^\]]+)\]|(?<dotted>\d+\.\d+\.\d+\.\d+))(?::\d+)?$/;

/**
 * The address of the client behind the proxies that are trusted: from the right of `X-Forwarded-For`, the first that is not one
 * of them. Entries further to the left were written by whoever sent the request.
 *
 * @param trusted addresses and networks (`10.0.0.0/8`), checked.
 */
export function clientAddress(trusted: readonly string[]): ClientAddress {
  const isTrusted = networkList(trusted);
  const isHere = networkList(["127.0.0.0/8", "::1"]);
  return (peer, forwardedFor) => {
    let address = plainAddress(peer ?? UNKNOWN);
    if (forwardedFor === undefined) return address;
    for (const hop of forwardedFor.split(",").reverse()) {
      if (!isTrusted(address)) return isHere(address) ? UNKNOWN : address;
      address = hopAddress(hop.trim());
    }
    return address;
  };
}

function hopAddress(hop: string): string {
  const { inner, dotted } = WITH_PORT.exec(hop)?.groups ?? {};
  const address = inner ?? dotted ?? hop;
  return isIP(address) === 0 ? UNKNOWN : plainAddress(address);
}
