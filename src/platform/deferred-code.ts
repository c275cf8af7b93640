/** Where the build of the npm package notes the files that are loaded only when something in them is first used. */
const NOTED = "brevetDeferred";

/**
 * Loads every part that the loaded code may still need: a program that runs long must not look for files that a new version has
 * replaced. Commands and kinds that were not chosen are left out. In the executable, and in the source, nothing is deferred.
 */
export function loadDeferredCode(): void {
  const deferred = (globalThis as Readonly<Record<string, unknown>>)[NOTED];
  // A list that grows while it is walked is walked to its end.
  for (const load of (deferred ?? []) as readonly (() => unknown)[]) {
    try {
      load();
    } catch {
      // A part that this machine or runtime lacks fails when it is used, if it ever is.
    }
  }
}
