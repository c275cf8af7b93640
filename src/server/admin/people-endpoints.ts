import { Fault } from "../../core/fault.ts";
import { formatUtc } from "../../core/time.ts";
import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { activate, deactivate, removePerson, rename } from "../people/change-person.ts";
import { describePerson, type ListedPerson, listPeople } from "../people/list-people.ts";
import { parseDisplayName, parseEmail } from "../people/names.ts";
import { findPersonNamed, type Person } from "../people/person.ts";
import { RECOVER_SECONDS, recover } from "../people/recover.ts";
import type { Reader } from "../store/database.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { wishOf } from "./paging.ts";

/** People: looked at, renamed, let in and out, removed. */
export const peopleEndpoints: readonly Endpoint[] = [
  endpoint(PEOPLE.list, () => async ({ query }, unit) => {
    const email = query.email === undefined ? undefined : parseEmail(query.email);
    const { items, next } = await listPeople(unit, { email, group: query.group }, wishOf(query));
    return { value: { items: items.map(shown), next } };
  }),
  endpoint(PEOPLE.show, () => async ({ segment }, unit) => {
    return { value: shown(await describePerson(unit, await personNamed(unit, segment("person")))) };
  }),
  endpoint(PEOPLE.change, () => async ({ segment, body: { name, active, myself }, by, requireVersion }, unit) => {
    const person = await personNamed(unit, segment("person"));
    const before = await describePerson(unit, person);
    requireVersion(shown(before));
    const renamed = name === undefined ? person.name : parseDisplayName(name, "the name");
    if (renamed !== person.name) rename(unit, person, renamed, by);
    if (active === true && !person.active) activate(unit, person.id, by);
    if (active === false && person.active) await deactivate(unit, person.id, by, { myself });
    return { value: shown({ ...before, name: renamed, active: active ?? person.active }) };
  }),
  endpoint(PEOPLE.remove, () => async ({ segment, query, by }, unit) => {
    await removePerson(unit, await personNamed(unit, segment("person")), by, { myself: query.myself === "true" });
    return { value: null };
  }),
  endpoint(PEOPLE.recover, ({ issuer, now }) => async ({ segment, by }, unit) => {
    const secret = await recover(unit, await personNamed(unit, segment("person")), by, now());
    if (secret === null) return { value: { link: null, expiresAt: null } };
    return { value: { link: `${issuer}/invite/${secret}`, expiresAt: formatUtc(now() + RECOVER_SECONDS) } };
  }),
];

/** The person whom a segment of a path names, by id or e-mail address. @throws {Fault} `RECORD_ABSENT` */
export async function personNamed(reader: Reader, name: string): Promise<Person> {
  const person = await findPersonNamed(reader, name);
  if (person === null) throw personAbsent(name);
  return person;
}

/** Nobody has that id or e-mail address. */
export function personAbsent(name: string): Fault {
  return new Fault("RECORD_ABSENT", `there is no person "${name}"`, { hints: ["who is here: `brevet admin people list`"] });
}

function shown({ id, email, name, active, groups, keys, madeAt }: ListedPerson) {
  return { id, email, name, active, groups: [...groups], keys, madeAt: formatUtc(madeAt) };
}
