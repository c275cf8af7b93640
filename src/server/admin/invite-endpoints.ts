import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { formatUtc } from "../../core/time.ts";
import { INVITE_SECONDS, INVITES } from "../../wire/brevet-api/admin/invites.ts";
import { type Invite, inviteId, makeInvite, openInvites, withdrawInvite } from "../people/invite.ts";
import { parseDisplayName, parseEmail } from "../people/names.ts";
import { findPersonNamed, newPersonId } from "../people/person.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { wishOf } from "./paging.ts";

/** Invitations: listed, made, taken back. */
export const inviteEndpoints: readonly Endpoint[] = [
  endpoint(INVITES.list, ({ now }) => async ({ query }, unit) => {
    const { items, next } = await openInvites(unit, wishOf(query), now());
    return { value: { items: items.map(shown), next } };
  }),
  endpoint(INVITES.create, ({ issuer, now }) => async ({ body, by }, unit) => {
    const [email, name] = [parseEmail(body.email), parseDisplayName(body.name, "the name")];
    const known = await findPersonNamed(unit, email);
    if (known !== null) {
      throw new Fault("ALREADY_USED", `somebody is registered as ${email} already`, {
        hints: [`if they have lost every key: \`${shellCommand`brevet admin people recover ${email}`}\``],
      });
    }
    const [madeAt, expiresAt] = [now(), now() + (body.expiresInSeconds ?? INVITE_SECONDS.usual)];
    const groups = [...new Set(body.groups ?? [])];
    const invite = { kind: "join", person: newPersonId(), email, name, groups, madeBy: by.actor, madeAt, expiresAt } as const;
    const secret = makeInvite(unit, invite, by);
    return { value: { ...shown({ ...invite, browser: null, digest: inviteId(secret) }), link: `${issuer}/invite/${secret}` } };
  }),
  endpoint(INVITES.remove, () => async ({ segment, by }, unit) => {
    withdrawInvite(unit, segment("invite"), by);
    return { value: null };
  }),
];

function shown({ digest, kind, email, name, groups, madeBy, madeAt, expiresAt }: Invite) {
  const times = { madeAt: formatUtc(madeAt), expiresAt: formatUtc(expiresAt) };
  return { id: digest, kind, email, name, groups: [...groups], madeBy, ...times };
}
