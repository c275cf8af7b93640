import { createHash, randomUUID } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { Job } from "../maintenance.ts";
import { type Reader, text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import type { Delivery } from "./delivery.ts";
import { beginCursor, exportAudit, exportBegins } from "./export.ts";

/** What a push of the audit log works on. */
export interface PushParts {
  readonly reader: Reader;
  readonly openUnit: () => Unit;
  readonly destination: string;
  readonly deliver: Delivery;
}

function digestOf(destination: string): string {
  return createHash("sha256").update(destination).digest("base64url").slice(0, 16);
}

/** The setting that says how far a destination has taken the log. */
export function pushCursor(destination: string): string {
  return `audit-push-cursor ${digestOf(destination)}`;
}

/** The name of the job that pushes to a destination. */
export function pushName(destination: string): string {
  return `audit push to ${destination}`;
}

/** Lines of one delivery, and deliveries of one round: what is left comes with the next. */
const LINES = 200;
const DELIVERIES = 50;

const EVERY_SECONDS = 5;
const LONGEST_WAIT_SECONDS = 300;
/** Longer than a delivery takes at most; an instance that dies is followed by another after this. */
const LEASE_SECONDS = 30;

/**
 * Pushes the audit log to one destination, rows and checkpoints, so that what arrives there verifies like an export. The database
 * keeps how far it was delivered, and advances only after the receiver has taken the lines: none is lost, whatever dies, and
 * after a failure some come twice (`metadata.uid` identifies them). Where the log is sent from its beginning, {@link
 * exportBegins} says so. Of several instances one delivers. A receiver that is away is tried again after five seconds, then after
 * twice as long each time, up to five minutes.
 */
export function pushJob({ reader, openUnit, destination, deliver }: PushParts): Job {
  const [cursorName, leaseName] = [pushCursor(destination), `audit-push-lease ${digestOf(destination)}`];
  const holder = randomUUID();
  let failures = 0;
  let notBefore = 0;
  const cursorNow = async (): Promise<string | null> => {
    const [row] = await reader.read("SELECT value FROM setting WHERE name = ?", [cursorName]);
    return row === undefined ? null : text(row, "value");
  };
  const send = async (now: EpochSeconds, before: string | null, lines: readonly string[], after: string): Promise<void> => {
    await takeLease(openUnit(), leaseName, { holder, now });
    // Whoever had the lease may have delivered these.
    if ((await cursorNow()) !== before) return;
    await deliver(lines);
    await moveCursor(openUnit(), cursorName, { before, after });
  };
  const begin = async (now: EpochSeconds, before: string | null): Promise<void> =>
    send(now, before, [exportBegins(now)], await beginCursor(reader));
  const round = async (now: EpochSeconds): Promise<void> => {
    for (let deliveries = 0; deliveries < DELIVERIES; deliveries++) {
      const before = await cursorNow();
      if (before === null) {
        await begin(now, before);
        continue;
      }
      const { lines, cursor } = await exportAudit(reader, before, LINES).catch(async (cause: unknown) => {
        if (!(cause instanceof Fault) || cause.code !== "AUDIT_CUT") throw cause;
        // Only where the destination was not configured while the log was cut: rows are cut only once every configured one has
        // them.
        await begin(now, before);
        throw new Fault("AUDIT_CUT", `${destination} is given the log anew: what followed on what it has was cut`);
      });
      if (lines.length === 0) return;
      await send(now, before, lines, cursor);
    }
  };
  return {
    name: pushName(destination),
    everySeconds: EVERY_SECONDS,
    async run(now) {
      if (now < notBefore) return;
      try {
        await round(now);
        failures = 0;
      } catch (cause) {
        if (cause instanceof Fault && cause.code === "ALREADY_USED") throw cause;
        failures += 1;
        notBefore = now + Math.min(EVERY_SECONDS * 2 ** failures, LONGEST_WAIT_SECONDS);
        throw cause;
      }
    },
  };
}

/** Ten digits of time, then the holder: compared as text, a lease that has ended is less than now. */
async function takeLease(
  unit: Unit,
  name: string,
  { holder, now }: { readonly holder: string; readonly now: EpochSeconds },
): Promise<void> {
  const value = `${now + LEASE_SECONDS} ${holder}`;
  unit.claim(
    `INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value
      WHERE setting.value < ? OR setting.value LIKE ?`,
    [name, value, String(now), `%${holder}`],
    () => new Fault("ALREADY_USED", "another instance pushes the audit log"),
  );
  await unit.commit();
}

async function moveCursor(
  unit: Unit,
  name: string,
  { before, after }: { readonly before: string | null; readonly after: string },
): Promise<void> {
  const lost = (): Fault => new Fault("ALREADY_USED", "another instance has pushed the same lines");
  if (before === null) {
    unit.claim("INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", [name, after], lost);
  } else {
    unit.claim("UPDATE setting SET value = ? WHERE name = ? AND value = ?", [after, name, before], lost);
  }
  await unit.commit();
}
