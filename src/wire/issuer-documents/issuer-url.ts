import { Fault } from "../../core/fault.ts";
import type { Where } from "../../core/place.ts";

/** The longest URL that an IAM OpenID Connect provider may have. */
const MAX_CHARACTERS = 255;

/**
 * Reads the URL of an issuer and returns it exactly as it was written: verifiers compare it byte for byte.
 *
 * Stricter than OpenID Connect Discovery §2: no port, because AWS takes none, and no trailing slash, because
 * half of the verifiers would then ask for `//.well-known`.
 *
 * @param where names the place in the message: `identities.laptop.issuer`.
 * @throws {Fault} `URL_INVALID`
 */
export function parseIssuerUrl(text: string, where: Where): string {
  const reason = reasonAgainst(text);
  if (reason === null) return text;
  throw new Fault("URL_INVALID", `${where} "${text}" is not the URL of an issuer: ${reason}`, {
    hints: ["write it as `https://id.example.com/laptop`"],
  });
}

function reasonAgainst(text: string): string | null {
  if (text.length > MAX_CHARACTERS) return `it has ${text.length} characters, and AWS takes at most ${MAX_CHARACTERS}`;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return "it is not a URL";
  }
  if (url.protocol !== "https:") return "it does not begin with https://";
  if (url.username !== "" || url.password !== "") return "it holds a user name";
  if (text.includes("?")) return "it has a query";
  if (text.includes("#")) return "it has a fragment";
  if (/^https:\/\/[^/]*:\d*(\/|$)/i.test(text)) return "it has a port";
  if (text.endsWith("/")) return "it ends with a slash";
  // A verifier compares literally what the URL parser would mend: upper case in the host, `..`, spaces.
  const canonical = url.pathname === "/" ? url.origin : `${url.origin}${url.pathname}`;
  return canonical === text ? null : `its usual spelling is ${canonical}`;
}

/** Whether nobody can ever fetch what an issuer serves: its host is a name that does not exist. @see RFC 2606 §2 */
export function isServedNowhere(issuer: string): boolean {
  return new URL(issuer).hostname.endsWith(".invalid");
}
