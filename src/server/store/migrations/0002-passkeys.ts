import type { Migration } from "./migration.ts";

/** The passkeys of people, and the ceremonies by which they are made and used. */
export const passkeys: Migration = {
  name: "passkeys",
  statements: [
    `CREATE TABLE passkey (
      id TEXT PRIMARY KEY,
      person TEXT NOT NULL,
      name TEXT NOT NULL,
      public_key TEXT NOT NULL,
      counter BIGINT NOT NULL,
      transports TEXT NOT NULL,
      aaguid TEXT NOT NULL,
      level TEXT NOT NULL,
      made_at BIGINT NOT NULL,
      used_at BIGINT
    )`,
    "CREATE INDEX passkey_person ON passkey (person)",
    // One row from the moment a challenge is made to the moment an answer to it comes, whatever the answer is.
    `CREATE TABLE ceremony (
      handle TEXT PRIMARY KEY,
      purpose TEXT NOT NULL,
      challenge TEXT NOT NULL,
      person TEXT,
      expires_at BIGINT NOT NULL
    )`,
    "CREATE INDEX ceremony_expiry ON ceremony (expires_at)",
  ],
};
