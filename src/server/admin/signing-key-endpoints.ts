import { Fault } from "../../core/fault.ts";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import { AHEAD_SECONDS, SIGNING_KEYS, type SigningKeyState } from "../../wire/brevet-api/admin/signing-keys.ts";
import { loadKeySet, PUBLISHED_AFTER_SECONDS } from "../keys/key-set.ts";
import { revokeKey, rotateKeys } from "../keys/rotate.ts";
import { integer, type Row, text } from "../store/database.ts";
import { readPage } from "../store/page.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { wishOf } from "./paging.ts";

/**
 * The keys that sign tokens: listed, rotated and revoked by hand. They are read from the database and not from what this instance
 * signs with, which follows within seconds.
 */
export const signingKeyEndpoints: readonly Endpoint[] = [
  endpoint(SIGNING_KEYS.list, ({ now }) => async ({ query }, unit) => {
    const from = "SELECT kid, algorithm, made_at, signs_from, retired_at, revoked_at FROM signing_key";
    const list = { from, order: ["made_at", "kid"], direction: "DESC" } as const;
    const { items, next } = await readPage(unit, list, wishOf(query), (row) => keyOf(row, now()));
    return { value: { items: [...items], next } };
  }),
  endpoint(SIGNING_KEYS.rotate, ({ seal, now }) => async ({ body, by }, unit) => {
    const keys = await loadKeySet(unit, seal, now());
    const waiting = keys.keys.find(({ signsFrom }) => signsFrom > now());
    if (waiting !== undefined) {
      throw new Fault("ROTATION_PENDING", `the key ${waiting.kid} signs from ${formatUtc(waiting.signsFrom)} on already`, {
        hints: ["a key that cannot be trusted is revoked at once: `brevet admin signing-keys revoke KID`"],
      });
    }
    const aheadSeconds = body.aheadSeconds ?? AHEAD_SECONDS.usual;
    return { value: { signsFrom: formatUtc(rotateKeys(unit, keys, { seal, now: now(), aheadSeconds, by })) } };
  }),
  endpoint(SIGNING_KEYS.revoke, ({ seal, now }) => async ({ segment, by }, unit) => {
    revokeKey(unit, await loadKeySet(unit, seal, now()), { kid: segment("kid"), now: now(), by });
    return { value: null };
  }),
];

function keyOf(row: Row, now: EpochSeconds) {
  const time = (column: string): EpochSeconds | null => {
    const seconds = row[column];
    return typeof seconds === "number" ? seconds : null;
  };
  const [signsFrom, retiredAt, revokedAt] = [integer(row, "signs_from"), time("retired_at"), time("revoked_at")];
  return {
    kid: text(row, "kid"),
    algorithm: text(row, "algorithm"),
    state: stateOf({ signsFrom, retiredAt, revokedAt }, now),
    madeAt: formatUtc(integer(row, "made_at")),
    signsFrom: formatUtc(signsFrom),
    retiredAt: retiredAt === null ? null : formatUtc(retiredAt),
    revokedAt: revokedAt === null ? null : formatUtc(revokedAt),
  };
}

interface Times {
  readonly signsFrom: EpochSeconds;
  readonly retiredAt: EpochSeconds | null;
  readonly revokedAt: EpochSeconds | null;
}

function stateOf({ signsFrom, retiredAt, revokedAt }: Times, now: EpochSeconds): SigningKeyState {
  if (revokedAt !== null) return "revoked";
  if (retiredAt !== null && retiredAt + PUBLISHED_AFTER_SECONDS <= now) return "withdrawn";
  if (retiredAt !== null && retiredAt <= now) return "retired";
  return signsFrom > now ? "waiting" : "signing";
}
