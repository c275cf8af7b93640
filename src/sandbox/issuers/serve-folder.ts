import { createHash } from "node:crypto";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import type { SandboxAnswer } from "../service.ts";
import { findMapping, type IssuerMapping } from "./mapping.ts";

/**
 * Serves a published folder under its issuer's URL, as a static web host would: `GET` and `HEAD` of plain files, with
 * the headers of a well-kept host. Everything else is 404: an issuer publishes two documents, and no listing.
 */
export function serveIssuer(
  mappings: readonly IssuerMapping[],
  request: { readonly method: string; readonly host: string; readonly path: string },
): SandboxAnswer {
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "method not allowed");
  const url = new URL(`https://${request.host}${request.path}`);
  const mapping = findMapping(mappings, url);
  if (mapping?.kind !== "folder") return plain(404, "no published folder is mapped to this path");
  const below = url.pathname.slice(new URL(mapping.url).pathname.replace(/\/$/, "").length + 1);
  const body = readBelow(mapping.folder, below);
  if (body === null) return plain(404, "no such document is published");
  return {
    status: 200,
    headers: {
      "content-type": contentType(below),
      "cache-control": "public, max-age=300",
      etag: `"${createHash("sha256").update(body).digest("hex").slice(0, 32)}"`,
    },
    body,
  };
}

/** A regular file below the folder; null for anything that is elsewhere, also by `..`, an encoded slash or a link. */
function readBelow(folder: string, path: string): string | null {
  try {
    const root = realpathSync(folder);
    const file = realpathSync(join(root, decodeURIComponent(path)));
    if (!file.startsWith(root + sep) || !statSync(file).isFile()) return null;
    return readFileSync(file, "utf8");
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
