import { Fault } from "../../core/fault.ts";
import { formatUtc } from "../../core/time.ts";
import { KEYS } from "../../wire/brevet-api/admin/keys.ts";
import { findHeldKey, type HeldPasskey, listKeys } from "../people/list-keys.ts";
import { takeKey } from "../people/remove-key.ts";
import type { Reader } from "../store/database.ts";
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
  endpoint(KEYS.show, () => async ({ segment }, unit) => ({ value: shown(await keyNamed(unit, segment("key"))) })),
  endpoint(KEYS.remove, () => async ({ segment, by }, unit) => {
    takeKey(unit, await keyNamed(unit, segment("key")), by);
    return { value: null };
  }),
];

/** @throws {Fault} `RECORD_ABSENT` */
async function keyNamed(reader: Reader, id: string): Promise<HeldPasskey> {
  const key = await findHeldKey(reader, id);
  if (key !== null) return key;
  throw new Fault("RECORD_ABSENT", `there is no key "${id}"`, {
    hints: ["those that there are, with their ids: `brevet admin keys list`"],
  });
}

function shown({ id, holder, name, level, aaguid, madeAt, usedAt }: HeldPasskey) {
  const times = { madeAt: formatUtc(madeAt), usedAt: usedAt === null ? null : formatUtc(usedAt) };
  return { id, person: holder, name, level, aaguid, ...times };
}
