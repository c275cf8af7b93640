import type { Migration } from "./migration.ts";

/** Invitations, the sessions of our own pages, and codes for people who have lost every key. */
export const people: Migration = {
  name: "people",
  statements: [
    // Only the digest of every secret: a reader of the database can use none of them.
    `CREATE TABLE invite (
      digest TEXT PRIMARY KEY,
      kind TEXT NOT NULL,
      person TEXT NOT NULL,
      email TEXT,
      name TEXT,
      teams TEXT NOT NULL,
      made_by TEXT,
      made_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL
    )`,
    `CREATE TABLE web_session (
      digest TEXT PRIMARY KEY,
      person TEXT NOT NULL,
      level TEXT NOT NULL,
      signed_in_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL
    )`,
    "CREATE INDEX web_session_person ON web_session (person)",
    "CREATE TABLE recovery_code (digest TEXT PRIMARY KEY, person TEXT NOT NULL, made_at BIGINT NOT NULL)",
    "CREATE INDEX recovery_code_person ON recovery_code (person)",
    // A recovery that one administrator has asked for waits for another one.
    "CREATE TABLE recovery (person TEXT PRIMARY KEY, asked_by TEXT NOT NULL, asked_at BIGINT NOT NULL)",
    "CREATE INDEX membership_team ON membership (team)",
  ],
};
