import { networkList } from "./networks.ts";

/**
 * Networks that are not the public internet: loopback, private, link-local, shared, documentation, multicast, reserved, and those that were
 * given up.
 *
 * @see IANA IPv4 and IPv6 Special-Purpose Address Registries; RFC 3879, RFC 4291 §2.5.5.1
 */
const SPECIAL_NETWORKS: readonly string[] = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
  "::/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
];

const isSpecial = networkList(SPECIAL_NETWORKS);

/** Whether an address can be reached from everywhere. */
export function isPublicAddress(address: string): boolean {
  return !isSpecial(address);
}
