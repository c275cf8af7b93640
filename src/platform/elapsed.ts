/** Milliseconds of a clock that never goes back, from an arbitrary start: for how long something took. */
export function elapsedMs(): number {
  return performance.now();
}
