import { statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";

/**
 * Where the sandbox finds an issuer that has a real-looking URL, as `curl --resolve` would: a setting of the sandbox process
 * only, which no profile and no request can change.
 */
export type IssuerMapping =
  /** A published folder: the sandbox serves it under the issuer's URL. */
  | { readonly kind: "folder"; readonly url: string; readonly folder: string }
  /** An HTTPS server on this machine whose certificate is of the sandbox's CA. */
  | { readonly kind: "address"; readonly url: string; readonly host: string; readonly port: number }
  /** A plain HTTP server on this machine: the sandbox adds TLS in front of it, as a load balancer would. */
  | { readonly kind: "behind"; readonly url: string; readonly host: string; readonly port: number };

/**
 * Reads `https://issuer.example/laptop-7f3a=FOLDER`, `https://issuer.example=127.0.0.1:8443` or
 * `https://issuer.example=http://127.0.0.1:8080`.
 *
 * @throws {Fault} `USAGE_INVALID` for another form; `URL_INVALID` for an issuer URL that IAM would not take.
 */
export function parseIssuerMapping(text: string, workingFolder: string): IssuerMapping {
  const [, url = "", target = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (url === "" || target === "") {
    throw new Fault("USAGE_INVALID", `"${text}" does not map an issuer`, {
      hints: ["write `--issuer https://issuer.example/laptop=FOLDER` or `--issuer https://issuer.example=127.0.0.1:8443`"],
    });
  }
  checkIssuerUrl(url);
  const address = /^(http:\/\/)?(127(?:\.\d{1,3}){3}|localhost|\[::1\]):(\d{1,5})\/?$/.exec(target);
  if (address !== null) {
    const host = (address[2] ?? "").replace(/[[\]]/g, "");
    const kind = address[1] === undefined ? "address" : "behind";
    return { kind, url, host: host === "localhost" ? "127.0.0.1" : host, port: Number(address[3]) };
  }
  if (/^([\w.-]+:\d+|[a-z]+:\/\/.*)$/i.test(target)) {
    throw new Fault("USAGE_INVALID", `"${target}" is not an address of this machine, and the sandbox fetches from nowhere else`);
  }
  const folder = isAbsolute(target) ? target : resolve(workingFolder, target);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Fault("FILE_UNREADABLE", `the folder ${folder} for ${url} does not exist`, {
      hints: [`publish the issuer there first: \`${shellCommand`brevet issuer publish --to ${folder}`}\``],
    });
  }
  return { kind: "folder", url, folder };
}

/**
 * Holds an issuer URL to what IAM takes for an OIDC provider: https, a path at most, no port, query or fragment, and at
 * most 255 characters.
 *
 * @throws {Fault} `URL_INVALID`
 * @see IAM API Reference, CreateOpenIDConnectProvider, Url
 */
export function checkIssuerUrl(text: string): URL {
  const refuse = (reason: string): Fault => new Fault("URL_INVALID", `the issuer URL "${text}" ${reason}`);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw refuse("is not a URL");
  if (url.protocol !== "https:") throw refuse("does not begin with https://");
  if (url.port !== "" || /^https:\/\/[^/]*:\d/.test(text)) throw refuse("has a port, and IAM takes none");
  if (url.search !== "" || url.hash !== "" || /[?#]/.test(text)) throw refuse("has a query or a fragment");
  if (url.username !== "" || url.password !== "") throw refuse("has a user name");
  if (text.length > 255) throw refuse("is longer than 255 characters");
  return url;
}

/** The mapping for a URL that a verifier wants to fetch: the same host, and for folders the longest issuer path above it. */
export function findMapping(mappings: readonly IssuerMapping[], target: URL): IssuerMapping | null {
  const above = mappings.filter((mapping) => {
    const issuer = new URL(mapping.url);
    return issuer.host === target.host && (mapping.kind !== "folder" || isBelow(target.pathname, issuer.pathname));
  });
  return above.sort((a, b) => b.url.length - a.url.length)[0] ?? null;
}

function isBelow(path: string, folder: string): boolean {
  const prefix = folder.endsWith("/") ? folder : `${folder}/`;
  return path.startsWith(prefix);
}

/** The host names for which the sandbox itself answers, each once. */
export function servedHosts(mappings: readonly IssuerMapping[]): readonly string[] {
  const served = mappings.filter((mapping) => mapping.kind !== "address");
  return [...new Set(served.map((mapping) => new URL(mapping.url).hostname))];
}

/** Where the hosts of mapped issuers are reached on this machine, as `--resolve` is told it. @param port the sandbox's own. */
export function addressesOf(mappings: readonly IssuerMapping[], port: number): readonly string[] {
  const addresses = mappings.map((mapping) => {
    const { host, port: itsPort } = mapping.kind === "address" ? mapping : { host: "127.0.0.1", port };
    return `${new URL(mapping.url).hostname}=${host.includes(":") ? `[${host}]` : host}:${itsPort}`;
  });
  return [...new Set(addresses)];
}
