import { Fault } from "../../core/fault.ts";
import type { Answer, Route, ServerRequest } from "../http/route.ts";
import { beginWebSession } from "../people/web-session.ts";
import { findAccount } from "../provider/accounts.ts";
import type { Interaction } from "../provider/interactions.ts";
import type { Unit } from "../store/unit.ts";
import { beginSignIn, finishSignIn } from "../webauthn/sign-in.ts";
import { ceremonyForm } from "./ceremony-form.ts";
import { type Html, html } from "./html.ts";
import { jsonAnswer, pageAnswer } from "./page.ts";
import { fieldOf, type PageParts } from "./page-parts.ts";
import { formToken, pageRoute, requireFormToken, requireSameOrigin } from "./visitor.ts";

/** What a scope tells a client, in words. */
const SCOPES: Readonly<Record<string, string>> = {
  openid: "that you are you",
  email: "your e-mail address",
  profile: "your name",
  groups: "the groups that you are in",
  offline_access: "all of this also while you are away, until the session ends",
};

/** The pages in the middle of a sign-in, to which the OpenID provider sends the browser: sign in, and consent. */
export function interactionRoutes(parts: PageParts): readonly Route[] {
  const { organisation, interactions, party, now, formKey, cookies } = parts;
  const guarded = async (request: ServerRequest, unit: Unit): Promise<void> => {
    requireSameOrigin(request, party.origin);
    const found = await interactions.find(request, unit);
    if (found === null) throw interactionAbsent();
    requireFormToken(request, formKey, found.uid);
  };
  return [
    pageRoute(organisation, {
      method: "GET",
      path: "/interaction/:uid",
      async answer(request, unit) {
        const found = await interactions.find(request, unit);
        if (found === null) throw interactionAbsent();
        const token = formToken(formKey, found.uid);
        return found.asks === "login" ? signInPage(parts, found, token) : consentPage(parts, found, token, unit);
      },
    }),
    {
      method: "POST",
      path: "/interaction/:uid/begin",
      body: "json",
      async answer(request, unit) {
        requireSameOrigin(request, party.origin);
        return jsonAnswer(await beginSignIn(party, null, unit, now()));
      },
    },
    {
      method: "POST",
      path: "/interaction/:uid/finish",
      body: "json",
      async answer(request, unit) {
        requireSameOrigin(request, party.origin);
        const handle = String(fieldOf(request.json, "handle") ?? "");
        const passkey = await finishSignIn(party, "sign-in", handle, fieldOf(request.json, "answer"), unit, now());
        const { person, level } = passkey;
        // The same words as for a key that is not known: that somebody was deactivated is nobody's business.
        if ((await findAccount(unit, person)) === null) throw new Fault("PASSKEY_REFUSED", "this key does not sign in here");
        const methods = level === "passkey" ? ["user", "mfa"] : ["hwk", "user", "mfa"];
        const next = await interactions.signIn(request, unit, { account: person, level, methods, at: now() });
        unit.record({
          name: "person.signed-in",
          actor: person,
          client: null,
          address: request.address,
          details: { passkey: passkey.id, level },
        });
        const session = cookies.set(beginWebSession(unit, person, level, now()));
        return jsonAnswer({ location: next.headers?.["location"] ?? "/" }, [session]);
      },
    },
    pageRoute(organisation, {
      method: "POST",
      path: "/interaction/:uid/consent",
      body: "form",
      async answer(request, unit) {
        await guarded(request, unit);
        return interactions.consent(request, unit);
      },
    }),
    pageRoute(organisation, {
      method: "POST",
      path: "/interaction/:uid/refuse",
      body: "form",
      async answer(request, unit) {
        await guarded(request, unit);
        return interactions.refuse(request, unit);
      },
    }),
  ];
}

function signInPage({ organisation }: PageParts, { uid, client }: Interaction, token: string): Answer {
  const who = client.builtIn
    ? html`<p>The command line <strong>brevet</strong> asks you to sign in.</p>`
    : html`<p><strong>${client.name}</strong> asks you to sign in.</p>`;
  const form = ceremonyForm({
    ceremony: "get",
    begin: `/interaction/${uid}/begin`,
    finish: `/interaction/${uid}/finish`,
    button: "Sign in with a passkey or security key",
  });
  return pageAnswer({ title: "Sign in", organisation, content: html`${who}${form}${refusal(uid, token)}` });
}

async function consentPage(parts: PageParts, { uid, client, scopes, account }: Interaction, token: string, unit: Unit) {
  const known = account === null ? null : await findAccount(unit, account);
  const items = scopes.map((scope) => html`<li>${SCOPES[scope] ?? scope}</li>`);
  const content = html`<p><strong>${client.name}</strong>${client.uri === null ? null : html` (${client.uri})`} wants to know:</p>
<ul>${items}</ul><p class="soft">You are signed in as ${known?.email ?? "nobody"}.</p>
<div class="choice"><form method="post" action="/interaction/${uid}/consent">
<input type="hidden" name="form_token" value="${token}"><button>Allow</button></form>${refusal(uid, token)}</div>`;
  return pageAnswer({ title: `Let ${client.name} know who you are?`, organisation: parts.organisation, content });
}

function refusal(uid: string, token: string): Html {
  return html`<form method="post" action="/interaction/${uid}/refuse">
<input type="hidden" name="form_token" value="${token}"><button class="quiet">Cancel</button></form>`;
}

function interactionAbsent(): Fault {
  return new Fault("INTERACTION_ABSENT", "this sign-in was not begun in this browser, or took too long", {
    hints: ["Go back to where you came from, and sign in again."],
  });
}
