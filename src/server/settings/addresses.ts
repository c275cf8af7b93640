import { isIP } from "node:net";
import { Fault } from "../../core/fault.ts";

/** The longest URL that an IAM OpenID Connect provider may have. */
const MAX_CHARACTERS = 255;

/**
 * Reads the URL of a login server: an origin, exactly as verifiers will compare it. `http:` is for localhost alone, where
 * browsers allow passkeys without TLS.
 *
 * @throws {Fault} `URL_INVALID`
 */
export function parseServerUrl(text: string): string {
  const reason = reasonAgainst(text);
  if (reason === null) return text;
  throw new Fault("URL_INVALID", `the issuer "${text}" cannot be a login server's URL: ${reason}`, {
    hints: ["write it as `https://id.example.com`"],
  });
}

function reasonAgainst(text: string): string | null {
  if (!URL.canParse(text)) return "it is not a URL";
  const url = new URL(text);
  const local = url.hostname === "localhost";
  if (text.length > MAX_CHARACTERS) return `it has ${text.length} characters, and AWS takes at most ${MAX_CHARACTERS}`;
  if (url.protocol !== "https:" && !(local && url.protocol === "http:")) return "it does not begin with https://";
  // A relying party is a name: browsers make no passkey for an address.
  if (isIP(url.hostname.replace(/[[\]]/g, "")) !== 0) return "a passkey cannot be bound to an IP address";
  return url.origin === text ? null : `it has more than a host and a port, or another spelling than ${url.origin}`;
}

/** Reads `HOST:PORT`, `[::]:PORT` or a port alone, on loopback. @throws {Fault} `URL_INVALID` */
export function parseListen(text: string): { readonly host: string; readonly port: number } {
  const parts = /^(?:(\[[0-9a-f:.]+\]|[^:[\]]+):)?(\d{1,5})$/i.exec(text);
  const port = Number(parts?.[2] ?? Number.NaN);
  if (parts !== null && port <= 65_535) return { host: (parts[1] ?? "127.0.0.1").replace(/[[\]]/g, ""), port };
  throw new Fault("URL_INVALID", `"${text}" is not an address to listen on`, { hints: ["write it as `0.0.0.0:8443`"] });
}

/** Checks addresses and networks (`10.0.0.0/8`). @throws {Fault} `URL_INVALID` */
export function parseNetworks(networks: readonly string[]): readonly string[] {
  for (const network of networks) {
    const [address = "", bits, ...rest] = network.split("/");
    const version = isIP(address);
    const longest = version === 6 ? 128 : 32;
    const valid = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
    if (version === 0 || !valid || rest.length > 0) {
      throw new Fault("URL_INVALID", `"${network}" is neither an address nor a network`, { hints: ["write it as `10.0.0.0/8`"] });
    }
  }
  return networks;
}
