import { formatUtc } from "../../core/time.ts";
import { AHEAD_SECONDS, SIGNING_KEYS } from "../../wire/brevet-api/admin/signing-keys.ts";
import { loadKeySet } from "../keys/key-set.ts";
import { findSigningKey, type ListedSigningKey, listSigningKeys } from "../keys/list-signing-keys.ts";
import { revokeKey } from "../keys/rotate.ts";
import { rotateByHand } from "../keys/rotate-by-hand.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { wishOf } from "./paging.ts";

/**
 * The keys that sign tokens: listed, rotated and revoked by hand. They are read from the database and not from what this instance
 * signs with, which other instances follow within seconds.
 */
export const signingKeyEndpoints: readonly Endpoint[] = [
  endpoint(SIGNING_KEYS.list, ({ now }) => async ({ query }, unit) => {
    const { items, next } = await listSigningKeys(unit, wishOf(query), now());
    return { value: { items: items.map(shown), next } };
  }),
  endpoint(SIGNING_KEYS.show, ({ now }) => async ({ segment }, unit) => {
    return { value: shown(await findSigningKey(unit, segment("kid"), now())) };
  }),
  endpoint(SIGNING_KEYS.rotate, ({ seal, takeUpKeys, now }) => async ({ body, by }, unit) => {
    const aheadSeconds = body.aheadSeconds ?? AHEAD_SECONDS.usual;
    const signsFrom = formatUtc(await rotateByHand(unit, { seal, now: now(), aheadSeconds, by }));
    await unit.commit();
    await takeUpKeys();
    return { value: { signsFrom } };
  }),
  endpoint(SIGNING_KEYS.revoke, ({ seal, takeUpKeys, now }) => async ({ segment, by }, unit) => {
    const { kid } = await findSigningKey(unit, segment("kid"), now());
    revokeKey(unit, await loadKeySet(unit, seal, now()), { kid, now: now(), by });
    await unit.commit();
    await takeUpKeys();
    return { value: null };
  }),
];

function shown({ madeAt, signsFrom, retiredAt, revokedAt, ...key }: ListedSigningKey) {
  const time = (seconds: number | null): string | null => (seconds === null ? null : formatUtc(seconds));
  return {
    ...key,
    madeAt: formatUtc(madeAt),
    signsFrom: formatUtc(signsFrom),
    retiredAt: time(retiredAt),
    revokedAt: time(revokedAt),
  };
}
