import type { EpochSeconds } from "../../core/time.ts";
import { networkList } from "../http/networks.ts";
import { type Answer, jsonAnswer, type Route } from "../http/route.ts";
import type { Storage } from "../open-storage.ts";
import { clockAhead } from "../store/clock-ahead.ts";
import { MOST_CLOCK_SECONDS } from "./clock-watch.ts";
import type { Metrics } from "./metrics.ts";

/** What the operations' routes look at. */
export interface OperationParts {
  readonly storage: Pick<Storage, "read" | "clock">;
  readonly metrics: Metrics;
  /** The networks that may read the metrics. */
  readonly metricsNetworks: readonly string[];
  readonly now: () => EpochSeconds;
  /** Whether the server was asked to stop. */
  readonly isStopping: () => boolean;
}

/** How long a write that was kept counts: anybody may ask, and each write waits for the disk. */
const KEPT_SECONDS = 5;

/**
 * `/health`: the process answers; `/ready`: it can serve, its clock is that of the others, and a load balancer may send it requests; `/metrics`: for Prometheus,
 * from the networks that the settings name.
 */
export function operationRoutes({ storage, metrics, metricsNetworks, now, isStopping }: OperationParts): readonly Route[] {
  const mayRead = networkList(metricsNetworks);
  let keptAt = Number.NEGATIVE_INFINITY;
  return [
    { method: "GET", path: "/health", answer: async () => jsonAnswer(200, { status: "ok" }) },
    {
      method: "GET",
      path: "/ready",
      async answer(_request, unit): Promise<Answer> {
        if (isStopping()) return jsonAnswer(503, { status: "stopping" });
        await storage.read("SELECT 1 AS one");
        // A database that can be read and keeps nothing, its disk full or read-only, lets nobody in. The log gets the reason.
        if (now() - keptAt >= KEPT_SECONDS) {
          const clockAheadSeconds = await clockAhead(storage, now);
          if (Math.abs(clockAheadSeconds) > MOST_CLOCK_SECONDS) return jsonAnswer(503, { status: "clock", clockAheadSeconds });
          unit.write("INSERT INTO setting (name, value) VALUES ('ready', '1') ON CONFLICT (name) DO NOTHING", []);
          // What strangers ask for leaves nothing behind.
          unit.write("DELETE FROM setting WHERE name = 'ready'", []);
          await unit.commit();
          keptAt = now();
        }
        return jsonAnswer(200, { status: "ready" });
      },
    },
    {
      method: "GET",
      path: "/metrics",
      async answer({ address }): Promise<Answer> {
        if (!mayRead(address)) return jsonAnswer(403, { error: "forbidden", message: "metrics are not for this address" });
        return {
          status: 200,
          headers: { "content-type": metrics.contentType, "cache-control": "no-store" },
          body: await metrics.text(),
        };
      },
    },
  ];
}
