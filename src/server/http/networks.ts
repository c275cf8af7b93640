import { BlockList, isIP } from "node:net";

/** Whether an address lies in one of some networks; what is no address lies in none. */
export type Networks = (address: string) => boolean;

/** @param networks addresses and networks (`10.0.0.0/8`), checked. */
export function networkList(networks: readonly string[]): Networks {
  const list = new BlockList();
  for (const network of networks) {
    const [base = "", bits] = network.split("/");
    const family = isIP(base) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(base, family);
    else list.addSubnet(base, Number(bits), family);
  }
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
  };
}

/** A dual-stack socket names IPv4 peers as `::ffff:192.0.2.1`. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
