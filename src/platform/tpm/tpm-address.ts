/**
 * Where a TPM answers: the character device of the kernel, or the socket of swtpm, which is a TPM in software for tests
 * and virtual machines.
 */
export type TpmAddress =
  | { readonly kind: "device"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** The kernel's resource manager: each program that opens it has the TPM for itself, and leaves nothing behind in it. */
export const DEFAULT_TPM = "/dev/tpmrm0";

/** Reads an absolute path of a device, `swtpm:HOST:PORT` or `unix:PATH`. @returns null for anything else. */
export function parseTpmAddress(text: string): TpmAddress | null {
  const [, host, port] = /^swtpm:(\[[0-9a-f:]+\]|[\w.-]+):(\d{1,5})$/i.exec(text) ?? [];
  if (host !== undefined && Number(port) > 0 && Number(port) < 65536) {
    return { kind: "tcp", host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
  }
  if (/^unix:\/./.test(text)) return { kind: "unix", path: text.slice("unix:".length) };
  return /^\/./.test(text) ? { kind: "device", path: text } : null;
}

/** The address as it is written. */
export function formatTpmAddress(address: TpmAddress): string {
  if (address.kind === "tcp") return `swtpm:${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;
  return address.kind === "unix" ? `unix:${address.path}` : address.path;
}
