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

/** Many times what a TPM takes to flush, and less than makes somebody wonder why the program does not end. */
const PATIENCE_MS = 3000;

/** Does what is owed, as long as that is worth waiting for. Its faults are nobody's: the program has its outcome. */
export async function settleBeforeExit(): Promise<void> {
  if (owed.size === 0) return;
  const settled = Promise.allSettled([...owed].map((work) => work()));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, "late");
  });
  if ((await Promise.race([settled, late])) === "late")
    (await import("./processes/leave-despite-stuck-call.ts")).leaveDespiteStuckCall();
  clearTimeout(timer);
}
