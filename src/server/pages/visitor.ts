import { createHmac, timingSafeEqual } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import type { Answer, Route, ServerRequest } from "../http/route.ts";
import { statusOf } from "../http/status.ts";
import type { Unit } from "../store/unit.ts";
import { type Html, html, withCode } from "./html.ts";
import { pageAnswer } from "./page.ts";

/**
 * Refuses what a page of another site has a browser send: every supported browser says where a request comes from.
 *
 * @throws {Fault} `REQUEST_FOREIGN`
 * @see Fetch Metadata Request Headers §2.3; RFC 6454 §7
 */
export function requireSameOrigin(request: ServerRequest, origin: string): void {
  const site = request.header("sec-fetch-site");
  const named = request.header("origin");
  const known = named === origin || (named === null && site === "same-origin");
  if (known && (site === null || site === "same-origin")) return;
  throw new Fault("REQUEST_FOREIGN", "this was sent by another site, or by a browser that does not say where it comes from", {
    hints: ["begin on the page of this server itself"],
  });
}

/** The hidden field of a form: nobody who does not see the page can send it. */
export function formToken(key: Buffer, secret: string): string {
  return createHmac("sha256", key).update(secret).digest("base64url");
}

/** @throws {Fault} `REQUEST_FOREIGN` for a form that was not on the page of this visitor. */
export function requireFormToken(request: ServerRequest, key: Buffer, secret: string): void {
  const expected = Buffer.from(formToken(key, secret));
  const given = Buffer.from(request.form.get("form_token") ?? "");
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw new Fault("REQUEST_FOREIGN", "this form was not on a page of yours, or that page is too old", {
    hints: ["open the page again, and send the form from there"],
  });
}

/** The title of the page that shows a refusal. */
export const REFUSED = "This did not work";

/** A route whose refusals are pages, for people. */
export function pageRoute(organisation: string, route: Route): Route {
  const refused = (said: Html, { code }: Fault): Answer => {
    const content = html`${said}<p><a href="/account">To your account</a></p>`;
    return pageAnswer({ title: REFUSED, organisation, content }, { status: statusOf(code) });
  };
  return { ...route, answer: (request, unit) => refusedByPage(refused, unit, () => route.answer(request, unit)) };
}

/**
 * Does what a route does, and makes a page of a refusal, even of one at commit, which is why it commits here.
 *
 * @param refused makes the page from the text of the refusal.
 */
export async function refusedByPage(
  refused: (said: Html, cause: Fault) => Answer | Promise<Answer>,
  unit: Unit,
  work: () => Promise<Answer>,
): Promise<Answer> {
  try {
    const answer = await work();
    if (answer.status < 500) await unit.commit();
    return answer;
  } catch (cause) {
    if (!(cause instanceof Fault) || statusOf(cause.code) >= 500) throw cause;
    unit.discard();
    const hints = cause.hints.map((hint) => html`<p>${sentence(hint)}</p>`);
    return refused(html`<p role="alert">${sentence(cause.message)}</p>${hints}`, cause);
  }
}

function sentence(text: string): Html {
  return withCode(`${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`);
}
