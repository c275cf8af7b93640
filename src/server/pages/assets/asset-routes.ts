import { sha256Hex } from "../../../core/digest.ts";
import type { Route } from "../../http/route.ts";
import { ICON } from "./icon.ts";
import { PAGE_SCRIPT } from "./page-script.ts";
import { STYLE } from "./style.ts";

/** Names an asset by what is in it: a page and its assets always are of the same version, however long a browser keeps them. */
function asset(name: string, type: string, body: string): { readonly path: string; readonly route: Route } {
  const digest = sha256Hex(body).slice(0, 16);
  const path = `/assets/${digest}/${name}`;
  const headers = { "content-type": `${type}; charset=utf-8`, "cache-control": "public, max-age=31536000, immutable" };
  return { path, route: { method: "GET", path, answer: async () => ({ status: 200, headers, body }) } };
}

const style = asset("brevet.css", "text/css", STYLE);
const script = asset("pages.js", "text/javascript", PAGE_SCRIPT);
const icon = asset("icon.svg", "image/svg+xml", ICON);

/** Where pages find their style, script and icon. */
export const ASSETS = { style: style.path, script: script.path, icon: icon.path } as const;

/** The routes of the assets. */
export const assetRoutes: readonly Route[] = [style.route, script.route, icon.route];
