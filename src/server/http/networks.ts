import { BlockList, isIP } from "node:net";

/** Whether an address lies in one of some networks; what is no address lies in none. */
export type Networks = (address: string) => boolean;

/** Addresses whose answer is remembered: most requests come from few. */
const REMEMBERED = 1000;

/** @param networks addresses and networks (`10.0.0.0/8`), checked. */
export function networkList(networks: readonly string[]): Networks {
  if (networks.length === 0) return () => false;
  const list = new BlockList();
  for (const network of networks) {
    const [base = "", bits] = network.split("/");
    const family = isIP(base) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(base, family);
    else list.addSubnet(base, Number(bits), family);
  }
  const known = new Map<string, boolean>();
  return (address) => {
    // Node makes an object of the socket layer for each question, which costs more than the comparison.
    const remembered = known.get(address);
    if (remembered !== undefined) return remembered;
    const version = isIP(address);
    const answer = version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
    if (known.size >= REMEMBERED) known.clear();
    known.set(address, answer);
    return answer;
  };
}

/** A dual-stack socket names IPv4 peers as `::ffff:192.0.2.1`. */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

/** Whom the requests of an address are counted as: itself, and in IPv6 the /64 that every network gives to one machine. RFC 4291 §2.5.4 */
export function countedAs(address: string): string {
  if (!address.includes(":")) return address;
  const [before = "", after] = address.split("::");
  const groups = before === "" ? [] : before.split(":");
  const zeros = after === undefined ? 0 : 8 - groups.length - after.split(":").length;
  const all = [...groups, ...Array<string>(Math.max(0, zeros)).fill("0"), ...(after ?? "").split(":")];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
