import { formatUtc } from "../../core/time.ts";
import { INVITES } from "../../wire/brevet-api/admin/invites.ts";
import { type Invite, inviteNewcomer, openInvites, withdrawInvite } from "../people/invite.ts";
import { parseDisplayName, parseEmail } from "../people/names.ts";
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
    const newcomer = { email, name, groups: body.groups ?? [], now: now(), seconds: body.expiresInSeconds };
    const { secret, invite } = await inviteNewcomer(unit, newcomer, by);
    return { value: { ...shown(invite), link: `${issuer}/invite/${secret}` } };
  }),
  endpoint(INVITES.remove, () => async ({ segment, by }, unit) => {
    await withdrawInvite(unit, segment("invite"), by);
    return { value: null };
  }),
];

function shown({ digest, kind, email, name, groups, madeBy, madeAt, expiresAt }: Invite) {
  const times = { madeAt: formatUtc(madeAt), expiresAt: formatUtc(expiresAt) };
  return { id: digest, kind, email, name, groups: [...groups], madeBy, ...times };
}
