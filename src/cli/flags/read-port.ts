import { Fault } from "../../core/fault.ts";

/** A port that the person typed. @throws {Fault} `USAGE_INVALID` */
export function readPort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port > 0 && port < 65_536) return port;
  throw new Fault("USAGE_INVALID", `"${text}" is not a port from 1 to 65535`);
}
