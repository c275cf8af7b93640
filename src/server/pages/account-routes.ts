import type { Level } from "../../wire/brevet-api/levels.ts";
import type { Route } from "../http/route.ts";
import { type Passkey, passkeysOf } from "../webauthn/passkey.ts";
import { type Html, html } from "./html.ts";
import { pageAnswer } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { signedIn, type Visitor } from "./signed-in.ts";
import { pageRoute } from "./visitor.ts";

/** What a level means, in words. */
const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  recovery: "for recovery",
  passkey: "passkey, may be on several devices",
  "device-bound": "stays on one device",
  attested: "stays on one device, proved by its maker",
};

/** The page of a person's own things. */
export function accountRoutes(parts: PageParts): readonly Route[] {
  return [
    pageRoute(parts.organisation, {
      method: "GET",
      path: "/account",
      answer: signedIn(parts, async (visitor, _request, unit) => {
        const keys = await passkeysOf(unit, visitor.person.id);
        const content = html`${aboutPerson(visitor)}<h2>Your keys</h2>${keyTable(keys)}${commandLine(parts.party.origin)}
<form method="post" action="/sign-out">${visitor.formField}<button class="quiet">Sign out</button></form>`;
        return pageAnswer({ title: visitor.person.name, organisation: parts.organisation, wide: true, content });
      }),
    }),
  ];
}

function aboutPerson({ person, groups }: Visitor): Html {
  return html`<dl><dt>E-mail</dt><dd>${person.email}</dd><dt>Groups</dt><dd>${groups.join(", ") || "none"}</dd></dl>`;
}

function keyTable(keys: readonly Passkey[]): Html {
  const rows = keys.map(
    ({ name, level, madeAt, usedAt }) => html`<tr><td>${name}</td><td>${LEVEL_WORDS[level]}</td><td>${dayOf(madeAt)}</td>
<td>${usedAt === null ? "never" : dayOf(usedAt)}</td></tr>`,
  );
  return html`<div class="scroll"><table><thead><tr><th scope="col">Name</th><th scope="col">Kind</th><th scope="col">Added</th>
<th scope="col">Last used</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function commandLine(issuer: string): Html {
  return html`<h2>In your terminal</h2><p>Sign in once a day; every profile works until the session ends.</p>
<pre><code>brevet login ${issuer}
brevet setup aws --role arn:aws:iam::ACCOUNT:role/NAME</code></pre>`;
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
