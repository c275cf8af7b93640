import { networkList } from "../http/networks.ts";
import { type Answer, json, type Route } from "../http/route.ts";
import type { Reader } from "../store/database.ts";
import type { Metrics } from "./metrics.ts";

/** What the operations' routes look at. */
export interface OperationParts {
  readonly reader: Reader;
  readonly metrics: Metrics;
  /** Who may read the metrics. */
  readonly metricsNetworks: readonly string[];
  /** Whether the server was asked to stop. */
  readonly isStopping: () => boolean;
}

/**
 * `/health`: the process answers; `/ready`: it can serve, and a load balancer may send it requests; `/metrics`: for Prometheus,
 * from the networks that the settings name.
 */
export function operationRoutes({ reader, metrics, metricsNetworks, isStopping }: OperationParts): readonly Route[] {
  const mayRead = networkList(metricsNetworks);
  return [
    { method: "GET", path: "/health", answer: async () => json(200, { status: "ok" }) },
    {
      method: "GET",
      path: "/ready",
      async answer(): Promise<Answer> {
        if (isStopping()) return json(503, { status: "stopping" });
        try {
          await reader.read("SELECT 1 AS one");
          return json(200, { status: "ready" });
        } catch {
          return json(503, { status: "the database does not answer" });
        }
      },
    },
    {
      method: "GET",
      path: "/metrics",
      async answer({ address }): Promise<Answer> {
        if (!mayRead(address)) return json(403, { error: "forbidden", message: "metrics are not for this address" });
        return {
          status: 200,
          headers: { "content-type": metrics.contentType, "cache-control": "no-store" },
          body: await metrics.text(),
        };
      },
    },
  ];
}
