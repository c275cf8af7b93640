import type { Answer } from "../http/route.ts";
import { ASSETS } from "./assets/asset-routes.ts";
import { type Html, html } from "./html.ts";

/** One page. */
export interface Page {
  readonly title: string;
  readonly content: Html;
  /** The head of every page: the organisation's name. */
  readonly organisation: string;
  /** For tables; default: a narrow one. */
  readonly wide?: true;
  /** Links next to the organisation's name. */
  readonly links?: Html;
}

/** A page as a whole document. */
export function document({ title, content, organisation, wide, links }: Page): string {
  const { markup } = html`<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} – ${organisation}</title>
<link rel="icon" href="${ASSETS.icon}"><link rel="stylesheet" href="${ASSETS.style}"><script defer src="${ASSETS.script}"></script></head>
<body class="${wide === true ? "wide" : "narrow"}"><a class="skip" href="#content">To the content</a>
<header><img src="${ASSETS.icon}" alt="" width="28" height="28"><strong>${organisation}</strong>${links ?? null}</header>
<main id="content" tabindex="-1"><h1>${title}</h1>
${content}
</main></body></html>
`;
  return `<!doctype html>${markup}`;
}

/** Shown for an address without a page, or with none that can be asked for in that way. */
export function absentPage(organisation: string): string {
  const content = html`<p>A link may have been cut, or typed wrongly.</p><p><a href="/account">To your account</a></p>`;
  return document({ title: "There is no such page", content, organisation });
}

/** A page as an answer, which no browser and no proxy keeps. */
export function pageAnswer(page: Page, { status = 200, cookies = [] as readonly string[] } = {}): Answer {
  return { status, headers: PAGE_HEADERS, cookies, body: document(page) };
}

const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  // With `no-referrer` browsers name no origin when they send a form, and our own forms could not be told from foreign ones.
  "referrer-policy": "same-origin",
};

/** Sends the browser on. */
export function seeOther(location: string, cookies: readonly string[] = []): Answer {
  return { status: 303, headers: { location, "cache-control": "no-store" }, cookies };
}
