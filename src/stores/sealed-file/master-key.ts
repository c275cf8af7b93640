import { Fault } from "../../core/fault.ts";
import { posixWord } from "../../core/posix-word.ts";
import { Secret } from "../../core/secret.ts";
import type { KeyGuard } from "../../core/store.ts";
import { randomBytes } from "../../platform/random.ts";

const MASTER_KEY_BYTES = 32;

/** What making the master key takes from the store around it. */
export interface MasterKeyPorts {
  readonly guard: KeyGuard;
  /** The folders of entries that cannot be made again and are there now. */
  irreplaceable(): readonly string[];
  /** Where the record of the guard should be, if it is not there; else null. */
  missingRecord(): string | null;
  /** Runs `work` while no other process makes the master key. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * The master key, made at first need by one of the processes that want it.
 *
 * @throws {Fault} `STORE_KEY_ABSENT` if entries that cannot be made again were sealed by a key that is gone; a guard's fault.
 */
export async function establishMasterKey(ports: MasterKeyPorts): Promise<Secret<Uint8Array>> {
  return (await ports.guard.load()) ?? ports.exclusively(() => makeMasterKey(ports));
}

async function makeMasterKey(ports: MasterKeyPorts): Promise<Secret<Uint8Array>> {
  const { guard } = ports;
  const made = await guard.load();
  if (made !== null) return made;
  const orphans = ports.irreplaceable();
  // A new key would leave them sealed for ever, and the user believing that they are there.
  if (orphans.length > 0) throw masterKeyAbsent(guard, orphans, ports.missingRecord());
  await guard.save(new Secret("master key", randomBytes(MASTER_KEY_BYTES)));
  // Read back: what counts is what the guard gives to the next process.
  const kept = await guard.load();
  if (kept === null) throw new Fault("STORE_GUARD_ABSENT", `the ${guard.kind} took the store's key and does not give it back`);
  return kept;
}

/**
 * The fault for entries whose key is gone.
 *
 * @param missingRecord as in {@link MasterKeyPorts}: without the record nobody knows which guard it was.
 */
export function masterKeyAbsent(guard: KeyGuard, folders: readonly string[], missingRecord: string | null): Fault {
  const sealed = folders.join(" and ");
  const [message, mend] =
    missingRecord === null
      ? [`the ${guard.kind} no longer holds the key that seals ${sealed}`, `bring back the ${guard.kind} that held it`]
      : [
          `${missingRecord} is gone, which says what holds the key that seals ${sealed}`,
          `bring ${missingRecord} back from a copy`,
        ];
  return new Fault("STORE_KEY_ABSENT", message, {
    hints: [mend, `to begin again: \`rm -r ${folders.map(posixWord).join(" ")}\`, then \`brevet init\``],
    details: { guard: guard.kind },
  });
}
