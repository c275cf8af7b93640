import { Fault } from "../../core/fault.ts";
import type { Answer, ServerRequest } from "../http/route.ts";
import { beginWebSession, findWebSession, type WebSession } from "../people/web-session.ts";
import type { Unit } from "../store/unit.ts";
import type { Passkey } from "../webauthn/passkey.ts";
import { type Html, html } from "./html.ts";
import { seeOther } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { requireFresh, useKeyAgain } from "./use-key-again.ts";
import { formToken, requireFormToken, requireSameOrigin } from "./visitor.ts";

/** Somebody on one of our own pages. */
export interface Visitor extends WebSession {
  /** The secret of their cookie. */
  readonly secret: string;
  /** A hidden field, for every form. */
  readonly formField: Html;
}

/**
 * Has a route answered for a person who is signed in; everybody else is sent to the sign-in page, and comes back from there. A
 * person whose session has expired uses their key again, and a form that they sent is kept meanwhile.
 *
 * @param who "over too": the route takes who they were until then for enough.
 */
export function signedIn(
  parts: PageParts,
  answer: (visitor: Visitor, request: ServerRequest, unit: Unit) => Promise<Answer>,
  who?: "over too",
): (request: ServerRequest, unit: Unit) => Promise<Answer> {
  const { cookie, now, formKey, party } = parts;
  return async (request, unit) => {
    if (request.method !== "GET" && request.method !== "HEAD") requireSameOrigin(request, party.origin);
    const secret = request.cookies.get(cookie.name);
    const session = await findWebSession(unit, secret, now());
    const looks = request.method !== "POST";
    if (session === null || secret === undefined || (session.isOver && looks)) {
      return seeOther(looks ? `/sign-in?next=${encodeURIComponent(request.path)}` : "/sign-in");
    }
    const isForm = !looks && request.json === null;
    if (isForm) requireFormToken(request, formKey, secret);
    if (session.isOver && who === undefined) {
      if (isForm) return useKeyAgain(parts, request);
      requireFresh(session, parts);
    }
    const formField = html`<input type="hidden" name="form_token" value="${formToken(formKey, secret)}">`;
    return answer({ ...session, secret, formField }, request, unit);
  };
}

/** Collects a session for the person who has just used a key in this browser. @returns the secret of its cookie. */
export function beginSession(
  { cookie, now }: PageParts,
  { cookies, address }: ServerRequest,
  unit: Unit,
  { person, level }: Pick<Passkey, "person" | "level">,
): string {
  return beginWebSession(unit, { person, level, address, before: cookies.get(cookie.name), now: now() });
}

/** @throws {Fault} `ADMINISTRATOR_NEEDED` */
export function requireAdministrator({ isAdministrator }: Visitor): void {
  if (!isAdministrator) throw new Fault("ADMINISTRATOR_NEEDED", "only administrators may see and change this");
}

/** A path of our own pages, as the sign-in page was told it: nothing that leads to another host. */
export function ownPath(next: string | undefined): string {
  return next !== undefined && /^\/(?:account|admin)(?:\/[\w-]+)*$/.test(next) ? next : "/account";
}
