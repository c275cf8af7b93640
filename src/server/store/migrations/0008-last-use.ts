import type { Migration } from "./migration.ts";

/** When a token was handed out, and to which address: a person has a session on each machine, and the list is to tell them apart. */
export const lastUse: Migration = {
  name: "last-use",
  statements: ["ALTER TABLE artifact ADD COLUMN used_at BIGINT", "ALTER TABLE artifact ADD COLUMN used_from TEXT"],
};
