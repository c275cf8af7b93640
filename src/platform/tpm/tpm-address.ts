/**
 * Where a TPM answers: the character device of the kernel, or the socket of swtpm, which is a TPM in software for tests
 * and virtual machines.
 */
export type TpmAddress =
  | { readonly kind: "device"; readonly path: string }
  /** The TPM Base Services of Windows, by the name of their library. */
  | { readonly kind: "tbs"; readonly library: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** The library by which Windows lets programs reach the TPM. */
export const MACHINE_TBS = "tbs.dll";

/**
 * The TPM of this machine. On Linux the kernel's resource manager: each program that opens it has the TPM for itself, and
 * leaves nothing behind in it.
 */
export const MACHINE_TPM: TpmAddress =
  process.platform === "win32" ? { kind: "tbs", library: MACHINE_TBS } : { kind: "device", path: "/dev/tpmrm0" };

/** Whether a chip of this machine answers there, and not a program. */
export function isMachineTpm(address: TpmAddress): boolean {
  return address.kind === "device" || (address.kind === "tbs" && address.library === MACHINE_TBS);
}

/** Reads an absolute path of a device, `tbs`, `tbs:LIBRARY`, `swtpm:HOST:PORT` or `unix:PATH`. @returns null for anything else. */
export function parseTpmAddress(text: string): TpmAddress | null {
  const [, host, port] = /^swtpm:(\[[0-9a-f:]+\]|[\w.-]+):(\d{1,5})$/i.exec(text) ?? [];
  if (host !== undefined && Number(port) > 0 && Number(port) < 65536) {
    return { kind: "tcp", host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
  }
  if (text === "tbs") return { kind: "tbs", library: MACHINE_TBS };
  if (/^tbs:\/./.test(text)) return { kind: "tbs", library: text.slice("tbs:".length) };
  if (/^unix:\/./.test(text)) return { kind: "unix", path: text.slice("unix:".length) };
  return /^\/./.test(text) ? { kind: "device", path: text } : null;
}

/** The address as it is written. */
export function formatTpmAddress(address: TpmAddress): string {
  if (address.kind === "tcp") return `swtpm:${address.host.includes(":") ? `[${address.host}]` : address.host}:${address.port}`;
  if (address.kind === "tbs") return address.library === MACHINE_TBS ? "tbs" : `tbs:${address.library}`;
  return address.kind === "unix" ? `unix:${address.path}` : address.path;
}
