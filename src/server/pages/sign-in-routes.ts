import { ENDPOINTS } from "../../wire/brevet-api/endpoints.ts";
import type { Route } from "../http/route.ts";
import { endWebSession } from "../people/web-session.ts";
import { ceremonyForm } from "./ceremony-form.ts";
import { html } from "./html.ts";
import { pageAnswer, seeOther } from "./page.ts";
import { fieldOf, type PageParts } from "./page-parts.ts";
import { signInCeremony } from "./sign-in-ceremony.ts";
import { ownPath, signedIn } from "./signed-in.ts";
import { pageRoute } from "./visitor.ts";

const LOST = html`<p class="soft">Every key lost? <a href="/recover">Use a recovery code</a>.</p>`;

/** Signing in to our own pages, and out of them. */
export function signInRoutes(parts: PageParts): readonly Route[] {
  const { organisation, cookie } = parts;
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
        return pageAnswer({ title: "Sign in", organisation, content: html`<p>To see your keys and groups.</p>${form}${LOST}` });
      },
    },
    ...signInCeremony(parts, "/sign-in", async ({ json }) => {
      const next = fieldOf(json, "next");
      return ownPath(typeof next === "string" ? next : undefined);
    }),
    pageRoute(organisation, {
      method: "POST",
      path: "/sign-out",
      body: "form",
      answer: signedIn(
        parts,
        async (visitor, _request, unit) => {
          endWebSession(unit, visitor.secret);
          // That page asks whether to sign out of applications, too.
          return seeOther(ENDPOINTS.logout, [cookie.clear()]);
        },
        "over too",
      ),
    }),
  ];
}
