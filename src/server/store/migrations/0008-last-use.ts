import type { Migration } from "./migration.ts";

/** When a client's session last had tokens, and from where: a person has one on each machine, and the list is to tell them apart. */
export const lastUse: Migration = {
  name: "last-use",
  statements: ["ALTER TABLE artifact ADD COLUMN used_at BIGINT", "ALTER TABLE artifact ADD COLUMN used_from TEXT"],
};
