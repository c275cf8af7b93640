/*
 * Work that the answer does not wait for, but the program does: a TPM that nobody else cleans has to be left as it was found, which
 * takes as long as a signature.
 */

const owed = new Set<() => Promise<void>>();

/**
 * Has `work` done before the program ends: by whoever began it, or else then. It may be called twice, and gives the same promise.
 *
 * @returns what to call once it is done.
 */
export function beforeExit(work: () => Promise<void>): () => void {
  owed.add(work);
  return () => void owed.delete(work);
}

/** Does what is owed. Its faults are nobody's: the program has its outcome. */
export async function settleBeforeExit(): Promise<void> {
  await Promise.allSettled([...owed].map((work) => work()));
}
