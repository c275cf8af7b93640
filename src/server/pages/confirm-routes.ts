import { jsonAnswer, type Route } from "../http/route.ts";
import { beginSignIn, finishSignIn } from "../webauthn/sign-in.ts";
import { ceremonyAnswerOf, type PageParts } from "./page-parts.ts";
import { beginSession, signedIn } from "./signed-in.ts";
import { CONFIRM } from "./use-key-again.ts";
import { formToken } from "./visitor.ts";

/** The ceremony by which a person who is signed in, or was until a while ago, uses their key once more. */
export function confirmRoutes(parts: PageParts): readonly Route[] {
  const { party, now, cookie, formKey } = parts;
  return [
    {
      method: "POST",
      path: `${CONFIRM}/begin`,
      body: "json",
      answer: signedIn(
        parts,
        async ({ person }, _request, unit) => jsonAnswer(200, await beginSignIn(party, person.id, unit, now())),
        "over too",
      ),
    },
    {
      method: "POST",
      path: `${CONFIRM}/finish`,
      body: "json",
      answer: signedIn(
        parts,
        async (visitor, request, unit) => {
          const { json, address } = request;
          const { id, person, level } = await finishSignIn(party, visitor.person.id, ceremonyAnswerOf(json), unit, {
            now: now(),
            address,
          });
          const secret = beginSession(parts, request, unit, { person, level });
          unit.record({ name: "person.signed-in", actor: person, client: null, address, details: { passkey: id, level } });
          return jsonAnswer(200, { location: "/account", formToken: formToken(formKey, secret) }, [cookie.set(secret)]);
        },
        "over too",
      ),
    },
  ];
}
