import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { EpochSeconds } from "../../core/time.ts";
import type { RequestRecord } from "../http/handle.ts";
import type { KeySet } from "../keys/key-set.ts";

/** What Prometheus is told. No label holds what a client chose: routes are ours, events are a closed list. */
export interface Metrics {
  observe(record: RequestRecord): void;
  /** An audit event was committed. */
  event(name: string): void;
  limited(): void;
  /** For how long rows of the audit log are kept beyond their time. */
  auditOverdue(seconds: number): void;
  /** A public document was sent. */
  document(): void;
  text(): Promise<string>;
  readonly contentType: string;
}

export interface MetricsParts {
  readonly keys: () => KeySet;
  readonly now: () => EpochSeconds;
}

/** From a cached document to a database that is slow. */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function serverMetrics({ keys, now }: MetricsParts): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: "brevet_http_request_duration_seconds",
    help: "Requests by route, method and status.",
    labelNames: ["route", "method", "status"],
    buckets: BUCKETS_SECONDS,
    registers,
  });
  const events = new Counter({
    name: "brevet_audit_events_total",
    help: "What was recorded, by event.",
    labelNames: ["event"],
    registers,
  });
  const refused = new Counter({ name: "brevet_rate_limited_total", help: "Requests that were over a limit.", registers });
  const overdue = new Gauge({
    name: "brevet_audit_overdue_seconds",
    help: "For how long rows of the audit log are kept beyond `auditKeep`, because a receiver does not have them yet.",
    registers,
  });
  // Counted by hand: Prometheus' own counter costs as much as the document.
  let documents = 0;
  new Gauge({
    name: "brevet_documents_sent",
    help: "Discovery documents and JWK sets that were sent since the start.",
    registers,
    collect() {
      this.set(documents);
    },
  });
  new Gauge({
    name: "brevet_signing_key_age_seconds",
    help: "For how long the key that signs has signed.",
    labelNames: ["algorithm"],
    registers,
    collect() {
      for (const algorithm of ["ES256", "RS256"] as const) this.set({ algorithm }, now() - keys().signing(algorithm).signsFrom);
    },
  });
  return {
    observe: ({ route, method, status, seconds }) => duration.observe({ route, method: knownMethod(method), status }, seconds),
    event: (name) => events.inc({ event: name }),
    auditOverdue: (seconds) => overdue.set(seconds),
    document: () => {
      documents += 1;
    },
    limited: () => refused.inc(),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function knownMethod(method: string): string {
  return ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].includes(method) ? method : "other";
}
