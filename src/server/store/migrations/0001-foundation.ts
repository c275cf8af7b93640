import type { Migration } from "./migration.ts";

/** What the OpenID provider, the keys and the audit log keep, and who the people are. */
export const foundation: Migration = {
  name: "foundation",
  statements: [
    // Facts that are fixed at the first start (the issuer, the RP ID) and versions that instances watch.
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    `CREATE TABLE artifact (
      kind TEXT NOT NULL,
      handle TEXT NOT NULL,
      payload TEXT NOT NULL,
      grant_id TEXT,
      uid TEXT,
      user_code TEXT,
      account TEXT,
      consumed_at BIGINT,
      expires_at BIGINT,
      PRIMARY KEY (kind, handle)
    )`,
    "CREATE INDEX artifact_grant ON artifact (grant_id) WHERE grant_id IS NOT NULL",
    "CREATE INDEX artifact_uid ON artifact (uid) WHERE uid IS NOT NULL",
    "CREATE INDEX artifact_user_code ON artifact (user_code) WHERE user_code IS NOT NULL",
    "CREATE INDEX artifact_account ON artifact (account) WHERE account IS NOT NULL",
    "CREATE INDEX artifact_expiry ON artifact (expires_at) WHERE expires_at IS NOT NULL",
    `CREATE TABLE signing_key (
      kid TEXT PRIMARY KEY,
      algorithm TEXT NOT NULL,
      public_jwk TEXT NOT NULL,
      sealed TEXT NOT NULL,
      made_at BIGINT NOT NULL,
      signs_from BIGINT NOT NULL,
      retired_at BIGINT,
      revoked_at BIGINT
    )`,
    `CREATE TABLE audit_row (
      chain TEXT NOT NULL,
      position BIGINT NOT NULL,
      at BIGINT NOT NULL,
      name TEXT NOT NULL,
      body TEXT NOT NULL,
      previous TEXT NOT NULL,
      digest TEXT NOT NULL,
      PRIMARY KEY (chain, position)
    )`,
    "CREATE INDEX audit_row_time ON audit_row (at)",
    `CREATE TABLE person (
      id TEXT PRIMARY KEY,
      email TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      active BIGINT NOT NULL,
      made_at BIGINT NOT NULL
    )`,
    "CREATE TABLE membership (person TEXT NOT NULL, team TEXT NOT NULL, PRIMARY KEY (person, team))",
    `CREATE TABLE rate (
      name TEXT NOT NULL,
      period BIGINT NOT NULL,
      count BIGINT NOT NULL,
      PRIMARY KEY (name, period)
    )`,
  ],
};
