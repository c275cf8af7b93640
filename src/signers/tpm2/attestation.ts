import { Fault } from "../../core/fault.ts";
import type { Secret } from "../../core/secret.ts";
import { randomBytes } from "../../platform/random.ts";
import type { AttestationAnswer, AttestationChallenge, AttestationRequest } from "../../wire/tpm/attestation.ts";
import { endorsement } from "../../wire/tpm/endorsement.ts";
import { attestationKeyTemplate, objectName } from "../../wire/tpm/public-area.ts";
import { TpmRefusal } from "../../wire/tpm/response-code.ts";
import { type EnterRoot, underStorageRoot } from "../../wire/tpm/storage-root.ts";
import type { WrappedObject } from "../../wire/tpm/tpm.ts";
import { encodeKeyRecord, type KeyRecord, parseKeyRecord } from "./key-record.ts";

/** What a device keeps between its request and the challenge: the key that signed what the TPM said. */
export interface PendingAttestation extends WrappedObject {
  readonly rootName: Uint8Array;
}

const NO_AUTH = new Uint8Array();

/** As a key without a PIN: that is what it is. */
export function encodePending(pending: PendingAttestation): Secret<string> {
  return encodeKeyRecord({ ...pending, protection: "none" });
}

/** @throws {Fault} `STORE_ENTRY_DAMAGED` */
export function parsePending(sealed: Secret<string>, entry: string): PendingAttestation {
  return parseKeyRecord(sealed, "ES256", entry).record;
}

/**
 * Has the TPM say of a key that it is in it.
 *
 * @throws {Fault} `ATTESTATION_REFUSED` if the maker of the TPM left no certificate in it.
 */
export async function requestAttestation(
  enter: EnterRoot,
  record: KeyRecord,
  pin: Uint8Array | null,
): Promise<{ readonly request: AttestationRequest; readonly pending: PendingAttestation }> {
  return underStorageRoot(enter, record.rootName, async ({ chip, transmit, session, root }) => {
    const speaker = endorsement(transmit, randomBytes);
    const certificate = await speaker.certificate();
    if (certificate === null) {
      throw new Fault("ATTESTATION_REFUSED", "the maker of this TPM left no certificate for RSA-2048 in it", {
        hints: [
          "what was left in it: `tpm2_getcap handles-nv-index` (the certificate would be 0x1C00002)",
          "some makers hand it out over the network alone, which brevet does not ask: such a key signs, and cannot be attested",
        ],
      });
    }
    const made = await chip.create(session, root, attestationKeyTemplate(), { authValue: NO_AUTH, data: NO_AUTH });
    const attestationKey = await chip.load(session, root, made);
    const key = await chip.load(session, root, record);
    const certified = await speaker.certify(session, key, pin ?? NO_AUTH, attestationKey);
    const request = { key: record.publicArea, attestationKey: made.publicArea, ...certified, certificate };
    return { request, pending: { ...made, rootName: root.name } };
  });
}

/** Reads the value of a challenge, which no other TPM can. @throws {Fault} `ATTESTATION_REFUSED` for one that is not for this TPM. */
export async function answerChallenge(
  enter: EnterRoot,
  pending: PendingAttestation,
  { blob, secret }: AttestationChallenge,
): Promise<AttestationAnswer> {
  return underStorageRoot(enter, pending.rootName, async ({ chip, transmit, session, root }) => {
    const key = await chip.load(session, root, pending);
    const speaker = endorsement(transmit, randomBytes);
    const { handle, publicArea } = await speaker.endorsementKey();
    chip.remember(handle);
    const endorsementKey = { handle, name: objectName(publicArea) };
    return { value: await speaker.activate(session, key, endorsementKey, { blob, secret }).catch(refuse) };
  });
}

function refuse(cause: unknown): never {
  if (!(cause instanceof TpmRefusal)) throw cause;
  throw new Fault("ATTESTATION_REFUSED", "the challenge was not made for this TPM and this request", { cause });
}
