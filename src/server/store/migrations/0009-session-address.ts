import type { Migration } from "./migration.ts";

/** From which address somebody signed in to our own pages: without it a person cannot tell their own browser from another one. */
export const sessionAddress: Migration = {
  name: "session-address",
  statements: ["ALTER TABLE web_session ADD COLUMN used_from TEXT"],
};
