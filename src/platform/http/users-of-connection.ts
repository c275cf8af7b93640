import { readFileSync } from "node:fs";

/** The ends of a connection between two programs of this machine, as the one that listens sees them. */
export interface LoopbackEnds {
  readonly localPort?: number | undefined;
  readonly remotePort?: number | undefined;
}

/** 127.0.0.1, also as a socket of IPv6 writes it, and ::1: words of 32 bits in the machine's order of bytes. */
const LOOPBACK = "(?:0100007F|7F000001|0{24}01000000|0{31}1)";

/**
 * The users of this machine who hold the other end of a connection to a loopback address. Linux tells it of every socket; without an
 * answer the list is empty: on other systems, and under WSL for a browser of Windows.
 *
 * @see proc_pid_net(5), `/proc/net/tcp`
 */
export function usersOfConnection({ localPort, remotePort }: LoopbackEnds): readonly number[] {
  if (process.platform !== "linux" || localPort === undefined || remotePort === undefined) return [];
  // `local_address rem_address st tx_queue:rx_queue tr:when retrnsmt uid`, of the socket at the other end.
  const row = new RegExp(`^ *\\d+: \\S*:${hex(remotePort)} \\S*${LOOPBACK}:${hex(localPort)} (?:\\S+ +){4}(\\d+) `, "gm");
  return ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => [...read(table).matchAll(row)].map(([, user]) => Number(user)));
}

const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, "0");

function read(table: string): string {
  try {
    return readFileSync(table, "latin1");
  } catch {
    return "";
  }
}
