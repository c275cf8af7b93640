import { issuerFormProblem } from "../../trust/aws/issuer-form.ts";
import type { Route } from "../http/route.ts";
import { ableAdministrators } from "../people/last-administrator.ts";
import { countRecoveryCodes } from "../people/recovery-codes.ts";
import { isFresh } from "../people/web-session.ts";
import { type Passkey, passkeysOf } from "../webauthn/passkey.ts";
import { ceremonyForm } from "./ceremony-form.ts";
import { type Html, html } from "./html.ts";
import { keysTaken } from "./keys-taken.ts";
import { ownSessionRoutes, ownSessions } from "./own-sessions.ts";
import { pageAnswer } from "./page.ts";
import { levelInWords, type PageParts } from "./page-parts.ts";
import { signedIn, type Visitor } from "./signed-in.ts";
import { chosen, table } from "./table.ts";
import { useKeyAgainForm } from "./use-key-again.ts";
import { pageRoute } from "./visitor.ts";

/** The page of a person's own things. */
export function accountRoutes(parts: PageParts): readonly Route[] {
  return [
    pageRoute(parts.organisation, {
      method: "GET",
      path: "/account",
      answer: signedIn(parts, async (visitor, { query }, unit) => {
        const keys = await passkeysOf(unit, visitor.person.id);
        const sessions = await ownSessions(visitor, query, unit, parts.now());
        const codes = await countRecoveryCodes(unit, visitor.person.id);
        const hasLostKeys = keys.length > 1 && query.has("recovered");
        const oneWay = keys.length === 1 && codes === 0 ? oneWayIn(visitor, (await ableAdministrators(unit)).length) : null;
        const content = html`${hasLostKeys ? LOST_KEYS : oneWay}${aboutPerson(visitor)}<h2>Your keys</h2>${keyTable(keys)}
${keyForms(keys, { codes, hasLostKeys }, visitor, parts)}
<h2>Where you are signed in</h2>${sessions}${commandLine(parts.party.origin)}
<form method="post" action="/sign-out">${visitor.formField}<button class="quiet">Sign out</button></form>`;
        const links = visitor.isAdministrator ? html`<nav aria-label="Pages"><a href="/admin">Administration</a></nav>` : html``;
        return pageAnswer({ title: visitor.person.name, organisation: parts.organisation, wide: true, links, content });
      }),
    }),
    ...ownSessionRoutes(parts),
  ];
}

/** Where somebody comes who registered a key because they lost the others. */
export const AFTER_RECOVERY = "/account?recovered";

const LOST_KEYS = html`<p class="notice" role="status"><strong>The keys that you lost still sign you in.</strong> Whoever finds one is you here.
<a href="#lost-keys">Remove them</a>, which also signs you out wherever you were signed in.</p>`;

/** Said until there is a second way in; the first of all sees it right after they registered their key. */
function oneWayIn({ isAdministrator }: Visitor, administrators: number): Html {
  const others = administrators - (isAdministrator ? 1 : 0);
  const who =
    others >= 2
      ? "If you lose it, two administrators have to let you in again."
      : "If you lose it, nobody can let you in again: that takes two administrators besides you.";
  return html`<p class="notice" role="status"><strong>You have one key and no recovery codes.</strong> ${who}
Make <a href="#recovery-codes">recovery codes</a>, or add a second key.</p>`;
}

function aboutPerson({ person, groups }: Visitor): Html {
  return html`<dl><dt>E-mail</dt><dd>${person.email}</dd><dt>Groups</dt><dd>${groups.join(", ") || "none"}</dd></dl>`;
}

function keyTable(keys: readonly Passkey[]): Html {
  const rows = keys.map(({ name, level, madeAt, usedAt }) => [
    chosen(name),
    levelInWords(level),
    dayOf(madeAt),
    usedAt === null ? "never" : dayOf(usedAt),
  ]);
  return table("keys", ["Name", "Kind", "Added (UTC)", "Last used (UTC)"], rows);
}

/** To take a key away is to use one: the ceremony is its own fresh sign-in. */
function keyForms(
  keys: readonly Passkey[],
  { codes, hasLostKeys }: { readonly codes: number; readonly hasLostKeys: boolean },
  visitor: Visitor,
  { policy, now }: PageParts,
): Html {
  const add = ceremonyForm({
    ceremony: "create",
    begin: "/account/keys/begin",
    finish: "/account/keys/finish",
    fields: html`<label>Name of the key<input name="keyName" value="My next key" required maxlength="100" autocomplete="off"></label>`,
    button: "Add a key",
  });
  const remove = keys.map(({ id, name }) =>
    ceremonyForm({
      ceremony: "get",
      begin: "/account/confirm/begin",
      finish: `/account/keys/${encodeURIComponent(id)}/remove`,
      button: `Remove ${name}`,
      danger: true,
    }),
  );
  const first = html`<p>First use a key that you have.</p>${useKeyAgainForm(null)}`;
  return html`<details><summary>Add a key</summary>${isFresh(visitor, now()) ? html`${keysTaken(policy)}${add}` : first}</details>
<details id="lost-keys"${hasLostKeys ? html` open` : null}><summary>Remove a key</summary><p>You use a key to confirm it, and are signed out everywhere else.</p>
${keys.length > 1 ? remove : html`<p>This is your last key: add another one first.</p>`}</details>
<details id="recovery-codes"${keys.length === 1 && codes === 0 ? html` open` : null}><summary>Recovery codes</summary><p>For the day when every key is lost. ${codesLeft(codes)}</p><form method="post" action="/account/recovery-codes">
${visitor.formField}<button class="quiet">Make new codes</button></form></details>`;
}

function codesLeft(codes: number): string {
  if (codes === 0) return "You have none.";
  return codes === 1 ? "One of yours still counts." : `${codes} of yours still count.`;
}

function commandLine(issuer: string): Html {
  const identity = new URL(issuer).hostname;
  const use =
    issuerFormProblem(issuer) === null
      ? `brevet setup aws --identity ${identity} --role arn:aws:iam::ACCOUNT:role/NAME`
      : `brevet token --identity ${identity} --audience URL`;
  return html`<h2>In your terminal</h2><p>Sign in once a day; every profile works until the session ends. <code>brevet login</code> names the identity: ${identity}, unless you have another of that name.</p>
<pre><code>brevet login ${issuer}
${use}</code></pre>`;
}

function dayOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
