import { BlockList, isIP } from "node:net";

/** Tells the address of a client from the socket's peer and what proxies said. */
export type ClientAddress = (peer: string | undefined, forwardedFor: string | undefined) => string;

/**
 * The address of the client behind the proxies that are trusted: from the right of `X-Forwarded-For`, the first that is not one
 * of them. What stands further to the left was written by whoever sent the request.
 *
 * @param trusted addresses and networks (`10.0.0.0/8`), checked.
 */
export function clientAddress(trusted: readonly string[]): ClientAddress {
  const list = new BlockList();
  for (const network of trusted) {
    const [address = "", bits] = network.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  const isTrusted = (address: string): boolean => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
  };
  return (peer, forwardedFor) => {
    let address = plain(peer ?? "");
    for (const hop of (forwardedFor ?? "").split(",").reverse()) {
      if (!isTrusted(address)) return address;
      const next = plain(hop.trim());
      // A proxy that names no address vouches for nobody behind it.
      if (isIP(next) === 0) return address;
      address = next;
    }
    return address;
  };
}

/** A dual-stack socket names IPv4 peers as `::ffff:192.0.2.1`. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
