import { readFileSync } from "node:fs";

/** The ends of a connection between two programs of this machine, as the one that listens sees them. */
export interface LoopbackEnds {
  readonly localPort?: number | undefined;
  readonly remotePort?: number | undefined;
}

/** 127.0.0.1, also as a socket of IPv6 writes it, and ::1: words of 32 bits in the machine's order of bytes. */
const LOOPBACK = "(?:0100007F|7F000001|0{24}01000000|0{31}1)";

/** Who has hung up: the system says nothing more of whose that end was. */
export const NOBODY = -1;

/**
 * The users of this machine who hold the other end of a connection to a loopback address that is listened on. Linux tells it of every
 * socket; without an answer the list is empty: on other systems, and under WSL for a browser of Windows.
 *
 * @see proc_pid_net(5), `/proc/net/tcp`
 */
export function usersOfConnection({ localPort, remotePort }: LoopbackEnds): readonly number[] {
  if (process.platform !== "linux" || localPort === undefined || remotePort === undefined) return [];
  const [own, other] = [hex(localPort), hex(remotePort)];
  // `local_address rem_address st tx_queue:rx_queue tr:when retrnsmt uid timeout inode`, of the socket at the other end.
  const row = new RegExp(`^ *\\d+: \\S*:${other} \\S*${LOOPBACK}:${own} (?:\\S+ +){4}(\\d+) +\\d+ (\\d+) `, "gm");
  const holders = [...sockets().matchAll(row)];
  // One that its program has closed has no inode, and counts as root's. A row may come twice while other sockets come and go.
  if (holders.length > 0) return [...new Set(holders.map(([, user, inode]) => (inode === "0" ? NOBODY : Number(user))))];
  // One that was reset is in no table, nor is our own end of it then. Whoever is not of this system leaves our end there.
  const there = sockets();
  const lists = (remote: string): boolean => new RegExp(`^ *\\d+: \\S*:${own} \\S*:${remote} `, "m").test(there);
  return lists(NO_PORT) && !lists(other) ? [NOBODY] : [];
}

/** Of what a socket is connected to that listens. */
const NO_PORT = "0000";

const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");

function sockets(): string {
  return ["/proc/net/tcp", "/proc/net/tcp6"].map(read).join("");
}

function read(table: string): string {
  try {
    return readFileSync(table, "latin1");
  } catch {
    return "";
  }
}
