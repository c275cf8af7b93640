import assert from "node:assert/strict";
import { describe, mock, test } from "node:test";
import { Fault } from "../core/fault.ts";
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

  test("runs a job that lost to somebody faster again at the next turn", async () => {
    mock.timers.enable({ apis: ["setInterval"] });
    let runs = 0;
    const run = async (): Promise<void> => {
      runs += 1;
      if (runs === 1) throw new Fault("ALREADY_USED", "another job has written that");
    };
    const maintenance = startMaintenance([{ name: "audit", everySeconds: 3600, atStart: true, run }], () => 10_000, assert.fail);
    try {
      for (let turn = 0; turn < 3; turn++) {
        mock.timers.tick(1000);
        await new Promise((next) => setImmediate(next));
      }
      assert.equal(runs, 2);
    } finally {
      await maintenance.stop();
      mock.timers.reset();
    }
  });

  test("has no job wait for another that takes long, and begins none twice", async () => {
    mock.timers.enable({ apis: ["setInterval"] });
    const told: boolean[] = [];
    let [now, slow, quick] = [10_000, 0, 0];
    let release = (): void => undefined;
    const jobs = [
      {
        name: "slow",
        everySeconds: 1,
        async run(_at: number, isStopped?: () => boolean) {
          slow += 1;
          await new Promise<void>((done) => {
            release = done;
          });
          told.push(isStopped?.() === true);
        },
      },
      { name: "quick", everySeconds: 1, run: async () => void quick++ },
    ];
    const maintenance = startMaintenance(jobs, () => now, assert.fail);
    try {
      for (; quick < 3; now++) {
        mock.timers.tick(1000);
        await new Promise((next) => setImmediate(next));
      }
      assert.equal(slow, 1);
      const stopped = maintenance.stop();
      release();
      await stopped;
      assert.deepEqual(told, [true]);
    } finally {
      mock.timers.reset();
    }
  });

  test("tells once of a database that is away, then every ten minutes, and when it is back", async () => {
    mock.timers.enable({ apis: ["setInterval"] });
    let [now, away] = [10_000, true];
    const told: string[] = [];
    const run = async (): Promise<void> => {
      if (away) throw new Fault("DATABASE_UNAVAILABLE", "it is gone");
    };
    const jobs = ["keys", "rate limits"].map((name) => ({ name, everySeconds: 1, run }));
    const wrong = async (): Promise<void> => assert.fail("something else");
    const maintenance = startMaintenance(
      [...jobs, { name: "other", everySeconds: 500, run: wrong }],
      () => now,
      (what, cause) => told.push(`${what}: ${cause instanceof Error ? cause.message : cause}`),
    );
    const pass = async (seconds: number): Promise<void> => {
      for (const end = now + seconds; now < end; ) {
        now++;
        mock.timers.tick(1000);
        await new Promise((next) => setImmediate(next));
      }
      if (told.length > 20) assert.fail(told.join("\n"));
    };
    try {
      await pass(499);
      assert.deepEqual(told.splice(0), ["keys: it is gone"]);
      await pass(102);
      assert.deepEqual(told.splice(0), ["other: something else", "database: DATABASE_UNAVAILABLE for 10m now"]);
      away = false;
      await pass(69);
      assert.deepEqual(told.splice(0), []);
      await pass(1);
      assert.deepEqual(told.splice(0), ["database: it does what it is asked again; DATABASE_UNAVAILABLE lasted 10m"]);
      away = true;
      await pass(2);
      assert.deepEqual(told.splice(0), ["keys: it is gone"]);
    } finally {
      await maintenance.stop();
      mock.timers.reset();
    }
  });
});
