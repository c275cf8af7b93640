import { Fault } from "../../core/fault.ts";
import { jsonAnswer, type Route, type ServerRequest } from "../http/route.ts";
import { beginEnrolment, finishEnrolment } from "../people/enrol.ts";
import type { Invite } from "../people/invite.ts";
import type { Unit } from "../store/unit.ts";
import { AFTER_RECOVERY } from "./account-routes.ts";
import { ceremonyForm } from "./ceremony-form.ts";
import { openInvite } from "./enrol-routes.ts";
import { type Html, html } from "./html.ts";
import { keysTaken } from "./keys-taken.ts";
import { pageAnswer } from "./page.ts";
import { ceremonyAnswerOf, fieldOf, type PageParts } from "./page-parts.ts";
import { beginSession } from "./signed-in.ts";
import { pageRoute, requireSameOrigin } from "./visitor.ts";

const TITLES = { first: "Set up this server", join: "Register your key", recover: "Register a new key" } as const;

/** The page of an invitation, and the registration of a key on it. To look at it uses nothing up: mail programs open links too. */
export function inviteRoutes(parts: PageParts): readonly Route[] {
  const { organisation, party, policy, now, cookie } = parts;
  return [
    pageRoute(organisation, {
      method: "GET",
      path: "/invite/:secret",
      async answer(request, unit) {
        const secret = request.parameters["secret"] ?? "";
        const { invite, first } = await openInvite(parts, request, unit);
        if (first !== null) return first;
        const form = ceremonyForm({
          ceremony: "create",
          begin: `/invite/${encodeURIComponent(secret)}/begin`,
          finish: `/invite/${encodeURIComponent(secret)}/finish`,
          fields: html`${whoFields(invite)}<label>Name of the key <small>to tell it from others that you may add</small>
<input name="keyName" value="${invite.kind === "recover" ? "My new key" : "My first key"}" required maxlength="100" autocomplete="off"></label>`,
          button: "Register a passkey or security key",
        });
        return pageAnswer({
          title: TITLES[invite.kind],
          organisation,
          content: html`${introduction(invite)}${keysTaken(policy)}${form}`,
        });
      },
    }),
    {
      method: "POST",
      path: "/invite/:secret/begin",
      body: "json",
      async answer(request, unit) {
        requireSameOrigin(request, party.origin);
        await requirePassed(parts, request, unit);
        const field = (name: string) => fieldOf(request.json, name);
        const said = { email: field("email"), name: field("name"), keyName: field("keyName") };
        const enrolment = { party, policy, now: now(), address: request.address };
        return jsonAnswer(200, await beginEnrolment(enrolment, request.parameters["secret"] ?? "", said, unit));
      },
    },
    {
      method: "POST",
      path: "/invite/:secret/finish",
      body: "json",
      async answer(request, unit) {
        requireSameOrigin(request, party.origin);
        const { kind } = await requirePassed(parts, request, unit);
        const given = { ...ceremonyAnswerOf(request.json), keyName: fieldOf(request.json, "keyName") };
        const enrolment = { party, policy, now: now(), address: request.address };
        const passkey = await finishEnrolment(enrolment, request.parameters["secret"] ?? "", given, unit);
        const session = cookie.set(beginSession(parts, request, unit, passkey));
        return jsonAnswer(200, { location: kind === "recover" ? AFTER_RECOVERY : "/account" }, [session]);
      },
    },
  ];
}

/** The invitation that is opened. @throws {Fault} `UPSTREAM_REFUSED` where the page would have led to the provider first. */
async function requirePassed(parts: PageParts, request: ServerRequest, unit: Unit): Promise<Invite> {
  const { invite, first } = await openInvite(parts, request, unit);
  if (first === null) return invite;
  throw new Fault("UPSTREAM_REFUSED", "who uses this link has to sign in at the organisation's own provider first", {
    hints: ["open the link again"],
  });
}

function introduction({ kind, email, name }: Invite): Html {
  if (kind === "first") {
    return html`<p>You are the first here, and will be the administrator: you invite the others.</p>`;
  }
  const verb = kind === "join" ? "You are invited as" : "You lost your keys, and are let in again as";
  return html`<p>${verb} <strong>${name}</strong> (${email}).</p>
<p>A key proves that it is you: this computer, your phone, or a security key. There is no password.</p>`;
}

function whoFields({ kind }: Invite): Html | null {
  if (kind !== "first") return null;
  return html`<label>E-mail address <small>who you are in tokens, and in the logs of clouds</small>
<input name="email" type="email" required maxlength="254" autocomplete="email" autofocus></label>
<label>Name<input name="name" required maxlength="100" autocomplete="name"></label>`;
}
