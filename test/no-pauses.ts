import type { Tempo } from "../src/core/tempo.ts";

/** Time that does not go by: what is repeated is repeated at once. */
export const NO_PAUSES: Tempo = { elapsedMs: () => 0, pause: async () => undefined, random: () => 0 };
