import type { Fault } from "../../core/fault.ts";
import type { Author } from "../audit/event.ts";
import type { Answer, Route, ServerRequest } from "../http/route.ts";
import { statusOf } from "../http/status.ts";
import { isFresh } from "../people/web-session.ts";
import type { Unit } from "../store/unit.ts";
import { isStale } from "./form-version.ts";
import { type Html, html } from "./html.ts";
import { pageAnswer } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { requireAdministrator, signedIn, type Visitor } from "./signed-in.ts";
import { useKeyAgain } from "./use-key-again.ts";
import { pageRoute, REFUSED, refusedByPage } from "./visitor.ts";

/** The pages of administrators, in the order of their links. */
const PAGES = {
  "/admin": "People",
  "/admin/keys": "Keys",
  "/admin/clients": "Applications",
  "/admin/rules": "Rules",
  "/admin/signing-keys": "Signing keys",
  "/admin/audit": "Audit log",
  "/admin/sign-in-provider": "Sign-in provider",
} as const;

type Path = keyof typeof PAGES;

/** A page for administrators. */
export interface AdminPage {
  readonly path: Path;
  /** What it shows. When a form on it was refused, it is shown again with what was typed, which is in `request.form`. */
  content(visitor: Visitor, request: ServerRequest, unit: Unit, refusal: Fault | null): Promise<Html>;
}

/** A page that an administrator looks at. */
export function look(parts: PageParts, page: AdminPage): Route {
  const { path } = page;
  return administration(parts, { method: "GET", path }, path, async (visitor, request, unit) =>
    adminPage(parts, path, await page.content(visitor, request, unit, null)),
  );
}

/**
 * A form by which an administrator changes something. It requires that their key was used a moment ago.
 *
 * @param page the page with the form, if people type into it: a refusal shows it again.
 */
export function change(
  parts: PageParts,
  path: string,
  answer: (visitor: Visitor & { readonly by: Author }, request: ServerRequest, unit: Unit) => Promise<Answer>,
  page?: AdminPage,
): Route {
  const route = { method: "POST", path, body: "form" } as const;
  const changed: Answered = async (visitor, request, unit) => {
    if (!isFresh(visitor, parts.now())) return useKeyAgain(parts, request);
    return answer({ ...visitor, by: { actor: visitor.person.id, client: null, address: request.address } }, request, unit);
  };
  if (page === undefined) return administration(parts, route, null, changed);
  return administration(parts, route, page.path, changed, async (said, refusal, visitor, request, unit) => {
    const content = await page.content(visitor, request, unit, refusal);
    return adminPage(parts, page.path, html`${said}${isStale(refusal) ? KEPT : null}${content}`, statusOf(refusal.code));
  });
}

const KEPT = html`<p>This page shows what is saved now. What you typed is kept, and replaces it if you send it again.</p>`;

type Answered = (visitor: Visitor, request: ServerRequest, unit: Unit) => Promise<Answer>;

/** A route for administrators alone: its refusals have their links too, and other people's pages have none. */
function administration(
  parts: PageParts,
  route: Omit<Route, "answer">,
  path: Path | null,
  answer: Answered,
  refused?: (said: Html, refusal: Fault, ...asked: Parameters<Answered>) => Promise<Answer>,
): Route {
  const { organisation } = parts;
  const bare = (content: Html, { code }: Fault): Answer =>
    pageAnswer({ title: REFUSED, organisation, wide: true, links: adminLinks(path), content }, { status: statusOf(code) });
  return pageRoute(organisation, {
    ...route,
    answer: signedIn(parts, async (visitor, request, unit) => {
      requireAdministrator(visitor);
      const shown = (said: Html, cause: Fault) => refused?.(said, cause, visitor, request, unit) ?? bare(said, cause);
      return refusedByPage(shown, unit, () => answer(visitor, request, unit));
    }),
  });
}

/** A page with the links to the others. */
function adminPage({ organisation }: PageParts, path: Path, content: Html, status = 200): Answer {
  return pageAnswer({ title: PAGES[path], organisation, wide: true, links: adminLinks(path), content }, { status });
}

/** The links between the pages of administrators. */
export function adminLinks(here: Path | null): Html {
  const links = Object.entries(PAGES).map(([path, title]) =>
    path === here ? html`<a href="${path}" aria-current="page">${title}</a> ` : html`<a href="${path}">${title}</a> `,
  );
  return html`<nav aria-label="Administration">${links}<a href="/account">Your account</a></nav>`;
}
