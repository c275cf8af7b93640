import { realpathSync } from "node:fs";
import { request } from "node:http";
import { join, sep } from "node:path";
import { sha256Hex } from "../../core/digest.ts";
import { readPlainText } from "../../platform/plain-file.ts";
import type { SandboxAnswer } from "../service.ts";
import { findMapping, type IssuerMapping } from "./mapping.ts";

/**
 * Serves a mapped issuer under its URL: a published folder as a static web host would (`GET` and `HEAD` of plain files, with
 * the headers of a well-kept host; everything else is 404), and a local HTTP server as a load balancer would.
 */
export async function serveIssuer(
  mappings: readonly IssuerMapping[],
  asked: { readonly method: string; readonly host: string; readonly path: string },
): Promise<SandboxAnswer> {
  if (asked.method !== "GET" && asked.method !== "HEAD") return plain(405, "method not allowed");
  const url = new URL(`https://${asked.host}${asked.path}`);
  const mapping = findMapping(mappings, url);
  if (mapping?.kind === "behind") return passOn(mapping, url);
  if (mapping?.kind !== "folder") return plain(404, "no published folder is mapped to this path");
  const below = url.pathname.slice(new URL(mapping.url).pathname.replace(/\/$/, "").length + 1);
  const body = readBelow(mapping.folder, below);
  if (body === null) return plain(404, "no such document is published");
  return {
    status: 200,
    headers: {
      "content-type": contentType(below),
      "cache-control": "public, max-age=300",
      etag: `"${sha256Hex(body).slice(0, 32)}"`,
    },
    body,
  };
}

const UPSTREAM_DEADLINE_MS = 5000;
const UPSTREAM_MAX_BYTES = 1024 * 1024;

/** Fetches from the server behind; what it answers is handed on as it is, also a redirect or an error. */
function passOn(mapping: { readonly host: string; readonly port: number }, url: URL): Promise<SandboxAnswer> {
  return new Promise((settle) => {
    const fail = (why: string): void => settle(plain(502, `the server at ${mapping.host}:${mapping.port}: ${why}`));
    const headers = { host: url.host, accept: "application/json", "x-forwarded-proto": "https", "x-forwarded-host": url.host };
    const target = { host: mapping.host, port: mapping.port, path: url.pathname + url.search, headers, agent: false };
    const outgoing = request({ ...target, signal: AbortSignal.timeout(UPSTREAM_DEADLINE_MS) }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > UPSTREAM_MAX_BYTES) outgoing.destroy(new Error("the document is too large"));
        else chunks.push(chunk);
      });
      response.on("end", () => {
        const {
          "content-type": contentType = "application/octet-stream",
          "cache-control": cacheControl,
          location,
        } = response.headers;
        const kept = {
          ...(cacheControl === undefined ? {} : { "cache-control": cacheControl }),
          ...(location === undefined ? {} : { location }),
        };
        settle({
          status: response.statusCode ?? 502,
          headers: { "content-type": contentType, ...kept },
          body: Buffer.concat(chunks).toString("utf8"),
        });
      });
    });
    outgoing.on("error", (error) => fail(error.message));
    outgoing.end();
  });
}

/** A regular file below the folder; null for anything that is elsewhere, also by `..`, an encoded slash or a link. */
function readBelow(folder: string, path: string): string | null {
  try {
    const root = realpathSync(folder);
    const file = realpathSync(join(root, decodeURIComponent(path)));
    if (!file.startsWith(root + sep)) return null;
    return readPlainText(file);
  } catch {
    return null;
  }
}

function contentType(path: string): string {
  return path.endsWith(".json") || path.includes(".well-known/") ? "application/json" : "text/plain; charset=utf-8";
}

function plain(status: number, text: string): SandboxAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: `${text}\n` };
}
