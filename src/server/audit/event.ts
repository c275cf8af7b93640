import { Fault } from "../../core/fault.ts";
import { nearest } from "../../core/nearest.ts";

/**
 * What the server records, one event for each thing that was handed out, changed or refused. Names are `<noun>.<what happened>`
 * and are never renamed: those who watch the audit log match on them.
 */
export const AUDIT_EVENTS = {
  "chain.opened": "an instance started, and with it a chain",
  "chain.closed": "an instance stopped in order",
  "server.restored": "the database was put back from a backup; every session, link and recovery code in it ended",
  "token.issued": "an access, refresh or ID token was issued to a client",
  "token.exchanged": "a token for a cloud or another audience was issued",
  "token.refused": "a token for an audience was refused by a rule",
  "token.replayed": "a code or token that was used already came again; everything of its grant was revoked",
  "token.revoked": "a token and its grant were revoked",
  "client.registered": "an OpenID client was registered",
  "client.changed": "the registration of an OpenID client was changed",
  "client.removed": "an OpenID client was removed",
  "key.made": "a signing key was made, and published",
  "key.activated": "a signing key began to sign",
  "key.retired": "a signing key got a successor: from `retiredAt` on it signs no more, and stays published",
  "key.revoked": "a signing key was taken out of the published keys",
  "rules.changed": "the rules for tokens were changed",
  "session.ended": "a person signed out, here or elsewhere, or was signed out by an administrator",
  "invite.made": "a link was made by which somebody can register a key, once",
  "person.enrolled": "somebody used an invitation, and is a person here now",
  "person.signed-in": "a person signed in with a key",
  "sign-in.refused": "a person's own key did not sign them in: they were deactivated, or the key may have been copied",
  "passkey.added": "a key was registered for a person",
  "passkey.removed": "a key was taken from a person, and every session of theirs ended",
  "invite.withdrawn": "a link that nobody had used was taken back",
  "person.deactivated": "a person may do nothing any more, and every session of theirs ended",
  "person.changed": "a person has another name than before",
  "person.removed": "a person was removed, with their keys, groups and sessions",
  "person.activated": "a person who was deactivated may sign in again",
  "groups.changed": "a person is in other groups than before",
  "recovery.asked": "an administrator asked that a person be let in without a key; another one has to agree",
  "recovery.code-made": "a person made one-time codes for the day when every key is lost",
  "recovery.code-used": "a one-time code was used; it lets its person register a new key",
  "recovery.code-refused": "somebody typed a one-time code that does not count",
  "audit.cut": "rows that were older than they are kept were cut off the beginning of this log",
  "audit.confirmed": "an administrator said that an export of this log is kept elsewhere",
  "upstream.changed": "another sign-in provider, or none, says who may register a key",
  "upstream.passed": "somebody signed in at the sign-in provider, to register a key",
} as const satisfies Record<string, string>;

/** The name of an event. */
export type AuditEventName = keyof typeof AUDIT_EVENTS;

/** The event that somebody asks for by its name. @throws {Fault} `NAME_INVALID` with the names that there are. */
export function parseEventName(name: string): AuditEventName {
  const known = Object.keys(AUDIT_EVENTS);
  if (known.includes(name)) return name as AuditEventName;
  const meant = nearest(name, known);
  throw new Fault("NAME_INVALID", `there is no event "${name}"`, {
    hints: [...(meant === null ? [] : [`did you mean "${meant}"?`]), `the events are ${known.join(", ")}`],
  });
}

/** Who did something, and from where. */
export interface Author {
  /** The id of a person; null for the server itself and for an unknown person. */
  readonly actor: string | null;
  /** The OpenID client through which it was asked for. */
  readonly client: string | null;
  /** The address that the request came from. */
  readonly address: string | null;
}

/** What the server does by itself. */
export const NOBODY: Author = { actor: null, client: null, address: null };

/** One thing that happened. Never a token, key, code, cookie or challenge. */
export interface AuditEvent extends Author {
  readonly name: AuditEventName;
  /** What it was done to, and what decided: plain values. */
  readonly details: Readonly<Record<string, string | number | boolean | readonly string[] | null>>;
}
