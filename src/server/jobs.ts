import type { EpochSeconds } from "../core/time.ts";
import { addCheckpoint } from "./audit/checkpoint.ts";
import { CONFIRMED } from "./audit/confirm.ts";
import { NOBODY } from "./audit/event.ts";
import { pushCursor } from "./audit/push.ts";
import { type RetentionParts, retentionJob } from "./audit/retention.ts";
import { expiryJob } from "./expiry.ts";
import { isRotationDue, ROTATION, rotateKeys } from "./keys/rotate.ts";
import type { Seal } from "./keys/seal.ts";
import type { Job } from "./maintenance.ts";
import type { Storage } from "./open-storage.ts";
import { clockJob } from "./operations/clock-watch.ts";
import type { Metrics } from "./operations/metrics.ts";
import type { RateLimiter } from "./operations/rate-limiter.ts";
import type { CurrentProvider } from "./provider/current-provider.ts";
import type { ServerSettings } from "./settings/settings.ts";

/** What the jobs work on. */
export interface JobParts {
  readonly settings: ServerSettings;
  readonly storage: Storage;
  readonly metrics: Metrics;
  readonly seal: Seal;
  readonly current: CurrentProvider;
  readonly limiter: RateLimiter;
  readonly now: () => EpochSeconds;
  /** Is told of what went wrong in the background. */
  readonly warn: (what: string, cause: unknown) => void;
}

/** What the server does by itself. */
export function serverJobs({ settings, storage, seal, metrics, current, limiter, now: clock, warn }: JobParts): readonly Job[] {
  return [
    clockJob(storage, clock, warn),
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
        await rotateKeys(unit, keys, { seal, now, aheadSeconds: ROTATION.aheadSeconds, by: NOBODY });
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
        await addCheckpoint(storage, unit, { seal, now });
        await unit.commit();
      },
    },
    expiryJob(storage),
    ...retention({ settings, storage, seal, overdue: metrics.auditOverdue }),
  ];
}

function retention({
  settings: { auditKeepSeconds, auditPush, auditConfirm },
  ...parts
}: Pick<RetentionParts, "storage" | "seal" | "overdue"> & Pick<JobParts, "settings">): readonly Job[] {
  if (auditKeepSeconds === null) return [];
  const pushed = auditPush.map((name) => ({ name, cursor: pushCursor(name) }));
  const holders = [...pushed, ...(auditConfirm ? [CONFIRMED] : [])];
  return [retentionJob({ ...parts, keepSeconds: auditKeepSeconds, holders })];
}
