import { sha256 } from "../../core/digest.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import { signingKeyTemplate } from "../../wire/tpm/public-area.ts";
import { flushing, readPersistentRoot, type StorageRoot, type UnderRoot, underStorageRoot } from "../../wire/tpm/storage-root.ts";
import { type OpenTpm, openTpmChip, type TpmPorts, withTpm } from "../../wire/tpm/with-tpm.ts";
import type { KeyRecord } from "./key-record.ts";

const NO_AUTH = new Uint8Array();

/** Makes a key. @param pin what authorises its use; null: nothing does. */
export async function makeKey(ports: TpmPorts, algorithm: SignatureAlgorithm, pin: Uint8Array | null): Promise<KeyRecord> {
  return withTpm(ports, (chip) =>
    underStorageRoot(chip, null, async ({ session, root }) => {
      const template = signingKeyTemplate(algorithm, pin === null ? "by-nothing" : "by-pin");
      const made = await chip.create(session, root, template, { authValue: pin ?? NO_AUTH, data: NO_AUTH });
      return { ...made, rootName: root.name, protection: pin === null ? "none" : "pin" };
    }),
  );
}

/** A TPM that is open, and was asked for its storage root: what every signature begins with, whatever its key. */
export interface GreetedTpm extends OpenTpm {
  readonly persistent: Promise<StorageRoot | null>;
}

/** Opens the way and asks. @throws {Fault} `SIGNER_ABSENT`, `SIGNER_BUSY` */
export async function greetTpm(ports: TpmPorts): Promise<GreetedTpm> {
  const opened = await openTpmChip(ports);
  const persistent = readPersistentRoot(opened.chip);
  // Told to who signs.
  persistent.catch(() => undefined);
  return { ...opened, persistent };
}

/**
 * Signs a message by a key of this TPM, and closes the way to it.
 *
 * @returns the signature as JWS has it. @throws {Fault} `KEY_ABSENT`, `PIN_WRONG`, `PIN_LOCKED`
 */
export async function signWithKey(
  greeted: Promise<GreetedTpm>,
  record: KeyRecord,
  pin: Uint8Array | null,
  message: Uint8Array,
): Promise<Uint8Array> {
  const digest = sha256(message);
  const { chip, persistent, close } = await greeted;
  try {
    const sign = async ({ session, root }: UnderRoot): Promise<Uint8Array> => {
      const key = await chip.load(session, root, record);
      return flushing(chip, key.handle, () => chip.sign(session, key, pin ?? NO_AUTH, digest));
    };
    return await underStorageRoot(chip, record.rootName, sign, persistent);
  } finally {
    await close();
  }
}
