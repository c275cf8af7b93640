import { isIP } from "node:net";
import { networkList, plainAddress } from "./networks.ts";

/** Tells the address of a client from the socket's peer and what proxies said. */
export type ClientAddress = (peer: string | undefined, forwardedFor: string | undefined) => string;

/**
 * The address of the client behind the proxies that are trusted: from the right of `X-Forwarded-For`, the first that is not one
 * of them. What stands further to the left was written by whoever sent the request.
 *
 * @param trusted addresses and networks (`10.0.0.0/8`), checked.
 */
export function clientAddress(trusted: readonly string[]): ClientAddress {
  const isTrusted = networkList(trusted);
  return (peer, forwardedFor) => {
    let address = plainAddress(peer ?? "");
    if (forwardedFor === undefined) return address;
    for (const hop of forwardedFor.split(",").reverse()) {
      if (!isTrusted(address)) return address;
      const next = plainAddress(hop.trim());
      // A proxy that names no address vouches for nobody behind it.
      if (isIP(next) === 0) return address;
      address = next;
    }
    return address;
  };
}
