import type { Migration } from "./migration.ts";

/** Where each audit chain ends, and the signed checkpoints that prove it to a reader of an export. */
export const auditChains: Migration = {
  name: "audit-chains",
  statements: [
    `CREATE TABLE audit_chain (
      chain TEXT PRIMARY KEY,
      position BIGINT NOT NULL,
      digest TEXT NOT NULL,
      closed BIGINT NOT NULL,
      noted BIGINT NOT NULL
    )`,
    "CREATE TABLE checkpoint (number BIGINT PRIMARY KEY, at BIGINT NOT NULL, body TEXT NOT NULL, signature TEXT NOT NULL)",
  ],
};
