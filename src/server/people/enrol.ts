import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/server";
import { Fault } from "../../core/fault.ts";
import type { Unit } from "../store/unit.ts";
import type { CeremonyAnswer } from "../webauthn/ceremony.ts";
import type { Passkey } from "../webauthn/passkey.ts";
import { beginRegistration, finishRegistration, type RegistrationParts } from "../webauthn/register-passkey.ts";
import { findInvite, nameFirst, spendInvite } from "./invite.ts";
import { parseDisplayName, parseEmail, parseKeyName } from "./names.ts";
import { addPerson, joinGroup } from "./person.ts";

/** Where and when somebody enrols. */
export interface EnrolmentParts extends RegistrationParts {
  /** For the audit log. */
  readonly address: string;
}

/**
 * Begins the registration of the key that an invitation is for.
 *
 * @param said the e-mail address and name, which only the first administrator is asked for, and the key's name. It is checked before the
 *   key is made: a refusal afterwards would leave a useless key on the authenticator.
 * @throws {Fault} `INVITE_ENDED`, `NAME_INVALID`
 */
export async function beginEnrolment(
  { party, policy, now }: EnrolmentParts,
  secret: string,
  said: { readonly email: unknown; readonly name: unknown; readonly keyName: unknown },
  unit: Unit,
): Promise<{ readonly handle: string; readonly options: PublicKeyCredentialCreationOptionsJSON }> {
  const invite = await findInvite(unit, secret, now);
  parseKeyName(said.keyName);
  let { email, name } = invite;
  if (invite.kind === "first") {
    email = parseEmail(said.email);
    name = parseDisplayName(said.name, "your name");
    nameFirst(unit, invite, email, name);
  }
  if (email === null || name === null) throw new Fault("INVITE_ENDED", "this link is for nobody");
  return beginRegistration({ party, policy, now }, { id: invite.person, email, name }, unit);
}

/**
 * Takes the browser's answer: the invitation is spent, and the person and the key come into being together.
 *
 * @throws {Fault} `INVITE_ENDED`; `ALREADY_USED` when somebody else has the e-mail address; those of a registration.
 */
export async function finishEnrolment(
  { party, policy, now, address }: EnrolmentParts,
  secret: string,
  { keyName, ...answer }: CeremonyAnswer & { readonly keyName: unknown },
  unit: Unit,
): Promise<Passkey> {
  const name = parseKeyName(keyName);
  const passkey = await finishRegistration({ party, policy, name, now }, answer, unit);
  // Read after the ceremony was taken: what the first administrator said is fixed by now.
  const invite = await findInvite(unit, secret, now);
  if (passkey.person !== invite.person || invite.email === null || invite.name === null) {
    throw new Fault("CEREMONY_ENDED", "this attempt was begun with another link");
  }
  spendInvite(unit, invite);
  if (invite.kind !== "recover") {
    addPerson(unit, { id: invite.person, email: invite.email, name: invite.name, active: true, madeAt: now });
    for (const group of invite.groups) joinGroup(unit, invite.person, group);
    unit.record({
      name: "person.enrolled",
      actor: invite.person,
      client: null,
      address,
      details: { email: invite.email, invite: invite.digest, groups: invite.groups },
    });
  }
  unit.record({
    name: "passkey.added",
    actor: invite.person,
    client: null,
    address,
    details: { passkey: passkey.id, aaguid: passkey.aaguid, level: passkey.level, by: invite.kind },
  });
  return passkey;
}
