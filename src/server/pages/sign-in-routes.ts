import { Fault } from "../../core/fault.ts";
import type { Route } from "../http/route.ts";
import { findPerson } from "../people/person.ts";
import { beginWebSession, endWebSession } from "../people/web-session.ts";
import { beginSignIn, finishSignIn } from "../webauthn/sign-in.ts";
import { ceremonyForm } from "./ceremony-form.ts";
import { html } from "./html.ts";
import { jsonAnswer, pageAnswer, seeOther } from "./page.ts";
import { fieldOf, type PageParts } from "./page-parts.ts";
import { ownPath, signedIn } from "./signed-in.ts";
import { pageRoute, requireSameOrigin } from "./visitor.ts";

/** Signing in to our own pages, and out of them. */
export function signInRoutes(parts: PageParts): readonly Route[] {
  const { organisation, party, now, cookies } = parts;
  return [
    { method: "GET", path: "/", answer: async () => seeOther("/account") },
    {
      method: "GET",
      path: "/sign-in",
      async answer({ query }) {
        const form = ceremonyForm({
          ceremony: "get",
          begin: "/sign-in/begin",
          finish: "/sign-in/finish",
          fields: html`<input type="hidden" name="next" value="${ownPath(query.get("next"))}">`,
          button: "Sign in with a passkey or security key",
        });
        return pageAnswer({ title: "Sign in", organisation, content: html`<p>To see your keys and groups.</p>${form}` });
      },
    },
    {
      method: "POST",
      path: "/sign-in/begin",
      body: "json",
      async answer(request, unit) {
        requireSameOrigin(request, party.origin);
        return jsonAnswer(await beginSignIn(party, null, unit, now()));
      },
    },
    {
      method: "POST",
      path: "/sign-in/finish",
      body: "json",
      async answer(request, unit) {
        requireSameOrigin(request, party.origin);
        const handle = String(fieldOf(request.json, "handle") ?? "");
        const { person, level, id } = await finishSignIn(party, "sign-in", handle, fieldOf(request.json, "answer"), unit, now());
        if ((await findPerson(unit, person))?.active !== true)
          throw new Fault("PASSKEY_REFUSED", "this key does not sign in here");
        const details = { passkey: id, level };
        unit.record({ name: "person.signed-in", actor: person, client: null, address: request.address, details });
        const next = fieldOf(request.json, "next");
        return jsonAnswer({ location: ownPath(typeof next === "string" ? next : undefined) }, [
          cookies.set(beginWebSession(unit, person, level, now())),
        ]);
      },
    },
    pageRoute(organisation, {
      method: "POST",
      path: "/sign-out",
      body: "form",
      answer: signedIn(parts, async (visitor, _request, unit) => {
        endWebSession(unit, visitor.secret);
        return seeOther("/sign-in", [cookies.clear()]);
      }),
    }),
  ];
}
