import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import { startMaintenance } from "./maintenance.ts";

describe("maintenance", () => {
  test("goes on when the clock was set back, and does nothing before it is due", async () => {
    mock.timers.enable({ apis: ["setInterval"] });
    let [now, runs] = [10_000, 0];
    const run = async (): Promise<void> => void runs++;
    const maintenance = startMaintenance([{ name: "keys", everySeconds: 60, run }], () => now, assert.fail);
    try {
      for (const [at, expected] of [
        [10_059, 0],
        [10_060, 1],
        [6000, 2],
        [6059, 2],
        [6060, 3],
      ] as const) {
        now = at;
        mock.timers.tick(1000);
        // Until the round is over, by which the next one may begin.
        await new Promise((next) => setImmediate(next));
        assert.equal(runs, expected, `at ${at}`);
      }
    } finally {
      await maintenance.stop();
      mock.timers.reset();
    }
  });
});
