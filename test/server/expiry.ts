import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { EpochSeconds } from "../../src/core/time.ts";
import { expiryJob } from "../../src/server/expiry.ts";
import { startTrial, type TrialOptions, type TrialServer } from "./trial-server.ts";

/** More than goes in one unit, by far. */
const ENDED = 2500;

/** What a server sweeps, over any database. `slackSeconds`: how long it keeps what has ended. */
export function sweepsWhatHasEnded(database: string, options: () => Promise<TrialOptions>, slackSeconds: number): void {
  describe(`what has ended, over ${database}`, { concurrency: false }, () => {
    let trial: TrialServer;
    before(async () => {
      trial = await startTrial(await options());
    });
    after(() => trial?.close());

    const count = async (sql: string): Promise<unknown> => (await trial.server.storage.read(sql))[0]?.["n"];

    async function fill(now: EpochSeconds): Promise<void> {
      const unit = trial.server.storage.openUnit();
      for (let index = 0; index < ENDED; index++) {
        unit.write("INSERT INTO proof (handle, expires_at) VALUES (?, ?)", [`ended ${index}`, now - slackSeconds - 10]);
        unit.write("INSERT INTO artifact (kind, handle, payload, expires_at) VALUES ('Trial', ?, '{}', ?)", [
          `ended ${index}`,
          now - slackSeconds - 10,
        ]);
      }
      for (const [handle, at] of [
        ["kept", now - slackSeconds + 20],
        ["living", now + 60],
      ] as const) {
        unit.write("INSERT INTO proof (handle, expires_at) VALUES (?, ?)", [handle, at]);
        unit.write("INSERT INTO artifact (kind, handle, payload, expires_at) VALUES ('Trial', ?, '{}', ?)", [handle, at]);
      }
      unit.write("INSERT INTO artifact (kind, handle, payload, expires_at) VALUES ('Trial', 'endless', '{}', NULL)", []);
      await unit.commit();
    }

    test("is swept in one round until nothing is left, and others are served meanwhile", async () => {
      // The time of the sweep too: filling may take longer than what is kept has left.
      const now = trial.now();
      await fill(now);
      let done = false;
      const sweeping = expiryJob(trial.server.storage)
        .run(now)
        .finally(() => {
          done = true;
        });
      let served = 0;
      for (; !done; served++) {
        const unit = trial.server.storage.openUnit();
        unit.write("UPDATE setting SET value = value WHERE name = 'issuer'", []);
        await unit.commit();
      }
      await sweeping;
      assert.ok(served > (2 * ENDED) / 400, `only ${served} others were served`);
      assert.equal(await count("SELECT COUNT(*) AS n FROM proof WHERE handle LIKE 'ended%'"), 0);
      assert.equal(await count("SELECT COUNT(*) AS n FROM artifact WHERE handle LIKE 'ended%'"), 0);
      assert.equal(await count("SELECT COUNT(*) AS n FROM proof WHERE handle IN ('kept', 'living')"), 2);
      assert.equal(await count("SELECT COUNT(*) AS n FROM artifact WHERE handle IN ('kept', 'living', 'endless')"), 3);
    });

    test("is left for the next start when the server stops", async () => {
      const unit = trial.server.storage.openUnit();
      unit.write("INSERT INTO proof (handle, expires_at) VALUES ('late', ?)", [trial.now() - slackSeconds - 10]);
      await unit.commit();
      await expiryJob(trial.server.storage).run(trial.now(), () => true);
      assert.equal(await count("SELECT COUNT(*) AS n FROM proof WHERE handle = 'late'"), 1);
    });
  });
}
