import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { ME, type Operation } from "../../wire/brevet-api/admin/operation.ts";
import type { Author } from "../audit/event.ts";
import type { ServerRequest } from "../http/route.ts";
import type { Seal } from "../keys/seal.ts";
import { ADMINISTRATORS, mayAdminister } from "../people/person.ts";
import { FRESH_SECONDS } from "../people/web-session.ts";
import type { AccessSessions } from "../provider/access-sessions.ts";
import type { ProviderClients } from "../provider/registered-clients.ts";
import type { Unit } from "../store/unit.ts";
import type { UpstreamClient } from "../upstream/upstream.ts";

/** What the administrators' API works on. */
export interface AdminParts {
  readonly issuer: string;
  readonly sessions: AccessSessions;
  readonly seal: Seal;
  readonly clients: ProviderClients;
  /** Asks a sign-in provider for what a sign-in would begin with. @throws {Fault} `UPSTREAM_UNREACHABLE` */
  readonly tryUpstream: (client: UpstreamClient) => Promise<void>;
  /** Has this instance sign and publish by what was committed a moment ago, which other instances do within seconds. */
  readonly takeUpKeys: () => Promise<void>;
  readonly now: () => EpochSeconds;
}

/** Who calls an operation. */
export interface Caller {
  readonly by: Author & { readonly actor: string };
  /** The session that they call by, as lists of sessions name it. */
  readonly session: string;
}

/**
 * The caller of an operation, if allowed: an administrator at this moment, or a person who asks about themselves; for a change,
 * one whose key was used just now.
 *
 * @throws {Fault} `TOKEN_REFUSED`, `ADMINISTRATOR_NEEDED`, `SIGN_IN_STALE`
 */
export async function authorise(
  { sessions, now }: AdminParts,
  { fresh, own }: Pick<Operation, "fresh" | "own">,
  request: ServerRequest,
  unit: Unit,
): Promise<Caller> {
  const { account, client, grant, facts } = await sessions.find(request, unit);
  if (!mayAdminister(account.groups, facts.level) && !(own && request.parameters["person"] === ME)) {
    throw new Fault("ADMINISTRATOR_NEEDED", `${account.email} is not an administrator`, {
      hints: [
        `an administrator can make you one: \`${shellCommand`brevet admin groups add ${ADMINISTRATORS} ${account.email}`}\``,
      ],
    });
  }
  if (fresh && now() - facts.signedInAt > FRESH_SECONDS) {
    throw new Fault("SIGN_IN_STALE", `to change this, your key has to have been used in the last ${FRESH_SECONDS / 60} minutes`, {
      hints: ["sign in again, then repeat it: `brevet login`"],
    });
  }
  return { by: { actor: account.id, client, address: request.address }, session: grant };
}
