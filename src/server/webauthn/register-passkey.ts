// The certificate library that @simplewebauthn brings reflects on its own classes, and wants the polyfill to be there first.
import "reflect-metadata/lite";

import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  type VerifiedRegistrationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { Unit } from "../store/unit.ts";
import { type AttestationPolicy, isAttested } from "./attestation.ts";
import { beginCeremony, type CeremonyAnswer, takeCeremony } from "./ceremony.ts";
import { addPasskey, type Passkey, passkeysOf } from "./passkey.ts";
import type { RelyingParty } from "./relying-party.ts";

/** The person of the new key: what the browser and the authenticator show and keep of them. */
export interface Registrant {
  /** The opaque id; the authenticator keeps it and names it at each sign-in (the user handle). */
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

/** Who registers a key, which keys are accepted, and when. */
export interface RegistrationParts {
  readonly party: RelyingParty;
  readonly policy: AttestationPolicy;
  readonly now: EpochSeconds;
}

/** ES256, EdDSA and RS256: what the keys of all makers have between them (RFC 9053 §2, RFC 8812). */
const ALGORITHMS = [-7, -8, -257];

/**
 * Begins the registration of a passkey that a person can sign in with without naming themselves.
 *
 * @returns the handle of the ceremony, and what the page hands to `navigator.credentials.create`.
 */
export async function beginRegistration(
  { party, policy, now }: RegistrationParts,
  registrant: Registrant,
  unit: Unit,
): Promise<{ readonly handle: string; readonly options: PublicKeyCredentialCreationOptionsJSON }> {
  const { handle, challenge } = beginCeremony(unit, "register", registrant.id, now);
  const options = await generateRegistrationOptions({
    rpID: party.id,
    rpName: party.name,
    userID: new Uint8Array(Buffer.from(registrant.id)),
    userName: registrant.email,
    userDisplayName: registrant.name,
    challenge: new Uint8Array(Buffer.from(challenge, "base64url")),
    // A browser asks the person before it lets a site see the model of a key: that is asked only where it decides something.
    attestationType: policy.trusted.length === 0 ? "none" : "direct",
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    excludeCredentials: (await passkeysOf(unit, registrant.id)).map(({ id }) => ({ id })),
    supportedAlgorithmIDs: ALGORITHMS,
  });
  return { handle, options };
}

/**
 * Takes the browser's answer, and collects the new passkey in the unit.
 *
 * @throws {Fault} `CEREMONY_ENDED`; `PASSKEY_REFUSED` with what is wrong; `ALREADY_USED` at commit for a key that is there.
 */
export async function finishRegistration(
  { party, policy, name, now }: RegistrationParts & { readonly name: string },
  { handle, answer }: CeremonyAnswer,
  unit: Unit,
): Promise<Passkey> {
  const { challenge, person } = await takeCeremony(unit, "register", handle, now);
  if (person === null) throw new Fault("CEREMONY_ENDED", "this attempt belongs to nobody");
  const { credential, aaguid, attestationObject, credentialDeviceType } = await verified(party, challenge, answer);
  const attested = isAttested(attestationObject, aaguid, policy, now);
  if (policy.required && !attested) {
    const use = policy.advice === null ? "" : ` (${policy.advice})`;
    throw new Fault("PASSKEY_REFUSED", `this organisation takes only security keys that their makers vouch for${use}`, {
      hints: ["use a security key that your administrator has named, and allow the browser to show its model"],
      details: { aaguid },
    });
  }
  const passkey: Passkey = {
    id: credential.id,
    person,
    name,
    publicKey: Buffer.from(credential.publicKey).toString("base64url"),
    counter: credential.counter,
    transports: credential.transports ?? [],
    aaguid,
    level: attested ? "attested" : credentialDeviceType === "singleDevice" ? "device-bound" : "passkey",
    madeAt: now,
    // Registering a key uses it: it has signed, and verified its person.
    usedAt: now,
  };
  addPasskey(unit, passkey);
  return passkey;
}

type Registration = Extract<VerifiedRegistrationResponse, { verified: true }>["registrationInfo"];

async function verified(party: RelyingParty, challenge: string, answer: unknown): Promise<Registration> {
  let result: VerifiedRegistrationResponse;
  try {
    result = await verifyRegistrationResponse({
      // Checked by the library field by field, which throws for what is missing or of another type.
      response: answer as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
  } catch (cause) {
    throw new Fault("PASSKEY_REFUSED", "the browser's answer does not hold a key that can be trusted", { cause });
  }
  if (!result.verified) throw new Fault("PASSKEY_REFUSED", "the key's statement about itself is not signed by it");
  return result.registrationInfo;
}
