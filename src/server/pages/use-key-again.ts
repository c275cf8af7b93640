import { Fault } from "../../core/fault.ts";
import type { Answer, Route, ServerRequest } from "../http/route.ts";
import { beginWebSession, endWebSession, FRESH_SECONDS, isFresh } from "../people/web-session.ts";
import { beginSignIn, finishSignIn } from "../webauthn/sign-in.ts";
import { ceremonyForm } from "./ceremony-form.ts";
import { type Html, html } from "./html.ts";
import { jsonAnswer, pageAnswer } from "./page.ts";
import { fieldOf, type PageParts } from "./page-parts.ts";
import { signedIn, type Visitor } from "./signed-in.ts";
import { formToken } from "./visitor.ts";

const PATH = "/account/confirm";
const MINUTES = FRESH_SECONDS / 60;

/** The ceremony of who is signed in already, and uses their key once more. */
export function useKeyAgainRoutes(parts: PageParts): readonly Route[] {
  const { party, now, cookies, formKey } = parts;
  return [
    {
      method: "POST",
      path: `${PATH}/begin`,
      body: "json",
      answer: signedIn(parts, async ({ person }, _request, unit) => jsonAnswer(await beginSignIn(party, person.id, unit, now()))),
    },
    {
      method: "POST",
      path: `${PATH}/finish`,
      body: "json",
      answer: signedIn(parts, async (visitor, { json, address }, unit) => {
        const handle = String(fieldOf(json, "handle") ?? "");
        const { id, person, level } = await finishSignIn(party, "confirm", handle, fieldOf(json, "answer"), unit, now());
        if (person !== visitor.person.id) throw new Fault("PASSKEY_REFUSED", "this is somebody else's key");
        endWebSession(unit, visitor.secret);
        const secret = beginWebSession(unit, person, level, now());
        unit.record({ name: "person.signed-in", actor: person, client: null, address, details: { passkey: id, level } });
        return jsonAnswer({ location: "/account", formToken: formToken(formKey, secret) }, [cookies.set(secret)]);
      }),
    },
  ];
}

/** The form that begins that ceremony. @param again the form that is sent once it is done; default: the account is shown. */
export function useKeyAgainForm(again: Html | null): Html {
  const form = ceremonyForm({ ceremony: "get", begin: `${PATH}/begin`, finish: `${PATH}/finish`, button: "Use your key" });
  return html`${form}${again}`;
}

/**
 * The answer to a form of who did not use their key a moment ago: they use it, and the page's script sends the form again as it was.
 * What they typed is not lost. That the form was on a page of theirs was checked already.
 */
export function useKeyAgain({ organisation }: PageParts, { path, form }: ServerRequest): Answer {
  const fields = [...form].map(([name, value]) =>
    name === "form_token" ? html`` : html`<input type="hidden" name="${name}" value="${value}">`,
  );
  const again = html`<form method="post" action="${path}" data-again>${fields}<input type="hidden" name="form_token"></form>`;
  const content = html`<p>It was longer than ${MINUTES} minutes ago that you used it. What you sent is kept on this page, and is sent again
once you have.</p>${useKeyAgainForm(again)}`;
  return pageAnswer({ title: "Use your key again", organisation, content }, { status: 403 });
}

/** @throws {Fault} `SIGN_IN_STALE`, for a request of the script's */
export function requireFresh(visitor: Visitor, { now }: PageParts): void {
  if (isFresh(visitor, now())) return;
  throw new Fault("SIGN_IN_STALE", `for this, your key has to have been used in the last ${MINUTES} minutes`, {
    hints: ["load this page again: it asks for your key first"],
  });
}
