import { BlockList, isIP } from "node:net";

/** Whether an address is in one of some networks; any other text is in none. */
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
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** An address in its one canonical form, for IPv6 that of RFC 5952 without a zone; any other text stays as it is. */
export function plainAddress(address: string): string {
  const [, mapped] = MAPPED.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  if (isIP(address) !== 6) return address;
  const plain = new URL(`http://[${address.replace(/%.*/, "")}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(plain) ?? [];
  if (high === undefined || low === undefined) return plain;
  const bytes = [high, low].flatMap((half) => [Number.parseInt(half, 16) >> 8, Number.parseInt(half, 16) & 0xff]);
  return bytes.join(".");
}

/**
 * What the requests of a {@link plainAddress} are counted under: itself, or in IPv6 its /64, which one machine may have whole.
 * RFC 4291 §2.5.4
 */
export function countedAs(address: string): string {
  if (isIP(address) !== 6) return address;
  const [before = "", after = ""] = address.split("::");
  const groups = before === "" ? [] : before.split(":");
  const zeros = address.includes("::") ? 8 - groups.length - after.split(":").length : 0;
  return `${[...groups, ...Array<string>(zeros).fill("0"), ...after.split(":")].slice(0, 4).join(":")}::/64`;
}
