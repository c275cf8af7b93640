import * as v from "valibot";
import { operation } from "./operation.ts";
import { displayName, email, groupName, instant, NOTHING, page, paging } from "./values.ts";

const KINDS = ["first", "join", "recover"] as const;

/** What a link is for, in words. */
export const INVITE_PURPOSES: Readonly<Record<(typeof KINDS)[number], string>> = {
  first: "first administrator",
  join: "to join",
  recover: "to come back without a key",
};

/** A link that nobody has used yet; what it opens by is not kept. */
export const inviteSchema = v.object({
  id: v.string(),
  kind: v.pipe(v.picklist(KINDS), v.description("`recover`: for somebody who is registered.")),
  email: v.nullable(v.string()),
  name: v.nullable(v.string()),
  groups: v.array(v.string()),
  madeBy: v.nullable(v.pipe(v.string(), v.description("The id of a person; null: the server itself."))),
  madeAt: instant,
  expiresAt: instant,
});

/** How long a link may be good; usually long enough for a mail that is read on Monday. */
export const INVITE_SECONDS = { least: 300, usual: 3 * 86_400, most: 30 * 86_400 } as const;

const invite = { tag: "invites", query: NOTHING, body: null } as const;

/** What the API does with invitations. */
export const INVITES = {
  list: operation({
    ...invite,
    name: "listInvites",
    method: "GET",
    path: "/invites",
    summary: "Links that nobody has used, newest first",
    query: v.strictObject(paging),
    answer: page(inviteSchema),
    fresh: false,
    faults: ["CURSOR_INVALID"],
  }),
  create: operation({
    ...invite,
    name: "makeInvite",
    method: "POST",
    path: "/invites",
    summary: "Invite somebody",
    body: v.strictObject({
      email,
      name: displayName,
      groups: v.optional(
        v.pipe(v.array(groupName), v.maxLength(50), v.description("Groups that they will be in. Default: none.")),
      ),
      expiresInSeconds: v.optional(
        v.pipe(
          v.number(),
          v.integer(),
          v.minValue(INVITE_SECONDS.least),
          v.maxValue(INVITE_SECONDS.most),
          v.description(`How long the link is good. Default: ${INVITE_SECONDS.usual}.`),
        ),
      ),
    }),
    answer: v.object({
      ...inviteSchema.entries,
      link: v.pipe(v.string(), v.description("Given only now. Whoever has it is taken for that person.")),
    }),
    status: 201,
    fresh: true,
    faults: ["NAME_INVALID", "ALREADY_USED"],
  }),
  remove: operation({
    ...invite,
    name: "withdrawInvite",
    method: "DELETE",
    path: "/invites/{invite}",
    summary: "Take back a link",
    description: "By its id, or the beginning of it, six characters or more.",
    answer: null,
    fresh: true,
    faults: ["RECORD_ABSENT", "RECORD_AMBIGUOUS"],
  }),
};
