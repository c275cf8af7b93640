import { Fault } from "../../core/fault.ts";
import type { Answer, Route, ServerRequest } from "../http/route.ts";
import { findInvite, type Invite } from "../people/invite.ts";
import { newSecret } from "../people/one-time-secret.ts";
import type { Unit } from "../store/unit.ts";
import { admit, beginAttempt, judgeInvite, takeAttempt } from "../upstream/gate.ts";
import type { Upstream, UpstreamClient } from "../upstream/upstream.ts";
import { type Html, html } from "./html.ts";
import { pageAnswer, seeOther } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { pageRoute, requireSameOrigin } from "./visitor.ts";

/** Where the sign-in provider sends browsers back to. */
export const UPSTREAM_CALLBACK = "/enrol/callback";

/** The way of somebody new through the organisation's own identity provider, to the registration of a key. */
export function enrolRoutes(parts: PageParts): readonly Route[] {
  const { organisation, party, now, gate } = parts;
  return [
    pageRoute(organisation, {
      method: "GET",
      path: "/enrol",
      async answer(_request, unit) {
        const found = await gate.upstream(unit);
        if (found === null || found.upstream.enrols !== "everybody") {
          const content = html`<p>To register a key here you need a link: ask an administrator for one.</p>`;
          return pageAnswer({ title: "Register your key", organisation, content });
        }
        return gatePage(parts, found.upstream, { invite: null, email: null });
      },
    }),
    pageRoute(organisation, {
      method: "POST",
      path: "/enrol/begin",
      body: "form",
      async answer(request, unit) {
        requireSameOrigin(request, party.origin);
        const upstream = await requireUpstream(parts, unit);
        const invite = request.form.get("invite") ?? null;
        if (invite !== null) await findInvite(unit, invite, now());
        const browser = newSecret().secret;
        const attempt = beginAttempt(unit, browser, now());
        return seeOther(await gate.ask.authorizationUrl(upstream, attempt), [gate.cookie.write({ browser, invite })]);
      },
    }),
    pageRoute(organisation, {
      method: "GET",
      path: UPSTREAM_CALLBACK,
      async answer(request, unit) {
        const upstream = await requireUpstream(parts, unit);
        const { browser, invite: secret } = gate.cookie.read(request.cookies) ?? { browser: "", invite: null };
        const attempt = await takeAttempt(unit, request.query.get("state") ?? "", browser, now());
        const answer = new URL(`${party.origin}${UPSTREAM_CALLBACK}?${new URLSearchParams([...request.query])}`);
        const person = await gate.ask.person(upstream, answer, attempt);
        const invite = secret === null ? null : await findInvite(unit, secret, now());
        const { address } = request;
        const made = await admit(unit, { upstream: upstream.upstream, person, invite, browser, address, now: now() });
        return seeOther(`/invite/${encodeURIComponent(made ?? secret ?? "")}`);
      },
    }),
  ];
}

async function requireUpstream({ gate }: PageParts, unit: Unit): Promise<UpstreamClient> {
  const found = await gate.upstream(unit);
  if (found === null) throw new Fault("INTERACTION_ABSENT", "there is no sign-in provider here");
  return found;
}

/** What of an invitation may be used in this browser: the invitation, or the page that leads to the provider first. */
export async function openInvite(
  parts: PageParts,
  request: ServerRequest,
  unit: Unit,
): Promise<{ readonly invite: Invite; readonly first: Answer | null }> {
  const { gate, now } = parts;
  const secret = request.parameters["secret"] ?? "";
  const invite = await findInvite(unit, secret, now());
  const upstream = (await gate.upstream(unit))?.upstream ?? null;
  if (judgeInvite(invite, upstream, gate.cookie.read(request.cookies)?.browser) === "pass") return { invite, first: null };
  // Bound to another browser, and nobody is left to ask: that link is for nobody here.
  if (upstream === null) throw new Fault("INVITE_ENDED", "this link counts in another browser");
  return { invite, first: gatePage(parts, upstream, { invite: secret, email: invite.email }) };
}

function gatePage(
  { organisation }: PageParts,
  { name, domains }: Upstream,
  { invite, email }: { readonly invite: string | null; readonly email: string | null },
): Answer {
  const carried: Html | null = invite === null ? null : html`<input type="hidden" name="invite" value="${invite}">`;
  const who = email ?? `your address of ${domains.join(", ")}`;
  const content = html`<p>First show that you are who you say: sign in at ${name} as <strong>${who}</strong>. After that you register a key,
and from then on you sign in here with the key alone.</p>
<form method="post" action="/enrol/begin">${carried}<div class="choice"><button>Go on to ${name}</button></div></form>`;
  return pageAnswer({ title: "Register your key", organisation, content });
}
