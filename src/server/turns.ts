/**
 * Lets the event loop turn, so that what other requests bring meanwhile comes along. A loop that has nothing to do turns in microseconds;
 * one that is busy brings more with each turn.
 */
export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await new Promise((turned) => setImmediate(turned));
}
