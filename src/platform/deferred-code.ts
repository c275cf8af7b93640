/** Where the build of the npm package notes what it has put off: files that are loaded when something in them is first used. */
const NOTED = "brevetDeferred";

/**
 * Loads every part of the program that what is loaded already may come to use, for what runs long and must not need files that a new
 * version has replaced meanwhile; but no command and no kind that was not chosen. In the executable, and where the source runs, nothing is
 * put off.
 */
export function loadDeferredCode(): void {
  const deferred = (globalThis as Readonly<Record<string, unknown>>)[NOTED];
  // A list that grows while it is walked is walked to its end.
  for (const load of (deferred ?? []) as readonly (() => unknown)[]) {
    try {
      load();
    } catch {
      // What this machine or runtime has not says so when it is used, if it ever is.
    }
  }
}
