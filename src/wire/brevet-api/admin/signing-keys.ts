import * as v from "valibot";
import { operation } from "./operation.ts";
import { instant, NOTHING, page, paging } from "./values.ts";

/** How long before it signs a new key may be published. Verifiers keep a JWK set for minutes to a day; AWS does not tell how long it does. */
export const AHEAD_SECONDS = { least: 3600, usual: 86_400, most: 30 * 86_400 } as const;

const STATES = ["waiting", "signing", "retired", "withdrawn", "revoked"] as const;

/** Where in its life a signing key is. */
export type SigningKeyState = (typeof STATES)[number];

const signingKeySchema = v.object({
  kid: v.string(),
  algorithm: v.string(),
  state: v.pipe(
    v.picklist(STATES),
    v.description(
      "`waiting`: published, and does not sign yet; `retired`: signs no more, and is published until its last token has ended; " +
        "`withdrawn`: published no more.",
    ),
  ),
  madeAt: instant,
  signsFrom: instant,
  retiredAt: v.nullable(v.pipe(instant, v.description("When it stops signing, or did."))),
  revokedAt: v.nullable(instant),
});

const key = { tag: "signing-keys", query: NOTHING, body: null } as const;

/** What the API does with the keys that sign tokens. */
export const SIGNING_KEYS = {
  list: operation({
    ...key,
    name: "listSigningKeys",
    method: "GET",
    path: "/signing-keys",
    summary: "Signing keys, newest first, with those that are published no more",
    query: v.strictObject(paging),
    answer: page(signingKeySchema),
    fresh: false,
    faults: ["CURSOR_INVALID"],
  }),
  show: operation({
    ...key,
    name: "showSigningKey",
    method: "GET",
    path: "/signing-keys/{kid}",
    summary: "One signing key",
    description: "By its id, or the beginning of it, six characters or more.",
    answer: signingKeySchema,
    fresh: false,
    faults: ["RECORD_ABSENT", "RECORD_AMBIGUOUS"],
  }),
  rotate: operation({
    ...key,
    name: "rotateSigningKeys",
    method: "POST",
    path: "/signing-keys/rotation",
    summary: "Publish successors of the keys that sign",
    description:
      "They sign when every verifier has seen them; until then, and for two hours after, the present ones stay published. The server " +
      "does this by itself every 90 days.",
    body: v.strictObject({
      aheadSeconds: v.optional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(AHEAD_SECONDS.least),
          v.maxValue(AHEAD_SECONDS.most),
          v.description(`How long they are published before they sign. Default: ${AHEAD_SECONDS.usual}.`),
        ),
      ),
    }),
    answer: v.object({ signsFrom: instant }),
    fresh: true,
    faults: ["ROTATION_PENDING", "ALREADY_USED"],
  }),
  revoke: operation({
    ...key,
    name: "revokeSigningKey",
    method: "DELETE",
    path: "/signing-keys/{kid}",
    summary: "Trust a signing key no more",
    description:
      "By its id, or the beginning of it, six characters or more. It leaves the published set at once, and its successor signs at once, though " +
      "some verifiers may not have seen that one yet. What it signed is refused as soon as a verifier reads the set again.",
    answer: null,
    fresh: true,
    faults: ["RECORD_ABSENT", "RECORD_AMBIGUOUS", "SUCCESSOR_ABSENT", "ALREADY_USED"],
  }),
};
