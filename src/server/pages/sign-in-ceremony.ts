import { jsonAnswer, type Route, type ServerRequest } from "../http/route.ts";
import { findPerson } from "../people/person.ts";
import type { Unit } from "../store/unit.ts";
import type { Passkey } from "../webauthn/passkey.ts";
import { beginSignIn, finishSignIn, keyRefused, recordRefusal } from "../webauthn/sign-in.ts";
import { ceremonyAnswerOf, type PageParts } from "./page-parts.ts";
import { beginSession } from "./signed-in.ts";
import { requireSameOrigin } from "./visitor.ts";

/**
 * The two steps of a sign-in below a path, `PATH/begin` and `PATH/finish`, for whoever's passkey answers: it opens a session of our
 * own pages.
 *
 * @param next what is done for the person who signed in; gives where the browser goes then.
 */
export function signInCeremony(
  parts: PageParts,
  path: string,
  next: (request: ServerRequest, unit: Unit, passkey: Passkey) => Promise<string>,
): readonly Route[] {
  const { party, now, cookie } = parts;
  return [
    {
      method: "POST",
      path: `${path}/begin`,
      body: "json",
      async answer(request, unit) {
        requireSameOrigin(request, party.origin);
        return jsonAnswer(200, await beginSignIn(party, null, unit, now()));
      },
    },
    {
      method: "POST",
      path: `${path}/finish`,
      body: "json",
      async answer(request, unit) {
        requireSameOrigin(request, party.origin);
        const { address } = request;
        const passkey = await finishSignIn(party, null, ceremonyAnswerOf(request.json), unit, { now: now(), address });
        const { id, person, level } = passkey;
        if ((await findPerson(unit, person))?.active !== true) {
          await recordRefusal(unit, passkey, "deactivated", address);
          // The same words as for a key that is not known: that somebody was deactivated is nobody's business.
          throw keyRefused(null);
        }
        const location = await next(request, unit, passkey);
        const details = { passkey: id, level };
        unit.record({ name: "person.signed-in", actor: person, client: null, address, details });
        return jsonAnswer(200, { location }, [cookie.set(beginSession(parts, request, unit, passkey))]);
      },
    },
  ];
}
