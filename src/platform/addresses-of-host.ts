import { lookup } from "node:dns/promises";
import { Fault } from "../core/fault.ts";

/** The addresses that a name has on this machine, IPv4 and IPv6. @throws {Fault} `NETWORK_UNREACHABLE` */
export async function addressesOfHost(host: string): Promise<readonly string[]> {
  try {
    const found = await lookup(host, { all: true, verbatim: true });
    return found.map(({ address }) => address);
  } catch (cause) {
    throw new Fault("NETWORK_UNREACHABLE", `the name ${host} is not known here`, { cause });
  }
}
