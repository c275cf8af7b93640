import { Fault } from "../../core/fault.ts";
import type { Answer, ServerRequest } from "../http/route.ts";
import { FRESH_SECONDS, isFresh, type WebSession } from "../people/web-session.ts";
import { ceremonyForm } from "./ceremony-form.ts";
import { type Html, html } from "./html.ts";
import { pageAnswer } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { onPart } from "./table.ts";

/** The path of the ceremony by which a person uses their key once more. */
export const CONFIRM = "/account/confirm";
const MINUTES = FRESH_SECONDS / 60;

/** The form that begins that ceremony. @param again the form that is sent once it is done; default: the account is shown. */
export function useKeyAgainForm(again: Html | null): Html {
  const form = ceremonyForm({ ceremony: "get", begin: `${CONFIRM}/begin`, finish: `${CONFIRM}/finish`, button: "Use your key" });
  return html`${form}${again}`;
}

/** Said beside the empty field of a secret in a form that is shown again. */
export const NOT_KEPT = "it is not kept: type it again";

/** What is not written into a page by which somebody comes back later: it is typed again. */
const SECRETS: ReadonlyMap<string, string> = new Map([["clientSecret", "Client secret"]]);

/**
 * The answer to a form that needs the key to have been used just now: the person uses it, and the page's script sends the form
 * again. What they typed is not lost. That the form was on a page of theirs was checked already.
 */
export function useKeyAgain({ organisation }: Pick<PageParts, "organisation">, { path, query, form }: ServerRequest): Answer {
  const typed = [...form].filter(([name]) => name !== "form_token");
  const secrets = typed.filter(([name, value]) => SECRETS.has(name) && value !== "");
  const fields = typed
    .filter((field) => !secrets.includes(field))
    .map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  const again = secrets.map(
    ([name]) => html`<label>${SECRETS.get(name) ?? name} <small>${NOT_KEPT}, before you use your key</small>
<input name="${name}" type="password" maxlength="1000" autocomplete="off" required></label>`,
  );
  const sent = html`<form method="post" action="${onPart(path, query)}" data-again>${fields}<input type="hidden" name="form_token">${again}</form>`;
  const content = html`<p>It was longer than ${MINUTES} minutes ago that you used it. What you sent is kept on this page, and is sent again
once you have.</p>${secrets.length > 0 ? html`${sent}${useKeyAgainForm(null)}` : useKeyAgainForm(sent)}`;
  return pageAnswer({ title: "Use your key again", organisation, content }, { status: 403 });
}

/** @throws {Fault} `SIGN_IN_STALE`, for a request of the script's */
export function requireFresh(session: WebSession, { now }: Pick<PageParts, "now">): void {
  if (isFresh(session, now())) return;
  throw new Fault("SIGN_IN_STALE", `for this, your key has to have been used in the last ${MINUTES} minutes`, {
    hints: ["load this page again: it asks for your key first"],
  });
}
