import { Fault } from "../../core/fault.ts";
import { isLoopback } from "../../core/loopback.ts";
import type { Environment } from "../paths.ts";

/**
 * The proxy for a URL, or null: `HTTPS_PROXY` or `https_proxy` unless `NO_PROXY` or `no_proxy` names the host.
 *
 * A loopback address is never reached through a proxy, and plain HTTP goes nowhere else, so `HTTP_PROXY` has nothing to
 * say here; {@link hasOnlyHttpProxy} lets a failure mention it. The lower-case name wins, as in curl.
 *
 * @throws {Fault} `URL_INVALID` for a proxy that is not an `http:` or `https:` URL.
 */
export async function proxyFor(url: URL, environment: Environment): Promise<URL | null> {
  if (url.protocol !== "https:" || isLoopback(url.hostname)) return null;
  const text = environment["https_proxy"] || environment["HTTPS_PROXY"];
  if (!text) return null;
  const exceptions = environment["no_proxy"] || environment["NO_PROXY"];
  if (exceptions && (await isExcepted(url, exceptions))) return null;
  return parseProxy(text);
}

/** Whether only the proxy for plain HTTP is set, which says nothing about `https:` and is often a mistake. */
export function hasOnlyHttpProxy(environment: Environment): boolean {
  const set = (name: string): boolean => Boolean(environment[name.toLowerCase()] || environment[name]);
  return set("HTTP_PROXY") && !set("HTTPS_PROXY");
}

function parseProxy(text: string): URL {
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const proxy = URL.canParse(withScheme) ? new URL(withScheme) : null;
  if (proxy === null || (proxy.protocol !== "http:" && proxy.protocol !== "https:")) {
    // The text itself stays out of the message: it may hold the proxy's password.
    throw new Fault("URL_INVALID", "the proxy in HTTPS_PROXY is not an http: or https: URL", {
      hints: ["write it as `HTTPS_PROXY=http://proxy.example.com:3128`"],
    });
  }
  return proxy;
}

/** `NO_PROXY`: names (the domain and what is below it), `.names` (only what is below), addresses, CIDR blocks, `:port`, `*`. */
async function isExcepted(url: URL, exceptions: string): Promise<boolean> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port || "443";
  for (const entry of exceptions.split(/[\s,]+/).filter((part) => part !== "")) {
    if (entry === "*") return true;
    const [, name = "", onlyPort] = /^(\[[^\]]+\]|[^:]*|[0-9a-f:]+(?:\/\d+)?)(?::(\d+))?$/i.exec(entry) ?? [];
    if (onlyPort !== undefined && onlyPort !== port) continue;
    if (namesHost(name.replace(/^\[|\]$/g, "").toLowerCase(), host)) return true;
    if (name.includes("/") && (await isInBlock(host, name))) return true;
  }
  return false;
}

function namesHost(name: string, host: string): boolean {
  if (name === "") return false;
  if (name.startsWith("*.")) return host.endsWith(name.slice(1));
  return name.startsWith(".") ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

async function isInBlock(host: string, block: string): Promise<boolean> {
  const { BlockList, isIP } = await import("node:net");
  const [network = "", prefix = ""] = block.split("/");
  const bits = Number(prefix);
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(prefix) || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const kind = family === 4 ? "ipv4" : "ipv6";
  list.addSubnet(network, bits, kind);
  return list.check(host, kind);
}
