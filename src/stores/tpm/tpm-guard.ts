import { join } from "node:path";
import { joined, sameBytes } from "../../core/bytes.ts";
import { sha256 } from "../../core/digest.ts";
import { Fault } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";
import { Secret } from "../../core/secret.ts";
import { FILE_GUARD_HINTS, type KeyGuardKind } from "../../core/store.ts";
import { beforeExit } from "../../platform/before-exit.ts";
import type { Paths } from "../../platform/paths.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";
import { randomBytes } from "../../platform/random.ts";
import { openTpm } from "../../platform/tpm/open-tpm.ts";
import { MACHINE_TPM, type TpmAddress } from "../../platform/tpm/tpm-address.ts";
import { sealedTemplate } from "../../wire/tpm/public-area.ts";
import { enterRoot, underStorageRoot } from "../../wire/tpm/storage-root.ts";
import type { TpmPorts } from "../../wire/tpm/with-tpm.ts";
import { encodeSealedKey, parseSealedKey, type SealedKey } from "./sealed-key.ts";

/**
 * The master key sealed by a TPM 2.0, in a file of mode 0600 in the state folder: for machines without a keychain. The
 * folder on another machine, in a backup or on a disk that was taken out opens nothing; on this machine it opens for every
 * program of this user that may use the TPM.
 *
 * What is sealed is the key and the digest of the store's id, so that one store does not open with the key of another.
 */
export interface TpmGuardOptions {
  readonly paths: Pick<Paths, "stateFolder">;
  readonly files: PrivateFiles;
  /** By default the TPM of this machine. */
  readonly address?: TpmAddress;
}

const KEY_BYTES = 32;
const NO_AUTH = new Uint8Array();

/** The guard that the config and `BREVET_STORE` call `tpm`. */
export function tpmGuardKind({ paths, files, address = MACHINE_TPM }: TpmGuardOptions): KeyGuardKind {
  const path = join(paths.stateFolder, "store.tpm");
  const ports: TpmPorts = { open: () => openTpm(address), random: randomBytes, beforeExit };
  return {
    kind: "tpm",
    open: (storeId) => ({
      kind: "tpm",
      strength: "hardware",
      summary: `${path}, sealed by the TPM of this machine: it opens here, for programs of this user, and nowhere else`,
      load: async () => {
        const bytes = files.read(path);
        if (bytes === null) return null;
        const data = await translated(path, [], () => unseal(ports, parseSealedKey(bytes, path)));
        return keyFor(storeId, data, path);
      },
      save: async (key) => {
        const data = joined(key.reveal(), digestOf(storeId));
        files.replace(path, encodeSealedKey(await translated(path, FILE_GUARD_HINTS, () => seal(ports, data))));
      },
      destroy: async () => {
        files.remove(path);
      },
    }),
  };
}

function seal(ports: TpmPorts, data: Uint8Array): Promise<SealedKey> {
  return underStorageRoot(
    () => enterRoot(ports),
    null,
    async ({ chip, session, root }) => {
      const sealed = await chip.create(session, root, sealedTemplate(), { authValue: NO_AUTH, data });
      return { ...sealed, rootName: root.name };
    },
  );
}

function unseal(ports: TpmPorts, sealed: SealedKey): Promise<Uint8Array> {
  return underStorageRoot(
    () => enterRoot(ports),
    sealed.rootName,
    async ({ chip, session, root }) => chip.unseal(session, await chip.load(session, root, sealed)),
  );
}

function keyFor(storeId: string, data: Uint8Array, path: string): Secret<Uint8Array> {
  const digest = digestOf(storeId);
  if (data.length !== KEY_BYTES + digest.length) {
    throw new Fault("STORE_KEY_DAMAGED", `${path} does not hold a key that brevet made`);
  }
  if (!sameBytes(digest, data.subarray(KEY_BYTES))) throw new Fault("STORE_KEY_FOREIGN", `${path} was made for another store`);
  return new Secret("master key", data.slice(0, KEY_BYTES));
}

function digestOf(storeId: string): Uint8Array {
  return sha256(storeId);
}

/** What a TPM says of a key, in the words of a store. */
const CODES: Partial<Readonly<Record<FaultCode, FaultCode>>> = {
  SIGNER_ABSENT: "STORE_GUARD_ABSENT",
  SIGNER_BUSY: "STORE_GUARD_SLOW",
  PIN_LOCKED: "STORE_GUARD_LOCKED",
  KEY_ABSENT: "STORE_KEY_FOREIGN",
};

/** @param instead what else guards a store, where there is no TPM. */
async function translated<T>(path: string, instead: readonly string[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const code = cause instanceof Fault ? CODES[cause.code] : undefined;
    if (!(cause instanceof Fault) || code === undefined) throw cause;
    const message = code === "STORE_KEY_FOREIGN" ? `${path} was sealed by the TPM of another machine` : cause.message;
    const hints = code === "STORE_GUARD_ABSENT" ? [...cause.hints, ...instead] : cause.hints;
    throw new Fault(code, message, { cause, hints });
  }
}
