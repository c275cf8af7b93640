import type { RandomBytes } from "../../core/random.ts";
import type { Transmit } from "./authorized.ts";
import { type Tpm, tpm } from "./tpm.ts";

/** How a TPM is reached. */
export interface TpmPorts {
  /** Opens the way to it; closed again after each piece of work. */
  readonly open: () => Promise<{ readonly transmit: Transmit; close(): Promise<void> }>;
  readonly random: RandomBytes;
}

/** A TPM, and the way to it, which is open. */
export interface OpenTpm {
  readonly chip: Tpm;
  readonly transmit: Transmit;
  close(): Promise<void>;
}

/** Opens the way to the TPM. Who opens it closes it: {@link withTpm} where nothing else comes between. */
export async function openTpmChip({ open, random }: TpmPorts): Promise<OpenTpm> {
  const link = await open();
  return { chip: tpm(link.transmit, random), transmit: link.transmit, close: () => link.close() };
}

/** Opens the way to the TPM, works with it, and closes the way. */
export async function withTpm<T>(ports: TpmPorts, work: (chip: Tpm, transmit: Transmit) => Promise<T>): Promise<T> {
  const { chip, transmit, close } = await openTpmChip(ports);
  try {
    return await work(chip, transmit);
  } finally {
    await close();
  }
}
