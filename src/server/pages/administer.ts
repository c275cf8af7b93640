import type { Author } from "../audit/event.ts";
import type { Answer, Route, ServerRequest } from "../http/route.ts";
import type { Unit } from "../store/unit.ts";
import { type Html, html } from "./html.ts";
import { requireFresh } from "./key-routes.ts";
import { pageAnswer } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { requireAdministrator, signedIn, type Visitor } from "./signed-in.ts";
import { pageRoute } from "./visitor.ts";

/** The pages of administrators, in the order of their links. */
const PAGES = {
  "/admin": "People",
  "/admin/keys": "Keys",
  "/admin/clients": "Clients",
  "/admin/rules": "Rules",
  "/admin/signing-keys": "Signing keys",
  "/admin/audit": "Audit log",
  "/admin/sign-in-provider": "Sign-in provider",
} as const;

type Path = keyof typeof PAGES;

/** A page that an administrator looks at. */
export function look(
  parts: PageParts,
  path: Path,
  content: (visitor: Visitor, request: ServerRequest, unit: Unit) => Promise<Html>,
): Route {
  return pageRoute(parts.organisation, {
    method: "GET",
    path,
    answer: signedIn(parts, async (visitor, request, unit) => {
      requireAdministrator(visitor);
      return adminPage(parts, path, await content(visitor, request, unit));
    }),
  });
}

/** What an administrator changes by a form, with a key that was used a moment ago. */
export function change(
  parts: PageParts,
  path: string,
  answer: (visitor: Visitor & { readonly by: Author }, request: ServerRequest, unit: Unit) => Promise<Answer>,
): Route {
  return pageRoute(parts.organisation, {
    method: "POST",
    path,
    body: "form",
    answer: signedIn(parts, async (visitor, request, unit) => {
      requireAdministrator(visitor);
      requireFresh(visitor, parts);
      return answer({ ...visitor, by: { actor: visitor.person.id, client: null, address: request.address } }, request, unit);
    }),
  });
}

/** A page with the links to the others. */
export function adminPage({ organisation }: PageParts, path: Path, content: Html, status = 200): Answer {
  return pageAnswer({ title: PAGES[path], organisation, wide: true, links: adminLinks(path), content }, { status });
}

/** The links between the pages of administrators. */
export function adminLinks(here: Path): Html {
  const links = Object.entries(PAGES).map(([path, title]) =>
    path === here ? html`<a href="${path}" aria-current="page">${title}</a> ` : html`<a href="${path}">${title}</a> `,
  );
  return html`<nav aria-label="Administration">${links}<a href="/account">Your account</a></nav>`;
}

/** Rows under named columns, which scroll by themselves where the screen is narrow. */
export function table(label: string, columns: readonly string[], rows: readonly Html[]): Html {
  const head = columns.map((column) => html`<th scope="col">${column}</th>`);
  if (rows.length === 0) return html`<p>There is none.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** The way to the next page of a list. */
export function more(path: string, query: Readonly<Record<string, string | undefined>>, cursor: string | null): Html | null {
  if (cursor === null) return null;
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== "");
  return html`<p><a href="${path}?${new URLSearchParams([...given, ["cursor", cursor]]).toString()}">More</a></p>`;
}

/** `2026-03-04 12:30` in UTC. */
export function minute(seconds: number | null): string {
  return seconds === null ? "" : new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}
