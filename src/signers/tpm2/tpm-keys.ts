import { sha256 } from "../../core/digest.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import { signingKeyTemplate } from "../../wire/tpm/public-area.ts";
import { type EnterRoot, underStorageRoot } from "../../wire/tpm/storage-root.ts";
import type { KeyRecord } from "./key-record.ts";

const NO_AUTH = new Uint8Array();

/** Makes a key. @param pin what authorises its use; null: nothing does. */
export async function makeKey(enter: EnterRoot, algorithm: SignatureAlgorithm, pin: Uint8Array | null): Promise<KeyRecord> {
  return underStorageRoot(enter, null, async ({ chip, session, root }) => {
    const template = signingKeyTemplate(algorithm, pin === null ? "by-nothing" : "by-pin");
    const made = await chip.create(session, root, template, { authValue: pin ?? NO_AUTH, data: NO_AUTH });
    return { ...made, rootName: root.name, protection: pin === null ? "none" : "pin" };
  });
}

/** Signs a message by a key of this TPM. @returns the signature as JWS has it. @throws {Fault} `KEY_ABSENT`, `PIN_WRONG`, `PIN_LOCKED` */
export async function signWithKey(
  enter: EnterRoot,
  record: KeyRecord,
  pin: Uint8Array | null,
  message: Uint8Array,
): Promise<Uint8Array> {
  return underStorageRoot(enter, record.rootName, async ({ chip, session, root }) => {
    const key = await chip.load(session, root, record);
    return chip.sign(session, key, pin ?? NO_AUTH, sha256(message));
  });
}
