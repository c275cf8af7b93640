import { formatUtc } from "../../core/time.ts";
import { KEYS } from "../../wire/brevet-api/admin/keys.ts";
import { findHeldKey, type HeldPasskey, listKeys } from "../people/list-keys.ts";
import { takeKey } from "../people/remove-key.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { wishOf } from "./paging.ts";
import { personNamed } from "./people-endpoints.ts";

/** Keys of people: listed, taken away. */
export const keyEndpoints: readonly Endpoint[] = [
  endpoint(KEYS.list, () => async ({ query }, unit) => {
    const person = query.person === undefined ? null : (await personNamed(unit, query.person)).id;
    const { items, next } = await listKeys(unit, person, wishOf(query));
    return { value: { items: items.map(shown), next } };
  }),
  endpoint(KEYS.show, () => async ({ segment }, unit) => ({ value: shown(await findHeldKey(unit, segment("key"))) })),
  endpoint(KEYS.remove, () => async ({ segment, by }, unit) => {
    takeKey(unit, await findHeldKey(unit, segment("key")), by);
    return { value: null };
  }),
];

function shown({ id, holder, name, level, aaguid, madeAt, usedAt }: HeldPasskey) {
  const times = { madeAt: formatUtc(madeAt), usedAt: usedAt === null ? null : formatUtc(usedAt) };
  return { id, person: holder, name, level, aaguid, ...times };
}
