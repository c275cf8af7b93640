// The certificate library that @simplewebauthn brings reflects on its own classes, and wants the polyfill to be there first.
import "reflect-metadata/lite";

import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
  type VerifiedAuthenticationResponse,
  verifyAuthenticationResponse,
} from "@simplewebauthn/server";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { Unit } from "../store/unit.ts";
import { beginCeremony, type CeremonyAnswer, type CeremonyPurpose, takeCeremony } from "./ceremony.ts";
import { countUse, findPasskey, type Passkey, passkeysOf } from "./passkey.ts";
import type { RelyingParty } from "./relying-party.ts";

/**
 * Begins a sign-in by whoever has a passkey of this server, or, with a `person`, the confirmation that this person is there now.
 *
 * @returns the handle of the ceremony, and what the page hands to `navigator.credentials.get`. For a sign-in it names no key: an
 * answer that did would tell strangers who is registered.
 */
export async function beginSignIn(
  party: RelyingParty,
  person: string | null,
  unit: Unit,
  now: EpochSeconds,
): Promise<{ readonly handle: string; readonly options: PublicKeyCredentialRequestOptionsJSON }> {
  const { handle, challenge } = beginCeremony(unit, purposeOf(person), person, now);
  const keys = person === null ? [] : await passkeysOf(unit, person);
  const options = await generateAuthenticationOptions({
    rpID: party.id,
    challenge: new Uint8Array(Buffer.from(challenge, "base64url")),
    userVerification: "required",
    allowCredentials: keys.map(({ id }) => ({ id })),
  });
  return { handle, options };
}

/**
 * Takes the browser's answer, and collects the key's new counter in the unit: the person is signed in once the unit is committed.
 *
 * @param person as the ceremony was begun with: only a key of theirs is taken.
 * @param address where the answer came from, for the audit log.
 * @returns the passkey that was used; its `person` is who signed in.
 * @throws {Fault} `CEREMONY_ENDED`; `PASSKEY_REFUSED`, in the same words whatever is wrong, so that nobody learns who is registered.
 */
export async function finishSignIn(
  party: RelyingParty,
  person: string | null,
  { handle, answer }: CeremonyAnswer,
  unit: Unit,
  { now, address }: { readonly now: EpochSeconds; readonly address: string },
): Promise<Passkey> {
  const ceremony = await takeCeremony(unit, purposeOf(person), handle, now);
  const response = readAnswer(answer);
  const passkey = response === null ? null : await findPasskey(unit, response.id);
  if (response === null || passkey === null) throw keyRefused(null);
  if (person !== null && (ceremony.person !== person || passkey.person !== person)) throw keyRefused(null);
  // The key says whose it is (the user handle). A key that says otherwise was put into the database by somebody else.
  if (person === null && response.userHandle !== Buffer.from(passkey.person).toString("base64url")) throw keyRefused(null);
  let result: VerifiedAuthenticationResponse;
  try {
    result = await verifyAuthenticationResponse({
      response: response.whole,
      expectedChallenge: ceremony.challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: {
        id: passkey.id,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, "base64url")),
        // Whether it went backwards is judged below, where what it means can be said.
        counter: 0,
      },
    });
  } catch (cause) {
    throw keyRefused(cause);
  }
  const counter = result.authenticationInfo.newCounter;
  if (!result.verified) throw keyRefused(null);
  if (counter <= passkey.counter && (counter > 0 || passkey.counter > 0)) {
    await recordRefusal(unit, passkey, "copied", address);
    throw copied(passkey, counter);
  }
  countUse(unit, passkey, counter, now);
  return passkey;
}

/**
 * Puts it into the audit log, at once, that a key of a person here did not sign them in. Only for an answer that the key itself has
 * signed: others can be made by anybody, as many as they like.
 */
export async function recordRefusal(
  unit: Unit,
  { id, person }: Passkey,
  reason: "copied" | "deactivated",
  address: string,
): Promise<void> {
  unit.record({ name: "sign-in.refused", actor: person, client: null, address, details: { passkey: id, reason } });
  await unit.commit();
}

function purposeOf(person: string | null): CeremonyPurpose {
  return person === null ? "sign-in" : "confirm";
}

interface Answer {
  readonly id: string;
  readonly userHandle: string | null;
  readonly whole: AuthenticationResponseJSON;
}

function readAnswer(answer: unknown): Answer | null {
  if (typeof answer !== "object" || answer === null) return null;
  const { id, response } = answer as { id?: unknown; response?: unknown };
  if (typeof id !== "string" || typeof response !== "object" || response === null) return null;
  const { userHandle } = response as { userHandle?: unknown };
  return {
    id,
    userHandle: typeof userHandle === "string" ? userHandle : null,
    // Checked by the library field by field, which throws for what is missing or of another type.
    whole: answer as AuthenticationResponseJSON,
  };
}

/** The one answer to every key that signs nobody in, so that nobody learns who is registered. */
export function keyRefused(cause: unknown): Fault {
  return new Fault("PASSKEY_REFUSED", "this key does not sign in here", {
    cause,
    hints: ["use a key that you registered here, or ask your administrator for an invitation"],
  });
}

/** WebAuthn Level 3 §6.1.1: a counter that does not grow means that there are two of a key that cannot be copied. */
function copied(passkey: Passkey, counter: number): Fault {
  return new Fault("PASSKEY_COPIED", `the key ${passkey.name} has counted less than it had before: it may have been copied`, {
    hints: ["sign in with another key, and remove this one"],
    details: { passkey: passkey.id, was: passkey.counter, is: counter },
  });
}
