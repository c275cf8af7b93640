import type { Migration } from "./migration.ts";

/** Each sign-in sweeps the sessions of our pages that have ended, and each minute the counts of past ones: without reading all of them. */
export const expiry: Migration = {
  name: "expiry",
  statements: [
    "CREATE INDEX web_session_expiry ON web_session (expires_at)",
    "CREATE INDEX rate_period ON rate (period)",
    "CREATE INDEX invite_expiry ON invite (expires_at)",
  ],
};
