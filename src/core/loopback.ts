/** The names of this machine by which programs on it listen for a browser. RFC 8252 §7.3, §8.3. */
export const LOOPBACK_HOSTS = ["127.0.0.1", "[::1]", "localhost"] as const;

/** A name of {@link LOOPBACK_HOSTS}. */
export type LoopbackHost = (typeof LOOPBACK_HOSTS)[number];

/** Whether a host as `URL.hostname` writes it is this machine: `localhost`, 127.0.0.0/8 or `[::1]`. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}
