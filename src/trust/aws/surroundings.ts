import type { SessionTags } from "../../core/identity.ts";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";

/** What may be known of a call besides its proof. A policy that tests anything unknown stays undecided. */
export interface Surroundings {
  /** The public address the call comes from. */
  readonly sourceIp?: string;
  /** The region of the STS endpoint. */
  readonly region?: string;
  readonly userAgent?: string;
  /** The tags of the role itself. */
  readonly roleTags?: Readonly<Record<string, string>>;
  readonly roleArn?: string;
}

/** Condition keys in lower case and their values, while they are collected. */
export type ContextBuilder = Map<string, readonly string[]>;

/** Adds the keys of the time, the network and the role. STS has no endpoint without TLS. */
export function addSurroundings(context: ContextBuilder, call: Surroundings, now: EpochSeconds): void {
  context.set("aws:currenttime", [formatUtc(now)]);
  context.set("aws:epochtime", [String(now)]);
  context.set("aws:securetransport", ["true"]);
  if (call.sourceIp !== undefined) context.set("aws:sourceip", [call.sourceIp]);
  if (call.region !== undefined) context.set("aws:requestedregion", [call.region]);
  if (call.userAgent !== undefined) context.set("aws:useragent", [call.userAgent]);
  const account = call.roleArn?.split(":")[4];
  if (account !== undefined && account !== "") context.set("aws:resourceaccount", [account]);
  for (const [key, value] of Object.entries(call.roleTags ?? {})) {
    context.set(`aws:resourcetag/${key.toLowerCase()}`, [value]);
    context.set(`iam:resourcetag/${key.toLowerCase()}`, [value]);
  }
}

/** What the new session is to be called and carry. */
export interface SessionWishes {
  readonly roleSessionName: string;
  readonly tags: SessionTags | null;
  readonly sourceIdentity: string | null;
}

/**
 * Adds the keys of the session.
 *
 * @see IAM User Guide, id_session-tags (permissions-required), id_credentials_temp_control-access_monitor
 */
export function addSession(context: ContextBuilder, session: SessionWishes): void {
  context.set("sts:rolesessionname", [session.roleSessionName]);
  if (session.sourceIdentity !== null) context.set("sts:sourceidentity", [session.sourceIdentity]);
  if (session.tags === null) return;
  const tags = Object.entries(session.tags.principal);
  for (const [key, value] of tags) context.set(`aws:requesttag/${key.toLowerCase()}`, [value]);
  if (tags.length > 0)
    context.set(
      "aws:tagkeys",
      tags.map(([key]) => key),
    );
  if (session.tags.transitive.length > 0) context.set("sts:transitivetagkeys", session.tags.transitive);
}
