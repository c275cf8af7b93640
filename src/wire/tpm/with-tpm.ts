import type { RandomBytes } from "../../core/random.ts";
import type { Transmit } from "./authorized.ts";
import { type Tpm, tpm } from "./tpm.ts";

/** How a TPM is reached. */
export interface TpmPorts {
  /** Opens the way to it; closed again after each piece of work. */
  readonly open: () => Promise<{ readonly transmit: Transmit; close(): Promise<void> }>;
  readonly random: RandomBytes;
}

/** Opens the way to the TPM, works with it, and closes the way. */
export async function withTpm<T>({ open, random }: TpmPorts, work: (chip: Tpm, transmit: Transmit) => Promise<T>): Promise<T> {
  const link = await open();
  try {
    return await work(tpm(link.transmit, random), link.transmit);
  } finally {
    await link.close();
  }
}
