import { createHash } from "node:crypto";
import type { Asker } from "../../core/session.ts";
import type { LoopbackAnswer } from "../../platform/http/listen-on-loopback.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --ground: #f3f4f6; --line: #d0d7de; --act: #0b57d0; --on-act: #fff; --good: #1a7f37; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9aa4af; --paper: #161b22; --ground: #0d1117; --line: #30363d; --act: #a8c7fa; --on-act: #062e6f; --good: #56d364; --bad: #ff7b72; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 30rem; padding: 2rem; background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.35rem; line-height: 1.3; }
h1.good { color: var(--good); }
h1.bad { color: var(--bad); }
p { margin: 0 0 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 1.5rem; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
dt { color: var(--soft); }
dd { margin: 0; font-weight: 600; }
.choice { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 0 1rem; }
.choice a, .choice button { font: inherit; padding: .6rem 1.1rem; border-radius: .5rem; border: 1px solid var(--line); text-decoration: none; cursor: pointer; }
.choice a { background: var(--act); border-color: var(--act); color: var(--on-act); font-weight: 600; }
.choice button { background: none; color: inherit; }
a:focus-visible, button:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
small { color: var(--soft); }
code { font-size: .9em; }
`;

const STYLE_DIGEST = createHash("sha256").update(STYLE).digest("base64");

/** Nothing but this page, its style and its empty icon: no script runs, nothing is loaded, nobody may frame it. */
const POLICY = `default-src 'none'; img-src data:; style-src 'sha256-${STYLE_DIGEST}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** What the person sees first: who asked, and where the sign-in will be. */
export function landingPage(asker: Asker, provider: { readonly issuer: string; readonly url: string }): string {
  const host = new URL(provider.issuer).host;
  const rows = [
    ["program", asker.program],
    ["profile", asker.profile],
    ["sign in at", host],
  ].flatMap(([name, value]) => (value ? [`<dt>${escapeHtml(name ?? "")}</dt><dd>${escapeHtml(value)}</dd>`] : []));
  return page(
    "Sign in to go on",
    "",
    `<p>A program on this machine asks brevet for credentials, and you have to sign in for that.</p>
<dl>${rows.join("")}</dl>
<form class="choice" method="post" action="${CANCEL}"><a href="${escapeHtml(provider.url)}">Continue to ${escapeHtml(host)}</a><button>Cancel</button></form>
<small>If you did not start this, cancel: nothing else happens.</small>`,
  );
}

/** Beside the address of the landing page. */
export const CANCEL = "cancel";

/** The end of a sign-in that worked. */
export function signedInPage(who: string): string {
  return page("Signed in", "good", `<p>You are signed in as <strong>${escapeHtml(who)}</strong>.</p>${BACK}`);
}

/** The end of one that did not, or an answer that belongs to none. */
export function failedPage(message: string, code: string): string {
  return page("The sign-in failed", "bad", `<p>${escapeHtml(message)}</p><p><code>${escapeHtml(code)}</code></p>${BACK}`);
}

/** After the person has cancelled. */
export function cancelledPage(): string {
  return page("Cancelled", "", `<p>Nobody was signed in.</p>${BACK}`);
}

const BACK = "<small>You can close this tab and go back to your program.</small>";

function page(title: string, tone: "good" | "bad" | "", body: string): string {
  const heading = tone === "" ? "<h1>" : `<h1 class="${tone}">`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · brevet</title><link rel="icon" href="data:,"><style>${STYLE}</style></head>
<body><main>${heading}${escapeHtml(title)}</h1>
${body}
</main></body></html>
`;
}

/** A page as it is sent. */
export function htmlAnswer(status: number, body: string): LoopbackAnswer {
  return { status, headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": POLICY }, body };
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}
