import { Fault } from "../core/fault.ts";
import { beginAuthorization } from "./authorization-code.ts";
import { openClient } from "./open-client.ts";
import { type SessionEntries, withNewSession } from "./session-entry.ts";
import type { SessionParts } from "./session-parts.ts";
import { newRecord, type SessionRecord } from "./session-record.ts";
import { personAbsent } from "./sign-in-faults.ts";

/** A port where nothing listens: the browser shows that it cannot connect, and keeps the address, which is all that is needed. */
const NOBODY_LISTENS = 49_151;

/**
 * Signs a person in by a browser anywhere: it ends at an address of this machine that it cannot reach, and the person brings that
 * address back. Runs in the asking process, which holds the lock of the entry.
 *
 * @throws {Fault} `PERSON_ABSENT`, `SIGN_IN_MIXED_UP` for an address of another sign-in, and what {@link beginAuthorization} raises.
 */
export async function signInByPaste(parts: SessionParts & { readonly entries: SessionEntries }): Promise<SessionRecord> {
  const { provider, clock, terminal, entries } = parts;
  if (!terminal.hasPerson) throw personAbsent(provider);
  const { host, ports, path } = provider.redirect;
  const redirectUri = `http://${host}:${ports[0] ?? NOBODY_LISTENS}${path}`;
  const client = await openClient(provider, "current", parts);
  const authorization = await beginAuthorization(client, provider, redirectUri, clock);
  terminal.instruct(`open this in a browser anywhere, and sign in: ${authorization.url}`);
  terminal.instruct(`it ends at a page that does not load and whose address begins with ${redirectUri}`);
  const pasted = await terminal.ask("paste that address here:");
  const record = newRecord(await authorization.redeem(parseAnswer(pasted, redirectUri)), provider, clock.now());
  await entries.save(withNewSession(await entries.load(), record, provider));
  return record;
}

/** The whole address, or only its query. */
function parseAnswer(pasted: string, redirectUri: string): URL {
  const text = pasted.trim();
  const whole = /^https?:/i.test(text) ? text : `${redirectUri}?${text.replace(/^\?/, "")}`;
  if (URL.canParse(whole) && whole.startsWith(`${redirectUri}?`)) return new URL(whole);
  throw new Fault("SIGN_IN_MIXED_UP", `what was pasted is not an address that begins with ${redirectUri}?`, {
    hints: ["copy the whole address from the browser's address bar, after the sign-in"],
  });
}
