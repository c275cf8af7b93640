import { amrOf } from "../../wire/brevet-api/levels.ts";
import type { Answer, Route, ServerRequest } from "../http/route.ts";
import { findAccount } from "../provider/accounts.ts";
import { type Interaction, interactionAbsent } from "../provider/interactions.ts";
import type { Unit } from "../store/unit.ts";
import { ceremonyForm } from "./ceremony-form.ts";
import { type Html, html } from "./html.ts";
import { pageAnswer } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { signInCeremony } from "./sign-in-ceremony.ts";
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
  const { organisation, interactions, party, now, formKey } = parts;
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
    ...signInCeremony(parts, "/interaction/:uid", async (request, unit, { person, level }) => {
      const result = { account: person, level, methods: amrOf(level), at: now() };
      return (await interactions.signIn(request, unit, result)).headers?.["location"] ?? "/";
    }),
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

async function consentPage(parts: PageParts, found: Interaction, token: string, unit: Unit) {
  const { uid, client, scopes, account, returnsTo } = found;
  const known = account === null ? null : await findAccount(unit, account);
  const items = scopes.map((scope) => html`<li>${SCOPES[scope] ?? scope}</li>`);
  // A client's name and address are what it says of itself; where the browser goes with the answer is a fact.
  const back = returnsTo === null ? null : html`<p>The answer goes to <strong>${returnsTo}</strong>.</p>`;
  const content = html`<p><strong>${client.name}</strong> wants to know:</p>
<ul>${items}</ul>${back}<p class="soft">You are signed in as ${known?.email ?? "nobody"}.</p>
<div class="choice"><form method="post" action="/interaction/${uid}/consent">
<input type="hidden" name="form_token" value="${token}"><button>Allow</button></form>${refusal(uid, token)}</div>`;
  return pageAnswer({ title: `Let ${client.name} know who you are?`, organisation: parts.organisation, content });
}

function refusal(uid: string, token: string): Html {
  return html`<form method="post" action="/interaction/${uid}/refuse">
<input type="hidden" name="form_token" value="${token}"><button class="quiet">Cancel</button></form>`;
}
