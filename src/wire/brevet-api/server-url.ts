import { Fault } from "../../core/fault.ts";
import { isLoopback } from "../../core/loopback.ts";
import type { Where } from "../../core/place.ts";

/** The URL exactly as tokens name it. A slash at the end, as browsers copy it, is left away. @throws {Fault} `URL_INVALID` */
export function parseLoginServerUrl(text: string, where: Where): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isUsable = url?.protocol === "https:" || (url?.protocol === "http:" && url.hostname === "localhost");
  if (url !== null && isUsable && url.origin === text.replace(/\/$/, "")) return url.origin;
  // A password is not repeated.
  const what = url !== null && url.username + url.password !== "" ? "holds a user name or a password, and" : `"${text}"`;
  throw new Fault("URL_INVALID", `${where} ${what} is not the URL of a login server`, {
    hints: [`write it as \`${meantUrl(text)}\``],
  });
}

/** What was meant by a host without a scheme, by one with a path, by an address of this machine. */
function meantUrl(text: string): string {
  const whole = /^https?:/.test(text) ? text : `https://${text}`;
  if (!URL.canParse(whole)) return "https://id.example.com";
  const { host, hostname, port } = new URL(whole);
  return isLoopback(hostname) ? `http://localhost${port === "" ? "" : `:${port}`}` : `https://${host}`;
}
