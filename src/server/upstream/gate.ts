import { randomBytes } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { bindInvite, type Invite, makeInvite } from "../people/invite.ts";
import { digestOf } from "../people/one-time-secret.ts";
import { findPersonNamed, newPersonId } from "../people/person.ts";
import { text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import type { UpstreamAttempt } from "./ask-upstream.ts";
import type { Upstream, UpstreamPerson } from "./upstream.ts";

/** A person has to find their account and its second factor. */
const GATE_SECONDS = 600;

/** How long a person who came through the gate has to register a key. */
const ENROL_SECONDS = 900;

/** Collects an attempt of a browser, which alone can bring its answer. @param browser the secret of its cookie. */
export function beginAttempt(unit: Unit, browser: string, now: EpochSeconds): UpstreamAttempt {
  const attempt = { state: newToken(), nonce: newToken(), verifier: newToken() };
  unit.write("INSERT INTO upstream_attempt (state, browser, nonce, verifier, expires_at) VALUES (?, ?, ?, ?, ?)", [
    digestOf(attempt.state),
    digestOf(browser),
    attempt.nonce,
    attempt.verifier,
    now + GATE_SECONDS,
  ]);
  return attempt;
}

/**
 * Takes an attempt, and commits that it was taken before the provider is asked: an answer counts once, and only in the browser that
 * began it, so that nobody is made to enrol as somebody else.
 *
 * @throws {Fault} `INTERACTION_ABSENT`
 */
export async function takeAttempt(unit: Unit, state: string, browser: string, now: EpochSeconds): Promise<UpstreamAttempt> {
  const absent = (): Fault =>
    new Fault("INTERACTION_ABSENT", "this sign-in was not begun in this browser, was answered already, or took too long", {
      hints: ["go back to where you came from, and begin again"],
    });
  const key = [digestOf(state), digestOf(browser)];
  const [row] = await unit.read(
    "SELECT nonce, verifier FROM upstream_attempt WHERE state = ? AND browser = ? AND expires_at > ?",
    [...key, now],
  );
  if (row === undefined) throw absent();
  unit.claim("DELETE FROM upstream_attempt WHERE state = ? AND browser = ?", key, absent);
  await unit.commit();
  return { state, nonce: text(row, "nonce"), verifier: text(row, "verifier") };
}

/**
 * Collects that the person who came through the gate may register a key in this browser: with the invitation that they brought,
 * if it is for their address, or with one of their own, where everybody of the domains may.
 *
 * @returns the secret of a new invitation; null where the one that was brought counts from now on.
 * @throws {Fault} `UPSTREAM_REFUSED`
 */
export async function admit(
  unit: Unit,
  {
    upstream,
    person,
    invite,
    browser,
    address,
    now,
  }: {
    readonly upstream: Upstream;
    readonly person: UpstreamPerson;
    readonly invite: Invite | null;
    readonly browser: string;
    readonly address: string;
    readonly now: EpochSeconds;
  },
): Promise<string | null> {
  const { email, name } = person;
  const details = { issuer: upstream.issuer, email, invite: invite?.digest ?? null };
  unit.record({ name: "upstream.passed", actor: null, client: null, address, details });
  if (invite !== null) {
    if (invite.email !== email) throw refused(`the invitation is not for ${email}, who you are at ${upstream.name}`);
    bindInvite(unit, invite, browser);
    return null;
  }
  if (upstream.enrols !== "everybody") throw refused("you need an invitation to register a key here");
  if ((await findPersonNamed(unit, email)) !== null) throw refused(`${email} has a key here already: sign in with it`);
  const own = { kind: "join", person: newPersonId(), email, name, madeBy: null, browser: digestOf(browser) } as const;
  const whenAndWhere = { groups: upstream.groups ?? [], madeAt: now, expiresAt: now + ENROL_SECONDS };
  return makeInvite(unit, { ...own, ...whenAndWhere }, { actor: null, client: null, address });
}

/**
 * Whether an invitation may be used in a browser. One that came through the gate is of that browser alone.
 *
 * @returns `pass`; `gate`: the person has to sign in at the provider first.
 */
export function judgeInvite(invite: Invite, upstream: Upstream | null, browser: string | undefined): "pass" | "gate" {
  if (invite.browser !== null && browser !== undefined && digestOf(browser) === invite.browser) return "pass";
  const gated = invite.kind === "join" && upstream?.enrols === "invited";
  return gated || invite.browser !== null ? "gate" : "pass";
}

function newToken(): string {
  return randomBytes(32).toString("base64url");
}

function refused(message: string): Fault {
  return new Fault("UPSTREAM_REFUSED", message, { hints: ["ask an administrator for a link"] });
}
