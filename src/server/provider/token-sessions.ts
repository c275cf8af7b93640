import { hash } from "node:crypto";
import type { Provider } from "oidc-provider";
import type { EpochSeconds } from "../../core/time.ts";
import type { VersionedReader } from "../store/database.ts";
import { remembered } from "../store/remembered.ts";
import { type Account, findAccount } from "./accounts.ts";
import { type SessionFacts, sessionFacts } from "./session-facts.ts";

/** The session that an access token of this server is of. */
export interface TokenSession {
  /** The client that it was issued to, and by which grant. */
  readonly client: string;
  readonly grant: string;
  /** The thumbprint of the key that it is bound to; null: to none. */
  readonly thumbprint: string | null;
  readonly account: Account;
  readonly facts: SessionFacts;
}

/** @returns the session of a token; null for one that is unknown, was revoked or has ended, and for a person who is not active. */
export type FindTokenSession = (token: string) => TokenSession | Promise<TokenSession | null>;

/** What sessions of tokens are found by. */
export interface TokenSessionParts {
  readonly reader: VersionedReader;
  readonly sessionSeconds: number;
  readonly now: () => EpochSeconds;
}

/** Whatever changes the answer to whose a token is: the token, its grant, the person, their groups. */
const TABLES = ["artifact", "person", "membership"];

interface Found extends TokenSession {
  /** Until when no clock alone can have changed the answer. */
  readonly goodUntil: EpochSeconds;
}

/** Finds sessions by the provider that serves now. What was revoked is so at once, on every instance. */
export function tokenSessions(current: () => Provider, { reader, sessionSeconds, now }: TokenSessionParts): FindTokenSession {
  const sessions = remembered<Found>(reader, TABLES);
  return (value) => {
    // What opens a session stays in the memory no longer than its request.
    const digest = hash("sha256", value, "base64url");
    const known = sessions.known(digest);
    if (known !== null && known.goodUntil > now()) return known;
    return sessions.find(digest, () => findSession(current(), reader, value, sessionSeconds)).then(goesOn);
  };

  function goesOn(session: Found | null): Found | null {
    return session === null || session.facts.signedInAt + sessionSeconds <= now() ? null : session;
  }
}

async function findSession(
  provider: Provider,
  reader: VersionedReader,
  value: string,
  sessionSeconds: number,
): Promise<Found | null> {
  const token = await provider.AccessToken.find(value);
  if (token?.clientId === undefined || token.grantId === undefined || token.accountId === undefined) return null;
  const grant = await provider.Grant.find(token.grantId);
  if (grant === undefined || grant.isExpired || grant.accountId !== token.accountId) return null;
  const account = await findAccount(reader, token.accountId);
  if (account === null) return null;
  const facts = sessionFacts(token.extra);
  const ends = [facts.signedInAt + sessionSeconds, token.exp ?? 0, grant.exp ?? 0];
  return {
    client: token.clientId,
    grant: token.grantId,
    thumbprint: token.jkt ?? null,
    account,
    facts,
    goodUntil: Math.min(...ends),
  };
}
