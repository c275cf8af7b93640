import type { Migration } from "./migration.ts";

/** Proofs that count once (DPoP, client assertions): written at every exchange, and so kept apart from what is read at each. */
export const proofs: Migration = {
  name: "proofs",
  statements: [
    "CREATE TABLE proof (handle TEXT PRIMARY KEY, expires_at BIGINT NOT NULL)",
    "CREATE INDEX proof_expiry ON proof (expires_at)",
    "DELETE FROM artifact WHERE kind = 'ReplayDetection'",
  ],
};
