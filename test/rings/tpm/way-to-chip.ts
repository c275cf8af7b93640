import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { beforeExit, settleBeforeExit } from "../../../src/platform/before-exit.ts";
import { openTpm, type TpmLink } from "../../../src/platform/tpm/open-tpm.ts";
import { parseTpmAddress } from "../../../src/platform/tpm/tpm-address.ts";
import { type EnterRoot, enterRoot } from "../../../src/wire/tpm/storage-root.ts";
import type { SwTpm } from "./swtpm.ts";

/** The way to a TPM as brevet goes it. @param between what sits on the bus. */
export function wayTo({ device }: SwTpm, between: (link: TpmLink) => TpmLink = (link) => link): EnterRoot {
  const address = parseTpmAddress(device) ?? assert.fail();
  return () => enterRoot({ open: async () => between(await openTpm(address)), random: randomBytes, beforeExit });
}

/** Work at a TPM as in a program that ends after it: the TPM is left when it is done, and free for tpm2-tools. */
export function untilLeft<Arguments extends readonly unknown[], T>(
  work: (...args: Arguments) => Promise<T>,
): (...args: Arguments) => Promise<T> {
  return async (...args) => {
    try {
      return await work(...args);
    } finally {
      await settleBeforeExit();
    }
  };
}
