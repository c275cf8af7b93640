import { Fault } from "../../core/fault.ts";
import { jsonAnswer, type Route } from "../http/route.ts";
import { parseKeyName } from "../people/names.ts";
import { makeRecoveryCodes } from "../people/recovery-codes.ts";
import { removeOwnKey } from "../people/remove-key.ts";
import { isFresh } from "../people/web-session.ts";
import { beginRegistration, finishRegistration } from "../webauthn/register-passkey.ts";
import { finishSignIn } from "../webauthn/sign-in.ts";
import { html } from "./html.ts";
import { pageAnswer } from "./page.ts";
import { ceremonyAnswerOf, fieldOf, type PageParts } from "./page-parts.ts";
import { beginSession, signedIn } from "./signed-in.ts";
import { requireFresh, useKeyAgain } from "./use-key-again.ts";
import { pageRoute } from "./visitor.ts";

/** Adding a key to those that a person has, and taking one away: each with a key that was used a moment ago, or is used for it. */
export function keyRoutes(parts: PageParts): readonly Route[] {
  const { party, policy, now, cookie, organisation } = parts;
  return [
    {
      method: "POST",
      path: "/account/keys/begin",
      body: "json",
      answer: signedIn(parts, async (visitor, { json }, unit) => {
        requireFresh(visitor, parts);
        parseKeyName(fieldOf(json, "keyName"));
        return jsonAnswer(200, await beginRegistration({ party, policy, now: now() }, visitor.person, unit));
      }),
    },
    {
      method: "POST",
      path: "/account/keys/finish",
      body: "json",
      answer: signedIn(parts, async (visitor, { json, address }, unit) => {
        requireFresh(visitor, parts);
        const name = parseKeyName(fieldOf(json, "keyName"));
        const passkey = await finishRegistration({ party, policy, name, now: now() }, ceremonyAnswerOf(json), unit);
        if (passkey.person !== visitor.person.id) throw new Fault("CEREMONY_ENDED", "this attempt is somebody else's");
        const { id, aaguid, level } = passkey;
        const details = { passkey: id, aaguid, level, by: "account" };
        unit.record({ name: "passkey.added", actor: visitor.person.id, client: null, address, details });
        return jsonAnswer(200, { location: "/account" });
      }),
    },
    {
      method: "POST",
      path: "/account/keys/:key/remove",
      body: "json",
      answer: signedIn(parts, async (visitor, request, unit) => {
        const { json, parameters, address } = request;
        const used = await finishSignIn(party, visitor.person.id, ceremonyAnswerOf(json), unit, { now: now(), address });
        const by = { actor: used.person, client: null, address };
        removeOwnKey(unit, { id: parameters["key"] ?? "", person: used.person }, by);
        return jsonAnswer(200, { location: "/account" }, [cookie.set(beginSession(parts, request, unit, used))]);
      }),
    },
    pageRoute(organisation, {
      method: "POST",
      path: "/account/recovery-codes",
      body: "form",
      answer: signedIn(parts, async (visitor, request, unit) => {
        if (!isFresh(visitor, now())) return useKeyAgain(parts, request);
        const codes = makeRecoveryCodes(unit, visitor.person.id, request.address, now());
        const content = html`<p>Print them, or write them down. Each lets you register a new key once, on <a href="/recover">/recover</a>.
Those that you had before count no more, and these are shown only now.</p><pre data-copy="Copy the codes" data-print="Print the page"><code>${codes.join("\n")}</code></pre>
<p><a href="/account">Back</a></p>`;
        return pageAnswer({ title: "Your recovery codes", organisation, content });
      }),
    }),
  ];
}
