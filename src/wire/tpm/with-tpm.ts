import type { RandomBytes } from "../../core/random.ts";
import type { Transmit } from "./authorized.ts";
import { type Tpm, tpm } from "./tpm.ts";

/** How a TPM is reached. */
export interface TpmPorts {
  /** Opens the way to it. */
  readonly open: () => Promise<{ readonly transmit: Transmit; close(): Promise<void> }>;
  readonly random: RandomBytes;
  /** Has work done before the program ends, unless it is done earlier. @returns what to call once it is done. */
  readonly beforeExit: (work: () => Promise<void>) => () => void;
}

/** An open way to a TPM. */
export interface OpenTpm {
  readonly chip: Tpm;
  readonly transmit: Transmit;
  /** Runs work before the TPM is left. */
  use<T>(work: () => Promise<T>): Promise<T>;
  /** Runs the last work, and leaves the TPM while the caller goes on. */
  finish<T>(work: () => Promise<T>): Promise<T>;
  /** Once no work is going on: flushes what it left in the TPM, and closes the way. */
  leave(): Promise<void>;
}

/** Opens the way to the TPM. Whoever does not leave it leaves it before the program ends. */
export async function enterTpm({ open, random, beforeExit }: TpmPorts): Promise<OpenTpm> {
  const { transmit, close } = await open();
  const chip = tpm(transmit, random);
  let busy: Promise<unknown> = Promise.resolve();
  let left: Promise<void> | null = null;
  const use: OpenTpm["use"] = (work) => {
    const done = work();
    busy = Promise.allSettled([busy, done]);
    return done;
  };
  const leave = (): Promise<void> => {
    left ??= busy.then(chip.flushAll).then(close).finally(settled);
    return left;
  };
  const settled = beforeExit(leave);
  return {
    chip,
    transmit,
    use,
    async finish(work) {
      try {
        return await use(work);
      } finally {
        // A way that breaks while it is left was good until then.
        leave().catch(() => undefined);
      }
    },
    leave,
  };
}

/** Opens the way to the TPM, works with it, and leaves it. */
export async function withTpm<T>(ports: TpmPorts, work: (chip: Tpm) => Promise<T>): Promise<T> {
  const { chip, finish } = await enterTpm(ports);
  return finish(() => work(chip));
}
