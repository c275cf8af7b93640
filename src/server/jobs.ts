import { addCheckpoint } from "./audit/checkpoint.ts";
import { NOBODY } from "./audit/event.ts";
import { isRotationDue, ROTATION, rotateKeys } from "./keys/rotate.ts";
import type { Seal } from "./keys/seal.ts";
import type { Job } from "./maintenance.ts";
import type { Storage } from "./open-storage.ts";
import type { RateLimiter } from "./operations/rate-limiter.ts";
import type { CurrentProvider } from "./provider/current-provider.ts";

/** Rows that one sweep removes at most, so that it holds nobody up. */
const SWEPT_AT_ONCE = 1000;

/** What the jobs work on. */
export interface JobParts {
  readonly storage: Storage;
  readonly seal: Seal;
  readonly current: CurrentProvider;
  readonly limiter: RateLimiter;
}

/** What the server does by itself. */
export function serverJobs({ storage, seal, current, limiter }: JobParts): readonly Job[] {
  return [
    {
      // Revoking a key takes effect on every instance within this.
      name: "keys",
      everySeconds: 2,
      async run() {
        await current.refresh();
      },
    },
    {
      name: "rate limits",
      everySeconds: 1,
      run: () => limiter.share(storage, storage.openUnit),
    },
    {
      name: "rotation",
      everySeconds: 60,
      async run(now) {
        const keys = current.keys();
        if (!isRotationDue(keys, ROTATION, now)) return;
        const unit = storage.openUnit();
        rotateKeys(unit, keys, { seal, now, aheadSeconds: ROTATION.aheadSeconds, by: NOBODY });
        await unit.commit();
      },
    },
    {
      // At the start too: what an instance that was killed has written is vouched for at once.
      name: "checkpoint",
      everySeconds: 60,
      atStart: true,
      async run(now) {
        const unit = storage.openUnit();
        await addCheckpoint(storage, unit, seal, now);
        await unit.commit();
      },
    },
    {
      name: "expiry",
      everySeconds: 60,
      async run(now) {
        const unit = storage.openUnit();
        unit.write(
          `DELETE FROM artifact WHERE (kind, handle) IN
            (SELECT kind, handle FROM artifact WHERE expires_at IS NOT NULL AND expires_at < ? LIMIT ${SWEPT_AT_ONCE})`,
          [now],
        );
        unit.write("DELETE FROM proof WHERE expires_at < ?", [now]);
        unit.write("DELETE FROM rate WHERE period < ?", [now - 86_400]);
        await unit.commit();
      },
    },
  ];
}
