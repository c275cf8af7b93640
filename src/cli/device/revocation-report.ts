import { shellCommand } from "../../core/shell-command.ts";
import type { RevokedAt } from "../../flows/revoke-keys.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import type { KeyHolder } from "../../setup/key-holders.ts";
import type { AwsRevocation } from "../../setup/revoke-aws.ts";
import type { Context } from "../command.ts";

/** The result of a revocation. */
export interface Revoked {
  readonly keys: readonly string[];
  readonly places: readonly RevokedAt[];
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly shared: boolean;
  /** The identity of this machine whose key it was. */
  readonly identity: string | null;
  /** Whether this machine knows no such identity any more. */
  readonly forgotten: boolean;
  /** Who else may still hold one of the keys, by this machine's profiles. */
  readonly holders: readonly KeyHolder[];
  /** The AWS roles that trusted it, as far as this machine knows. */
  readonly roles: readonly string[];
  /** Those that profiles of this machine assume by one of these. */
  readonly chainedRoles: readonly string[];
}

/** Says what was done and who may still hold the key, and prints what an administrator of AWS pastes. */
export function reportRevocation(revoked: Revoked, policies: readonly AwsRevocation[], { output, terminal }: Context): void {
  const { keys, places, issuer, identity, forgotten, holders } = revoked;
  for (const place of places) terminal.say(`${place.destination} ${outcomeAt(place)}`);
  for (const kid of keys) terminal.say(`revoked: ${kid}`);
  if (identity !== null && !forgotten) {
    const again = `\`${shellCommand`brevet issuer rotate ${identity}`}\` makes it a new key`;
    terminal.say(
      `${identity} stays, with its subject: ${again}; \`${shellCommand`brevet issuer revoke ${identity} --forget`}\` removes it`,
    );
  }
  terminal.say(
    "credentials from before work until they expire, after an hour or the profile's duration: Google and Azure take no token back",
  );
  for (const { profile, says } of holders) terminal.say(`${profile}: ${says}`);
  terminal.say(
    "a verifier that was given the keys, or keeps those that it fetched, accepts this one until it gets or fetches them again",
  );
  if (policies.length === 0) {
    if (issuer !== null) terminal.say(`if a role of AWS trusted it: ${whatEndsSessions(revoked, issuer)}`);
    return;
  }
  terminal.say("AWS may remember the key for a while, and sessions live on: have an administrator paste this, in this order");
  for (const { trust, role } of policies) {
    if (trust.kind === "statement") output(`# add to the trust policy of ${role}:\n${jsonPage(trust.statement)}`);
  }
  const accounts = new Set(policies.map(({ account }) => account));
  for (const account of accounts) {
    const here = policies.filter((policy) => policy.account === account);
    const commands = new Set([
      ...here.flatMap(({ trust }) => (trust.kind === "provider" ? [trust.command] : [])),
      ...here.map(({ sessions }) => sessions.command),
    ]);
    if (accounts.size > 1) output(`# in the account ${account}:\n`);
    for (const line of commands) output(`${line}\n`);
  }
  terminal.say(
    "`put-role-policy` ends every session of its role that began before now; who may, takes it again: `brevet cache clear`",
  );
}

/** What to do where no role is known. The place has forgotten the key by now, and this machine perhaps the identity. */
function whatEndsSessions({ keys, places, identity, subject, forgotten, shared }: Revoked, issuer: string): string {
  if (forgotten) {
    const door = shared ? `deny the subject ${subject} in its trust policy` : `delete the provider ${issuer}`;
    return `in IAM's console ${door}, and choose \`Revoke active sessions\` at the role`;
  }
  const words = identity === null ? [...keys, ...places.flatMap(({ destination }) => ["--to", destination])] : [identity];
  const whose = identity === null && shared ? " --subject SUB" : "";
  return `\`${shellCommand`brevet issuer revoke ${words}`}${whose} --role ARN\` prints what ends the sessions of that role`;
}

function outcomeAt({ issuer: published, removed, left }: RevokedAt): string {
  if (published === null && removed.length === 0 && left === 0) return "publishes nothing now";
  const what = removed.length === 0 ? "held none of its keys" : `lost ${removed.length} of its keys`;
  return `${what}; ${left} of others ${left === 1 ? "is" : "are"} left`;
}
