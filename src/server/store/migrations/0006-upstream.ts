import type { Migration } from "./migration.ts";

/** Attempts to prove oneself at the organisation's own identity provider, and invitations that are of one browser. */
export const upstream: Migration = {
  name: "upstream",
  statements: [
    `CREATE TABLE upstream_attempt (
      state TEXT PRIMARY KEY,
      browser TEXT NOT NULL,
      nonce TEXT NOT NULL,
      verifier TEXT NOT NULL,
      expires_at BIGINT NOT NULL
    )`,
    "ALTER TABLE invite ADD COLUMN browser TEXT",
  ],
};
